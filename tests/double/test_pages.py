"""The pages about faults and the control API say what the server has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from double.control import Control
from double.page_tables import DOCS, rows
from support.server import BINARY, PATIENCE

def test_the_page_has_every_type_of_fault(control: Control) -> None:
    types = control.ask("GET", "v1/fault-types")["fault_types"]
    expected = [[row["name"], ", ".join(row["when"].split()), ", ".join(row["parameters"].split()), row["text"]] for row in types]
    assert rows("faults.md", "types") == expected


def test_the_page_has_every_preset(control: Control) -> None:
    presets = control.ask("GET", "v1/fault-presets")["presets"]
    assert rows("faults.md", "presets") == [[row["name"], row["shows"], row["bugs"]] for row in presets]


def test_the_page_has_every_endpoint(control: Control) -> None:
    page = (DOCS / "control.md").read_text()
    paths = control.ask("GET", "v1/openapi.json")["paths"]
    for path in paths:
        name = path.removeprefix("/_partsmith/v1/").removeprefix("/_partsmith/").replace("{name}", "NAME")
        assert name in page, path


@pytest.mark.parametrize("fault", [None, "lost-complete", "error-in-200"])
def test_the_example_of_the_guide_runs(fault: str | None, tmp_path: Path) -> None:
    program = re.search(r"```python\n( *# upload_test.py.*?)```", (DOCS / "testing.md").read_text(), re.DOTALL)
    assert program
    lines = [line.removeprefix("   ") for line in program[1].splitlines()]
    (tmp_path / "upload_test.py").write_text("\n".join(lines))
    words = ["--fault", fault] if fault else []
    ended = subprocess.run([BINARY, "run", "--bucket", "films", *words, "--", sys.executable, "upload_test.py"], cwd=tmp_path,
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip().endswith('-1"')
