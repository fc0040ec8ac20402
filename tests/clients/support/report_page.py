"""Headless Chromium: a page as it stands after its scripts have run, and a picture of it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

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


def milliseconds(page: Path, script: str) -> float:
    """How long a script takes in the page, and the browser to lay out what comes of it, by the machine's clock."""
    assert CHROMIUM, "chromium is not installed: ./dev test does that where apt has it"
    with tempfile.TemporaryDirectory() as profile, _Debugged(profile) as browser:
        target = browser.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = browser.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        browser.ask("Page.enable", {}, session)
        browser.ask("Page.navigate", {"url": page.as_uri()}, session)
        browser.wait_for("Page.loadEventFired")
        measure = f"""new Promise((done) => {{
          const measure = () => {{
            const began = performance.now();
            {script};
            document.body.getBoundingClientRect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
          }};
          if (document.documentElement.dataset.ready) measure(); else addEventListener("page-ready", measure);
        }})"""
        answer = browser.ask("Runtime.evaluate", {"expression": measure, "awaitPromise": True}, session)
        return float(answer["result"]["value"])


class _Debugged:
    """A browser that is asked over its pipe."""

    def __init__(self, profile: str) -> None:
        to_browser, self._in = os.pipe()
        self._out, from_browser = os.pipe()
        # A shell moves them to the numbers that the browser wants; first they are out of the way of these.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", str(CHROMIUM), *QUIET,
             f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=ends)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self._number = 0
        self._rest = b""

    def ask(self, method: str, parameters: dict[str, object], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._in, json.dumps(message).encode() + b"\0")
        return self._next(lambda answer: answer.get("id") == self._number)["result"]

    def wait_for(self, event: str) -> None:
        self._next(lambda message: message.get("method") == event)

    def _next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            while b"\0" not in self._rest:
                piece = os.read(self._out, 65536)
                assert piece, "the browser is gone"
                self._rest += piece
            one, _, self._rest = self._rest.partition(b"\0")
            if wanted(message := json.loads(one)):
                return message

    def __enter__(self) -> _Debugged:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self._in, self._out):
            os.close(end)
