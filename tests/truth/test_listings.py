"""Listing and deleting objects."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.client import BaseClient
from support.s3 import new_bucket

from answers import A_TIME, Ask, ok, some_text
from facts import OWNER, PLAIN, WHOLE, entry, listed, no_such_bucket, recorded

TEST_ETAGS = [
    "86639701cdcc5b39438a5f009bd74cb1", "70a37754eb5a2e7db8cd887aaf11cda7", "282ff2cb3d9dadeb831bb3ba0128f2f4",
    "2b61ddda48445374b35a927b6ae2cd6d", "f533f549a84b9d7a381a7ed55c4f46b9", "0efcf24eb64fa875c294d05703096b0d",
    "7b1b88bb19a8c5a6a1d53eaa75108b80", "698fbf838fdda3065e058190398514f8", "96c2178517e273d4001ab7f68fdde969",
    "da51d6e22a1ae095154e69b07eef731b"]
"""Of "test-0" to "test-9"."""

LAST_ETAGS = [
    "469aa468e8b397232fe0754ba11ba9f3", "aa50de431ca7e15fa7f769df3615bac1", "07844c1200a3eeb13dd3885d336c300e",
    "43a56bbd65ff5cfa706996026b11f627", "05e2fb7108663f7398dfeb41a048bf32", "ca06c6ef5b6317771502c23ae4e941d7",
    "bd6e51d9b1c43aa30906314e5ed9d857", "3fda8ced7c145b9820e3d95d6458cbb9", "b3ed4e42f8e008bfeb879a9b0aeeff23",
    "880a4a8e1643dc0014d8f0fc297327f4"]
"""Of "test-990" to "test-999"."""


def owned(keys: list[str], etags: list[str], size: int) -> list[dict[str, Any]]:
    """Entries of ListObjects, which name the owner."""
    return [entry(key, f'"{etag}"', size, Owner=OWNER) for key, etag in zip(keys, etags, strict=True)]


def page(bucket: str, **fields: Any) -> dict[str, Any]:
    return ok(**{"Name": bucket, "Prefix": "", "Marker": "", "EncodingType": "url", "IsTruncated": False,
                 "MaxKeys": 1000, **fields})


@recorded("list-and-delete-bucket")
def test_objects_are_listed_with_their_owner_and_a_deleted_bucket_is_not(ask: Ask) -> None:
    keys = [f"test-key-{number}" for number in range(10)]
    for number, key in enumerate(keys):
        ask.put_object(Key=key, Body=f"test-{number}".encode())
    assert ask.list_objects(MaxKeys=100) == page(ask.bucket, MaxKeys=100, Contents=owned(keys, TEST_ETAGS, 6))

    ask.delete_objects(Delete={"Objects": [{"Key": key} for key in keys]})
    assert ask.delete_bucket()["status"] == 204
    other = new_bucket(ask.sdk)
    answer = ask.list_buckets()
    names = [bucket["Name"] for bucket in answer["Buckets"]]
    assert other in names and ask.bucket not in names
    assert answer == ok(Owner=OWNER, Buckets=[
        {"Name": name, "BucketArn": some_text("the bucket's ARN", f"arn:aws:s3:::{name}"), "CreationDate": A_TIME}
        for name in names])


@recorded("list-objects-1010-keys")
def test_a_list_has_pages_of_1000(boto3_as: Callable[..., BaseClient]) -> None:
    sdk = boto3_as()
    ask = Ask(sdk, new_bucket(sdk))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: sdk.put_object(Bucket=ask.bucket, Key=f"test-key-{number}",
                                                    Body=f"test-{number}".encode()), range(1010)))
    assert ask.get_object(Key="test-key-1009") == ok(
        Body=b"test-1009", ETag='"7d2a1f93cc456846faba49b73eefc5b2"', ContentLength=9, ChecksumCRC32="S5CC0w==",
        **WHOLE, **PLAIN)
    assert ask.get_object(Key="test-key-0") == ok(
        Body=b"test-0", ETag=f'"{TEST_ETAGS[0]}"', ContentLength=6, ChecksumCRC32="XCKz9A==", **WHOLE, **PLAIN)
    assert len(ask.list_objects(MaxKeys=1010)["Contents"]) <= 1010

    # The next marker is told because there is a delimiter, though no key holds it.
    first = ask.list_objects(Delimiter="/")
    assert len(first.pop("Contents")) == 1000
    assert first == page(ask.bucket, Delimiter="/", IsTruncated=True, NextMarker="test-key-99")
    assert ask.list_objects(Marker="test-key-99") == page(
        ask.bucket, Marker="test-key-99",
        Contents=owned([f"test-key-{number}" for number in range(990, 1000)], LAST_ETAGS, 8))


@recorded("delete-objects-quiet")
def test_deleting_quietly_answers_nothing(ask: Ask) -> None:
    ask.put_object(Key="test-key-nonexistent", Body=b"something")
    keys = ["test-key-nonexistent", "dummy1", "dummy2"]
    assert ask.delete_objects(Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}) == ok()


@recorded("delete-objects-missing-bucket")
def test_deleting_needs_the_bucket(ask: Ask) -> None:
    assert ask.delete_objects(Bucket="non-existent-bucket-3f1c",
                              Delete={"Objects": [{"Key": "dummy1"}, {"Key": "dummy2"}]}) == \
        no_such_bucket("non-existent-bucket-3f1c")


@recorded("delete-objects-percent-keys")
def test_keys_with_percent_signs_are_deleted_as_they_are(ask: Ask) -> None:
    ask.put_object(Key="a%2Fb", Body=b"percent encoding")
    ask.put_object(Key="a/%F0%9F%98%80", Body=b"percent encoded emoji")
    assert ask.list_objects_v2() == listed(ask.bucket, [
        entry("a%2Fb", '"1ac438708eff428b768f07249b3e2bb2"', 16),
        entry("a/%F0%9F%98%80", '"ec53baa61c0c0b736a567bdef59250f3"', 21)])
    keys = [{"Key": "a%2Fb"}, {"Key": "a/%F0%9F%98%80"}]
    answer = ask.delete_objects(Delete={"Objects": keys})
    answer["Deleted"].sort(key=lambda deleted: deleted["Key"])
    assert answer == ok(Deleted=keys)
    assert ask.list_objects_v2() == listed(ask.bucket, [])


@recorded("delete-objects-five")
def test_deleting_names_what_was_deleted(ask: Ask) -> None:
    keys = sorted(f"key-batch-delete-{uuid.uuid4().hex}" for _ in range(5))
    for key in keys:
        ask.put_object(Key=key, Body=b"This body document")
    answer = ask.delete_objects(Delete={"Objects": [{"Key": key} for key in keys]})
    answer["Deleted"].sort(key=lambda deleted: deleted["Key"])
    assert answer == ok(Deleted=[{"Key": key} for key in keys])
    assert ask.list_objects() == page(ask.bucket)
