"""What a transfer costs: memory that doesn't grow with it, disk that is held once and given back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.data import GIB, MIB, SMALLEST_PART, disk_use, same_bytes, seeded_bytes, seeded_file
from support.s3 import Upload, client, new_bucket, refused
from support.server import Server, eventually

ROWS = 2 * MIB
"""What SQLite's own files may grow by while nothing is stored."""


@pytest.mark.measures_memory
@pytest.mark.parametrize("size", [256 * MIB, pytest.param(GIB, marks=pytest.mark.long)])
def test_a_big_part_needs_little_memory(own_server: Server, tmp_path: Path, size: int) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    source = seeded_file(tmp_path / "source", size)
    upload = Upload(s3, bucket)
    with source.open("rb") as body:
        upload.put(1, body)
    upload.complete()

    with (tmp_path / "copy").open("wb") as copy:
        for piece in s3.get_object(Bucket=bucket, Key="object")["Body"].iter_chunks(MIB):
            copy.write(piece)

    assert same_bytes(source, tmp_path / "copy")
    assert own_server.peak_memory() < 64 * MIB
    for path in (source, tmp_path / "copy"):
        path.unlink()


def test_within_a_second_after_abort_the_data_folder_is_as_small_as_before(own_server: Server, tmp_path: Path) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="kept", Body=seeded_bytes(MIB))
    before = disk_use(tmp_path / "data")
    upload = Upload(s3, bucket)
    for number in range(1, 6):
        upload.put(number, seeded_bytes(6 * MIB, seed=number))
    assert disk_use(tmp_path / "data") >= before + 30 * MIB

    upload.abort()

    eventually(lambda: disk_use(tmp_path / "data") < before + ROWS, "the parts are gone from the disk")


def test_complete_copies_nothing(own_server: Server, tmp_path: Path) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    upload = Upload(s3, bucket)
    for number in range(1, 7):
        upload.put(number, seeded_bytes(SMALLEST_PART, seed=number))
    before = disk_use(tmp_path / "data")

    upload.complete()

    assert abs(disk_use(tmp_path / "data") - before) < ROWS


def test_a_replaced_part_and_a_deleted_object_free_their_disk(own_server: Server, tmp_path: Path) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    before = disk_use(tmp_path / "data")
    upload = Upload(s3, bucket)
    for seed in range(5):
        upload.put(1, seeded_bytes(SMALLEST_PART, seed=seed))
    eventually(lambda: disk_use(tmp_path / "data") < before + SMALLEST_PART + ROWS, "replaced parts are gone")
    upload.complete()
    s3.delete_object(Bucket=bucket, Key="object")
    eventually(lambda: disk_use(tmp_path / "data") < before + ROWS, "the object is gone")


def test_parts_that_complete_leaves_out_are_freed(own_server: Server, tmp_path: Path) -> None:
    s3 = client(own_server)
    upload = Upload(s3, new_bucket(s3))
    before = disk_use(tmp_path / "data")
    for number in range(1, 5):
        upload.put(number, seeded_bytes(SMALLEST_PART, seed=number))
    upload.complete([upload.parts[2]])
    eventually(lambda: disk_use(tmp_path / "data") < before + SMALLEST_PART + ROWS, "unused parts are gone")


def test_a_body_that_is_refused_leaves_nothing_on_the_disk(own_server: Server, tmp_path: Path) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    before = disk_use(tmp_path / "data")
    with refused("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="key", Body=seeded_bytes(8 * MIB), ChecksumCRC32="AAAAAA==")
    eventually(lambda: disk_use(tmp_path / "data") < before + ROWS, "the refused body is gone")


@pytest.mark.long
def test_1000_parts_are_completed_in_milliseconds(own_server: Server, tmp_path: Path) -> None:
    """Only the last part may be small: 5 GiB go through the server."""
    s3 = client(own_server, request_checksum_calculation="when_required")
    bucket = new_bucket(s3)
    upload = Upload(s3, bucket)
    body = seeded_bytes(SMALLEST_PART)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: upload.put(number, body + b"%d" % number), range(1, 1001)))
    before = disk_use(tmp_path / "data")

    started = time.monotonic()
    answer = upload.complete()
    took = time.monotonic() - started

    assert answer["ETag"].endswith('-1000"')
    assert took < 0.5
    assert abs(disk_use(tmp_path / "data") - before) < ROWS
    assert s3.head_object(Bucket=bucket, Key="object")["ContentLength"] > 1000 * SMALLEST_PART
    assert s3.get_object(Bucket=bucket, Key="object", Range=f"bytes={len(body)}-{len(body)}")["Body"].read() == b"1"
