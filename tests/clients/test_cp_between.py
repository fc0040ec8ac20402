"""partsmith cp from one service to another: what goes along, what is there already, what differs, and what a hostile service
can't do."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import threading
import urllib.parse
import xml.etree.ElementTree as ElementTree
import xml.sax.saxutils
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from support.cli import DONE, FAILED, MISUSED, done, not_done, verb
from support.data import MIB, etag, multipart_etag, seeded_bytes
from support.plain_http import send
from support.proxy import Proxy, refusal
from support.s3 import Upload, client, new_bucket
from support.server import BINARY, PATIENCE, Server

THERE = ("elsewhere", "another-secret")
"""The keys of the second service: nothing of the first one's opens it."""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("other"), "--access-key", THERE[0], "--secret-key", THERE[1], "--quiet") as running:
        yield running


@pytest.fixture(scope="module")
def there(other: Server) -> BaseClient:
    return client(other, access_key=THERE[0], secret_key=THERE[1])


@pytest.fixture
def to(there: BaseClient) -> str:
    return new_bucket(there)


class Between:
    """partsmith cp that reads from the first server and writes to the second."""

    def __init__(self, server: Server, other: Server):
        self.server = server
        self.how: dict[str, Any] = {"env": {"AWS_ENDPOINT_URL": other.url, "AWS_ACCESS_KEY_ID": THERE[0],
                                            "AWS_SECRET_ACCESS_KEY": THERE[1]}}

    def arguments(self, *arguments: object, source: str | None = None) -> list[object]:
        return ["cp", "--source-endpoint", source or self.server.url, "--source-access-key", "test", "--source-secret-key",
                "test", *arguments]

    def done(self, *arguments: object, **source: str) -> str:
        return done(self.server, *self.arguments(*arguments, **source), **self.how)

    def told(self, *arguments: object, **source: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.done(*arguments, "--json", **source).splitlines()]

    def not_done(self, code: int, *arguments: object, **source: str) -> str:
        return not_done(self.server, code, *self.arguments(*arguments, **source), **self.how)

    def ended(self, *arguments: object, **source: str) -> subprocess.CompletedProcess[bytes]:
        return verb(self.server, *self.arguments(*arguments, **source), **self.how)


@pytest.fixture
def between(server: Server, other: Server) -> Between:
    return Between(server, other)


def versioned(s3: BaseClient) -> str:
    bucket = new_bucket(s3)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def look(s3: BaseClient, bucket: str, key: str, **more: Any) -> dict[str, Any]:
    """All that a HEAD tells of the object, without what is of the request, and its tags."""
    found = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED", **more)
    for name in ("ResponseMetadata", "LastModified", "VersionId"):
        found.pop(name, None)
    version = {name: value for name, value in more.items() if name == "VersionId"}
    found["Tags"] = s3.get_object_tagging(Bucket=bucket, Key=key, **version)["TagSet"]
    return found


def part_sizes(s3: BaseClient, bucket: str, key: str) -> list[int]:
    count = s3.head_object(Bucket=bucket, Key=key, PartNumber=1)["PartsCount"]
    return [s3.head_object(Bucket=bucket, Key=key, PartNumber=i + 1)["ContentLength"] for i in range(count)]


def body_of(s3: BaseClient, bucket: str, key: str, **more: Any) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()


def history(s3: BaseClient, bucket: str, key: str) -> list[bytes | None]:
    """What the key has been, oldest first; None: deleted. boto3 tells versions apart from delete markers, and so not their order."""
    listed = send("GET", s3.generate_presigned_url("list_object_versions", {"Bucket": bucket, "Prefix": key}))
    root = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", listed.body))
    newest_first = [(entry.tag, entry.findtext("VersionId") or "") for entry in root
                    if entry.tag in ("Version", "DeleteMarker") and urllib.parse.unquote_plus(entry.findtext("Key") or "") == key]
    return [body_of(s3, bucket, key, VersionId=version) if tag == "Version" else None for tag, version in reversed(newest_first)]


def keys(s3: BaseClient, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


EVERYTHING: dict[str, Any] = {
    "ContentType": "video/mp4", "CacheControl": "no-cache", "ContentDisposition": "inline; filename=\"ä.mp4\"",
    "ContentLanguage": "de", "ContentEncoding": "gzip", "Metadata": {"who": "gopher", "empty": "", "dash-ed": "a  b"},
    "WebsiteRedirectLocation": "/elsewhere", "StorageClass": "STANDARD_IA", "Tagging": "a%2Bb=c%20d&%C3%B6l=",
}


@pytest.mark.parametrize("size", [0, 1, 3 * MIB])
@pytest.mark.parametrize("checksum", ["CRC64NVME", "CRC32", "SHA256"])
def test_all_that_an_object_has_goes_along(
        s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str, size: int, checksum: str) -> None:
    s3.put_object(Bucket=bucket, Key="a/gopher", Body=seeded_bytes(size), ChecksumAlgorithm=checksum, **EVERYTHING)
    report, = between.told(f"s3://{bucket}/a/gopher", f"s3://{to}/b/")
    assert (report["to"], report["bytes"], report["proof"]) == (f"s3://{to}/b/gopher", size, "checksum")
    assert look(there, to, "b/gopher") == look(s3, bucket, "a/gopher")
    assert body_of(there, to, "b/gopher") == seeded_bytes(size)
    between.done("--verify-only", f"s3://{bucket}/a/gopher", f"s3://{to}/b/gopher")


@pytest.mark.parametrize("checksum", [("CRC64NVME", "FULL_OBJECT"), ("CRC32", "COMPOSITE"), ("CRC32C", "FULL_OBJECT"),
                                      ("SHA256", "COMPOSITE"), (None, None)])
def test_an_object_keeps_its_parts_and_so_its_etag(
        s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str,
        checksum: tuple[str | None, str | None]) -> None:
    algorithm, kind = checksum
    declared = {"ChecksumAlgorithm": algorithm, "ChecksumType": kind} if algorithm else {}
    upload = Upload(s3, bucket, "parts", **declared, **{name: EVERYTHING[name] for name in ("Metadata", "Tagging")})
    sizes = [5 * MIB, 7 * MIB + 3, 5 * MIB, 11]
    parts = [seeded_bytes(size, number) for number, size in enumerate(sizes)]
    completed = []
    for number, part in enumerate(parts):
        put = upload.put(number + 1, part, **({"ChecksumAlgorithm": algorithm} if algorithm else {}))
        completed.append(upload.parts[number + 1] |
                         {name: value for name, value in put.items() if algorithm and name == f"Checksum{algorithm}"})
    upload.complete(completed, **({"ChecksumType": kind} if kind else {}))

    report, = between.told(f"s3://{bucket}/parts", f"s3://{to}/parts")
    assert (report["parts"], report["proof"]) == (4, "checksum")
    assert look(there, to, "parts") == look(s3, bucket, "parts")
    assert report["etag"] == multipart_etag(parts).strip('"')
    assert part_sizes(there, to, "parts") == sizes and body_of(there, to, "parts") == b"".join(parts)


def test_an_object_of_one_part_stays_one(
        s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    for key, body in (("one", b"x" * 10), ("none", b"")):
        upload = Upload(s3, bucket, key)
        upload.put(1, body)
        upload.complete()
        between.done(f"s3://{bucket}/{key}", f"s3://{to}/")
        assert look(there, to, key) == look(s3, bucket, key)
        assert look(there, to, key)["ETag"].endswith('-1"')


def test_parts_that_a_service_does_not_tell_are_guessed(
        server: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    for size, key in ((8 * MIB, "eight"), (16 * MIB, "sixteen")):
        upload = Upload(s3, bucket, key)
        for number in (1, 2):
            upload.put(number, seeded_bytes(size if number == 1 else 5, number))
        upload.complete()
    with Proxy(server.port, lambda method, target, head:
               refusal(400, "InvalidArgument") if "partNumber=" in target else None) as proxy:
        between.done("-r", f"s3://{bucket}", f"s3://{to}", source=proxy.url)
    for key in ("eight", "sixteen"):
        assert look(there, to, key)["ETag"] == look(s3, bucket, key)["ETag"]


def test_what_options_say_comes_before_what_the_source_has(
        s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a", **EVERYTHING)
    between.done("--storage-class", "STANDARD", "--tag", "new=1", f"s3://{bucket}/a", f"s3://{to}/a")
    found = look(there, to, "a")
    assert "StorageClass" not in found and found["Tags"] == [{"Key": "new", "Value": "1"}]
    assert found["Metadata"] == EVERYTHING["Metadata"]
    between.done("--content-type", "text/odd", f"s3://{bucket}/a", f"s3://{to}/b")
    assert look(there, to, "b")["ContentType"] == "text/odd" and look(there, to, "b")["Metadata"] == {}


ODD_KEYS = ["a b+c", "ä/ö", "../up", "/rooted", "a//b", "a/./b", "%41", "line\nbreak", "tab\tkey", "x" * 1000, "?q=1&r", "#f", "'\"<>&",
            "folder/", "\x01", "-", "s3://x"]


def test_keys_of_any_kind_go_along(s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=f"in/{key}", Body=key.encode())
    between.done("-r", "--verify", f"s3://{bucket}/in", f"s3://{to}/out/")
    listed = there.list_objects_v2(Bucket=to, EncodingType="url")["Contents"]
    assert len(listed) == len(ODD_KEYS)
    for key in ODD_KEYS:
        assert body_of(there, to, f"out/{key}") == key.encode()


def test_what_is_there_already_is_not_copied_again(
        other: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    for key in ("a", "b", "c", "d"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"n": "1"}, Tagging="t=1")
    between.done("-r", f"s3://{bucket}", f"s3://{to}")
    s3.put_object(Bucket=bucket, Key="b", Body=b"other", Metadata={"n": "1"}, Tagging="t=1")
    s3.put_object(Bucket=bucket, Key="c", Body=b"c", Metadata={"n": "2"}, Tagging="t=1")
    s3.put_object_tagging(Bucket=bucket, Key="d", Tagging={"TagSet": [{"Key": "t", "Value": "2"}]})
    planned = between.done("-r", "--dry-run", f"s3://{bucket}", f"s3://{to}")
    assert sorted(line.split()[2] for line in planned.splitlines()) == [f"s3://{bucket}/{key}" for key in "bcd"]
    assert body_of(there, to, "b") == b"b"
    with Proxy(other.port) as proxy:
        between.how["env"]["AWS_ENDPOINT_URL"] = proxy.url
        again = {report["from"][-1]: report.get("there_already", False)
                 for report in between.told("-r", f"s3://{bucket}", f"s3://{to}")}
        puts = [target for method, target in proxy.requests if method == "PUT"]
    assert again == {"a": True, "b": False, "c": False, "d": False} and len(puts) == 3
    for key in "abcd":
        assert look(there, to, key) == look(s3, bucket, key)


def test_versions_and_delete_markers_keep_their_order(s3: BaseClient, there: BaseClient, between: Between) -> None:
    here, to = versioned(s3), versioned(there)
    written: dict[str, list[bytes | None]] = {
        "gone": [b"1", None], "back": [b"1", None, None, b"2"], "many": [str(i).encode() for i in range(7)],
        "many more": [b"x"], "first gone": [None, b"1"]}
    for key, bodies in written.items():
        for body in bodies:
            if body is None:
                s3.delete_object(Bucket=here, Key=key)
            else:
                s3.put_object(Bucket=here, Key=key, Body=body, Metadata={"body": body.decode()}, Tagging=f"body={body.decode()}")
    between.done("-r", "--versions", "--verify", f"s3://{here}", f"s3://{to}")
    for key, bodies in written.items():
        assert history(there, to, key) == bodies == history(s3, here, key), key
    # What was interrupted is gone on with: nothing is made twice.
    s3.put_object(Bucket=here, Key="many", Body=b"7")
    reports = {report["from"].partition("/" + "many")[2] if "many" in report["from"] else report["from"]: report["versions"]
               for report in between.told("-r", "--versions", f"s3://{here}", f"s3://{to}")}
    assert sum(reports.values()) == 1 and history(there, to, "many") == [*written["many"], b"7"]
    report, = between.told("--versions", f"s3://{here}/many", f"s3://{to}/again")
    assert report["versions"] == 8 and history(there, to, "again") == history(s3, here, "many")


def test_more_versions_than_a_page_keep_their_order(s3: BaseClient, there: BaseClient, between: Between) -> None:
    here, to = versioned(s3), versioned(there)
    bodies = [str(i).encode() for i in range(1010)]
    s3.put_object(Bucket=here, Key="a", Body=b"a")
    for body in bodies:
        s3.put_object(Bucket=here, Key="k", Body=body)
    s3.put_object(Bucket=here, Key="z", Body=b"z")
    between.done("-r", "-q", "--versions", f"s3://{here}", f"s3://{to}")
    ids = [version["VersionId"] for page in there.get_paginator("list_object_versions").paginate(Bucket=to, Prefix="k")
           for version in page["Versions"]]
    assert len(ids) == len(bodies)
    sample = list(range(0, 1010, 101))
    assert [body_of(there, to, "k", VersionId=ids[-1 - i]) for i in sample] == [bodies[i] for i in sample]


def test_versions_need_a_bucket_that_keeps_them_and_no_others(
        s3: BaseClient, there: BaseClient, between: Between, to: str) -> None:
    here = versioned(s3)
    s3.put_object(Bucket=here, Key="a", Body=b"1")
    assert "keeps no versions" in between.not_done(FAILED, "-r", "--versions", f"s3://{here}", f"s3://{to}")
    kept = versioned(there)
    there.put_object(Bucket=kept, Key="a", Body=b"another")
    ended = between.ended("-r", "--versions", f"s3://{here}", f"s3://{kept}")
    assert ended.returncode == FAILED and b"other versions" in ended.stderr
    assert history(there, kept, "a") == [b"another"]


def test_each_difference_is_told(s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    same: dict[str, Any] = {"Body": b"same", "Metadata": {"n": "1"}, "ContentType": "text/plain", "Tagging": "t=1"}
    changes: dict[str, tuple[dict[str, Any], list[str]]] = {
        "size": ({"Body": b"longer"}, ["size: '4' and '6'", "ETag: ", "CRC64NVME: "]),
        "bytes": ({"Body": b"SAME"}, ["ETag: ", "CRC64NVME: "]),
        "metadata": ({"Metadata": {"n": "2", "more": "x"}}, ["x-amz-meta-more: none and 'x'", "x-amz-meta-n: '1' and '2'"]),
        "type": ({"ContentType": "text/odd"}, ["content-type: 'text/plain' and 'text/odd'"]),
        "tags": ({"Tagging": "t=2"}, ["tags: 't=1' and 't=2'"]),
        "class": ({"StorageClass": "STANDARD_IA"}, ["storage class: 'STANDARD' and 'STANDARD_IA'"]),
        "checksum": ({"ChecksumAlgorithm": "SHA1"}, []),
        "nothing": ({}, []),
    }
    for key, (change, _) in changes.items():
        s3.put_object(Bucket=bucket, Key=key, **{"ChecksumAlgorithm": "CRC64NVME", **same})
        there.put_object(Bucket=to, Key=key, **{"ChecksumAlgorithm": "CRC64NVME", **same, **change})
    s3.put_object(Bucket=bucket, Key="left", Body=b"")
    there.put_object(Bucket=to, Key="right", Body=b"")
    ended = between.ended("-r", "--verify-only", f"s3://{bucket}", f"s3://{to}")
    lines = ended.stderr.decode().splitlines()
    assert ended.returncode == FAILED and ended.stdout == b""
    for key, (_, wanted) in changes.items():
        found = [line for line in lines if line.startswith(f"partsmith: s3://{bucket}/{key} and s3://{to}/{key}: ")]
        assert len(found) == (1 if wanted else 0), (key, lines)
        if wanted:
            told = found[0].split(f"/{key}: ", 1)[1].split("; ")
            assert len(told) == len(wanted) and all(line.startswith(start) for line, start in zip(told, wanted)), told
    assert f"partsmith: s3://{bucket}/left: it is not in s3://{to}" in lines
    assert f"partsmith: s3://{to}/right: it is not in s3://{bucket}" in lines
    assert lines[-1] == "partsmith: 8 of 10 differ"
    assert keys(there, to) == sorted([*changes, "right"])
    passed = between.done("-r", "--verify-only", "--include", "nothing", "--include", "checksum", f"s3://{bucket}", f"s3://{to}")
    assert passed == "2 compared, no difference\n"


def test_a_source_may_be_a_profile_of_the_aws_tools(
        server: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str, tmp_path: Path) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    (tmp_path / "config").write_text(f"[profile old]\nendpoint_url = {server.url}\naws_access_key_id = test\n"
                                     "aws_secret_access_key = test\n")
    env = between.how["env"] | {"AWS_CONFIG_FILE": str(tmp_path / "config")}
    done(server, "cp", "--source-profile", "old", f"s3://{bucket}/a", f"s3://{to}/a", env=env)
    done(server, "cp", f"s3://{bucket}/a", f"s3://{to}/b", env=env | {
        "PARTSMITH_SOURCE_ENDPOINT": server.url, "PARTSMITH_SOURCE_ACCESS_KEY": "test", "PARTSMITH_SOURCE_SECRET_KEY": "test"})
    assert keys(there, to) == ["a", "b"]
    # The one that is read from is the source also where the destination is a file.
    done(server, "cp", "--source-profile", "old", f"s3://{bucket}/a", tmp_path / "a", env=env)
    assert (tmp_path / "a").read_bytes() == b"a"
    assert "there is no profile" in not_done(server, MISUSED, "cp", "--source-profile", "none", f"s3://{bucket}/a", f"s3://{to}/c", env=env)


def test_mv_removes_at_the_source(s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    arguments = between.arguments(f"s3://{bucket}/a", f"s3://{to}/")
    done(between.server, "mv", *arguments[1:], **between.how)
    assert keys(s3, bucket) == [] and body_of(there, to, "a") == b"a"


def test_options_that_have_no_place_are_refused(between: Between, tmp_path: Path) -> None:
    for arguments in (["--versions", tmp_path, "s3://bucket"], ["--verify", "s3://bucket/a", tmp_path],
                      ["--resume", "s3://bucket/a", "s3://bucket/b"], ["--verify", "--verify-only", "s3://a1b/", "s3://a1b/"],
                      ["--verify", "--dry-run", "s3://abc/a", "s3://abc/b"]):
        between.not_done(MISUSED, *arguments)


def test_a_source_that_breaks_off_is_read_on_and_one_that_changes_is_refused(
        server: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    body = seeded_bytes(6 * MIB)
    s3.put_object(Bucket=bucket, Key="a", Body=body)
    asked = []

    def unsteady(method: str, target: str, head: str) -> bytes | None:
        if method != "GET" or "/a" not in target:
            return None
        asked.append(head)
        if len(asked) > 1:
            return None
        piece = body[:MIB]
        return (f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: {etag(body)}\r\n\r\n").encode() + piece

    with Proxy(server.port, unsteady) as proxy:
        between.done(f"s3://{bucket}/a", f"s3://{to}/a", source=proxy.url)
    assert body_of(there, to, "a") == body
    assert len(asked) == 2 and f"bytes={MIB}-{len(body) - 1}" in asked[1]

    changed = []

    def changing(method: str, target: str, head: str) -> bytes | None:
        if method == "GET" and "/a" in target and not changed:
            changed.append(s3.put_object(Bucket=bucket, Key="a", Body=b"x" * len(body)))
        return None

    there.delete_object(Bucket=to, Key="a")
    with Proxy(server.port, changing) as proxy:
        assert "PreconditionFailed" in between.not_done(FAILED, f"s3://{bucket}/a", f"s3://{to}/a", source=proxy.url)
    assert keys(there, to) == []


def test_bytes_that_are_not_the_source_s_are_not_stored(
        server: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    body = seeded_bytes(2 * MIB)
    s3.put_object(Bucket=bucket, Key="a", Body=body)

    def lying(method: str, target: str, head: str) -> bytes | None:
        if method != "GET" or "/a" not in target:
            return None
        return (f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: {etag(body)}\r\n\r\n").encode() + bytes(len(body))

    with Proxy(server.port, lying) as proxy:
        assert "of what came is" in between.not_done(FAILED, f"s3://{bucket}/a", f"s3://{to}/a", source=proxy.url)
    assert keys(there, to) == []


def test_a_failed_copy_leaves_no_upload_and_the_others_go_on(
        server: Server, s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    for key in ("bad", "good"):
        upload = Upload(s3, bucket, key)
        for number in (1, 2):
            upload.put(number, seeded_bytes(5 * MIB, number))
        upload.complete()
    with Proxy(server.port, lambda method, target, head:
               refusal(403, "AccessDenied") if method == "GET" and "/bad" in target else None) as proxy:
        ended = between.ended("-r", f"s3://{bucket}", f"s3://{to}", source=proxy.url)
    lines = ended.stderr.decode().splitlines()
    assert ended.returncode == FAILED and lines[-1] == "partsmith: 1 of 2 could not be copied"
    assert "AccessDenied" in lines[0] and "the upload was aborted" in lines[0]
    assert keys(there, to) == ["good"] and "Uploads" not in there.list_multipart_uploads(Bucket=to)


def test_copying_takes_little_memory_whatever_the_parts(
        s3: BaseClient, there: BaseClient, between: Between, bucket: str, to: str) -> None:
    upload = Upload(s3, bucket, "large")
    for number in (1, 2, 3):
        upload.put(number, seeded_bytes(64 * MIB, number))
    upload.complete()
    command = [BINARY, *map(str, between.arguments("-q", "--jobs", 3, f"s3://{bucket}/large", f"s3://{to}/large"))]
    ended = subprocess.run(command, env=os.environ | between.how["env"], stdin=subprocess.DEVNULL, check=False, timeout=120,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (200 * MIB, 200 * MIB)))
    assert ended.returncode == DONE
    assert look(there, to, "large")["ETag"] == look(s3, bucket, "large")["ETag"]


class Liar(BaseHTTPRequestHandler):
    """A service that lists what its server's `page` makes of a query, and has any object."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802
        self.server.asked += 1  # type: ignore[attr-defined]
        body = self.server.page(self.path, self.server.asked).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.send_header("ETag", '"0cc175b9c0f1b6a831c399e269772661"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def listing(entries: list[str], token: str = "") -> str:
    contents = "".join(f"<Contents><Key>{xml.sax.saxutils.escape(key)}</Key><Size>1</Size><ETag>x</ETag></Contents>" for key in entries)
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    return f"<ListBucketResult>{contents}{more}</ListBucketResult>"


def versions_listing(entries: list[str], marker: str = "") -> str:
    contents = "".join(f"<Version><Key>{key}</Key><VersionId>v</VersionId><IsLatest>true</IsLatest><Size>1</Size></Version>"
                       for key in entries)
    more = f"<IsTruncated>true</IsTruncated><NextKeyMarker>{marker}</NextKeyMarker>" if marker else ""
    return f"<ListVersionsResult>{contents}{more}</ListVersionsResult>"


@pytest.mark.parametrize(("page", "versions", "why"), [
    (lambda asked: listing([], f"t{asked}"), False, "it does not end"),
    (lambda asked: listing(["in/a"], f"t{asked % 2}"), False, "do not advance"),
    (lambda asked: listing(["out/a"]), False, "does not begin with the prefix"),
    (lambda asked: listing(["i"]), False, "does not begin with the prefix"),
    (lambda asked: versions_listing(["in/a"] * 1000, f"in/{asked:09}"), True, "more than 100000 versions"),
    (lambda asked: versions_listing(["in/b" if asked % 2 else "in/a"], f"in/{asked:09}"), True, "not in the order of the keys"),
    (lambda asked: "<ListVersionsResult><Version><Key>in/a</Key></Version></ListVersionsResult>", True, "no VersionId"),
])
def test_a_hostile_listing_ends_the_copy_with_a_sentence(
        there: BaseClient, between: Between, page: Callable[[int], str], versions: bool, why: str) -> None:
    to = versioned(there)
    with ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        server.asked = 0  # type: ignore[attr-defined]
        server.page = lambda path, asked: page(asked)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            ended = between.ended("-r", "--dry-run", *(["--versions"] if versions else []), "s3://bucket/in", f"s3://{to}",
                                  source=f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()
            thread.join(PATIENCE)
    assert ended.returncode == FAILED and why in ended.stderr.decode(), ended.stderr
    assert keys(there, to) == []
