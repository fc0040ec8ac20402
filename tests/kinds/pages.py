"""Tables as pages of docs/kinds, kept true by a test. PARTSMITH_WRITE_PAGE=1 writes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "kinds"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", "⏎") for cell in cells) + " |\n"

    return line(columns) + line("---" for _ in columns) + "".join(line(row) for row in rows)


def check(name: str, text: str) -> None:
    """docs/kinds/NAME is this text."""
    page = DOCS / name
    if os.environ.get("PARTSMITH_WRITE_PAGE"):
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)
    assert page.read_text() == text, f"docs/kinds/{name} is not the table; PARTSMITH_WRITE_PAGE=1 writes it anew"
