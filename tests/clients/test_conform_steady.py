"""`partsmith conform` blames no server for the weather: a perfect one that is busy at times, or whose connections end, passes;
one that is full, gone, or always busy ends the run with a sentence."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from support.proxy import Proxy, refusal
from support.server import BINARY, Server

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PASSED, FAILED, TROUBLE = 0, 1, 2


def conform(url: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, "conform", "--endpoint", url, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=280, check=False, env=os.environ | KEYS)




WEATHER = {
    "slow down": [{"probability": 0.01, "seed": 1, "fault": {"type": "error", "code": "SlowDown"}}],
    "internal errors": [{"probability": 0.01, "seed": 2, "fault": {"type": "error", "code": "InternalError"}}],
    "closed before": [{"probability": 0.01, "seed": 3, "when": "before", "fault": {"type": "close"}}],
    "all of it": [{"name": "a", "probability": 0.005, "seed": 5, "fault": {"type": "error", "code": "SlowDown"}},
                  {"name": "b", "probability": 0.005, "seed": 6, "when": "before", "fault": {"type": "close"}},
                  {"name": "c", "probability": 0.02, "seed": 7, "fault": {"type": "delay", "ms": 50}}],
}


@pytest.mark.parametrize("weather", WEATHER)
def test_a_perfect_server_in_bad_weather_passes_the_whole_catalogue(tmp_path: Path, weather: str) -> None:
    rules = itertools.chain.from_iterable(("--fault", json.dumps(rule)) for rule in WEATHER[weather])
    with Server(tmp_path / "server", "--quiet", *rules) as server:
        done = conform(server.url, "--level", "text", "--json", tmp_path / "r.json")
        assert done.returncode == PASSED, done.stdout[-6000:] + done.stderr
    totals = json.loads((tmp_path / "r.json").read_text())["totals"]
    assert totals["passed"] > 900 and not any(totals[what] for what in ("failed", "unsteady", "busy", "no_right", "error"))


def test_connections_that_end_after_each_hundredth_answer_fail_nothing(server: Server, bucket: str) -> None:
    numbers = itertools.count(1)
    counting = threading.Lock()

    def close(method: str, target: str, head: str) -> bytes | None:
        with counting:
            return b"" if next(numbers) % 100 == 0 else None

    with Proxy(server.port, close) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.*")
        assert done.returncode == PASSED, done.stdout[-6000:]


def test_a_check_that_fails_once_is_unsteady_and_tells_both_answers(server: Server, bucket: str) -> None:
    numbers = itertools.count()

    def wrong_once(method: str, target: str, head: str) -> bytes | None:
        first_part = "partNumber=" in target and method == "PUT"
        return refusal(403, "SignatureDoesNotMatch") if first_part and next(numbers) == 0 else None

    with Proxy(server.port, wrong_once) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.part.etag")
        assert done.returncode == FAILED
        assert "UNSTEADY multipart.part.etag" in done.stdout and "asked again, alone, it was right" in done.stdout


@pytest.mark.parametrize(("status", "code", "told"), [
    (507, "XMinioStorageFull", "the endpoint is full: it answers XMinioStorageFull (507)"),
    (503, "SlowDown", "the endpoint is too busy: "),
])
def test_a_server_that_takes_nothing_any_more_ends_the_run_with_a_sentence(
        server: Server, bucket: str, status: int, code: str, told: str, tmp_path: Path) -> None:
    def full(method: str, target: str, head: str) -> bytes | None:
        return refusal(status, code) if method in ("PUT", "POST") else None

    with Proxy(server.port, full) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "multipart.part*", "--json", tmp_path / "r.json")
    assert done.returncode == TROUBLE, done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["lost"].startswith(told)
    assert report["totals"]["failed"] == 0 and report["totals"]["skipped"] > 100
    assert len(done.stdout.splitlines()) < 60, done.stdout


def test_what_the_key_may_not_do_is_no_failure(server: Server, bucket: str, tmp_path: Path) -> None:
    def denied(method: str, target: str, head: str) -> bytes | None:
        return refusal(403, "AccessDenied") if "tagging" in target else None

    with Proxy(server.port, denied) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "object.tags.*", "--only", "object.put.*", "--json", tmp_path / "r.json")
    assert done.returncode == PASSED, done.stdout
    outcomes = {check["id"]: check["outcome"] for check in json.loads((tmp_path / "r.json").read_text())["checks"]}
    assert outcomes["object.tags.put"] == "no-right"
    assert "the key may not be allowed this: PUT object ?tagging" in done.stdout


def test_a_feature_that_is_not_implemented_is_told_once(server: Server, bucket: str, tmp_path: Path) -> None:
    def missing(method: str, target: str, head: str) -> bytes | None:
        return refusal(501, "NotImplemented") if "tagging" in target + head.lower() else None

    with Proxy(server.port, missing) as proxy:
        done = conform(proxy.url, "--bucket", bucket, "--only", "*.tags.*", "--only", "object.put.*", "--json", tmp_path / "r.json",
                       "--junit", tmp_path / "r.xml", "--markdown", tmp_path / "r.md")
    assert done.returncode == PASSED, done.stdout
    assert done.stdout.count("not offered: tags") == 1
    report = json.loads((tmp_path / "r.json").read_text())
    assert [feature["feature"] for feature in report["missing"]] == ["tags"]
    assert "not offered" in (tmp_path / "r.xml").read_text() and "## Not offered" in (tmp_path / "r.md").read_text()


def test_wording_and_decoration_count_only_when_asked_for(server: Server, bucket: str, tmp_path: Path) -> None:
    """A server of other words: every message is another, and nothing tells its encryption."""
    def other_words(method: str, target: str, head: str) -> bytes | None:
        wrong = method == "PUT" and "partNumber=0&" in target
        return refusal(400, "InvalidArgument", "<ArgumentName>partNumber</ArgumentName><ArgumentValue>0</ArgumentValue>") if wrong else None

    with Proxy(server.port, other_words) as proxy:
        only = ["--bucket", bucket, "--only", "multipart.part.number-*"]
        assert conform(proxy.url, *only).returncode == PASSED
        done = conform(proxy.url, *only, "--level", "text", "--json", tmp_path / "r.json")
    assert done.returncode == FAILED
    assert "multipart.part.number-message (text)" in done.stdout and "in wording alone" in done.stdout
    assert json.loads((tmp_path / "r.json").read_text())["totals"]["text_alone"] == 1
