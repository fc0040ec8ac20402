"""CopyObject."""

from __future__ import annotations

from typing import Any

from support.s3 import new_bucket

from answers import AN_ID, Answer, Ask, error, ok
from facts import (AES256, COPY_CHANGES_NOTHING, EMPTY_ETAG, OWNER, PLAIN, WHOLE, attributes, copied, entry, listed,
                   no_such_bucket, no_such_key, recorded)

TEST = {"etag": '"098f6bcd4621d373cade4e832627b4f6"', "ChecksumCRC32": "2H9+DA==", **WHOLE}
JSON = {"etag": '"88bac95f31528d13a072c05f2a1cf371"', "ChecksumCRC32": "MzVIGw==", **WHOLE}


class Source:
    """An object to copy, put with an answer as recorded."""

    def __init__(self, ask: Ask, body: bytes, facts: dict[str, str], **params: Any):
        self.ask = ask
        self.facts = facts
        checksum = {name: value for name, value in facts.items() if name != "etag"}
        self.length = len(body)
        assert ask.put_object(Key="source-object", Body=body, **params) == ok(ETag=facts["etag"], **checksum, **AES256)

    def copy_to(self, key: str, **params: Any) -> Answer:
        return self.ask.copy_object(Key=key, CopySource={"Bucket": self.ask.bucket, "Key": "source-object"}, **params)

    def head(self, key: str = "source-object", **fields: Any) -> None:
        """HEAD answers as of a plain object, but for these fields."""
        assert self.ask.head_object(Key=key) == ok(
            **{**PLAIN, "ETag": self.facts["etag"], "ContentLength": self.length, **fields})


def a_json(ask: Ask) -> Source:
    source = Source(ask, b'{"key": "value"}', JSON, ContentType="application/json", Metadata={"key": "value"})
    source.head(ContentType="application/json", Metadata={"key": "value"})
    return source


@recorded("copy-object-directive-copy")
def test_the_directive_copy_ignores_new_metadata(ask: Ask) -> None:
    source = Source(ask, b"test", TEST, Metadata={"key": "value"}, ContentLanguage="en-US")
    source.head(ContentLanguage="en-US", Metadata={"key": "value"})
    assert source.copy_to("copy", MetadataDirective="COPY", Metadata={"another-key": "value"}, ContentLanguage="en-GB",
                          ContentType="image/jpg") == copied(**TEST)
    source.head("copy", ContentLanguage="en-US", Metadata={"key": "value"})


@recorded("copy-object-default-directive")
def test_the_directive_is_copy_by_default(ask: Ask) -> None:
    source = a_json(ask)
    as_it_was: dict[str, Any] = {"ContentType": "application/json", "Metadata": {"key": "value"}}
    assert source.copy_to("copy") == copied(**JSON)
    source.head("copy", **as_it_was)
    assert ask.delete_objects(Delete={"Objects": [{"Key": "copy"}]})["status"] == 200
    assert source.copy_to("second-copy", Metadata={"another-key": "value"},
                          ContentType="application/javascript") == copied(**JSON)
    source.head("second-copy", **as_it_was)


@recorded("copy-object-in-place")
def test_a_copy_onto_itself_must_change_something(ask: Ask) -> None:
    assert ask.delete_bucket_ownership_controls()["status"] == 204  # the recorded bucket allowed ACLs
    assert ask.delete_public_access_block()["status"] == 204
    source = a_json(ask)
    in_standard = attributes(StorageClass="STANDARD")
    assert ask.get_object_attributes(Key="source-object", ObjectAttributes=["StorageClass"]) == in_standard
    assert source.copy_to("source-object") == COPY_CHANGES_NOTHING
    # To name the storage class that it has already is enough, an ACL is not.
    assert source.copy_to("source-object", ChecksumAlgorithm="SHA256", StorageClass="STANDARD") == copied(
        JSON["etag"], ChecksumSHA256="lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U=", **WHOLE)
    assert ask.get_object_attributes(Key="source-object", ObjectAttributes=["StorageClass"]) == in_standard
    assert ask.get_object_acl(Key="source-object") == ok(
        Owner=OWNER, Grants=[{"Grantee": {"ID": AN_ID, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}])
    assert source.copy_to("source-object", ACL="public-read") == COPY_CHANGES_NOTHING


@recorded("copy-object-in-place-metadata-directive")
def test_a_copy_onto_itself_replaces_the_metadata_or_keeps_it(ask: Ask) -> None:
    source = a_json(ask)
    assert source.copy_to("source-object", Metadata={"key": "value"}) == COPY_CHANGES_NOTHING

    copy = copied(**JSON)
    assert source.copy_to("source-object", MetadataDirective="REPLACE", Metadata={"key2": "value2"}) == copy
    source.head(Metadata={"key2": "value2"})  # and the type is what it is by default
    assert source.copy_to("source-object", MetadataDirective="COPY", StorageClass="STANDARD") == copy
    source.head(Metadata={"key2": "value2"})
    assert source.copy_to("source-object", MetadataDirective="COPY", StorageClass="STANDARD",
                          Metadata={"key3": "value3"}) == copy
    source.head(Metadata={"key2": "value2"})
    assert source.copy_to("source-object", MetadataDirective="REPLACE") == copy
    source.head()


@recorded("copy-object-in-place-suspended")
def test_a_copy_onto_itself_with_nothing_new_but_the_directive(ask: Ask) -> None:
    """The steps before versioning is suspended."""
    source = a_json(ask)
    assert source.copy_to("source-object", MetadataDirective="REPLACE") == copied(**JSON)
    source.head()
    checksum = {name: value for name, value in JSON.items() if name != "etag"}
    assert ask.get_object(Key="source-object") == ok(
        Body=b'{"key": "value"}', ETag=JSON["etag"], ContentLength=16, **checksum, **PLAIN)


@recorded("copy-object-special-characters")
def test_keys_with_special_characters_are_copied(ask: Ask) -> None:
    other = new_bucket(ask.sdk)
    keys = ["file%2Fname", "test@key/", "test key/", "test key//", "a/%F0%9F%98%80/", "test+key"]
    for key in keys:
        assert ask.put_object(Key=key, Body=b"test") == ok(
            ETag=TEST["etag"], ChecksumCRC32="2H9+DA==", **WHOLE, **AES256)
        assert ask.copy_object(Bucket=other, Key=key, CopySource={"Bucket": ask.bucket, "Key": key}) == copied(**TEST)
    assert ask.list_objects_v2(Bucket=other) == listed(other, [entry(key, TEST["etag"], 4) for key in sorted(keys)])


@recorded("copy-object-missing-source")
def test_the_source_of_a_copy_must_be_there(ask: Ask) -> None:
    """The steps before versioning is enabled."""
    assert ask.copy_object(Key="fake-dest-key", CopySource={"Bucket": "fake-bucket-3f1c", "Key": "random-src-key"}) == \
        no_such_bucket("fake-bucket-3f1c")
    assert ask.copy_object(Key="fake-dest-key", CopySource={"Bucket": ask.bucket, "Key": "random-src-key"}) == \
        no_such_key("random-src-key")


@recorded("copy-object-malformed-source")
def test_a_copy_source_without_a_slash_is_refused(ask: Ask) -> None:
    assert ask.copy_object(Key="destination-key", CopySource="wrongformat") == error(
        400, "InvalidArgument", "Invalid copy source object key",
        ArgumentName="x-amz-copy-source", ArgumentValue="x-amz-copy-source")


@recorded("copy-in-place-bucket-encryption")
def test_a_bucket_with_an_encryption_configuration_takes_copies_onto_themselves(ask: Ask) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    assert ask.put_bucket_encryption(ServerSideEncryptionConfiguration={"Rules": [rule]}) == ok()
    empty = {"etag": EMPTY_ETAG, "ChecksumCRC32": "AAAAAA==", **WHOLE}
    assert ask.put_object(Key="test-enc", Body=b"") == ok(
        ETag=EMPTY_ETAG, ChecksumCRC32="AAAAAA==", **WHOLE, **AES256)
    assert ask.copy_object(Key="test-enc", CopySource={"Bucket": ask.bucket, "Key": "test-enc"}) == copied(**empty)
