"""Buckets and plain objects through boto3."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from support.data import etag, seeded_bytes
from support.s3 import client, new_bucket, refused
from support.server import Server

ODD_KEYS = [
    "with space", " leading and trailing ", "plus+plus", "percent%20encoded", "%", "a//b", "/leading", "trailing/",
    "a/../b", "./a", "é", "e\u0301", "日本語", "😀/emoji", "quote\"'<>&", "tab\there", "semi;colon,comma=equals&and?question#hash",
    "back\\slash", "~tilde-_.!*'()", "new\nline", "x" * 1024,
]


# --- Buckets ---------------------------------------------------------------------------------------------------------


def test_a_new_bucket_is_listed_until_it_is_deleted(s3: BaseClient) -> None:
    name = new_bucket(s3)
    listed = {b["Name"]: b for b in s3.list_buckets()["Buckets"]}
    assert abs(listed[name]["CreationDate"] - datetime.now(UTC)) < timedelta(minutes=1)
    s3.head_bucket(Bucket=name)

    s3.delete_bucket(Bucket=name)

    assert name not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    with pytest.raises(ClientError) as gone:
        s3.head_bucket(Bucket=name)
    assert gone.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_bucket_with_an_object_cannot_be_deleted(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"")
    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=bucket)


def test_a_bucket_remembers_its_location(server: Server) -> None:
    elsewhere = client(server, region="cn-northwest-1")
    name = f"bucket-{id(elsewhere)}"
    elsewhere.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "cn-northwest-1"})
    assert elsewhere.get_bucket_location(Bucket=name)["LocationConstraint"] == "cn-northwest-1"


def test_a_bucket_of_us_east_1_has_no_location_constraint(s3: BaseClient, bucket: str) -> None:
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None


@pytest.mark.parametrize("name", ["Upper-Case", "ab", "under_score", "a..b", "192.168.1.1", "-dash", "x" * 64])
def test_a_bucket_name_outside_the_rules_is_refused(server: Server, name: str) -> None:
    careless = client(server)
    careless.meta.events.unregister("before-parameter-build.s3", _botocore_check_of_bucket_names())
    with refused("InvalidBucketName", 400):
        careless.create_bucket(Bucket=name)


def _botocore_check_of_bucket_names() -> object:
    from botocore.handlers import validate_bucket_name
    return validate_bucket_name


def test_operations_on_a_missing_bucket_say_so(s3: BaseClient) -> None:
    with refused("NoSuchBucket", 404):
        s3.put_object(Bucket="there-is-none", Key="key", Body=b"")
    with refused("NoSuchBucket", 404):
        s3.list_objects_v2(Bucket="there-is-none")
    with refused("NoSuchBucket", 404):
        s3.create_multipart_upload(Bucket="there-is-none", Key="key")


# --- Objects ---------------------------------------------------------------------------------------------------------


def test_an_object_reads_back_as_it_was_put(s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(100_000)
    put = s3.put_object(Bucket=bucket, Key="key", Body=body)
    get = s3.get_object(Bucket=bucket, Key="key")

    assert get["Body"].read() == body
    assert put["ETag"] == get["ETag"] == etag(body)
    assert get["ContentLength"] == len(body)
    assert get["ContentType"] == "binary/octet-stream"
    assert get["AcceptRanges"] == "bytes"
    assert abs(get["LastModified"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_every_answer_carries_the_ids_that_a_person_would_quote(s3: BaseClient, bucket: str) -> None:
    headers = s3.put_object(Bucket=bucket, Key="key", Body=b"")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-request-id"] and headers["x-amz-id-2"] and headers["date"]
    assert headers["server"] == "AmazonS3"


def test_head_says_what_get_says_without_the_body(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"12345", ContentType="text/plain")
    head, get = (call(Bucket=bucket, Key="key") for call in (s3.head_object, s3.get_object))
    for field in ("ContentLength", "ContentType", "ETag", "LastModified"):
        assert head[field] == get[field]


def test_a_missing_key_is_no_such_key(s3: BaseClient, bucket: str) -> None:
    with refused("NoSuchKey", 404) as error:
        s3.get_object(Bucket=bucket, Key="none")
    assert error["Key"] == "none"
    with refused("404", 404):
        s3.head_object(Bucket=bucket, Key="none")


def test_deleting_twice_succeeds_twice(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"")
    for _ in range(2):
        assert s3.delete_object(Bucket=bucket, Key="key")["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="key")


def test_a_second_put_replaces_the_first(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"first", Metadata={"a": "1"})
    s3.put_object(Bucket=bucket, Key="key", Body=b"second")
    answer = s3.get_object(Bucket=bucket, Key="key")
    assert (answer["Body"].read(), answer["Metadata"]) == (b"second", {})


@pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
def test_an_odd_key_is_kept_as_it_is(s3: BaseClient, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_key_longer_than_1024_bytes_is_refused(s3: BaseClient, bucket: str) -> None:
    with refused("KeyTooLongError", 400):
        s3.put_object(Bucket=bucket, Key="é" * 513, Body=b"")


def test_metadata_and_standard_headers_come_back(s3: BaseClient, bucket: str) -> None:
    given = {
        "ContentType": "text/plain; charset=utf-8", "CacheControl": "no-cache", "ContentDisposition": 'attachment; filename="a.txt"',
        "ContentEncoding": "gzip", "ContentLanguage": "de", "Metadata": {"plain": "value", "spaces": "a  b", "percent": "50%25"},
    }
    s3.put_object(Bucket=bucket, Key="key", Body=b"not really gzip", **given)
    head = s3.head_object(Bucket=bucket, Key="key")
    assert {name: head[name] for name in given} == given


def test_an_answers_headers_can_be_overridden_by_the_request(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"")
    answer = s3.get_object(Bucket=bucket, Key="key", ResponseContentType="text/x", ResponseContentDisposition="inline")
    assert (answer["ContentType"], answer["ContentDisposition"]) == ("text/x", "inline")


BODY = bytes(range(100))


@pytest.mark.parametrize(("asked", "given", "content_range"), [
    ("bytes=0-9", BODY[:10], "bytes 0-9/100"),
    ("bytes=90-", BODY[90:], "bytes 90-99/100"),
    ("bytes=-5", BODY[-5:], "bytes 95-99/100"),
    ("bytes=95-1000", BODY[95:], "bytes 95-99/100"),
    ("bytes=-1000", BODY, "bytes 0-99/100"),
    ("bytes=42-42", BODY[42:43], "bytes 42-42/100"),
])
def test_a_range_gives_just_those_bytes(
        s3: BaseClient, bucket: str, asked: str, given: bytes, content_range: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=BODY)
    answer = s3.get_object(Bucket=bucket, Key="key", Range=asked)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert (answer["Body"].read(), answer["ContentRange"]) == (given, content_range)


@pytest.mark.parametrize("asked", ["bytes=a-b", "lines=1-2"])
def test_a_malformed_range_is_ignored(s3: BaseClient, bucket: str, asked: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=BODY)
    answer = s3.get_object(Bucket=bucket, Key="key", Range=asked)
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"].read()) == (200, BODY)


def test_a_range_that_starts_behind_the_end_is_refused(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=BODY)
    with refused("InvalidRange", 416) as error:
        s3.get_object(Bucket=bucket, Key="key", Range="bytes=100-")
    assert (error["ActualObjectSize"], error["RangeRequested"]) == ("100", "bytes=100-")


# --- Digests ---------------------------------------------------------------------------------------------------------


def test_a_content_md5_that_does_not_match_is_a_bad_digest_and_leaves_nothing(s3: BaseClient, bucket: str) -> None:
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with refused("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="key", Body=b"body", ContentMD5=wrong)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_put_with_default_settings_keeps_the_checksum_that_the_sdk_sent(s3: BaseClient, bucket: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"123456789")
    assert (put["ChecksumCRC32"], put["ChecksumType"]) == ("y/Q5Jg==", "FULL_OBJECT")
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert head["ChecksumCRC32"] == "y/Q5Jg=="


def test_an_object_put_without_a_checksum_gets_a_crc64nvme(server: Server, bucket: str, s3: BaseClient) -> None:
    client(server, request_checksum_calculation="when_required").put_object(Bucket=bucket, Key="key", Body=b"123456789")
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert (head["ChecksumCRC64NVME"], head["ChecksumType"]) == ("rosUhgp5mIg=", "FULL_OBJECT")


CHECKSUMS_OF_123456789 = {
    "CRC32": "y/Q5Jg==",
    "SHA1": base64.b64encode(hashlib.sha1(b"123456789").digest()).decode(),
    "SHA256": base64.b64encode(hashlib.sha256(b"123456789").digest()).decode(),
}


@pytest.mark.parametrize(("algorithm", "value"), CHECKSUMS_OF_123456789.items())
def test_a_checksum_that_is_asked_for_is_kept(s3: BaseClient, bucket: str, algorithm: str, value: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"123456789", ChecksumAlgorithm=algorithm)
    assert put[f"Checksum{algorithm}"] == value
    get = s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert (get[f"Checksum{algorithm}"], get["Body"].read()) == (value, b"123456789")


@pytest.mark.parametrize(("algorithm", "value"), [
    *CHECKSUMS_OF_123456789.items(), ("CRC32C", "4waSgw=="), ("CRC64NVME", "rosUhgp5mIg=")])
def test_a_checksum_given_by_value_is_checked(s3: BaseClient, bucket: str, algorithm: str, value: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"123456789", **{f"Checksum{algorithm}": value})
    assert put[f"Checksum{algorithm}"] == value
    with refused("BadDigest", 400) as error:
        s3.put_object(Bucket=bucket, Key="key", Body=b"something else", **{f"Checksum{algorithm}": value})
    assert error["Message"] == f"The {algorithm} you specified did not match the calculated checksum."
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"123456789"


# --- Listing ---------------------------------------------------------------------------------------------------------


def fill(s3: BaseClient, bucket: str, keys: list[str]) -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")


@pytest.mark.parametrize("listing", ["list_objects", "list_objects_v2"])
def test_pages_give_every_key_once_and_in_order(s3: BaseClient, bucket: str, listing: str) -> None:
    keys = [f"key-{i:02}" for i in range(25)] + ["é", "日", "with space", "+", "%"]
    fill(s3, bucket, keys)
    pages = list(s3.get_paginator(listing).paginate(Bucket=bucket, PaginationConfig={"PageSize": 7}))
    assert [len(page["Contents"]) for page in pages] == [7, 7, 7, 7, 2]
    assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(keys, key=str.encode)


def test_a_delimiter_folds_keys_into_common_prefixes(s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, ["a/1", "a/2", "b/1", "c", "a", "d/e/f"])
    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [o["Key"] for o in page["Contents"]] == ["a", "c"]
    assert [p["Prefix"] for p in page["CommonPrefixes"]] == ["a/", "b/", "d/"]
    assert page["KeyCount"] == 5


def test_a_prefix_chooses_and_start_after_skips(s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, ["a/1", "a/2", "a/3", "b/1"])
    page = s3.list_objects_v2(Bucket=bucket, Prefix="a/", StartAfter="a/1")
    assert [o["Key"] for o in page["Contents"]] == ["a/2", "a/3"]


def test_pages_with_a_delimiter_name_each_prefix_once(s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, [f"{folder}/{i}" for folder in "abcde" for i in range(4)])
    pages = list(s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}))
    assert [p["Prefix"] for page in pages for p in page["CommonPrefixes"]] == ["a/", "b/", "c/", "d/", "e/"]


def test_delete_objects_answers_for_each_key(s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, ["one", "two", "three"])
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in ("one", "two", "never there")]})
    assert sorted(d["Key"] for d in answer["Deleted"]) == ["never there", "one", "two"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["three"]


def test_quiet_delete_objects_answers_only_errors(s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, ["one"])
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "one"}], "Quiet": True})
    assert "Deleted" not in answer and "Errors" not in answer
