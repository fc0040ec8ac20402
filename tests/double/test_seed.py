"""Data that a server begins with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.s3 import client
from support.server import Server, serve_and_wait


def test_folders_become_buckets_and_files_objects(tmp_path: Path) -> None:
    (tmp_path / "seed/films/reels").mkdir(parents=True)
    (tmp_path / "seed/films/reels/1.mp4").write_bytes(b"reel")
    (tmp_path / "seed/empty").mkdir()
    with Server(tmp_path / "s", "--seed", str(tmp_path / "seed")) as server:
        s3 = client(server)
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["empty", "films"]
        seen = s3.get_object(Bucket="films", Key="reels/1.mp4")
        assert seen["Body"].read() == b"reel"
        assert seen["ContentType"] == "video/mp4"
        assert seen["ETag"] == s3.put_object(Bucket="films", Key="same", Body=b"reel")["ETag"]


@pytest.mark.parametrize("name", ["A", "file"])
def test_what_can_t_be_a_bucket_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "seed").mkdir()
    (tmp_path / "seed/file").touch() if name == "file" else (tmp_path / "seed/A").mkdir()
    ended = serve_and_wait("--ephemeral", "--port", 0, "--seed", tmp_path / "seed")
    assert ended.returncode == 1 and ended.stderr.count("\n") == 1 and "--seed" in ended.stderr


def served(tmp_path: Path, document: object) -> Server:
    (tmp_path / "seed.json").write_text(json.dumps(document))
    return Server(tmp_path / "s", "--seed", str(tmp_path / "seed.json"))


def test_a_document_fills_buckets_with_objects_and_open_uploads(tmp_path: Path) -> None:
    (tmp_path / "reel.bin").write_bytes(b"reel")
    with served(tmp_path, {"buckets": {"films": {
            "region": "eu-central-1", "versioning": "enabled",
            "objects": [{"key": "a.txt", "body": "text", "metadata": {"by": "me"}, "tags": {"kind": "note"},
                         "headers": {"cache-control": "no-store"}},
                        {"key": "reel", "file": "reel.bin", "content_type": "video/mp4"}, {"key": "zeros", "size": 100_000}],
            "uploads": [{"key": "b.mp4", "checksum_algorithm": "SHA256", "metadata": {"of": "us"},
                         "parts": [{"number": 1, "size": 5 * 1024 * 1024}, {"number": 2, "body": "end"}]}]}}}) as server:
        s3 = client(server)
        assert s3.get_bucket_location(Bucket="films")["LocationConstraint"] == "eu-central-1"
        assert s3.get_bucket_versioning(Bucket="films")["Status"] == "Enabled"
        text = s3.get_object(Bucket="films", Key="a.txt")
        assert (text["Body"].read(), text["Metadata"], text["CacheControl"], text["TagCount"]) == (b"text", {"by": "me"}, "no-store", 1)
        assert s3.get_object_tagging(Bucket="films", Key="a.txt")["TagSet"] == [{"Key": "kind", "Value": "note"}]
        reel = s3.get_object(Bucket="films", Key="reel")
        assert (reel["Body"].read(), reel["ContentType"]) == (b"reel", "video/mp4")
        assert s3.get_object(Bucket="films", Key="zeros")["Body"].read() == bytes(100_000)
        upload = s3.list_multipart_uploads(Bucket="films")["Uploads"][0]
        at = {"Bucket": "films", "Key": "b.mp4", "UploadId": upload["UploadId"]}
        parts = [{name: part[name] for name in ("PartNumber", "ETag", "ChecksumSHA256")} for part in s3.list_parts(**at)["Parts"]]
        assert [part["PartNumber"] for part in parts] == [1, 2]
        s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})
        made = s3.head_object(Bucket="films", Key="b.mp4")
        assert (made["ContentLength"], made["Metadata"]) == (5 * 1024 * 1024 + 3, {"of": "us"})


@pytest.mark.parametrize(("document", "word"), [
    ({}, "buckets"), ({"buckets": {"A": {}}}, "A"), ({"buckets": {"films": {"object": []}}}, "object"),
    ({"buckets": {"films": {"objects": [{"body": "x"}]}}}, "key"),
    ({"buckets": {"films": {"objects": [{"key": "k", "body": "x", "size": 1}]}}}, "only one"),
    ({"buckets": {"films": {"objects": [{"key": "k", "file": "none"}]}}}, "none"),
    ({"buckets": {"films": {"objects": [{"key": "k", "metadata": {"A b": "x"}}]}}}, "A b"),
    ({"buckets": {"films": {"objects": [{"key": "k", "headers": {"x-other": "x"}}]}}}, "x-other"),
    ({"buckets": {"films": {"uploads": [{"key": "k", "parts": [{"number": 10_001}]}]}}}, "10000"),
    ({"buckets": {"films": {"versioning": "on"}}}, "versioning"), ("text", "object")])
def test_a_wrong_document_is_one_line_that_says_where(document: object, word: str, tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(json.dumps(document))
    ended = serve_and_wait("--ephemeral", "--port", 0, "--seed", tmp_path / "seed.json")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1 and "--seed" in ended.stderr and word in ended.stderr


def test_a_file_that_is_no_document_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text("{")
    ended = serve_and_wait("--ephemeral", "--port", 0, "--seed", tmp_path / "seed.json")
    assert ended.returncode == 1 and "no JSON" in ended.stderr
