"""The site of the documentation: its pages, its links, and that a phone shows it."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest

from support.browser import Page
from support.programs import DOCS_PYTHON, ROOT
from support.server import BINARY

MAKER = ROOT / "packaging/docs/make_site.py"


@pytest.fixture(scope="module")
def maker() -> Iterator[ModuleType]:
    """make_site.py, whose `assemble` needs no MkDocs."""
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("make_site", MAKER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


def test_no_page_of_the_repository_links_to_what_is_not_there(maker: ModuleType, tmp_path: Path) -> None:
    assert maker.assemble(BINARY, tmp_path)["nav"]


def test_every_page_of_docs_is_in_the_site(maker: ModuleType, tmp_path: Path) -> None:
    maker.assemble(BINARY, tmp_path)
    for page in (ROOT / "docs").rglob("*.md"):
        assert (tmp_path / maker.place(str(page.relative_to(ROOT)))).is_file(), page


def test_a_link_that_leads_nowhere_is_found_out(maker: ModuleType, tmp_path: Path) -> None:
    pages = maker.Pages(tmp_path)
    with pytest.raises(maker.DeadLink, match="docs/testing.md links to docs/nowhere.md"):
        pages._moved("docs/testing.md", "nowhere.md#there")


def test_what_the_manual_page_has_is_in_the_reference(maker: ModuleType, tmp_path: Path) -> None:
    maker.assemble(BINARY, tmp_path)
    reference = (tmp_path / maker.CLI).read_text()
    manual = subprocess.run([BINARY, "man"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    flags = [line.replace("\\-", "-") for line in re.findall(r"^\.TP\n\\fB(\S.*?)\\fR", manual, re.MULTILINE)]
    assert len(flags) > 100
    for flag in flags:
        assert f"`{flag}`" in reference, flag
    assert not re.search(r"\\f[BIR]|^\.[A-Za-z]{2}\b", reference, re.MULTILINE)
    for command in ("serve", "conform diff", "journal expect", "completion"):
        assert f"\n## partsmith {command}\n" in reference


def test_a_manual_page_of_another_form_is_refused(maker: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"\.RS"):
        maker.markdown(".SH COMMANDS\n.RS 4\n")


# --- As MkDocs makes it


class Document(HTMLParser):
    """What a page names, and what in it can be named."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.targets.append(value)
            if name in ("id", "name") and value:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    made = subprocess.run([DOCS_PYTHON, MAKER, "--program", BINARY, "--output", folder], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=280, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def documents(site: Path) -> dict[Path, Document]:
    # 404.html is shown at any address, so its links begin at the root; the matrix is a report of the program's own.
    return {path: Document(path.read_text()) for path in site.rglob("*.html") if path.name not in ("404.html", "matrix.html")}


def named_by(page: Path, target: str) -> tuple[Path, str]:
    """The file that a link of the page leads to, and the anchor in it."""
    parts = urlsplit(target)
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return (file / "index.html" if file.is_dir() else file), unquote(parts.fragment)


@pytest.mark.long
def test_no_link_within_the_site_is_dead(site: Path, documents: dict[Path, Document]) -> None:
    dead, looked_at = [], 0
    for page, document in documents.items():
        for target in document.targets:
            if re.match(r"[a-z]+:|//", target):
                continue
            looked_at += 1
            file, anchor = named_by(page, target)
            if not file.is_file() or (anchor and file in documents and anchor not in documents[file].anchors):
                dead.append(f"{page.relative_to(site)}: {target}")
    assert looked_at > 1000
    assert not dead


@pytest.mark.long
def test_the_pages_for_each_role_lead_to_the_guides(site: Path, documents: dict[Path, Document]) -> None:
    home = {named_by(site / "index.html", target)[0] for target in documents[site / "index.html"].targets}
    for role, guide in (("application", "testing"), ("sdk", "faults"), ("vendor", "conformance/catalogue")):
        page = site / "start" / role / "index.html"
        assert page in home
        assert site / guide / "index.html" in {named_by(page, target)[0] for target in documents[page].targets}


@pytest.mark.long
def test_nothing_comes_from_elsewhere(documents: dict[Path, Document], site: Path) -> None:
    for page in documents:
        for tag in re.findall(r"<(?:script|link|img|iframe)[^>]*>", page.read_text()):
            assert not re.search(r'(?:src|href)="?(?:https?:)?//', tag) or "canonical" in tag, f"{page.relative_to(site)}: {tag}"


MEASURE = """
const wide = [];
for (const page of PAGES) {
  const frame = document.createElement("iframe");
  frame.style.width = "390px";
  frame.style.height = "844px";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, {once: true}));
  frame.src = page;
  document.body.append(frame);
  await loaded;
  const root = frame.contentDocument.documentElement;
  if (!frame.contentDocument.querySelector("article")) wide.push(page + ": no page");
  else if (root.scrollWidth > root.clientWidth) wide.push(`${page}: ${root.scrollWidth}`);
  frame.remove();
}
return wide;
"""


@pytest.mark.long
@pytest.mark.browser
def test_no_page_is_wider_than_a_phone(site: Path, documents: dict[Path, Document], tmp_path: Path) -> None:
    pages = ["/" + str(page.relative_to(site)) for page in sorted(documents)]
    assert Page(MEASURE.replace("PAGES", json.dumps(pages)), folder=site).run(tmp_path / "profile") == []
