"""Forms that browsers post, beyond what was recorded on Amazon S3 (tests/truth/test_forms.py)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from typing import Any

import pytest
from botocore.client import BaseClient
from support.data import MIB, etag
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import Server

BOUNDARY = "a-boundary"


def form(parts: list[tuple[str, bytes | str]], filename: str | None = "file.txt") -> bytes:
    """multipart/form-data, written by hand."""
    text = b""
    for name, value in parts:
        named = f'; filename="{filename}"' if name == "file" and filename else ""
        body = value.encode() if isinstance(value, str) else value
        text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + body + b"\r\n"
    return text + f"--{BOUNDARY}--\r\n".encode()


def post(url: str, body: bytes, content_type: str = f"multipart/form-data; boundary={BOUNDARY}") -> Answer:
    return send("POST", url, body, {"Content-Type": content_type})


def signed(s3: BaseClient, bucket: str, key: str, file: bytes = b"data", filename: str | None = "file.txt",
           fields: dict[str, str] | None = None, conditions: list[Any] | None = None,
           without: str | None = None) -> Answer:
    made = s3.generate_presigned_post(bucket, key, Fields=fields, Conditions=conditions)
    kept = [(name, value) for name, value in made["fields"].items() if name != without]
    return post(made["url"], form([*kept, ("file", file)], filename))


def told(answer: Answer) -> tuple[int, str, str]:
    error = answer.error()
    return answer.status, error["Code"], error["Message"]


def test_the_name_of_the_file_becomes_part_of_the_key(s3: BaseClient, bucket: str) -> None:
    answer = signed(s3, bucket, "user/${filename}", filename=r"C:\films\gopher 1.mp4")
    assert answer.status == 204
    assert answer.headers["ETag"] == etag(b"data")
    assert answer.headers["Location"].endswith(f"/{bucket}/user%2Fgopher%201.mp4")
    assert s3.get_object(Bucket=bucket, Key="user/gopher 1.mp4")["Body"].read() == b"data"


@pytest.mark.parametrize("status, answered", [("200", 200), ("201", 201), ("204", 204), ("404", 204), ("", 204)])
def test_the_form_chooses_the_status(s3: BaseClient, bucket: str, status: str, answered: int) -> None:
    answer = signed(s3, bucket, "k", fields={"success_action_status": status},
                    conditions=[{"success_action_status": status}])
    assert answer.status == answered
    assert (answer.body != b"") == (answered == 201)


def test_a_redirect_tells_bucket_key_and_etag(s3: BaseClient, bucket: str) -> None:
    url = "http://app.test/done?x=1"
    answer = signed(s3, bucket, "a b", fields={"success_action_redirect": url},
                    conditions=[{"success_action_redirect": url}])
    assert answer.status == 303
    tag = etag(b"data").strip('"')
    assert answer.headers["Location"] == f"{url}&bucket={bucket}&key=a%20b&etag=%22{tag}%22"


def test_a_redirect_to_nowhere_is_as_if_none_was_named(s3: BaseClient, bucket: str) -> None:
    answer = signed(s3, bucket, "k", fields={"success_action_redirect": "app"},
                    conditions=[{"success_action_redirect": "app"}])
    assert answer.status == 204


def test_the_policy_bounds_the_size(s3: BaseClient, bucket: str) -> None:
    limits = [["content-length-range", 3, 5]]
    small = signed(s3, bucket, "k", b"ab", conditions=limits)
    assert small.status == 400
    assert small.error().items() >= {"Code": "EntityTooSmall", "ProposedSize": "2", "MinSizeAllowed": "3"}.items()
    large = signed(s3, bucket, "k", b"abcdef", conditions=limits)
    assert large.error().items() >= {"Code": "EntityTooLarge", "ProposedSize": "6", "MaxSizeAllowed": "5"}.items()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    for body in (b"abc", b"abcde"):
        assert signed(s3, bucket, "k", body, conditions=limits).status == 204


def test_a_field_that_the_policy_does_not_speak_of_is_refused(s3: BaseClient, bucket: str) -> None:
    assert told(signed(s3, bucket, "k", fields={"x-amz-meta-a": "1", "acl": "private"})) == (
        403, "AccessDenied", "Invalid according to Policy: Extra input fields: x-amz-meta-a, acl")
    assert signed(s3, bucket, "k", fields={"x-ignore-a": "1"}).status == 204


def test_a_field_that_the_policy_asks_for_must_be_there(s3: BaseClient, bucket: str) -> None:
    answer = signed(s3, bucket, "k", conditions=[{"acl": "private"}])
    assert told(answer) == (403, "AccessDenied",
                            'Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]')


def test_a_form_needs_a_key(s3: BaseClient, bucket: str) -> None:
    answer = signed(s3, bucket, "k", without="key")
    assert answer.error()["ArgumentName"] == "key"
    assert told(answer) == (400, "InvalidArgument", "Bucket POST must contain a field named 'key'.  If it is specified, "
                                                    "please check the order of the fields.")


def test_a_form_without_a_signature_is_nobodys(server: Server, bucket: str) -> None:
    assert told(post(f"{server.url}/{bucket}", form([("key", "k"), ("file", "x")])))[:2] == (403, "AccessDenied")


@pytest.mark.parametrize("body, code", [
    (b"", "MalformedPOSTRequest"),
    (b"no form at all", "MalformedPOSTRequest"),
    (form([("key", "k")]), "InvalidArgument"),
    (form([("key", "k")])[:-10], "MalformedPOSTRequest"),
    (form([("key", "k"), ("x-ignore-a", "x" * 20_480), ("file", "x")]), "MaxPostPreDataLengthExceeded"),
    (f"--{BOUNDARY}\r\nnonsense\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(), "MalformedPOSTRequest"),
])
def test_what_is_no_form_is_refused(server: Server, bucket: str, body: bytes, code: str) -> None:
    assert told(post(f"{server.url}/{bucket}", body))[:2] == (400, code)


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "multipart/mixed; boundary=x"])
def test_the_content_type_must_be_that_of_a_form(server: Server, bucket: str, content_type: str) -> None:
    answer = post(f"{server.url}/{bucket}", form([("key", "k"), ("file", "x")]), content_type)
    assert told(answer)[:2] == (412, "PreconditionFailed")
    assert answer.error()["Condition"] == "Bucket POST must be of the enclosure-type multipart/form-data"


def test_the_bucket_must_be_there(server: Server) -> None:
    assert told(post(f"{server.url}/no-such-bucket", form([("key", "k"), ("file", "x")])))[:2] == (404, "NoSuchBucket")


@pytest.mark.parametrize("policy", [
    "not json", "[]", '{"conditions": []}', '{"expiration": "2099-01-01T00:00:00Z"}',
    '{"expiration": "tomorrow", "conditions": []}', '{"expiration": "2099-01-01T00:00:00Z", "conditions": {}}',
    '{"EXPIRATION": "2099-01-01T00:00:00Z", "conditions": []}', '{"expiration": "2099-01-01T00:00:00Z", "conditions": [{}]}',
    '{"expiration": "2099-01-01T00:00:00Z", "conditions": [["content-length-range", 0]]}',
    '{"expiration": "2099-01-01T00:00:00Z", "conditions": [["content-length-range", -1, 0]]}',
    '{"expiration": "2099-01-01T00:00:00Z", "conditions": [["matches", "$key", "k"]]}',
])
def test_what_is_no_policy_is_refused(server: Server, bucket: str, policy: str) -> None:
    assert told(post(f"{server.url}/{bucket}", own_policy(policy)))[:2] == (400, "InvalidPolicyDocument")


def own_policy(policy: str, key: str = "k") -> bytes:
    text = base64.b64encode(policy.encode()).decode()
    signature = base64.b64encode(hmac.new(b"test", text.encode(), hashlib.sha1).digest()).decode()
    return form([("key", key), ("AWSAccessKeyId", "test"), ("policy", text), ("signature", signature), ("file", "x")])


def test_a_policy_may_escape_its_dollars(server: Server, s3: BaseClient, bucket: str) -> None:
    start = {"expiration": "2099-01-01T00:00:00Z", "conditions": [{"bUcKeT": bucket}, ["StArTs-WiTh", "$KeY", "a"]]}
    for policy in (json.dumps(start), json.dumps(start).replace("$KeY", r"\$KeY"), json.dumps(start).replace("$KeY", r"\\$KeY")):
        assert post(f"{server.url}/{bucket}", own_policy(policy, "a/b")).status == 204
    assert s3.head_object(Bucket=bucket, Key="a/b")["ContentLength"] == 1


@pytest.mark.parametrize("by", ["a field", "the bucket's default"])
@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_kms_needs_a_form_of_signature_v4(server: Server, s3: BaseClient, bucket: str, by: str, version: str) -> None:
    fields = {"x-amz-server-side-encryption": "aws:kms"} if by == "a field" else {}
    if by != "a field":
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]})
    answer = signed(client(server, signature_version=version), bucket, "k", fields=dict(fields), conditions=[fields] if fields else [])
    if version == "s3":
        assert told(answer)[:2] == (400, "InvalidArgument") and "require AWS Signature Version 4" in told(answer)[2]
    else:
        assert answer.status == 204
        assert s3.head_object(Bucket=bucket, Key="k")["ServerSideEncryption"] == "aws:kms"


def test_a_wrong_checksum_is_refused(s3: BaseClient, bucket: str) -> None:
    fields = {"x-amz-checksum-crc32": "AAAAAA=="}
    assert told(signed(s3, bucket, "k", fields=fields, conditions=[fields]))[:2] == (400, "BadDigest")


@pytest.mark.measures_memory
def test_a_file_is_not_held_in_memory(own_server: Server) -> None:
    s3 = client(own_server)
    bucket = new_bucket(s3)
    made = s3.generate_presigned_post(bucket, "big")
    whole = form([*made["fields"].items(), ("file", b"")])
    at = whole.rindex(b"\r\n--" + BOUNDARY.encode())
    pieces = 96
    before = own_server.peak_memory()
    connection = http.client.HTTPConnection("127.0.0.1", own_server.port, timeout=60)
    connection.putrequest("POST", f"/{bucket}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(whole) + pieces * MIB))
    connection.endheaders(whole[:at])
    for number in range(pieces):
        connection.send(bytes([number]) * MIB)
    connection.send(whole[at:])
    assert connection.getresponse().status == 204
    connection.close()
    assert s3.head_object(Bucket=bucket, Key="big")["ContentLength"] == pieces * MIB
    assert own_server.peak_memory() - before < 16 * MIB
