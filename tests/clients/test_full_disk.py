"""A server on a file system of 64 MiB that fills up: what is refused leaves nothing, what is there is served, and room
heals it without a restart."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from support.data import KIB, MIB, seeded_bytes
from support.s3 import client, new_bucket
from support.server import BINARY, NAMESPACES, Server

SIZE = 64 * MIB
own_disk = pytest.mark.own_disk
MOUNT = ["sh", "-c", f'mount -t tmpfs -o size={SIZE} partsmith-test "$0" && exec "$@"']


class SmallServer:
    """Its file system is its own, seen by nobody else and gone with it. Where none can be mounted, a quota stands in,
    and a warning says so, but for a test that fills the disk itself, which then fails; a folder whose files fail at any
    size is in tests/unit/storage/full_disk_test.cc."""

    def __init__(self, folder: Path, needs_disk: bool):
        disk = folder / "disk"
        disk.mkdir()
        ways = [[*way, *MOUNT, str(disk)] for way in NAMESPACES]
        possible = [way for way in ways if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0]
        assert possible or not needs_disk, "this test fills a disk of its own, and none can be mounted here"
        if not possible:
            warnings.warn("no file system can be mounted here: a quota of 64 MiB stands in for it", stacklevel=2)
        options = () if possible else ("--quota", "60MiB")
        self.server = Server(folder / "server", *options, data=disk / "data", within=possible[0] if possible else ())
        self.disk = Path(f"/proc/{self.server.process.pid}/root{disk}") if possible else disk
        self.inside = [] if not possible else ["nsenter", "--target", str(self.server.process.pid), "--mount"]
        if possible and "--user" in possible[0]:
            self.inside += ["--user", "--preserve-credentials"]
        self.s3 = client(self.server, retries={"total_max_attempts": 1})
        self.bucket = new_bucket(self.s3)

    def used(self) -> int:
        """Bytes of blobs, those that arrive too."""
        return sum(path.stat().st_size for part in ("blobs", "incoming")
                   for path in (self.disk / "data" / part).rglob("*") if path.is_file())

    def put(self, key: str, body: bytes) -> bool:
        return taken(self.s3, "put_object", Bucket=self.bucket, Key=key, Body=body)

    def check(self) -> None:
        """Looks at the folder while it is served."""
        found = subprocess.run([*self.inside, BINARY, "fsck", "--deep", "--data", self.server.data], capture_output=True,
                               text=True, check=False)
        assert found.returncode == 0, found.stdout + found.stderr


def taken(s3: BaseClient, operation: str, **parameters: object) -> bool:
    """False: refused because there is no room, which is the only reason there may be."""
    try:
        getattr(s3, operation)(**parameters)
    except ClientError as error:
        assert (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]) == ("SlowDown", 503)
        return False
    return True


@pytest.fixture
def small(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallServer]:
    running = SmallServer(tmp_path, request.node.get_closest_marker("own_disk") is not None)
    with running.server:
        yield running
        running.check()


def test_parts_are_taken_until_the_disk_is_full_and_an_abort_makes_room(small: SmallServer) -> None:
    body = seeded_bytes(3 * MIB + 1)
    small.put("there", body)
    before = small.used()
    for _ in range(3):
        upload = small.s3.create_multipart_upload(Bucket=small.bucket, Key="k")["UploadId"]
        this = {"Bucket": small.bucket, "Key": "k", "UploadId": upload}
        number = 1
        while taken(small.s3, "upload_part", **this, PartNumber=number, Body=body):
            number += 1
            assert number * len(body) < 2 * SIZE
        assert number > 10
        assert small.used() == before + (number - 1) * len(body)
        for _ in range(3):
            assert not small.put("more", body)
            assert not taken(small.s3, "upload_part", **this, PartNumber=1, Body=body)
        assert small.used() == before + (number - 1) * len(body), "what was refused left bytes"
        assert small.s3.get_object(Bucket=small.bucket, Key="there")["Body"].read() == body
        assert len(small.s3.list_parts(**this)["Parts"]) == number - 1
        small.s3.abort_multipart_upload(**this)
        assert small.used() == before


def test_a_disk_filled_by_small_objects_has_room_for_others_when_they_are_deleted(small: SmallServer) -> None:
    """They live in the database, whose file keeps its size."""
    body = os.urandom(8 * KIB)
    for _ in range(2):
        keys = 0
        while keys < 20_000 and small.put(f"k{keys}", body):
            keys += 1
        assert 1_000 < keys < 20_000
        assert not small.put("more", bytes(MIB))
        assert small.s3.get_object(Bucket=small.bucket, Key="k0")["Body"].read() == body
        for first in range(0, keys, 1000):
            gone = [{"Key": f"k{key}"} for key in range(first, min(first + 1000, keys))]
            answer = small.s3.delete_objects(Bucket=small.bucket, Delete={"Objects": gone})
            assert "Errors" not in answer, answer["Errors"][:3]
        assert "Contents" not in small.s3.list_objects_v2(Bucket=small.bucket)


@own_disk
def test_a_disk_filled_by_others_refuses_every_write_until_there_is_room(small: SmallServer) -> None:
    small.put("there", b"small")
    ballast = small.disk / "ballast"
    for _ in range(2):
        with ballast.open("wb") as file, pytest.raises(OSError, match="No space left"):  # noqa: PT012
            for _ in range(2 * SIZE // KIB):
                os.write(file.fileno(), bytes(KIB))
        refusals = sum(not small.put(f"k{n}", bytes(8000)) for n in range(1200))
        assert refusals > 0
        assert not small.put("big", bytes(MIB))
        assert small.s3.get_object(Bucket=small.bucket, Key="there")["Body"].read() == b"small"
        ballast.unlink()
        assert small.put("big", bytes(MIB))
        assert small.put("there", b"small")
