"""Tokens, markers and encodings of listings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.handlers import set_list_objects_encoding_type_url

from answers import A_NAME, A_TIME, AN_ID, Answer, Ask, error, ok
from facts import EMPTY_ETAG, INITIATOR, OWNER, entry, recorded


@recorded(*(f"list-encoding-type-refused-list-{of}" for of in (
    "objects-v2", "objects", "object-versions", "multipart-uploads")))
@pytest.mark.parametrize("operation", [
    "list_objects_v2", "list_objects", "list_object_versions", "list_multipart_uploads"])
def test_the_only_encoding_is_url(ask: Ask, operation: str) -> None:
    for value in ("value", ""):
        assert getattr(ask, operation)(EncodingType=value) == Answer(status=400, Error={
            "Code": "InvalidArgument", "Message": "Invalid Encoding Method specified in Request",
            "ArgumentName": "encoding-type", "ArgumentValue": value or None})


@recorded("list-buckets-empty-continuation-token")
def test_an_empty_token_counts_as_absent(ask: Ask) -> None:
    ask.create_bucket(Bucket=f"{ask.bucket}-2")
    answer = ask.list_buckets(ContinuationToken="", MaxBuckets=1)
    assert answer == ok(Owner=OWNER, ContinuationToken=AN_ID, Buckets=[
        {"BucketArn": A_NAME, "BucketRegion": "us-east-1", "CreationDate": A_TIME, "Name": A_NAME}])


class Uploads:
    """Uploads begun in an order, and the lists of one a page."""

    def __init__(self, ask: Ask, *keys: str):
        self.ask = ask
        self.ids = [ask.begin(key)["UploadId"] for key in keys]

    def page(self, **params: Any) -> Answer:
        return self.ask.list_multipart_uploads(**{"MaxUploads": 1, **params})

    def listed(self, *uploads: tuple[str, str], truncated: bool = True, **fields: Any) -> Answer:
        """What a page with these uploads answers, each a key and an ID."""
        last_key, last_id = uploads[-1] if uploads else ("", "")
        answer = ok(Bucket=self.ask.bucket, KeyMarker="", UploadIdMarker="", NextKeyMarker=last_key,
                    NextUploadIdMarker=last_id, MaxUploads=1, IsTruncated=truncated, **{})
        if uploads:
            answer["Uploads"] = [{"Key": key, "UploadId": upload_id, "Initiated": A_TIME, "Initiator": INITIATOR,
                                  "Owner": OWNER, "StorageClass": "STANDARD"} for key, upload_id in uploads]
        answer.update(fields)
        return answer


@recorded("list-uploads-delimiter-markers")
def test_a_page_that_ends_in_a_common_prefix_has_no_next_markers(ask: Ask) -> None:
    uploads = Uploads(ask, "folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")
    in_folder = {"Prefix": "folder/", "Delimiter": "/"}
    assert uploads.page(**in_folder) == uploads.listed(CommonPrefixes=[{"Prefix": "folder/aSubfolder/"}], **in_folder)
    for marker in ("folder/aSubfolder/", "folder/aSubfolder/subFile1"):  # of the prefix or in it: all of it is passed
        assert uploads.page(**in_folder, KeyMarker=marker) == uploads.listed(
            ("folder/file1", uploads.ids[2]), KeyMarker=marker, **in_folder)


@recorded("list-uploads-key-and-upload-id-markers")
def test_uploads_go_on_behind_their_markers(ask: Ask) -> None:
    none = Uploads(ask)
    assert ask.list_multipart_uploads() == none.listed(truncated=False, MaxUploads=1000)
    uploads = Uploads(ask, "test_c", "test_b", "test_a", "test_a", "test_a")
    c, b, *several = uploads.ids
    everything = [*(("test_a", each) for each in several), ("test_b", b), ("test_c", c)]
    assert ask.list_multipart_uploads() == uploads.listed(*everything, truncated=False, MaxUploads=1000)
    first = uploads.listed(everything[0])
    assert uploads.page() == first
    assert uploads.page(KeyMarker="test_a") == uploads.listed(("test_b", b), KeyMarker="test_a")
    assert uploads.page(KeyMarker="test_c") == uploads.listed(truncated=False, KeyMarker="test_c")
    assert uploads.page(UploadIdMarker=several[0]) == first  # without a key it is ignored, and not told
    assert uploads.page(KeyMarker="test_a", UploadIdMarker=several[0]) == uploads.listed(
        everything[1], KeyMarker="test_a", UploadIdMarker=several[0])
    assert uploads.page(KeyMarker="test_a", UploadIdMarker=several[2]) == uploads.listed(
        ("test_b", b), KeyMarker="test_a", UploadIdMarker=several[2])
    assert uploads.page(KeyMarker="test_b", UploadIdMarker=b) == uploads.listed(
        ("test_c", c), truncated=False, KeyMarker="test_b", UploadIdMarker=b)
    assert uploads.page(KeyMarker="test_c", UploadIdMarker=b) == error(
        400, "InvalidArgument", "Invalid uploadId marker", ArgumentName="upload-id-marker", ArgumentValue=b)
    assert uploads.page(KeyMarker="") == first


KEYS = ["a/%F0%9F%98%80/", "date=2026-01-01/", "date=2026-02-01/", "date=2026-03-01/", "date=2026-05-01/",
        "file%2Fname", "test key/", "test key//", "test%123", "test%123/", "test%percent", "test@key/"]


@recorded("list-objects-v2-tokens-and-start-after")
def test_objects_go_on_behind_a_token_or_a_key(ask: Ask, boto3_as: Callable[..., BaseClient]) -> None:
    for key in reversed(KEYS):
        ask.put_object(Key=key, Body=b"")

    def page(keys: list[str], most: int = 2, **fields: Any) -> Answer:
        return ok(**{"Name": ask.bucket, "Prefix": "", "EncodingType": "url", "MaxKeys": most, "KeyCount": len(keys),
                     "IsTruncated": most < 1000, "Contents": [entry(key, EMPTY_ETAG, 0) for key in keys],
                     **({"NextContinuationToken": AN_ID} if most < 1000 else {}), **fields})

    first = ask.list_objects_v2(MaxKeys=5)
    assert first == page(KEYS[:5], 5)
    token = first["NextContinuationToken"]
    assert ask.list_objects_v2(ContinuationToken=token) == page(KEYS[5:], 1000, ContinuationToken=token)

    after = {"StartAfter": "date=2026-02-01/", "MaxKeys": 2}
    plain = Ask(boto3_as(), ask.bucket)
    plain.sdk.meta.events.unregister("before-parameter-build.s3.ListObjectsV2", set_list_objects_encoding_type_url)
    told = page(KEYS[3:5], StartAfter="date=2026-02-01/")
    del told["EncodingType"]
    assert plain.list_objects_v2(**after) == told
    encoded = [key.replace("=", "%3D") for key in KEYS]
    assert ask.list_objects_v2(**after, EncodingType="url") == page(encoded[3:5], StartAfter="date%3D2026-02-01/")
    # The key behind which to start is taken literally, and not told beside a token.
    literal = ask.list_objects_v2(StartAfter="date%3D2026-02-01/", MaxKeys=2)
    assert literal == page(KEYS[1:3], StartAfter="date%3D2026-02-01/")
    token = literal["NextContinuationToken"]
    for start in ({"StartAfter": "date=2026-02-01/"}, {}):
        assert ask.list_objects_v2(**start, ContinuationToken=token, MaxKeys=2) == page(
            KEYS[3:5], ContinuationToken=token)
