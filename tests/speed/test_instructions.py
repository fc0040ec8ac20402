"""What requests cost the program, in instructions of the processor, stays what bench/instructions.json says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.server import BINARY

COUNTER = Path(__file__).parents[2] / "bench" / "instructions.py"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_request_costs_a_twentieth_more_than_committed() -> None:
    counted = subprocess.run([sys.executable, COUNTER, BINARY, "--guard"], capture_output=True, text=True, check=False)
    assert counted.returncode == 0, counted.stdout + counted.stderr
