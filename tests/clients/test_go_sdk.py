"""The AWS SDK for Go (go/main.go) as a client of another language."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from support.programs import GO_CLIENT
from support.server import Server

Scenario = Callable[[str], Any]


@pytest.fixture
def run(server: Server, bucket: str) -> Scenario:
    def scenario(name: str) -> Any:
        done = subprocess.run([GO_CLIENT, server.url, bucket, name], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return scenario


def test_a_bucket_is_made_for_a_program_that_wants_no_object_lock(run: Scenario) -> None:
    assert run("bucket") == {}


def test_a_stream_of_12_mib_goes_up_in_parts(run: Scenario) -> None:
    seen = run("upload")
    assert seen["etag"].endswith('-3"')
    assert seen["same"] is True
    assert seen["metadata"] == {"owner": "gopher"}


def test_an_aborted_upload_is_no_such_upload(run: Scenario) -> None:
    assert run("abort") == {"late": {"code": "NoSuchUpload", "status": 404}}


def test_listing_pages_through_the_keys_and_a_batch_deletes_them(run: Scenario) -> None:
    assert run("list") == {"before": ["+", "a", "b c", "d/e", "é"], "after": []}


def test_errors_arrive_by_their_names(run: Scenario) -> None:
    assert run("errors") == {"missing": {"code": "NoSuchKey", "status": 404},
                             "again": {"code": "PreconditionFailed", "status": 412}}


def test_presigned_urls_write_and_read(run: Scenario) -> None:
    assert run("presigned") == {"put": 200, "got": "by URL"}
