"""Many requests in faults at once, and the same faults each time."""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from double.control import Control
from support.server import Server, eventually


@pytest.fixture
def all_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("all_descriptors")
def test_a_thousand_requests_that_hang_leave_others_alone(doubled: Server, control: Control, once: BaseClient) -> None:
    control.add({"type": "hang"}, match={"key": "hang-*"}, name="hang")
    url = urllib.parse.urlsplit(once.generate_presigned_url("get_object", Params={"Bucket": "films", "Key": "hang-1"}))
    request = f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(1_000):
            stack.enter_context(socket.create_connection(("127.0.0.1", doubled.port), 60)).sendall(request)
        eventually(lambda: control.rules()["hang"]["hits"] == 1_000, "all of them hang")
        for number in range(20):
            once.put_object(Bucket="films", Key=f"key-{number}", Body=b"x")
            assert once.get_object(Bucket="films", Key=f"key-{number}")["Body"].read() == b"x"
        assert doubled.peak_memory() < 200 * 2**20


def test_ten_runs_meet_the_same_faults_whatever_the_order(control: Control, once: BaseClient) -> None:
    def outcome(key: str) -> tuple[str, str]:
        try:
            once.put_object(Bucket="films", Key=key, Body=b"x")
        except ClientError as error:
            return key, error.response["Error"]["Code"]
        return key, "stored"

    keys = [f"key-{number}" for number in range(40)]
    runs = set()
    for run in range(10):
        control.ask("DELETE", "v1/faults")
        control.add({"type": "error", "code": "SlowDown"}, probability=0.3, seed=7, name="some")
        control.add({"type": "error", "code": "InternalError"}, probability=0.2, seed=8, name="others")
        random.Random(run).shuffle(keys)
        with ThreadPoolExecutor(8) as pool:
            runs.add(frozenset(pool.map(outcome, keys)))
    assert len(runs) == 1
    assert {code for _, code in runs.pop()} == {"stored", "SlowDown", "InternalError"}
