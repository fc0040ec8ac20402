"""Who may steer a server, the command line that does, and `partsmith run`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control, Refused
from support.plain_http import send
from support.s3 import Upload, client, refused
from support.server import BINARY, PATIENCE, Server, serve_and_wait

FILM = {"Bucket": "films", "Key": "a.mp4"}


def partsmith(*words: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                          env={**os.environ, **(env or {})}, cwd=cwd, check=False)


def test_without_control_only_health_is_answered(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--no-control") as server:
        control = Control(server)
        assert control.ask("GET", "health")["status"] == "ok"
        for path in ("v1/faults", "v1/clock", "v1/journal", "metrics", "v1/openapi.json"):
            with pytest.raises(Refused) as caught:
                control.ask("GET", path)
            assert caught.value.status == 404
        client(server).create_bucket(Bucket="films")
        assert send("GET", f"{server.url}/films", headers={"x-partsmith-fault": "slow-down"}).status == 403


def test_a_health_check_makes_no_world(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--world-per-access-key", "--control-token", "secret-token") as server:
        assert Control(server, world="stranger").ask("GET", "health")["status"] == "ok"
        assert Control(server, token="secret-token").ask("GET", "v1/worlds")["worlds"] == []


def test_a_port_of_its_own_answers_everything_and_the_s3_port_health_alone(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--control-port", "0", "--bucket", "films") as server:
        at_s3, at_its_own = Control(server), Control(server)
        at_its_own.url = server.ready["control_url"] + "/_partsmith/"
        assert at_s3.ask("GET", "health") and at_its_own.ask("GET", "health")
        with pytest.raises(Refused) as caught:
            at_s3.preset("slow-down")
        assert caught.value.status == 404
        at_its_own.preset("slow-down")
        assert set(at_its_own.rules()) == {"slow-down"}
        with pytest.raises(Refused) as caught:
            Control.ask(at_its_own, "GET", "../films/key")
        assert caught.value.status == 404


@pytest.mark.parametrize("options", [("--host", "0.0.0.0", "--secret-key", "long-enough-secret"), ("--no-control",)])
def test_a_control_port_that_nobody_could_use_is_refused(options: tuple[str, ...]) -> None:
    ended = serve_and_wait("--ephemeral", "--port", 0, "--control-port", 0, *options)
    assert ended.returncode == 1 and ended.stderr.count("\n") == 1 and "--control-port" in ended.stderr


def test_a_token_is_asked_for(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--control-token", "secret-token") as server:
        with pytest.raises(Refused) as caught:
            Control(server).rules()
        assert caught.value.status == 401
        with pytest.raises(Refused):
            Control(server, token="secret-tokem").rules()
        assert Control(server, token="secret-token").rules() == {}


def test_a_page_of_another_origin_can_t_steer(doubled: Server) -> None:
    request = urllib.request.Request(doubled.url + "/_partsmith/v1/faults", data=b'{"preset": "slow-down"}',
                                     headers={"Origin": "http://evil.example", "Content-Type": "text/plain"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=60)
    assert caught.value.code == 403
    assert Control(doubled).rules() == {}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "v1/nothing", 404), ("PUT", "v1/faults", 405),
                                                        ("GET", "v1/faults/nobody", 404), ("DELETE", "v1/faults/nobody", 404)])
def test_what_there_is_not_is_refused_as_json(method: str, path: str, status: int, control: Control) -> None:
    with pytest.raises(Refused) as caught:
        control.ask(method, path)
    assert caught.value.status == status


def test_metrics_count_requests_and_faults(control: Control, once: BaseClient) -> None:
    control.add({"type": "error", "code": "SlowDown"}, match={"operation": "PutObject"}, times=1, name="slow")
    with refused("SlowDown"):
        once.put_object(**FILM, Body=b"x")
    once.put_object(**FILM, Body=b"x")
    with urllib.request.urlopen(control.url + "metrics", timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    assert 'partsmith_requests_total{operation="PutObject",status="503",code="SlowDown"} 1' in text
    assert 'partsmith_requests_total{operation="PutObject",status="200",code=""} 1' in text
    assert 'partsmith_faults_fired_total{rule="slow"} 1' in text
    assert 'partsmith_request_seconds_count{operation="PutObject"} 2' in text


def test_metrics_tell_what_is_stored_and_what_is_open(control: Control, once: BaseClient) -> None:
    once.put_object(**FILM, Body=b"x" * 1_000)
    made = Upload(once, "films", "b.mp4")
    made.put(1, b"y" * 500)
    with urllib.request.urlopen(control.url + "metrics", timeout=60) as answer:
        text = answer.read().decode()
    assert "partsmith_stored_bytes 1500" in text
    assert "partsmith_open_uploads 1" in text


def test_rules_from_the_start(tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"name": "mine", "fault": {"type": "delay", "ms": 1}}]))
    with Server(tmp_path / "s", "--fault", "lost-complete", "--fault", str(rules)) as server:
        assert set(Control(server).rules()) == {"lost-complete", "mine"}


def test_small_parts_are_taken_on_demand(tmp_path: Path) -> None:
    with Server(tmp_path / "s", "--min-part-size", "1KiB", "--bucket", "films") as server:
        s3 = client(server)
        made = Upload(s3, "films", "a.mp4")
        for number in (1, 2, 3):
            made.put(number, b"x" * 1024)
        made.complete()
        small = Upload(s3, "films", "b.mp4")
        small.put(1, b"x" * 1023)
        small.put(2, b"x")
        with refused("EntityTooSmall"):
            small.complete()


class TestSettings:
    def test_a_world_takes_smaller_parts_and_the_journal_marks_what_s3_would_have_refused(
            self, control: Control, once: BaseClient) -> None:
        assert control.ask("GET", "v1/settings") == {"min_part_size": 5 * 1024 * 1024}
        assert control.ask("POST", "v1/settings", {"min_part_size": 10}) == {"min_part_size": 10}
        for key, sizes in (("small", (10, 1)), ("single", (1,)), ("large", (5 * 1024 * 1024, 1))):
            made = Upload(once, "films", key)
            for number, size in enumerate(sizes, 1):
                made.put(number, b"x" * size)
            made.complete()
        marks = {entry["key"]: entry.get("refused_by_s3") for entry in control.journal(operation="CompleteMultipartUpload")}
        assert marks == {"small": "EntityTooSmall", "single": None, "large": None}
        control.ask("POST", "v1/reset")
        assert control.ask("GET", "v1/settings") == {"min_part_size": 5 * 1024 * 1024}

    @pytest.mark.parametrize("change", [{}, {"min_part_size": -1}, {"min_part_size": "1KiB"}, {"min_part_sise": 1}, [],
                                        {"min_part_size": 5 * 1024**3 + 1}])
    def test_a_wrong_setting_is_refused(self, change: object, control: Control) -> None:
        with pytest.raises(Refused) as caught:
            control.ask("POST", "v1/settings", change)
        assert caught.value.status == 400


def test_a_reset_empties_a_world_of_what_is_locked(control: Control, once: BaseClient) -> None:
    once.create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    once.put_object(Bucket="vault", Key="a", Body=b"x", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate="2099-01-01T00:00:00Z")
    once.put_object(Bucket="vault", Key="b", Body=b"x", ObjectLockLegalHoldStatus="ON")
    control.ask("POST", "v1/reset")
    assert once.list_buckets()["Buckets"] == []


class TestCommandLine:
    def test_faults_are_added_listed_and_removed(self, doubled: Server, control: Control) -> None:
        at = ("--endpoint", doubled.url)
        assert partsmith("faults", "add", "lost-complete", *at).returncode == 0
        assert partsmith("faults", "add", '{"name": "mine", "fault": {"type": "reset"}}', *at).returncode == 0
        listed = partsmith("faults", "ls", *at).stdout
        assert "lost-complete" in listed and "mine" in listed
        assert partsmith("faults", "rm", "mine", *at).returncode == 0
        assert set(control.rules()) == {"lost-complete"}
        assert partsmith("faults", "rm", "--all", *at).returncode == 0
        assert control.rules() == {}
        assert "lost-complete" in partsmith("faults", "presets", *at).stdout

    def test_a_wrong_rule_is_one_line(self, doubled: Server) -> None:
        ended = partsmith("faults", "add", '{"fault": {"type": "reest"}}', "--endpoint", doubled.url)
        assert ended.returncode == 2
        assert ended.stderr.count("\n") == 1 and 'did you mean "reset"' in ended.stderr

    def test_the_clock_is_moved(self, doubled: Server, control: Control) -> None:
        ended = partsmith("clock", "--set", "2031-05-06T07:08:09Z", "--freeze", "--endpoint", doubled.url)
        assert ended.returncode == 0, ended.stderr
        assert control.clock()["now"] == "2031-05-06T07:08:09.000Z"

    def test_the_journal_is_shown_and_asserted_on(self, doubled: Server, once: BaseClient) -> None:
        at = ("--endpoint", doubled.url)
        made = Upload(once, "films", "a.mp4")
        for number in (1, 2):
            made.put(number, b"x")
        assert "films/a.mp4 part 2" in partsmith("journal", "show", "UploadPart", *at).stdout
        assert partsmith("journal", "expect", "UploadPart", "--count", "2", "--distinct", "part_number", *at).returncode == 0
        failed = partsmith("journal", "expect", "UploadPart", "--count", "5", *at)
        assert failed.returncode == 1 and "wanted exactly 5" in failed.stderr
        assert json.loads(partsmith("journal", "har", *at).stdout)["log"]["entries"]
        assert partsmith("journal", "clear", *at).returncode == 0
        assert partsmith("journal", "show", *at).stdout == ""

    def test_a_server_that_isn_t_there_is_one_line(self) -> None:
        ended = partsmith("clock", "--endpoint", "http://127.0.0.1:1")
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1


class TestRun:
    PUT = "import boto3; boto3.client('s3').put_object(Bucket='films', Key='k', Body=b'x')"

    def test_a_command_finds_the_server_by_its_environment(self, tmp_path: Path) -> None:
        ended = partsmith("run", "--bucket", "films", "--", sys.executable, "-c", self.PUT, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr
        assert list(tmp_path.iterdir()) == []

    def test_its_exit_code_is_the_command_s_and_the_journal_is_saved(self, tmp_path: Path) -> None:
        program = self.PUT + "; raise SystemExit(7)"
        ended = partsmith("run", "--bucket", "films", "--journal", tmp_path, "--", sys.executable, "-c", program)
        assert ended.returncode == 7
        entries = json.loads((tmp_path / "partsmith-journal.json").read_text())["entries"]
        assert entries[-1]["operation"] == "PutObject"
        assert json.loads((tmp_path / "partsmith-journal.har").read_text())["log"]["entries"]

    def test_faults_act_in_it(self, tmp_path: Path) -> None:
        rule = '{"fault": {"type": "error", "code": "AccessDenied"}}'
        ended = partsmith("run", "--bucket", "films", "--fault", rule, "--journal", tmp_path, "--", sys.executable, "-c", self.PUT)
        assert ended.returncode == 1 and "AccessDenied" in ended.stderr

    def test_a_command_that_isn_t_there_is_127(self, tmp_path: Path) -> None:
        ended = partsmith("run", "--journal", tmp_path, "--", "no-such-command")
        assert ended.returncode == 127 and "no-such-command" in ended.stderr

    def test_a_server_that_can_t_start_is_told(self) -> None:
        ended = partsmith("run", "--bucket", "NOT A BUCKET", "--", "true")
        assert ended.returncode == 1 and "didn't start" in ended.stderr


def test_what_ends_a_run_ends_its_command(tmp_path: Path) -> None:
    import signal
    from support.server import eventually
    program = "import os, time, pathlib; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)"
    run = subprocess.Popen([BINARY, "run", "--journal", tmp_path, "--", sys.executable, "-c", program], cwd=tmp_path,
                           stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), "the command runs")
    pid = int((tmp_path / "pid").read_text())
    run.send_signal(signal.SIGTERM)
    assert run.wait(PATIENCE) == 128 + signal.SIGTERM
    eventually(lambda: not Path(f"/proc/{pid}").exists(), "the command has ended")
