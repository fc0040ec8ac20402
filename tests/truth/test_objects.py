"""Putting and getting objects: what comes back, and what is refused."""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest

from answers import A_NAME, A_TIME, AN_HTTP_DATE, AN_ID, Answer, Ask, error, ok
from facts import (AES256, EMPTY_ETAG, NOT_MODIFIED, ONE_OF_THE_CONDITIONS, PLAIN, WHOLE, attributes, entry, listed,
                   no_such_bucket, no_such_key, recorded)

DAY = datetime.timedelta(days=1)

ABC123 = {"ETag": '"e99a18c428cb38d5f260853678922e03"', "ChecksumCRC32": "zwK7XA==", **WHOLE}
EMPTY = {"ETag": EMPTY_ETAG, "ChecksumCRC32": "AAAAAA==", **WHOLE}
TEST = {"ETag": '"098f6bcd4621d373cade4e832627b4f6"', "ChecksumCRC32": "2H9+DA==", **WHOLE}
DATA = {"ETag": '"8d777f385d3dfec8815d20f7496026dc"', "ChecksumCRC32": "rfPzYw==", **WHOLE}
SOMETHING = {"ETag": '"437b930db84b8079c2dd804a71936b5f"', "ChecksumCRC32": "Cdox+w==", **WHOLE}


def stored(body: bytes, facts: dict[str, str], **fields: Any) -> Answer:
    return Answer({**ok(), **PLAIN, "Body": body, "ContentLength": len(body), **facts, **fields})


# --- Keys -------------------------------------------------------------------------------------------------------------

@recorded("put-get-utf8-key")
def test_a_key_beyond_ascii(ask: Ask) -> None:
    assert ask.put_object(Key="Ā0Ä", Body=b"abc123") == ok(**ABC123, **AES256)
    assert ask.get_object(Key="Ā0Ä") == stored(b"abc123", ABC123)


@recorded("put-get-key-with-trailing-slash")
def test_keys_that_end_in_a_slash(ask: Ask) -> None:
    keys = ["a/", "t/", "u/"]
    for key in keys:
        assert ask.put_object(Key=key, Body=b"test") == ok(**TEST, **AES256)
        assert ask.get_object(Key=key) == stored(b"test", TEST)
    assert ask.list_objects_v2() == listed(ask.bucket, [entry(key, TEST["ETag"], 4) for key in keys])


@recorded("put-get-nested-key")
def test_a_key_with_slashes(ask: Ask) -> None:
    ask.put_object(Key="aws/key1/key2/key3", Body=b"test")
    assert ask.get_object(Key="aws/key1/key2/key3") == stored(b"test", TEST)


@recorded("keys-are-case-sensitive")
def test_keys_are_case_sensitive(ask: Ask) -> None:
    ask.put_object(Key="camelCaseKey", Body=b"something")
    assert ask.get_object(Key="camelCaseKey") == stored(b"something", SOMETHING)
    assert ask.get_object(Key="camelcasekey") == no_such_key("camelcasekey")


@recorded("get-object-missing-bucket")
def test_the_bucket_must_be_there(ask: Ask) -> None:
    assert ask.get_object(Bucket="does-not-exist-3f1c", Key="foobar") == no_such_bucket("does-not-exist-3f1c")


# --- Headers and metadata ---------------------------------------------------------------------------------------------

@recorded("put-get-system-metadata-headers")
def test_system_metadata_comes_back_and_no_other_header_is_there(ask: Ask) -> None:
    metadata = {"ContentLanguage": "de", "ContentDisposition": 'attachment; filename="foo.jpg"',
                "CacheControl": "no-cache"}
    always = {"date": AN_HTTP_DATE, "server": A_NAME, "x-amz-id-2": AN_ID, "x-amz-request-id": AN_ID,
              "etag": ABC123["ETag"], "x-amz-checksum-crc32": "zwK7XA==", "x-amz-checksum-type": "FULL_OBJECT",
              "x-amz-server-side-encryption": "AES256"}

    assert ask.put_object(Key="test", Body=b"abc123", **metadata) == ok(**ABC123, **AES256)
    assert Answer(ask.headers) == Answer(always, **{"content-length": "0"})

    assert ask.get_object(Key="test") == stored(b"abc123", ABC123, **metadata)
    assert Answer(ask.headers) == Answer(always, **{
        "accept-ranges": "bytes", "cache-control": "no-cache",
        "content-disposition": 'attachment; filename="foo.jpg"', "content-language": "de", "content-length": "6",
        "content-type": "binary/octet-stream", "last-modified": AN_HTTP_DATE})


@recorded("system-metadata-non-ascii")
def test_system_metadata_beyond_ascii_comes_back_as_the_same_bytes(ask: Ask) -> None:
    disposition = 'attachment; filename="test_—_file%E2%80%94_é_2.pdf"'
    cache_control = "ÄMÄZÕÑ S3"
    assert ask.put_object(Key="test", Body=b"", ContentLanguage="de", ContentDisposition=disposition,
                          CacheControl=cache_control) == ok(**EMPTY, **AES256)
    # boto3 shows the UTF-8 that was sent as if it were Latin-1.
    assert ask.get_object(Key="test") == stored(
        b"", EMPTY, ContentLanguage="de", ContentDisposition=disposition.encode().decode("latin-1"),
        CacheControl=cache_control.encode().decode("latin-1"))


@recorded("user-metadata-rfc2047")
def test_user_metadata_is_decoded_when_it_decodes_to_ascii(ask: Ask) -> None:
    kept = {"non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
            "non-ascii-2": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=",
            "non-ascii-binary": "=?UTF-8?B?AAECAw==?=",
            "replacement-chars": "=?UTF-8?B?77+977+977+977+977+977+977+9?="}
    decoded = {"fake-encoded": ("=?UTF-8?Q?actually-ascii?=", "actually-ascii"),
               "asciib64-encoded": ("=?UTF-8?B?YWJj?=", "abc"),
               "safe-chars": ("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")}
    sent = kept | {name: value for name, (value, _) in decoded.items()}
    assert ask.put_object(Key="test", Body=b"", Metadata=sent) == ok(**EMPTY, **AES256)
    assert ask.get_object(Key="test") == stored(
        b"", EMPTY, Metadata=kept | {name: value for name, (_, value) in decoded.items()})


@recorded("user-metadata-rfc2047-bad-base64")
def test_user_metadata_that_decodes_badly_is_encoded_anew(ask: Ask) -> None:
    assert ask.put_object(Key="test", Body=b"", Metadata={"bad-b64-encoded": "=?UTF-8?B?=GGG?="}) == ok(
        **EMPTY, **AES256)
    assert ask.get_object(Key="test") == stored(
        b"", EMPTY, Metadata={"bad-b64-encoded": "=?UTF-8?B?77+9Ye+/vQ==?="})


@recorded("user-metadata-names")
def test_names_of_user_metadata_come_back_in_lower_case(ask: Ask) -> None:
    ask.put_object(Key="key-with-metadata", Body=b"foo", Metadata={"TEST_META_1": "foo", "__meta_2": "bar"})
    assert ask.head_object(Key="key-with-metadata") == ok(**{
        **PLAIN, "ContentLength": 3, "ETag": '"acbd18db4cc2f85cedef654fccc4a4d8"',
        "Metadata": {"__meta_2": "bar", "test_meta_1": "foo"}})


@recorded("get-response-header-overrides")
def test_the_request_sets_headers_of_the_answer(ask: Ask) -> None:
    ask.put_object(Key="key-header-overrides", Body=b"something")
    expires = "Wed, 21 Oct 2015 07:28:00 GMT"
    shown = {"CacheControl": "max-age=74", "ContentDisposition": 'attachment; filename="foo.jpg"',
             "ContentEncoding": "identity", "ContentLanguage": "de-DE", "ContentType": "image/jpeg"}
    answer = ask.get_object(Key="key-header-overrides", ResponseExpires=expires,
                            **{f"Response{name}": value for name, value in shown.items()})
    assert answer == stored(b"something", SOMETHING, **shown, Expires=A_TIME, ExpiresString=expires)


@recorded("put-get-xml-body")
def test_a_body_of_xml_is_only_bytes(ask: Ask) -> None:
    body = b'<?xml version="1.0" encoding="UTF-8"?><test/>'
    ask.put_object(Key="key", Body=body)
    assert ask.get_object(Key="key") == stored(
        body, {"ETag": '"8a793423f1e69103a7056b99e4ad6c0b"', "ChecksumCRC32": "hkzSQw==", **WHOLE})


# --- Storage classes --------------------------------------------------------------------------------------------------

BODY_TEST = {"ETag": '"43ad557eaff4fdc42b9886b5a68147ab"', "ChecksumCRC32": "DulxwQ==", **WHOLE}


def put_of_class(ask: Ask, storage_class: str) -> Answer:
    """GetObject's answer."""
    key = "test-put-object-storage-class"
    ask.put_object(Key=key, Body=b"body-test", StorageClass=storage_class)
    assert ask.get_object_attributes(Key=key, ObjectAttributes=["StorageClass"]) == attributes(
        StorageClass=storage_class)
    return ask.get_object(Key=key)


@recorded("put-get-storage-class-standard")
def test_the_class_standard_is_told_only_among_the_attributes(ask: Ask) -> None:
    assert put_of_class(ask, "STANDARD") == stored(b"body-test", BODY_TEST)


READABLE = ["STANDARD_IA", "GLACIER_IR", "ONEZONE_IA", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY"]
ARCHIVED = ["GLACIER", "DEEP_ARCHIVE"]


@recorded(*(f"put-get-storage-class-{name.lower().replace('_', '-')}" for name in READABLE))
@pytest.mark.parametrize("storage_class", READABLE)
def test_another_class_is_told(ask: Ask, storage_class: str) -> None:
    assert put_of_class(ask, storage_class) == stored(b"body-test", BODY_TEST, StorageClass=storage_class)


@recorded(*(f"put-get-storage-class-{name.lower().replace('_', '-')}" for name in ARCHIVED))
@pytest.mark.parametrize("storage_class", ARCHIVED)
def test_an_archived_object_cannot_be_read(ask: Ask, storage_class: str) -> None:
    assert put_of_class(ask, storage_class) == error(
        403, "InvalidObjectState", "The operation is not valid for the object's storage class",
        beside={"StorageClass": storage_class}, StorageClass=storage_class)


@recorded("put-storage-class-outposts")
def test_the_class_outposts_is_not_of_a_bucket(ask: Ask) -> None:
    refused = error(400, "InvalidStorageClass", "The storage class you specified is not valid",
                    StorageClassRequested="OUTPOSTS")
    assert ask.put_object(Key="key", Body=b"body-test", StorageClass="OUTPOSTS") == refused
    assert ask.create_multipart_upload(Key="key", StorageClass="OUTPOSTS") == refused


# --- Ranges -----------------------------------------------------------------------------------------------------------

@recorded("get-object-and-range")
def test_a_range_comes_without_the_checksum(ask: Ask) -> None:
    body = b"Lorem ipsum dolor sit amet, ... " * 30
    facts = {"ETag": '"c289c6e309be295fe68af649d1e6c6ec"'}
    ask.put_object(Key="my-key", Body=body)
    assert ask.get_object(Key="my-key") == stored(body, facts, ChecksumCRC32="K7RDlw==", **WHOLE)
    assert ask.get_object(Key="my-key", Range="bytes=0-16") == stored(
        b"Lorem ipsum dolor", facts, status=206, ContentRange="bytes 0-16/960")


@recorded("get-ranges-of-2-kib")
def test_a_range_that_ends_too_far_is_cut(ask: Ask) -> None:
    body = os.urandom(2048)
    facts = {"ETag": ask.put_object(Key="sample.bin", Body=body)["ETag"]}
    assert ask.get_object(Key="sample.bin", Range="bytes=0-1023") == stored(
        body[:1024], facts, status=206, ContentRange="bytes 0-1023/2048")
    assert ask.get_object(Key="sample.bin", Range="bytes=1024-2048") == stored(
        body[1024:], facts, status=206, ContentRange="bytes 1024-2047/2048")


@recorded("get-range-beyond-end")
def test_a_range_that_begins_too_far_is_refused(ask: Ask) -> None:
    ask.put_object(Key="my-key", Body=b"abcdefgh")
    assert ask.get_object(Key="my-key", Range="bytes=1024-4096") == error(
        416, "InvalidRange", "The requested range is not satisfiable",
        ActualObjectSize="8", RangeRequested="bytes=1024-4096")


# --- Conditions -------------------------------------------------------------------------------------------------------

def condition_failed(condition: str) -> Answer:
    return error(412, "PreconditionFailed", ONE_OF_THE_CONDITIONS, Condition=condition)


@recorded("get-if-match-fails")
def test_another_etag_does_not_match(ask: Ask) -> None:
    ask.put_object(Key="foo", Body=b'{"foo": "bar"}')
    assert ask.get_object(Key="foo", IfMatch='"not good etag"') == condition_failed("If-Match")


@recorded("conditional-get-object", "conditional-head-object")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions_come_in_an_order(ask: Ask, method: str) -> None:
    put = ask.put_object(Key="test-object", Body=b"data")
    etag = put["ETag"]
    modified = ask.head_object(Key="test-object")["LastModified"]
    now = datetime.datetime.now(datetime.UTC)

    whole = stored(b"data", DATA)
    if method == "HEAD":  # without a body, and unless asked for without the checksum
        whole = ok(ETag=etag, ContentLength=4, **PLAIN)

    def failed(condition: str) -> Answer:
        return condition_failed(condition) if method == "GET" else error(412, "412", "Precondition Failed")

    cases: list[tuple[dict[str, Any], Answer]] = [
        ({"IfMatch": "etag123", "IfUnmodifiedSince": now - DAY, "IfNoneMatch": etag, "IfModifiedSince": now},
         failed("If-Match")),
        ({"IfUnmodifiedSince": now - DAY, "IfNoneMatch": etag, "IfModifiedSince": now}, failed("If-Unmodified-Since")),
        ({"IfNoneMatch": etag, "IfModifiedSince": now}, NOT_MODIFIED),
        ({"IfModifiedSince": now}, NOT_MODIFIED),
        ({"IfModifiedSince": now + DAY}, whole),  # a time to come is ignored
        ({"IfNoneMatch": etag.strip('"'), "IfModifiedSince": now}, NOT_MODIFIED),
        ({"IfUnmodifiedSince": modified}, whole),
        ({"IfModifiedSince": modified}, NOT_MODIFIED),
        ({"IfMatch": etag.strip('"'), "IfNoneMatch": "etag123", "IfModifiedSince": now - DAY,
          "IfUnmodifiedSince": now}, whole),
    ]
    read = ask.get_object if method == "GET" else ask.head_object
    for conditions, expected in cases:
        assert read(Key="test-object", **conditions) == expected, conditions


# --- Content-MD5 ------------------------------------------------------------------------------------------------------

@recorded("content-md5-put-and-upload-part")
@pytest.mark.parametrize("operation, expected_digest", [
    ("put_object", "09891eb590524e35fc73372cddc5d596"), ("upload_part", "CYketZBSTjX8czcs3cXVlg==")])
def test_content_md5_is_checked(ask: Ask, operation: str, expected_digest: str) -> None:
    to: dict[str, Any] = {"Key": "test-key"}
    success = ok(**SOMETHING, **AES256)
    if operation == "upload_part":
        to = {**ask.begin("multi-key"), "PartNumber": 1}
        del success["ChecksumType"]

    def put(content_md5: str) -> Answer:
        answer: Answer = getattr(ask, operation)(**to, Body=b"something", ContentMD5=content_md5)
        return answer

    for malformed in ["__invalid__", "000", "not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc="]:
        assert put(malformed) == error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.",
                                       **{"Content-MD5": malformed})
    # PutObject tells the digest it was given in hex, UploadPart as it was given.
    assert put("CYketZBSTjX8czcs3cXVlg==") == error(
        400, "BadDigest", "The Content-MD5 you specified did not match what we received.",
        ExpectedDigest=expected_digest, CalculatedDigest="Q3uTDbhLgHnC3YBKcZNrXw==")
    assert put("Q3uTDbhLgHnC3YBKcZNrXw==") == success
