"""The tables of docs/*.md that tests hold."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def rows(page: str, mark: str) -> list[list[str]]:
    """The cells of the table between `<!-- mark -->` and `<!-- /mark -->`, without their back quotes."""
    inside = (DOCS / page).read_text().split(f"<!-- {mark} -->")[1].split(f"<!-- /{mark} -->")[0]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in inside.strip().splitlines()[2:]]
