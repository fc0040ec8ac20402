"""`partsmith explore`: random sequences to an endpoint and to a server of our own, and where they differ."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from support.s3 import client
from support.server import BINARY, PATIENCE, Server, eventually

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
LOST_HEADER = json.dumps({"match": {"operation": "GetObject", "header": {"range": "*"}}, "when": "after-commit",
                          "fault": {"type": "drop-header", "header": "cache-control"}})
"""A bug: what is read in part says nothing of Cache-Control."""


def explore(server: Server | str, *options: object) -> subprocess.CompletedProcess[str]:
    url = server if isinstance(server, str) else server.url
    return subprocess.run([BINARY, "explore", "--endpoint", url, *map(str, options)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=4 * PATIENCE, env={**os.environ, **KEYS}, check=False)


def reads_of(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/_partsmith/v1/journal?operation=GetObject", timeout=PATIENCE) as answer:
        return len(json.load(answer)["entries"])


def test_a_server_like_ours_differs_in_nothing_and_keeps_no_bucket(tmp_path: Path) -> None:
    with Server(tmp_path / "s") as server:
        ended = explore(server, "--sequences", 15, "--json", tmp_path / "report.json")
        assert ended.returncode == 0, ended.stdout
        assert ended.stderr == ""
        report = json.loads((tmp_path / "report.json").read_text())
        assert (report["findings"], report["left"], report["not_offered"], report["sequences"]) == ([], [], [], 15)
        assert client(server).list_buckets()["Buckets"] == []


def test_a_bug_is_found_reduced_and_reproduced_by_a_script(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--fault", LOST_HEADER) as server, Server(tmp_path / "healthy") as healthy:
        found = ("--sequences", 60, "--max-requests", 6_000, "--json")
        ended = explore(server, *found, tmp_path / "report.json", "--scripts", tmp_path / "scripts")
        assert ended.returncode == 1, ended.stdout
        report = json.loads((tmp_path / "report.json").read_text())
        assert [finding["id"] for finding in report["findings"]] == ["GetObject header cache-control"]
        finding = report["findings"][0]
        assert finding["expected"] in ("max-age=60", "no-store") and finding["actual"] == "" and not finding["unsteady"]
        assert len(finding["steps"]) <= 4, finding["steps"]
        assert finding["id"] in ended.stdout
        script = tmp_path / "scripts/explore-1.py"
        for target, code in ((server, 1), (healthy, 0)):
            ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False,
                                 env={**os.environ, **KEYS, "AWS_ENDPOINT_URL": target.url})
            assert ran.returncode == code, ran.stdout + ran.stderr
            assert client(target).list_buckets()["Buckets"] == []
        again = explore(server, *found, tmp_path / "again.json")
        assert again.stdout == ended.stdout, "the same seed finds the same"


def test_known_differences_are_left_out(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    with Server(tmp_path / "s", "--fault", LOST_HEADER) as server:
        first = explore(server, "--sequences", 60, "--max-requests", 6_000, "--known", known, "--update-known")
        assert first.returncode == 1, first.stdout
        assert "GetObject header cache-control" in known.read_text().splitlines()
        second = explore(server, "--sequences", 60, "--max-requests", 6_000, "--known", known)
        assert second.returncode == 0, second.stdout
        assert "0 differences, 1 known ones seen" in second.stdout


def test_an_operation_that_is_never_offered_is_told_once_and_makes_no_difference_of_what_it_would_have_changed(tmp_path: Path) -> None:
    without_versions = json.dumps({"match": {"operation": "PutBucketVersioning"}, "when": "before",
                                   "fault": {"type": "error", "code": "NotImplemented"}})
    with Server(tmp_path / "s", "--fault", without_versions) as server:
        ended = explore(server, "--sequences", 15, "--json", tmp_path / "report.json")
        assert ended.returncode == 0, ended.stdout
        assert json.loads((tmp_path / "report.json").read_text())["not_offered"] == ["PutBucketVersioning"]


def test_what_is_not_answered_differs_and_the_rest_is_asked_all_the_same(tmp_path: Path) -> None:
    hangs_up = json.dumps({"match": {"operation": "GetObject", "header": {"range": "*"}}, "when": "before", "fault": {"type": "reset"}})
    with Server(tmp_path / "s", "--fault", hangs_up) as server:
        ended = explore(server, "--sequences", 4, "--json", tmp_path / "report.json")
        assert ended.returncode == 1, ended.stderr
        report = json.loads((tmp_path / "report.json").read_text())
        ids = [finding["id"] for finding in report["findings"]]
        assert ids and all(name.startswith("GetObject answer ") and name.endswith(" -> no answer") for name in ids)
        assert (report["sequences"], report["falls"], report["lost"], report["left"]) == (4, 0, "", [])


def test_an_endpoint_that_goes_away_ends_it_with_what_was_found(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--fault", LOST_HEADER) as server:
        running = subprocess.Popen([BINARY, "explore", "--endpoint", server.url, "--seed", "4", "--timeout", "3", "--json", tmp_path / "report.json"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **KEYS})
        eventually(lambda: reads_of(server) > 200, "much was read")
        server.kill()
        said, why = running.communicate(timeout=2 * PATIENCE)
        assert running.returncode == 2
        assert why.startswith("partsmith: it ended early: ") and why.count("\n") == 1
        report = json.loads((tmp_path / "report.json").read_text())
        assert report["lost"] and report["findings"]
        assert "GetObject header cache-control" in said


def test_an_interruption_ends_it_with_what_was_found_and_removes_the_bucket(tmp_path: Path) -> None:
    with Server(tmp_path / "s") as server:
        running = subprocess.Popen([BINARY, "explore", "--endpoint", server.url], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, **KEYS})
        eventually(lambda: client(server).list_buckets()["Buckets"], "a sequence has begun")
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0 and "0 differences" in said
        assert client(server).list_buckets()["Buckets"] == []


@pytest.mark.parametrize("options", [("--endpoint", "http://127.0.0.1:1", "--sequences", "1"), ("--seed", "x"), (),
                                     ("--endpoint", "http://127.0.0.1:1", "--update-known")])
def test_what_can_t_be_done_is_one_line_and_2(options: tuple[str, ...]) -> None:
    ended = subprocess.run([BINARY, "explore", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                           env={**os.environ, **KEYS}, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
