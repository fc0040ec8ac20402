"""`partsmith conform` in a vendor's CI: the baseline, what --ci writes, scripts that reproduce, and the guide to all of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from support.proxy import Proxy, refusal
from support.s3 import client
from support.server import BINARY, PATIENCE, Server

ROOT = Path(__file__).parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
CHECKS = ("--only", "multipart.list-parts.o*", "--only", "multipart.abort.*")


def dropping(operation: str, header: str) -> str:
    return json.dumps({"match": {"operation": operation}, "when": "after-commit", "fault": {"type": "drop-header", "header": header}})


def conform(url: str, folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, "conform", "--endpoint", url, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=280, check=False, env=os.environ | KEYS | environment)


def without_ids(method: str, target: str, head: str) -> bytes | None:
    """A server that has forgotten each upload, and says so under another name each time."""
    return refusal(404, "NoSuchUpload", f"<Extra>{os.urandom(12).hex()}</Extra>") if "uploadId=" in target and method == "GET" else None


@pytest.fixture
def faulty(server: Server) -> Any:
    with Proxy(server.port, without_ids) as proxy:
        yield proxy


# --- The baseline ----------------------------------------------------------------------------------------------------


def test_a_baseline_makes_the_next_run_green_and_the_same_baseline(faulty: Proxy, tmp_path: Path) -> None:
    baseline = tmp_path / "known.json"
    first = conform(faulty.url, tmp_path, *CHECKS)
    assert first.returncode == 1, first.stdout
    made = conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--update-baseline")
    assert made.returncode == 0, made.stdout + made.stderr
    known = json.loads(baseline.read_text())
    assert known["differences"] and {"check", "expected", "actual"} <= set(known["differences"][0])
    before = baseline.read_bytes()
    assert conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline).returncode == 0
    again = conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--update-baseline", "--jobs", 1)
    assert again.returncode == 0 and baseline.read_bytes() == before, "ids, dates and names leave no trace in it"


def test_another_difference_in_the_same_check_fails(server: Server, faulty: Proxy, tmp_path: Path) -> None:
    baseline = tmp_path / "known.json"
    conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--update-baseline")
    known = json.loads(baseline.read_text())
    failing = known["differences"][0]["check"]
    for difference in known["differences"]:
        difference["reason"] = "we forget"
        if difference["check"] == failing:
            difference["actual"] += " of old"
    baseline.write_text(json.dumps(known))
    done = conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--json", tmp_path / "r.json")
    assert done.returncode == 1, done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    assert [c["id"] for c in report["checks"] if c["outcome"] == "failed" and "deviation" not in c] == [failing]
    conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--update-baseline")
    reasons = {d["check"]: d.get("reason") for d in json.loads(baseline.read_text())["differences"]}
    assert reasons.pop(failing) is None, "the reason was another difference's"
    assert set(reasons.values()) <= {"we forget"}
    right = conform(server.url, tmp_path, *CHECKS, "--baseline", baseline)
    assert right.returncode == 0 and "no longer deviates" in right.stdout


def test_checks_that_are_not_run_keep_their_baseline(faulty: Proxy, tmp_path: Path) -> None:
    baseline = tmp_path / "known.json"
    conform(faulty.url, tmp_path, *CHECKS, "--baseline", baseline, "--update-baseline")
    before = json.loads(baseline.read_text())["differences"]
    conform(faulty.url, tmp_path, "--only", "multipart.abort.answer", "--baseline", baseline, "--update-baseline")
    after = json.loads(baseline.read_text())["differences"]
    assert sorted(map(str, after)) == sorted(map(str, before))


@pytest.mark.parametrize(("content", "told"), [
    (None, "No such file or directory (--update-baseline makes the file)"), ("{", "it is no JSON"),
    ('{"differences": [{"check": "a"}], "not_offered": []}', '"expected" must be a text')])
def test_a_baseline_that_is_none_is_one_line(tmp_path: Path, content: str | None, told: str) -> None:
    file = tmp_path / "known.json"
    if content is not None:
        file.write_text(content)
    done = conform("http://127.0.0.1:1", tmp_path, "--baseline", file)
    assert done.returncode == 2 and told in done.stderr and done.stderr.count("\n") == 1


def test_updating_needs_a_file(tmp_path: Path) -> None:
    done = conform("http://127.0.0.1:1", tmp_path, "--update-baseline")
    assert done.returncode == 2 and "needs --baseline FILE or --ci" in done.stderr


# --- Profiles --------------------------------------------------------------------------------------------------------


def test_a_feature_that_a_profile_declares_missing_is_one_cause(server: Server, tmp_path: Path) -> None:
    def no_tags(method: str, target: str, head: str) -> bytes | None:
        return refusal(400, "InvalidArgument") if "?tagging" in target else None

    profile = tmp_path / "ours.json"
    profile.write_text(json.dumps({"name": "ours", "title": "Ours", "not_offered": ["tags", "CORS"], "deviations": []}))
    only = ("--only", "object.tags.*", "--only", "bucket.cors.kept")
    with Proxy(server.port, no_tags) as proxy:
        assert conform(proxy.url, tmp_path, *only).returncode == 1
        done = conform(proxy.url, tmp_path, *only, "--profile", profile, "--json", tmp_path / "r.json")
    assert done.returncode == 0, done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    assert [(m["feature"], m["declared"]) for m in report["missing"]] == [("tags", True)]
    assert report["gone"] == ["CORS: the profile says that it isn't offered"]
    profile.write_text(json.dumps({"name": "ours", "title": "Ours", "not_offered": ["tag"], "deviations": []}))
    wrong = conform(server.url, tmp_path, "--profile", profile)
    assert wrong.returncode == 2 and '"tag" is none of the features: ' in wrong.stderr


# --- Reports ---------------------------------------------------------------------------------------------------------


def test_one_flag_writes_all_that_a_job_wants(faulty: Proxy, tmp_path: Path) -> None:
    summary = tmp_path / "summary-of-the-job"
    summary.write_text("before\n")
    done = conform(faulty.url, tmp_path, "--ci", *CHECKS, "--badge", "badge.svg", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1, done.stdout
    folder = tmp_path / "partsmith-report"
    assert ElementTree.parse(folder / "junit.xml").getroot().tag == "testsuites"
    assert summary.read_text() == "before\n" + (folder / "summary.md").read_text()
    assert (folder / "report.html").read_text().startswith("<!doctype html>")
    report = json.loads((folder / "report.json").read_text())
    failed = {check["id"] for check in report["checks"] if check["outcome"] == "failed"}
    assert {path.stem for path in (folder / "scripts").iterdir()} == failed
    sarif = json.loads((folder / "report.sarif").read_text())
    assert sarif["version"] == "2.1.0"
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == failed
    assert ElementTree.parse(tmp_path / "badge.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert "--update-baseline makes it" in done.stderr
    assert not (tmp_path / "partsmith-baseline.json").exists()
    assert conform(faulty.url, tmp_path, "--ci", "--update-baseline", *CHECKS).returncode == 0
    assert conform(faulty.url, tmp_path, "--ci", *CHECKS).returncode == 0
    suppressed = json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]
    assert suppressed and all("suppressions" in result for result in suppressed)


def test_a_badge_for_shields_tells_how_much_is_right(server: Server, tmp_path: Path) -> None:
    conform(server.url, tmp_path, *CHECKS, "--badge", "badge.json")
    badge = json.loads((tmp_path / "badge.json").read_text())
    assert badge["schemaVersion"] == 1 and re.fullmatch(r"(\d+) of \1", badge["message"])
    assert conform(server.url, tmp_path, "--badge", "badge.png").returncode == 2


def test_leftovers_are_named_in_junit(server: Server, bucket: str, tmp_path: Path) -> None:
    def keeps(method: str, target: str, head: str) -> bytes | None:
        return refusal(403, "AccessDenied") if method == "DELETE" and "uploadId" not in target else None

    with Proxy(server.port, keeps) as proxy:
        done = conform(proxy.url, tmp_path, "--bucket", bucket, "--only", "multipart.abort.leaves-the-object", "--junit", "r.xml")
    cases = [case.get("name") for case in ElementTree.parse(tmp_path / "r.xml").getroot().iter("testcase") if case.get("classname") == "left over"]
    assert cases and all(bucket in str(case) for case in cases)
    assert "--sweep" in done.stderr


def test_a_budget_for_nothing_is_no_success(server: Server, tmp_path: Path) -> None:
    done = conform(server.url, tmp_path, *CHECKS, "--max-requests", 0)
    assert done.returncode == 2, done.stdout


def test_a_regression_between_two_reports_fails(server: Server, faulty: Proxy, tmp_path: Path) -> None:
    conform(server.url, tmp_path, *CHECKS, "--json", "before.json")
    conform(faulty.url, tmp_path, *CHECKS, "--json", "after.json")
    diff = [BINARY, "conform", "diff", "--fail-on-regression"]
    worse, better = (subprocess.run([*diff, *order], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                    timeout=PATIENCE, check=False) for order in (("before.json", "after.json"), ("after.json", "before.json")))
    assert worse.returncode == 1 and "a regression: multipart.list-parts." in worse.stderr
    assert better.returncode == 0


# --- Scripts ---------------------------------------------------------------------------------------------------------


def test_a_script_tells_the_server_that_differs_from_one_that_does_not(server: Server, faulty: Proxy, tmp_path: Path) -> None:
    conform(faulty.url, tmp_path, *CHECKS, "--scripts", "scripts")
    scripts = sorted((tmp_path / "scripts").iterdir())
    assert scripts
    for script in scripts:
        for url, code in ((faulty.url, 1), (server.url, 0)):
            ran = subprocess.run([sys.executable, "-S", "-E", script], capture_output=True, text=True, timeout=PATIENCE, check=False,
                                 env={**os.environ, **KEYS, "AWS_ENDPOINT_URL": url})
            assert ran.returncode == code, ran.stdout + ran.stderr
    assert [b["Name"] for b in client(server).list_buckets()["Buckets"] if b["Name"].startswith("conform-")] == []


# --- The guide -------------------------------------------------------------------------------------------------------


def test_the_commands_of_the_guide_lead_to_a_green_run(tmp_path: Path) -> None:
    """As they stand in docs/vendors.md, one after the other, with a few checks instead of all."""
    commands = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/vendors.md").read_text(), re.MULTILINE | re.DOTALL)
    few = " ".join(f"'{word}'" for word in CHECKS)
    program = (tmp_path / "bin/partsmith")
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$*" in conform\\ diff*|*--sweep*) exec "{BINARY}" "$@";; esac\nexec "{BINARY}" "$@" {few}\n')
    program.chmod(0o755)
    with Server(tmp_path / "data", "--fault", dropping("UploadPart", "etag")) as server:
        ran = subprocess.run(["bash", "-e", "-u", "-c", "".join(commands)], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=280, check=False,
                             env={**os.environ, **KEYS, "AWS_ENDPOINT_URL": server.url, "PATH": f"{program.parent}:{os.environ['PATH']}"})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "it differs: exit code 1" in ran.stdout and "it still differs: exit code 1" in ran.stdout
    assert json.loads((tmp_path / "partsmith-baseline.json").read_text())["differences"]
    assert "removed 0 buckets" in ran.stdout
