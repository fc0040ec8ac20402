"""`partsmith fsck` as a program, and `serve --quota`: reports, exit codes, and what a running server sees of them."""

from __future__ import annotations

import json
import subprocess
import warnings
from pathlib import Path

import pytest

from support.data import MIB, seeded_bytes
from support.s3 import client, new_bucket, refused
from support.server import BINARY, NAMESPACES, Server

CLEAN, PROBLEMS, TROUBLE = 0, 1, 2


def fsck(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, "fsck", "--data", data, *options], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)


def fill(server: Server) -> None:
    s3 = client(server)
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="plain", Body=seeded_bytes(MIB))
    s3.put_object(Bucket=bucket, Key="kms", Body=b"secret", ServerSideEncryption="aws:kms")
    for key, algorithm in (("composite", "SHA256"), ("full", "CRC64NVME"), ("open", "CRC32")):
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm=algorithm)["UploadId"]
        parts = []
        for number, size in ((1, 5 * MIB), (2, 1234)):
            answer = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number,
                                    Body=seeded_bytes(size, number), ChecksumAlgorithm=algorithm)
            checksum = f"Checksum{algorithm}"
            parts.append({"PartNumber": number, "ETag": answer["ETag"], checksum: answer[checksum]})
        if key != "open":
            s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "composite"})


def test_what_clients_stored_is_sound_while_it_is_served_and_after_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = Server(tmp_path, data=data)
    fill(server)
    while_served = fsck(data, "--deep", "--json")
    server.kill()
    after = fsck(data, "--deep", "--json")
    for done, in_use in ((while_served, True), (after, False)):
        assert done.returncode == CLEAN, done.stdout + done.stderr
        report = json.loads(done.stdout)
        assert report["in_use"] is in_use
        assert report["clean"] is True and report["problems"] == []
        assert (report["objects"], report["uploads"], report["parts"]) == (5, 1, 9)


def test_damage_is_told_and_an_orphan_is_removed_only_when_asked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Server(tmp_path, data=data) as server:
        fill(server)
        done = fsck(data, "--repair")
        assert done.returncode == TROUBLE and "in use" in done.stderr
    orphan = data / "incoming" / "stray"
    orphan.write_bytes(b"bytes")
    blob = max(data.glob("blobs/*/*"), key=lambda file: file.stat().st_size)
    content = blob.read_bytes()
    blob.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    told = fsck(data, "--deep", "--json")
    assert told.returncode == PROBLEMS
    kinds = {problem["kind"] for problem in json.loads(told.stdout)["problems"]}
    assert kinds == {"content", "orphan-file"}
    assert orphan.exists()
    assert "incoming/stray (repaired)" in fsck(data, "--repair").stdout
    assert not orphan.exists()
    assert fsck(data).returncode == CLEAN
    blob.write_bytes(content)
    assert fsck(data, "--deep").returncode == CLEAN


@pytest.mark.parametrize("options", [["--json"], []])
def test_no_store_is_trouble_in_one_line(tmp_path: Path, options: list[str]) -> None:
    done = fsck(tmp_path / "missing", *options)
    assert done.returncode == TROUBLE
    assert len(done.stderr.splitlines()) == 1
    if options:
        assert "missing" in json.loads(done.stdout)["error"]
    assert not (tmp_path / "missing").exists()


def test_on_a_read_only_file_system_fsck_looks_and_serve_refuses(tmp_path: Path) -> None:
    """Read-only to these two alone, in a mount namespace of their own. Where there can be none, a warning says so."""
    data = tmp_path / "data?#%20"
    with Server(tmp_path, data=data) as server:
        fill(server)
    mount = ["sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', data]
    ways = [[*way, *mount] for way in NAMESPACES]
    way = next((way for way in ways if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0), None)
    if way is None:
        warnings.warn("nothing can be mounted here: read-only is not tried", stacklevel=2)
        return
    looked = subprocess.run([*way, BINARY, "fsck", "--deep", "--json", "--data", data], capture_output=True, text=True,
                            timeout=60, check=False)
    assert looked.returncode == CLEAN, looked.stdout + looked.stderr
    report = json.loads(looked.stdout)
    assert (report["in_use"], report["objects"], report["problems"]) == (False, 5, [])
    for command in (["fsck", "--repair"], ["serve", "--port", "0"]):
        refused_run = subprocess.run([*way, BINARY, *command, "--data", data], capture_output=True, text=True, timeout=60,
                                     check=False)
        assert refused_run.returncode != CLEAN
        assert len(refused_run.stderr.splitlines()) == 1
        assert "Read-only file system" in refused_run.stderr


def test_over_the_quota_clients_are_told_to_slow_down_and_deleting_makes_room(tmp_path: Path) -> None:
    with Server(tmp_path, "--quota", "3MiB") as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="a", Body=bytes(2 * MIB))
        with refused("SlowDown", 503):
            s3.put_object(Bucket=bucket, Key="b", Body=bytes(2 * MIB))
        assert "quota" in server.log()
        s3.delete_object(Bucket=bucket, Key="a")
        s3.put_object(Bucket=bucket, Key="b", Body=bytes(3 * MIB))
