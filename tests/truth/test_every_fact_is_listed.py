"""docs/s3-truth.md and the tests name the same facts."""

from __future__ import annotations

import importlib
import itertools
import re
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/s3-truth.md"
RECORDINGS = 69 + 104 + 37 + 50 + 37
"""Of uploads in parts, of objects, of buckets, of the API and its events, of locks and websites."""


def expanded(name: str) -> list[str]:
    """`a-{b,c}` is a-b and a-c."""
    pieces = [piece[1:-1].split(",") if piece.startswith("{") else [piece] for piece in re.split(r"(\{[^}]*\})", name)]
    return ["".join(choice) for choice in itertools.product(*pieces)]


def rows() -> list[tuple[list[str], str]]:
    """The cases of each row, and what holds them: of the tables whose first column is the case."""
    table = r"^\| case \|[^\n]*\n\|---[^\n]*\n((?:\|[^\n]*\n)*)"
    lines = [line for found in re.findall(table, PAGE.read_text(), re.MULTILINE) for line in found.splitlines()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [([case for name in re.split(r",\s+", row[0].replace(" (2023)", "")) for case in expanded(name)], row[2])
            for row in cells]


def held() -> dict[str, set[str]]:
    """Of each test the cases that it holds."""
    tests = {}
    for path in Path(__file__).parent.glob("test_*.py"):
        for name, function in vars(importlib.import_module(path.stem)).items():
            for mark in getattr(function, "pytestmark", []):
                if mark.name == "recorded":
                    tests[name] = set(mark.args)
    return tests


def test_every_recording_stands_on_the_page_once() -> None:
    counted = Counter(case for cases, _ in rows() for case in cases)
    assert [case for case, times in counted.items() if times > 1] == []
    assert len(counted) == RECORDINGS


def test_the_page_names_the_tests_that_hold_a_fact_and_no_other() -> None:
    named = {test: set(cases) for cases, holder in rows() for test in re.findall(r"`(test_\w+)`", holder)}
    assert named == held()


def test_what_no_test_holds_is_open_with_a_reason() -> None:
    without = [(cases, holder) for cases, holder in rows() if "`test_" not in holder]
    assert [cases for cases, holder in without if not re.search(r"\*\*open\*\*: \w", holder)] == []
