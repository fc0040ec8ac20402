"""`./dev bench` measures each row, beside the floor and other programs."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support.server import BINARY

BENCH = Path(__file__).parents[2] / "bench" / "bench.py"
LOAD = Path(BINARY).with_name("partsmith_load")


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCH, BINARY, "--load", LOAD, "--rounds", "1", *options], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("row", ["completion of 1,000 parts", "create, one part", "page of 1,000 parts", "start", "memory"])
def test_a_row_is_measured(row: str, tmp_path: Path) -> None:
    ran = bench("--only", row, "--json", str(tmp_path / "found.json"))
    assert ran.returncode == 0, ran.stderr
    for of_row in json.loads((tmp_path / "found.json").read_text())["rows"].values():
        for measured in of_row.values():
            assert not measured["failed"]
            assert all(value > 0 for found in measured["rounds"] for value in found.values())


@pytest.mark.long
def test_every_row_is_measured_beside_the_floor(tmp_path: Path) -> None:
    ran = bench("--chart", str(tmp_path / "chart.svg"), "--json", str(tmp_path / "found.json"))
    assert ran.returncode == 0, ran.stderr
    rows = json.loads((tmp_path / "found.json").read_text())["rows"]
    assert not [(row, measured["failed"]) for row, of_row in rows.items() for measured in of_row.values() if measured["failed"]]
    assert all(name in ElementTree.parse(tmp_path / "chart.svg").getroot().itertext() for name in rows)


def test_a_server_that_refuses_is_told_with_its_answer(tmp_path: Path) -> None:
    """Two programs, of which the second is none that can serve."""
    broken = tmp_path / "broken"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && echo partsmith 0 && exit\nexit 3\n')
    broken.chmod(0o755)
    ran = bench(str(broken), "--only", "start")
    assert ran.returncode == 0, ran.stderr
    assert "fails: " in ran.stdout and "ended with 3" in ran.stdout


def test_an_unknown_row_or_server_is_named_with_the_known_ones() -> None:
    assert "memory when idle" in bench("--only", "nothing").stderr
    assert "versitygw" in bench("--against", "nothing").stderr
