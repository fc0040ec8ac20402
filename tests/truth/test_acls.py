"""Access control lists of buckets and objects."""

from __future__ import annotations

from typing import Any

import pytest

from answers import AN_ID, Answer, Ask, error, ok
from facts import AES256, EMPTY_ETAG, OWNER, WHOLE, no_such_key, recorded

KEY = "object-key-acl"
ALL_USERS = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
LOG_DELIVERY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
TO_LOG_DELIVERY = f'uri="{LOG_DELIVERY["URI"]}"'
NO_GROUP = "http://acs.amazonaws.com/groups/s3/FakeGroup"


class Target:
    """The ACL of a bucket, or of an object in it."""

    def __init__(self, ask: Ask, kind: str):
        self.ask = ask
        self.kind = kind
        self.of: dict[str, str] = {"Key": KEY} if kind == "object" else {}
        self.owner = ask.list_buckets(MaxBuckets=1)["Owner"]
        self.user = {"Type": "CanonicalUser", "ID": self.owner["ID"]}

    def put(self, **params: Any) -> Answer:
        return getattr(self.ask, f"put_{self.kind}_acl")(**self.of, **params)

    def put_policy(self, grantee: dict[str, str], permission: str, **policy: Any) -> Answer:
        """With one grant."""
        return self.put(AccessControlPolicy={
            "Owner": self.owner, "Grants": [{"Grantee": grantee, "Permission": permission}], **policy})

    def told(self) -> Answer:
        return getattr(self.ask, f"get_{self.kind}_acl")(**self.of)

    def grants(self, *grants: tuple[dict[str, str], str]) -> Answer:
        """An answer that tells these."""
        return ok(Owner=self.owner, Grants=[
            {"Grantee": grantee, "Permission": permission} for grantee, permission in grants])


def allow_acls(ask: Ask) -> None:
    assert ask.delete_bucket_ownership_controls() == ok(204)
    assert ask.delete_public_access_block() == ok(204)


@pytest.fixture(params=["bucket", "object"])
def target(ask: Ask, request: pytest.FixtureRequest) -> Target:
    if request.param == "object":
        assert ask.put_object(Key=KEY, Body=b"") == ok(
            ETag=EMPTY_ETAG, ChecksumCRC32="AAAAAA==", **WHOLE, **AES256)
    return Target(ask, request.param)


@recorded("bucket-acl", "object-acl")
def test_an_acl_is_set_in_three_ways_and_each_replaces_it_whole(target: Target) -> None:
    allow_acls(target.ask)
    owners = (target.user, "FULL_CONTROL")
    assert target.told() == target.grants(owners)
    assert target.put(ACL="public-read") == ok()
    assert target.told() == target.grants(owners, (ALL_USERS, "READ"))
    assert target.put(ACL="private") == ok()
    assert target.told() == target.grants(owners)
    assert target.put(GrantRead=TO_LOG_DELIVERY) == ok()
    assert target.told() == target.grants((LOG_DELIVERY, "READ"))  # the owner has no grant left
    assert target.put(AccessControlPolicy={"Owner": target.owner, "Grants": [
        {"Grantee": target.user, "Permission": "FULL_CONTROL"},
        {"Grantee": LOG_DELIVERY, "Permission": "WRITE"}]}) == ok()
    assert target.told() == target.grants(owners, (LOG_DELIVERY, "WRITE"))


MALFORMED = error(400, "MalformedACLError",
                  "The XML you provided was not well-formed or did not validate against our published schema")


def invalid(message: str | None, name: str, value: str) -> Answer:
    return Answer(status=400, Error={"Code": "InvalidArgument", "Message": message, "ArgumentName": name,
                                     "ArgumentValue": value})


@recorded("bucket-acl-errors", "object-acl-errors")
def test_a_wrong_acl_is_told_before_acls_are_found_to_be_disabled(target: Target) -> None:
    fake = invalid(None, "x-amz-acl", "fake-acl")
    if target.kind == "object":
        assert target.ask.put_object(Key=KEY, Body=b"", ACL="fake-acl") == fake
    assert target.put(ACL="fake-acl") == fake
    assert target.put(GrantWrite=f'uri="{NO_GROUP}"') == invalid("Invalid group uri", "uri", NO_GROUP)
    assert target.put(GrantWrite='fakekey="1234"') == invalid(
        "Argument format not recognized", "x-amz-grant-write", 'fakekey="1234"')
    assert target.put(GrantWrite='id="wrong-id"') == invalid("Invalid id", "id", "wrong-id")

    no_user = invalid("Invalid id", "CanonicalUser/ID", "wrong-id")
    assert target.put(AccessControlPolicy={
        "Grants": [{"Grantee": LOG_DELIVERY, "Permission": "WRITE"}]}) == MALFORMED
    assert target.put_policy(LOG_DELIVERY, "WRONG-PERMISSION") == MALFORMED
    assert target.put_policy(LOG_DELIVERY, "FULL_CONTROL", Owner={"ID": "wrong-id"}) == no_user
    assert target.put_policy({"Type": "Group", "URI": NO_GROUP}, "FULL_CONTROL") == invalid(
        "Invalid group uri", "Group/URI", NO_GROUP)
    assert target.put_policy({"Type": "CanonicalUser", "ID": "wrong-id"}, "FULL_CONTROL") == no_user
    assert target.put_policy({"Type": "BadType", "ID": "wrong-id"}, "FULL_CONTROL") == MALFORMED
    assert target.put(AccessControlPolicy={}) == MALFORMED

    assert target.put() == error(400, "MissingSecurityHeader", "Your request was missing a required header",
                                 MissingHeaderName="x-amz-acl")
    assert target.put(ACL="private", GrantRead=TO_LOG_DELIVERY) == error(
        400, "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
    assert target.put(ACL="private", AccessControlPolicy={
        "Owner": target.owner, "Grants": [{"Grantee": target.user, "Permission": "FULL_CONTROL"}]}) == error(
            400, "UnexpectedContent", "This request does not support content")


@recorded("object-acl-on-delete-marker")
def test_a_delete_marker_has_no_acl(ask: Ask) -> None:
    key = "test-key-versioned"
    allow_acls(ask)
    assert ask.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}) == ok()
    for body, etag, checksum in [(b"something", '"437b930db84b8079c2dd804a71936b5f"', "Cdox+w=="),
                                 (b"something-v2", '"d28473b5c0d7abeb397551aa2fe42be7"', "Z6wjEQ==")]:
        assert ask.put_object(Key=key, Body=body) == ok(
            ETag=etag, ChecksumCRC32=checksum, VersionId=AN_ID, **WHOLE, **AES256)
    marker = ask.delete_object(Key=key)
    assert marker == ok(204, DeleteMarker=True, VersionId=AN_ID)

    def not_allowed(method: str) -> Answer:
        return error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
                     Method=method, ResourceType="DeleteMarker")

    assert ask.put_object_acl(Key=key, ACL="public-read") == not_allowed("PUT")
    assert ask.get_object_acl(Key=key) == no_such_key(key)
    of_marker = {"Key": key, "VersionId": marker["VersionId"]}
    assert ask.put_object_acl(**of_marker, ACL="public-read") == not_allowed("PUT")
    assert ask.get_object_acl(**of_marker) == not_allowed("GET")


def test_what_is_told_of_an_acl_can_be_put_back(target: Target) -> None:
    allow_acls(target.ask)
    for acl in [{"ACL": "public-read-write"}, {"GrantReadACP": f'{TO_LOG_DELIVERY}, id="{target.owner["ID"]}"'}]:
        assert target.put(**acl) == ok()
        told = target.told()
        assert target.put(ACL="private") == ok()
        assert target.put(AccessControlPolicy={"Owner": told["Owner"], "Grants": told["Grants"]}) == ok()
        assert target.told() == told
    assert OWNER == told["Owner"]
