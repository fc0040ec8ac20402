"""partsmith cp, mv and resume: between files, streams and objects, cross-checked with boto3; interrupted and gone on with."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import resource
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from support.cli import DONE, FAILED, INTERRUPTED, MISUSED, done, not_done, start, verb
from support.data import MIB, etag, multipart_etag, seeded_bytes, seeded_file
from support.proxy import Proxy
from support.s3 import Upload, client, new_bucket
from support.server import PATIENCE, Server, eventually

PART = 8 * MIB


def told(server: Server, *arguments: object, **how: Any) -> dict[str, Any]:
    return json.loads(done(server, *arguments, "--json", **how))


def body_of(s3: BaseClient, bucket: str, key: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def open_parts(s3: BaseClient, bucket: str, key: str) -> list[int]:
    """Of the key's only open upload; none when there is none."""
    uploads = s3.list_multipart_uploads(Bucket=bucket, Prefix=key).get("Uploads", [])
    assert len(uploads) <= 1
    return [part["PartNumber"] for upload in uploads for part in
            s3.list_parts(Bucket=bucket, Key=key, UploadId=upload["UploadId"]).get("Parts", [])]


def pieces(body: bytes, size: int = PART) -> list[bytes]:
    return [body[begin:begin + size] for begin in range(0, len(body), size)]


def write_tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def keys(s3: BaseClient, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.parametrize(("size", "parts"), [(0, 0), (5, 0), (PART, 0), (PART + 1, 2), (3 * PART + 7, 4)])
def test_a_file_goes_up_and_comes_back_the_same(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path, size: int, parts: int) -> None:
    file = seeded_file(tmp_path / "gopher.mp4", size)
    body = file.read_bytes()
    report = told(server, "cp", file, f"s3://{bucket}/films/")
    assert report["to"] == f"s3://{bucket}/films/gopher.mp4"
    assert (report["bytes"], report.get("parts", 0), report["proof"]) == (size, parts, "checksum")
    found = s3.head_object(Bucket=bucket, Key="films/gopher.mp4", ChecksumMode="ENABLED")
    assert found["ETag"] == (multipart_etag(pieces(body)) if parts else etag(body))
    assert found["ContentType"] == "video/mp4" and found["ChecksumType"] == "FULL_OBJECT"
    assert report["checksum"] == f"CRC64NVME {found['ChecksumCRC64NVME']}"

    back = told(server, "cp", f"s3://{bucket}/films/gopher.mp4", tmp_path / "back")
    assert (back["bytes"], back["proof"]) == (size, "checksum")
    assert (tmp_path / "back").read_bytes() == body
    assert verb(server, "cp", f"s3://{bucket}/films/gopher.mp4", "-").stdout == body
    assert sorted(os.listdir(tmp_path)) == ["back", "gopher.mp4"]


@pytest.mark.parametrize("size", [0, 100, PART, 2 * PART + 5])
def test_a_stream_of_unknown_length_goes_up(server: Server, s3: BaseClient, bucket: str, size: int) -> None:
    body = seeded_bytes(size)
    done(server, "cp", "-", f"s3://{bucket}/stream", stdin=body)
    assert body_of(s3, bucket, "stream") == body


def test_a_new_object_gets_what_the_options_say(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    for name, size in (("small", 10), ("large", PART + 1)):
        file = seeded_file(tmp_path / name, size)
        done(server, "cp", file, f"s3://{bucket}/", "--content-type", "text/odd", "--cache-control", "no-cache",
             "--content-disposition", "inline", "--content-language", "de", "--metadata", "who=go=pher", "--metadata", "n=1",
             "--tag", "a=b c", "--storage-class", "STANDARD_IA", "--sse", "AES256")
        found = s3.head_object(Bucket=bucket, Key=name)
        assert (found["ContentType"], found["CacheControl"], found["ContentDisposition"], found["ContentLanguage"]) == (
            "text/odd", "no-cache", "inline", "de")
        assert found["Metadata"] == {"who": "go=pher", "n": "1"} and found["TagCount"] == 1
        assert (found["StorageClass"], found["ServerSideEncryption"]) == ("STANDARD_IA", "AES256")


@pytest.mark.parametrize("algorithm", ["crc32", "crc32c", "sha256", "none"])
def test_any_checksum_or_none_can_be_sent(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path, algorithm: str) -> None:
    for name, size in (("small", 10), ("large", PART + 1)):
        file = seeded_file(tmp_path / name, size)
        report = told(server, "cp", "--checksum", algorithm, file, f"s3://{bucket}/")
        assert report["proof"] in ("checksum", "etag")
        assert body_of(s3, bucket, name) == file.read_bytes()
        assert told(server, "cp", f"s3://{bucket}/{name}", tmp_path / "back")["proof"] in ("checksum", "etag")


def test_a_customer_key_goes_with_every_request(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    key = os.urandom(32)
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "key.txt").write_text(base64.b64encode(key).decode() + "\n")
    for name, size in (("small", 10), ("large", PART + 1)):
        file = seeded_file(tmp_path / name, size)
        done(server, "cp", file, f"s3://{bucket}/", "--sse-c-key", tmp_path / "key")
        assert s3.get_object(Bucket=bucket, Key=name, SSECustomerAlgorithm="AES256", SSECustomerKey=key,
                             )["Body"].read() == file.read_bytes()
        done(server, "cp", f"s3://{bucket}/{name}", tmp_path / "back", "--sse-c-key", tmp_path / "key.txt")
        assert (tmp_path / "back").read_bytes() == file.read_bytes()
        done(server, "cp", f"s3://{bucket}/{name}", f"s3://{bucket}/open-{name}", "--sse-c-source-key", tmp_path / "key")
        assert body_of(s3, bucket, f"open-{name}") == file.read_bytes()
    assert "(400)" in not_done(server, FAILED, "cp", f"s3://{bucket}/small", tmp_path / "no")
    assert "holds no key" in not_done(server, MISUSED, "cp", f"s3://{bucket}/small", "x", "--sse-c-key", tmp_path / "large")


def test_a_copy_stays_in_the_service_with_its_metadata(server: Server, s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(11 * MIB)
    s3.put_object(Bucket=bucket, Key="a", Body=body, ContentType="video/mp4", Metadata={"who": "gopher"})
    other = new_bucket(s3)
    assert "parts" not in told(server, "cp", f"s3://{bucket}/a", f"s3://{other}")
    in_parts = told(server, "cp", f"s3://{bucket}/a", f"s3://{other}/in parts", "--copy-threshold", "5MiB")
    # Parts of a copy are large: 11 MiB are one.
    assert in_parts["parts"] == 1
    for key in ("a", "in parts"):
        found = s3.head_object(Bucket=other, Key=key)
        assert (found["ContentType"], found["Metadata"]) == ("video/mp4", {"who": "gopher"})
        assert body_of(s3, other, key) == body
    done(server, "cp", f"s3://{bucket}/a", f"s3://{bucket}/a", "--content-type", "text/plain", "--metadata", "new=1")
    found = s3.head_object(Bucket=bucket, Key="a")
    assert (found["ContentType"], found["Metadata"]) == ("text/plain", {"new": "1"})


@pytest.mark.parametrize("threshold", [[], ["--copy-threshold", "5MiB"]])
def test_a_copy_has_the_tags_of_its_source_or_those_it_is_given(
        server: Server, s3: BaseClient, bucket: str, threshold: list[str]) -> None:
    tags = [{"Key": "what", "Value": "a film / more=+"}, {"Key": "öl", "Value": ""}]
    s3.put_object(Bucket=bucket, Key="a", Body=bytes(6 * MIB))
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": tags})
    done(server, "cp", *threshold, f"s3://{bucket}/a", f"s3://{bucket}/same")
    assert s3.get_object_tagging(Bucket=bucket, Key="same")["TagSet"] == tags
    done(server, "cp", *threshold, f"s3://{bucket}/a", f"s3://{bucket}/own", "--tag", "own=1")
    assert s3.get_object_tagging(Bucket=bucket, Key="own")["TagSet"] == [{"Key": "own", "Value": "1"}]


@pytest.mark.parametrize("algorithm", ["CRC64NVME", "CRC32", "SHA256"])
def test_a_copy_in_parts_is_proved_by_a_checksum_of_the_whole(
        server: Server, s3: BaseClient, bucket: str, algorithm: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=seeded_bytes(6 * MIB), ChecksumAlgorithm=algorithm)
    report = told(server, "cp", "--copy-threshold", "5MiB", f"s3://{bucket}/a", f"s3://{bucket}/b")
    found = s3.head_object(Bucket=bucket, Key="b", ChecksumMode="ENABLED")
    assert found["ChecksumType"] == "FULL_OBJECT"
    # SHA-256 can't be put together from parts: then there is nothing to compare.
    assert report["proof"] == ("size" if algorithm == "SHA256" else "checksum")
    assert body_of(s3, bucket, "b") == body_of(s3, bucket, "a")


def test_folders_go_up_and_come_down_filtered(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    names = ["index.html", "img/a.jpg", "img/b.png", "img/tmp/c.jpg", "ä b/+&.txt"]
    site = write_tree(tmp_path / "site", *names)
    (site / "link.txt").symlink_to("index.html")
    done(server, "cp", "-r", site, f"s3://{bucket}/www")
    assert sorted(keys(s3, bucket)) == sorted(f"www/{name}" for name in [*names, "link.txt"])
    s3.put_object(Bucket=bucket, Key="www/marker/", Body=b"")
    s3.put_object(Bucket=bucket, Key="www-other", Body=b"")

    done(server, "cp", "-r", f"s3://{bucket}/www", tmp_path / "back")
    assert tree(tmp_path / "back") == tree(site)
    for filters, expected in {
        ("--include=*.jpg",): ["img/a.jpg", "img/tmp/c.jpg"],
        ("--exclude=*", "--include=*.jpg", "--exclude=img/tmp/*"): ["img/a.jpg"],
        ("--exclude=img/*",): ["index.html", "link.txt", "ä b/+&.txt"],
    }.items():
        target = tmp_path / f"only{len(filters)}{filters[0][-3]}"
        done(server, "cp", "-r", *filters, f"s3://{bucket}/www", target)
        assert sorted(tree(target)) == sorted(expected), filters
    assert "would copy" in done(server, "cp", "-r", "--dry-run", f"s3://{bucket}/www", tmp_path / "dry")
    assert not (tmp_path / "dry").exists()
    other = new_bucket(s3)
    done(server, "cp", "-r", f"s3://{bucket}", f"s3://{other}/all/")
    assert "all/www/img/tmp/c.jpg" in keys(s3, other)


def test_links_in_a_folder_are_followed_unless_told_otherwise(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    site = write_tree(tmp_path / "site", "a", "img/b")
    write_tree(tmp_path / "elsewhere", "c", "deep/d")
    (site / "file").symlink_to("a")
    (site / "folder").symlink_to(tmp_path / "elsewhere")
    (site / "again").symlink_to("img")
    done(server, "cp", "-r", site, f"s3://{bucket}/all")
    assert keys(s3, bucket) == [f"all/{name}" for name in ("a", "again/b", "file", "folder/c", "folder/deep/d", "img/b")]
    done(server, "cp", "-r", "--no-follow-symlinks", site, f"s3://{bucket}/own")
    assert keys(s3, bucket)[6:] == ["own/a", "own/img/b"]
    done(server, "cp", site / "file", f"s3://{bucket}/one")
    assert body_of(s3, bucket, "one") == b"a"


def test_what_cannot_be_taken_from_a_folder_is_told_and_the_others_go_on(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    site = write_tree(tmp_path / "site", "a", "img/b")
    (site / "img" / "loop").symlink_to(site)
    (site / "nowhere").symlink_to("missing")
    os.mkfifo(site / "pipe")
    ended = verb(server, "cp", "-r", site, f"s3://{bucket}")
    lines = ended.stderr.decode().splitlines()
    assert (ended.returncode, keys(s3, bucket)) == (FAILED, ["a", "img/b"])
    assert sorted(lines) == sorted(["partsmith: 3 of 5 could not be copied",
                             f"partsmith: {site}/img/loop: a link to a folder that it lies in",
                             f"partsmith: {site}/nowhere: No such file or directory",
                             f"partsmith: {site}/pipe: neither a file nor a folder"])
    done(server, "cp", "-r", site, f"s3://{bucket}", "--exclude=img/loop", "--exclude=nowhere", "--exclude=pipe")


def test_one_failure_among_many_is_told_and_the_others_go_on(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    for key in ("in/good", "in/../../climbs", "in//absolute", "in/also good"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    ended = verb(server, "cp", "-r", f"s3://{bucket}/in", tmp_path / "out" / "deep")
    lines = ended.stderr.decode().splitlines()
    assert ended.returncode == FAILED and len(lines) == 3 and lines[-1] == "partsmith: 2 of 4 could not be copied"
    assert all("cannot be the name of a file" in line for line in lines[:2])
    assert tree(tmp_path) == {"out/deep/good": "in/good", "out/deep/also good": "in/also good"}


def test_several_sources_go_into_a_folder(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    write_tree(tmp_path, "a", "b")
    done(server, "cp", tmp_path / "a", tmp_path / "b", f"s3://{bucket}/in/")
    assert keys(s3, bucket) == ["in/a", "in/b"]
    assert "need a folder" in not_done(server, MISUSED, "cp", tmp_path / "a", tmp_path / "b", f"s3://{bucket}/in")


def test_nothing_is_overwritten_when_told_so(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    s3.put_object(Bucket=bucket, Key="there", Body=b"old")
    for name, size in (("small", 10), ("large", PART + 1)):
        file = seeded_file(tmp_path / name, size)
        assert "PreconditionFailed (412)" in not_done(server, FAILED, "cp", "--no-overwrite", file, f"s3://{bucket}/there")
    assert body_of(s3, bucket, "there") == b"old" and open_parts(s3, bucket, "there") == []
    (tmp_path / "here").write_bytes(b"old")
    assert "File exists" in not_done(server, FAILED, "cp", "--no-overwrite", f"s3://{bucket}/there", tmp_path / "here")
    done(server, "cp", "--no-overwrite", f"s3://{bucket}/there", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"old"


def test_mv_removes_the_source_once_the_copy_is_proved(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", PART + 1)
    body = file.read_bytes()
    done(server, "mv", file, f"s3://{bucket}/a")
    assert not file.exists() and keys(s3, bucket) == ["a"]
    done(server, "mv", f"s3://{bucket}/a", f"s3://{bucket}/b/c")
    assert keys(s3, bucket) == ["b/c"]
    done(server, "mv", f"s3://{bucket}/b/c", tmp_path)
    assert keys(s3, bucket) == [] and (tmp_path / "c").read_bytes() == body
    write_tree(tmp_path / "many", "x", "y/z")
    done(server, "mv", "-r", tmp_path / "many", f"s3://{bucket}")
    assert keys(s3, bucket) == ["x", "y/z"] and tree(tmp_path / "many") == {}
    assert "where it is already" in not_done(server, MISUSED, "mv", f"s3://{bucket}/x", f"s3://{bucket}/x")
    assert keys(s3, bucket) == ["x", "y/z"]


def test_mv_keeps_a_source_of_which_nothing_shows_that_the_copy_is_the_same(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    """Under a customer key ETags are no MD5s, and an upload without a declared checksum has none."""
    (tmp_path / "key").write_bytes(os.urandom(32))
    file = seeded_file(tmp_path / "film", PART + 1)
    error = not_done(server, FAILED, "mv", "--checksum", "none", "--sse-c-key", tmp_path / "key", file, f"s3://{bucket}/film")
    assert "not removed" in error and file.exists() and keys(s3, bucket) == ["film"]


@pytest.mark.parametrize(("arguments", "why"), [
    (["a", "b"], "source or destination must be s3://"),
    (["s3://films", "x"], "-r takes all"),
    ([".", "s3://films"], "-r takes all"),
    (["-", "s3://films"], "has no name"),
    (["--resume", "-", "s3://films/x"], "cannot be read again"),
    (["-r", "-", "s3://films"], "-r needs folders"),
    (["s3://films/x", "redis://127.0.0.1/0/x"], "a source only"),
    (["rediss://127.0.0.1/0/x", "s3://films/x"], "not supported"),
    (["redis://127.0.0.1/x", "s3://films/x"], "the database is a number"),
    (["a", "s3://films/x", "--part-size", "1MiB"], "--part-size"),
    (["/dev/null", "s3://films/x", "--metadata", "a"], "NAME=VALUE"),
    (["s3://films/x"], "2"),
])
def test_wrong_usage_is_told(server: Server, arguments: list[str], why: str, tmp_path: Path) -> None:
    assert why in not_done(server, MISUSED, "cp", *arguments, cwd=tmp_path)


def test_a_missing_source_is_told(server: Server, bucket: str, tmp_path: Path) -> None:
    assert "No such file" in not_done(server, FAILED, "cp", tmp_path / "none", f"s3://{bucket}/x")
    assert "not found (404)" in not_done(server, FAILED, "cp", f"s3://{bucket}/none", tmp_path / "x")
    assert "No such file" in not_done(server, FAILED, "cp", "-r", tmp_path / "none", f"s3://{bucket}/x")
    assert list(tmp_path.iterdir()) == []


class Feeding:
    """`cp -` that has been given some bytes and waits for more: an upload held at a known point."""

    def __init__(self, server: Server, s3: BaseClient, url: str, body: bytes, parts: int, *options: str):
        self.process = start(server, "cp", *options, "-", url, stdin=subprocess.PIPE)
        assert self.process.stdin
        self.process.stdin.write(body)
        self.process.stdin.flush()
        bucket, key = url.removeprefix("s3://").split("/", 1)
        eventually(lambda: len(open_parts(s3, bucket, key)) == parts, f"{parts} parts are there")

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        assert self.process.stderr and self.process.stdin and self.process.stdout
        error = self.process.stderr.read().decode()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return code, error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_its_like_abort_the_upload(server: Server, s3: BaseClient, bucket: str, number: int) -> None:
    feeding = Feeding(server, s3, f"s3://{bucket}/film", seeded_bytes(2 * PART + 5), 2)
    code, error = feeding.end(number)
    assert code == INTERRUPTED and "the upload was aborted" in error
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_an_upload_whose_messages_nobody_reads_is_aborted_too(server: Server, s3: BaseClient, bucket: str) -> None:
    feeding = Feeding(server, s3, f"s3://{bucket}/film", seeded_bytes(2 * PART + 5), 2)
    assert feeding.process.stderr and feeding.process.stdout and feeding.process.stdin
    feeding.process.stderr.close()
    feeding.process.stdout.close()
    feeding.process.send_signal(signal.SIGINT)
    assert feeding.process.wait(PATIENCE) == INTERRUPTED
    feeding.process.stdin.close()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_ctrl_c_ends_an_upload_that_waits_for_the_server(tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", 6 * PART)
    with Server(tmp_path / "server", "--bucket", "films") as server:
        s3 = client(server)
        feeding = Feeding(server, s3, "s3://films/film", file.read_bytes()[:2 * PART], 2)
        server.process.send_signal(signal.SIGSTOP)
        assert feeding.process.stdin
        feeding.process.stdin.write(bytes(PART + 1))
        feeding.process.send_signal(signal.SIGINT)
        server.process.send_signal(signal.SIGCONT)  # the upload is still to be aborted
        code, error = feeding.end(signal.SIGCONT)
        assert code == INTERRUPTED and "the upload was aborted" in error
        assert open_parts(s3, "films", "film") == []


def test_ctrl_c_with_keep_leaves_the_upload_to_be_resumed(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", 3 * PART + 5)
    url = f"s3://{bucket}/film"
    code, error = Feeding(server, s3, url, file.read_bytes()[:2 * PART + 5], 2, "--keep").end(signal.SIGINT)
    assert code == INTERRUPTED and "partsmith resume" in error
    report = told(server, "cp", "--resume", file, url)
    assert (report["parts"], report["kept_parts"], report["proof"]) == (4, 2, "checksum")
    assert body_of(s3, bucket, "film") == file.read_bytes()
    assert "kept_parts" not in told(server, "cp", "--resume", file, url)


def test_after_kill_9_resume_sends_only_what_is_missing_or_different(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", 3 * PART + 5)
    url = f"s3://{bucket}/film"
    Feeding(server, s3, url, file.read_bytes()[:2 * PART + 5], 2).end(signal.SIGKILL)
    upload = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["UploadId"]
    s3.upload_part(Bucket=bucket, Key="film", UploadId=upload, PartNumber=2, Body=bytes(PART), ChecksumAlgorithm="CRC64NVME")
    s3.upload_part(Bucket=bucket, Key="film", UploadId=upload, PartNumber=9, Body=b"stray", ChecksumAlgorithm="CRC64NVME")
    report = told(server, "resume", url, file)
    assert (report["parts"], report["kept_parts"], report["proof"]) == (4, 1, "checksum")
    assert body_of(s3, bucket, "film") == file.read_bytes()
    assert "no open upload" in not_done(server, FAILED, "resume", url, file)


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA256"])
def test_an_upload_that_another_client_began_can_be_resumed(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path, algorithm: str | None) -> None:
    file = seeded_file(tmp_path / "film", 13 * MIB)
    upload = Upload(s3, bucket, "film", **({"ChecksumAlgorithm": algorithm} if algorithm else {}))
    upload.put(2, pieces(file.read_bytes(), 6 * MIB)[1], **({"ChecksumAlgorithm": algorithm} if algorithm else {}))
    report = told(server, "resume", f"s3://{bucket}/film", file, "--upload-id", upload.id)
    assert (report["parts"], report["kept_parts"]) == (3, 1)
    assert body_of(s3, bucket, "film") == file.read_bytes()


def test_resume_completes_with_what_is_there_only_when_told_so(server: Server, s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, "film")
    upload.put(1, bytes(5 * MIB))
    upload.put(4, b"end")
    assert "--complete" in not_done(server, MISUSED, "resume", f"s3://{bucket}/film")
    assert told(server, "resume", "--complete", f"s3://{bucket}/film")["parts"] == 2
    assert body_of(s3, bucket, "film") == bytes(5 * MIB) + b"end"


def test_a_server_that_dies_leaves_the_upload_to_be_resumed_after_its_restart(tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", 3 * PART + 5)
    with Server(tmp_path / "one", "--bucket", "films", data=tmp_path / "data") as server:
        feeding = Feeding(server, client(server), "s3://films/film", file.read_bytes()[:2 * PART], 2, "--attempts", "1")
        server.kill()
        assert feeding.process.stdin
        feeding.process.stdin.write(bytes(PART + 1))
        feeding.process.stdin.close()
        assert feeding.process.wait(PATIENCE) == FAILED
        assert feeding.process.stderr
        assert b"it stays open: partsmith resume s3://films/film" in feeding.process.stderr.read()
    with Server(tmp_path / "two", data=tmp_path / "data") as server:
        assert told(server, "resume", "s3://films/film", file)["kept_parts"] == 2
        assert hashlib.sha256(body_of(client(server), "films", "film")).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_a_broken_download_leaves_no_file(tmp_path: Path) -> None:
    with Server(tmp_path / "server", "--bucket", "films", data=tmp_path / "data") as server:
        client(server).put_object(Bucket="films", Key="film", Body=seeded_bytes(PART))
        blob = max((tmp_path / "data").glob("blobs/*/*"), key=lambda file: file.stat().st_size)
        content = bytearray(blob.read_bytes())
        content[1000] ^= 1
        blob.write_bytes(content)
        (tmp_path / "out").mkdir()
        assert "what came is" in not_done(server, FAILED, "cp", "s3://films/film", tmp_path / "out" / "film")
        assert list((tmp_path / "out").iterdir()) == []
        assert verb(server, "cat", "s3://films/film").returncode == FAILED


def test_a_killed_download_leaves_nothing(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    s3.put_object(Bucket=bucket, Key="film", Body=seeded_bytes(100))
    (tmp_path / "film").write_bytes(b"old")
    killed = threading.Event()
    asked = threading.Event()

    def held(method: str, target: str, head: str) -> None:
        if method == "GET":
            asked.set()
            killed.wait(PATIENCE)

    with Proxy(server.port, held) as proxy:
        fetching = start(server, "cp", "--endpoint", proxy.url, f"s3://{bucket}/film", tmp_path / "film")
        assert asked.wait(PATIENCE) and has_open(fetching.pid, tmp_path)
        fetching.kill()
        killed.set()
        fetching.communicate()
    assert tree(tmp_path) == {"film": "old"}
    done(server, "cp", f"s3://{bucket}/film", tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == seeded_bytes(100)


def has_open(process: int, folder: Path) -> bool:
    """Whether it has a file there open."""
    return any(os.readlink(entry).startswith(str(folder)) for entry in Path(f"/proc/{process}/fd").iterdir())


def test_two_downloads_to_one_file_do_not_disturb_each_other(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    body = seeded_bytes(20 * MIB)
    s3.put_object(Bucket=bucket, Key="film", Body=body)
    fetching = [start(server, "cp", f"s3://{bucket}/film", tmp_path / "film") for _ in range(3)]
    for one in fetching:
        one.communicate(timeout=PATIENCE)
        assert one.returncode == DONE
    assert (tmp_path / "film").read_bytes() == body and os.listdir(tmp_path) == ["film"]


@pytest.mark.measures_memory
def test_large_parts_of_a_file_are_not_held_in_memory(
        server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as sparse:
        sparse.truncate(600 * MIB)
        sparse.write(b"begin")
    uploading = start(server, "cp", "--part-size", "300MiB", file, f"s3://{bucket}/film",
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (200 * MIB, 200 * MIB)))
    _, error = uploading.communicate(timeout=120)
    assert uploading.returncode == DONE, error
    found = s3.head_object(Bucket=bucket, Key="film")
    assert (found["ContentLength"], found["ETag"][-3:]) == (600 * MIB, '-2"')


def test_what_is_no_file_is_written_through(server: Server, s3: BaseClient, bucket: str, tmp_path: Path) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"through")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    copying = start(server, "cp", f"s3://{bucket}/a", pipe)
    assert pipe.read_bytes() == b"through"
    assert copying.wait(PATIENCE) == DONE and pipe.is_fifo()
    copying.communicate()
