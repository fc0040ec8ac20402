"""Buckets with versions."""

from __future__ import annotations

from typing import Any

from answers import A_TIME, Answer, Ask, error, ok
from facts import (A_VERSION, AES256, COPY_CHANGES_NOTHING, EMPTY_ETAG, JSON, JSON_BODY, OWNER, PLAIN, WHOLE, attributes,
                   copied, crc32, entry, facts_of, listed, no_such_key, put_version, recorded)


def set_versioning(ask: Ask, status: str) -> None:
    assert ask.put_bucket_versioning(VersioningConfiguration={"Status": status}) == ok()
    assert ask.get_bucket_versioning() == ok(Status=status)


def got(body: bytes, **fields: Any) -> Answer:
    return Answer({**ok(), **PLAIN, "Body": body, "ContentLength": len(body), **facts_of(body), **fields})


def version(key: str, version_id: str, body: bytes, *, latest: bool) -> dict[str, Any]:
    """An object put with CRC32, in a list of versions."""
    return {**entry(key, facts_of(body)["ETag"], len(body)), "VersionId": version_id, "IsLatest": latest,
            "Owner": OWNER}


def marker(key: str, version_id: str, *, latest: bool) -> dict[str, Any]:
    return {"Key": key, "VersionId": version_id, "IsLatest": latest, "LastModified": A_TIME, "Owner": OWNER}


def listed_versions(bucket: str, *versions: dict[str, Any], markers: list[dict[str, Any]] | None = None) -> Answer:
    """The whole list of ListObjectVersions."""
    answer = ok(Name=bucket, Prefix="", EncodingType="url", IsTruncated=False, KeyMarker="", VersionIdMarker="",
                MaxKeys=1000)
    if versions:
        answer["Versions"] = list(versions)
    if markers:
        answer["DeleteMarkers"] = markers
    return answer


@recorded("list-object-versions-order")
def test_versions_are_listed_by_key_and_the_newest_first(ask: Ask) -> None:
    assert ask.list_object_versions(EncodingType="url") == listed_versions(ask.bucket)
    set_versioning(ask, "Enabled")
    first, second, other = (put_version(ask, key, b"body") for key in ("test", "test", "test2"))
    assert ask.list_object_versions() == listed_versions(
        ask.bucket, version("test", second, b"body", latest=True), version("test", first, b"body", latest=False),
        version("test2", other, b"body", latest=True))


@recorded("versioning-null-and-ids")
def test_what_was_put_without_versions_is_the_null_version(ask: Ask) -> None:
    before, after = b"non-versioned-key", b"non-versioned-key-post"
    one, two = b"versioned-key", b"versioned-key-updated"
    null = version("non-version-bucket-key", "null", before, latest=True)
    assert ask.put_object(Key="non-version-bucket-key", Body=before) == ok(**facts_of(before), **AES256)
    assert ask.get_object(Key="non-version-bucket-key") == got(before)
    assert ask.list_object_versions() == listed_versions(ask.bucket, null)

    set_versioning(ask, "Enabled")
    assert ask.get_object(Key="non-version-bucket-key") == got(before, VersionId="null")
    first = put_version(ask, "versioned-bucket-key", one)
    second = put_version(ask, "versioned-bucket-key", two)
    assert ask.get_object(Key="versioned-bucket-key") == got(two, VersionId=second)
    all_of_them = listed_versions(ask.bucket, null, version("versioned-bucket-key", second, two, latest=True),
                                  version("versioned-bucket-key", first, one, latest=False))
    assert ask.list_object_versions() == all_of_them

    set_versioning(ask, "Suspended")
    assert ask.list_object_versions() == all_of_them
    assert ask.get_object(Key="versioned-bucket-key") == got(two, VersionId=second)
    assert ask.get_object(Key="non-version-bucket-key") == got(before, VersionId="null")
    # The put doesn't tell the null version that it makes; getting does.
    key = "non-version-bucket-key-after-disable"
    assert ask.put_object(Key=key, Body=after) == ok(**facts_of(after), **AES256)
    assert ask.get_object(Key=key) == got(after, VersionId="null")


@recorded("delete-objects-versioned")
def test_deleting_many_makes_delete_markers_and_takes_them_away(ask: Ask) -> None:
    key = "test-key-versioned"
    set_versioning(ask, "Enabled")
    first = put_version(ask, key, b"something")
    second = put_version(ask, key, b"something-v2")
    assert ask.list_objects_v2() == listed(
        ask.bucket, [entry(key, facts_of(b"something-v2")["ETag"], len(b"something-v2"))])

    deleted = ask.delete_objects(Delete={"Objects": [{"Key": key}]})
    assert deleted == ok(Deleted=[{"Key": key, "DeleteMarker": True, "DeleteMarkerVersionId": A_VERSION}])
    gone = deleted["Deleted"][0]["DeleteMarkerVersionId"]
    assert ask.list_object_versions() == listed_versions(
        ask.bucket, version(key, second, b"something-v2", latest=False),
        version(key, first, b"something", latest=False),
        markers=[marker(key, gone, latest=True)])

    both = [{"Key": key, "VersionId": second}, {"Key": key, "VersionId": first}]
    answer = ask.delete_objects(Delete={"Objects": both})
    # The order is not that of the request, and not the same each time.
    assert answer == ok(Deleted=answer["Deleted"])
    assert sorted(answer["Deleted"], key=str) == sorted(both, key=str)
    assert ask.list_objects_v2() == listed(ask.bucket, [])
    assert ask.list_object_versions() == listed_versions(ask.bucket, markers=[marker(key, gone, latest=True)])

    assert ask.delete_objects(Delete={"Objects": [{"Key": key, "VersionId": gone}]}) == ok(
        Deleted=[{"Key": key, "VersionId": gone, "DeleteMarker": True, "DeleteMarkerVersionId": gone}])


@recorded("delete-objects-by-version-id")
def test_deleting_a_version_makes_no_delete_marker(ask: Ask) -> None:
    body = b"Lorem ipsum dolor sit amet, ... " * 30
    set_versioning(ask, "Enabled")
    first = put_version(ask, "aws/s3/testkey1.txt", body)
    second = put_version(ask, "aws/s3/testkey2.txt", body)
    named = {"Key": "aws/s3/testkey1.txt", "VersionId": first}
    assert ask.delete_objects(Delete={"Objects": [named]}) == ok(Deleted=[named])
    assert ask.list_object_versions() == listed_versions(
        ask.bucket, version("aws/s3/testkey2.txt", second, body, latest=True))
    set_versioning(ask, "Suspended")


@recorded("get-object-attributes-versioned")
def test_the_attributes_of_a_version(ask: Ask) -> None:
    key = "key-attrs-versioned"
    wanted = ["StorageClass", "ETag", "ObjectSize"]
    set_versioning(ask, "Enabled")
    first = put_version(ask, key, b"69\n420\n")
    second = put_version(ask, key, b"version 2")
    assert ask.get_object_attributes(Key=key, ObjectAttributes=[*wanted, "ObjectParts", "Checksum"]) == attributes(
        ETag="d4ca1ed7571e2e7b1f1c375bd50fa220", ObjectSize=9, StorageClass="STANDARD", VersionId=second,
        Checksum={"ChecksumCRC32": "44ffIg==", **WHOLE})
    assert ask.delete_object(Key=key) == ok(204, DeleteMarker=True, VersionId=A_VERSION)
    assert ask.get_object_attributes(Key=key, ObjectAttributes=wanted) == no_such_key(key)
    assert ask.get_object_attributes(Key=key, ObjectAttributes=wanted, VersionId=first) == attributes(
        ETag="e92499db864217242396e8ef766079a9", ObjectSize=7, StorageClass="STANDARD", VersionId=first)


@recorded("copy-object-missing-source")
def test_a_delete_marker_is_no_source_and_an_older_version_is(ask: Ask) -> None:
    """The steps with versions. The recording, of 2023, has no checksums yet."""
    def copy(**of: str) -> Answer:
        return ask.copy_object(Key="fake-dest-key", CopySource={"Bucket": ask.bucket, "Key": "random-src-key", **of})

    set_versioning(ask, "Enabled")
    object_version = put_version(ask, "random-src-key", b"")
    gone = ask.delete_object(Key="random-src-key")
    assert gone == ok(204, DeleteMarker=True, VersionId=A_VERSION)
    assert copy() == no_such_key("random-src-key")
    assert copy(VersionId=gone["VersionId"]) == error(
        400, "InvalidRequest",
        "The source of a copy request may not specifically refer to a delete marker by version id.")
    assert copy(VersionId=object_version) == {
        **copied(EMPTY_ETAG, ChecksumCRC32=crc32(b""), **WHOLE), "CopySourceVersionId": object_version,
        "VersionId": A_VERSION}


class InPlace:
    """An object that is copied onto itself with new metadata."""

    def __init__(self, ask: Ask):
        self.ask = ask

    def copy(self, **ids: object) -> Answer:
        answer = self.ask.copy_object(Key="source-object", MetadataDirective="REPLACE",
                                      CopySource={"Bucket": self.ask.bucket, "Key": "source-object"})
        checksum = {name: value for name, value in JSON.items() if name != "ETag"}
        assert answer == {**copied(JSON["ETag"], **checksum), **ids}
        return answer

    def holds(self, **ids: object) -> None:
        """GET and HEAD answer with these ids, and nothing is left of the metadata."""
        head = ok(**PLAIN, ETag=JSON["ETag"], ContentLength=len(JSON_BODY), **ids)
        assert self.ask.head_object(Key="source-object") == head
        checksum = {name: value for name, value in JSON.items() if name != "ETag"}
        assert self.ask.get_object(Key="source-object") == {**head, "Body": JSON_BODY, **checksum}


@recorded("copy-object-in-place-versioned")
def test_a_copy_onto_itself_is_a_new_version(ask: Ask) -> None:
    set_versioning(ask, "Enabled")
    first = put_version(ask, "source-object", JSON_BODY, ContentType="application/json", Metadata={"key": "value"})
    assert ask.head_object(Key="source-object") == ok(**{
        **PLAIN, "ETag": JSON["ETag"], "ContentLength": 16, "ContentType": "application/json",
        "Metadata": {"key": "value"}, "VersionId": first})
    assert ask.get_object_attributes(Key="source-object", ObjectAttributes=["StorageClass"]) == attributes(
        StorageClass="STANDARD", VersionId=first)
    assert ask.copy_object(Key="source-object", CopySource={"Bucket": ask.bucket, "Key": "source-object"}) == \
        COPY_CHANGES_NOTHING

    copies = InPlace(ask)
    second = copies.copy(CopySourceVersionId=first, VersionId=A_VERSION)["VersionId"]
    copies.holds(VersionId=second)
    set_versioning(ask, "Suspended")
    copies.copy(CopySourceVersionId=second, VersionId="null")
    copies.holds(VersionId="null")
    assert ask.head_object(Key="source-object", VersionId=second) == ok(
        **PLAIN, ETag=JSON["ETag"], ContentLength=16, VersionId=second)
    set_versioning(ask, "Enabled")
    copies.copy(VersionId=A_VERSION)  # the source is the null version, which is not told


@recorded("copy-object-in-place-suspended")
def test_a_copy_onto_itself_with_versions_suspended_tells_the_null_version(ask: Ask) -> None:
    """The steps after versioning is suspended."""
    ask.put_object(Key="source-object", Body=JSON_BODY, ContentType="application/json", Metadata={"key": "value"})
    set_versioning(ask, "Suspended")
    copies = InPlace(ask)
    copies.copy(VersionId="null")
    copies.holds(VersionId="null")
    copies.copy(VersionId="null")


@recorded("delete-object-versions-and-markers")
def test_what_deletions_make_and_take_away(ask: Ask) -> None:
    key, body = "test-delete", b"test-delete"
    set_versioning(ask, "Enabled")
    first = put_version(ask, key, body)

    def told_of(marker: str | None) -> bool:
        return (ask.headers.get("x-amz-delete-marker"), ask.headers.get("x-amz-version-id")) == (
            "true" if marker else None, marker)

    def delete(of: str = key, **version: str) -> Answer:
        return ask.delete_object(Key=of, **version)

    def made() -> str:
        answer = delete()
        assert answer == ok(204, DeleteMarker=True, VersionId=A_VERSION)
        return str(answer["VersionId"])

    marker = made()
    assert ask.get_object(Key=key) == no_such_key(key)
    assert told_of(marker)
    assert ask.get_object(Key=key, VersionId=first) == got(body, VersionId=first)
    assert ask.get_object(Key=key, VersionId=marker) == error(
        405, "MethodNotAllowed", "The specified method is not allowed against this resource.", Method="GET",
        ResourceType="DeleteMarker")
    assert told_of(marker) and ask.headers["allow"] == "DELETE"
    second = made()
    markers = [{"Key": key, "VersionId": each, "IsLatest": each == second, "LastModified": A_TIME, "Owner": OWNER}
               for each in (second, marker)]
    assert ask.list_object_versions(Prefix=key) == ok(
        Name=ask.bucket, Prefix=key, KeyMarker="", VersionIdMarker="", MaxKeys=1000, EncodingType="url",
        IsTruncated=False, DeleteMarkers=markers, Versions=[version(key, first, body, latest=False)])

    assert delete(VersionId=marker) == ok(204, DeleteMarker=True, VersionId=marker)
    assert delete(VersionId=first) == ok(204, VersionId=first)
    assert ask.get_object(Key=key, VersionId=first) == error(
        404, "NoSuchVersion", "The specified version does not exist.", Key=key, VersionId=first)
    assert told_of(None)
    wrong = first[:-4] + "ABCD"
    assert delete(VersionId=wrong) == error(
        400, "InvalidArgument", "Invalid version id specified", ArgumentName="versionId", ArgumentValue=wrong)
    assert told_of(None)
    assert delete("wrong-key") == ok(204, DeleteMarker=True, VersionId=A_VERSION)
