"""CHANGELOG.md: the section of what is to be released gets its version and date."""

from __future__ import annotations

import re

UNRELEASED = re.compile(r"^## \S+ \(unreleased\)$", re.MULTILINE)


def released(text: str, version: str, date: str) -> str:
    """The changelog as of the release. ValueError when there is nothing to release, or the version was released."""
    sections = UNRELEASED.findall(text)
    if len(sections) != 1:
        raise ValueError(f"CHANGELOG.md has {len(sections)} sections that are unreleased, and needs one: ## VERSION (unreleased)")
    if re.search(rf"^## {re.escape(version)} \((?!unreleased\))", text, re.MULTILINE):
        raise ValueError(f"CHANGELOG.md has {version} already")
    changes = UNRELEASED.split(text)[1].split("\n## ")[0]
    if not re.search(r"^- ", changes, re.MULTILINE):
        raise ValueError("CHANGELOG.md names no change since the last release")
    return UNRELEASED.sub(f"## {version} ({date})", text)
