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
from support.s3 import Upload, client, refused
from support.server import BINARY, PATIENCE, Server

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
        request = urllib.request.Request(server.url + "/", headers={"x-partsmith-fault": "slow-down"})
        with pytest.raises(urllib.error.HTTPError) as http:
            urllib.request.urlopen(request, timeout=60)
        assert http.value.code == 403


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


class TestWorlds:
    def test_each_access_key_has_a_world_of_its_own(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--world-per-access-key") as server:
            first, second = (client(server, access_key=key) for key in ("worker-1", "worker-2"))
            first.create_bucket(Bucket="films")
            first.put_object(**FILM, Body=b"first")
            assert second.list_buckets()["Buckets"] == []
            second.create_bucket(Bucket="films")
            second.put_object(**FILM, Body=b"second")
            assert first.get_object(**FILM)["Body"].read() == b"first"
            assert set(Control(server).ask("GET", "v1/worlds")["worlds"]) == {"worker-1", "worker-2"}

    def test_faults_clock_and_journal_are_of_one_world(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--world-per-access-key") as server:
            s3 = {key: client(server, access_key=key, retries={"total_max_attempts": 1}) for key in ("a", "b")}
            for one in s3.values():
                one.create_bucket(Bucket="films")
            of_a, of_b = (Control(server, world=key) for key in ("a", "b"))
            of_a.preset("slow-down")
            of_a.add({"type": "error", "code": "SlowDown"}, name="always")
            of_a.clock(set="2030-01-01T00:00:00Z")
            with refused("SlowDown"):
                s3["a"].list_buckets()
            answer = s3["b"].list_buckets()
            assert "2030" not in answer["ResponseMetadata"]["HTTPHeaders"]["date"]
            assert [entry["status"] for entry in of_a.journal(operation="ListBuckets")] == [503]
            assert [entry["status"] for entry in of_b.journal(operation="ListBuckets")] == [200]

    def test_an_unverified_key_makes_no_world(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--world-per-access-key") as server:
            with refused("SignatureDoesNotMatch"):
                client(server, access_key="stranger", secret_key="wrong").list_buckets()
            assert Control(server).ask("GET", "v1/worlds")["worlds"] == []

    def test_more_worlds_than_are_open_keep_their_data(self, tmp_path: Path) -> None:
        with Server(tmp_path / "s", "--world-per-access-key") as server:
            keys = [f"worker-{number}" for number in range(40)]
            for key in keys:
                client(server, access_key=key).create_bucket(Bucket=f"of-{key}")
            for key in keys:
                buckets = client(server, access_key=key).list_buckets()["Buckets"]
                assert [bucket["Name"] for bucket in buckets] == [f"of-{key}"]
            threads = len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
            assert threads < 40 + 60

    def test_a_reset_empties_a_world(self, doubled: Server, control: Control, once: BaseClient) -> None:
        once.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
        for _ in range(3):
            once.put_object(**FILM, Body=b"x")
        once.delete_object(**FILM)
        Upload(once, "films", "b.mp4").put(1, b"x")
        control.preset("lost-complete")
        control.clock(advance="1d")
        control.ask("POST", "v1/reset")
        assert once.list_buckets()["Buckets"] == []
        assert control.rules() == {}
        assert [entry["operation"] for entry in control.journal()] == ["ListBuckets"]
        assert abs((__import__("datetime").datetime.fromisoformat(control.clock()["now"]) -
                    __import__("datetime").datetime.fromisoformat(control.clock()["real"])).total_seconds()) < 60


class TestSeed:
    def test_folders_become_buckets_and_files_objects(self, tmp_path: Path) -> None:
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
    def test_what_can_t_be_a_bucket_is_one_line(self, name: str, tmp_path: Path) -> None:
        from support.server import serve_and_wait
        (tmp_path / "seed").mkdir()
        (tmp_path / "seed/file").touch() if name == "file" else (tmp_path / "seed/A").mkdir()
        ended = serve_and_wait("--ephemeral", "--port", 0, "--seed", tmp_path / "seed")
        assert ended.returncode == 1 and ended.stderr.count("\n") == 1 and "--seed" in ended.stderr


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
