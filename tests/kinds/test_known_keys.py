"""docs/kinds/known-keys.md: what is refused by a server that was told which KMS keys and which session token there are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest
from botocore.auth import HmacV1Auth, HmacV1QueryAuth, S3SigV4Auth, S3SigV4PostAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server

import pages
from known_keys_table import ID, KEYS, KNOWN, OPERATIONS, TOKEN, TOKENS, WAYS
from raw import Raw, Refused

NAME = "x-amz-server-side-encryption-aws-kms-key-id"


@pytest.fixture(scope="module")
def told_of_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("keys"), "--quiet", *(word for key in KNOWN for word in ("--kms-key", key))) as running:
        yield running


@pytest.fixture(scope="module")
def told_of_a_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("token"), "--quiet", "--session-token", TOKEN, "--bucket", "films") as running:
        yield running


def posted(url: str, bucket: str, fields: dict[str, str]) -> Answer:
    line = "--boundary\r\nContent-Disposition: form-data; name="
    body = "".join(f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body += f'{line}"file"; filename="f"\r\n\r\nbytes\r\n--boundary--\r\n'
    return send("POST", f"{url}/{bucket}", body.encode(), {"Content-Type": "multipart/form-data; boundary=boundary"})


def encrypted(server: Server, bucket: str, operation: str, headers: dict[str, str]) -> Answer:
    raw = Raw(server)
    if operation == "PutObject":
        return raw("PUT", f"/{bucket}/key", b"bytes", headers)
    if operation == "CopyObject":
        assert raw("PUT", f"/{bucket}/source", b"bytes").status == 200
        return raw("PUT", f"/{bucket}/key", headers={**headers, "x-amz-copy-source": f"{bucket}/source"})
    if operation == "CreateMultipartUpload":
        return raw("POST", f"/{bucket}/key?uploads", headers=headers)
    form = client(server, signature_version="s3v4").generate_presigned_post(
        bucket, "key", headers, [{name: value} for name, value in headers.items()])
    return posted(server.url, bucket, form["fields"])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("what, key, refused, source", KEYS, ids=[row[0] for row in KEYS])
def test_a_key_that_is_there_is_taken_and_no_other(what: str, key: str, refused: Refused | None, source: str, operation: str,
                                                  told_of_keys: Server) -> None:
    bucket = new_bucket(client(told_of_keys))
    headers = {"x-amz-server-side-encryption": "aws:kms", **({NAME: key} if key else {})}
    answer = encrypted(told_of_keys, bucket, operation, headers)
    if refused:
        refused.check(answer)
        assert client(told_of_keys).list_objects_v2(Bucket=bucket, Prefix="key")["KeyCount"] == 0
    else:
        assert answer.status in (200, 204), answer.body


def test_a_buckets_key_is_looked_at_when_something_is_put(told_of_keys: Server) -> None:
    """Reported: aws-cli#4507."""
    s3 = client(told_of_keys)
    bucket = new_bucket(s3)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "aws/s3"}}]})
    raw = Raw(told_of_keys)
    Refused(400, "KMS.NotFoundException", "Invalid keyId 'aws/s3'").check(raw("PUT", f"/{bucket}/key", b"bytes"))
    assert raw("PUT", f"/{bucket}/key", b"bytes", {"x-amz-server-side-encryption": "AES256"}).status == 200
    assert raw("PUT", f"/{bucket}/key", b"bytes", {"x-amz-server-side-encryption": "aws:kms", NAME: ID}).status == 200


def test_a_missing_bucket_is_told_before_a_missing_key(told_of_keys: Server) -> None:
    headers = {"x-amz-server-side-encryption": "aws:kms", NAME: "none"}
    assert Raw(told_of_keys)("PUT", "/no-such-bucket/key", b"bytes", headers).error()["Code"] == "NoSuchBucket"


@pytest.mark.parametrize("key", [row[1] for row in KEYS if row[2]])
def test_who_is_told_of_no_key_takes_any(key: str, bucket: str, raw: Raw) -> None:
    assert raw("PUT", f"/{bucket}/key", b"bytes", {"x-amz-server-side-encryption": "aws:kms", NAME: key}).status == 200


def asked(server: Server, way: str, token: str | None) -> Answer:
    credentials = Credentials(ACCESS_KEY, SECRET_KEY, token)
    if way.startswith("a form"):
        return asked_by_a_form(server, way, token)
    request = AWSRequest("GET", f"{server.url}/films", headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"} if "V4" in way and
                         "header" in way else {})
    if token == "" and "V4" in way and "header" in way:
        request.headers["x-amz-security-token"] = ""
    auth = {"a header, Signature V4": S3SigV4Auth(credentials, "s3", "us-east-1"),
            "a presigned URL, Signature V4": S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=60),
            "a header, Signature V2": HmacV1Auth(credentials), "a presigned URL, Signature V2": HmacV1QueryAuth(credentials, 60)}[way]
    auth.add_auth(request)
    return send("GET", request.url, b"", dict(request.headers))


def asked_by_a_form(server: Server, way: str, token: str | None) -> Answer:
    fields = {"key": "key", **({"x-amz-security-token": token} if token is not None else {})}
    conditions = [{"bucket": "films"}, *({name: value} for name, value in fields.items())]
    if "V4" in way:
        request = AWSRequest("POST", server.url)
        request.context["s3-presign-post-fields"] = fields
        request.context["s3-presign-post-policy"] = {"expiration": "2099-01-01T00:00:00Z", "conditions": conditions}
        S3SigV4PostAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
        return posted(server.url, "films", request.context["s3-presign-post-fields"])
    policy = base64.b64encode(json.dumps({"expiration": "2099-01-01T00:00:00Z", "conditions": conditions}).encode())
    signature = base64.b64encode(hmac.new(SECRET_KEY.encode(), policy, hashlib.sha1).digest()).decode()
    return posted(server.url, "films", {**fields, "AWSAccessKeyId": ACCESS_KEY, "policy": policy.decode(), "signature": signature})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what, token, refused, source", TOKENS, ids=[row[0] for row in TOKENS])
def test_the_token_is_taken_and_no_other(what: str, token: str | None, refused: Refused | None, source: str, way: str,
                                         told_of_a_token: Server) -> None:
    if token == "" and way != "a header, Signature V4" and not way.startswith("a form"):
        token, refused = None, TOKENS[-1][2]  # an SDK that has an empty token sends none
    answer = asked(told_of_a_token, way, token)
    if refused:
        refused.check(answer)
    else:
        assert answer.status in (200, 204), answer.body


def test_who_is_told_of_no_token_takes_any(s3: BaseClient, bucket: str, server: Server) -> None:
    for token in (None, "any"):
        request = AWSRequest("GET", f"{server.url}/{bucket}", headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, token), "s3", "us-east-1").add_auth(request)
        assert send("GET", request.url, b"", dict(request.headers)).status == 200


def test_the_page_is_the_table() -> None:
    text = f"""# KMS keys and session tokens that there are

Amazon S3 refuses a KMS key that isn't there and a session token that is wrong. Here every name is a key's and any token is taken, since
there is no KMS and no STS that could know, and applications are tried with the keys and tokens of their own configuration; until a
server is told. `--kms-key` names a key that there is (repeatable), `--session-token` the token that goes along with the access key. Here
they are `{ID}`, `{KNOWN[1]}` and `{TOKEN}`. The tables are
`tests/kinds/known_keys_table.py`; `tests/kinds/test_known_keys.py` asks such servers and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew).

## Keys

Named by {', '.join(OPERATIONS[:-1])} and {OPERATIONS[-1]}, and by the bucket's encryption when something
is put: what the bucket is told isn't looked at (reported: aws-cli#4507). A missing bucket is told first: unsettled.

"""
    text += pages.table(("key", "answer", "source"), ((what, refused or "taken", source) for what, _, refused, source in KEYS))
    text += f"""
## Tokens

Sent in {', '.join(WAYS[:3])},
{', '.join(WAYS[3:-1])} and {WAYS[-1]}. They are looked at before the signature: unsettled. `expired-token` of
[faults](../faults.md) is ExpiredToken with Token-0, too.

"""
    text += pages.table(("token", "answer", "source"), ((what, refused or "taken", source) for what, _, refused, source in TOKENS))
    pages.check("known-keys.md", text)
