"""What a gateway does when the upstream is away, slow, or closes a connection; and when a gateway dies."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from gateway.gateways import ENGINE_KEY, ENGINE_SECRET, Gateway, health, metric
from gateway.load import Load
from support.data import MIB, SMALLEST_PART, multipart_etag, seeded_bytes
from support.s3 import Upload, client, new_bucket, read, refused
from support.server import ACCESS_KEY, BINARY, SECRET_KEY, Server, eventually, serve_and_wait


def nobody_s_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_an_upstream_that_is_down_is_503_and_a_line_in_the_log(tmp_path: Path) -> None:
    with Gateway(tmp_path / "g", f"http://127.0.0.1:{nobody_s_port()}") as gateway:
        once = client(gateway, retries={"total_max_attempts": 1})
        with refused("ServiceUnavailable", 503):
            once.list_buckets()
        eventually(lambda: "ListBuckets" in gateway.log(), "the log tells of the request")
        lines = [line for line in gateway.log().splitlines() if "ListBuckets" in line]
        assert len(lines) == 1 and "the upstream: " in lines[0] and "refused" in lines[0], lines
        assert metric(gateway, "partsmith_upstream_failures_total", kind="unreachable") == 1


def test_readiness_follows_the_upstream(tmp_path: Path, own_engine: Server) -> None:
    with Gateway(tmp_path / "g", own_engine.url) as gateway:
        status, told = health(gateway)
        assert (status, told["status"], told["upstream"]) == (200, "ok", {"url": own_engine.url, "reached": True})
        assert health(gateway, "/minio/health/ready")[0] == 200
        own_engine.kill()
        eventually(lambda: health(gateway)[0] == 503, "the gateway says that the upstream is down")
        assert health(gateway)[1]["upstream"]["reached"] is False
        assert health(gateway, "/minio/health/ready")[0] == 503
        assert health(gateway, "/minio/health/live")[0] == 200
        again = {"PARTSMITH_ACCESS_KEY": ENGINE_KEY, "PARTSMITH_SECRET_KEY": ENGINE_SECRET, "PARTSMITH_HOST": "127.0.0.1"}
        engine = subprocess.Popen([BINARY, "serve", "--data", tmp_path / "data", "--port", str(own_engine.port), "--quiet"],
                                  stdin=subprocess.DEVNULL, env=os.environ | again)
        try:
            eventually(lambda: health(gateway)[0] == 200, "the gateway says that the upstream is back")
        finally:
            engine.terminate()
            engine.wait(60)


class Script:
    """An upstream that does what it is told, once for each connection."""

    def __init__(self, *connections: Callable[[socket.socket], None]):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.served = 0
        self._thread = threading.Thread(target=self._run, args=(connections,), daemon=True)
        self._thread.start()

    def _run(self, connections: tuple[Callable[[socket.socket], None], ...]) -> None:
        for serve in connections:
            connection, _ = self.listening.accept()
            with connection:
                self.served += 1
                serve(connection)

    def close(self) -> None:
        self.listening.close()
        self._thread.join(60)


def head_of(connection: socket.socket) -> bytes:
    read_so_far = b""
    while b"\r\n\r\n" not in read_so_far:
        piece = connection.recv(1 << 16)
        assert piece, "the gateway closed the connection"
        read_so_far += piece
    return read_so_far


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: \"x\"\r\n\r\nx"


def answers_once_then_closes_at_the_next(connection: socket.socket) -> None:
    head_of(connection)
    connection.sendall(OK)
    head_of(connection)  # and closes, without a byte


def answers(connection: socket.socket) -> None:
    head_of(connection)
    connection.sendall(OK)


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Callable[..., tuple[Script, BaseClient, Gateway]]]:
    """A gateway before a script, and a client that sends each request once."""
    running: list[Gateway] = []
    scripts: list[Script] = []

    def start(*connections: Callable[[socket.socket], None]) -> tuple[Script, BaseClient, Gateway]:
        scripts.append(Script(*connections))
        running.append(Gateway(tmp_path / "g", scripts[-1].url, "--upstream-timeout", "1"))
        return scripts[-1], client(running[-1], retries={"total_max_attempts": 1}), running[-1]

    yield start
    for gateway in running:
        gateway.stop()
    for script in scripts:
        script.close()


def test_a_kept_connection_that_is_closed_costs_no_request(scripted: Callable[..., tuple[Script, BaseClient, Gateway]]) -> None:
    script, once, gateway = scripted(answers_once_then_closes_at_the_next, answers)
    for _ in range(2):
        assert read(once, "films") == b"x"
    assert script.served == 2
    assert metric(gateway, "partsmith_upstream_sent_again_total") == 1


def test_what_may_have_been_done_is_not_done_twice(scripted: Callable[..., tuple[Script, BaseClient, Gateway]]) -> None:
    script, once, gateway = scripted(answers_once_then_closes_at_the_next, answers)
    assert read(once, "films") == b"x"
    with refused("ServiceUnavailable", 503):
        once.put_object(Bucket="films", Key="a", Body=b"x", IfNoneMatch="*")
    assert script.served == 1 and metric(gateway, "partsmith_upstream_sent_again_total") == 0
    assert read(once, "films") == b"x"


def test_a_silent_upstream_is_given_up(scripted: Callable[..., tuple[Script, BaseClient, Gateway]]) -> None:
    over = threading.Event()

    def is_silent(connection: socket.socket) -> None:
        head_of(connection)
        over.wait(60)

    _, once, gateway = scripted(is_silent)
    with refused("ServiceUnavailable", 503):
        read(once, "films")
    over.set()
    assert metric(gateway, "partsmith_upstream_failures_total", kind="timeout") == 1


def test_an_answer_that_breaks_off_breaks_off_here(scripted: Callable[..., tuple[Script, BaseClient, Gateway]]) -> None:
    def breaks_off(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + bytes(500_000))

    _, once, gateway = scripted(breaks_off)
    with pytest.raises(Exception, match="(?i)incomplete|broken|aborted|closed|reset"):
        read(once, "films")
    eventually(lambda: "the upstream: " in gateway.log(), "the log tells why the answer was cut")


def test_two_gateways_share_an_upload_and_one_may_die(tmp_path: Path, own_engine: Server) -> None:
    parts = [seeded_bytes(SMALLEST_PART, number) for number in range(4)]
    dying, other = (Gateway(tmp_path / name, own_engine.url) for name in ("dying", "other"))
    with other:
        s3 = client(dying)
        name = new_bucket(s3)
        upload = Upload(s3, name)
        upload.put(1, parts[0])
        upload.put(2, parts[1])
        dying.kill()
        there = Upload.__new__(Upload)
        there.s3, there.at, there.parts = client(other), upload.at, upload.parts
        assert [part["PartNumber"] for part in there.s3.list_parts(**there.at)["Parts"]] == [1, 2]
        for number in (3, 4):
            there.put(number, parts[number - 1])
        assert there.complete()["ETag"] == multipart_etag(parts)
        assert read(client(other), name) == b"".join(parts)


def test_nothing_acknowledged_is_lost_when_a_gateway_is_killed_under_load(tmp_path: Path, own_engine: Server) -> None:
    """Clients that know two gateways go on with the other one."""
    first, second = (Gateway(tmp_path / name, own_engine.url) for name in ("first", "second"))
    with second, first:
        s3 = client(second)
        bucket = new_bucket(s3)
        with Load(bucket, [first.url, second.url], ACCESS_KEY, SECRET_KEY) as load:
            load.more(40)
            first.kill()
            load.more(80)
        assert load.lost(s3) == []


@pytest.mark.parametrize(("flags", "told"), [
    (("--bucket", "films"), "exclude each other"),
    (("--quota", "1GiB"), "exclude each other"),
    (("--upstream-access-key", "only"), "goes with"),
])
def test_settings_that_contradict_each_other_are_told(flags: tuple[str, ...], told: str) -> None:
    ended = serve_and_wait("--upstream", "http://127.0.0.1:1", *flags)
    assert ended.returncode == 1 and told in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


def test_a_gateway_s_settings_need_an_upstream() -> None:
    ended = serve_and_wait("--upstream-region", "eu-west-1")
    assert ended.returncode == 1 and "--upstream" in ended.stderr, ended.stderr


def test_a_large_upload_to_an_upstream_that_refuses_is_told_why(own_engine: Server, tmp_path: Path) -> None:
    with Gateway(tmp_path / "g", own_engine.url) as gateway:
        once = client(gateway, retries={"total_max_attempts": 1})
        with refused("NoSuchBucket"):
            once.put_object(Bucket="no-such-bucket-here", Key="a", Body=seeded_bytes(8 * MIB))
        assert once.list_buckets()["Buckets"] == []
