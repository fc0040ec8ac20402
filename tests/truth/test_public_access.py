"""What anybody may do where ACLs say so."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore import UNSIGNED
from botocore.client import BaseClient
from support.plain_http import send
from support.s3 import client, new_bucket
from support.server import Server

from answers import AN_ID, Ask, error, from_http, ok
from facts import AES256, EMPTY_ETAG, PLAIN, WHOLE, crc32, recorded

ORIGIN = "https://localhost:4200"


@pytest.fixture(params=[True, False], ids=["trailer", "header"])
def nobody(boto3_as: Callable[..., BaseClient], ask: Ask, request: pytest.FixtureRequest) -> Ask:
    """Asks about the same bucket, and signs nothing."""
    return Ask(boto3_as(https=request.param, signature_version=UNSIGNED), ask.bucket)


def let_acls_count(ask: Ask, acl: str) -> None:
    assert ask.delete_bucket_ownership_controls() == ok(204)
    assert ask.delete_public_access_block() == ok(204)
    assert ask.put_bucket_acl(ACL=acl) == ok()


@recorded("anonymous-get-public-object")
def test_anybody_reads_a_public_object(ask: Ask, nobody: Ask) -> None:
    let_acls_count(ask, "public-read")
    body = b"body data"
    assert ask.put_object(Key="key", Body=body)["status"] == 200
    assert ask.put_object_acl(Key="key", ACL="public-read") == ok()
    assert nobody.get_object(Key="key") == ok(
        Body=body, ContentLength=9, ETag='"53ebc26c3ff5decfe9ffc7bdbaa02459"', ChecksumCRC32="g/U4Hw==", **WHOLE, **PLAIN)


@recorded("delete-objects-anonymous")
def test_anybody_writes_and_deletes_in_a_bucket_of_everyone(ask: Ask, nobody: Ask, server: Server) -> None:
    let_acls_count(ask, "public-read-write")
    for number, body in enumerate((b"This body document", b"This body document #2"), 1):
        assert nobody.put_object(Key=f"key-created-by-anonymous-{number}", Body=body, ACL="public-read-write") == ok(
            ETag=f'"{hashlib.md5(body).hexdigest()}"', ChecksumCRC32=crc32(body), **WHOLE, **AES256)
    document = ('\n  <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n'
                + "".join(f"    <Object><Key>key-created-by-anonymous-{number}</Key></Object>\n" for number in (1, 2))
                + "  </Delete>").encode()
    answer = send("POST", f"{server.url}/{ask.bucket}?delete", document, {
        "Content-MD5": base64.b64encode(hashlib.md5(document).digest()).decode(), "x-amz-request-payer": "requester"})
    assert answer.status == 200
    for number in (1, 2):
        assert f"<Deleted><Key>key-created-by-anonymous-{number}</Key></Deleted>".encode() in answer.body
    assert ask.list_objects() == ok(EncodingType="url", IsTruncated=False, Marker="", MaxKeys=1000, Name=ask.bucket, Prefix="")


@recorded("cors-method-matching")
def test_a_page_gets_what_is_public_and_headers_where_a_rule_allows_its_method(tmp_path: Path) -> None:
    secret = "a-secret-that-no-page-knows"  # with the one that all know, pages may write only where a rule says so
    with Server(tmp_path, "--secret-key", secret) as server:
        owner = client(server, secret_key=secret)
        ask = Ask(owner, new_bucket(owner))
        let_acls_count(ask, "public-read-write")
        assert ask.put_object(Key="test-cors-method", Body=b"test-cors", ACL="public-read")["status"] == 200
        assert ask.put_bucket_cors(CORSConfiguration={"CORSRules": [{
            "AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3000, "AllowedHeaders": ["*"]}]}) == ok()
        url = f"{server.url}/{ask.bucket}/test-cors-method"
        shared = {"Access-Control-Allow-Origin": ORIGIN, "Access-Control-Allow-Methods": "GET",
                  "Access-Control-Allow-Credentials": "true", "Access-Control-Max-Age": "3000",
                  "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"}

        def told(answer) -> dict[str, str]:
            return {name: value for name, value in answer.headers.items() if name in shared}

        preflight = send("OPTIONS", url, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "GET"})
        assert (preflight.status, preflight.body, told(preflight)) == (200, b"", shared)
        wrong = send("GET", url, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"})
        assert (wrong.status, wrong.body, told(wrong)) == (200, b"test-cors", {})
        right = send("GET", url, headers={"Origin": ORIGIN})
        assert (right.status, right.body, told(right)) == (200, b"test-cors", shared)
        assert from_http(send("OPTIONS", url + "new", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"})) == error(
            403, "AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of "
            "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by "
            "the resource's CORS spec.", Method="PUT", ResourceType="OBJECT", RequestId=AN_ID, HostId=AN_ID)
        put = send("PUT", url + "new", headers={"Origin": ORIGIN})
        assert (put.status, put.headers["ETag"], put.headers["x-amz-checksum-crc64nvme"], told(put)) == (
            200, EMPTY_ETAG, "AAAAAAAAAAA=", {})
