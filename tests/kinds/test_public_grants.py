"""What an ACL lets everyone do, and what takes that back."""

from __future__ import annotations

import base64
import hashlib

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import Server

import pages
from public_grants_table import ASKED, PERMISSIONS, Asked

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
GRANT_PARAMETERS = {"READ": "GrantRead", "WRITE": "GrantWrite", "READ_ACP": "GrantReadACP", "WRITE_ACP": "GrantWriteACP",
                    "FULL_CONTROL": "GrantFullControl"}

FORM = (b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nposted\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nthe file\r\n--x--\r\n')
FORM_TYPE = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def s3(server: Server) -> BaseClient:
    return client(server)


@pytest.fixture
def bucket(s3: BaseClient) -> str:
    """With an object, where ACLs count."""
    name = new_bucket(s3)
    s3.delete_bucket_ownership_controls(Bucket=name)
    s3.delete_public_access_block(Bucket=name)
    s3.put_object(Bucket=name, Key="key", Body=b"x")
    return name


def grant(s3: BaseClient, bucket: str, of: str, permission: str, group: str = ALL_USERS) -> None:
    parameters = {"Bucket": bucket, GRANT_PARAMETERS[permission]: f'uri="{group}"'}
    if of == "bucket":
        s3.put_bucket_acl(**parameters)
    else:
        s3.put_object_acl(Key="key", **parameters)


def ask(server: Server, bucket: str, asked: Asked, owner: str) -> Answer:
    return send(asked.method, f"{server.url}/{bucket}{asked.target}", asked.body.replace(b"{owner}", owner.encode()))


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("of", ["bucket", "object"])
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_grant_lets_everyone_do_what_it_names_and_nothing_else(server: Server, s3: BaseClient, bucket: str, asked: Asked, of: str,
                                                                 permission: str) -> None:
    owner = s3.list_buckets()["Owner"]["ID"]
    assert ask(server, bucket, asked, owner).status == 403
    grant(s3, bucket, of, permission)
    granted = of == asked.of and permission in (asked.by, "FULL_CONTROL")
    status = ask(server, bucket, asked, owner).status
    assert status in (200, 204) if granted else status == 403


@pytest.mark.parametrize("taken_back", ["the group has accounts", "owner enforced", "ignored", "the ACL of the object is its own"])
def test_what_is_granted_can_be_taken_back_for_all(server: Server, s3: BaseClient, bucket: str, taken_back: str) -> None:
    grant(s3, bucket, "object", "READ", AUTHENTICATED if taken_back == "the group has accounts" else ALL_USERS)
    url = f"{server.url}/{bucket}/key"
    if taken_back != "the group has accounts":
        assert send("GET", url).status == 200
    if taken_back == "owner enforced":
        s3.put_object_acl(Bucket=bucket, Key="key", ACL="private")
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    elif taken_back == "ignored":
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    elif taken_back == "the ACL of the object is its own":
        s3.put_object(Bucket=bucket, Key="key", Body=b"again")
        grant(s3, bucket, "bucket", "READ")
    answer = send("GET", url)
    assert (answer.status, answer.error()["Code"]) == (403, "AccessDenied")


def test_a_missing_key_is_told_to_who_may_list(server: Server, s3: BaseClient, bucket: str) -> None:
    missing = f"{server.url}/{bucket}/missing"
    assert send("GET", missing).error()["Code"] == "AccessDenied"
    grant(s3, bucket, "bucket", "READ")
    assert send("GET", missing).error()["Code"] == "NoSuchKey"


def test_each_version_has_its_own_acl(server: Server, s3: BaseClient, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    public = s3.put_object(Bucket=bucket, Key="key", Body=b"old", ACL="public-read")["VersionId"]
    private = s3.put_object(Bucket=bucket, Key="key", Body=b"new")["VersionId"]
    url = f"{server.url}/{bucket}/key"
    assert send("GET", f"{url}?versionId={public}").body == b"old"
    assert send("GET", f"{url}?versionId={private}").status == 403
    assert send("GET", url).status == 403


def test_a_form_without_a_policy_is_anybody_s(server: Server, s3: BaseClient, bucket: str) -> None:
    def post() -> Answer:
        return send("POST", f"{server.url}/{bucket}", FORM, FORM_TYPE)

    assert post().error()["Code"] == "AccessDenied"
    grant(s3, bucket, "bucket", "WRITE")
    assert post().status == 204
    assert s3.get_object(Bucket=bucket, Key="posted")["Body"].read() == b"the file"


@pytest.mark.parametrize("by", ["put", "form", "delete", "delete of several"])
def test_write_lets_nobody_replace_or_delete_what_another_owns(server: Server, s3: BaseClient, bucket: str, by: str) -> None:
    grant(s3, bucket, "bucket", "WRITE")
    url = f"{server.url}/{bucket}"

    def write(key: str) -> Answer:
        if by == "put":
            return send("PUT", f"{url}/{key}", b"nobody's")
        if by == "form":
            return send("POST", url, FORM.replace(b"posted", key.encode()), FORM_TYPE)
        if by == "delete":
            return send("DELETE", f"{url}/{key}")
        document = f"<Delete><Object><Key>{key}</Key></Object></Delete>".encode()
        return send("POST", f"{url}?delete", document, {"Content-MD5": base64.b64encode(hashlib.md5(document).digest()).decode()})

    assert b"AccessDenied" in write("key").body
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"
    assert send("PUT", f"{url}/own", b"nobody's").status == 200
    for _ in range(2):
        answer = write("own")
        assert answer.status in (200, 204) and b"AccessDenied" not in answer.body


def test_a_bucket_that_is_made_again_has_the_acl_of_a_new_one(server: Server, s3: BaseClient, bucket: str) -> None:
    """Source: S3 API reference, CreateBucket, BucketAlreadyOwnedByYou."""
    grant(s3, bucket, "bucket", "READ")
    assert send("GET", f"{server.url}/{bucket}").status == 200
    s3.create_bucket(Bucket=bucket)
    assert send("GET", f"{server.url}/{bucket}").status == 403
    assert [one["Permission"] for one in s3.get_bucket_acl(Bucket=bucket)["Grants"]] == ["FULL_CONTROL"]
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"


def test_a_digest_that_nobody_signed_counts_all_the_same(server: Server, s3: BaseClient, bucket: str) -> None:
    grant(s3, bucket, "bucket", "WRITE")
    answer = send("PUT", f"{server.url}/{bucket}/new", b"x", {"x-amz-content-sha256": "0" * 64})
    assert answer.error()["Code"] == "XAmzContentSHA256Mismatch"


OVERRIDES = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


@pytest.mark.parametrize("header", OVERRIDES)
def test_nobody_sets_a_header_of_the_answer(header: str, server: Server, s3: BaseClient, bucket: str) -> None:
    """Reported: floci#1098, which tried it on a public object of Amazon S3; aws-sdk-ruby#2273."""
    grant(s3, bucket, "object", "READ")
    url = f"{server.url}/{bucket}/key?response-{header}=x"
    answer = send("GET", url)
    error = answer.error()
    assert (answer.status, error["Code"]) == (400, "InvalidRequest")
    assert error["Message"] == "Request specific response headers cannot be used for anonymous GET requests."
    assert send("HEAD", url).status == 400


def test_the_page_is_the_table() -> None:
    text = ("# What an ACL lets everyone do\n\n"
            "The group AllUsers is everyone, who signs nothing. Made by `tests/kinds/test_public_grants.py` from "
            "`public_grants_table.py`; every cell is asked with\neach permission on the bucket and on the object. "
            "An ACL counts only where the bucket's ownership isn't BucketOwnerEnforced and its public access\nblock doesn't ignore "
            "public ACLs; both are otherwise from the start. Who may list a bucket is told NoSuchKey of a missing key, anybody else\n"
            "AccessDenied. WRITE lets everyone make new objects: what another owns it lets nobody replace or delete (S3 API reference,\n"
            "x-amz-grant-write). What nobody signed for is its own to replace, and the account's to read, too, unlike at Amazon S3.\n"
            "Source: S3 user guide, \"Access control list (ACL) overview\"; recorded: anonymous-get-public-object,\n"
            "delete-objects-anonymous, cors-method-matching.\n\n")
    text += ("Who signs nothing sets no header of the answer (`response-content-type` and its kin): InvalidRequest, of a HEAD too (reported:\n"
             "floci#1098, aws-sdk-ruby#2273).\n\n")
    text += pages.table(("operation", "ACL of the", "permission"),
                        ((asked.name, asked.of or "-", f"{asked.by}, FULL_CONTROL" if asked.by else "none") for asked in ASKED))
    pages.check("public-grants.md", text)
