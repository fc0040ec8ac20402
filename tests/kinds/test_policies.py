"""docs/kinds/policies.md: what bucket policies let everyone do, deny to the account, and which are none."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from support.plain_http import Answer, send
from support.s3 import client, refused
from support.server import Server

import pages
from policy_table import DECISIONS, NO_POLICIES, PUBLIC, Decision, NoPolicy, Statement, allow, deny
from raw import Raw, Refused, digest


@pytest.fixture
def open_bucket(s3: BaseClient, bucket: str) -> str:
    """With an object, and without a public access block."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    return bucket


def policy_of(statements: Iterable[Statement], bucket: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}).replace("BUCKET", bucket)


def put_policy(s3: BaseClient, bucket: str, *statements: Statement) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=policy_of(statements, bucket))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda row: f"{'account' if row.by_account else 'nobody'}-{row.name}".replace(" ", "-"))
def test_a_policy_decides(decision: Decision, s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    put_policy(s3, open_bucket, *decision.statements)
    headers = {name: text.replace("BUCKET", open_bucket) for name, text in decision.headers.items()}
    answer = raw(decision.method, f"/{open_bucket}{decision.target}", headers=headers, signed=decision.by_account)
    assert answer.status in (200, 204) if decision.granted else answer.status == 403, answer.body


@pytest.mark.parametrize("row", NO_POLICIES, ids=lambda row: row.name.replace(" ", "-"))
def test_what_is_no_policy_is_refused(row: NoPolicy, open_bucket: str, raw: Raw) -> None:
    text = row.text if isinstance(row.text, str) else json.dumps(row.text)
    answer = raw("PUT", f"/{open_bucket}?policy", text.replace("BUCKET", open_bucket).encode())
    if row.message is None:
        assert (answer.status, answer.error()["Code"]) == (501, "NotImplemented")
    else:
        Refused(400, "MalformedPolicy", row.message).check(answer)
    assert raw("GET", f"/{open_bucket}?policy").error()["Code"] == "NoSuchBucketPolicy"


@pytest.mark.parametrize("what, statement, public", PUBLIC, ids=[row[0].replace(" ", "-") for row in PUBLIC])
def test_a_public_policy_is_told_and_can_be_blocked(what: str, statement: Statement, public: bool, s3: BaseClient,
                                                   open_bucket: str) -> None:
    put_policy(s3, open_bucket, statement)
    assert s3.get_bucket_policy_status(Bucket=open_bucket)["PolicyStatus"]["IsPublic"] is public
    s3.delete_bucket_policy(Bucket=open_bucket)
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    if public:
        with pytest.raises(ClientError, match="blocked by the BlockPublicPolicy block public access setting") as refused:
            put_policy(s3, open_bucket, statement)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    else:
        put_policy(s3, open_bucket, statement)


def test_a_new_bucket_takes_no_public_policy(s3: BaseClient, bucket: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        put_policy(s3, bucket, allow())
    put_policy(s3, bucket, deny())


def test_a_public_policy_that_is_restricted_lets_nobody_in(s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    put_policy(s3, open_bucket, allow())
    assert raw("GET", f"/{open_bucket}/key", signed=False).status == 200
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert raw("GET", f"/{open_bucket}/key", signed=False).status == 403
    assert raw("GET", f"/{open_bucket}/key").status == 200


def test_the_account_is_told_what_denies(s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    put_policy(s3, open_bucket, deny())
    Refused(403, "AccessDenied", "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:GetObject on resource: "
            f'"arn:aws:s3:::{open_bucket}/key" with an explicit deny in a resource-based policy').check(
                raw("GET", f"/{open_bucket}/key"))
    Refused(403, "AccessDenied", "Access Denied").check(raw("GET", f"/{open_bucket}/key", signed=False))


def test_a_missing_key_is_told_to_who_may_list(s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    put_policy(s3, open_bucket, allow())
    assert raw("GET", f"/{open_bucket}/missing", signed=False).error()["Code"] == "AccessDenied"
    put_policy(s3, open_bucket, allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]))
    assert raw("GET", f"/{open_bucket}/missing", signed=False).error()["Code"] == "NoSuchKey"


def delete_several(raw: Raw, bucket: str, *keys: str, signed: bool) -> Answer:
    document = ("<Delete>" + "".join(f"<Object><Key>{key}</Key></Object>" for key in keys) + "</Delete>").encode()
    return raw("POST", f"/{bucket}?delete", document, digest(document), signed=signed)


@pytest.mark.parametrize("signed", [True, False], ids=["account", "nobody"])
def test_of_several_deletions_each_is_decided(signed: bool, s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    for key in ("a/1", "b/1"):
        s3.put_object(Bucket=open_bucket, Key=key)
    put_policy(s3, open_bucket, allow("s3:DeleteObject"), deny("s3:DeleteObject", "arn:aws:s3:::BUCKET/b/*"))
    answer = delete_several(raw, open_bucket, "a/1", "b/1", signed=signed)
    assert answer.status == 200, answer.body
    assert b"<Deleted><Key>a/1</Key></Deleted>" in answer.body
    assert b"<Error><Key>b/1</Key><Code>AccessDenied</Code>" in answer.body
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=open_bucket)["Contents"]] == ["b/1", "key"]


def test_nobody_deletes_several_where_no_policy_says_so(s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    put_policy(s3, open_bucket, allow())
    assert delete_several(raw, open_bucket, "key", signed=False).status == 403


@pytest.mark.parametrize("put, told", [
    ({"Action": ["s3:GetObject"]}, {"Action": "s3:GetObject"}),
    ({"Principal": {"AWS": ["*"]}}, {"Principal": {"AWS": "*"}}),
    ({"Resource": ["arn:aws:s3:::BUCKET/a", "arn:aws:s3:::BUCKET/b"]}, {}),
    ({"Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.1"]}}}, {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}),
    ({"Sid": "one"}, {}),
], ids=["action", "principal", "two-resources", "condition", "sid"])
def test_a_list_of_one_comes_back_as_its_element(put: dict[str, Any], told: dict[str, Any], s3: BaseClient, open_bucket: str) -> None:
    """Reported: hashicorp/terraform#2432."""
    put_policy(s3, open_bucket, {**allow(), **put})
    back = json.loads(s3.get_bucket_policy(Bucket=open_bucket)["Policy"])
    expected = json.loads(policy_of([{**allow(), **put, **told}], open_bucket))
    assert back == expected
    order = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]
    assert list(back["Statement"][0]) == [name for name in order if name in expected["Statement"][0]]


def test_a_policy_needs_no_digest_and_is_told_as_json(open_bucket: str, raw: Raw) -> None:
    """s3cmd sends none."""
    body = policy_of([allow()], open_bucket).encode()
    assert raw("PUT", f"/{open_bucket}?policy", body).status == 204
    assert raw("GET", f"/{open_bucket}?policy").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("by", ["put", "form"])
def test_what_nobody_writes_is_the_bucket_owner_s(by: str, s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    """Source: S3 user guide, "Controlling ownership of objects and disabling ACLs": BucketOwnerEnforced."""
    put_policy(s3, open_bucket, allow("s3:PutObject"))
    if by == "put":
        assert raw("PUT", f"/{open_bucket}/new", b"x", signed=False).status == 200
    else:
        form = (b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nnew\r\n'
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--\r\n')
        assert raw("POST", f"/{open_bucket}", form, {"Content-Type": "multipart/form-data; boundary=x"}, signed=False).status == 204
    acl = s3.get_object_acl(Bucket=open_bucket, Key="new")
    assert [(one["Grantee"]["ID"], one["Permission"]) for one in acl["Grants"]] == [(acl["Owner"]["ID"], "FULL_CONTROL")]
    assert s3.get_object(Bucket=open_bucket, Key="new")["Body"].read() == b"x"


def test_a_policy_goes_with_its_bucket(s3: BaseClient, open_bucket: str) -> None:
    put_policy(s3, open_bucket, allow())
    s3.delete_object(Bucket=open_bucket, Key="key")
    s3.delete_bucket(Bucket=open_bucket)
    s3.create_bucket(Bucket=open_bucket)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=open_bucket)


def test_a_policy_of_another_bucket_says_nothing(s3: BaseClient, open_bucket: str, raw: Raw) -> None:
    other = f"other-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=other)
    s3.put_object(Bucket=other, Key="key")
    put_policy(s3, open_bucket, allow())
    assert raw("GET", f"/{other}/key", signed=False).status == 403


def test_a_presigned_url_is_decided_too(s3: BaseClient, open_bucket: str) -> None:
    url = s3.generate_presigned_url("get_object", Params={"Bucket": open_bucket, "Key": "key"})
    assert send("GET", url).status == 200
    put_policy(s3, open_bucket, deny(Condition={"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}))
    assert send("GET", url).status == 403
    assert s3.get_object(Bucket=open_bucket, Key="key")["Body"].read() == b"x"


def test_a_policy_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    with Server(tmp_path / "first", "--bucket", "films:public-read", data=tmp_path / "data") as server:
        client(server).put_object(Bucket="films", Key="key", Body=b"x")
        assert send("GET", f"{server.url}/films/key").status == 200
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "partsmith.db")) as database, database:
        assert database.execute("UPDATE bucket_documents SET document = '{' WHERE kind = 'policy'").rowcount == 1
    with Server(tmp_path / "second", data=tmp_path / "data") as server:
        s3 = client(server)
        assert send("GET", f"{server.url}/films/key").status == 403
        with refused("InternalError", 500):
            s3.get_object(Bucket="films", Key="key")
        s3.delete_bucket_policy(Bucket="films")
        assert s3.get_object(Bucket="films", Key="key")["Body"].read() == b"x"


def shown(statements: Iterable[Statement]) -> str:
    return "`" + "` `".join(json.dumps(statement) for statement in statements) + "`"


def test_the_page_is_the_table() -> None:
    text = ("# What bucket policies say\n\n"
            "Made by `tests/kinds/test_policies.py` from `policy_table.py`, which asks the server for each row. Here there are two callers: the\n"
            "account (all access keys are its) and nobody, who signs nothing. Statements about other accounts and services are kept and told, and\n"
            "match neither. What isn't known is NotImplemented: policy variables, conditions on tags, dates and sets, and keys that aren't in\n"
            "`server/policies/condition.cc`. Sources: IAM user guide, \"IAM JSON policy elements reference\", \"Policy evaluation logic\"; S3 user\n"
            "guide, \"Bucket policies for Amazon S3\", \"The meaning of public\"; recorded: put-bucket-policy, bucket-policy-put-get-delete.\n\n"
            "## Who may do what\n\n")
    text += pages.table(("what is tried", "who asks", "for", "statements", "granted"),
                        ((row.name, "the account" if row.by_account else "nobody", f"{row.method} BUCKET{row.target}",
                          shown(row.statements), "yes" if row.granted else "AccessDenied") for row in DECISIONS))
    text += "\n## What is no policy\n\n"
    text += pages.table(("what", "MalformedPolicy", "source"),
                        ((row.name, row.message or "(NotImplemented)", row.source) for row in NO_POLICIES))
    text += "\n## What is public\n\n"
    text += pages.table(("who is allowed", "public"), ((what, "yes" if public else "no") for what, _, public in PUBLIC))
    pages.check("policies.md", text)
