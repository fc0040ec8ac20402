"""boto3's own transfer manager, with the settings that it comes with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.client import BaseClient

from support.data import MIB, etag, multipart_etag, same_bytes, seeded_bytes, seeded_file
from support.s3 import new_bucket


def test_a_file_of_100_mib_goes_up_and_comes_down_unchanged(s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    source = seeded_file(tmp_path / "source", 100 * MIB)

    s3.upload_file(str(source), bucket, "big/file.bin")
    s3.download_file(bucket, "big/file.bin", str(tmp_path / "copy"))

    assert same_bytes(source, tmp_path / "copy")
    head = s3.head_object(Bucket=bucket, Key="big/file.bin")
    with source.open("rb") as file:
        parts = list(iter(lambda: file.read(8 * MIB), b""))
    assert head["ContentLength"] == 100 * MIB
    assert head["ETag"] == multipart_etag(parts)
    assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


@pytest.mark.parametrize("size", [0, 1, 8 * MIB - 1])
def test_a_file_under_the_multipart_threshold_goes_up_in_one_request(
        s3: BaseClient, bucket: str, size: int) -> None:
    body = seeded_bytes(size)

    s3.upload_fileobj(BytesIO(body), bucket, "small")

    answer = s3.get_object(Bucket=bucket, Key="small")
    assert answer["Body"].read() == body
    assert answer["ETag"] == etag(body)


def test_a_stream_of_unknown_length_goes_up_in_parts(s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(20 * MIB)

    class Pipe:
        def __init__(self) -> None:
            self.rest = BytesIO(body)

        def read(self, size: int = -1) -> bytes:
            return self.rest.read(size)

    s3.upload_fileobj(Pipe(), bucket, "stream")

    copy = BytesIO()
    s3.download_fileobj(bucket, "stream", copy)
    assert copy.getvalue() == body


def test_metadata_given_to_a_transfer_is_the_objects(s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    source = seeded_file(tmp_path / "source", 9 * MIB)

    s3.upload_file(str(source), bucket, "movie", ExtraArgs={
        "ContentType": "video/mp4", "CacheControl": "max-age=60", "Metadata": {"owner": "gopher", "take": "2"}})

    head = s3.head_object(Bucket=bucket, Key="movie")
    assert (head["ContentType"], head["CacheControl"]) == ("video/mp4", "max-age=60")
    assert head["Metadata"] == {"owner": "gopher", "take": "2"}


def test_a_managed_copy_of_a_big_object_goes_by_parts(s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(17 * MIB)
    s3.upload_fileobj(BytesIO(body), bucket, "original")

    s3.copy({"Bucket": bucket, "Key": "original"}, bucket, "copy", Config=TransferConfig(multipart_threshold=8 * MIB))

    answer = s3.get_object(Bucket=bucket, Key="copy")
    assert answer["Body"].read() == body
    assert answer["ETag"].endswith('-3"')


def test_many_transfers_at_once_do_not_mix_their_bytes(s3: BaseClient, bucket: str) -> None:
    bodies = {f"object-{i}": seeded_bytes(9 * MIB, seed=i) for i in range(6)}

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda item: s3.upload_fileobj(BytesIO(item[1]), bucket, item[0]), bodies.items()))
        copies = dict(zip(bodies, pool.map(
            lambda key: s3.get_object(Bucket=bucket, Key=key)["Body"].read(), bodies), strict=True))

    assert copies == bodies


def test_buckets_do_not_see_each_others_objects(s3: BaseClient) -> None:
    one, other = new_bucket(s3), new_bucket(s3)
    s3.put_object(Bucket=one, Key="same", Body=b"one")
    s3.put_object(Bucket=other, Key="same", Body=b"other")

    assert s3.get_object(Bucket=one, Key="same")["Body"].read() == b"one"
    assert s3.get_object(Bucket=other, Key="same")["Body"].read() == b"other"
