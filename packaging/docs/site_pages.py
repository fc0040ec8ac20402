"""Which files of the repository are pages of the site, where each is, and in what order they are shown."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
CLI = "reference/command-line.md"
"""The page that the program writes itself."""

# A tab of the site, and its pages: a file of the repository, a glob for the rest of a folder, or what is generated.
TABS: list[tuple[str, list[str]]] = [
    ("Start", ["docs/README.md", "docs/start/application.md", "docs/start/sdk.md", "docs/start/vendor.md", "README.md"]),
    ("Guides", ["docs/testing.md", "docs/faults.md", "docs/sdk-behaviour.md", "docs/control.md", "packaging/python/README.md",
                "packaging/npm/partsmith/README.md", "packaging/go/README.md", "packaging/java/README.md", "docs/emulator.md",
                "docs/real-s3.md", "docs/migrate/*.md", "examples/**/*.md"]),
    ("Clients", ["docs/clients/README.md", "docs/clients/*.md"]),
    ("Conformance", ["docs/vendors.md", "docs/conformance/README.md", "docs/conformance/matrix.md", "docs/conformance/catalogue.md",
                     "docs/conformance/*.md"]),
    ("Reference", [CLI, "docs/kinds/*.md", "docs/*.md"]),
    ("Project", ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]),
]

# Pages whose own heading says too little beside the others' in the list.
TITLES = {
    "docs/README.md": "Start", "README.md": "Manual", "packaging/python/README.md": "Python and pytest",
    "packaging/npm/partsmith/README.md": "Node.js", "packaging/go/README.md": "Go", "packaging/java/README.md": "JUnit 5",
    "docs/emulator.md": "C++", "docs/vendors.md": "In your CI",
    "docs/clients/README.md": "All clients", "docs/conformance/README.md": "What servers really do",
    "docs/conformance/matrix.md": "Matrix",
}

TABLES = {"docs/conformance/matrix.md", "docs/conformance/catalogue.md", "docs/conformance/planted.md"}
"""Pages that are one table of a thousand rows: as wide as can be, and left to the browser's own search."""


def tabs() -> list[tuple[str, list[str]]]:
    """TABS with each file once, the globs filled in."""
    seen: set[str] = set()
    found = []
    named = {name for _, names in TABS for name in names if "*" not in name}
    for title, names in TABS:
        files = []
        for name in names:
            matches = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(name)) if "*" in name else [name]
            files += [match for match in matches if match not in seen and ("*" not in name or match not in named)]
            seen.update(files)
        found.append((title, files))
    return found


def place(file: str) -> str:
    """Where the page of a file of the repository is in the site's sources."""
    if file == "docs/README.md":
        return "index.md"
    if file == "README.md":
        return "manual.md"
    name = file.removeprefix("docs/").removeprefix("packaging/")
    folder, _, last = name.rpartition("/")
    if last == "README.md":
        return f"{folder}/index.md"
    return name if "/" in name or name[0].islower() else name.lower()
