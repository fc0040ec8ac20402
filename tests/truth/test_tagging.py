"""Tags of objects and buckets, and what a copy makes of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from answers import Answer, Ask, error, ok
from facts import AES256, WHOLE, copied, no_such_bucket, no_such_key, recorded

TEST = {"etag": '"098f6bcd4621d373cade4e832627b4f6"', "ChecksumCRC32": "2H9+DA==", **WHOLE}
FIRST, SECOND = {"Key": "key1", "Value": "value1"}, {"Key": "key2", "Value": "value2"}


@recorded("copy-object-tagging-directive-copy", "copy-object-tagging-directive-replace",
          "copy-object-tagging-directive-none")
@pytest.mark.parametrize("directive, named, unnamed", [
    ("COPY", [FIRST], [FIRST]), ("REPLACE", [SECOND], []), (None, [FIRST], [FIRST])], ids=["copy", "replace", "none"])
def test_a_copy_takes_the_tags_of_its_source_unless_told_to_replace_them(
        ask: Ask, directive: str | None, named: list[dict[str, str]], unnamed: list[dict[str, str]]) -> None:
    source = {"Bucket": ask.bucket, "Key": "source-object"}
    told = {"TaggingDirective": directive} if directive else {}
    assert ask.put_object(Key="source-object", Body=b"test", Tagging="key1=value1") == ok(
        ETag=TEST["etag"], ChecksumCRC32="2H9+DA==", **WHOLE, **AES256)
    assert ask.get_object_tagging(Key="source-object") == ok(TagSet=[FIRST])
    assert ask.copy_object(Key="copy", CopySource=source, Tagging="key2=value2", **told) == copied(**TEST)
    assert ask.get_object_tagging(Key="copy") == ok(TagSet=named)
    assert ask.copy_object(Key="copy-tag-empty", CopySource=source, **told) == copied(**TEST)
    assert ask.get_object_tagging(Key="copy-tag-empty") == ok(TagSet=unnamed)


MALFORMED = error(400, "MalformedXML",
                  "The XML you provided was not well-formed or did not validate against our published schema")


@pytest.fixture
def unchecked(ask: Ask, boto3_as: Callable[..., BaseClient]) -> Ask:
    """boto3 that sends what it would refuse to send, and leaves out what is None."""
    return Ask(boto3_as(https=ask.sdk.meta.endpoint_url.startswith("https"), parameter_validation=False), ask.bucket)


def of_bucket(ask: Ask, *tags: dict[str, Any]) -> Answer:
    return ask.put_bucket_tagging(Tagging={"TagSet": list(tags)})


def of_object(ask: Ask, *tags: dict[str, Any]) -> Answer:
    return ask.put_object_tagging(Key="tagging-validation", Tagging={"TagSet": list(tags)})


def no_tag(message: str, **fields: str) -> Answer:
    return error(400, "InvalidTag", message, **fields)


@recorded("tag-sets-refused-bucket-and-object")
@pytest.mark.parametrize("put, reserved", [
    (of_bucket, "System tags cannot be added/updated by requester"),
    (of_object, "Your TagKey cannot be prefixed with aws:")], ids=["bucket", "object"])
def test_wrong_tags_are_refused(unchecked: Ask, put: Callable[..., Answer], reserved: str) -> None:
    assert unchecked.put_object(Key="tagging-validation", Body=b"")["status"] == 200
    twice = {"Key": "Key1", "Value": "Val1"}
    assert put(unchecked, twice, twice) == no_tag("Cannot provide multiple Tags with the same key", TagKey="Key1")
    assert put(unchecked, {"Key": "Key1,Key2", "Value": "Val1"}) == no_tag(
        "The TagKey you have provided is invalid", TagKey="Key1,Key2")
    assert put(unchecked, {"Key": "Key1", "Value": "Val1,Val2"}) == no_tag(
        "The TagValue you have provided is invalid", TagKey="Key1", TagValue="Val1,Val2")
    assert put(unchecked, {"Key": "aws:prefixed", "Value": "Val1"}) == no_tag(reserved, TagKey="aws:prefixed")
    assert put(unchecked, {"Key": None, "Value": None}) == MALFORMED
    assert put(unchecked, {"Key": "key1", "Value": None}) == MALFORMED


@recorded("object-tagging-missing-bucket-or-key-and-bad-header")
def test_tags_need_their_object_and_a_header_that_is_a_query(ask: Ask) -> None:
    nowhere = {"Bucket": f"fake-bucket-{uuid.uuid4()}", "Key": "fake-key"}
    none: dict[str, Any] = {"Tagging": {"TagSet": []}}
    missing = no_such_bucket(nowhere["Bucket"])
    assert ask.get_object_tagging(**nowhere) == missing
    assert ask.delete_object_tagging(**nowhere) == missing
    assert ask.put_object_tagging(**nowhere, **none) == missing
    # Only the first tells the bucket with the key.
    assert ask.get_object_tagging(Key="fake-key") == no_such_key(f"{ask.bucket}/fake-key")
    assert ask.delete_object_tagging(Key="fake-key") == no_such_key("fake-key")
    assert ask.put_object_tagging(Key="fake-key", **none) == no_such_key("fake-key")
    for header in ("key1=val1&key1=val2", "key1=val1,key2=val2"):
        assert ask.put_object(Key="fake-key", Body=b"", Tagging=header) == error(
            400, "InvalidArgument", "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
                                    "parameters without tag name duplicates.",
            ArgumentName="x-amz-tagging", ArgumentValue=header)


@recorded("put-object-tagging-without-tag-set")
def test_an_object_gets_no_tags_from_a_document_without_a_set(unchecked: Ask) -> None:
    key = "test-empty-tag-set"
    assert unchecked.put_object(Key=key, Body=b"test-tagging", Tagging="a=1")["status"] == 200
    assert unchecked.put_object_tagging(Key=key, Tagging={"TagSet": None}) == ok()
    assert unchecked.get_object_tagging(Key=key) == ok(TagSet=[])


@recorded("put-bucket-tagging-without-tag-set")
@pytest.mark.parametrize("tag_set", [None, []], ids=["recorded", "an-empty-set-too"])
def test_a_bucket_loses_its_tags_by_a_document_without_any(unchecked: Ask, tag_set: list[Any] | None) -> None:
    assert of_bucket(unchecked, {"Key": "tag3", "Value": "tag3"}) == ok(204)
    assert unchecked.put_bucket_tagging(Tagging={"TagSet": tag_set}) == ok(204)
    assert unchecked.get_bucket_tagging() == error(
        404, "NoSuchTagSet", "The TagSet does not exist", BucketName=unchecked.bucket)


@recorded("create-bucket-with-tags")
def test_a_bucket_is_made_with_tags(ask: Ask) -> None:
    name = f"test-bucket-tag-{uuid.uuid4().hex}"
    tags = [{"Key": "tag1", "Value": "value1"}]
    assert ask.create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": tags}) == ok(
        BucketArn=f"arn:aws:s3:::{name}", Location=f"/{name}")
    assert ask.get_bucket_tagging(Bucket=name) == ok(TagSet=tags)


def test_a_bucket_is_not_made_with_wrong_tags(ask: Ask) -> None:
    name = f"test-bucket-tag-{uuid.uuid4().hex}"
    assert ask.create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": [{"Key": "a,b", "Value": ""}]}) == no_tag(
        "The TagKey you have provided is invalid", TagKey="a,b")
    assert ask.head_bucket(Bucket=name)["status"] == 404
