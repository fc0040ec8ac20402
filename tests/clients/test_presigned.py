"""Presigned URLs made by boto3, used without an SDK."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from support.data import SMALLEST_PART, etag, multipart_etag, seeded_bytes
from support.plain_http import send
from support.s3 import Upload, client, signing_long_ago
from support.server import Server


@pytest.fixture(scope="module")
def signer(server: Server) -> Iterator[BaseClient]:
    """boto3 presigns with Signature V2 unless told otherwise."""
    yield client(server, signature_version="s3v4")


@pytest.mark.parametrize("key", ["key", "folder/with space +%&é😀"])
def test_a_presigned_get_gives_the_object(signer: BaseClient, bucket: str, key: str) -> None:
    signer.put_object(Bucket=bucket, Key=key, Body=b"body")
    answer = send("GET", signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key}))
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, b"body", etag(b"body"))


def test_a_presigned_get_may_set_the_answers_headers(signer: BaseClient, bucket: str) -> None:
    signer.put_object(Bucket=bucket, Key="key", Body=b"body")
    answer = send("GET", signer.generate_presigned_url("get_object", {
        "Bucket": bucket, "Key": "key", "ResponseContentDisposition": 'attachment; filename="a b.txt"'}))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.txt"'


def test_a_presigned_put_stores_the_body(signer: BaseClient, bucket: str) -> None:
    url = signer.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "key", "Metadata": {"owner": "gopher"}})
    answer = send("PUT", url, b"body", {"x-amz-meta-owner": "gopher"})
    assert (answer.status, answer.headers["ETag"]) == (200, etag(b"body"))
    head = signer.head_object(Bucket=bucket, Key="key")
    assert (head["ContentLength"], head["Metadata"]) == (4, {"owner": "gopher"})


def test_presigned_parts_make_an_object(signer: BaseClient, bucket: str) -> None:
    bodies = [seeded_bytes(SMALLEST_PART), b"tail"]
    upload = Upload(signer, bucket)
    for number, body in enumerate(bodies, 1):
        url = signer.generate_presigned_url("upload_part", {**upload.at, "PartNumber": number})
        answer = send("PUT", url, body)
        assert answer.status == 200, answer.body
        upload.parts[number] = {"PartNumber": number, "ETag": answer.headers["ETag"]}
    assert upload.complete()["ETag"] == multipart_etag(bodies)


def test_an_expired_url_is_refused_and_says_when_it_expired(
        server: Server, signer: BaseClient, bucket: str) -> None:
    with signing_long_ago(minutes=10):
        url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"}, ExpiresIn=60)

    answer = send("GET", url)

    error = answer.error()
    assert (answer.status, error["Code"], error["Message"]) == (403, "AccessDenied", "Request has expired")
    assert error["X-Amz-Expires"] == "60" and error["Expires"] and error["ServerTime"]


def test_a_url_for_one_key_does_not_open_another(signer: BaseClient, bucket: str) -> None:
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "mine"})
    answer = send("GET", url.replace("/mine?", "/yours?"))
    assert (answer.status, answer.error()["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_url_for_reading_does_not_write(signer: BaseClient, bucket: str) -> None:
    answer = send("PUT", signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"}), b"body")
    assert (answer.status, answer.error()["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_request_that_nobody_signed_is_denied(server: Server, bucket: str) -> None:
    answer = send("GET", f"{server.url}/{bucket}/key")
    error = answer.error()
    assert (answer.status, error["Code"]) == (403, "AccessDenied")
    assert error["RequestId"] == answer.headers["x-amz-request-id"]
    assert error["HostId"] == answer.headers["x-amz-id-2"]


def test_a_downloaded_url_resumes_by_range(signer: BaseClient, bucket: str, tmp_path: Path) -> None:
    body = seeded_bytes(100_000)
    signer.put_object(Bucket=bucket, Key="key", Body=body)
    url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"})
    answer = send("GET", url, headers={"Range": "bytes=40000-"})
    assert (answer.status, answer.body) == (206, body[40_000:])
    assert urllib.parse.urlsplit(url).query.count("X-Amz-Signature=") == 1
