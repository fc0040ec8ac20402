"""Scripts that the server's owner has it run, as LocalStack's init hooks are."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from support.s3 import client
from support.server import BINARY, PATIENCE, Server, eventually, serve_and_wait


def script(path: Path, text: str, mode: int = 0o755) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def told(server: Server, path: str = "") -> Any:
    with urllib.request.urlopen(f"{server.url}/_localstack/init{path}", timeout=PATIENCE) as answer:
        return json.load(answer)


def when_ready(server: Server) -> Any:
    eventually(lambda: told(server, "/ready")["completed"], "the scripts of ready.d have run")
    return told(server)


def states(report: Any) -> dict[str, str]:
    return {f"{one['stage']} {one['name']}": one["state"] for one in report["scripts"]}


def test_every_stage_runs_in_its_order(tmp_path: Path) -> None:
    init, log = tmp_path / "init", tmp_path / "order"
    for name in ("boot.d/1.sh", "start.d/1.sh", "ready.d/b.sh", "ready.d/a.sh", "ready.d/0/c.sh", "shutdown.d/1.sh"):
        script(init / name, f"#!/bin/sh\necho {name} >>{log}\n")
    script(init / "ready.d/notes.txt", "not a script")
    with Server(tmp_path, "--init-scripts", str(init)) as server:
        report = when_ready(server)
        assert report["completed"] == {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}
        assert states(report) == {"BOOT 1.sh": "SUCCESSFUL", "START 1.sh": "SUCCESSFUL", "READY a.sh": "SUCCESSFUL", "READY b.sh": "SUCCESSFUL",
                                  "READY c.sh": "SUCCESSFUL", "SHUTDOWN 1.sh": "UNKNOWN"}
        assert told(server, "/boot") == {"completed": True, "scripts": [{"stage": "BOOT", "name": "1.sh", "state": "SUCCESSFUL"}]}
        assert told(server, "/shutdown")["completed"] is False
    assert log.read_text().split() == ["boot.d/1.sh", "start.d/1.sh", "ready.d/a.sh", "ready.d/b.sh", "ready.d/0/c.sh", "shutdown.d/1.sh"]


def test_a_script_that_fails_keeps_no_other_from_running(tmp_path: Path) -> None:
    init = tmp_path / "init"
    script(init / "ready.d/1.sh", "#!/bin/sh\nexit 3\n")
    script(init / "ready.d/2.sh", "#!/bin/sh\n", mode=0o644)
    script(init / "ready.d/3.sh", "#!/no/such/program\n")
    script(init / "ready.d/4.py", "raise SystemExit(1)\n", mode=0o644)
    script(init / "ready.d/5.py", "print('gopher')\n", mode=0o644)
    with Server(tmp_path, "--init-scripts", str(init)) as server:
        assert states(when_ready(server)) == {"READY 1.sh": "ERROR", "READY 2.sh": "ERROR", "READY 3.sh": "ERROR", "READY 4.py": "ERROR",
                                              "READY 5.py": "SUCCESSFUL"}


def test_scripts_find_the_server_by_their_environment(tmp_path: Path) -> None:
    init = tmp_path / "init"
    script(init / "ready.d/1.sh", f"#!/bin/sh\nexec {BINARY} mb s3://films\n")
    script(init / "shutdown.d/1.sh", f"#!/bin/sh\n{BINARY} ls s3:// >{tmp_path}/last\n")
    with Server(tmp_path, "--init-scripts", str(init), "--secret-key", "burrow-of-gophers") as server:
        assert states(when_ready(server))["READY 1.sh"] == "SUCCESSFUL"
    assert "films" in (tmp_path / "last").read_text()  # it was still served


def test_requests_are_answered_while_a_script_runs(tmp_path: Path) -> None:
    init, gate = tmp_path / "init", tmp_path / "gate"
    script(init / "ready.d/1.sh", f"#!/bin/sh\nuntil [ -e {gate} ]; do sleep 0.05; done\n")
    script(init / "ready.d/2.sh", "#!/bin/sh\n")
    with Server(tmp_path, "--init-scripts", str(init)) as server:
        eventually(lambda: states(told(server))["READY 1.sh"] == "RUNNING", "the script runs")
        assert told(server, "/ready")["completed"] is False and states(told(server))["READY 2.sh"] == "UNKNOWN"
        client(server).create_bucket(Bucket="films")
        gate.touch()
        assert states(when_ready(server)) == {"READY 1.sh": "SUCCESSFUL", "READY 2.sh": "SUCCESSFUL"}


def test_the_end_of_the_server_ends_a_script_and_what_it_started(tmp_path: Path) -> None:
    init, started, ended = tmp_path / "init", tmp_path / "started", tmp_path / "ended"
    script(init / "ready.d/1.sh", f"#!/bin/sh\n(trap 'touch {ended}; exit' TERM; touch {started}; while :; do sleep 0.05; done) & wait\n")
    script(init / "ready.d/2.sh", f"#!/bin/sh\ntouch {tmp_path}/second\n")
    with Server(tmp_path, "--init-scripts", str(init)):
        eventually(started.exists, "the script runs")
    eventually(ended.exists, "what it started has ended")
    assert not (tmp_path / "second").exists()


def test_no_request_brings_a_script(tmp_path: Path) -> None:
    init = tmp_path / "init"
    init.mkdir()
    with Server(tmp_path, "--init-scripts", str(init)) as server:
        for method in ("POST", "PUT", "DELETE"):
            request = urllib.request.Request(f"{server.url}/_localstack/init/ready", data=b"#!/bin/sh\n", method=method)
            try:
                urllib.request.urlopen(request, timeout=PATIENCE)
            except urllib.error.HTTPError as refused:
                assert refused.code >= 400
            else:
                raise AssertionError(method)
        assert when_ready(server) == {"completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}, "scripts": []}
        assert not list(init.iterdir())


def test_without_the_setting_nothing_is_run(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        assert told(server)["scripts"] == [] and told(server, "/ready") == {"completed": True, "scripts": []}


def test_a_folder_that_isn_t_there_is_told(tmp_path: Path) -> None:
    refused = serve_and_wait("--ephemeral", "--port", "0", "--init-scripts", str(tmp_path / "none"))
    assert refused.returncode == 1 and "it is no folder" in refused.stderr


def test_what_ends_the_server_ends_it_while_it_waits_for_a_script(tmp_path: Path) -> None:
    init, started = tmp_path / "init", tmp_path / "started"
    script(init / "boot.d/1.sh", f"#!/bin/sh\ntouch {started}\nwhile [ -e {started} ]; do sleep 0.05; done\n")
    process = subprocess.Popen([BINARY, "serve", "--ephemeral", "--port", "0", "--init-scripts", str(init)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(started.exists, "the script runs")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == -signal.SIGTERM
    started.unlink()
