"""Buckets with Object Lock: what is retained or held."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from double.control import Control
from support.s3 import client
from support.server import Server

from answers import A_TIME, Answer, Ask, error, ok
from facts import (A_VERSION, AES256, JSON, JSON_BODY, MALFORMED_XML, PLAIN, facts_of, no_such_bucket, no_such_key,
                   put_version, recorded)

LOCKED = error(403, "AccessDenied", "Access Denied because object protected by object lock.")
NO_LOCK = error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")
NEVER_SET = error(404, "NoSuchObjectLockConfiguration",
                  "The specified object does not have a ObjectLock configuration")
BOTH = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
MODE, UNTIL = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"
KEY = "locked-object"
FAR = "2099-01-01T00:00:00Z"


def far(**sooner: float) -> dict[str, Any]:
    """As boto3 shows that date, or one before it."""
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC) - datetime.timedelta(**sooner)
    return {"ObjectLockRetainUntilDate": until}


def in_time(**delta: float) -> datetime.datetime:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(**delta)).replace(microsecond=0)


def locking(sdk: BaseClient) -> Ask:
    bucket = f"locking-{uuid.uuid4().hex}"
    sdk.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    return Ask(sdk, bucket)


@pytest.fixture
def lock(sdk: BaseClient) -> Ask:
    """Asks about a new bucket that has Object Lock."""
    return locking(sdk)


def retain(lock: Ask, mode: str, until: object, **params: Any) -> Answer:
    return lock.put_object_retention(**{"Key": KEY, **params}, Retention={"Mode": mode, "RetainUntilDate": until})


def hold(lock: Ask, status: str, **params: Any) -> Answer:
    return lock.put_object_legal_hold(**{"Key": KEY, **params}, LegalHold={"Status": status})


def head(body: bytes, version: str, **lock: Any) -> Answer:
    """HEAD of an object put with CRC32; without `lock` it tells of none."""
    told = {name: value for name, value in facts_of(body).items() if name == "ETag"}
    return ok(**PLAIN, ContentLength=len(body), VersionId=version, **told, **lock)


@recorded("suspend-versioning-on-object-lock-bucket")
def test_versions_of_a_bucket_with_object_lock_are_enabled_and_stay_so(lock: Ask) -> None:
    assert lock.get_bucket_versioning() == ok(Status="Enabled")
    assert lock.put_bucket_versioning(VersioningConfiguration={"Status": "Suspended"}) == error(
        409, "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
    assert lock.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}) == ok()


RETENTION = {"Mode": "GOVERNANCE", "Days": 1}


@pytest.mark.parametrize("configuration", [
    {"Rule": {"DefaultRetention": RETENTION}},
    {},
    {"ObjectLockEnabled": "Enabled", "Rule": {}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {}}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE"}}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {**RETENTION, "Mode": "BAD-VALUE"}}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {**RETENTION, "Years": 1}}},
], ids=["not-enabled", "empty", "empty-rule", "empty-retention", "no-period", "unknown-mode", "days-and-years"])
@recorded("object-lock-configuration-malformed")
def test_a_malformed_object_lock_is_refused(lock: Ask, configuration: dict[str, Any]) -> None:
    assert lock.put_object_lock_configuration(ObjectLockConfiguration=configuration) == MALFORMED_XML
    assert lock.get_object_lock_configuration() == ok(ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


@recorded("default-retention")
def test_a_new_version_is_retained_as_the_bucket_has_it_unless_it_says_otherwise(lock: Ask) -> None:
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}}
    assert lock.put_object_lock_configuration(ObjectLockConfiguration=configuration) == ok()
    first = put_version(lock, KEY, b"test-default-lock")
    told = lock.head_object(Key=KEY)
    assert told == head(b"test-default-lock", first, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=A_TIME)
    kept = told["ObjectLockRetainUntilDate"] - told["LastModified"] - datetime.timedelta(days=1)
    assert abs(kept) < datetime.timedelta(minutes=2)

    until = in_time(minutes=10)
    second = put_version(lock, KEY, b"test-put-object-lock", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)
    assert lock.head_object(Key=KEY) == head(b"test-put-object-lock", second, ObjectLockMode="GOVERNANCE",
                                             ObjectLockRetainUntilDate=until)
    assert lock.put_object(Key="other", Body=b"test-put-object-lock", ObjectLockMode="GOVERNANCE") == error(
        400, "InvalidArgument", BOTH, ArgumentName=UNTIL)


@recorded("object-lock-header-validation")
def test_mode_and_date_come_together_and_the_mode_is_known(lock: Ask) -> None:
    until = in_time(minutes=10)
    assert lock.put_object(Key=KEY, Body=b"test", ObjectLockMode="BAD-VALUE") == error(
        400, "InvalidArgument", BOTH, ArgumentName=UNTIL)
    assert lock.put_object(Key=KEY, Body=b"test", ObjectLockRetainUntilDate=until) == error(
        400, "InvalidArgument", BOTH, ArgumentName=MODE)
    unknown = error(400, "InvalidArgument", "Unknown wormMode directive.", ArgumentName=MODE,
                    ArgumentValue="BAD-VALUE")
    wrong = {"ObjectLockMode": "BAD-VALUE", "ObjectLockRetainUntilDate": until}
    assert lock.put_object(Key=KEY, Body=b"test", **wrong) == unknown
    assert lock.create_multipart_upload(Key=KEY, **wrong) == unknown


@recorded("retention-errors")
def test_what_is_wrong_with_a_retention_is_told_in_this_order(lock: Ask, ask: Ask) -> None:
    missing = f"non-existing-bucket-{uuid.uuid4().hex}"
    assert retain(lock, "GOVERNANCE", FAR, Bucket=missing) == no_such_bucket(missing)
    assert retain(lock, "GOVERNANCE", FAR, Key="non-existing-key") == no_such_key("non-existing-key")
    version = put_version(lock, KEY, b"test")
    assert lock.get_object_retention(Key=KEY, VersionId=version) == NEVER_SET
    assert lock.put_object_retention(Key=KEY, Retention={"Mode": "GOVERNANCE"},
                                     BypassGovernanceRetention=True) == MALFORMED_XML
    assert retain(lock, "GOVERNANCE", FAR) == ok()
    assert retain(lock, "GOVERNANCE", "2098-01-01T00:00:00Z", VersionId=version) == LOCKED
    assert retain(lock, "GOVERNANCE", "2020-01-01T00:00:00Z", VersionId=version) == error(
        400, "InvalidArgument", "The retain until date must be in the future!", ArgumentName="RetainUntilDate",
        ArgumentValue="Tue Dec 31 16:00:00 PST 2019")
    assert retain(lock, "BAD-VALUE", FAR, VersionId=version) == MALFORMED_XML

    ask.put_object(Key=KEY, Body=b"test")
    assert retain(ask, "GOVERNANCE", FAR) == NO_LOCK
    assert ask.get_object_retention(Key=KEY) == NO_LOCK


@recorded("retention-governance")
def test_who_bypasses_governance_deletes_and_shortens(lock: Ask) -> None:
    first = put_version(lock, KEY, b"test")
    assert retain(lock, "GOVERNANCE", FAR) == ok()
    until = far()["ObjectLockRetainUntilDate"]
    assert lock.get_object_retention(Key=KEY) == ok(Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    assert lock.head_object(Key=KEY) == head(b"test", first, ObjectLockMode="GOVERNANCE", **far())
    assert lock.delete_object(Key=KEY, VersionId=first) == LOCKED
    assert lock.delete_object(Key=KEY, VersionId=first, BypassGovernanceRetention=True) == ok(204, VersionId=first)

    second = put_version(lock, KEY, b"test", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=FAR)
    assert retain(lock, "GOVERNANCE", in_time(minutes=5)) == LOCKED
    assert lock.put_object_retention(Key=KEY, Retention={}, BypassGovernanceRetention=True) == ok()
    assert lock.get_object_retention(Key=KEY) == NEVER_SET  # not recorded
    assert retain(lock, "GOVERNANCE", in_time(minutes=5)) == ok()
    assert lock.delete_object(Key=KEY, VersionId=second)["status"] == 403


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "server") as running:
        yield running


@recorded("retention-compliance")
def test_compliance_yields_to_nobody_before_its_time(own_server: Server) -> None:
    lock = locking(client(own_server))
    version = put_version(lock, KEY, b"test")
    assert retain(lock, "COMPLIANCE", FAR) == ok()
    assert lock.delete_object(Key=KEY, VersionId=version) == LOCKED
    assert lock.delete_object(Key=KEY) == ok(204, DeleteMarker=True, VersionId=A_VERSION)
    assert lock.delete_object(Key=KEY, VersionId=version, BypassGovernanceRetention=True) == LOCKED
    assert retain(lock, "COMPLIANCE", "2098-12-31T23:59:59Z", VersionId=version) == LOCKED
    assert retain(lock, "GOVERNANCE", "2099-01-01T00:00:01Z", VersionId=version) == LOCKED
    Control(own_server).clock(set=FAR)
    assert lock.delete_object(Key=KEY, VersionId=version) == ok(204, VersionId=version)


@recorded("retention-extend-and-shorten")
def test_a_retention_is_extended_but_not_shortened(lock: Ask) -> None:
    until = in_time(minutes=10)
    version = put_version(lock, KEY, b"test-put-object-lock", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)
    governed = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    assert lock.head_object(Key=KEY) == head(b"test-put-object-lock", version, **governed)
    later = until + datetime.timedelta(minutes=10)
    assert retain(lock, "GOVERNANCE", later, VersionId=version) == ok()
    assert lock.head_object(Key=KEY) == head(b"test-put-object-lock", version,
                                             **{**governed, "ObjectLockRetainUntilDate": later})
    assert retain(lock, "GOVERNANCE", until, VersionId=version) == LOCKED


@recorded("retention-and-delete-markers")
def test_a_delete_marker_has_no_retention(lock: Ask) -> None:
    version = put_version(lock, KEY, b"test-put-object-lock", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=FAR)
    assert lock.head_object(Key=KEY) == head(b"test-put-object-lock", version, ObjectLockMode="GOVERNANCE", **far())
    marker = lock.delete_object(Key=KEY)
    assert marker == ok(204, DeleteMarker=True, VersionId=A_VERSION)

    def refused(method: str) -> Answer:
        return error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
                     Method=method, ResourceType="DeleteMarker")
    assert retain(lock, "GOVERNANCE", FAR, VersionId=marker["VersionId"]) == refused("PUT")
    assert lock.get_object_retention(Key=KEY, VersionId=marker["VersionId"]) == refused("GET")
    assert lock.head_object(Key=KEY, VersionId=marker["VersionId"]) == error(405, "405", "Method Not Allowed")


@pytest.mark.parametrize("params, told", [
    ({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": FAR}, {"ObjectLockMode": "GOVERNANCE", **far()}),
    ({"ObjectLockLegalHoldStatus": "ON"}, {"ObjectLockLegalHoldStatus": "ON"})], ids=["retention", "legal-hold"])
@recorded("copy-object-drops-retention", "copy-object-drops-legal-hold")
def test_a_copy_takes_over_neither_retention_nor_hold(lock: Ask, params: dict[str, Any], told: dict[str, Any]) -> None:
    source = put_version(lock, "source-object", JSON_BODY, **params)
    assert lock.head_object(Key="source-object") == head(JSON_BODY, source, **told)
    copy = lock.copy_object(Key="dest-key", CopySource={"Bucket": lock.bucket, "Key": "source-object"})
    assert copy == ok(CopyObjectResult={**JSON, "LastModified": A_TIME}, **AES256, CopySourceVersionId=source,
                      VersionId=A_VERSION)
    assert lock.head_object(Key="dest-key") == head(JSON_BODY, copy["VersionId"])


@recorded("legal-hold-errors")
def test_what_is_wrong_with_a_legal_hold_is_told_in_this_order(lock: Ask, ask: Ask) -> None:
    missing = f"non-existing-bucket-{uuid.uuid4().hex}"
    assert hold(lock, "ON", Bucket=missing) == no_such_bucket(missing)
    assert hold(lock, "ON", Key="non-existing-key") == no_such_key("non-existing-key")
    ask.put_object(Key=KEY, Body=b"test")
    assert hold(ask, "ON") == NO_LOCK
    assert ask.put_object_legal_hold(Key=KEY) == MALFORMED_XML
    assert ask.get_object_legal_hold(Key=KEY) == NO_LOCK


@recorded("legal-hold-put-and-get")
def test_a_legal_hold_is_put_and_told(lock: Ask) -> None:
    version = put_version(lock, KEY, b"test")
    assert lock.get_object_legal_hold(Key=KEY, VersionId=version) == NEVER_SET
    assert hold(lock, "ON", VersionId=version) == ok()
    assert lock.head_object(Key=KEY) == head(b"test", version, ObjectLockLegalHoldStatus="ON")
    assert lock.get_object_legal_hold(Key=KEY, VersionId=version) == ok(LegalHold={"Status": "ON"})
    assert hold(lock, "OFF", VersionId=version) == ok()


@recorded("put-object-with-legal-hold")
def test_an_object_is_put_with_a_legal_hold(lock: Ask) -> None:
    version = put_version(lock, KEY, b"test", ObjectLockLegalHoldStatus="ON")
    assert lock.head_object(Key=KEY) == head(b"test", version, ObjectLockLegalHoldStatus="ON")
    assert hold(lock, "OFF", VersionId=version) == ok()


@recorded("legal-hold-stops-delete")
def test_what_is_held_is_not_deleted(lock: Ask) -> None:
    version = put_version(lock, KEY, b"test")
    assert hold(lock, "ON", VersionId=version) == ok()
    assert lock.delete_object(Key=KEY, VersionId=version) == LOCKED
    named = {"Key": KEY, "VersionId": version}
    assert lock.delete_objects(Delete={"Objects": [named]}) == ok(Errors=[{**named, **LOCKED["Error"]}])
    assert hold(lock, "OFF", VersionId=version) == ok()
    assert lock.delete_object(Key=KEY, VersionId=version) == ok(204, VersionId=version)  # not recorded


@recorded("legal-hold-per-version")
def test_each_version_has_a_hold_of_its_own(lock: Ask) -> None:
    first = put_version(lock, KEY, b"test")
    assert hold(lock, "ON", VersionId=first) == ok()
    assert lock.head_object(Key=KEY, VersionId=first) == head(b"test", first, ObjectLockLegalHoldStatus="ON")
    second = put_version(lock, KEY, b"test")
    assert hold(lock, "ON", VersionId=second) == ok()
    assert lock.head_object(Key=KEY, VersionId=second) == head(b"test", second, ObjectLockLegalHoldStatus="ON")
    assert hold(lock, "OFF", VersionId=first) == ok()
    assert lock.head_object(Key=KEY, VersionId=first) == head(b"test", first, ObjectLockLegalHoldStatus="OFF")
    assert lock.delete_object(Key=KEY, VersionId=first) == ok(204, VersionId=first)
    assert lock.delete_object(Key=KEY, VersionId=second) == LOCKED  # not recorded
