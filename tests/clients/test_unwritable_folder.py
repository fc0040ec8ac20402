"""A folder that can't be written for a while: what writes is refused and leaves nothing, what reads is answered, the log
has the cause, and writing goes on without a restart. The database is open meanwhile, so that no file system lets itself be
made read-only as a whole: tests/unit/storage/failures_test.cc has that."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.data import MIB, seeded_bytes
from support.s3 import client, new_bucket, refused
from support.server import BINARY, NAMESPACES, Server

WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


class Closed:
    """A server whose file folders a test closes and opens."""

    def __init__(self, folder: Path, within: list[str]):
        self.server = Server(folder / "server", data=folder / "data", within=within)
        self.folders = [folder / "data" / name for name in ("incoming", "blobs")]
        self.cause = ""
        self.close: Callable[[], None]
        self.open: Callable[[], None]


def without_permission(folder: Path) -> Closed:
    made = Closed(folder, WITHOUT_ROOTS_RIGHTS)
    made.cause = "Permission denied"

    def mode(number: int) -> None:
        for path in made.folders:
            path.chmod(number)

    made.close, made.open = lambda: mode(0o555), lambda: mode(0o755)
    return made


def read_only(folder: Path) -> Closed | None:
    """In a mount namespace of its own."""
    ways = [way for way in NAMESPACES
            if subprocess.run([*way, "mount", "--bind", folder, folder], capture_output=True, check=False).returncode == 0]
    if not ways:
        return None
    made = Closed(folder, list(ways[0]))
    made.cause = "Read-only file system"
    inside = ["nsenter", "--target", str(made.server.process.pid), "--mount"]
    if "--user" in ways[0]:
        inside += ["--user", "--preserve-credentials"]

    def each(script: str) -> None:
        for path in made.folders:
            subprocess.run([*inside, "sh", "-c", script, path], check=True)

    made.close = lambda: each('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"')
    made.open = lambda: each('umount "$0"')
    return made


@pytest.fixture(params=[without_permission, read_only], ids=lambda way: way.__name__)
def closed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Closed]:
    made = request.param(tmp_path)
    if made is None:
        warnings.warn("nothing can be mounted here: read-only is tried in the tests of the rooms alone", stacklevel=2)
        made = without_permission(tmp_path)
    with made.server:
        yield made
    looked = subprocess.run([BINARY, "fsck", "--deep", "--data", made.server.data], capture_output=True, text=True,
                            check=False)
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_a_folder_that_cannot_be_written_refuses_writes_serves_reads_and_heals(closed: Closed) -> None:
    s3 = client(closed.server, retries={"total_max_attempts": 1})
    bucket = new_bucket(s3)
    body = seeded_bytes(5 * MIB)
    s3.put_object(Bucket=bucket, Key="there", Body=body)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    this = {"Bucket": bucket, "Key": "k", "UploadId": upload}
    first = s3.upload_part(**this, PartNumber=1, Body=body)
    for _ in range(2):
        closed.close()
        for _ in range(3):
            with refused("InternalError", 500):
                s3.put_object(Bucket=bucket, Key="there", Body=bytes(MIB))
            with refused("InternalError", 500):
                s3.upload_part(**this, PartNumber=2, Body=bytes(MIB))
        assert closed.cause in closed.server.log()
        assert s3.get_object(Bucket=bucket, Key="there")["Body"].read() == body
        assert [part["PartNumber"] for part in s3.list_parts(**this)["Parts"]] == [1]
        closed.open()
        s3.put_object(Bucket=bucket, Key="there", Body=body)
    second = s3.upload_part(**this, PartNumber=2, Body=b"end")
    parts = [{"PartNumber": 1, "ETag": first["ETag"]}, {"PartNumber": 2, "ETag": second["ETag"]}]
    s3.complete_multipart_upload(**this, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == body + b"end"
    assert not list(closed.folders[0].iterdir())
