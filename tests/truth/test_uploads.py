"""Uploads in parts, from creation to the object they make."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from boto3.s3.transfer import TransferConfig

from answers import Answer, Ask, error, ok, part
from facts import (AES256, COMPOSITE, PLAIN, WHOLE, attributes, completed, copied, created, invalid_part,
                   listed_parts, listed_uploads, no_such_upload, recorded)

DATA_ETAG = '"8d777f385d3dfec8815d20f7496026dc"'  # of the part "data"


@recorded("multipart-and-list-parts")
def test_an_upload_is_listed_until_it_is_completed(ask: Ask) -> None:
    key = "test-list-parts"
    answer = ask.create_multipart_upload(Key=key)
    assert answer == created(ask.bucket, key)
    upload = {"Key": key, "UploadId": answer["UploadId"]}
    assert ask.list_parts(**upload) == listed_parts(ask.bucket, upload)
    assert ask.list_multipart_uploads() == listed_uploads(ask.bucket, upload)

    etag = '"3237c18681adb6a9d843c733ce249480"'
    first = ask.upload_part(**upload, PartNumber=1, Body=b"upload-part-1" * 5)
    assert first == ok(ETag=etag, ChecksumCRC32="axEe0A==", **AES256)
    assert ask.list_parts(**upload) == listed_parts(ask.bucket, upload, {"ETag": etag, "Size": 65})
    assert ask.list_multipart_uploads() == listed_uploads(ask.bucket, upload)

    etag = '"e747540af6911dbc890f8d3e0b48549b-1"'
    checksum = {"ChecksumCRC64NVME": "CTXktO4pIQs=", **WHOLE}
    assert ask.complete(upload, [part(1, first)]) == completed(ask.bucket, key, etag, **checksum)
    assert ask.list_parts(**upload) == no_such_upload(upload["UploadId"])
    assert ask.list_multipart_uploads() == listed_uploads(ask.bucket)

    whole = ok(ETag=etag, ContentLength=65, **checksum, **PLAIN)
    assert ask.head_object(Key=key, ChecksumMode="ENABLED") == whole
    assert ask.get_object(Key=key, ChecksumMode="ENABLED") == {**whole, "Body": b"upload-part-1" * 5}


@recorded("list-parts-empty-query-values")
@pytest.mark.parametrize("empty", ["PartNumberMarker", "MaxParts"])
def test_an_empty_marker_or_limit_counts_as_absent(ask: Ask, empty: str) -> None:
    upload = ask.begin("test-list-part-empty-marker")
    ask.upload_part(**upload, PartNumber=1, Body=b"data")
    name = {"PartNumberMarker": "part-number-marker", "MaxParts": "max-parts"}[empty]
    # boto3 lets nobody say a number that is none: the query gets it just before the request is signed.
    ask.sdk.meta.events.register_first("before-call.s3.ListParts", handler := _with_query(name, ""))
    try:
        answer = ask.list_parts(**upload)
    finally:
        ask.sdk.meta.events.unregister("before-call.s3.ListParts", handler)
    # Recorded in 2023 with Owner.DisplayName, which the recordings of 2026 have no more.
    assert answer == listed_parts(ask.bucket, upload, {"ETag": DATA_ETAG, "Size": 4})


def _with_query(name: str, value: str) -> Callable[..., None]:
    def handler(params: dict[str, str], **_: object) -> None:
        separator = "&" if "?" in params["url"] else "?"
        params["url"] += f"{separator}{name}={value}"

    return handler


@recorded("multipart-upload-id-with-wrong-key")
def test_an_upload_id_goes_with_one_key(ask: Ask) -> None:
    upload_id = ask.begin("test-multipart-key-validation")["UploadId"]
    other = {"Key": "another-key", "UploadId": upload_id}
    assert ask.upload_part(**other, PartNumber=1, Body=b"a") == no_such_upload(upload_id)
    assert ask.complete(other, []) == no_such_upload(upload_id)
    assert ask.list_parts(**other) == no_such_upload(upload_id)
    assert ask.abort_multipart_upload(**other) == no_such_upload(upload_id)


@recorded("multipart-no-such-upload")
def test_an_unknown_upload_id_is_refused_before_what_is_in_the_body(ask: Ask) -> None:
    unknown = {"Key": "fake-key", "UploadId": "fakeid"}
    assert ask.upload_part(**unknown, PartNumber=1, Body=b"data") == no_such_upload("fakeid")
    assert ask.complete_multipart_upload(**unknown) == no_such_upload("fakeid")
    assert ask.abort_multipart_upload(**unknown) == no_such_upload("fakeid")


@recorded("multipart-complete-too-small")
def test_completing_needs_parts_and_all_but_the_last_of_5_mib(ask: Ask) -> None:
    upload = ask.begin("test-upload-part-exc")
    parts = []
    for number in (1, 2):
        answer = ask.upload_part(**upload, PartNumber=number, Body=b"data")
        assert answer == ok(ETag=DATA_ETAG, ChecksumCRC32="rfPzYw==", **AES256)
        parts.append(part(number, answer))
    assert ask.complete_multipart_upload(**upload) == error(400, "InvalidRequest", "You must specify at least one part")
    assert ask.complete(upload, parts) == error(
        400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
        ProposedSize="4", MinSizeAllowed="5242880", PartNumber="1", ETag=DATA_ETAG.strip('"'))


@recorded("multipart-complete-wrong-part")
def test_completing_names_the_part_that_is_not_there(ask: Ask) -> None:
    upload = ask.begin("test-upload-part-exc")
    first = ask.upload_part(**upload, PartNumber=1, Body=b"data")
    assert ask.complete(upload, [part(2, first)]) == invalid_part(upload["UploadId"], "2", DATA_ETAG.strip('"'))
    empty = "d41d8cd98f00b204e9800998ecf8427e"
    assert ask.complete(upload, [{"PartNumber": 1, "ETag": empty}]) == invalid_part(upload["UploadId"], "1", empty)


TEST_CONTENT = b"test content 123"
MD5_OF_TEST_CONTENT = '"eee506dd7ada7ded524c77e359a0e7c6"'
ONE_PART_OF_TEST_CONTENT = '"b972025bc34adf8d76d6d51e93c035cc-1"'
CRC_OF_TEST_CONTENT = {"ChecksumCRC64NVME": "BsLNlKumA5I=", **WHOLE}


@recorded("multipart-overwrite-key")
def test_an_upload_replaces_the_object_of_its_key(ask: Ask) -> None:
    assert ask.put_object(Key="test.file", Body=TEST_CONTENT) == ok(
        ETag=MD5_OF_TEST_CONTENT, ChecksumCRC32="B18g1g==", **WHOLE, **AES256)
    upload = ask.begin("test.file")
    first = ask.upload_part(**upload, PartNumber=1, Body=TEST_CONTENT)
    assert ask.complete(upload, [part(1, first)]) == completed(
        ask.bucket, "test.file", ONE_PART_OF_TEST_CONTENT, **CRC_OF_TEST_CONTENT)
    assert ask.get_object(Key="test.file")["Body"] == TEST_CONTENT


@recorded("multipart-copy-object-etag")
def test_the_copy_of_an_upload_is_a_plain_object(ask: Ask) -> None:
    upload = ask.begin("test.file")
    first = ask.upload_part(**upload, PartNumber=1, Body=TEST_CONTENT)
    assert ask.complete(upload, [part(1, first)]) == completed(
        ask.bucket, "test.file", ONE_PART_OF_TEST_CONTENT, **CRC_OF_TEST_CONTENT)

    source = {"Bucket": ask.bucket, "Key": "test.file"}
    copy = copied(MD5_OF_TEST_CONTENT, **CRC_OF_TEST_CONTENT)
    assert ask.copy_object(Key="copy.file", CopySource=source) == copy
    assert ask.copy_object(Key="test.file", CopySource=source, MetadataDirective="REPLACE") == copy
    assert ask.head_object(Key="test.file", ChecksumMode="ENABLED") == ok(
        ETag=MD5_OF_TEST_CONTENT, ContentLength=16, **CRC_OF_TEST_CONTENT, **PLAIN)


@recorded("get-object-part")
def test_a_part_of_an_object_can_be_read(ask: Ask) -> None:
    upload = ask.begin("test.file")
    parts = [part(number, ask.upload_part(**upload, PartNumber=number, Body=body))
             for number, body in enumerate([TEST_CONTENT * 327_681, TEST_CONTENT], 1)]
    etag = '"2848839dc84e13fa00a0944e760e233b-2"'
    assert ask.complete(upload, parts) == completed(
        ask.bucket, "test.file", etag, ChecksumCRC64NVME="44QnbGeotHE=", **WHOLE)

    second = ok(206, ETag=etag, ContentLength=16, ContentRange="bytes 5242896-5242911/5242912", PartsCount=2, **PLAIN)
    assert ask.head_object(Key="test.file", PartNumber=2) == second
    assert ask.get_object(Key="test.file", PartNumber=2) == {**second, "Body": TEST_CONTENT}
    assert ask.get_object(Key="test.file", PartNumber=2, ChecksumMode="ENABLED") == {**second, "Body": TEST_CONTENT}
    assert ask.get_object(Key="test.file", PartNumber=10) == _no_such_part(asked="10", there="2")
    assert ask.get_object(Key="test.file", PartNumber=2, Range="bytes=0-8") == error(
        400, "InvalidRequest", "Cannot specify both Range header and partNumber query parameter")

    ask.put_object(Key="key-no-part", Body=b"test-123")
    assert ask.get_object(Key="key-no-part", PartNumber=2) == _no_such_part(asked="2", there="1")
    assert ask.get_object(Key="key-no-part", PartNumber=1, ChecksumMode="ENABLED") == ok(
        206, Body=b"test-123", ETag='"ca6d00e33edff0e9cb3782d31182de33"', ContentLength=8, ContentRange="bytes 0-7/8",
        ChecksumCRC32="MAPXAg==", **WHOLE, **PLAIN)


def _no_such_part(asked: str, there: str) -> Answer:
    return error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable",
                 PartNumberRequested=asked, ActualPartCount=there)


@recorded("upload-6kib-file-managed-multipart")
def test_boto3s_managed_upload_of_a_small_file_in_parts(ask: Ask) -> None:
    settings = TransferConfig(multipart_threshold=1024, multipart_chunksize=1024)
    ask.sdk.upload_fileobj(io.BytesIO(b"1" * 6144), ask.bucket, "my-key", Config=settings)
    assert ask.get_object(Key="my-key") == ok(
        Body=b"1" * 6144, ContentLength=6144, ETag='"8eabe9d6b43316e840b079170916c079-1"',
        ChecksumCRC32="B63YTw==-1", **COMPOSITE, **PLAIN)


@recorded("put-10mb-twice")
def test_the_second_of_two_puts_of_10_mb_is_read(ask: Ask) -> None:
    assert ask.put_object(Key="test_key1", Body=b"\x01" * 10_000_000) == ok(
        ETag='"a649c4228b2b9e8bfca3510ed9d9a764"', ChecksumCRC32="eH3dJA==", **WHOLE, **AES256)
    etag = '"7095bae098259e0dda4b7acc624de4e2"'
    assert ask.put_object(Key="test_key1", Body=b"a" * 10_000_000) == ok(
        ETag=etag, ChecksumCRC32="TRqKkg==", **WHOLE, **AES256)
    assert ask.head_object(Key="test_key1") == ok(ETag=etag, ContentLength=10_000_000, **PLAIN)


@recorded("get-object-attributes")
def test_the_attributes_of_objects_put_and_uploaded(ask: Ask) -> None:
    wanted = ["StorageClass", "ETag", "ObjectSize", "ObjectParts"]
    ask.put_object(Key="data.txt", Body=b"69\n420\n")
    assert ask.get_object_attributes(Key="data.txt", ObjectAttributes=[*wanted, "Checksum"]) == _attributes(
        ETag="e92499db864217242396e8ef766079a9", ObjectSize=7, Checksum={"ChecksumCRC32": "WC+ANw==", **WHOLE})

    text = b"upload-part-1" * 5
    one = ask.begin("one-part")
    ask.complete(one, [part(1, ask.upload_part(**one, PartNumber=1, Body=text))])
    assert ask.get_object_attributes(Key="one-part", ObjectAttributes=wanted) == _attributes(
        ETag="e747540af6911dbc890f8d3e0b48549b-1", ObjectSize=65, ObjectParts={"TotalPartsCount": 1})

    for _ in range(2):
        two = ask.begin("two-parts")
        ask.complete(two, [part(number, ask.upload_part(**two, PartNumber=number, Body=body))
                           for number, body in enumerate([text * 80_660, text], 1)])
    size = {"ETag": "5389a7fb9c7e4b97c90255e2ee5e57f7-2", "ObjectSize": 5_242_965}
    assert ask.get_object_attributes(Key="two-parts", ObjectAttributes=wanted, MaxParts=3) == _attributes(
        **size, ObjectParts={"TotalPartsCount": 2})
    assert ask.get_object_attributes(
        Key="two-parts", ObjectAttributes=["StorageClass", "ETag", "ObjectSize", "Checksum"], MaxParts=3
    ) == _attributes(**size, Checksum={"ChecksumCRC64NVME": "VV86k746S6o=", **WHOLE})


def _attributes(**fields: object) -> Answer:
    return attributes(StorageClass="STANDARD", **fields)
