"""partsmith cp redis://…: a list in a real Redis becomes an object."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from support.cli import DONE, FAILED, done, not_done, settings, start, verb
from support.data import KIB, MIB, multipart_etag, seeded_bytes
from support.redis_server import RedisServer
from support.server import BINARY, PATIENCE, Server, eventually

LIST = "gopher_img"
WHOLE = 6 * MIB


@pytest.fixture
def source(tmp_path: Path) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path)
    yield running
    running.kill()


def fill(source: RedisServer, sizes: list[int], name: str = LIST) -> list[bytes]:
    elements = [seeded_bytes(size, seed) for seed, size in enumerate(sizes)]
    for element in elements:
        source.client.rpush(name, element)
    return elements


@pytest.mark.parametrize(("sizes", "parts"), [
    ([WHOLE, WHOLE, 7 * MIB, 12_345], [1, 1, 1, 1]),
    ([5 * MIB, 5 * MIB], [1, 1]),
    ([MIB] * 13, [5, 5, 3]),
    ([WHOLE, MIB, MIB, WHOLE, 10], [1, 3, 1]),
    ([64 * KIB, WHOLE], [2]),
    ([10, 20, 0, 30], [4]),
    ([0], [1]),
], ids=str)
def test_elements_become_parts_and_small_ones_are_joined(
        server: Server, s3: BaseClient, bucket: str, source: RedisServer, sizes: list[int], parts: list[int]) -> None:
    elements = fill(source, sizes)
    body = b"".join(elements)
    report = json.loads(done(server, "cp", "--json", f"{source.url}/0/{LIST}", f"s3://{bucket}/static/gopher.mp4"))
    assert (report["bytes"], report["proof"]) == (len(body), "checksum")
    found = s3.get_object(Bucket=bucket, Key="static/gopher.mp4")
    assert found["Body"].read() == body and found["ContentType"] == "video/mp4"
    joined = [b"".join(elements[sum(parts[:index]):sum(parts[:index + 1])]) for index in range(len(parts))]
    if len(parts) > 1:
        assert found["ETag"] == multipart_etag(joined)
    else:
        assert "parts" not in report


def test_database_password_and_any_key_are_understood(
        server: Server, s3: BaseClient, bucket: str, source: RedisServer) -> None:
    other = type(source.client).from_url(source.url, db=3)
    other.rpush("a list/ä", b"found")
    source.client.config_set("requirepass", "se cret")
    url = source.url.removeprefix("redis://")
    done(server, "cp", f"redis://:se%20cret@{url}/3/a%20list/%C3%A4", f"s3://{bucket}/")
    assert s3.get_object(Bucket=bucket, Key="ä")["Body"].read() == b"found"
    done(server, "cp", f"redis://default:se%20cret@{url}/3/a%20list/%C3%A4", f"s3://{bucket}/again")
    error = not_done(server, FAILED, "cp", f"redis://:wrong@{url}/3/a%20list/%C3%A4", f"s3://{bucket}/none")
    assert "Redis" in error and "wrong@" not in error
    assert "NOAUTH" in not_done(server, FAILED, "cp", f"redis://{url}/0/x", f"s3://{bucket}/none")


def test_what_is_no_list_leaves_no_upload(server: Server, s3: BaseClient, bucket: str, source: RedisServer) -> None:
    source.client.set("text", "no list")
    assert "there is no list none" in not_done(server, FAILED, "cp", f"{source.url}/0/none", f"s3://{bucket}/x")
    assert "WRONGTYPE" in not_done(server, FAILED, "cp", f"{source.url}/0/text", f"s3://{bucket}/x")
    assert "Connection refused" in not_done(server, FAILED, "cp", "redis://127.0.0.1:1/0/x", f"s3://{bucket}/x")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


class Held:
    """A copy that a stopped server holds up half-way, so that something can happen to the list meanwhile."""

    def __init__(self, server: Server, source: RedisServer, *options: str):
        self.server = server
        server.process.send_signal(signal.SIGSTOP)
        self.copying = start(server, "cp", *options, f"{source.url}/0/{LIST}", "s3://films/film")
        self.source = source
        eventually(self.two_elements_are_read, "two elements are read, before the upload is created")

    def two_elements_are_read(self) -> bool:
        read = self.source.client.info("commandstats").get("cmdstat_lindex", {"calls": 0})["calls"]
        return read == 2 and all(peer["obl"] == peer["oll"] == "0" for peer in self.source.client.client_list())

    def go_on(self) -> tuple[int, str]:
        self.server.process.send_signal(signal.SIGCONT)
        code = self.copying.wait(PATIENCE)
        _, error = self.copying.communicate()
        return code, error.decode()


@pytest.mark.parametrize("change", [
    lambda redis: redis.lset(LIST, 0, b"other"),
    lambda redis: redis.rpush(LIST, b"more"),
    lambda redis: (redis.rpop(LIST), redis.rpush(LIST, b"another")),
    lambda redis: redis.delete(LIST),
], ids=["an element is set", "one is added", "one is exchanged", "the list is deleted"])
def test_a_list_that_is_changed_meanwhile_is_no_object(tmp_path: Path, source: RedisServer, change: object) -> None:
    fill(source, [WHOLE] * 5)
    with Server(tmp_path / "server", "--bucket", "films") as server:
        held = Held(server, source)
        change(source.client)  # type: ignore[operator]
        code, error = held.go_on()
        assert code == FAILED and "changed while it was read" in error and "aborted" in error
        assert done(server, "ls", "s3://films") == done(server, "uploads", "s3://films") == ""


def test_when_redis_dies_half_way_the_upload_is_aborted_or_kept_and_resumed(tmp_path: Path, source: RedisServer) -> None:
    elements = fill(source, [WHOLE] * 6)
    with Server(tmp_path / "server", "--bucket", "films") as server:
        for options in ([], ["--keep"]):
            held = Held(server, source, "--jobs", "1", *options)
            source.kill()
            code, error = held.go_on()
            assert code == FAILED and "Redis" in error
            assert bool(done(server, "uploads", "s3://films")) == bool(options)
            source = RedisServer(tmp_path)
            fill(source, [WHOLE] * 6)
        report = json.loads(done(server, "resume", "--json", "s3://films/film", f"{source.url}/0/{LIST}"))
        assert report["kept_parts"] >= 1 and report["parts"] == 6
        assert verb(server, "cat", "s3://films/film").stdout == b"".join(elements)
        source.kill()


@pytest.mark.measures_memory
def test_a_long_list_needs_little_memory(server: Server, s3: BaseClient, bucket: str, source: RedisServer) -> None:
    element = seeded_bytes(MIB)
    for _ in range(200):
        source.client.rpush(LIST, element)
    # GNU time would do; Python's own account of a child is of the largest that there ever was, so a fresh one is asked.
    script = ("import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode;"
              "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    ended = subprocess.run(
        ["python3", "-c", script, BINARY, "cp", "-q", f"{source.url}/0/{LIST}", f"s3://{bucket}/film"],
        env=settings(server), capture_output=True, text=True, timeout=120, check=True)
    code, peak = ended.stdout.split()
    assert int(code) == DONE
    assert s3.head_object(Bucket=bucket, Key="film")["ContentLength"] == 200 * MIB
    assert int(peak) * KIB < 100 * MIB
