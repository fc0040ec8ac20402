"""Checksums of plain objects and of copies."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from support.plain_http import Answer as HttpAnswer
from support.server import Server

from answers import AN_ID, Answer, Ask, error, from_http, ok
from facts import (AES256, CHECKSUM_HEADERS, NOT_BASE64_OF_A_CHECKSUM, OF_BAD_DATA, PLAIN, WHOLE, attributes, copied,
                   recorded)
from unsigned import put_unsigned

ALGORITHMS = ["crc32", "crc32c", "sha1", "sha256", "crc64nvme"]

BODY = b"test data.."
BODY_MD5 = "e6d9226c2a86b7232933663c13467527"
OF_BODY = {"CRC32": "cZWHwQ==", "CRC32C": "Pf4upw==", "SHA1": "B++3uSfJMSHWToQMQ1g6lIJY5Eo=",
           "SHA256": "2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=", "CRC64NVME": "qUVrWYOrIAM="}

JSON = b'{"key": "value"}'
JSON_ETAG = '"88bac95f31528d13a072c05f2a1cf371"'
OF_JSON = {"CRC32": "MzVIGw==", "CRC32C": "078Ilw==", "SHA1": "5zXdjmjYk4EJ8Cw4PMnQVslCpRQ=",
           "SHA256": "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U=", "CRC64NVME": "pX30eiUx5C0="}


def of_body(algorithm: str) -> dict[str, str]:
    return {CHECKSUM_HEADERS[algorithm]: OF_BODY[algorithm], **WHOLE}


def of_json(algorithm: str) -> dict[str, str]:
    return {CHECKSUM_HEADERS[algorithm]: OF_JSON[algorithm], **WHOLE}


def _malformed(algorithm: str) -> Answer:
    return error(400, "InvalidRequest", f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.")


def _head(algorithm: str) -> Answer:
    return ok(ETag=f'"{BODY_MD5}"', ContentLength=11, **of_body(algorithm), **PLAIN)


@recorded(*(f"put-object-checksum-{algorithm}" for algorithm in ALGORITHMS))
@pytest.mark.parametrize("algorithm", CHECKSUM_HEADERS)
def test_a_checksum_is_checked_stored_and_shown(ask: Ask, algorithm: str) -> None:
    field = CHECKSUM_HEADERS[algorithm]
    put = {"Key": "file", "Body": BODY, "ChecksumAlgorithm": algorithm}
    assert ask.put_object(**put, **{field: NOT_BASE64_OF_A_CHECKSUM}) == _malformed(algorithm)
    assert ask.put_object(**put, **{field: OF_BAD_DATA[algorithm]}) == error(
        400, "BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")

    stored = ok(ETag=f'"{BODY_MD5}"', **of_body(algorithm), **AES256)
    known = attributes(ETag=BODY_MD5, Checksum=of_body(algorithm))
    assert ask.put_object(**put, **{field: OF_BODY[algorithm]}) == stored
    assert ask.get_object_attributes(Key="file", ObjectAttributes=["ETag", "Checksum"]) == known
    assert ask.put_object(**put) == stored
    assert ask.get_object_attributes(Key="file", ObjectAttributes=["ETag", "Checksum"]) == known
    assert ask.head_object(Key="file", ChecksumMode="ENABLED") == _head(algorithm)


@recorded("put-checksum-header-without-algorithm")
def test_a_checksum_needs_no_algorithm_named_and_comes_alone(ask: Ask) -> None:
    put = {"Key": "file", "Body": BODY}
    assert ask.put_object(**put, ChecksumSHA256=NOT_BASE64_OF_A_CHECKSUM) == _malformed("SHA256")
    assert ask.put_object(**put, ChecksumSHA256=NOT_BASE64_OF_A_CHECKSUM, ChecksumCRC32=NOT_BASE64_OF_A_CHECKSUM) == \
        error(400, "InvalidRequest",
              "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    assert ask.put_object(**put, ChecksumSHA256=OF_BODY["SHA256"]) == ok(
        ETag=f'"{BODY_MD5}"', **of_body("SHA256"), **AES256)
    assert ask.head_object(Key="file", ChecksumMode="ENABLED") == _head("SHA256")


@recorded("get-object-checksum-none", *(f"get-object-checksum-{algorithm}" for algorithm in ALGORITHMS))
@pytest.mark.parametrize("algorithm, checksum", [
    (None, {"ChecksumCRC32": "lVk/nw=="}), ("CRC32", {"ChecksumCRC32": "lVk/nw=="}),
    ("CRC32C", {"ChecksumCRC32C": "Fz3epA=="}), ("SHA1", {"ChecksumSHA1": "jbXkHAsXUrubtL3dqDQ4w+7WXc0="}),
    ("SHA256", {"ChecksumSHA256": "1YQo81vx2VFUl0q5ccWISq8AkSBQQ0WO80S82TmfdIQ="}),
    ("CRC64NVME", {"ChecksumCRC64NVME": "1f2xscCCZCU="})])
def test_a_checksum_is_read_back(ask: Ask, algorithm: str | None, checksum: dict[str, str]) -> None:
    key, body, etag = "test-checksum-retrieval", b"test-checksum", '"f2081dd61dfa700a0fd5e29b9c3cc23d"'
    named = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    checksum = {**checksum, **WHOLE}
    assert ask.put_object(Key=key, Body=body, **named) == ok(ETag=etag, **checksum, **AES256)
    whole = ok(Body=body, ETag=etag, ContentLength=13, **checksum, **PLAIN)
    assert ask.get_object(Key=key) == whole  # boto3 asks for checksums unasked
    assert ask.get_object(Key=key, ChecksumMode="ENABLED") == whole
    assert ask.get_object(Key=key, ChecksumMode="enabled") == whole
    assert ask.get_object_attributes(Key=key, ObjectAttributes=["Checksum"]) == attributes(Checksum=checksum)


@recorded("put-checksum-with-content-encoding-gzip")
def test_the_checksum_of_a_gzip_body_is_of_the_bytes_sent(ask: Ask) -> None:
    body = base64.b64decode("H4sIABRs7mMC/zM0MjYxNTO3sDRQMBxljjJHmaNMcpkAl2dzU0wEAAA=")
    etag = '"5287ceabf01e3e9c080606b5a5b9bf70"'
    checksum = {"ChecksumSHA256": "WO7lLNG8Mn/d4GkX4DqZXqeaVHJCN+BxvMNJXLOhukg=", **WHOLE}
    assert ask.put_object(Key="test.gz", Body=body, ContentEncoding="gzip", ChecksumAlgorithm="SHA256") == ok(
        ETag=etag, **checksum, **AES256)
    whole = ok(Body=body, ETag=etag, ContentLength=41, ContentEncoding="gzip", **checksum, **PLAIN)
    assert ask.get_object(Key="test.gz") == whole
    assert ask.get_object(Key="test.gz", ChecksumMode="ENABLED") == whole
    assert ask.get_object_attributes(Key="test.gz", ObjectAttributes=["Checksum"]) == attributes(Checksum=checksum)


@recorded("put-checksums-raw-requests")
def test_checksums_of_requests_made_without_an_sdk(ask: Ask, server: Server) -> None:
    def put(key: str, **headers: str) -> HttpAnswer:
        return put_unsigned(server, ask.bucket, key, BODY,
                            {name.replace("_", "-"): value for name, value in headers.items()})

    def stored(key: str) -> Answer:
        return ask.head_object(Key=key, ChecksumMode="ENABLED")

    wrong = from_http(put("wrong-checksum", x_amz_checksum_sha256=NOT_BASE64_OF_A_CHECKSUM))
    expected = _malformed("SHA256")
    expected["Error"] |= {"HostId": AN_ID, "RequestId": AN_ID}
    assert wrong == expected

    assert put("right-checksum", x_amz_checksum_sha256=OF_BODY["SHA256"]).status == 200
    assert stored("right-checksum") == _head("SHA256")
    # The algorithm's name alone is ignored, whatever it says.
    assert put("algo-only-checksum", x_amz_checksum_algorithm="SHA256").status == 200
    assert stored("algo-only-checksum") == _head("CRC64NVME")
    assert put("algo-wrong-checksum", x_amz_checksum_algorithm="TEST").status == 200
    assert put("algo-diff-checksum", x_amz_checksum_algorithm="SHA1",
               x_amz_checksum_sha256=OF_BODY["SHA256"]).status == 200
    assert stored("algo-diff-checksum") == _head("SHA256")
    # Without any, CRC64NVME is computed.
    assert put("no-checksum").status == 200
    assert stored("no-checksum") == _head("CRC64NVME")
    known = attributes(Checksum=of_body("CRC64NVME"))
    assert ask.get_object_attributes(Key="no-checksum", ObjectAttributes=["Checksum"]) == known
    copy = ask.copy_object(Key="copy", CopySource={"Bucket": ask.bucket, "Key": "no-checksum"})
    assert copy == copied(f'"{BODY_MD5}"', **of_body("CRC64NVME"))
    assert ask.get_object_attributes(Key="copy", ObjectAttributes=["Checksum"]) == known


def _copies(ask: Ask, put_with: str, named: dict[str, Any], copied_with: str, asked: dict[str, Any]) -> None:
    """A JSON object, copied onto itself with `asked` and then to another key as it is."""
    source = {"Bucket": ask.bucket, "Key": "source-object"}
    checksum_of = ["Checksum"]
    assert ask.put_object(Key="source-object", Body=JSON, ContentType="application/json", Metadata={"key": "value"},
                          **named) == ok(ETag=JSON_ETAG, **of_json(put_with), **AES256)
    assert ask.get_object_attributes(Key="source-object", ObjectAttributes=checksum_of) == attributes(
        Checksum=of_json(put_with))

    copy = copied(JSON_ETAG, **of_json(copied_with))
    known = attributes(Checksum=of_json(copied_with))
    assert ask.copy_object(Key="source-object", CopySource=source, MetadataDirective="REPLACE",
                           Metadata={"key1": "value1"}, **asked) == copy
    assert ask.get_object_attributes(Key="source-object", ObjectAttributes=checksum_of) == known
    assert ask.copy_object(Key="dest-object", CopySource=source) == copy
    assert ask.get_object_attributes(Key="dest-object", ObjectAttributes=checksum_of) == known


@recorded(*(f"copy-object-asking-checksum-{algorithm}" for algorithm in ALGORITHMS))
@pytest.mark.parametrize("algorithm", CHECKSUM_HEADERS)
def test_a_copy_gets_the_algorithm_asked_for(ask: Ask, algorithm: str) -> None:
    _copies(ask, "CRC32", {}, algorithm, {"ChecksumAlgorithm": algorithm})


@recorded(*(f"copy-object-keeps-checksum-{algorithm}" for algorithm in ALGORITHMS))
@pytest.mark.parametrize("algorithm", CHECKSUM_HEADERS)
def test_a_copy_keeps_the_algorithm_of_its_source(ask: Ask, algorithm: str) -> None:
    _copies(ask, algorithm, {"ChecksumAlgorithm": algorithm}, algorithm, {})
