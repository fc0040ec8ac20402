"""Answers of CompleteMultipartUpload and of the requests around it that few clients see."""

from __future__ import annotations

import base64
import hashlib
import http.client
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient
from support.plain_http import send
from support.s3 import Upload, client, new_bucket, refused
from support.server import Server


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that answers completions before they are done."""
    with Server(tmp_path_factory.mktemp("early"), "--quiet", "--early-completion") as running:
        yield running


def test_boto3_reads_past_the_white_space_of_an_early_answer(early: Server) -> None:
    s3 = client(early)
    upload = Upload(s3, new_bucket(s3))
    upload.put(1, b"data")
    done = upload.complete()
    assert done["ETag"] == s3.head_object(Bucket=upload.at["Bucket"], Key="object")["ETag"]
    assert done["Location"].endswith("/object")


def test_boto3_finds_the_error_in_an_early_answer(early: Server) -> None:
    s3 = client(early, retries={"total_max_attempts": 1})
    upload = Upload(s3, new_bucket(s3))
    s3.put_object(Bucket=upload.at["Bucket"], Key="object", Body=b"old")
    upload.put(1, b"data")
    with refused("PreconditionFailed"):
        upload.complete(IfNoneMatch="*")
    assert s3.get_object(Bucket=upload.at["Bucket"], Key="object")["Body"].read() == b"old"


def test_a_client_of_http_1_0_gets_an_early_answer_whole(early: Server) -> None:
    s3 = client(early, signature_version="s3v4")
    upload = Upload(s3, new_bucket(s3))
    part = upload.put(1, b"data")
    url = s3.generate_presigned_url("complete_multipart_upload", upload.at)
    connection = http.client.HTTPConnection("127.0.0.1", early.port, timeout=60)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    document = f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part['ETag']}</ETag></Part>" \
               "</CompleteMultipartUpload>"
    connection.request("POST", url.removeprefix(early.url), document, {"Host": f"127.0.0.1:{early.port}"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200
    assert answer.headers["Transfer-Encoding"] is None
    assert int(answer.headers["Content-Length"]) == len(body)
    assert b"\n <CompleteMultipartUploadResult" in body
    connection.close()


def test_a_part_without_a_checksum_is_told_the_one_that_was_made(server: Server, bucket: str) -> None:
    s3 = client(server, signature_version="s3v4")
    upload = Upload(s3, bucket)
    at = {**upload.at, "PartNumber": 1}
    plain = send("PUT", s3.generate_presigned_url("upload_part", at), b"123456789")
    assert plain.headers["x-amz-checksum-crc64nvme"] == "rosUhgp5mIg="
    mine = base64.b64encode(zlib.crc32(b"123456789").to_bytes(4)).decode()
    given = send("PUT", s3.generate_presigned_url("upload_part", {**at, "ChecksumCRC32": mine}), b"123456789",
                 {"x-amz-checksum-crc32": mine})
    assert given.status == 200, given.body
    assert given.headers["x-amz-checksum-crc64nvme"] is None
    assert given.headers["x-amz-checksum-crc32"] == mine


def customer_key(letter: str) -> dict[str, str]:
    """boto3 encodes it by itself, but not for ListParts."""
    key = letter.encode() * 32
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(key).decode(),
            "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(key).digest()).decode()}


def test_a_customer_key_that_comes_to_list_or_complete_must_be_the_uploads(s3: BaseClient, bucket: str) -> None:
    plain = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    upload = Upload(s3, bucket, **plain)
    upload.put(1, b"data", **plain)
    with refused("InvalidRequest", 400):
        s3.list_parts(**upload.at, **customer_key("x"))
    with refused("InvalidRequest", 400):
        upload.complete(SSECustomerAlgorithm="AES256", SSECustomerKey="x" * 32)
    assert len(s3.list_parts(**upload.at, **customer_key("k"))["Parts"]) == 1
    assert len(s3.list_parts(**upload.at)["Parts"]) == 1
    upload.complete(**plain)
    with refused("InvalidRequest", 400):
        s3.list_parts(**Upload(s3, bucket).at, **customer_key("k"))


def test_an_abort_by_time_is_for_directory_buckets(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    with refused("NotImplemented", 501):
        s3.abort_multipart_upload(**upload.at, IfMatchInitiatedTime=upload.created["ResponseMetadata"]["HTTPHeaders"]["date"])
    upload.abort()
