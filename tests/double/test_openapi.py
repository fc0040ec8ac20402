"""The OpenAPI description says what the control API takes and answers: schemathesis tries it against a running server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from double.control import Control, Refused
from support.programs import LONG_PYTHON
from support.server import Server

PATIENCE = 1500


@pytest.mark.long
@pytest.mark.timeout(PATIENCE + 60)
def test_the_server_does_what_its_description_says(tmp_path: Path) -> None:
    """Right requests are taken, wrong ones refused, and answers have the shape that is described."""
    # The stream never ends: test_clock_and_journal.py reads it. The phase that covers every value takes hours, for a change of the
    # clock is answered with the next second.
    options = ["--exclude-operation-id", "streamJournal", "--seed", "1", "--max-examples", "40", "--phases", "fuzzing", "--generation-database", "none",
               "--continue-on-failure", "--request-timeout", "120"]
    with Server(tmp_path / "server", "--world-per-access-key", "--quiet") as server:
        done = subprocess.run([LONG_PYTHON / "schemathesis", "run", f"{server.url}/_partsmith/v1/openapi.json", *options], cwd=tmp_path,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False,
                              env={**os.environ, "HOME": str(tmp_path), "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Operations: +([0-9]+) selected", done.stdout)[1] != "0"


@pytest.mark.parametrize("number", [2, 2.0])
def test_a_whole_number_is_one_however_json_writes_it(number: float, control: Control) -> None:
    control.add({"type": "stale-listing", "seconds": number}, times=number, name="rule")
    assert control.rules()["rule"]["times"] == 2
    assert control.expect(count=0.0)["holds"]


@pytest.mark.parametrize(("path", "document"), [
    ("v1/faults", {"times": 2.5, "fault": {"type": "reset"}}),
    ("v1/faults", {"times": 2**63, "fault": {"type": "reset"}}),
    ("v1/faults", {"fault": {"type": "stale-listing", "seconds": 3_153_600_001}}),
    ("v1/journal/expect", {"status": 600}),
    ("v1/journal/expect", {"count": -1.0}),
    ("v1/settings", {"min_part_size": 0.5}),
])
def test_a_number_beyond_what_is_described_is_refused(path: str, document: object, control: Control) -> None:
    with pytest.raises(Refused) as caught:
        control.ask("POST", path, document)
    assert caught.value.status == 400


def test_a_limit_beyond_all_numbers_limits_nothing(control: Control) -> None:
    assert control.journal(limit=10**30) == []


def test_what_is_full_is_a_conflict(control: Control) -> None:
    control.ask("POST", "v1/faults", [{"name": f"{number}", "fault": {"type": "reset"}} for number in range(1000)])
    with pytest.raises(Refused) as caught:
        control.ask("POST", "v1/faults", {"name": "one more", "fault": {"type": "reset"}})
    assert caught.value.status == 409
