"""What the tables of docs/kinds and the recordings of Amazon S3 say holds through a gateway, too: the same tests, with a gateway before
their server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

TESTS = Path(__file__).resolve().parents[1]

SIGNED_ANEW = (
    "kinds/test_refusals.py::test_what_kms_encrypts_is_not_read_by_a_url_of_signature_v2",
    "truth/test_buckets.py::test_a_location_that_is_none",
    "truth/test_buckets.py::test_a_region_makes_its_own_buckets_and_us_east_1_those_of_all",
)
"""Of the version that the client signs with, and the region that it signs for, the upstream doesn't know: the gateway signs by Version 4, for
the region of the upstream."""

TWO_FAULTS = (
    "kinds/test_credentials.py::test_a_write_that_is_wrong_about_its_body",
    "kinds/test_sub_resources.py::test_a_refused_signature_names_the_region_of_the_bucket",
)
"""What is wrong with a payload or signature the gateway tells, before the upstream could tell of the bucket and of other headers."""

FRAMES = (
    "kinds/test_configurations.py::test_a_head_without_an_object",
    "kinds/test_configurations.py::test_a_head_that_is_refused_for_its_signature",
)
"""How an answer's length is told is a matter of each connection: an upstream's HEAD in chunks has Content-Length 0 behind a gateway, and which
region its bucket has the gateway doesn't know."""

AS_A_HEADER = ("truth/test_forms.py::test_metadata_of_a_form_beyond_ascii",)
"""A field of a form goes on as a header, whose value has no white space at its end."""


def test_what_holds_at_a_server_holds_through_a_gateway(tmp_path: Path) -> None:
    unlike = [option for test in (*SIGNED_ANEW, *TWO_FAULTS, *FRAMES, *AS_A_HEADER) for option in ("--deselect", test)]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "kinds", "truth", "--through-a-gateway", "--numprocesses", "2", "--dist", "worksteal", "--quiet",
         "-m", "not long and not packaged", "-p", "no:cacheprovider", "--basetemp", tmp_path / "of-the-tests", *unlike],
        cwd=TESTS, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1700, check=False)
    print(ended.stdout[-200:])
    assert ended.returncode == 0, ended.stdout[-20_000:]
