#!/usr/bin/env python3
"""Makes the site of the documentation: make_site.py --program PARTSMITH --output FOLDER.

The pages are the Markdown files of the repository, where they are; `assemble` copies them and points their links at pages of the
site, or at copies of the files that they name. MkDocs makes HTML of it. A link that leads nowhere is an error of either.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from cli_reference import markdown  # noqa: E402
from site_pages import CLI, ROOT, TABLES, TITLES, place, tabs  # noqa: E402

HERE = Path(__file__).parent
FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
FILES = "files"
"""The folder of the site with what pages link to that is no page."""


class DeadLink(Exception):
    """A page names what is not there."""


def in_cell(row: re.Match[str]) -> str:
    """A row of a table: GitHub wants `a\\|b` in code where Python's Markdown wants `a|b`."""
    return re.sub(r"`[^`]*`", lambda code: code[0].replace(r"\|", "|"), row[0])


class Pages:
    """The site's sources, as they come together."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.tabs = tabs()
        self.places = {file: place(file) for _, files in self.tabs for file in files if file != CLI}
        self.titles: dict[str, str] = {}

    def add(self, file: str) -> None:
        text = (ROOT / file).read_text()
        heading = re.search(r"^# (.*)$", text, re.MULTILINE)
        if not heading:
            raise ValueError(f"{file} has no heading")
        self.titles[file] = TITLES.get(file) or heading[1].replace("`", "")
        # What is in a block of code is no link.
        parts = [part if at % 2 else ROW.sub(in_cell, LINK.sub(lambda link: self._moved(file, link[1]), part))
                 for at, part in enumerate(FENCED.split(text))]
        before = "---\nhide: [toc]\nsearch: {exclude: true}\n---\n" if file in TABLES else ""
        self.write(self.places[file], before + "".join(parts))

    def write(self, where: str, text: str) -> None:
        path = self.into / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _moved(self, file: str, target: str) -> str:
        """The link `](target)` of that file, as the page of the site has it."""
        if re.match(r"[a-z]+:|#", target):
            return f"]({target})"
        path, mark, anchor = target.partition("#")
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
        to = posixpath.relpath(self._place_of(file, meant), posixpath.dirname(self.places[file]) or ".")
        return f"]({to}{mark}{anchor})"

    def _place_of(self, file: str, meant: str) -> str:
        source = ROOT / meant
        if meant.startswith("..") or not source.exists():
            raise DeadLink(f"{file} links to {meant}, which is not there")
        if source.is_dir():
            readme = f"{meant}/README.md"
            return self.places[readme] if readme in self.places else self._list_of(meant)
        if meant in self.places:
            return self.places[meant]
        return self._copy_of(meant)

    def _copy_of(self, file: str) -> str:
        """Beside the pages when it belongs to docs/, else under `files`."""
        where = file.removeprefix("docs/") if file.startswith("docs/") else f"{FILES}/{file}"
        where = where.replace("/.", "/")  # MkDocs leaves out what begins with a dot
        path = self.into / where
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, path)
        return where

    def _list_of(self, folder: str) -> str:
        """A page with the files of a folder."""
        where = f"{FILES}/{folder}/index.md"
        rows = []
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.is_file() and "__pycache__" not in path.parts:
                to = self.places.get(name) or self._copy_of(name)
                rows.append(f"- [{name.removeprefix(folder + '/')}]({posixpath.relpath(to, posixpath.dirname(where))})")
        self.write(where, f"# {folder}\n\n" + "\n".join(rows) + "\n")
        return where


def assemble(program: Path, into: Path) -> dict[str, object]:
    """Writes the pages, and returns what MkDocs shows them as. DeadLink when one names a file that is not there."""
    shutil.rmtree(into, ignore_errors=True)
    pages = Pages(into)
    for file in pages.places:
        pages.add(file)
    manual = subprocess.run([program, "man"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    pages.write(CLI, markdown(manual.stdout))
    shutil.copyfile(HERE / "site.css", into / "site.css")
    entries = []
    for title, files in pages.tabs:
        entries.append({title: [{pages.titles.get(file, "Command line"): pages.places.get(file, CLI)} for file in files]})
    lists = sorted(str(path.relative_to(into)) for path in (into / FILES).rglob("index.md"))
    return {"nav": entries, "not_in_nav": "\n".join(f"/{name}" for name in lists)}


def build(program: Path, output: Path) -> None:
    sources = output.parent / f"{output.name}-sources"
    pages = sources / "pages"
    settings = {"INHERIT": str(HERE / "mkdocs.yml"), "docs_dir": str(pages), "site_dir": str(output), **assemble(program, pages)}
    config = sources / "mkdocs.yml"
    config.write_text(json.dumps(settings, indent=1))  # which is YAML, too
    # Material for MkDocs tells of another project's plans at each run.
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--clean", "--config-file", str(config)],
                   check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="writes the reference of the command line")
    parser.add_argument("--output", type=Path, required=True, help="folder of the site")
    told = parser.parse_args()
    try:
        build(told.program.resolve(), told.output.resolve())
    except DeadLink as error:
        sys.exit(f"make_site: {error}")


if __name__ == "__main__":
    main()
