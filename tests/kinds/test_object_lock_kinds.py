"""docs/kinds/object-lock.md: what locks stop, what they are asked with, and who else comes across them."""

from __future__ import annotations

import base64
import datetime
import json
import uuid
import zlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore.client import BaseClient
from support.plain_http import Answer, send
from support.s3 import Upload, refused

import pages
from object_lock_table import (ATTEMPTS, BARE, DATE, GUIDE, LATER, LOCKED, OTHER, PERIODS, RETAINED, RULE, SOURCES, STATES, Attempt,
                               is_done)
from raw import NAMESPACE, Raw, Refused, digest

KEY = "locked"


def locking(s3: BaseClient) -> str:
    name = f"locking-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def locked(s3: BaseClient) -> str:
    """A bucket with Object Lock."""
    return locking(s3)


def retain_by_default(raw: Raw, bucket: str, period: str = "<Days>1</Days>") -> Answer:
    return raw("PUT", f"/{bucket}?object-lock", RULE.format(period).encode())


def try_it(raw: Raw, bucket: str, version: str, state: str, attempt: Attempt) -> Answer:
    headers = {"x-amz-bypass-governance-retention": "true"} if attempt.bypass else {}
    if attempt.retention is not None:
        mode = STATES[state].get("ObjectLockMode", "GOVERNANCE")
        named, date = attempt.retention
        inner = f"<Mode>{OTHER[mode] if named == 'other' else mode}</Mode><RetainUntilDate>{date}</RetainUntilDate>" if date else ""
        return raw("PUT", f"/{bucket}/{KEY}?retention&versionId={version}", f"<Retention>{inner}</Retention>".encode(), headers)
    if attempt.many:
        body = f"<Delete><Object><Key>{KEY}</Key><VersionId>{version}</VersionId></Object></Delete>".encode()
        return raw("POST", f"/{bucket}?delete", body, {**headers, **digest(body)})
    return raw("DELETE", f"/{bucket}/{KEY}?versionId={version}", headers=headers)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name.replace(" ", "-"))
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.replace(" ", "-"))
def test_a_lock_stops_what_it_is_there_to_stop(state: str, attempt: Attempt, s3: BaseClient, locked: str, raw: Raw) -> None:
    version = s3.put_object(Bucket=locked, Key=KEY, Body=b"x", **STATES[state])["VersionId"]
    answer = try_it(raw, locked, version, state, attempt)
    done = is_done(state, attempt)
    if attempt.many:
        assert answer.status == 200
        told = ElementTree.fromstring(answer.body).find(f"{NAMESPACE}{'Deleted' if done else 'Error'}")
        assert told is not None, answer.body
        if not done:
            assert [told.findtext(NAMESPACE + name) for name in ("Code", "Message")] == [LOCKED.code, LOCKED.message]
    elif done:
        assert answer.status in (200, 204), answer.body
    else:
        LOCKED.check(answer)
    left = [kept["VersionId"] for kept in s3.list_object_versions(Bucket=locked).get("Versions", [])]
    assert left == ([] if done and attempt.retention is None else [version])


@pytest.mark.parametrize("period, refusal, _source", PERIODS, ids=[row[0] for row in PERIODS])
def test_a_default_retention_has_a_period(period: str, refusal: Refused | None, _source: str, locked: str, raw: Raw) -> None:
    answer = retain_by_default(raw, locked, period)
    kept = raw("GET", f"/{locked}?object-lock").body.decode()
    if refusal is None:
        assert answer.status == 200, answer.body
        assert period in kept
    else:
        refusal.check(answer)
        assert "<Rule>" not in kept


@pytest.mark.parametrize("what, kind, headers, by_default, refusal, _source", BARE, ids=[row[0].replace(" ", "-") for row in BARE])
def test_what_will_be_locked_comes_with_a_digest(what: str, kind: str, headers: dict[str, str], by_default: bool,
                                                 refusal: Refused | None, _source: str, locked: str, raw: Raw) -> None:
    if by_default:
        assert retain_by_default(raw, locked).status == 200
    target = f"/{locked}/{KEY}"
    if kind == "part":
        created = raw("POST", f"{target}?uploads", headers=headers)
        upload = ElementTree.fromstring(created.body).findtext(f"{NAMESPACE}UploadId")
        target, headers = f"{target}?partNumber=1&uploadId={upload}", {}
    answer = raw("PUT", target, b"x", headers)
    if refusal is None:
        assert answer.status == 200, answer.body
    else:
        refusal.check(answer)
    for proof in (digest(b"x"), {"x-amz-checksum-crc32": base64.b64encode(zlib.crc32(b"x").to_bytes(4)).decode()}):
        assert raw("PUT", target, b"x", {**headers, **proof}).status == 200


def test_years_are_those_of_the_calendar(s3: BaseClient, locked: str, raw: Raw) -> None:
    assert retain_by_default(raw, locked, "<Years>4</Years>").status == 200
    s3.put_object(Bucket=locked, Key=KEY, Body=b"x")
    told = s3.head_object(Bucket=locked, Key=KEY)
    kept = told["ObjectLockRetainUntilDate"] - told["LastModified"]
    assert datetime.timedelta(days=4 * 365 + 1) <= kept < datetime.timedelta(days=4 * 365 + 1, seconds=60)


def test_a_rule_that_is_put_without_is_gone_and_the_lock_is_not(s3: BaseClient, locked: str, raw: Raw) -> None:
    assert retain_by_default(raw, locked).status == 200
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    s3.put_object(Bucket=locked, Key=KEY, Body=b"x")
    assert "ObjectLockMode" not in s3.head_object(Bucket=locked, Key=KEY)
    s3.put_object_legal_hold(Bucket=locked, Key=KEY, LegalHold={"Status": "ON"})


def test_a_bucket_whose_versions_are_enabled_gets_a_lock_later(s3: BaseClient, bucket: str, raw: Raw) -> None:
    """Source: S3 user guide, "Configuring S3 Object Lock": of existing buckets since 2023-11."""
    old = s3.put_object(Bucket=bucket, Key=KEY, Body=b"null")
    assert "VersionId" not in old
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert retain_by_default(raw, bucket).status == 200
    assert "ObjectLockMode" not in s3.head_object(Bucket=bucket, Key=KEY)  # what was there before isn't locked
    s3.put_object_legal_hold(Bucket=bucket, Key=KEY, VersionId="null", LegalHold={"Status": "ON"})
    with refused("AccessDenied", 403):
        s3.delete_object(Bucket=bucket, Key=KEY, VersionId="null")
    with refused("InvalidBucketState", 409):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


Write = Callable[[BaseClient, str, dict[str, Any]], None]


def by_put(s3: BaseClient, bucket: str, params: dict[str, Any]) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"x", **params)


def by_copy(s3: BaseClient, bucket: str, params: dict[str, Any]) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=b"x")
    s3.copy_object(Bucket=bucket, Key=KEY, CopySource={"Bucket": bucket, "Key": "source"}, **params)


def by_upload(s3: BaseClient, bucket: str, params: dict[str, Any]) -> None:
    upload = Upload(s3, bucket, KEY, **params)
    upload.put(1, b"x")
    s3.complete_multipart_upload(**upload.at, MultipartUpload={"Parts": list(upload.parts.values())})


WRITES = pytest.mark.parametrize("write", [by_put, by_copy, by_upload], ids=lambda write: write.__name__)


@WRITES
@pytest.mark.parametrize("state", [state for state in STATES if state != "nothing"], ids=lambda state: state.replace(" ", "-"))
def test_a_version_is_locked_as_its_request_says(write: Write, state: str, s3: BaseClient, locked: str) -> None:
    write(s3, locked, STATES[state])
    for told in (s3.head_object(Bucket=locked, Key=KEY), s3.get_object(Bucket=locked, Key=KEY, Range="bytes=0-0")):
        shown = {name: told[name] for name in told if name.startswith("ObjectLock")}
        if "ObjectLockRetainUntilDate" in shown:
            shown["ObjectLockRetainUntilDate"] = shown["ObjectLockRetainUntilDate"].strftime("%Y-%m-%dT%H:%M:%SZ")
        assert shown == STATES[state]


@WRITES
def test_a_version_that_does_not_say_is_retained_as_the_bucket_has_it(write: Write, s3: BaseClient, locked: str, raw: Raw) -> None:
    assert retain_by_default(raw, locked).status == 200
    write(s3, locked, {"ObjectLockLegalHoldStatus": "ON"})
    told = s3.head_object(Bucket=locked, Key=KEY)
    assert (told["ObjectLockMode"], told["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")


def test_an_upload_is_retained_by_what_the_bucket_has_when_it_is_completed(s3: BaseClient, locked: str, raw: Raw) -> None:
    """Unsettled: it could be what the bucket had when it was begun."""
    upload = Upload(s3, locked, KEY)
    upload.put(1, b"x")
    assert retain_by_default(raw, locked).status == 200
    s3.complete_multipart_upload(**upload.at, MultipartUpload={"Parts": list(upload.parts.values())})
    assert s3.head_object(Bucket=locked, Key=KEY)["ObjectLockMode"] == "GOVERNANCE"


def test_a_form_locks_what_it_posts(s3: BaseClient, locked: str) -> None:
    fields = {**RETAINED, "x-amz-object-lock-legal-hold": "ON"}
    post = s3.generate_presigned_post(locked, KEY, Fields=dict(fields), Conditions=[{name: value} for name, value in fields.items()])
    body, content_type = urllib3.encode_multipart_formdata([*post["fields"].items(), ("file", ("a", b"x"))])
    answer = send("POST", post["url"], body, {"Content-Type": content_type})
    assert answer.status == 204, answer.body
    told = s3.head_object(Bucket=locked, Key=KEY)
    assert (told["ObjectLockMode"], told["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")


def test_a_retention_is_told_to_the_millisecond(locked: str, s3: BaseClient, raw: Raw) -> None:
    s3.put_object(Bucket=locked, Key=KEY, Body=b"x")
    body = b"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00.123456Z</RetainUntilDate></Retention>"
    assert raw("PUT", f"/{locked}/{KEY}?retention", body).status == 200
    assert b"<RetainUntilDate>2099-01-01T00:00:00.123Z</RetainUntilDate>" in raw("GET", f"/{locked}/{KEY}?retention").body
    assert raw("HEAD", f"/{locked}/{KEY}").headers["x-amz-object-lock-retain-until-date"] == "2099-01-01T00:00:00.123Z"


@pytest.mark.parametrize("body", [
    "<Retention><Mode>GOVERNANCE</Mode></Retention>", f"<Retention><RetainUntilDate>{DATE}</RetainUntilDate></Retention>",
    "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>1577836800</RetainUntilDate></Retention>", "<Other/>", "", "text",
])
def test_a_document_that_is_no_retention_is_malformed(body: str, locked: str, s3: BaseClient, raw: Raw) -> None:
    """Source: recorded (retention-errors); reported: versitygw#559, #1185, floci#1631."""
    s3.put_object(Bucket=locked, Key=KEY, Body=b"x")
    assert raw("PUT", f"/{locked}/{KEY}?retention", body.encode()).error()["Code"] == "MalformedXML"


@pytest.mark.parametrize("body", ["<LegalHold><Status>abc</Status></LegalHold>", "<LegalHold><Status>on</Status></LegalHold>",
                                  "<LegalHold/>", "<Other/>", ""])
def test_a_document_that_is_no_legal_hold_is_malformed(body: str, locked: str, s3: BaseClient, raw: Raw) -> None:
    """Source: recorded (legal-hold-errors); reported: versitygw#560, #1191."""
    s3.put_object(Bucket=locked, Key=KEY, Body=b"x")
    assert raw("PUT", f"/{locked}/{KEY}?legal-hold", body.encode()).error()["Code"] == "MalformedXML"


def test_a_delete_marker_is_never_locked(s3: BaseClient, locked: str, raw: Raw) -> None:
    """Source: reported, versitygw#1766, #1750."""
    assert retain_by_default(raw, locked).status == 200
    marker = s3.delete_object(Bucket=locked, Key=KEY)["VersionId"]
    with refused("MethodNotAllowed", 405):
        s3.put_object_legal_hold(Bucket=locked, Key=KEY, VersionId=marker, LegalHold={"Status": "ON"})
    s3.delete_object(Bucket=locked, Key=KEY, VersionId=marker)
    assert "DeleteMarkers" not in s3.list_object_versions(Bucket=locked)


@pytest.mark.parametrize("value, deletes", [("true", True), ("True", True), ("false", False)])
def test_the_bypass_says_true(value: str, deletes: bool, s3: BaseClient, locked: str, raw: Raw) -> None:
    version = s3.put_object(Bucket=locked, Key=KEY, Body=b"x", **STATES["GOVERNANCE"])["VersionId"]
    answer = raw("DELETE", f"/{locked}/{KEY}?versionId={version}", headers={"x-amz-bypass-governance-retention": value})
    assert answer.status == (204 if deletes else 403)


DENIED = [
    ("s3:BypassGovernanceRetention", lambda s3, at, version: s3.delete_object(**at, VersionId=version, BypassGovernanceRetention=True)),
    ("s3:PutObjectRetention", lambda s3, at, version: s3.put_object(**at, Body=b"x", **STATES["GOVERNANCE"])),
    ("s3:PutObjectRetention", lambda s3, at, version: s3.put_object_retention(
        **at, VersionId=version, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": LATER})),
    ("s3:PutObjectLegalHold", lambda s3, at, version: s3.put_object(**at, Body=b"x", **STATES["a legal hold"])),
    ("s3:GetObjectRetention", lambda s3, at, version: s3.get_object_retention(**at, VersionId=version)),
]


@pytest.mark.parametrize("action, use", DENIED, ids=[f"{row[0]}-{number}" for number, row in enumerate(DENIED)])
def test_a_policy_takes_rights_of_locks_away(action: str, use: Callable[[BaseClient, dict[str, str], str], object], s3: BaseClient,
                                             locked: str) -> None:
    at = {"Bucket": locked, "Key": KEY}
    version = s3.put_object(**at, Body=b"x", **STATES["GOVERNANCE"])["VersionId"]
    s3.put_bucket_policy(Bucket=locked, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{locked}/*"}]}))
    with refused("AccessDenied", 403) as error:
        use(s3, at, version)
    assert action in error["Message"]
    assert ("ObjectLockMode" in s3.head_object(**at)) is (action != "s3:GetObjectRetention")


@pytest.mark.parametrize("header", ["x-amz-object-lock-event-hold", "x-amz-object-lock-event-hold-duration-days"])
def test_event_holds_are_not_implemented(header: str, locked: str, raw: Raw) -> None:
    assert raw("PUT", f"/{locked}/{KEY}", b"x", {header: "1"}).error()["Code"] == "NotImplemented"


def test_the_lock_of_a_bucket_that_is_gone_does_not_come_back(s3: BaseClient, locked: str) -> None:
    version = s3.put_object(Bucket=locked, Key=KEY, Body=b"x", **STATES["GOVERNANCE"])["VersionId"]
    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=locked)
    s3.delete_object(Bucket=locked, Key=KEY, VersionId=version, BypassGovernanceRetention=True)
    s3.delete_bucket(Bucket=locked)
    s3.create_bucket(Bucket=locked)
    with refused("ObjectLockConfigurationNotFoundError", 404):
        s3.get_object_lock_configuration(Bucket=locked)


def test_the_page_is_the_table() -> None:
    text = f"""# Object Lock

Which versions can't be deleted, and who may end that sooner. The table is `tests/kinds/object_lock_table.py`;
`tests/kinds/test_object_lock_kinds.py` asks each cell of the server and keeps this page true (`PARTSMITH_WRITE_PAGE=1` writes it
anew). The recorded cases are in [s3-truth.md](../s3-truth.md#object-lock). Retention ends by the world's clock
([control.md](../control.md)), so that a test moves it; a world that is reset loses what is locked, too.

## What a lock stops

A version retained until {DATE}, or held, or both. "no": {LOCKED}. A delete that names no version makes a marker, and a put a newer version, whatever is locked.
To bypass is `x-amz-bypass-governance-retention: true`.

"""
    text += pages.table(("tried", *STATES), ((attempt.name, *("yes" if is_done(state, attempt) else "no" for state in STATES))
                                             for attempt in ATTEMPTS))
    text += f"\nSource where none is named: {GUIDE}.\n\n"
    text += pages.table(("locked by", "tried", "source"), ((*cell, known) for cell, known in SOURCES.items()))
    text += "\n## The period of a default retention\n\n"
    text += pages.table(("period", "answer", "source"), ((f"`{period}`", refusal or 200, known) for period, refusal, known in PERIODS))
    text += "\n## Writes without Content-MD5 and checksum\n\nWith either, in a header or a trailer, each is 200.\n\n"
    text += pages.table(("write", "answer", "source"), ((row[0], row[4] or 200, row[5]) for row in BARE))
    text += """
## Unsettled

- Years are those of the calendar, from the version's creation on; an upload is retained by what its bucket has when it is completed.
- A retention's date is told to the millisecond, and stays to be told when it has passed.
- A retention that nobody bypasses isn't taken away; where there is none, taking it away is 200.
- `x-amz-bucket-object-lock-enabled` that is neither true nor false is InvalidArgument. Making a bucket again that one has changes nothing
  of its lock.
- Event holds, which Amazon S3 has had since 2026, are NotImplemented.
"""
    pages.check("object-lock.md", text)
