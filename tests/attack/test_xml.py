"""Documents that cost more to read than to send."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest
from botocore.client import BaseClient
from hostile import document, exchange, head, send, signed, status
from hostile import cost as cost_of
from support.s3 import Upload, client, new_bucket
from support.server import Server

KIB, MIB = 1 << 10, 1 << 20
MOST_SECONDS = 0.5
"""Of CPU for a document that is refused: a hundredth is enough; a sanitizer and a slow machine have their share."""
MOST_MEMORY = 200 * MIB


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("attacked"), "--quiet", "--bucket", "films") as server:
        yield server


@pytest.fixture(scope="module")
def s3(attacked: Server) -> BaseClient:
    return client(attacked)


def put(server: Server, method: str, target: str, body: bytes) -> bytes:
    """The request, signed, with the digest that some of them must have."""
    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    return head(method, target, signed(server, method, target, body, [("Content-MD5", md5)]), body)


TARGETS = [
    ("POST", "/films?delete"), ("PUT", "/films?cors"), ("PUT", "/films?tagging"), ("PUT", "/films?lifecycle"),
    ("PUT", "/films?versioning"), ("PUT", "/films?encryption"), ("PUT", "/films?ownershipControls"),
    ("PUT", "/films?publicAccessBlock"), ("PUT", "/films?acl"), ("PUT", "/films/k?tagging"), ("PUT", "/films/k?acl"),
    ("POST", "/films/k?uploadId=UPLOAD"), ("PUT", "/another-bucket"),
]
DOCUMENTS = {
    "attributes": lambda room: b"<Delete" + b"".join(b" a%d='1'" % n for n in range(room // 12)) + b"/>",
    "empty elements": lambda room: b"<Delete>" + b"<a/>" * (room // 4 - 8) + b"</Delete>",
    "comments": lambda room: b"<Delete>" + b"<!---->" * (room // 7 - 8) + b"</Delete>",
    "depth": lambda room: b"<a>" * (room // 8) + b"</a>" * (room // 8),
    "open tags": lambda room: b"<a>" * (room // 3),
    "a long name": lambda room: b"<" + b"a" * (room - 8) + b"/>",
    "a long attribute": lambda room: b"<a b='" + b"a" * (room - 16) + b"'/>",
    "white space": lambda room: b"<Delete><Object><Key>" + b" " * (room - 64) + b"</Key></Object></Delete>",
    "references": lambda room: b"<Delete>" + b"&amp;" * (room // 5 - 8) + b"</Delete>",
    "ampersands": lambda room: b"<Delete>" + b"&" * (room - 32) + b"</Delete>",
    "quotes": lambda room: b"<Delete " + b"a='" * (room // 3 - 16) + b"/>",
    "less-than signs": lambda room: b"<" * room,
}


@pytest.mark.measures_memory
@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize(("method", "target"), TARGETS)
def test_a_document_costs_no_more_than_a_bound(attacked: Server, s3: BaseClient, method: str, target: str,
                                               kind: str) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"x")
    target = target.replace("UPLOAD", Upload(s3, "films", "k").id)
    rooms = [60 * KIB, 900 * KIB] + ([4 * MIB - KIB] if "delete" in target or "uploadId" in target else [])
    for room in rooms:
        answer, what = cost_of(attacked, put(attacked, method, target, DOCUMENTS[kind](room)))
        assert 400 <= status(answer) < 500, answer[:300]
        assert what.cpu_seconds <= MOST_SECONDS
    assert attacked.peak_memory() <= MOST_MEMORY


@pytest.mark.parametrize(("method", "target"), TARGETS)
def test_a_document_that_is_too_long_is_refused_unread(attacked: Server, s3: BaseClient, method: str,
                                                       target: str) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"x")
    target = target.replace("UPLOAD", Upload(s3, "films", "k").id)
    answer = exchange(attacked, put(attacked, method, target, b"<" + b"a" * (5 * MIB)))
    assert status(answer) == 400
    assert b"<Code>MaxMessageLengthExceeded</Code>" in answer
    most = int(re.search(rb"<MaxMessageLengthBytes>(\d+)<", answer)[1])
    assert most == {"/films?cors": 64 * KIB, "/films?lifecycle": 2 * MIB, "/films?delete": 4 * MIB}.get(
        target, 4 * MIB if "uploadId" in target else MIB)


def test_the_largest_documents_that_are_allowed_are_read(attacked: Server, s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k" * 1_020 + f"{n:04}"} for n in range(1_000)]})
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [
        {"ID": "i" * 255, "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": [f"http://a{n}"]} for n in range(100)]})
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [
        {"ID": f"{n:0255}", "Status": "Enabled", "Filter": {"Prefix": f"p{n}/"}, "Expiration": {"Days": 1}}
        for n in range(1_000)]})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [
        {"Key": f"{n:0128}", "Value": "v" * 256} for n in range(50)]})


WRITABLE = "%7F", "%FF", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%22%3C%26%0D%0A"
BYTES = "%00", "%01", "%1F", "%EF%BF%BE", "%EF%BF%BF", *WRITABLE


@pytest.mark.parametrize("encoded", BYTES)
@pytest.mark.parametrize("target", [
    "/films/{}", "/{}", "/films?max-keys={}", "/films?encoding-type={}", "/films?list-type=2&continuation-token={}",
    "/films/k?versionId={}", "/films?uploads&upload-id-marker={}&key-marker=a", "/films/k?partNumber={}",
    "/films/k?uploadId={}"])
def test_an_error_can_be_read_whatever_bytes_it_is_about(attacked: Server, target: str, encoded: str) -> None:
    for answer in (send(attacked, "GET", target.format(encoded)),
                   exchange(attacked, head("GET", target.format(encoded), [("Host", "h"), ("Authorization", "\xff")]))):
        if status(answer) >= 400:
            assert ElementTree.fromstring(document(answer)).tag == "Error"


@pytest.mark.parametrize("encoded", WRITABLE)
def test_a_listing_can_be_read_whatever_bytes_it_is_asked_for(attacked: Server, encoded: str) -> None:
    """But for what XML can't write, to which Amazon S3 refers all the same: encoding-type=url is for that."""
    for parameters in (f"prefix={encoded}&delimiter={encoded}&marker={encoded}", f"list-type=2&start-after={encoded}",
                       f"versions&prefix={encoded}", f"uploads&prefix={encoded}"):
        answer = send(attacked, "GET", f"/films?{parameters}")
        assert status(answer) == 200
        ElementTree.fromstring(document(answer))


@pytest.mark.parametrize("encoded", BYTES)
def test_an_encoded_listing_can_be_read_whatever_bytes_it_is_asked_for(attacked: Server, encoded: str) -> None:
    answer = send(attacked, "GET", f"/films?encoding-type=url&prefix={encoded}&delimiter={encoded}&marker={encoded}")
    assert status(answer) == 200
    ElementTree.fromstring(document(answer))
