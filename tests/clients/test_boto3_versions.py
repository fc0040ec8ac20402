"""Buckets with versions, tags of objects, and access settings, through boto3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from support.s3 import Upload, new_bucket, refused
from support.server import ACCESS_KEY, SECRET_KEY, Server

MIB = 1024 * 1024


def set_versioning(s3: BaseClient, bucket: str, status: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.fixture
def versioned(s3: BaseClient) -> str:
    bucket = new_bucket(s3)
    set_versioning(s3, bucket, "Enabled")
    return bucket


def answer_of(call: Any, **params: Any) -> dict[str, Any]:
    """Of a call that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value.response


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    return answer["ResponseMetadata"]["HTTPHeaders"]


# --- Versions ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("document, code", [
    ("", "MissingRequestBodyError"),
    ("<VersioningConfiguration/>", "IllegalVersioningConfigurationException"),
    ("<VersioningConfiguration><Status></Status></VersioningConfiguration>",
     "IllegalVersioningConfigurationException"),
    ("<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>", "MalformedXML"),
    ("<VersioningConfiguration><Status>Disabled</Status></VersioningConfiguration>", "MalformedXML"),
    ("<VersioningConfiguration><Status>Enabled</Status><Status>Enabled</Status></VersioningConfiguration>",
     "MalformedXML"),
    ("<VersioningConfiguration><Status>Enabled</Status><Foo/></VersioningConfiguration>", "MalformedXML"),
    ("<VersioningConfiguration><Status>Enabled</Status><MfaDelete>disabled</MfaDelete></VersioningConfiguration>",
     "MalformedXML"),
    ("<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>",
     "AccessDenied"),
    ("<VersioningConfiguration><Status>Enabled", "MalformedXML"),
])
def test_a_versioning_configuration_that_is_refused_changes_nothing(s3: BaseClient, document: str, code: str) -> None:
    bucket = new_bucket(s3)

    def replace(request: Any, **_: Any) -> None:
        request.data = document.encode()
        for name in [name for name in request.headers if name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum-"))]:
            del request.headers[name]

    s3.meta.events.register_first("before-sign.s3.PutBucketVersioning", replace)
    try:
        with refused(code):
            set_versioning(s3, bucket, "Enabled")
    finally:
        s3.meta.events.unregister("before-sign.s3.PutBucketVersioning", replace)
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)


def test_mfa_delete_that_is_off_can_be_named(s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled", "MFADelete": "Disabled"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_reading_what_a_delete_marker_hides(s3: BaseClient, versioned: str) -> None:
    kept = s3.put_object(Bucket=versioned, Key="key", Body=b"kept")["VersionId"]
    gone = s3.delete_object(Bucket=versioned, Key="key")
    assert gone["DeleteMarker"] is True

    for read in (s3.get_object, s3.head_object):
        hidden = answer_of(read, Bucket=versioned, Key="key")
        assert hidden["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert headers_of(hidden)["x-amz-delete-marker"] == "true"
        assert headers_of(hidden)["x-amz-version-id"] == gone["VersionId"]
        marker = answer_of(read, Bucket=versioned, Key="key", VersionId=gone["VersionId"])
        assert marker["ResponseMetadata"]["HTTPStatusCode"] == 405
        headers = headers_of(marker)
        assert headers["allow"] == "DELETE"
        assert headers["x-amz-delete-marker"] == "true"
        assert headers["x-amz-version-id"] == gone["VersionId"]
        assert headers["last-modified"].endswith("GMT")
        assert read(Bucket=versioned, Key="key", VersionId=kept)["ContentLength"] == 4
    error = answer_of(s3.get_object, Bucket=versioned, Key="key", VersionId=gone["VersionId"])["Error"]
    assert {name: error[name] for name in ("Code", "Method", "ResourceType")} == {
        "Code": "MethodNotAllowed", "Method": "GET", "ResourceType": "DeleteMarker"}

    undone = s3.delete_object(Bucket=versioned, Key="key", VersionId=gone["VersionId"])
    assert undone["DeleteMarker"] is True
    assert undone["VersionId"] == gone["VersionId"]
    assert s3.get_object(Bucket=versioned, Key="key")["Body"].read() == b"kept"


def test_versions_that_are_not_there(s3: BaseClient, versioned: str) -> None:
    version = s3.put_object(Bucket=versioned, Key="key", Body=b"1")["VersionId"]
    s3.put_object(Bucket=versioned, Key="other", Body=b"2")
    with refused("NoSuchVersion", 404) as error:
        s3.get_object(Bucket=versioned, Key="other", VersionId=version)
    assert (error["Key"], error["VersionId"]) == ("other", version)
    with refused("NoSuchVersion", 404):
        s3.get_object_tagging(Bucket=versioned, Key="key", VersionId="null")
    with refused("InvalidArgument", 400) as error:
        s3.get_object(Bucket=versioned, Key="key", VersionId="nonsense")
    assert error["Message"] == "Invalid version id specified"
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("versionId", "nonsense")
    with refused("InvalidArgument", 400):
        s3.delete_object(Bucket=versioned, Key="key", VersionId="nonsense")
    # What is gone can be deleted again, by one or by many.
    for _ in range(2):
        assert s3.delete_object(Bucket=versioned, Key="key", VersionId=version)["VersionId"] == version
    answer = s3.delete_objects(Bucket=versioned, Delete={"Objects": [
        {"Key": "key", "VersionId": version}, {"Key": "other", "VersionId": "nonsense"}]})
    assert answer["Deleted"] == [{"Key": "key", "VersionId": version}]
    assert [(one["Key"], one["VersionId"], one["Code"]) for one in answer["Errors"]] == [
        ("other", "nonsense", "NoSuchVersion")]


def test_an_upload_becomes_a_version_and_a_version_is_copied_into_a_part(s3: BaseClient, versioned: str) -> None:
    first = s3.put_object(Bucket=versioned, Key="source", Body=b"1" * 5 * MIB)["VersionId"]
    s3.put_object(Bucket=versioned, Key="source", Body=b"2")
    upload = Upload(s3, versioned)
    copied = s3.upload_part_copy(**upload.at, PartNumber=1,
                                 CopySource={"Bucket": versioned, "Key": "source", "VersionId": first})
    assert copied["CopySourceVersionId"] == first
    upload.parts[1] = {"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}
    upload.put(2, b"end")
    completed = upload.complete()
    assert upload.complete()["VersionId"] == completed["VersionId"]  # again
    s3.put_object(Bucket=versioned, Key="object", Body=b"later")
    old = s3.get_object(Bucket=versioned, Key="object", VersionId=completed["VersionId"])
    assert old["Body"].read() == b"1" * 5 * MIB + b"end"
    assert s3.head_object(Bucket=versioned, Key="object", VersionId=completed["VersionId"],
                          PartNumber=2)["ContentLength"] == 3
    attributes = s3.get_object_attributes(Bucket=versioned, Key="object", VersionId=completed["VersionId"],
                                          ObjectAttributes=["ObjectParts", "ObjectSize"])
    assert attributes["ObjectParts"]["TotalPartsCount"] == 2
    assert attributes["VersionId"] == completed["VersionId"]


@pytest.mark.parametrize("status", ["never", "Suspended"])
def test_no_version_is_told_where_the_null_version_is_made(s3: BaseClient, status: str) -> None:
    bucket = new_bucket(s3)
    if status != "never":
        set_versioning(s3, bucket, status)
    upload = Upload(s3, bucket)
    upload.put(1, b"x")
    assert "VersionId" not in upload.complete()
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="object", Body=b"y")
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(one["Key"], one["VersionId"], one["Size"]) for one in listed] == [("object", "null", 1)]


def test_the_current_version_is_copied_onto_itself_where_it_is_named(s3: BaseClient, versioned: str) -> None:
    put = s3.put_object(Bucket=versioned, Key="key", Body=b"data")
    source = {"Bucket": versioned, "Key": "key"}
    with refused("InvalidRequest"):
        s3.copy_object(Bucket=versioned, Key="key", CopySource=source)
    copied = s3.copy_object(Bucket=versioned, Key="key", CopySource={**source, "VersionId": put["VersionId"]})
    assert copied["CopySourceVersionId"] == put["VersionId"] != copied["VersionId"]


def test_an_older_version_is_brought_back_by_a_copy(s3: BaseClient, versioned: str) -> None:
    old = s3.put_object(Bucket=versioned, Key="key", Body=b"old")["VersionId"]
    s3.put_object(Bucket=versioned, Key="key", Body=b"new")
    copied = s3.copy_object(Bucket=versioned, Key="key",
                            CopySource={"Bucket": versioned, "Key": "key", "VersionId": old})
    assert copied["CopySourceVersionId"] == old
    assert s3.get_object(Bucket=versioned, Key="key")["Body"].read() == b"old"


@pytest.mark.parametrize("status", ["never", "Enabled", "Suspended"])
def test_the_ways_of_test_suites_to_empty_a_bucket(s3: BaseClient, server: Server, status: str) -> None:
    bucket = new_bucket(s3)
    for key in ("a", "b/1", "b/2", "ü ?&"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"unversioned")
    if status != "never":
        set_versioning(s3, bucket, "Enabled")
        for key in ("a", "a", "b/1", "c"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"versioned")
        s3.delete_object(Bucket=bucket, Key="a")
        set_versioning(s3, bucket, status)
        s3.delete_object(Bucket=bucket, Key="c")
    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=bucket)

    listed = [(one["Key"], one["VersionId"], one["IsLatest"]) for page in s3.get_paginator("list_object_versions")
              .paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
              for one in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    assert len(listed) == {"never": 4, "Enabled": 10, "Suspended": 10}[status]
    assert len(set(listed)) == len(listed)
    assert sum(latest for _, _, latest in listed) == len({key for key, _, _ in listed})

    resource = boto3.resource("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
                              aws_secret_access_key=SECRET_KEY)
    resource.Bucket(bucket).object_versions.delete()
    s3.delete_bucket(Bucket=bucket)


def test_listing_versions_in_groups_and_behind_markers(s3: BaseClient, versioned: str) -> None:
    ids = {key: s3.put_object(Bucket=versioned, Key=key, Body=b"x")["VersionId"] for key in ("a", "b/1", "b/2", "c")}
    newest = s3.put_object(Bucket=versioned, Key="a", Body=b"y")["VersionId"]
    page = s3.list_object_versions(Bucket=versioned, Delimiter="/")
    assert [one["Key"] for one in page["Versions"]] == ["a", "a", "c"]
    assert page["CommonPrefixes"] == [{"Prefix": "b/"}]
    assert page["Delimiter"] == "/"
    page = s3.list_object_versions(Bucket=versioned, MaxKeys=1)
    assert (page["IsTruncated"], page["NextKeyMarker"], page["NextVersionIdMarker"]) == (True, "a", newest)
    page = s3.list_object_versions(Bucket=versioned, KeyMarker="a", VersionIdMarker=newest, MaxKeys=1)
    assert [one["VersionId"] for one in page["Versions"]] == [ids["a"]]
    assert page["VersionIdMarker"] == newest
    page = s3.list_object_versions(Bucket=versioned, KeyMarker="a", Prefix="b")
    assert [one["Key"] for one in page["Versions"]] == ["b/1", "b/2"]
    with refused("InvalidArgument", 400) as error:
        s3.list_object_versions(Bucket=versioned, VersionIdMarker=newest)
    assert error["Message"] == "A version-id marker cannot be specified without a key marker."
    with refused("InvalidArgument", 400):
        s3.list_object_versions(Bucket=versioned, KeyMarker="a", VersionIdMarker="nonsense")
    with refused("NoSuchBucket", 404):
        s3.list_object_versions(Bucket="no-such-bucket-3f1c")


def test_conditional_writes_look_at_the_latest_version(s3: BaseClient, versioned: str) -> None:
    etag = s3.put_object(Bucket=versioned, Key="key", Body=b"1")["ETag"]
    with refused("PreconditionFailed", 412):
        s3.put_object(Bucket=versioned, Key="key", Body=b"2", IfNoneMatch="*")
    s3.put_object(Bucket=versioned, Key="key", Body=b"2", IfMatch=etag)
    with refused("PreconditionFailed", 412):
        s3.put_object(Bucket=versioned, Key="key", Body=b"3", IfMatch=etag)
    s3.delete_object(Bucket=versioned, Key="key")
    with refused("NoSuchKey", 404):
        s3.put_object(Bucket=versioned, Key="key", Body=b"3", IfMatch=etag)
    s3.put_object(Bucket=versioned, Key="key", Body=b"3", IfNoneMatch="*")


# --- Tags -------------------------------------------------------------------------------------------------------------

def tag_set(*tags: tuple[str, str]) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}


def test_tags_are_of_one_version(s3: BaseClient, versioned: str) -> None:
    first = s3.put_object(Bucket=versioned, Key="key", Body=b"1", Tagging="colour=red&size=")["VersionId"]
    second = s3.put_object(Bucket=versioned, Key="key", Body=b"2")["VersionId"]
    assert s3.get_object_tagging(Bucket=versioned, Key="key")["TagSet"] == []
    of_first = s3.get_object_tagging(Bucket=versioned, Key="key", VersionId=first)
    assert (of_first["VersionId"], of_first["TagSet"]) == (first, tag_set(("colour", "red"), ("size", ""))["TagSet"])
    put = s3.put_object_tagging(Bucket=versioned, Key="key", Tagging=tag_set(("a", "b")))
    assert put["VersionId"] == second
    assert s3.get_object(Bucket=versioned, Key="key")["TagCount"] == 1
    assert headers_of(s3.head_object(Bucket=versioned, Key="key", VersionId=first))["x-amz-tagging-count"] == "2"
    gone = s3.delete_object_tagging(Bucket=versioned, Key="key", VersionId=first)
    assert (gone["VersionId"], gone["ResponseMetadata"]["HTTPStatusCode"]) == (first, 204)
    assert "TagCount" not in s3.get_object(Bucket=versioned, Key="key", VersionId=first)
    assert s3.get_object_tagging(Bucket=versioned, Key="key")["TagSet"] == tag_set(("a", "b"))["TagSet"]


@pytest.mark.parametrize("tags, code, told", [
    ([(f"key-{number}", "") for number in range(11)], "BadRequest", {}),
    ([("a", "1"), ("a", "2")], "InvalidTag", {"TagKey": "a"}),
    ([("k" * 129, "")], "InvalidTag", {"TagKey": "k" * 129}),
    ([("k", "v" * 257)], "InvalidTag", {"TagKey": "k", "TagValue": "v" * 257}),
    ([("aws:k", "v")], "InvalidTag", {"TagKey": "aws:k", "Message": "Your TagKey cannot be prefixed with aws:"}),
    ([("k,", "v")], "InvalidTag", {"TagKey": "k,"}),
], ids=["eleven", "twice", "long-key", "long-value", "reserved", "comma"])
def test_tags_that_are_refused_change_nothing(s3: BaseClient, tags: list[tuple[str, str]], code: str,
                                              told: dict[str, str]) -> None:
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="key", Body=b"1", Tagging="a=b")
    with refused(code, 400) as error:
        s3.put_object_tagging(Bucket=bucket, Key="key", Tagging=tag_set(*tags))
    assert {name: error[name] for name in told} == told
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == tag_set(("a", "b"))["TagSet"]


def test_tags_at_their_limits(s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="key", Body=b"1")
    tags = tag_set(*((f"{number}" * 128, "ü" * 256) for number in range(10)))
    s3.put_object_tagging(Bucket=bucket, Key="key", Tagging=tags)
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == tags["TagSet"]
    with refused("NoSuchKey", 404):
        s3.put_object_tagging(Bucket=bucket, Key="missing", Tagging=tag_set(("a", "b")))
    upload = Upload(s3, bucket, "uploaded", Tagging="a=b&c=d")
    upload.put(1, b"x")
    upload.complete()
    assert s3.head_object(Bucket=bucket, Key="uploaded")["TagCount"] == 2


# --- Access -----------------------------------------------------------------------------------------------------------

def full_control(answer: dict[str, Any]) -> bool:
    owner = answer["Owner"]["ID"]
    return bool(answer["Grants"] == [
        {"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}])


def test_a_new_bucket_takes_no_acls_and_blocks_public_access(s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    at: dict[str, str] = {"Bucket": bucket, "Key": "key"}
    for harmless in ("private", "bucket-owner-full-control"):
        s3.put_object(**at, Body=b"1", ACL=harmless)
    assert full_control(s3.get_bucket_acl(Bucket=bucket))
    assert full_control(s3.get_object_acl(**at))
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]["ID"]
    for call, params in [
        (s3.put_object, {**at, "ACL": "public-read"}), (s3.put_object, {**at, "GrantRead": f"id={owner}"}),
        (s3.put_object_acl, {**at, "ACL": "public-read"}), (s3.put_bucket_acl, {"Bucket": bucket, "ACL": "private"}),
        (s3.create_multipart_upload, {**at, "ACL": "authenticated-read"}),
    ]:
        with refused("AccessControlListNotSupported", 400) as error:
            call(**params)
        assert error["Message"] == "The bucket does not allow ACLs"
    s3.put_object_acl(**at, ACL="bucket-owner-full-control")
    with refused("InvalidBucketAclWithObjectOwnership", 400):
        s3.create_bucket(Bucket=f"{bucket}-2", ACL="public-read")
    with refused("InvalidBucketAclWithBlockPublicAccessError", 400):
        s3.create_bucket(Bucket=f"{bucket}-2", ACL="public-read", ObjectOwnership="ObjectWriter")


def test_a_bucket_that_takes_acls_keeps_and_tells_them(s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    s3.put_bucket_ownership_controls(Bucket=bucket,
                                     OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    with refused("AccessDenied", 403):
        s3.put_object(Bucket=bucket, Key="key", Body=b"1", ACL="public-read")
    s3.delete_public_access_block(Bucket=bucket)
    with refused("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"1", ACL="public-read")
    granted = {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
               "Permission": "READ"}
    assert s3.get_object_acl(Bucket=bucket, Key="key")["Grants"][1:] == [granted]
    s3.put_object_acl(Bucket=bucket, Key="key", ACL="private")
    assert full_control(s3.get_object_acl(Bucket=bucket, Key="key"))
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][1:] == [granted]
    with refused("InvalidBucketAclWithObjectOwnership", 400):
        s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    with refused("OwnershipControlsNotFoundError", 404):
        s3.get_bucket_ownership_controls(Bucket=bucket)
