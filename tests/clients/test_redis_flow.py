"""examples/redis_to_multipart: a list in a real Redis becomes an object, and what happens when one side dies."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import redis
from botocore.exceptions import BotoCoreError

from support.data import MIB, disk_use, multipart_etag, seeded_file
from support.redis_server import RedisServer
from support.s3 import client
from support.server import PLAIN_BOTO, Server, eventually

EXAMPLE = Path(__file__).parents[2] / "examples/redis_to_multipart"
sys.path.insert(0, str(EXAMPLE))
import redis_to_multipart as example  # noqa: E402  (it is no package)

LIST, BUCKET, KEY, REGION = "gopher_img", "bucket-test", "static/gopher.mp4", "cn-northwest-1"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path)
    yield running
    running.kill()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Four chunks of 6 MiB and a smaller one."""
    return seeded_file(tmp_path / "gopher.mp4", 26 * MIB + 12_345)


def start(tmp_path: Path) -> Server:
    return Server(tmp_path / "server", "--log-format", "json", data=tmp_path / "data")


def parts_taken(server: Server) -> Counter[int]:
    """How often the server took each part, by its log."""
    entries = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return Counter(int(parse_qs(entry["query"])["partNumber"][0]) for entry in entries
                   if entry.get("operation") == "UploadPart" and entry["status"] == 200)


def in_chunks(video: Path) -> list[bytes]:
    with video.open("rb") as file:
        return list(iter(lambda: file.read(example.CHUNK), b""))


def test_a_list_of_five_chunks_becomes_an_object_of_five_parts(
        tmp_path: Path, source: RedisServer, video: Path) -> None:
    with start(tmp_path) as server:
        done = subprocess.run(
            [sys.executable, EXAMPLE / "redis_to_multipart.py", "--redis", source.url, "--endpoint", server.url,
             "--fill", video], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, **PLAIN_BOTO})
        assert done.returncode == 0, done.stderr

        answer = ast.literal_eval(done.stdout)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert answer["ResponseMetadata"]["RequestId"] and answer["ResponseMetadata"]["HostId"]
        assert answer["Location"].endswith("/static%2Fgopher.mp4")
        assert (answer["Bucket"], answer["Key"]) == (BUCKET, KEY)
        assert answer["ETag"] == multipart_etag(in_chunks(video))
        assert answer["ETag"].endswith('-5"')

        s3 = client(server, region=REGION)
        assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == video.read_bytes()
        assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION
        assert source.client.llen(LIST) == 5


def test_when_redis_dies_half_way_the_upload_is_aborted_and_its_disk_freed(
        tmp_path: Path, source: RedisServer, video: Path) -> None:
    with video.open("rb") as file:
        example.fill(source.client, LIST, file)
    with start(tmp_path) as server:
        s3 = client(server, region=REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        before = disk_use(tmp_path / "data")
        taken = []

        def die_after_two(number: int) -> None:
            taken.append(number)
            if number == 2:
                assert disk_use(tmp_path / "data") >= before + 12 * MIB
                source.kill()

        with pytest.raises(redis.ConnectionError):
            example.transfer(source.client, LIST, s3, BUCKET, KEY, on_part=die_after_two)

        assert taken == [1, 2]
        assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
        assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
        eventually(lambda: disk_use(tmp_path / "data") < before + MIB, "the disk is free again")


def test_when_the_server_is_killed_half_way_the_upload_goes_on_after_its_restart(
        tmp_path: Path, source: RedisServer, video: Path) -> None:
    with video.open("rb") as file:
        example.fill(source.client, LIST, file)
    server = start(tmp_path)
    s3 = client(server, region=REGION, retries={"total_max_attempts": 1})
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

    def die_after_three(number: int) -> None:
        if number == 3:
            eventually(lambda: parts_taken(server)[3], "the log has the part")
            server.kill()

    with pytest.raises(BotoCoreError):
        example.transfer(source.client, LIST, s3, BUCKET, KEY, on_part=die_after_three)

    with start(tmp_path) as restarted:
        s3 = client(restarted, region=REGION)
        answer = example.transfer(source.client, LIST, s3, BUCKET, KEY, resume=True)
        assert answer["ETag"] == multipart_etag(in_chunks(video))
        assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == video.read_bytes()
    # Both servers appended to one log.
    assert parts_taken(restarted) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}


def test_a_list_that_is_not_there_leaves_no_upload(tmp_path: Path, source: RedisServer) -> None:
    with start(tmp_path) as server:
        s3 = client(server)
        s3.create_bucket(Bucket=BUCKET)
        with pytest.raises(LookupError):
            example.transfer(source.client, "none", s3, BUCKET, KEY)
        assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
