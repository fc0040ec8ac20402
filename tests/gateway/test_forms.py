"""Browsers' forms through a gateway: verified here, stored at the engine as the fields say, answered as S3 answers them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from gateway.gateways import ENGINE_KEY, ENGINE_SECRET, Gateway
from support.data import MIB, etag, seeded_bytes
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import Server

BOUNDARY = "a-boundary"


def form(parts: list[tuple[str, bytes | str]], filename: str | None = "file.txt") -> bytes:
    text = b""
    for name, value in parts:
        named = f'; filename="{filename}"' if name == "file" and filename else ""
        body = value.encode() if isinstance(value, str) else value
        text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + body + b"\r\n"
    return text + f"--{BOUNDARY}--\r\n".encode()


def post(url: str, body: bytes) -> Answer:
    return send("POST", url, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def signed(s3: BaseClient, bucket: str, key: str, file: bytes = b"data", behind: list[tuple[str, bytes | str]] | None = None,
           fields: dict[str, str] | None = None, conditions: list[Any] | None = None) -> Answer:
    allowed = [{name: value} for name, value in (fields or {}).items()] + (conditions or [])
    made = s3.generate_presigned_post(bucket, key, Fields=fields, Conditions=allowed)
    return post(made["url"], form([*made["fields"].items(), ("file", file), *(behind or [])]))


@pytest.fixture
def bucket(s3: BaseClient) -> str:
    return new_bucket(s3)


@pytest.mark.parametrize("size", [0, 4, 60 * 1024, 70 * 1024, 3 * MIB])
def test_a_form_s_file_is_at_the_engine_with_what_its_fields_say(
        s3: BaseClient, direct: BaseClient, bucket: str, size: int) -> None:
    body = seeded_bytes(size)
    tagging = "<Tagging><TagSet><Tag><Key>a b</Key><Value>1+2</Value></Tag></TagSet></Tagging>"
    answer = signed(s3, bucket, "forms/${filename}", body, fields={
        "Content-Type": "text/odd", "Cache-Control": "no-cache", "x-amz-meta-who": "Gö pher", "tagging": tagging,
        "x-amz-storage-class": "STANDARD_IA"})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["ETag"] == etag(body) and answer.headers["Location"].endswith(f"/{bucket}/forms%2Ffile.txt")
    found = direct.get_object(Bucket=bucket, Key="forms/file.txt")
    assert found["Body"].read() == body
    assert (found["ContentType"], found["CacheControl"], found["StorageClass"]) == ("text/odd", "no-cache", "STANDARD_IA")
    assert found["Metadata"]["who"] in ("Gö pher", "=?UTF-8?Q?G=C3=B6_pher?=")
    assert direct.get_object_tagging(Bucket=bucket, Key="forms/file.txt")["TagSet"] == [{"Key": "a b", "Value": "1+2"}]


@pytest.mark.parametrize("size", [4, 70 * 1024])
def test_the_form_chooses_its_answer(s3: BaseClient, gateway: Gateway, engine: Server, bucket: str, size: int) -> None:
    body = seeded_bytes(size)
    for status, answered in (("200", 200), ("201", 201), ("", 204)):
        answer = signed(s3, bucket, "a b", body, fields={"success_action_status": status})
        assert answer.status == answered
        assert len(answer.headers.get_all("Content-Type", [])) <= 1
    created = signed(s3, bucket, "a b", body, fields={"success_action_status": "201"})
    assert f"<Bucket>{bucket}</Bucket><Key>a b</Key><ETag>" in created.body.decode()
    assert str(gateway.port) in created.headers["Location"] and str(engine.port) not in created.headers["Location"]
    moved = signed(s3, bucket, "a b", body, fields={"success_action_redirect": "http://example.com/done?x=1"})
    assert moved.status == 303
    assert moved.headers["Location"] == f"http://example.com/done?x=1&bucket={bucket}&key=a%20b&etag=%22{etag(body)[1:-1]}%22"


@pytest.mark.parametrize("size", [4, 70 * 1024])
def test_what_the_policy_does_not_allow_is_nothing_at_the_engine(
        s3: BaseClient, direct: BaseClient, bucket: str, size: int) -> None:
    body = seeded_bytes(size)
    large = signed(s3, bucket, "a", body, conditions=[["content-length-range", 0, size - 1]])
    assert (large.status, large.error()["Code"], large.error()["ProposedSize"]) == (400, "EntityTooLarge", str(size))
    small = signed(s3, bucket, "a", body, conditions=[["content-length-range", size + 1, size * 2]])
    assert (small.status, small.error()["Code"]) == (400, "EntityTooSmall")
    made = s3.generate_presigned_post(bucket, "a")
    signature = "x-amz-signature" if "x-amz-signature" in made["fields"] else "signature"
    made["fields"][signature] = "0" * 64
    forged = post(made["url"], form([*made["fields"].items(), ("file", body)]))
    assert (forged.status, forged.error()["Code"]) == (403, "SignatureDoesNotMatch")
    nobody = post(made["url"], form([("key", "a"), ("file", body)]))
    assert nobody.status == 403
    wrong = signed(s3, bucket, "a", body, fields={"x-amz-checksum-crc32": "AAAAAA=="})
    assert (wrong.status, wrong.error()["Code"]) == (400, "BadDigest")
    assert "Contents" not in direct.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("size", [4, 70 * 1024])
def test_a_field_can_t_make_another_request_of_it(s3: BaseClient, direct: BaseClient, bucket: str, size: int) -> None:
    direct.put_object(Bucket=bucket, Key="secret", Body=b"secret")
    body = seeded_bytes(size)
    odd = {"x-amz-copy-source": f"{bucket}/secret", "Transfer-Encoding": "chunked", "Host": "elsewhere", "Content-Length": "1",
           "Authorization": "none", "Expect": "100-continue", "If-None-Match": "*"}
    for name, value in odd.items():
        answer = signed(s3, bucket, "a", body, fields={name: value})
        assert answer.status == 204, (name, answer.body)
        assert direct.get_object(Bucket=bucket, Key="a")["Body"].read() == body


@pytest.mark.parametrize("size", [4, 70 * 1024])
def test_the_engine_s_refusal_is_the_form_s(s3: BaseClient, gateway: Gateway, bucket: str, size: int) -> None:
    missing = signed(s3, "there-is-no-such-bucket", "a", seeded_bytes(size))
    assert (missing.status, missing.error()["Code"]) == (404, "NoSuchBucket")


def test_fields_behind_a_small_file_are_read_past_and_behind_a_large_one_refused(
        s3: BaseClient, direct: BaseClient, bucket: str) -> None:
    behind: list[tuple[str, bytes | str]] = [("submit", "Upload")]
    assert signed(s3, bucket, "small", b"data", behind).status == 204
    assert direct.get_object(Bucket=bucket, Key="small")["Body"].read() == b"data"
    large = signed(s3, bucket, "large", seeded_bytes(MIB), behind)
    assert (large.status, large.error()["Code"]) == (501, "NotImplemented")
    assert [found["Key"] for found in direct.list_objects_v2(Bucket=bucket)["Contents"]] == ["small"]


@pytest.mark.parametrize("size", [100, MIB])
def test_a_form_that_breaks_off_is_nothing_at_the_engine(
        s3: BaseClient, gateway: Gateway, direct: BaseClient, bucket: str, size: int) -> None:
    made = s3.generate_presigned_post(bucket, "a")
    body = form([*made["fields"].items(), ("file", seeded_bytes(size))])
    unfinished = body[:-len(f"\r\n--{BOUNDARY}--\r\n")] + b"x" * len(f"\r\n--{BOUNDARY}--\r\n")
    answer = post(made["url"], unfinished)
    assert (answer.status, answer.error()["Code"]) in ((400, "MalformedPOSTRequest"), (501, "NotImplemented"))
    assert "Contents" not in direct.list_objects_v2(Bucket=bucket)


def test_a_form_s_names_are_mapped_and_its_world_is_its_signer_s(
        tmp_path: Path, engine: Server, direct: BaseClient) -> None:
    there = new_bucket(direct)
    with Gateway(tmp_path / "mapped", engine.url, "--upstream-bucket", f"films={there}/dev/") as gateway:
        answer = signed(client(gateway), "films", "a", fields={"success_action_status": "201"})
        assert "<Bucket>films</Bucket><Key>a</Key>" in answer.body.decode()
        assert direct.get_object(Bucket=there, Key="dev/a")["Body"].read() == b"data"
    with Gateway(tmp_path / "worlds", engine.url, "--world-per-access-key") as gateway:
        worker = client(gateway, access_key="worker-forms")
        worker.create_bucket(Bucket="form-films")
        assert signed(worker, "form-films", "a").status == 204
        assert worker.get_object(Bucket="form-films", Key="a")["Body"].read() == b"data"


def test_a_large_form_takes_little_memory(own_engine: Server, tmp_path: Path) -> None:
    size = 128 * MIB
    with Gateway(tmp_path / "gateway", own_engine.url) as gateway:
        s3, at_the_engine = client(gateway), client(own_engine, access_key=ENGINE_KEY, secret_key=ENGINE_SECRET)
        name = new_bucket(s3)
        before = gateway.peak_memory()
        body = os.urandom(size)
        assert signed(s3, name, "large", body).status == 204
        assert gateway.peak_memory() - before < 16 * MIB
        assert at_the_engine.head_object(Bucket=name, Key="large")["ETag"] == etag(body)
