"""Writes that may happen only on a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.plain_http import send
from support.server import ACCESS_KEY, SECRET_KEY, Server

from answers import Answer, Ask, error, ok, part
from facts import AES256, WHOLE, completed, no_such_key, recorded

CREATED_SINCE = "The conditional request cannot succeed due to a conflicting operation against this resource."
TEST, TEST2 = '"098f6bcd4621d373cade4e832627b4f6"', '"ad0234829205b9033196ba818f7a872b"'
KEY = "test-precondition"


def not_implemented(header: str, why: str) -> Answer:
    return Answer(status=501, Error={
        "Code": "NotImplemented", "Message": "A header you provided implies functionality that is not implemented",
        "Header": header, "additionalMessage": why})


@pytest.fixture
def put_if(ask: Ask) -> Callable[..., Answer]:
    """PutObject of nothing. Amazon S3 itself answers 501 to some conditions."""
    def put(**conditions: str) -> Answer:
        try:
            raw = ask.sdk.put_object(Bucket=ask.bucket, Key=KEY, Body=b"", **conditions)
        except ask.sdk.exceptions.ClientError as refusal:
            raw = refusal.response
        return Answer(status=raw["ResponseMetadata"]["HTTPStatusCode"],
                      **{name: value for name, value in raw.items() if name != "ResponseMetadata"})
    return put


@recorded("put-if-match-with-if-none-match")
def test_two_conditions_are_not_implemented(put_if: Callable[..., Answer]) -> None:
    assert put_if(IfNoneMatch="*", IfMatch="abcdef") == not_implemented(
        "If-Match,If-None-Match", "Multiple conditional request headers present in the request")


@recorded("put-if-none-match-with-etag")
def test_if_none_match_takes_no_etag(put_if: Callable[..., Answer]) -> None:
    etag = put_if()["ETag"]
    assert put_if(IfNoneMatch=etag) == not_implemented(
        "If-None-Match", "We don't accept the provided value of If-None-Match header for this API")


def put(ask: Ask, body: bytes, etag: str, checksum: str) -> str:
    assert ask.put_object(Key=KEY, Body=body) == ok(ETag=etag, ChecksumCRC32=checksum, **WHOLE, **AES256)
    return etag


def begin(ask: Ask) -> tuple[dict[str, str], list[dict[str, Any]]]:
    upload = ask.begin(KEY)
    return upload, [part(1, ask.upload_part(**upload, PartNumber=1, Body=b"test"))]


CONFLICT = error(409, "ConditionalRequestConflict", CREATED_SINCE, Condition="If-Match", Key=KEY)


@recorded("complete-upload-if-match-object-deleted")
def test_an_object_that_was_deleted_and_put_again_meanwhile_is_a_conflict(ask: Ask) -> None:
    etag = put(ask, b"test", TEST, "2H9+DA==")
    upload, parts = begin(ask)
    assert ask.delete_object(Key=KEY) == ok(204)
    assert ask.complete(upload, parts, IfMatch=etag) == no_such_key(KEY)
    put(ask, b"test", TEST, "2H9+DA==")
    assert ask.complete(upload, parts, IfMatch=etag) == CONFLICT


@recorded("complete-upload-if-match-object-overwritten")
def test_an_object_that_was_overwritten_meanwhile_is_a_conflict(ask: Ask) -> None:
    before = put(ask, b"test", TEST, "2H9+DA==")
    upload, parts = begin(ask)
    during = put(ask, b"test2", TEST2, "E7uNWA==")
    assert ask.complete(upload, parts, IfMatch=before) == error(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
        Condition="If-Match")
    assert ask.complete(upload, parts, IfMatch=during) == CONFLICT
    upload, parts = begin(ask)
    assert ask.complete(upload, parts, IfMatch=during) == completed(
        ask.bucket, KEY, '"60cd54a928cbbcbb6e7b5595bab46a9e-1"', ChecksumCRC64NVME="+bu+zv66sUM=", **WHOLE)


def put_by_url(server: Server, ask: Ask, condition: str) -> int:
    """PUT of nothing by a presigned URL with this in its query."""
    request = AWSRequest("PUT", f"{server.url}/{ask.bucket}/{KEY}?{condition}")
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
    return send("PUT", request.url).status


@recorded("presigned-put-if-none-match-in-query")
def test_if_none_match_counts_in_a_signed_query(server: Server, ask: Ask) -> None:
    assert put_by_url(server, ask, "If-None-Match=%2A") == 200
    assert put_by_url(server, ask, "If-None-Match=%2A") == 412


@recorded("presigned-put-if-match-in-query")
def test_if_match_counts_in_a_signed_query(server: Server, ask: Ask) -> None:
    put(ask, b"test", TEST, "2H9+DA==")
    assert put_by_url(server, ask, "If-Match=d41d8cd98f00b204e9800998ecf8427e") == 412
