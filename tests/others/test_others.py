"""The catalogue on S3 servers that others wrote: it must come to its end on any of them, and its matrix is
docs/conformance."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from others.servers import Kind, Other, installed_kinds
from support.server import ACCESS_KEY, BINARY, SECRET_KEY, Server

MOST_SECONDS = 1800
"""For a whole catalogue, on a machine that has other work: a run ends by itself, whatever the server does."""

pytestmark = [pytest.mark.long, pytest.mark.timeout(MOST_SECONDS + 100)]

INSTALLED = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent")
"""Where ./dev test --long put them."""
REPORTS = Path(os.environ.get("PARTSMITH_MATRIX") or INSTALLED / "reports")


def run_catalogue(name: str, label: str, url: str, access_key: str, secret_key: str) -> dict:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.json"
    done = subprocess.run(
        [BINARY, "conform", "--endpoint", url, "--access-key", access_key, "--secret-key", secret_key, "--label", label,
         "--jobs", "2", "--json", report], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        timeout=MOST_SECONDS, check=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr
    return json.loads(report.read_text())


@pytest.mark.parametrize("kind", installed_kinds(INSTALLED), ids=lambda kind: kind.name)
def test_the_catalogue_comes_to_its_end_on_a_server_of_others(kind: Kind, tmp_path: Path) -> None:
    with Other(kind, INSTALLED, tmp_path) as server:
        report = run_catalogue(kind.name, kind.label, server.url, kind.access_key, kind.secret_key)
    totals = report["totals"]
    # A wrong server never makes a check be at fault, and no server of this list is wrong throughout.
    assert totals["error"] == 0
    assert 0 < totals["passed"] < len(report["checks"])


def test_ours_is_in_the_matrix_too(tmp_path: Path) -> None:
    with Server(tmp_path, "--quiet") as server:
        report = run_catalogue("partsmith", "partsmith", server.url, ACCESS_KEY, SECRET_KEY)
    assert report["totals"]["error"] == 0
