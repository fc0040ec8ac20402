"""Ranges of 100 bytes, and what is told before them. Reported: versitygw's table of what Amazon S3 answers
(tests/integration/HeadObject.go), openstack/swift's tests of Amazon S3 (test/s3api/test_mpu.py)."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

from raw import Raw, Refused

WHOLE = ("bytes=,", "bytes= -1", "bytes=--1", "bytes=0 -1", "bytes=0--1", "bytes=10-5", "bytes=abc", "bytes=a-z", "foo=0-1",
         "bytes=100-x", "bytes=0-0,1-2")
PARTS = {"00-01": "0-1", "-1": "99-99", "-10": "90-99", "-100": "0-99", "-101": "0-99", "0-0": "0-0", "0-100": "0-99",
         "0-999999": "0-99", "50-": "50-99", "99-99": "99-99"}


@pytest.fixture
def target(bucket: str, s3: BaseClient) -> str:
    s3.put_object(Bucket=bucket, Key="key", Body=bytes(100))
    return f"/{bucket}/key"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_no_range_is_ignored(method: str, target: str, raw: Raw) -> None:
    for text in WHOLE:
        answer = raw(method, target, headers={"Range": text})
        assert (answer.status, answer.headers["Content-Length"], answer.headers["Content-Range"]) == (200, "100", None), text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_ranges(method: str, target: str, raw: Raw) -> None:
    for text, told in PARTS.items():
        answer = raw(method, target, headers={"Range": f"bytes={text}"})
        assert (answer.status, answer.headers["Content-Range"]) == (206, f"bytes {told}/100"), text
    for text in ("-0", "100-100", "100-110"):
        assert raw(method, target, headers={"Range": f"bytes={text}"}).status == 416, text


@pytest.mark.parametrize("number", ["1", "0"])
def test_a_range_beside_a_part_is_told_before_the_part(number: str, target: str, raw: Raw) -> None:
    Refused(400, "InvalidRequest", "Cannot specify both Range header and partNumber query parameter").check(
        raw("GET", f"{target}?partNumber={number}", headers={"Range": "bytes=1-2"}))


def test_commas_alone_are_missing_attributes(target: str, raw: Raw) -> None:
    Refused(400, "InvalidRequest",
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty").check(
        raw("GET", f"{target}?attributes", headers={"x-amz-object-attributes": ","}))


def test_a_tag_without_a_name_is_no_query(bucket: str, raw: Raw) -> None:
    answer = raw("PUT", f"/{bucket}/key", b"", {"x-amz-tagging": "="})
    assert (answer.status, answer.error()["Code"], answer.error()["ArgumentName"]) == (400, "InvalidArgument", "x-amz-tagging")
