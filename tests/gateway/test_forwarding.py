"""What goes through a gateway: every form of payload, every kind of answer, as the engine alone has it."""

from __future__ import annotations

import base64
import hashlib
import socket
from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control
from gateway.gateways import ENGINE_KEY, ENGINE_SECRET, Gateway, metric
from support.data import MIB, SMALLEST_PART, etag, multipart_etag, seeded_bytes, seeded_file
from support.plain_http import send
from support.s3 import Upload, client, new_bucket, read, refused
from support.server import Server, eventually


@pytest.fixture
def bucket(s3: BaseClient) -> str:
    return new_bucket(s3)


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 3 * MIB])
def test_an_object_is_at_the_engine_as_it_was_sent(s3: BaseClient, direct: BaseClient, bucket: str, size: int) -> None:
    body = seeded_bytes(size)
    put = s3.put_object(Bucket=bucket, Key="ein Schlüssel/mit + und %", Body=body, ContentType="text/plain",
                        Metadata={"a": "b"}, Tagging="x=y")
    at_the_engine = direct.get_object(Bucket=bucket, Key="ein Schlüssel/mit + und %")
    assert at_the_engine["Body"].read() == body == read(s3, bucket, "ein Schlüssel/mit + und %")
    assert put["ETag"] == at_the_engine["ETag"] == etag(body)
    assert (at_the_engine["ContentType"], at_the_engine["Metadata"]) == ("text/plain", {"a": "b"})
    tags = direct.get_object_tagging(Bucket=bucket, Key="ein Schlüssel/mit + und %")["TagSet"]
    assert tags == [{"Key": "x", "Value": "y"}]


def test_the_engine_s_keys_open_the_gateway_to_nobody(gateway: Gateway, engine: Server) -> None:
    with refused("InvalidAccessKeyId"):
        client(gateway, access_key=ENGINE_KEY, secret_key=ENGINE_SECRET).list_buckets()
    with refused("InvalidAccessKeyId"):
        client(engine).list_buckets()
    assert ENGINE_SECRET not in gateway.log()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_is_verified_and_signed_anew(gateway: Gateway, bucket: str, version: str) -> None:
    s3 = client(gateway, signature_version=version)
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a", "StorageClass": "STANDARD_IA"})
    assert send("PUT", put, b"presigned", {"x-amz-storage-class": "STANDARD_IA"}).status == 200
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a", "ResponseContentType": "text/x-a"})
    got = send("GET", get)
    assert (got.body, got.headers["Content-Type"]) == (b"presigned", "text/x-a")
    assert s3.head_object(Bucket=bucket, Key="a")["StorageClass"] == "STANDARD_IA"
    assert send("GET", get.replace("text%2Fx-a", "text%2Fx-b")).error()["Code"] == "SignatureDoesNotMatch"


def test_checksums_go_on_and_are_kept(s3: BaseClient, direct: BaseClient, bucket: str) -> None:
    body = seeded_bytes(2 * MIB)
    sent = s3.put_object(Bucket=bucket, Key="a", Body=body, ChecksumAlgorithm="SHA256")
    assert sent["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    told = direct.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert told["ChecksumSHA256"] == sent["ChecksumSHA256"]
    with refused("BadDigest"):
        s3.put_object(Bucket=bucket, Key="b", Body=body, ChecksumSHA1=base64.b64encode(bytes(20)).decode())
    with refused("BadDigest"):
        s3.put_object(Bucket=bucket, Key="b", Body=b"x", ContentMD5=base64.b64encode(bytes(16)).decode())
    assert "Contents" not in direct.list_objects_v2(Bucket=bucket, Prefix="b")


@pytest.mark.parametrize("size", [1000, 4 * MIB])
def test_what_was_changed_on_its_way_is_nothing_at_the_engine(s3: BaseClient, direct: BaseClient, bucket: str,
                                                             size: int) -> None:
    """The SHA-256 that the client signed is verified before the engine has the body's end."""
    body = seeded_bytes(size)
    headers = {"x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
    s3.meta.events.register_last("before-send.s3.PutObject", _changes_a_byte)
    try:
        with refused("XAmzContentSHA256Mismatch"):
            s3.put_object(Bucket=bucket, Key="a", Body=body)
    finally:
        s3.meta.events.unregister("before-send.s3.PutObject", _changes_a_byte)
    assert headers and "Contents" not in direct.list_objects_v2(Bucket=bucket)


def _changes_a_byte(request, **_: object) -> None:
    request.body = bytes(len(request.body)) if isinstance(request.body, bytes) else _zeros(request.body)


def _zeros(file) -> bytes:
    return bytes(len(file.read()))


def test_a_body_that_ends_early_is_nothing_at_the_engine(gateway: Gateway, s3: BaseClient, direct: BaseClient,
                                                         bucket: str) -> None:
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a"})
    target = url.removeprefix(gateway.url)
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(f"PUT {target} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nContent-Length: {MIB}\r\n\r\n".encode()
                           + bytes(MIB - 1))
        connection.shutdown(socket.SHUT_WR)
        assert b" 400 " in connection.recv(1 << 16)
    assert "Contents" not in direct.list_objects_v2(Bucket=bucket)


def test_a_multipart_upload(gateway: Gateway, s3: BaseClient, direct: BaseClient, bucket: str) -> None:
    parts = [seeded_bytes(SMALLEST_PART, 1), seeded_bytes(1000, 2)]
    upload = Upload(s3, bucket)
    for number, body in enumerate(parts, 1):
        upload.put(number, body)
    listed = s3.list_parts(**upload.at)["Parts"]
    assert [part["ETag"] for part in listed] == [etag(body) for body in parts]
    completed = upload.complete()
    assert (completed["ETag"], completed["Location"]) == (multipart_etag(parts), f"{gateway.url}/{bucket}/object")
    assert direct.get_object(Bucket=bucket, Key="object")["Body"].read() == b"".join(parts)
    with refused("NoSuchUpload") as error:
        upload.put(3, b"late")
    assert error["UploadId"] == upload.id


def test_copies_within_and_between_buckets(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a b", Body=b"copied")
    other = new_bucket(s3)
    s3.copy_object(Bucket=other, Key="c", CopySource={"Bucket": bucket, "Key": "a b"})
    assert read(s3, other, "c") == b"copied"
    upload = Upload(s3, other)
    part = s3.upload_part_copy(**upload.at, PartNumber=1, CopySource=f"/{bucket}/a b")["CopyPartResult"]
    upload.complete([{"PartNumber": 1, "ETag": part["ETag"]}])
    assert read(s3, other) == b"copied"


def test_ranges_conditions_and_heads(s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(MIB)
    tag = s3.put_object(Bucket=bucket, Key="a", Body=body)["ETag"]
    part = s3.get_object(Bucket=bucket, Key="a", Range="bytes=1000-1999")
    assert (part["Body"].read(), part["ContentRange"]) == (body[1000:2000], f"bytes 1000-1999/{MIB}")
    assert s3.head_object(Bucket=bucket, Key="a")["ContentLength"] == MIB
    with refused("304", 304):
        s3.get_object(Bucket=bucket, Key="a", IfNoneMatch=tag)
    with refused("PreconditionFailed", 412):
        s3.get_object(Bucket=bucket, Key="a", IfMatch='"other"')
    with refused("PreconditionFailed", 412):
        s3.put_object(Bucket=bucket, Key="a", Body=b"", IfNoneMatch="*")
    with refused("InvalidRange", 416):
        s3.get_object(Bucket=bucket, Key="a", Range=f"bytes={MIB}-")
    with refused("404", 404):
        s3.head_object(Bucket=bucket, Key="none")


def test_customer_keys_pass_untouched(s3: BaseClient, direct: BaseClient, bucket: str) -> None:
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    s3.put_object(Bucket=bucket, Key="a", Body=b"secret", **key)
    assert direct.get_object(Bucket=bucket, Key="a", **key)["Body"].read() == b"secret"
    with refused("InvalidRequest"):
        s3.get_object(Bucket=bucket, Key="a")


def test_answers_have_the_engine_s_own_ids(s3: BaseClient, engine: Server, gateway: Gateway, bucket: str) -> None:
    answers = [s3.put_object(Bucket=bucket, Key="a", Body=b"x")]
    with refused("NoSuchKey") as error:
        s3.get_object(Bucket=bucket, Key="none")
    assert error["Key"] == "none"
    at_the_engine = Control(engine).journal(operation="PutObject", bucket=bucket)
    assert [entry["request_id"] for entry in at_the_engine] == [a["ResponseMetadata"]["RequestId"] for a in answers]
    entry = Control(gateway).journal(operation="GetObject", bucket=bucket)[-1]
    assert (entry["status"], entry["error"]) == (404, "NoSuchKey")


def test_log_and_journal_tell_the_engine_s_id_beside_ours(
        s3: BaseClient, engine: Server, gateway: Gateway, bucket: str) -> None:
    theirs = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ResponseMetadata"]["RequestId"]
    entry = Control(gateway).journal(operation="PutObject", bucket=bucket)[-1]
    assert entry["upstream_request_id"] == theirs != entry["request_id"]
    line = f" {entry['request_id']} upstream={theirs}\n"
    eventually(lambda: line in gateway.log(), "the line is written")
    with refused("SignatureDoesNotMatch"):  # by the gateway itself
        client(gateway, secret_key="wrong").get_object(Bucket=bucket, Key="a")
    ours = Control(gateway).journal(operation="GetObject", bucket=bucket)[-1]
    assert "upstream_request_id" not in ours
    assert "upstream_request_id" not in Control(engine).journal(operation="PutObject", bucket=bucket)[-1]


def test_who_asks_first_is_refused_before_the_body_is_sent(gateway: Gateway, s3: BaseClient) -> None:
    url = s3.generate_presigned_url("put_object", {"Bucket": "there-is-no-such-bucket", "Key": "a"})
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall((f"PUT {url.removeprefix(gateway.url)} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"
                            f"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n").encode())
        answer = connection.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 404 ") and b"NoSuchBucket" in answer


def test_late_completions_pass_their_white_space_and_their_errors(tmp_path: Path) -> None:
    keys = ("--access-key", ENGINE_KEY, "--secret-key", ENGINE_SECRET)
    with Server(tmp_path / "engine", "--early-completion", *keys) as late, Gateway(tmp_path / "gateway", late.url) as gateway:
        s3 = client(gateway, retries={"total_max_attempts": 1})
        upload = Upload(s3, new_bucket(s3))
        upload.put(1, b"small")
        upload.put(2, b"small")
        with refused("EntityTooSmall"):
            upload.complete()
        entry = Control(gateway).journal(operation="CompleteMultipartUpload")[-1]
        assert (entry["status"], entry["error"]) == (200, "EntityTooSmall")
        upload.complete([upload.parts[1]])
        assert read(s3, upload.at["Bucket"]) == b"small"


def test_strangers_get_what_the_engine_gives_them(gateway: Gateway, engine: Server, s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"private")
    for server in (engine, gateway):
        assert send("GET", f"{server.url}/{bucket}/a").error()["Code"] == "AccessDenied"
        assert send("GET", f"{server.url}/no-such-bucket-here/a").error()["Code"] == "NoSuchBucket"


def test_preflights_are_the_engine_s(gateway: Gateway, s3: BaseClient, bucket: str) -> None:
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://a.example"], "AllowedHeaders": ["*"]}]})
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
    assert send("OPTIONS", f"{gateway.url}/{bucket}/a", headers=asked).headers["Access-Control-Allow-Methods"] == "PUT"
    refusal = send("OPTIONS", f"{gateway.url}/{bucket}/a", headers=asked | {"Origin": "https://b.example"})
    assert (refusal.status, refusal.error()["Code"]) == (403, "AccessForbidden")


def test_a_page_of_another_origin_may_do_what_the_engine_s_rules_allow(gateway: Gateway, s3: BaseClient, bucket: str) -> None:
    """The gateway's secret is the default one: everybody knows it."""
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a"})
    page = {"Origin": "https://a.example", "Sec-Fetch-Site": "cross-site"}
    assert send("PUT", url, b"x", page).error()["Code"] == "AccessForbidden"
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://a.example"]}]})
    allowed = send("PUT", url, b"x", page)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, "https://a.example")


@pytest.mark.measures_memory
def test_a_large_object_passes_both_ways_in_little_memory(own_engine: Server, tmp_path: Path) -> None:
    with Gateway(tmp_path / "gateway", own_engine.url) as gateway:
        s3 = client(gateway, request_checksum_calculation="when_required")
        name = new_bucket(s3)
        source = seeded_file(tmp_path / "source", 256 * MIB)
        with source.open("rb") as body:
            s3.put_object(Bucket=name, Key="a", Body=body)
        digest = hashlib.sha256()
        for piece in s3.get_object(Bucket=name, Key="a")["Body"].iter_chunks(MIB):
            digest.update(piece)
        with source.open("rb") as body:
            assert digest.digest() == hashlib.file_digest(body, "sha256").digest()
        assert gateway.peak_memory() < 64 * MIB
        source.unlink()


def test_faults_clock_and_journal_are_the_gateway_s(tmp_path: Path, engine: Server) -> None:
    with Gateway(tmp_path / "gateway", engine.url) as gateway:
        control, once = Control(gateway), client(gateway, retries={"total_max_attempts": 1})
        name = new_bucket(once)
        control.add({"type": "error", "code": "SlowDown"}, match={"operation": "PutObject"}, times=1)
        with refused("SlowDown"):
            once.put_object(Bucket=name, Key="a", Body=b"x")
        once.put_object(Bucket=name, Key="a", Body=b"x")
        assert [entry["status"] for entry in control.journal(operation="PutObject")] == [503, 200]
        control.add({"type": "error", "code": "InternalError"}, match={"operation": "PutObject"}, times=1,
                    when="after-commit")
        with refused("InternalError"):
            once.put_object(Bucket=name, Key="b", Body=b"committed")
        assert read(once, name, "b") == b"committed"

        url = once.generate_presigned_url("get_object", {"Bucket": name, "Key": "a"}, ExpiresIn=60)
        assert send("GET", url).status == 200
        control.clock(advance="1h")
        assert send("GET", url).error()["Code"] == "AccessDenied"


@pytest.mark.parametrize(("operation", "when"), [("GetObject", "during-response"), ("PutObject", "during-request")])
def test_a_fault_of_bytes_is_the_gateway_s_though_nobody_else_sees_them(tmp_path: Path, engine: Server, operation: str, when: str) -> None:
    body = seeded_bytes(3 * MIB)
    with Gateway(tmp_path / "gateway", engine.url) as gateway:
        s3 = client(gateway, response_checksum_validation="when_required")
        name = new_bucket(s3)
        Control(gateway).add({"type": "corrupt", "after_bytes": 2 * MIB, "bit": 0}, match={"operation": operation}, when=when)
        url = s3.generate_presigned_url("put_object", {"Bucket": name, "Key": "a"})
        assert send("PUT", url, body).status == 200
        got = read(s3, name, "a")
        assert [at for at, (ours, theirs) in enumerate(zip(body, got, strict=True)) if ours != theirs] == [2 * MIB]


def test_the_upstream_is_counted(gateway: Gateway, s3: BaseClient, bucket: str) -> None:
    def count() -> tuple[float, float]:
        return (metric(gateway, "partsmith_upstream_requests_total", status="200"),
                metric(gateway, "partsmith_upstream_seconds_count"))
    before = count()
    s3.list_objects_v2(Bucket=bucket)
    assert count() == (before[0] + 1, before[1] + 1)
    assert metric(gateway, "partsmith_upstream_connections_opened_total") >= 1
    assert metric(gateway, "partsmith_upstream_in_flight") == 0
