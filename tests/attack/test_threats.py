"""SECURITY.md's table of threats: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def rows() -> list[list[str]]:
    """The cells of each threat."""
    text = (ROOT / "SECURITY.md").read_text().split("## Threats")[1]
    table = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def is_there(test: str) -> bool:
    """Whether `file::name` names a test: a function of Python, or a case of Catch2."""
    file, _, name = test.partition("::")
    path = ROOT / file
    if not name or not path.is_file():
        return False
    text = path.read_text()
    if path.suffix == ".py":
        return re.search(rf"^ *def {re.escape(name)}\(", text, re.MULTILINE) is not None
    titles = re.findall(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text)
    return name in [re.sub(r'"\s*"', "", title.strip()).strip('"').replace('\\"', '"') for title in titles]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_threat_is_held_by_tests_that_are_there(row: list[str]) -> None:
    assert len(row) == 4, "threat | defence | bound | held by"
    assert row[0] and row[1]
    tests = re.findall(r"`(tests/[^`]+)`", row[3])
    assert tests, "no test holds it"
    assert [test for test in tests if not is_there(test)] == []


@pytest.mark.parametrize("test", [
    "tests/attack/test_threats.py",
    "tests/attack/test_threats.py::test_nothing",
    "tests/attack/nothing.py::test_each_threat_is_held_by_tests_that_are_there",
    "tests/unit/server/request_log_test.cc::A line",
])
def test_a_test_that_is_not_there_is_found_out(test: str) -> None:
    assert not is_there(test)
