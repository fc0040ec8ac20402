"""partsmith conform as a command: where it goes, what it spends, what it leaves however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from support.proxy import Proxy, refusal
from support.s3 import client, new_bucket
from support.server import BINARY, PATIENCE, Server, eventually

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PASSED, FAILED, TROUBLE, INTERRUPTED = 0, 1, 2, 130


def conform(url: str, *arguments: object, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, "conform", "--endpoint", url, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=280, check=False, env=os.environ | KEYS, **how)


def everything(s3: BaseClient) -> dict[str, tuple[int, int]]:
    """Of each bucket, how many object versions and open uploads it has."""
    return {bucket["Name"]: (len(s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", [])),
                             len(s3.list_multipart_uploads(Bucket=bucket["Name"]).get("Uploads", [])))
            for bucket in s3.list_buckets()["Buckets"]}


# --- Regions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_ireland(tmp_path: Path) -> Server:
    """Refuses signatures for any other region, over HTTPS."""
    with Server(tmp_path / "server", "--region", "eu-west-1", "--strict-region", "--bucket", "films", "--tls-self-signed",
                str(tmp_path / "ca.pem")) as server:
        yield server


@pytest.mark.parametrize("addressing", [[], ["--virtual-hosted"]])
def test_a_bucket_of_another_region_is_found_and_told(in_ireland: Server, tmp_path: Path, addressing: list[str]) -> None:
    url = f"https://s3.localhost:{in_ireland.port}"
    there = [*addressing, "--ca-file", tmp_path / "ca.pem", "--bucket", "films"]
    done = conform(url, *there, "--only", "multipart.abort.*", "--json", tmp_path / "r.json")
    assert done.returncode == PASSED, done.stdout + done.stderr
    assert done.stderr.startswith(f"bucket films is in eu-west-1, not in us-east-1: the requests go there, to {url}\n")
    assert json.loads((tmp_path / "r.json").read_text())["region"] == "eu-west-1"
    named = conform(url, *there, "--region", "eu-west-1", "--only", "multipart.abort.answer")
    assert named.returncode == PASSED and "not in" not in named.stderr
    swept = conform(url, *there, "--sweep")
    assert swept.returncode == PASSED and "is in eu-west-1" in swept.stderr


def test_a_wrong_region_without_a_bucket_is_one_line_that_names_the_right_one(in_ireland: Server, tmp_path: Path) -> None:
    done = conform(in_ireland.url, "--ca-file", tmp_path / "ca.pem", "--only", "multipart.abort.answer")
    assert (done.returncode, done.stdout) == (TROUBLE, "")
    assert "expecting 'eu-west-1'" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("headers", ["", "x-amz-bucket-region: eu-west-1\r\n"])
def test_a_permanent_redirection_is_followed_once_at_the_start(server: Server, bucket: str, headers: str) -> None:
    def moved(method: str, target: str, head: str) -> bytes | None:
        region = "" if headers else "<Region>eu-west-1</Region>"
        return None if "/eu-west-1/s3/" in head else refusal(301, "PermanentRedirect", region, headers)

    with Proxy(server.port, moved) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.abort.answer")
        assert done.returncode == PASSED, done.stdout + done.stderr
        assert f"bucket {bucket} is in eu-west-1" in done.stderr


def test_a_check_that_is_redirected_fails(server: Server, bucket: str) -> None:
    def moved(method: str, target: str, head: str) -> bytes | None:
        there = f"Location: {server.url}{target}\r\nx-amz-bucket-region: eu-west-1\r\n"
        return refusal(307, "TemporaryRedirect", "", there) if "partNumber=" in target else None

    with Proxy(server.port, moved) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.part.etag")
        assert done.returncode == FAILED and "307" in done.stdout


def test_a_bucket_that_cannot_be_used_is_one_line(server: Server, bucket: str) -> None:
    for options, told in [(["--bucket", "no-such-bucket"], "NoSuchBucket (404)"),
                          (["--bucket", bucket, "--access-key", "test", "--secret-key", "wrong"], "SignatureDoesNotMatch (403)")]:
        done = conform(server.url, *options, "--only", "multipart.abort.answer")
        assert (done.returncode, done.stdout) == (TROUBLE, "")
        assert told in done.stderr.splitlines()[-1]


# --- What it may use and spend ---------------------------------------------------------------------------------------


def test_a_key_that_may_use_one_bucket_only_is_enough(server: Server, bucket: str) -> None:
    """As AWS answers where a policy allows that bucket alone. What asks for other buckets is skipped, and blames nobody."""

    def allowed(method: str, target: str, head: str) -> bytes | None:
        if target.startswith((f"/{bucket}/", f"/{bucket}?")) or target == f"/{bucket}":
            return None
        return refusal(403, "AccessDenied")

    with Proxy(server.port, allowed) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.c*", "--only", "multipart.list*", "--only",
                       "object.*", "--only", "bucket.*")
        assert done.returncode == PASSED, done.stdout
        assert "no right" in done.stdout and "the key may not be for other buckets" in done.stdout


def test_no_more_is_sent_than_was_told_before(server: Server, tmp_path: Path) -> None:
    with Proxy(server.port) as proxy:
        done = conform(proxy.url, "--only", "multipart.*", "--budget", "60MiB", "--max-requests", "900", "--json",
                       tmp_path / "r.json")
        assert done.returncode == PASSED, done.stdout
        requests = len(proxy.requests)
        moved = proxy.bytes
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["estimate"]["bytes"] <= 60 * 1024 * 1024 and report["estimate"]["requests"] <= 900
    assert report["totals"]["skipped"] > 0
    # Heads of requests and answers aren't counted: less than 2 KiB of each exchange.
    assert moved <= report["estimate"]["bytes"] + requests * 2048
    assert requests <= 2 * report["estimate"]["requests"] + 30, "cleaning up takes about as many again"


@pytest.mark.parametrize("what", ["--list", "--dry-run"])
def test_what_is_only_told_needs_no_endpoint_and_no_keys(what: str) -> None:
    done = subprocess.run([BINARY, "conform", what, "--only", "multipart.abort.*"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (PASSED, "") and "multipart.abort.answer" in done.stdout


# --- Costly checks, and another account -------------------------------------------------------------------------------


def test_costly_checks_run_when_asked_for(server: Server, bucket: str) -> None:
    only = ["--bucket", bucket, "--only", "multipart.vast.beyond-4-gib"]
    done = conform(server.url, *only)
    assert done.returncode == TROUBLE and "--costly" in done.stdout
    done = conform(server.url, *only, "--costly")
    assert done.returncode == PASSED, done.stdout


@pytest.mark.parametrize("key, secret, outcome, why", [
    ("test", "test", "not-offered", "both keys are of one account"),
    ("unknown", "test", "skipped", "InvalidAccessKeyId")])
def test_a_second_key_of_no_other_account_proves_nothing(
        server: Server, tmp_path: Path, key: str, secret: str, outcome: str, why: str) -> None:
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "secret").chmod(0o600)
    done = conform(server.url, "--only", "object.other-account.get", "--only", "multipart.abort.answer", "--second-access-key", key,
                   "--second-secret-key-file", tmp_path / "secret", "--json", tmp_path / "r.json")
    assert done.returncode == PASSED, done.stdout + done.stderr
    checks = {check["id"]: check for check in json.loads((tmp_path / "r.json").read_text())["checks"]}
    assert checks["object.other-account.get"]["outcome"] == outcome and why in done.stdout


def test_a_second_key_needs_its_secret(server: Server) -> None:
    done = conform(server.url, "--second-access-key", "other")
    assert done.returncode == TROUBLE and "--second-secret-key" in done.stderr


# --- What it leaves --------------------------------------------------------------------------------------------------


class Running:
    """A run that has come to uploading parts."""

    def __init__(self, proxy: Proxy, *arguments: object):
        self.process = subprocess.Popen(
            [BINARY, "conform", "--endpoint", proxy.url, *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | KEYS)
        eventually(lambda: sum("partNumber=" in target for _, target in proxy.requests) > 20, "it uploads parts")

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def end_at_once(self, server: Server) -> int:
        """By a second Ctrl-C, while it can't clean up since the server is stopped."""
        server.process.send_signal(signal.SIGSTOP)
        self.process.send_signal(signal.SIGINT)
        assert self.process.stderr
        for line in self.process.stderr:
            if "once more ends at once" in line:
                break
        # A signal that comes at once belongs to the first one.
        eventually(lambda: self.process.send_signal(signal.SIGINT) or self.process.poll() is not None, "it ends")
        self.process.communicate(timeout=PATIENCE)
        server.process.send_signal(signal.SIGCONT)
        return self.process.returncode


@pytest.fixture
def own(tmp_path: Path) -> Server:
    with Server(tmp_path / "server", "--quiet", "--bucket", "mine") as server:
        yield server


@pytest.fixture
def neighbours(own: Server) -> dict[str, tuple[int, int]]:
    """What a sweep must not touch, though it looks alike."""
    s3 = client(own)
    for bucket in ("partsmith-conform", "partsmith-conform-0123456789abcdef01234567", "partsmith-conform-films"):
        s3.create_bucket(Bucket=bucket)
    for key in ("partsmith-conform/readme", "partsmith-conform/0123456789abcdef01234567/x", "partsmith-conform", "films/a"):
        s3.put_object(Bucket="mine", Key=key, Body=b"mine")
    s3.create_multipart_upload(Bucket="mine", Key="partsmith-conform/0123456789abcdef01234567/open")
    return everything(s3)


MODES = pytest.mark.parametrize("mode", [[], ["--bucket", "mine"]], ids=["its own buckets", "one bucket"])


@MODES
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_interrupted_leaves_nothing(
        own: Server, neighbours: dict[str, tuple[int, int]], mode: list[str], number: int) -> None:
    with Proxy(own.port) as proxy:
        assert Running(proxy, *mode).end(number) == INTERRUPTED
    assert everything(client(own)) == neighbours


def test_timeout_signals_twice_and_nothing_is_left(own: Server, neighbours: dict[str, tuple[int, int]]) -> None:
    with Proxy(own.port) as proxy:
        run = Running(proxy)
        run.process.send_signal(signal.SIGTERM)
        assert run.end(signal.SIGTERM) == INTERRUPTED
    assert everything(client(own)) == neighbours


def test_a_run_whose_output_nobody_reads_any_more_leaves_nothing(
        own: Server, neighbours: dict[str, tuple[int, int]]) -> None:
    """As when Ctrl-C ends the `tee` behind it, too."""
    with Proxy(own.port) as proxy:
        run = Running(proxy)
        assert run.process.stdout and run.process.stderr
        run.process.stdout.close()
        run.process.stderr.close()
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(PATIENCE) in (INTERRUPTED, TROUBLE)
    assert everything(client(own)) == neighbours


@MODES
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "interrupted twice"])
def test_a_sweep_removes_what_a_run_left_and_nothing_else(
        own: Server, neighbours: dict[str, tuple[int, int]], mode: list[str], killed: bool) -> None:
    with Proxy(own.port) as proxy:
        run = Running(proxy, *mode)
        assert (run.end(signal.SIGKILL) == -signal.SIGKILL) if killed else (run.end_at_once(own) == INTERRUPTED)
    if killed:  # the clean-up that was broken off may have sent all that it had to
        assert everything(client(own)) != neighbours
    swept = conform(own.url, "--sweep", *mode)
    assert swept.returncode == PASSED, swept.stdout + swept.stderr
    assert everything(client(own)) == neighbours
    again = conform(own.url, "--sweep", *mode)
    assert "removed 0 buckets, 0 objects, 0 uploads" in again.stdout


# --- What it shows ---------------------------------------------------------------------------------------------------


def test_a_pipe_gets_the_report_and_no_progress(server: Server, bucket: str) -> None:
    done = conform(server.url, "--bucket", bucket, "--only", "multipart.abort.*")
    assert "\x1b" not in done.stdout + done.stderr and "\r" not in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, "the estimate"
