"""Artefacts of `./dev package`, and bare roots to try them in."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).parents[2]
DIST = Path(os.environ.get("PARTSMITH_DIST") or ROOT / "dist")
PATIENCE = 60.0
MACHINE = platform.machine()
MACHINES = [MACHINE, *(["aarch64"] if MACHINE == "x86_64" else [])]  # that ./dev package builds for, here
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
NODE = {"x86_64": "x64", "aarch64": "arm64"}


def artefact(pattern: str) -> Path:
    """The one file of dist/ with that name."""
    found = sorted(DIST.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]


def _path_of(name: str) -> str:
    """For a command whose environment has no PATH."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert path, name
    return path


def in_root(root: Path, *command: str | Path) -> list[str]:
    """The command that runs this one with `root` for its whole file system."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        return [_path_of("chroot"), str(root), *words]
    return [_path_of("unshare"), "--user", "--map-root-user", "--root", str(root), *words]


def tarball_program(machine: str, into: Path) -> Path:
    """The program in the tarball for that processor."""
    with tarfile.open(artefact(f"partsmith-*-linux-{machine}.tar.gz")) as archive:
        archive.extractall(into)
    return next(into.glob("*/bin/partsmith"))


def emulated_in(root: Path, machine: str) -> list[str]:
    """What stands before a program of that processor to run it in this root: nothing, or QEMU, which is put there."""
    if machine == MACHINE:
        return []
    shutil.copy(_path_of(f"qemu-{machine}-static"), root / "qemu")
    return ["/qemu"]


@contextmanager
def serving(command: Sequence[str], ready: Path, log: Path, env: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Runs the command, a server, and tells what its ready file says."""
    with log.open("wb") as into:
        process = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=into, stderr=into, env=env or {})
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready.exists():
            assert process.poll() is None, f"it ended with {process.returncode}: {log.read_text()}"
            assert time.monotonic() < deadline, f"it was not ready: {log.read_text()}"
            time.sleep(0.01)
        yield json.loads(ready.read_text())
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log.read_text()


def multipart_upload(url: str, **settings: str) -> None:
    """A whole upload of two parts, read back."""
    s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1",
                      aws_access_key_id=settings.get("key", "test"), aws_secret_access_key=settings.get("secret", "test"))
    s3.create_bucket(Bucket="films")
    upload = s3.create_multipart_upload(Bucket="films", Key="gopher")["UploadId"]
    bodies = [b"g" * 5 * 1024 * 1024, b"opher"]
    parts = [{"PartNumber": number, "ETag": s3.upload_part(Bucket="films", Key="gopher", UploadId=upload, PartNumber=number, Body=body)["ETag"]}
             for number, body in enumerate(bodies, start=1)]
    done = s3.complete_multipart_upload(Bucket="films", Key="gopher", UploadId=upload, MultipartUpload={"Parts": parts})
    assert done["ETag"].endswith('-2"')
    assert s3.get_object(Bucket="films", Key="gopher")["Body"].read() == b"".join(bodies)


def run(command: Sequence[str | Path], **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE * 3, check=False, **settings)
