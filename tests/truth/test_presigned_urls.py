"""Presigned URLs, of Signature Version 2 and 4, used without an SDK."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from botocore.handlers import validate_ascii_metadata
from support.plain_http import Answer as HttpAnswer
from support.plain_http import send
from support.s3 import new_bucket, signing_long_ago
from support.server import ACCESS_KEY, SECRET_KEY, Server

from answers import A_NAME, AN_HTTP_DATE, AN_ID, AN_ISO_TIME, HEX_BYTES, Answer, Ask, error, from_http, ok
from facts import NO_SIGNATURE_MATCH, PLAIN, WHOLE, copied, recorded

SIGV2, SIGV4 = "s3", "s3v4"
BOTH = pytest.mark.parametrize("version", [SIGV2, SIGV4])


class Urls:
    """Signs URLs and sends them."""

    def __init__(self, sdk: BaseClient, ask: Ask):
        self.sdk = sdk
        self.ask = ask

    def url(self, operation: str, key: str, expires_in: int = 60, **params: Any) -> str:
        signed = self.sdk.generate_presigned_url(operation, {"Bucket": self.ask.bucket, "Key": key, **params},
                                                 ExpiresIn=expires_in)
        return signed.replace("https://", "http://", 1)


@pytest.fixture
def urls(boto3_as: Callable[..., BaseClient], localhost_names: None) -> Callable[..., Urls]:
    """Signing with a version (boto3's own choice by default) and naming the bucket by path or host."""
    objects = boto3_as()
    ask = Ask(objects, new_bucket(objects))

    def make(version: str | None = None, style: str = "path") -> Urls:
        settings: dict[str, Any] = {"s3": {"addressing_style": style}}
        if version:
            settings["signature_version"] = version
        return Urls(boto3_as(host="localhost" if style == "virtual" else "127.0.0.1", **settings), ask)

    return make


def refused(answer: HttpAnswer, status: int, code: str, message: str, **fields: Any) -> bool:
    assert from_http(answer) == error(status, code, message, HostId=AN_ID, RequestId=AN_ID, **fields)
    return True


def signature_refused(answer: HttpAnswer, version: str) -> bool:
    """What the server signed is told, as text and as the hex of its bytes."""
    fields: dict[str, Any] = {"AWSAccessKeyId": ACCESS_KEY, "SignatureProvided": AN_ID, "StringToSign": A_NAME,
                              "StringToSignBytes": HEX_BYTES}
    if version == SIGV4:
        fields |= {"CanonicalRequest": A_NAME, "CanonicalRequestBytes": HEX_BYTES}
    assert refused(answer, 403, "SignatureDoesNotMatch", NO_SIGNATURE_MATCH, **fields)
    told = answer.error()
    for name in ("StringToSign", "CanonicalRequest"):
        if name in told:
            assert bytes.fromhex(told[f"{name}Bytes"]) == told[name].encode()
    return True


# --- What is right ----------------------------------------------------------------------------------------------------

@recorded("presigned-get-headers-path-style", "presigned-get-headers-virtual-hosted")
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_get_answers_these_headers_and_no_other(urls: Callable[..., Urls], style: str) -> None:
    presigned = urls(style=style)
    presigned.ask.put_object(Key="temp.txt", Body=b"123")
    answer = send("GET", presigned.url("get_object", "temp.txt", expires_in=10))
    assert (answer.status, answer.body) == (200, b"123")
    assert Answer((name.lower(), value) for name, value in answer.headers.items()) == Answer({
        "accept-ranges": "bytes", "content-length": "3", "content-type": "binary/octet-stream", "date": AN_HTTP_DATE,
        "etag": '"202cb962ac59075b964b07152d234b70"', "last-modified": AN_HTTP_DATE, "server": A_NAME,
        "x-amz-id-2": AN_ID, "x-amz-request-id": AN_ID, "x-amz-server-side-encryption": "AES256"})


@recorded("presigned-put")
def test_what_is_put_without_a_checksum_gets_crc64nvme(urls: Callable[..., Urls]) -> None:
    presigned = urls()
    assert send("PUT", presigned.url("put_object", "my-key"), b"something").status == 200
    assert presigned.ask.get_object(Key="my-key") == ok(
        Body=b"something", ETag='"437b930db84b8079c2dd804a71936b5f"', ContentLength=9, ChecksumCRC64NVME="1BGd19PD4OU=",
        **WHOLE, **PLAIN)


@recorded("presigned-sigv2-put-metadata-run-1", "presigned-sigv2-put-metadata-run-2")
def test_metadata_in_the_query_is_stored_and_more_in_a_header_is_refused(urls: Callable[..., Urls]) -> None:
    presigned = urls(SIGV2)
    url = presigned.url("put_object", "key-by-hostname", Metadata={"foo": "bar"})
    answer = send("PUT", url, b"content 123")
    assert (answer.status, answer.body) == (200, b"")
    assert presigned.ask.head_object(Key="key-by-hostname") == ok(**{
        **PLAIN, "ETag": '"0d9fa06a66933b40f615f530e59edd6b"', "ContentLength": 11, "Metadata": {"foo": "bar"}})
    assert signature_refused(send("PUT", url, b"content 123", {"x-amz-meta-wrong": "wrong"}), SIGV2)


@recorded("presigned-put-non-ascii-metadata")
def test_metadata_beyond_ascii_comes_back_encoded(urls: Callable[..., Urls]) -> None:
    presigned = urls(SIGV2)
    presigned.sdk.meta.events.unregister("before-parameter-build.s3.PutObject", validate_ascii_metadata)
    url = presigned.url("put_object", "key-non-ascii", Metadata={"foo": "non-ascii-%E2%80%94_—_é_"})
    assert send("PUT", url).status == 200
    assert presigned.ask.head_object(Key="key-non-ascii") == ok(**{
        **PLAIN, "ETag": '"d41d8cd98f00b204e9800998ecf8427e"', "ContentLength": 0,
        "Metadata": {"foo": "=?UTF-8?Q?non-ascii-%E2%80%94=5F=E2=80=94=5F=C3=A9=5F?="}})


@recorded("presigned-copy")
def test_a_copy_can_be_presigned(urls: Callable[..., Urls]) -> None:
    presigned = urls(SIGV4)
    source = {"Bucket": presigned.ask.bucket, "Key": "src"}
    presigned.ask.put_object(Key="src", Body=b"something")
    assert presigned.ask.copy_object(Key="dest", CopySource=source) == copied(
        '"437b930db84b8079c2dd804a71936b5f"', ChecksumCRC32="Cdox+w==", **WHOLE)
    url = presigned.url("copy_object", "dest", CopySource=source)
    assert send("PUT", url, headers={"x-amz-copy-source": f"{presigned.ask.bucket}/src"}).status == 200


@recorded("presigned-put-x-amz-in-query")
def test_of_what_stands_in_the_query_metadata_counts_and_a_checksum_does_not(urls: Callable[..., Urls],
                                                                             server: Server) -> None:
    ask = urls().ask
    md5 = {"Content-MD5": "4QrcOUm6Wau+VuBX8g+IPg=="}
    # As the AWS SDK for JavaScript presigns a put: the CRC32 is that of the empty string.
    query = {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-meta-foo": "bar-complicated-no-random",
             "x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-storage-class": "STANDARD", "x-id": "PutObject"}
    request = AWSRequest("PUT", f"{server.url}/{ask.bucket}/temp.txt?{urllib.parse.urlencode(query)}", headers=md5)
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1", expires=86_400).add_auth(request)

    assert send("PUT", request.url, b"123456").status == 403
    assert send("PUT", request.url, b"123456", md5).status == 200
    assert send("PUT", request.url.replace("AAAAAA%3D", "BBBBBB%3D"), b"123456", md5).status == 403
    assert ask.head_object(Key="temp.txt", ChecksumMode="ENABLED") == ok(**{
        **PLAIN, "ETag": '"e10adc3949ba59abbe56e057f20f883e"', "ContentLength": 6, "ChecksumCRC64NVME": "CVmbZh4IWzA=",
        **WHOLE, "Metadata": {"foo": "bar-complicated-no-random"}})


# --- What is not ------------------------------------------------------------------------------------------------------

@recorded("presigned-expired-sigv2", "presigned-expired-sigv4")
@BOTH
def test_a_url_expires(urls: Callable[..., Urls], version: str) -> None:
    presigned = urls(version)
    key = "key-expires-in-2"
    presigned.ask.put_object(Key=key, Body=b"something")

    def get(url: str) -> tuple[int, bytes]:
        answer = send("GET", url)
        return answer.status, answer.body

    assert get(presigned.url("get_object", key, expires_in=2)) == (200, b"something")
    with signing_long_ago(seconds=5):
        url = presigned.url("get_object", key, expires_in=2)
    lifetime = {"X-Amz-Expires": "2"} if version == SIGV4 else {}
    assert refused(send("GET", url), 403, "AccessDenied", "Request has expired", Expires=AN_ISO_TIME,
                   ServerTime=AN_ISO_TIME, **lifetime)
    assert get(presigned.url("get_object", key, expires_in=120)) == (200, b"something")


@recorded("presigned-get-response-header-non-latin1")
@BOTH
def test_an_answers_header_that_is_not_latin_1_is_refused(urls: Callable[..., Urls], version: str) -> None:
    presigned = urls(version)
    presigned.ask.put_object(Key="key-non-ascii", Body=b"")
    control = "non-ascii-%E2%80%94_\u2014_\u00e9_"
    answer = send("GET", presigned.url("get_object", "key-non-ascii", ResponseCacheControl=control,
                                       ResponseContentDisposition='filename="test_\u2014_file%E2%80%94_\u00e9_2.pdf"'))
    assert refused(answer, 400, "InvalidArgument", "Header value cannot be represented using ISO-8859-1.",
                   ArgumentName="response-cache-control", ArgumentValue=control)


@recorded("presigned-double-encoded-credential")
def test_a_credential_encoded_twice_is_malformed(urls: Callable[..., Urls]) -> None:
    presigned = urls(SIGV4)
    presigned.ask.put_object(Key="foo-key", Body=b"foobar")
    url = presigned.url("get_object", "foo-key").replace("%2F", "%252F")
    assert refused(send("GET", url), 400, "AuthorizationQueryParametersError",
                   "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                   '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')


@recorded("presigned-put-other-headers-sigv2", "presigned-put-other-headers-sigv4")
@BOTH
def test_which_headers_are_signed(urls: Callable[..., Urls], version: str) -> None:
    presigned = urls(version)
    key = "key-double-header-param"
    presigned.ask.put_object(Key=key, Body=b"something")

    def put(headers: Mapping[str, str], **signed: str) -> HttpAnswer:
        return send("PUT", presigned.url("put_object", key, expires_in=10, **signed), b"test_data", dict(headers))

    def stored(answer: HttpAnswer) -> bool:
        return (answer.status, answer.body) == (200, b"")

    # Version 2 signs Content-Type, also the lack of it; version 4 what the URL was made with.
    assert stored(put({"Content-Type": "text/plain"}, ContentType="text/plain"))
    assert signature_refused(put({"Content-Type": "text/xml"}, ContentType="text/plain"), version)
    assert stored(put({"Content-Encoding": "identity"}, ContentEncoding="identity"))
    added = put({"Content-Encoding": "identity", "Content-Type": "text/xml"}, ContentEncoding="identity")
    other = put({"Content-Encoding": "gzip"}, ContentEncoding="identity")
    if version == SIGV2:
        assert signature_refused(added, version)
        assert stored(other)
    else:
        assert stored(added)
        assert signature_refused(other, version)


@recorded("presigned-same-name-in-header-and-query")
def test_a_header_that_was_not_signed_is_refused_before_a_signed_one_is_missed(urls: Callable[..., Urls]) -> None:
    presigned = urls(SIGV4)
    key = "key-double-header-param"
    presigned.ask.put_object(Key=key, Body=b"something")
    url = presigned.url("put_object", key, expires_in=10, RequestPayer="requester")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert query["X-Amz-SignedHeaders"] == ["host;x-amz-request-payer"]

    twice = url.replace("?", f"?{urllib.parse.urlencode({'x-amz-request-payer': ['non-valid']})}&", 1)
    assert signature_refused(send("PUT", twice, b"test_data", {"x-amz-request-payer": "requester"}), SIGV4)
    assert refused(send("PUT", url, b"test_data", {"x-amz-expires": "5"}), 403, "AccessDenied",
                   "There were headers present in the request which were not signed", HeadersNotSigned="x-amz-expires")


@recorded("presigned-wrong-signature-sigv2-path-style", "presigned-wrong-signature-sigv2-virtual-hosted",
          "presigned-wrong-signature-sigv4-path-style", "presigned-wrong-signature-sigv4-virtual-hosted")
@BOTH
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_a_url_stripped_of_what_it_was_signed_with_is_refused(urls: Callable[..., Urls], version: str,
                                                              style: str) -> None:
    presigned = urls(version, style)
    key, body = "temp.txt", b"this should be found in when you download temp.txt."
    another_type = {"Content-Type": "my-fake-content/type"}
    presigned.ask.put_object(Key=key, Body=b"123")

    def get(url: str) -> tuple[int, bytes]:
        answer = send("GET", url)
        return answer.status, answer.body

    assert get(presigned.url("get_object", key, expires_in=20)) == (200, b"123")
    overriding = presigned.url("get_object", key, expires_in=20, ResponseContentType="text/plain",
                               ResponseContentDisposition="attachment;  filename=test.txt")
    assert get(overriding) == (200, b"123")
    assert signature_refused(send("GET", _stripped(overriding), body, another_type), version)

    answer = send("PUT", presigned.url("put_object", key, expires_in=20), body)
    assert (answer.status, answer.body) == (200, b"")
    typed = presigned.url("put_object", key, expires_in=20, ContentType="text/plain")
    answer = send("PUT", typed, body, {"Content-Type": "text/plain"})
    assert (answer.status, answer.body) == (200, b"")
    assert signature_refused(send("PUT", _stripped(typed), body, another_type), version)
    assert send("DELETE", presigned.url("delete_object", key, expires_in=20)).status == 204


@recorded("presigned-put-streaming-headers-sigv2", "presigned-put-streaming-headers-sigv4")
@BOTH
@pytest.mark.parametrize("decoded_length", [{"X-Amz-Decoded-Content-Length": "test"}, {}], ids=["with", "without"])
def test_headers_of_a_chunked_body_are_refused_where_they_were_not_signed(
        urls: Callable[..., Urls], version: str, decoded_length: dict[str, str]) -> None:
    signed = {"Content-Type": "application/octet-stream", "Content-MD5": "pX8KKuGXS1f2VTcuJpqjkw=="}
    url = urls(version).url("put_object", "test-runtime.properties", ContentType=signed["Content-Type"],
                            ContentMD5=signed["Content-MD5"])
    answer = send("PUT", url, b"test", {
        **signed, "X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "X-Amz-Date": "20211122T191045Z",
        "Connection": "Keep-Alive", **decoded_length})
    if version == SIGV2:
        assert signature_refused(answer, version)
    else:
        names = ["x-amz-date", *(name.lower() for name in decoded_length)]
        assert refused(answer, 403, "AccessDenied", "There were headers present in the request which were not signed",
                       HeadersNotSigned=", ".join(names))


def _stripped(url: str) -> str:
    """With nothing in the query but the signature and what it is made of; only the host is said to be signed."""
    parts = urllib.parse.urlsplit(url)
    kept = [(name, "host" if name == "X-Amz-SignedHeaders" else value)
            for name, value in urllib.parse.parse_qsl(parts.query)
            if name.startswith("X-Amz-") or name in ("AWSAccessKeyId", "Signature", "Expires")]
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(kept)))
