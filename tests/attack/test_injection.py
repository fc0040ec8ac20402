"""A client's bytes in heads, redirects, documents and log lines: none of them ends what it stands in."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import sqlite3
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from support.s3 import client, new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server, eventually

from forms import field, policy_for, signed_form
from raw_http import RawAnswer, ask

KEYS = Credentials(ACCESS_KEY, SECRET_KEY)
SECRET = "a-secret-of-this-test"

ENDINGS = {"a line's end": "\r\nX-Evil: 1", "a line feed": "\nX-Evil: 1", "a carriage return": "\rX-Evil: 1",
           "a head's end": "\r\n\r\n<script>alert(1)</script>", "NUL": "a\0b", "an escape": "\x1b[2J\x1b]0;x\x07",
           "a backspace": "a\b\b", "DEL": "a\x7f"}
"""What would end the line, the head or the terminal's peace that it stands in."""


def presigned(method: str, path: str, query: dict[str, str], body: bytes = b"", server: Server | None = None) -> RawAnswer:
    """Asked with a URL in whose query everything is signed."""
    assert server
    url = f"{server.url}{path}?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote)}"
    request = AWSRequest(method, url)
    S3SigV4QueryAuth(KEYS, "s3", "us-east-1", expires=60).add_auth(request)
    target = request.url.removeprefix(server.url)
    return ask(server, [f"{method} {target} HTTP/1.1".encode(), f"Host: 127.0.0.1:{server.port}".encode()], body)


def signed(method: str, path: str, server: Server, headers: dict[str, str] | None = None) -> RawAnswer:
    request = AWSRequest(method, server.url + path, headers=headers or {})
    S3SigV4Auth(KEYS, "s3", "us-east-1").add_auth(request)
    lines = [f"{method} {path} HTTP/1.1".encode(), f"Host: 127.0.0.1:{server.port}".encode(),
             *(f"{name}: {value}".encode("latin-1") for name, value in request.headers.items())]
    return ask(server, lines)


def assert_whole(answer: RawAnswer) -> None:
    """No field of the client's, nothing that a head can't have; and a document in XML is one."""
    names = [name for name, _ in answer.fields()]
    assert "x-evil" not in names
    for line in answer.head.split(b"\r\n"):
        assert re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line) is None, line
    for name in names:
        assert re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9a-z]+", name), name
    length = answer.field("content-length")
    if answer.body and length:
        assert len(answer.body) == int(length)
    if answer.body and answer.field("content-type") == b"application/xml":
        answer.body.decode("utf-8")


def assert_objects_are_whole(server: Server, bucket: str, key: str = "k") -> None:
    """However the object is asked for, and what is made of it."""
    for method, path in [("GET", f"/{bucket}/{key}"), ("HEAD", f"/{bucket}/{key}"), ("GET", f"/{bucket}"), ("GET", f"/{bucket}/{key}?tagging")]:
        assert_whole(signed(method, path, server))
    assert_whole(signed("PUT", f"/{bucket}/copy", server, {"x-amz-copy-source": f"/{bucket}/{key}"}))
    assert_whole(signed("GET", f"/{bucket}/copy", server))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "CopyObject"])
def test_a_name_of_metadata_in_a_query_that_is_no_token_is_refused(server: Server, s3: BaseClient, bucket: str, operation: str,
                                                                   ending: str) -> None:
    s3.put_object(Bucket=bucket, Key="source")
    query = {f"x-amz-meta-a{ENDINGS[ending]}": "v"}
    if operation == "CopyObject":
        query["x-amz-copy-source"] = f"/{bucket}/source"
    if operation == "CreateMultipartUpload":
        answer = presigned("POST", f"/{bucket}/k", {"uploads": "", **query}, server=server)
    else:
        answer = presigned("PUT", f"/{bucket}/k", query, server=server)
    assert answer.status == 400
    assert b"<Code>InvalidArgument<" in answer.body
    assert_whole(answer)
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["source"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("name", ["a b", "a:b", "a(b)", "ä", "a\u2028b", "a\x85b", "a/b", "a\"b", "a,b", "a=b", "a{b}"])
def test_only_tokens_name_metadata(server: Server, s3: BaseClient, bucket: str, name: str) -> None:
    answer = presigned("PUT", f"/{bucket}/k", {f"x-amz-meta-{name}": "v"}, server=server)
    assert (answer.status, b"InvalidArgument" in answer.body) == (400, True)
    form = signed_form(policy_for(bucket, ["starts-with", f"$x-amz-meta-{name}", ""]), [("key", "k")])
    if '"' not in name:
        form = form.replace(field("key", "k"), field("key", "k") + field(f"x-amz-meta-{name}", "v"))
        answer = post_form(server, bucket, form)
        assert (answer.status, b"InvalidArgument" in answer.body) == (400, True)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("name", ["a", "a.b", "a_b", "!#$%&'*+-.^_`|~", "0"])
def test_every_token_names_metadata(server: Server, bucket: str, name: str) -> None:
    assert presigned("PUT", f"/{bucket}/k", {f"x-amz-meta-{name}": "v"}, server=server).status == 200
    assert signed("GET", f"/{bucket}/k", server).field(f"x-amz-meta-{name}") == b"v"


def test_metadata_without_a_name_is_counted_as_missing(server: Server, bucket: str) -> None:
    """Reported of Amazon S3: treeverse/lakeFS#9727."""
    assert presigned("PUT", f"/{bucket}/k", {"x-amz-meta-": "v", "x-amz-meta-a": "1"}, server=server).status == 200
    answer = signed("GET", f"/{bucket}/k", server)
    assert answer.field("x-amz-missing-meta") == b"1"
    assert answer.field("x-amz-meta-a") == b"1"
    assert answer.field("x-amz-meta-") is None


@pytest.mark.parametrize("ending", ENDINGS)
def test_values_of_metadata_are_encoded(server: Server, bucket: str, ending: str) -> None:
    """Recorded for forms: post-non-ascii-metadata."""
    assert presigned("PUT", f"/{bucket}/k", {"x-amz-meta-a": f"v{ENDINGS[ending]}"}, server=server).status == 200
    value = signed("GET", f"/{bucket}/k", server).field("x-amz-meta-a")
    assert value and value.startswith(b"=?UTF-8?")
    assert_objects_are_whole(server, bucket)


PARAMETERS = ["x-amz-website-redirect-location", "x-amz-storage-class", "x-amz-tagging", "x-amz-acl", "x-amz-copy-source",
              "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
              "x-amz-server-side-encryption-context", "x-amz-expected-bucket-owner", "x-amz-unknown"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_that_no_head_can_carry_is_refused(server: Server, s3: BaseClient, bucket: str, parameter: str, ending: str) -> None:
    answer = presigned("PUT", f"/{bucket}/k", {parameter: f"/{ENDINGS[ending]}"}, server=server)
    assert answer.status == 400
    assert_whole(answer)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


OVERRIDES = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("override", OVERRIDES)
def test_an_override_that_no_head_can_carry_is_refused(server: Server, s3: BaseClient, bucket: str, override: str, method: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    for text in [*ENDINGS.values(), "\u2014", "\x85\u2028"]:
        answer = presigned(method, f"/{bucket}/k", {f"response-{override}": f"v{text}"}, server=server)
        assert answer.status == 400
        assert_whole(answer)
    answer = presigned(method, f"/{bucket}/k", {f"response-{override}": "v é"}, server=server)
    assert (answer.status, answer.field(override)) == (200, b"v \xe9")


def post_form(server: Server, bucket: str, form: bytes, host: str | None = None) -> RawAnswer:
    return ask(server, [f"POST /{bucket} HTTP/1.1".encode(), f"Host: {host or f'127.0.0.1:{server.port}'}".encode("latin-1"),
                        b"Content-Type: multipart/form-data; boundary=B"], form)


FIELDS = ["Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "Expires",
          "x-amz-website-redirect-location", "x-amz-storage-class", "acl", "x-amz-server-side-encryption",
          "x-amz-server-side-encryption-aws-kms-key-id"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_no_head_can_carry_is_refused(server: Server, s3: BaseClient, bucket: str, name: str, ending: str) -> None:
    form = signed_form(policy_for(bucket, ["starts-with", f"${name}", ""]), [("key", "k"), (name, f"/v{ENDINGS[ending]}")])
    answer = post_form(server, bucket, form)
    assert (answer.status, b"<Code>InvalidArgument<" in answer.body) == (400, True)
    assert_whole(answer)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_of_a_field_that_no_head_can_carry_is_refused(server: Server, s3: BaseClient, bucket: str, ending: str) -> None:
    name = f"x-amz-meta-a{ENDINGS[ending]}"
    form = signed_form(policy_for(bucket, ["starts-with", f"${name}", ""]), [("key", "k"), (name, "v")])
    answer = post_form(server, bucket, form)
    assert answer.status == 400
    assert_whole(answer)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("ending", ENDINGS)
def test_metadata_of_a_form_is_encoded(server: Server, bucket: str, ending: str) -> None:
    form = signed_form(policy_for(bucket, ["starts-with", "$x-amz-meta-a", ""]), [("key", "k"), ("x-amz-meta-a", f"v{ENDINGS[ending]}")])
    assert post_form(server, bucket, form).status == 204
    assert_objects_are_whole(server, bucket)


@pytest.mark.parametrize("target", [*(f"http://a.test/{text}" for text in ENDINGS.values()), "javascript:alert(1)", "//evil.test/",
                                    "http://", "data:text/html,x", "http://a.test/\" onclick=\"x", "http://a.test/<script>", " http://a.test/"])
@pytest.mark.parametrize("name", ["success_action_redirect", "redirect"])
def test_a_redirect_that_is_no_url_of_the_web_is_as_if_it_were_not_there(server: Server, bucket: str, name: str, target: str) -> None:
    form = signed_form(policy_for(bucket, ["starts-with", f"${name}", ""]), [("key", "k"), (name, target)])
    answer = post_form(server, bucket, form)
    assert answer.status == 204
    assert_whole(answer)
    assert answer.field("location") == f"http://127.0.0.1:{server.port}/{bucket}/k".encode()


@pytest.fixture(scope="module")
def secretive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a secret key of its own, which serves whatever host it is asked for."""
    with Server(tmp_path_factory.mktemp("secretive"), "--quiet", env={"PARTSMITH_SECRET_KEY": SECRET}) as running:
        yield running


@pytest.mark.parametrize("status", ["200", "201", "204"])
@pytest.mark.parametrize("host", ["evil.example/\"<x>'", "evil.example?x", "evil.example#x", "a@evil.example", "evil.example\\x", "a b", "\xe4"])
def test_a_location_names_no_host_that_is_none(secretive: Server, host: str, status: str) -> None:
    bucket = new_bucket(client(secretive, secret_key=SECRET))
    policy = policy_for(bucket, {"success_action_status": status})
    form = signed_form(policy, [("key", "k"), ("success_action_status", status)], secret=SECRET)
    answer = post_form(secretive, bucket, form, host)
    assert_whole(answer)
    assert b"evil" not in answer.head + answer.body
    assert answer.status == 400 or answer.field("location") == f"/{bucket}/k".encode()


def test_with_the_default_secret_a_location_names_no_host_that_is_not_served(server: Server, s3: BaseClient, bucket: str) -> None:
    answer = post_form(server, bucket, signed_form(policy_for(bucket), [("key", "k")]), "evil.example")
    assert (answer.status, answer.field("location")) == (403, None)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("query", [{"x-amz-meta-a": "1", "X-Amz-Meta-A": "2"},
                                   {"x-amz-storage-class": "GLACIER", "X-Amz-Storage-Class": "STANDARD"}])
def test_a_parameter_twice_in_two_ways_is_refused(server: Server, s3: BaseClient, bucket: str, query: dict[str, str]) -> None:
    assert presigned("PUT", f"/{bucket}/k", query, server=server).status in (400, 403)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("name", ["Content-Type", "Content-Disposition", "Expires", "Cache-Control", "Content-Language",
                                  "Content-Encoding", "x-amz-website-redirect-location"])
def test_a_header_twice_is_stored_as_it_is_signed(server: Server, bucket: str, name: str) -> None:
    request = AWSRequest("PUT", f"{server.url}/{bucket}/k", headers={name: "/a,/b"})
    S3SigV4Auth(KEYS, "s3", "us-east-1").add_auth(request)
    lines = [f"PUT /{bucket}/k HTTP/1.1".encode(), f"Host: 127.0.0.1:{server.port}".encode()]
    for each, value in request.headers.items():
        lines += [f"{each}: {piece}".encode() for piece in (value.split(",") if each == name else [value])]
    assert ask(server, lines).status == 200
    assert signed("GET", f"/{bucket}/k", server).field(name.lower()) == b"/a,/b"


@pytest.mark.parametrize("target", ["/{bucket}/%FF%FE", "/{bucket}/k?response-expires=%FF", "/{bucket}?prefix=%FF&list-type=2&max-keys=%FF",
                                    "/{bucket}/%00", "/{bucket}?uploads&key-marker=%C3%28&max-uploads=%F5"])
def test_a_document_is_utf_8_whatever_it_quotes(server: Server, bucket: str, target: str) -> None:
    answer = signed("GET", target.format(bucket=bucket), server)
    assert_whole(answer)
    answer.body.decode("utf-8")


def test_a_document_that_quotes_bytes_which_are_no_text_is_xml(server: Server, bucket: str) -> None:
    answer = signed("GET", f"/{bucket}/k?response-expires=%FF%3C%E9", server)
    assert answer.status == 400
    assert ElementTree.fromstring(answer.body).findtext("ArgumentValue") == "\ufffd<\ufffd"


CONFIGURATIONS = {
    "CORS": ("cors", "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
                     "<ExposeHeader>a{}</ExposeHeader></CORSRule></CORSConfiguration>"),
    "encryption": ("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms"
                                 "</SSEAlgorithm><KMSMasterKeyID>a{}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>"
                                 "</ServerSideEncryptionConfiguration>"),
    "lifecycle": ("lifecycle", "<LifecycleConfiguration><Rule><ID>a{}</ID><Filter/><Status>Enabled</Status><Expiration><Days>1</Days>"
                               "</Expiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
                               "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>"),
}
"""Documents whose texts become headers of later answers."""


@pytest.mark.parametrize("ending", ["&#10;X-Evil: 1", "&#13;&#10;X-Evil: 1", "&#13;", "&#9;", "é—"])
@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_a_text_of_a_configuration_splits_no_answer(server: Server, bucket: str, kind: str, ending: str) -> None:
    sub_resource, template = CONFIGURATIONS[kind]
    document = template.format(ending).encode()
    request = AWSRequest("PUT", f"{server.url}/{bucket}?{sub_resource}", data=document,
                         headers={"Content-MD5": base64.b64encode(hashlib.md5(document).digest()).decode()})
    S3SigV4Auth(KEYS, "s3", "us-east-1").add_auth(request)
    lines = [f"PUT /{bucket}?{sub_resource} HTTP/1.1".encode(), f"Host: 127.0.0.1:{server.port}".encode(),
             *(f"{name}: {value}".encode("latin-1") for name, value in request.headers.items())]
    answer = ask(server, lines, document)
    assert answer.status in (200, 400)
    assert_whole(answer)
    for answer in (signed("PUT", f"/{bucket}/k", server), signed("GET", f"/{bucket}/k", server, {"Origin": "http://a.test"}),
                   signed("POST", f"/{bucket}/k?uploads", server), signed("GET", f"/{bucket}?{sub_resource}", server)):
        assert answer.status in (200, 404)
        assert_whole(answer)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_line_has_no_byte_that_a_terminal_obeys(tmp_path: Path, form: str) -> None:
    texts = [*ENDINGS.values(), "\x9b31m", "\u009b31m", "\u2028", "\u202e", "\xff"]
    with Server(tmp_path / "server", "--log-format", form, data=tmp_path / "data") as server:
        bucket = new_bucket(client(server))
        for text in texts:
            quoted = urllib.parse.quote(text.encode("utf-8", "surrogatepass"))
            for target in (f"/{bucket}/{quoted}", f"/{bucket}/k?uploadId={quoted}&partNumber={quoted}", f"/{quoted}"):
                signed("PUT", target, server)
        for raw in (b"\xff\xfe", b"\xc2\x9b31m", b"\x9b2J"):
            ask(server, [b"GET /" + bucket.encode() + b"/" + raw + b" HTTP/1.1", b"Host: a", b"User-Agent: " + raw])
            ask(server, [b"GE" + raw + b" / HTTP/1.1", b"Host: a"])
        eventually(lambda: server.log().count("\n") > 3 * len(texts), "the lines are written")
        server.stop()
        log = server.log_file.read_bytes()
    shortened = "…".encode()
    assert re.search(rb"[^\x20-\x7e\n]", log.replace(shortened, b"")) is None
    if form == "json":
        for line in log.splitlines():
            if line.startswith(b"{"):
                json.loads(line)


def test_what_an_older_store_holds_splits_no_answer(tmp_path: Path) -> None:
    """Names that would be refused today: they are left out and counted, and values lose their control characters."""
    data = tmp_path / "data"
    with Server(tmp_path / "first", data=data) as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="k", Metadata={"evilname": "1"}, ContentType="evil/type")
    database = sqlite3.connect(data / "partsmith.db")
    changed = sum(poison(database, table) for (table,) in
                  database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall())
    database.commit()
    database.close()
    assert changed
    with Server(tmp_path / "second", data=data) as server:
        for method in ("GET", "HEAD"):
            answer = signed(method, f"/{bucket}/k", server)
            assert answer.status == 200
            assert_whole(answer)
            assert answer.field("x-amz-missing-meta") == b"1"
        assert_objects_are_whole(server, bucket)


def poison(database: sqlite3.Connection, table: str) -> int:
    """Puts line ends where the object's metadata stands; returns how many rows were changed."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    changed = 0
    for column, (plain, evil) in itertools.product(columns, [("evilname", r"a\r\nX-Evil: 1"), ("evil/type", r"a/b\r\nX-Evil: 1")]):
        changed += database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE instr({column}, ?)",
                                    (plain, evil, plain)).rowcount
    return changed
