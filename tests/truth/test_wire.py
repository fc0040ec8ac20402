"""Answers as they are on the wire, without an SDK."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.plain_http import Answer as HttpAnswer
from support.plain_http import send
from support.server import ACCESS_KEY, SECRET_KEY, Server

from answers import AN_HTTP_DATE, Ask
from facts import recorded

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
WHOLE_SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z"


class Wire:
    """Signed requests about one bucket, whose bodies are not signed."""

    def __init__(self, server: Server, ask: Ask):
        self.server = server
        self.bucket = ask.bucket

    def ask(self, method: str, path: str, **headers: str) -> HttpAnswer:
        request = AWSRequest(method, f"{self.server.url}{path}", headers={
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
        return send(method, request.url, headers=dict(request.headers))

    def document(self, path: str, root: str) -> list[str]:
        """The names of the root's children, of a document that begins as all do."""
        answer = self.ask("GET", path)
        text = answer.body.decode()
        assert text.startswith(f'{DECLARATION}<{root} xmlns="{NAMESPACE}"'), text
        return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in ElementTree.fromstring(text)]


@recorded("raw-xml-structure")
def test_documents_begin_alike_and_end_with_what_they_list(server: Server, ask: Ask) -> None:
    wire, bucket = Wire(server, ask), f"/{ask.bucket}"
    ask.put_object(Key="test", Body=b"test")
    assert wire.document("/", "ListAllMyBucketsResult")[:2] == ["Owner", "Buckets"]
    for query in ("", "?list-type=2"):
        names = wire.document(bucket + query, "ListBucketResult")
        assert "Name" in names[:-1] and names[-1] == "Contents"
    wire.document(f"{bucket}?uploads", "ListMultipartUploadsResult")
    wire.document(f"{bucket}?location", "LocationConstraint")
    tag = [{"Key": "tag1", "Value": "tag1"}]
    ask.put_bucket_tagging(Tagging={"TagSet": tag})
    ask.put_object(Key="test-key", Body=b"", Tagging="tag1=tag1")
    names = wire.document(f"{bucket}?versions", "ListVersionsResult")
    assert "Name" in names[:-1] and names[-1] == "Version"
    assert wire.document(f"{bucket}?tagging", "Tagging") == ["TagSet"]
    assert wire.document(f"{bucket}/test-key?tagging", "Tagging") == ["TagSet"]

    copy = wire.ask("PUT", f"{bucket}/copied-key", x_amz_copy_source=f"https://s3.amazonaws.com{bucket}/test-key")
    assert copy.status == 200
    assert copy.body.decode().startswith(f'{DECLARATION}<CopyObjectResult xmlns="{NAMESPACE}"')
    upload = ask.begin("multipart-key")["UploadId"]
    put = wire.ask("PUT", f"{bucket}/multipart-key?UploadId={upload}&PartNumber=1")
    assert (put.status, put.body, put.headers["Content-Type"], put.headers["Content-Length"]) == (200, b"", None, "0")
    deleted = wire.ask("DELETE", f"{bucket}/test-key?tagging")
    assert (deleted.status, deleted.body, deleted.headers["Content-Type"], deleted.headers["Content-Length"]) == (
        204, b"", None, None)


@recorded("timestamp-formats")
def test_times_have_whole_seconds(server: Server, ask: Ask) -> None:
    wire, path = Wire(server, ask), f"/{ask.bucket}/test-key"
    ask.put_object(Key="test-key", Body=b"test")
    assert re.search(f"<CreationDate>{WHOLE_SECONDS}</CreationDate>", wire.ask("GET", "/").body.decode())
    for answer in (wire.ask("HEAD", path), wire.ask("GET", path),
                   wire.ask("GET", f"{path}?attributes", x_amz_object_attributes="ETag")):
        assert answer.status == 200
        assert answer.headers["Last-Modified"] == AN_HTTP_DATE
    copy = wire.ask("PUT", f"/{ask.bucket}/copied-key", x_amz_copy_source=f"https://s3.amazonaws.com{path}")
    assert re.search(f"<LastModified>{WHOLE_SECONDS}</LastModified>", copy.body.decode())


@recorded("copy-source-plus-is-space")
def test_a_plus_in_a_copy_source_is_a_space(server: Server, ask: Ask) -> None:
    ask.put_object(Key="test key.txt", Body=b"test-body")
    copy = Wire(server, ask).ask("PUT", f"/{ask.bucket}/dest-key", x_amz_copy_source=f"{ask.bucket}%2Ftest+key.txt")
    assert copy.status == 200
    assert ask.head_object(Key="dest-key")["status"] == 200
