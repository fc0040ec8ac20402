"""docs/kinds/payloads.md: how a body is signed, announced and chunked."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer
from support.server import Server

import pages
from payload_table import (
    ANNOUNCED,
    ANNOUNCEMENTS,
    BODY,
    LINE,
    MISSIGNED,
    SHA256S,
    SOURCE,
    STREAMS,
    TEXTS,
    Expected,
    Stream,
    Taken,
    crc32,
    md5,
    mismatch,
    wrong_length,
)
from raw import Refused
from wire import FORMS, SHA256, Chunks, Wire, sha256


@pytest.fixture(scope="session")
def wire(server: Server) -> Wire:
    return Wire(server)


def check(answer: Answer, expected: Expected) -> None:
    if isinstance(expected, Refused):
        expected.check(answer)
    else:
        assert answer.status == (200 if isinstance(expected, Taken) else expected), answer.body


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what, text, of_get, of_put", SHA256S, ids=[row[0].replace(" ", "-") for row in SHA256S])
def test_what_the_payload_is_said_to_be(what: str, text: str | None, of_get: tuple[Expected, Expected],
                                        of_put: tuple[Expected, Expected], form: str, bucket: str, wire: Wire) -> None:
    headers = {} if text is None else {SHA256: text}
    column = 0 if form == "V4 header" else 1
    check(wire(form, "GET", f"/{bucket}", headers), of_get[column])
    check(wire(form, "PUT", f"/{bucket}/key", headers, BODY), of_put[column])


@pytest.mark.parametrize("form", FORMS[1:])
def test_chunks_mean_nothing_where_no_header_has_a_signature_of_version_4(form: str, bucket: str, wire: Wire) -> None:
    for text in TEXTS[1:3]:
        headers = {SHA256: text, "x-amz-decoded-content-length": str(len(BODY))}
        mismatch(text).check(wire(form, "PUT", f"/{bucket}/key", headers, BODY))
        wrong_length(len(BODY), 40).check(wire(form, "PUT", f"/{bucket}/key", headers, BODY + b"\r\n0\r\n\r\n\r"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what, headers, expected", ANNOUNCEMENTS, ids=[row[0].replace(" ", "-") for row in ANNOUNCEMENTS])
def test_what_is_announced_of_a_body(what: str, headers: dict[str, str], expected: Expected, form: str, bucket: str,
                                     wire: Wire) -> None:
    check(wire(form, "PUT", f"/{bucket}/key", {SHA256: "UNSIGNED-PAYLOAD", **headers}, BODY), expected)


@pytest.mark.parametrize("stream", STREAMS, ids=[stream.what.replace(" ", "-") for stream in STREAMS])
def test_a_body_in_chunks(stream: Stream, bucket: str, s3: BaseClient, wire: Wire) -> None:
    headers = {SHA256: stream.form, "x-amz-decoded-content-length": str(stream.length), "content-encoding": "aws-chunked",
               **stream.headers}
    body, chunked = (b"", stream.body) if callable(stream.body) else (stream.body, None)
    check(wire("V4 header", "PUT", f"/{bucket}/key", headers, body, chunked=chunked), stream.expected)
    if isinstance(stream.expected, Taken):
        read = s3.get_object(Bucket=bucket, Key="key")
        assert read["Body"].read() == BODY and read.get("ContentEncoding") == stream.expected.encoding


def mismatched(kind: str, answer: Answer) -> None:
    """What is told of the chunk or trailer whose signature is another, and of the request."""
    told = answer.error()
    assert (answer.status, told["Code"]) == (403, "SignatureDoesNotMatch")
    assert set(told) == {"Code", "Message", "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes",
                         "CanonicalRequest", "CanonicalRequestBytes", "RequestId", "HostId"}
    assert told["StringToSign"].startswith(f"AWS4-HMAC-SHA256-{kind}\n")
    assert told["StringToSignBytes"] == told["StringToSign"].encode().hex(" ")
    assert told["CanonicalRequest"].startswith("PUT\n/")
    assert told["CanonicalRequestBytes"] == told["CanonicalRequest"].encode().hex(" ")


@pytest.mark.parametrize("what, old, new", MISSIGNED, ids=[row[0].replace(" ", "-") for row in MISSIGNED])
def test_a_chunks_signature_that_is_another(what: str, old: bytes, new: bytes, bucket: str, wire: Wire) -> None:
    def chunked(chunks: Chunks) -> bytes:
        return chunks.body((BODY, b"")).replace(old, new)

    headers = {SHA256: TEXTS[2], "x-amz-decoded-content-length": str(len(BODY)), "content-encoding": "aws-chunked"}
    mismatched("PAYLOAD", wire("V4 header", "PUT", f"/{bucket}/key", headers, chunked=chunked))


def test_the_trailers_signature_that_is_another(bucket: str, wire: Wire) -> None:
    headers = {SHA256: TEXTS[3], "x-amz-decoded-content-length": str(len(BODY)), "content-encoding": "aws-chunked", **ANNOUNCED}
    answer = wire("V4 header", "PUT", f"/{bucket}/key", headers,
                  chunked=lambda chunks: chunks.body((BODY, b""), LINE).replace(LINE, LINE.replace(b": ", b":x")))
    mismatched("TRAILER", answer)


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_digest_of_the_payload_is_told_before_other_digests(form: str, bucket: str, wire: Wire) -> None:
    wrong = sha256(b"")
    mismatch(wrong).check(wire(form, "PUT", f"/{bucket}/key", {SHA256: wrong, "content-md5": md5(b""),
                                                               "x-amz-checksum-crc32": crc32(b"")}, BODY))
    document = b"<Delete><Object><Key>key</Key></Object></Delete>"
    mismatch(wrong, document).check(wire(form, "POST", f"/{bucket}", {SHA256: wrong, "content-md5": md5(document)}, document,
                                         (("delete", ""),)))


def test_the_page_is_the_table() -> None:
    text = f"""# Payloads

How a body is signed, announced and chunked, and what Amazon S3 answers. Source of all: {SOURCE}.
The tables are `tests/kinds/payload_table.py`; `tests/kinds/test_payloads.py` asks the server each row and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew).

## x-amz-content-sha256

Signature V4 in a header refuses a value that is none. Everywhere else (a URL of V4; V2) the value is a digest like any other:
nobody looks at it without a body, and the body is refused that isn't of it, be the value a form of aws-chunked.

"""
    columns = ("x-amz-content-sha256", "GET, V4 header", "GET, others", "PUT, V4 header", "PUT, others")
    text += pages.table(columns, ((what, *of_get, *of_put) for what, _, of_get, of_put in SHA256S))
    text += "\n## What is announced, however it is signed\n\n"
    text += pages.table(("a PUT with", "answer"), ((what, expected) for what, _, expected in ANNOUNCEMENTS))
    text += "\n## Bodies in chunks, signed by V4 in a header\n\n"
    text += pages.table(("body", "answer"), ((stream.what, stream.expected) for stream in STREAMS))
    text += "\n403 SignatureDoesNotMatch: " + "; ".join(what for what, _, _ in MISSIGNED) + "; another trailer than was signed.\n"
    text += "StringToSign and SignatureProvided are the chunk's or trailer's, CanonicalRequest is the request's.\n"
    pages.check("payloads.md", text)
