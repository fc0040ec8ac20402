"""The AWS CLI as a person or a script uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from support.data import MIB, multipart_etag, same_bytes, seeded_bytes, seeded_file
from support.plain_http import send
from support.server import ACCESS_KEY, PLAIN_BOTO, SECRET_KEY, Server

Aws = Callable[..., str]


@pytest.fixture
def aws(server: Server, tmp_path: Path) -> Aws:
    def run(*arguments: object, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "awscli", *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=120, check=False,
            env={**os.environ, **PLAIN_BOTO, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                 "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.url, "HOME": str(tmp_path)})
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    return run


@pytest.fixture
def made(aws: Aws) -> str:
    name = f"cli-{uuid.uuid4().hex}"
    aws("s3", "mb", f"s3://{name}")
    return name


def test_mb_makes_a_bucket_that_ls_shows_and_rb_removes(aws: Aws) -> None:
    name = f"cli-{uuid.uuid4().hex}"
    assert aws("s3", "mb", f"s3://{name}") == f"make_bucket: {name}\n"
    assert name in aws("s3", "ls")
    aws("s3", "rb", f"s3://{name}")
    assert name not in aws("s3", "ls")


def test_cp_of_20_mib_goes_up_in_parts_and_comes_down_unchanged(aws: Aws, made: str, tmp_path: Path) -> None:
    source = seeded_file(tmp_path / "source", 20 * MIB)

    aws("s3", "cp", "source", f"s3://{made}/folder/file.bin")
    aws("s3", "cp", f"s3://{made}/folder/file.bin", "copy")

    assert same_bytes(source, tmp_path / "copy")
    body = source.read_bytes()
    head = json.loads(aws("s3api", "head-object", "--bucket", made, "--key", "folder/file.bin"))
    assert head["ETag"] == multipart_etag([body[:8 * MIB], body[8 * MIB:16 * MIB], body[16 * MIB:]])
    assert "  20971520 folder/file.bin" in aws("s3", "ls", "--recursive", f"s3://{made}")


def test_sync_brings_only_what_changed_and_deletes_what_is_gone(aws: Aws, made: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    names = ["a.txt", "deep/er/b.txt", "with space & more.txt", "é.txt"]
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
        os.utime(tree / name, (made_at := time.time() - 60, made_at))  # S3's times have whole seconds: a file of the
        # upload's own second would be newer than its object

    assert aws("s3", "sync", "tree", f"s3://{made}/tree").count("upload: ") == len(names)
    assert aws("s3", "sync", "tree", f"s3://{made}/tree") == ""
    (tree / "a.txt").unlink()
    assert "delete: s3://" in aws("s3", "sync", "--delete", "tree", f"s3://{made}/tree")
    aws("s3", "sync", f"s3://{made}/tree", "back")

    back = tmp_path / "back"
    assert {str(p.relative_to(back)): p.read_text() for p in back.rglob("*") if p.is_file()} == {
        name: name for name in names if name != "a.txt"}


def test_a_presigned_url_of_the_cli_opens_the_object(aws: Aws, made: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"body")
    aws("s3", "cp", "file", f"s3://{made}/key")
    answer = send("GET", aws("s3", "presign", f"s3://{made}/key").strip())
    assert (answer.status, answer.body) == (200, b"body")


def test_rb_force_removes_a_bucket_with_everything_in_it(aws: Aws, made: str, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text(name)
        aws("s3", "cp", name, f"s3://{made}/{name}")
    aws("s3", "rb", "--force", f"s3://{made}")
    assert "NoSuchBucket" in aws("s3", "ls", f"s3://{made}", fails=True)


def test_a_stream_goes_through_the_cli(aws: Aws, made: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a line\n")
    aws("s3", "cp", "file", f"s3://{made}/key")
    assert aws("s3", "cp", f"s3://{made}/key", "-") == "a line\n"


def test_s3api_makes_an_upload_step_by_step(aws: Aws, made: str, tmp_path: Path) -> None:
    at = ("--bucket", made, "--key", "object")
    bodies = [seeded_bytes(5 * MIB), b"tail"]
    upload = json.loads(aws("s3api", "create-multipart-upload", *at, "--content-type", "text/plain"))["UploadId"]
    for number, body in enumerate(bodies, 1):
        (tmp_path / f"part-{number}").write_bytes(body)
        aws("s3api", "upload-part", *at, "--upload-id", upload, "--part-number", number, "--body", f"part-{number}")
    parts = json.loads(aws("s3api", "list-parts", *at, "--upload-id", upload))["Parts"]
    listed = json.loads(aws("s3api", "list-multipart-uploads", "--bucket", made))["Uploads"]
    assert [u["UploadId"] for u in listed] == [upload]
    (tmp_path / "parts.json").write_text(json.dumps(
        {"Parts": [{"PartNumber": p["PartNumber"], "ETag": p["ETag"]} for p in parts]}))

    done = json.loads(aws("s3api", "complete-multipart-upload", *at, "--upload-id", upload,
                          "--multipart-upload", "file://parts.json"))

    assert done["ETag"] == multipart_etag(bodies)
    assert json.loads(aws("s3api", "get-object", *at, "copy"))["ContentType"] == "text/plain"
    assert (tmp_path / "copy").read_bytes() == b"".join(bodies)


def test_s3api_aborts_an_upload(aws: Aws, made: str) -> None:
    at = ("--bucket", made, "--key", "object")
    upload = json.loads(aws("s3api", "create-multipart-upload", *at))["UploadId"]
    aws("s3api", "abort-multipart-upload", *at, "--upload-id", upload)
    assert "NoSuchUpload" in aws("s3api", "list-parts", *at, "--upload-id", upload, fails=True)
