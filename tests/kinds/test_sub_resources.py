"""docs/kinds/sub-resources.md: each sub-resource asked of the server with each method, at a bucket and at a key."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

import pages
from raw import Raw, Refused
from sub_resource_table import (ANSWERED_AT_KEYS, AT_BUCKET, AT_KEY, BACKLOT, IGNORED_AT_BUCKETS, IGNORED_AT_KEYS, OF_OBJECTS,
                                PLAIN, PLAIN_SOURCE, SPECIAL, SubResource)

MISSING = "no-such-bucket-of-sub-resources"
ALL_METHODS = ("HEAD", "DELETE", "POST", "GET", "PUT", "PATCH")
NOT_ALLOWED = "The specified method is not allowed against this resource."


def target(row: SubResource, key: bool, bucket: str = MISSING) -> str:
    return f"/{bucket}" + ("/key" if key else "") + f"?{row.name}" + ("=x" if row.name == "uploadId" else "")


CASES = [pytest.param(row, key, method, id=f"{method}-{'key' if key else 'bucket'}-{row.name}")
         for key, rows in ((False, AT_BUCKET), (True, AT_KEY)) for row in rows for method in ALL_METHODS]


@pytest.mark.parametrize("row, key, method", CASES)
def test_a_method_that_the_sub_resource_has_not_is_refused_with_those_that_it_has(row: SubResource, key: bool, method: str,
                                                                               raw: Raw) -> None:
    answer = raw(method, target(row, key))
    if method in row.methods:
        assert answer.status != 405, answer.body
        return
    assert answer.status == 405
    assert answer.headers["Allow"] == row.allow
    if method != "HEAD":
        Refused(405, "MethodNotAllowed", NOT_ALLOWED, {"Method": method, "ResourceType": row.type}).check(answer)
    else:
        assert answer.body == b"" and answer.headers["Content-Type"] == "application/xml"


@pytest.mark.parametrize("method, where, status, code, message, source", SPECIAL,
                         ids=[f"{row[0]} {row[1]}" for row in SPECIAL])
def test_what_the_rule_does_not_say(method: str, where: str, status: int, code: str, message: str | None, source: str,
                                    bucket: str, raw: Raw) -> None:
    answer = raw(method, where.replace("{bucket}", bucket))
    assert answer.status == status, answer.body
    error = answer.error()
    assert error["Code"] == code
    if message:
        assert error["Message"] == message


@pytest.mark.parametrize("method, where, type, allow", PLAIN, ids=[f"{row[0]} {row[1]}" for row in PLAIN])
def test_a_method_that_a_resource_has_not(method: str, where: str, type: str, allow: str, bucket: str, raw: Raw) -> None:
    answer = raw(method, where.replace("{bucket}", bucket))
    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    if method != "HEAD":
        Refused(405, "MethodNotAllowed", NOT_ALLOWED, {"Method": method, "ResourceType": type}).check(answer)


@pytest.mark.parametrize("name", ANSWERED_AT_KEYS)
def test_a_sub_resource_of_the_bucket_is_answered_at_a_key(name: str, bucket: str, raw: Raw) -> None:
    if name in ("delete", "logging", "versions"):  # which have no answer at a key: SPECIAL, and a POST
        return
    of_bucket, of_key = raw("GET", f"/{bucket}?{name}"), raw("GET", f"/{bucket}/no/such/key?{name}")
    assert of_key.status == of_bucket.status
    if of_bucket.status == 200:
        assert of_key.body == of_bucket.body
    else:
        assert of_key.error()["Code"] == of_bucket.error()["Code"]


@pytest.mark.parametrize("name", [*IGNORED_AT_KEYS, "Location", "ACL", "foo", "x-id"])
def test_other_names_are_ignored_at_a_key(name: str, s3: BaseClient, bucket: str, raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"the object")
    assert raw("GET", f"/{bucket}/key?{name}").body == b"the object"
    assert raw("HEAD", f"/{bucket}/key?{name}").status == 200


@pytest.mark.parametrize("name", [*IGNORED_AT_BUCKETS, "Versioning", "ACL", "foo", "x-id"])
def test_other_names_are_ignored_at_a_bucket(name: str, bucket: str, raw: Raw) -> None:
    assert b"<ListBucketResult" in raw("GET", f"/{bucket}?{name}").body
    assert raw("HEAD", f"/{bucket}?{name}").status == 200


def test_the_value_of_a_sub_resource_is_ignored(bucket: str, raw: Raw) -> None:
    assert b"<VersioningConfiguration" in raw("GET", f"/{bucket}?versioning=1").body
    assert b"<LocationConstraint" in raw("GET", f"/{bucket}?location&x-id=GetObject").body


def test_refused_methods_need_no_signature_but_a_right_one(bucket: str, raw: Raw) -> None:
    assert raw("PATCH", f"/{bucket}", signed=False).status == 405
    assert raw("HEAD", f"/{bucket}?acl", signed=False).status == 405
    wrong = Raw(raw.server, secret="not the secret")
    assert wrong("PATCH", f"/{bucket}").error()["Code"] == "SignatureDoesNotMatch"
    assert wrong("HEAD", f"/{bucket}?acl").status == 403
    assert wrong("GET", f"/{bucket}?acl&versioning").error()["Code"] == "InvalidArgument"


def test_refused_of_a_missing_bucket_is_told_only_where_the_bucket_is_looked_for(raw: Raw) -> None:
    assert raw("GET", f"/{MISSING}/key?logging").error()["Code"] == "NoSuchBucket"
    assert raw("GET", f"/{MISSING}?uploadId=x").error()["Code"] == "NoSuchBucket"
    assert raw("GET", f"/{MISSING}?acl&versioning").error()["Code"] == "InvalidArgument"
    assert raw("GET", f"/{MISSING}?delete").error()["Code"] == "MethodNotAllowed"


REGION = ("HEAD /{bucket}", "GET /{bucket}", "GET /{bucket}?list-type=2", "GET /{bucket}?max-keys=many", "GET /{bucket}?start-after=b")


@pytest.mark.parametrize("request_line", REGION)
@pytest.mark.parametrize("owner", [None, "000000000001", "nobody"])
def test_answers_about_a_bucket_name_its_region_also_when_they_refuse(request_line: str, owner: str | None, bucket: str,
                                                                      raw: Raw) -> None:
    method, where = request_line.replace("{bucket}", bucket).split(" ")
    answer = raw(method, where, headers={"x-amz-expected-bucket-owner": owner} if owner else {})
    assert answer.headers["x-amz-bucket-region"] == "us-east-1"


def test_a_refused_signature_names_the_region_of_the_bucket(bucket: str, raw: Raw) -> None:
    answer = Raw(raw.server, secret="not the secret")("HEAD", f"/{bucket}")
    assert (answer.status, answer.headers["x-amz-bucket-region"]) == (403, "us-east-1")
    anonymous = raw("HEAD", f"/{bucket}", signed=False)
    assert (anonymous.status, anonymous.headers["x-amz-bucket-region"]) == (403, "us-east-1")


def test_a_missing_bucket_has_no_region(raw: Raw) -> None:
    assert "x-amz-bucket-region" not in raw("HEAD", f"/{MISSING}").headers


def test_the_page_is_the_table() -> None:
    def rows(table: tuple[SubResource, ...]) -> list[tuple[str, ...]]:
        return [(f"`?{row.name}`", row.type, row.allow, row.source) for row in table]

    columns = ("sub-resource", "ResourceType", "Allow", "source")
    text = f"""# Sub-resources

A name in the query chooses the operation, whatever its value (`?tagging`, `?tagging=1`); it is known in its letter case only,
and other names are ignored. A method that the sub-resource has not is 405 MethodNotAllowed with Method, ResourceType and Allow,
before the bucket is looked for, with or without a signature (a wrong signature is told instead). HEAD is refused of every one,
without a body. Of what the query holds twice the first value counts. The tables are `tests/kinds/sub_resource_table.py` and, for
the server, `server/sub_resources.cc`; `tests/kinds/test_sub_resources.py` holds one against the other, {len(CASES)} requests, and
keeps this page true (`PARTSMITH_WRITE_PAGE=1` writes it anew).

## At a bucket

"""
    text += pages.table(columns, rows(AT_BUCKET)) + "\n## At a key\n\n" + pages.table(columns, rows(OF_OBJECTS))
    text += f"""
A key's path answers some of the bucket's as the bucket's path does, whatever the key: {', '.join(f'`?{name}`' for name in
ANSWERED_AT_KEYS)}. Ignored there: {', '.join(f'`?{name}`' for name in IGNORED_AT_KEYS)}. Ignored at a bucket: {', '.join(
        f'`?{name}`' for name in IGNORED_AT_BUCKETS)}. Source of all: {BACKLOT}.

## Without a sub-resource

"""
    text += pages.table(("request", "ResourceType", "Allow", "source"),
                        ((f"`{method} {where}`", type, allow, PLAIN_SOURCE) for method, where, type, allow in PLAIN))
    text += "\n## What the rule does not say\n\n"
    text += pages.table(("request", "answer", "source"), (
        (f"`{method} {where}`", f"{status} {code}" + (f' "{message}"' if message else ""), source)
        for method, where, status, code, message, source in SPECIAL))
    text += f"""
## x-amz-bucket-region

Answers about the bucket itself name its region, refusals (400, 403) included: {', '.join(f'`{line}`' for line in REGION)}. A missing
bucket has none. Source: S3 API reference, HeadBucket; reported: versitygw#1500, versitygw#2004 (a refused listing). Of other
operations: unsettled, and without it.

## Known differences

`?session` (directory buckets only; Amazon S3 answers the listing) and `?renameObject` are 501 here. `annotationName` alone at a
key is refused by most of Amazon S3's front ends, and ignored by others and here.
"""
    pages.check("sub-resources.md", text)
