"""Headless Chromium: a page as it stands after its scripts have run, and a picture of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path

CHROMIUM = shutil.which("chromium")

QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--host-resolver-rules=MAP * ~NOTFOUND"]


def _run(*arguments: str) -> str:
    assert CHROMIUM, "chromium is not installed: ./dev test does that where apt has it"
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run([CHROMIUM, *QUIET, f"--user-data-dir={profile}", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def picture(page: Path, to: Path, fragment: str = "", dark: bool = False) -> bytes:
    """The PNG of a page, in the user's preferred colours."""
    colours = ["--blink-settings=preferredColorScheme=0"] if dark else ["--blink-settings=preferredColorScheme=1"]
    _run(*colours, "--window-size=1280,900", f"--screenshot={to}", f"{page.as_uri()}#{fragment}")
    return to.read_bytes()


class Document(HTMLParser):
    """What a test wants to know of a page: its visible elements by class or id, with their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attributes), any(e.hidden for e in self._open))
        self.elements.append(element)
        if tag not in ("input", "meta", "link", "br", "col"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def visible(self, name: str) -> list[Element]:
        """Those of that class."""
        return [e for e in self.elements if name in (e.attributes.get("class") or "").split() and not e.hidden]

    def by_id(self, name: str) -> Element:
        return next(e for e in self.elements if e.attributes.get("id") == name)


class Element:
    def __init__(self, tag: str, attributes: dict[str, str | None], inside_hidden: bool) -> None:
        self.tag = tag
        self.attributes = attributes
        self.hidden = inside_hidden or "hidden" in attributes
        self.text = ""


def opened(page: Path, fragment: str = "", then: str = "") -> Document:
    """The page at that fragment, after `then`, a script of the test's."""
    if then:
        html = page.read_text()
        page = page.with_name(f"{page.stem}-driven.html")
        driver = (f"{{ const drive = () => {{ {then} }};"
                  "if (document.documentElement.dataset.ready) drive(); else addEventListener('page-ready', drive); }")
        page.write_text(re.sub(r"</body>", lambda _: f"<script>{driver}</script></body>", html, count=1))
    return Document(_run("--virtual-time-budget=5000", "--dump-dom", f"{page.as_uri()}#{fragment}"))
