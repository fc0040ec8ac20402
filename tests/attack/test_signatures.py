"""Signatures that are made to serve for what was never signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import urllib.parse
from collections.abc import Iterator

import pytest
from hostile import document, exchange, head, send, signed, status, wrongly_signed
from support.s3 import client, new_bucket, refused
from support.server import ACCESS_KEY, SECRET_KEY, Server


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("attacked"), "--quiet", "--bucket", "films") as server:
        client(server).put_object(Bucket="films", Key="k", Body=b"content")
        yield server


def unsigned(server: Server, target: str, method: str = "GET") -> bytes:
    return exchange(server, head(method, target, [("Host", f"127.0.0.1:{server.port}")]))


def url_v2(rest: str, method: str = "GET", content: str = "\n") -> str:
    """The parameters that prove V2's string to sign: `content` are digest and type, `rest` headers and resource."""
    expires = str(int(time.time()) + 60)
    text = f"{method}\n{content}\n{expires}\n{rest}".encode()
    signature = base64.b64encode(hmac.new(SECRET_KEY.encode(), text, hashlib.sha1).digest())
    return urllib.parse.urlencode({"AWSAccessKeyId": ACCESS_KEY, "Expires": expires, "Signature": signature})


def code(answer: bytes) -> str:
    return answer.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


@pytest.mark.parametrize("query", [
    "encryption", "ownershipControls", "policyStatus", "publicAccessBlock", "intelligent-tiering", "metadataTable",
    "acl", "cors", "versions", "uploads", "location", "object-lock", "tagging", "encryption=",
    "encryptio%6E"])
def test_a_url_of_a_bucket_serves_for_none_of_its_sub_resources(attacked: Server, query: str) -> None:
    url = url_v2("/films")
    assert status(unsigned(attacked, f"/films?{url}")) == 200
    assert status(unsigned(attacked, f"/films?{url}&prefix=k")) == 200, "V2 doesn't sign what a listing is about"
    assert code(unsigned(attacked, f"/films?{query}&{url}")) == "SignatureDoesNotMatch"


def test_v2_signs_the_names_of_sub_resources_and_few_values(attacked: Server) -> None:
    """Reported: brekkylab/backlot (measured 2026-09)."""
    for sent, signed_as in (("versioning", "?versioning"), ("versioning=1", "?versioning"), ("location=x", "?location"),
                            ("session", "")):
        answer = unsigned(attacked, f"/films?{sent}&{url_v2('/films' + signed_as)}")
        assert code(answer) != "SignatureDoesNotMatch", sent
    assert code(unsigned(attacked, f"/films?versioning=1&{url_v2('/films?versioning=1')}")) == "SignatureDoesNotMatch"
    for valued in ("versionId=null", "partNumber=1", "response-content-type=text/plain"):
        assert status(unsigned(attacked, f"/films/k?{valued}&{url_v2('/films/k?' + valued)}")) in (200, 206), valued
        bare = valued.partition("=")[0]
        assert code(unsigned(attacked, f"/films/k?{valued}&{url_v2('/films/k?' + bare)}")) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("query", [
    "acl", "attributes", "legal-hold", "retention", "tagging", "torrent", "versionId=null", "partNumber=1",
    "response-content-type=text%2Fhtml", "annotation"])
def test_a_url_of_an_object_serves_for_nothing_else_of_it(attacked: Server, query: str) -> None:
    url = url_v2("/films/k")
    assert status(unsigned(attacked, f"/films/k?{url}")) == 200
    assert code(unsigned(attacked, f"/films/k?{query}&{url}")) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(("signed_rest", "sent"), [
    ("x-amz-acl:private\nx-amz-meta-a:1\n/films/k", "x-amz-acl=private%0Ax-amz-meta-a:1"),
    ("x-amz-acl:private\n/films/k", "x-amz-acl:private=%0A"),
    ("x-amz-meta-a:b:c\n/films/k", "x-amz-meta-a:b=c"),
    ("/films/k?response-content-type=text/plain&versionId=null", "response-content-type=text/plain%26versionId%3Dnull"),
    ("/films/k?response-content-type=1&response-content-type=2", "response-content-type=2&response-content-type=1"),
])
def test_one_signature_has_one_reading_with_v2(attacked: Server, signed_rest: str, sent: str) -> None:
    answer = unsigned(attacked, f"/films/k?{sent}&{url_v2(signed_rest)}")
    assert (status(answer), code(answer)) == (400, "InvalidArgument")


def test_a_line_break_folds_nothing_into_the_type_that_is_signed(attacked: Server) -> None:
    expires = int(time.time()) + 60
    url = url_v2("x-amz-meta-a:1\n/films/new", "PUT", f"\ntext/plain\n{expires}\nx-amz-acl:private")
    folded = f"content-type=text/plain%0A{expires}%0Ax-amz-acl:private"
    answer = unsigned(attacked, f"/films/new?{folded}&x-amz-meta-a=1&{url}", "PUT")
    assert (status(answer), code(answer)) == (400, "InvalidArgument")


@pytest.mark.parametrize("added", ["prefix=b&prefix=a", "prefix=a&prefix=b", "prefix=a&prefix"])
def test_a_parameter_that_was_not_signed_cannot_be_added(attacked: Server, added: str) -> None:
    lines = signed(attacked, "GET", "/films?prefix=a")
    answer = exchange(attacked, head("GET", f"/films?{added}", lines))
    assert code(answer) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("names", [
    "host;host", "host;HOST", "host;x-amz-date;x-amz-date", "host;", "host;a b", "host;a:b"])
def test_a_signed_name_stands_once_and_is_one(attacked: Server, names: str) -> None:
    answer = exchange(attacked, head("GET", "/films", wrongly_signed(attacked, names)))
    assert (status(answer), code(answer)) == (400, "AuthorizationHeaderMalformed")


def test_a_signed_header_that_is_not_sent_is_empty_as_on_amazon_s3(attacked: Server) -> None:
    """libs3 signs Transfer-Encoding and doesn't send it; Amazon S3 has such names without a value."""
    lines = [line for line in signed(attacked, "GET", "/films/k", more=[("accept", "")]) if line[0].lower() != "accept"]
    assert "SignedHeaders=accept;host" in dict(lines)["Authorization"]
    assert document(exchange(attacked, head("GET", "/films/k", lines))) == b"content"
    whole = signed(attacked, "GET", "/films/k", more=[("x-amz-meta-a", "1")])
    absent = [line for line in whole if line[0] != "x-amz-meta-a"]
    assert code(exchange(attacked, head("GET", "/films/k", absent))) == "SignatureDoesNotMatch"


def test_a_header_on_two_lines_is_the_field_that_is_signed(attacked: Server) -> None:
    """A signed copy of "k,1" must not become one of "k"."""
    lines = signed(attacked, "PUT", "/films/copy", more=[("x-amz-copy-source", "/films/k,1")])
    at = [name for name, _ in lines].index("x-amz-copy-source")
    lines[at:at + 1] = [("x-amz-copy-source", "/films/k"), ("x-amz-copy-source", "1")]
    assert code(exchange(attacked, head("PUT", "/films/copy", lines))) == "NoSuchKey"


def test_boto3_works_with_v2_in_path_style(attacked: Server) -> None:
    """It signs `/bucket/` for what it sends to `/bucket`, and leaves sub-resources out that it doesn't know."""
    s3 = client(attacked, signature_version="s3", s3={"addressing_style": "path"})
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="a+b c/\u00e9", Body=b"x", Metadata={"a": "1"})
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a+b c/\u00e9"]
    assert s3.get_object(Bucket=bucket, Key="a+b c/\u00e9")["Metadata"] == {"a": "1"}
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    with refused("SignatureDoesNotMatch", 403):
        s3.get_bucket_encryption(Bucket=bucket)


@pytest.mark.parametrize("zone", ["+0000", "GMT", "-0000", "UTC"])
def test_the_date_of_a_v2_header_may_have_a_numeric_zone(attacked: Server, zone: str) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S ", time.gmtime()) + zone
    text = f"GET\n\n\n{date}\n/films/k".encode()
    signature = base64.b64encode(hmac.new(SECRET_KEY.encode(), text, hashlib.sha1).digest()).decode()
    lines = [("Host", "h"), ("Date", date), ("Authorization", f"AWS {ACCESS_KEY}:{signature}")]
    assert document(exchange(attacked, head("GET", "/films/k", lines))) == b"content"


@pytest.mark.parametrize("region", ["US", "auto", "garage", "s3.example.com", "us_east_1"])
def test_a_bucket_is_made_in_a_region_of_aws_alone(attacked: Server, region: str) -> None:
    answer = exchange(attacked, head("PUT", "/elsewhere", signed(attacked, "PUT", "/elsewhere", region=region)))
    assert (status(answer), code(answer)) == (400, "AuthorizationHeaderMalformed")
    assert b"<Region>us-east-1</Region>" in answer
    elsewhere = exchange(attacked, head("GET", "/films/k", signed(attacked, "GET", "/films/k", region=region)))
    assert document(elsewhere) == b"content"


@pytest.mark.parametrize("region", ["auto", "garage"])
def test_a_client_of_another_region_makes_a_bucket_after_all(attacked: Server, region: str) -> None:
    """It is told the right region, and signs anew for that."""
    s3 = client(attacked, region=region)
    bucket = f"bucket-of-{region}"
    s3.create_bucket(Bucket=bucket)
    assert not s3.get_bucket_location(Bucket=bucket).get("LocationConstraint")
