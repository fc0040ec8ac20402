"""Forms that browsers post: multipart/form-data with a signed policy."""

from __future__ import annotations

import datetime
import email.utils
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import urllib3
from botocore.client import BaseClient
from botocore.config import Config

from support.plain_http import Answer as HttpAnswer
from support.plain_http import send
from support.s3 import new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server

from answers import AN_ID, HEX_BYTES, Answer, Ask, error, from_http, ok, some_text
from facts import NO_SIGNATURE_MATCH, PLAIN, WHOLE, entry, listed, location_of, recorded

ABCDEF = {"Body": b"abcdef", "ContentLength": 6, "ETag": '"e80b5017098950fc58aad83c8c14978e"',
          "ChecksumCRC64NVME": "Pact6XRTYyA=", **WHOLE}
IDS = {"RequestId": AN_ID, "HostId": AN_ID}
REDIRECT = "success_action_redirect"


class Form:
    """A form as boto3 signs it, and what it posts."""

    def __init__(self, sdk: BaseClient, bucket: str, key: str, fields: dict[str, str] | None = None,
                 conditions: list[Any] | None = None, expires_in: int = 60):
        made = sdk.generate_presigned_post(bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=expires_in)
        self.url = made["url"].replace("https://", "http://", 1)
        self.fields: dict[str, str] = made["fields"]

    def post(self, file: bytes, filename: str | None = "file") -> HttpAnswer:
        part = (filename, file) if filename else file
        body, content_type = urllib3.encode_multipart_formdata([*self.fields.items(), ("file", part)])
        return send("POST", self.url, body, {"Content-Type": content_type})


@pytest.fixture(params=[None, "s3v4"], ids=["sigv2", "sigv4"])
def any_signer(request: pytest.FixtureRequest, boto3_as: Callable[..., BaseClient]) -> BaseClient:
    return boto3_as(**({"signature_version": request.param} if request.param else {}))


@pytest.fixture
def signer(boto3_as: Callable[..., BaseClient]) -> BaseClient:
    return boto3_as()


@pytest.fixture
def asks(signer: BaseClient) -> Ask:
    return Ask(signer, new_bucket(signer))


def refusal(status: int, code: str, message: str, **fields: Any) -> Answer:
    return error(status, code, message, **fields, **IDS)


def denied(why: str) -> Answer:
    return refusal(403, "AccessDenied", f"Invalid according to Policy: {why}")


def in_ten_minutes() -> str:
    return email.utils.format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=10), usegmt=True)


@recorded("post-policy-expired")
def test_a_policy_expires(signer: BaseClient, asks: Ask) -> None:
    form = Form(signer, asks.bucket, "test-presigned-post-key", expires_in=-2)
    assert from_http(form.post(b"file content")) == denied("Policy expired.")


@recorded("post-policy-malformed-sigv2", "post-policy-malformed-sigv4")
def test_a_policy_that_was_cut_is_not_the_one_signed(any_signer: BaseClient, asks: Ask) -> None:
    form = Form(any_signer, asks.bucket, "test-presigned-malformed-policy")
    form.fields["policy"] = form.fields["policy"][:-2]
    signature = form.fields.get("signature") or form.fields["x-amz-signature"]
    assert from_http(form.post(b"file content")) == refusal(
        403, "SignatureDoesNotMatch", NO_SIGNATURE_MATCH, AWSAccessKeyId=ACCESS_KEY,
        StringToSign=form.fields["policy"], SignatureProvided=signature, StringToSignBytes=HEX_BYTES)


@recorded("post-missing-signature-sigv2", "post-missing-signature-sigv4")
def test_a_form_without_its_signature_is_refused(any_signer: BaseClient, asks: Ask) -> None:
    form = Form(any_signer, asks.bucket, "test-presigned-missing-signature")
    name = "Signature" if form.fields.pop("signature", None) else "X-Amz-Signature"
    form.fields.pop("x-amz-signature", None)
    assert from_http(form.post(b"file content")) == refusal(
        400, "InvalidArgument", f"Bucket POST must contain a field named '{name}'.  If it is specified, please check the "
                                "order of the fields.", ArgumentName=name, ArgumentValue=None)


def tagged(signer: BaseClient, bucket: str, tagging: str) -> HttpAnswer:
    form = Form(signer, bucket, "test-presigned-post-key-tagging", {"tagging": tagging},
                [{"bucket": bucket}, ["eq", "$tagging", tagging]])
    return form.post(b"test-body-tagging")


@recorded("post-tagging-single", "post-tagging-list", "post-tagging-invalid")
@pytest.mark.parametrize("tagging, count", [
    ("<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag></TagSet></Tagging>", 1),
    ("<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag><Tag><Key>TagName2</Key>"
     "<Value>TagValue2</Value></Tag></TagSet></Tagging>", 2),
    ("<InvalidXmlTagging></InvalidXmlTagging>", 0),
])
def test_a_form_has_tags(signer: BaseClient, asks: Ask, tagging: str, count: int) -> None:
    assert tagged(signer, asks.bucket, tagging).status == 204
    head = asks.head_object(Key="test-presigned-post-key-tagging")
    assert head["status"] == 200
    assert int(asks.headers.get("x-amz-tagging-count", 0)) == count


@recorded("post-tagging-notxml")
def test_tags_of_a_form_that_are_no_xml_are_refused(signer: BaseClient, asks: Ask) -> None:
    assert from_http(tagged(signer, asks.bucket, "not-xml")) == refusal(
        400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    assert asks.head_object(Key="test-presigned-post-key-tagging")["status"] == 404


@recorded("post-metadata")
def test_a_form_has_metadata(signer: BaseClient, asks: Ask) -> None:
    fields = {"x-amz-meta-test-1": "test-meta-1", "x-amz-meta-TEST-2": "test-meta-2", "Content-Type": "text/plain",
              "Expires": in_ten_minutes()}
    form = Form(signer, asks.bucket, "test-presigned-post-key-metadata", fields,
                [{"bucket": asks.bucket}, *(["eq", f"${name}", value] for name, value in fields.items())])
    assert form.post(b"test-body-tagging").status == 204
    head = asks.head_object(Key="test-presigned-post-key-metadata")
    assert head.pop("Expires")
    assert head == ok(**{**PLAIN, "ContentType": "text/plain", "ContentLength": 17,
                         "ETag": '"a7d8531d918474360de3e2eaeb110cda"', "ExpiresString": fields["Expires"],
                         "Metadata": {"test-1": "test-meta-1", "test-2": "test-meta-2"}})


@recorded("post-non-ascii-metadata")
def test_metadata_of_a_form_beyond_ascii(signer: BaseClient, asks: Ask) -> None:
    key = "test_unicode—_file.pdf"
    safe = "! \"#$%&'()*+,-./0123456789:;<>'?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\t"
    fields = {
        "Content-Disposition": 'filename="test_—_file%E2%80%94_é_2-.pdf"',
        "Cache-Control": "non-ascii-%E2%80%94_—_é_",
        "x-amz-meta-nonascii": "ÄMÄZÕÑ S3",
        "x-amz-meta-nonascii-2": "test_—_file%E2%80%94_é_2👑.pdf",
        "x-amz-meta-safe-chars": safe,
        "x-amz-meta-utf-8": "\0\1\2\3\4",
        "x-amz-meta-q-encoded": "=?UTF-8?Q?actually-ascii?=",
        "x-amz-meta-b-encoded": "=?UTF-8?B?YWJj?=",
        "success_action_status": "201",
    }
    form = Form(signer, asks.bucket, key, fields,
                [{"bucket": asks.bucket}, *(["eq", f"${name}", value] for name, value in fields.items())])
    posted = form.post(b"test-body-tagging")
    assert posted.status == 201
    location = some_text("the URL of the object", rf"http://[^/]+/{asks.bucket}/test_unicode%E2%80%94_file.pdf")
    assert posted.headers["Location"] == location
    document = ElementTree.fromstring(posted.body)
    assert document.tag == "PostResponse"
    assert {child.tag: child.text for child in document} == {
        "Location": location, "Bucket": asks.bucket, "Key": key, "ETag": '"a7d8531d918474360de3e2eaeb110cda"'}
    assert asks.head_object(Key=key) == ok(**{
        **PLAIN, "ContentLength": 17, "ETag": '"a7d8531d918474360de3e2eaeb110cda"',
        "CacheControl": "non-ascii-%E2%80%94_ _é_",
        "ContentDisposition": 'filename="test_ _file%E2%80%94_é_2-.pdf"',
        "Metadata": {
            "nonascii": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=",
            "nonascii-2": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=F0=9F=91=91.pdf?=",
            "safe-chars": safe,
            "utf-8": "=?UTF-8?B?AAECAwQ=?=",
            "q-encoded": "=?UTF-8?Q?actually-ascii?=",
            "b-encoded": "=?UTF-8?B?YWJj?=",
        }})


@recorded("post-file-without-filename")
def test_a_file_needs_no_name(signer: BaseClient, asks: Ask) -> None:
    key, with_name = "test-presigned-post-file-as-field", "file-as-field-${filename}"
    bodies = {key: b"test-body-file-as-field", with_name: b"test-body-file-as-field-filename-replacement"}
    etags = {key: '"518feee9a33977e5047cda470999729a"', with_name: '"31ac3a102af06a3d79f0172d01158b49"'}
    for name, body in bodies.items():
        form = Form(signer, asks.bucket, name, conditions=[{"bucket": asks.bucket}])
        assert form.post(body, filename=None).status == 204
    assert asks.head_object(Key=key) == ok(**{**PLAIN, "ContentLength": 23, "ETag": etags[key]})
    contents = [entry(name, etags[name], len(bodies[name]), ChecksumAlgorithm=["CRC64NVME"])
                for name in (with_name, key)]
    assert asks.list_objects_v2() == listed(asks.bucket, contents)


@recorded("post-policy-eq")
def test_a_policy_wants_fields_to_be_equal(signer: BaseClient, asks: Ask) -> None:
    key, url = "validate-policy-1", "http://localhost.test/random"

    def post(fields: dict[str, str], conditions: list[Any]) -> HttpAnswer:
        return Form(signer, asks.bucket, key, fields, conditions).post(b"abcdef")

    for sent, condition in [("http://wrong.location/test", f'["eq", "$success_action_redirect", "{url}"]'),
                            (url, f'["eq", "success_action_redirect", "{url}"]'),
                            (url, '["eq", "$success_action_redirect", "HTTP://localhost.test/random"]')]:
        assert from_http(post({REDIRECT: sent}, [eval(condition)])) == denied(f"Policy Condition failed: {condition}")
    assert from_http(post({REDIRECT: url}, [{"bucket": asks.bucket, REDIRECT: url}])) == refusal(
        400, "InvalidPolicyDocument", "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one "
                                      "property specified.")
    fields = {"x-amz-meta-test-1": "test-meta-1", "x-amz-meta-TEST-2": "test-meta-2", "Content-Type": "text/plain",
              "Expires": in_ten_minutes()}
    names = ["x-amz-meta-test-1", "x-amz-meta-test-2", "content-type", "Expires"]
    values = list(fields.values())
    assert post(fields, [{"bucket": asks.bucket}, *(["eq", f"${n}", v] for n, v in zip(names, values))]).status == 204
    head = asks.head_object(Key=key)
    assert head.pop("Expires")
    assert head == ok(**{**PLAIN, "ContentType": "text/plain", "ContentLength": 6, "ETag": ABCDEF["ETag"],
                         "ExpiresString": fields["Expires"], "Metadata": {"test-1": "test-meta-1", "test-2": "test-meta-2"}})
    assert post({REDIRECT: url}, [["eq", "$success_Action_REDIRECT", url]]).status == 303
    assert asks.get_object(Key=key) == ok(**{**PLAIN, **ABCDEF})
    assert post(fields, [{"bucket": asks.bucket}, *({n: v} for n, v in zip(names, values))]).status == 204


@recorded("post-policy-starts-with")
def test_a_policy_wants_fields_to_start(signer: BaseClient, asks: Ask) -> None:
    def post(url: str, start: str, body: bytes = b"abcdef") -> HttpAnswer:
        return Form(signer, asks.bucket, "validate-policy-2", {REDIRECT: url},
                    [["starts-with", f"${REDIRECT}", start]]).post(body)

    for wrong in ("http://wrong.location/test", "HTTP://localhost.test/random"):
        assert from_http(post(wrong, "http://localhost")) == denied(
            'Policy Condition failed: ["starts-with", "$success_action_redirect", "http://localhost"]')
    right = post("http://localhost.test/random", "http://localhost")
    assert right.status == 303
    assert right.headers["Location"].startswith("http://localhost.test/random")
    assert asks.get_object(Key="validate-policy-2") == ok(**{**PLAIN, **ABCDEF})
    again = post("http://wrong.location/test", "", b"manual value to change ETag")
    assert again.status == 303
    assert again.headers["Location"].startswith("http://wrong.location/test")
    assert asks.get_object(Key="validate-policy-2") == ok(**{
        **PLAIN, **WHOLE, "Body": b"manual value to change ETag", "ContentLength": 27, "ChecksumCRC64NVME": "wSCEAfbAYnk=",
        "ETag": '"365cb4550a52593ad95c6b31242d7418"'})


@recorded("post-with-session-token")
def test_a_form_of_temporary_credentials(server: Server, asks: Ask) -> None:
    temporary = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
                             aws_secret_access_key=SECRET_KEY, aws_session_token="token",
                             config=Config(signature_version="s3v4"))
    form = Form(temporary, asks.bucket, "validate-policy-full-credentials", conditions=[{"bucket": asks.bucket}])
    assert form.fields["x-amz-security-token"] == "token"
    posted = form.post(b"abcdef")
    assert posted.status == 204
    assert posted.headers["Content-Type"] is None
    assert asks.get_object(Key="validate-policy-full-credentials") == ok(**{**PLAIN, **ABCDEF})


@recorded("post-success-status-201")
def test_a_form_is_answered_with_a_document(signer: BaseClient, asks: Ask) -> None:
    """Amazon S3's URL has the bucket in its host, as the client addressed it."""
    form = Form(signer, asks.bucket, "key-${filename}", {"success_action_status": "201"},
                [{"bucket": asks.bucket}, ["eq", "$success_action_status", "201"]])
    posted = form.post(b"something body", "my-file")
    etag, location = '"43281e21fce675ac3bcb3524b38ca4ed"', location_of(asks.bucket, "key-my-file")
    assert posted.status == 201
    assert (posted.headers["ETag"], posted.headers["Location"]) == (etag, location)
    document = ElementTree.fromstring(posted.body)
    assert document.tag == "PostResponse"
    assert {child.tag: child.text for child in document} == {
        "Location": location, "Bucket": asks.bucket, "Key": "key-my-file", "ETag": etag}


@recorded("post-policy-content-length-range")
def test_a_policy_wants_a_size(signer: BaseClient, asks: Ask) -> None:
    def post(size: int, least: int | str = 5, most: int | str = 10) -> HttpAnswer:
        return Form(signer, asks.bucket, "validate-policy-content-length", conditions=[
            {"bucket": asks.bucket}, ["content-length-range", least, most]]).post(b"a" * size)

    assert from_http(post(12)) == refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
                                          MaxSizeAllowed="10", ProposedSize="12")
    assert from_http(post(1)) == refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
                                         MinSizeAllowed="5", ProposedSize="1")
    assert post(5).status == post(10).status == 204
    assert asks.get_object(Key="validate-policy-content-length") == ok(**{
        **PLAIN, **WHOLE, "Body": b"aaaaaaaaaa", "ContentLength": 10, "ETag": '"e09c80c42fda55f9d992e59ca6b3307d"',
        "ChecksumCRC64NVME": "DBqAA21lxVU="})
    assert post(10, "5", "10").status == 204
    assert from_http(post(10, "test", "10")) == denied('Policy Condition failed: ["content-length-range", "test", "10"]')
