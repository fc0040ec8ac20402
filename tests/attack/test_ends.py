"""Endings: whatever ends `partsmith serve --ephemeral`, nothing that is temporary stays, and what it writes goes nowhere
but where it was asked for."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.plain_http import send
from support.s3 import client, new_bucket, read
from support.server import BINARY, PATIENCE, Server, eventually, serve_and_wait

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
           signal.SIGXCPU, signal.SIGPROF, signal.SIGABRT, signal.SIGRTMIN, signal.SIGRTMAX]


def folders(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir() if path.is_dir())


def nothing_is_left(server: Server) -> bool:
    return folders(server.folder) == [] and [path.name for path in server.folder.iterdir()] == ["server.log"]


def fill(server: Server) -> None:
    s3 = client(server)
    s3.put_object(Bucket=new_bucket(s3), Key="key", Body=b"x" * 1_000_000)


@pytest.mark.parametrize("sign", SIGNALS)
def test_any_signal_ends_it_well_and_leaves_nothing(tmp_path: Path, sign: signal.Signals) -> None:
    if signal.getsignal(sign) is signal.SIG_IGN:  # as of a shell's job in the background; the server would heed it
        signal.signal(sign, signal.SIG_DFL)
    with Server(tmp_path) as server:
        fill(server)
        assert folders(tmp_path) != []
        server.process.send_signal(sign)
        assert server.process.wait(PATIENCE) == 0
        assert nothing_is_left(server)


def test_timeout_signals_twice_and_nothing_is_left(tmp_path: Path) -> None:
    """It signals the process and then its group; asked to end by a signal it does the same as when the time is over."""
    with Server(tmp_path, within=["timeout", "600"]) as server:
        fill(server)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(PATIENCE)
        eventually(lambda: nothing_is_left(server), "nothing is left")


def half_an_upload(server: Server) -> http.client.HTTPConnection:
    """A request that is never finished: the server has read half of its body."""
    s3 = client(server, signature_version="s3v4")
    url = s3.generate_presigned_url("put_object", {"Bucket": new_bucket(s3), "Key": "slow"})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.putrequest("PUT", url.removeprefix(server.url))
    connection.putheader("Content-Length", "40000000")
    connection.endheaders()
    connection.send(b"x" * 20_000_000)
    return connection


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_one_more_signal_ends_requests_in_flight_and_leaves_nothing(tmp_path: Path, sign: signal.Signals) -> None:
    with Server(tmp_path) as server:
        connection = half_an_upload(server)
        server.process.send_signal(sign)
        eventually(lambda: refuses(server.port), "new connections are refused")

        def ended_by_one_more() -> bool:
            server.process.send_signal(sign)
            return server.process.poll() is not None

        eventually(ended_by_one_more, "it ends")
        assert server.process.returncode == 128 + sign
        assert nothing_is_left(server)
        connection.close()


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return False
    except OSError:
        return True


def test_nohup_keeps_it_going_when_the_terminal_is_gone(tmp_path: Path) -> None:
    with Server(tmp_path, within=["nohup"]) as server:
        server.process.send_signal(signal.SIGHUP)
        assert send("GET", f"{server.url}/_partsmith/health").status == 200
        assert server.process.poll() is None


def test_a_log_that_nobody_reads_any_more_ends_nothing(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = subprocess.Popen([BINARY, "serve", "--port", "0", "--ephemeral", "--ready-file", ready], stdin=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)})
    try:
        eventually(lambda: ready.exists() or process.poll() is not None, "ready")
        assert process.stderr
        process.stderr.close()
        url = json.loads(ready.read_text())["url"]
        for _ in range(3):
            assert send("GET", f"{url}/_partsmith/health").status == 200
    finally:
        process.terminate()
        code = process.wait(PATIENCE)
    assert code == 0
    assert list(tmp_path.iterdir()) == []


def test_closed_standard_streams_are_not_taken_for_its_files(tmp_path: Path) -> None:
    """Or the log would be written into whatever got their numbers: a blob, or a client's connection."""
    with Server(tmp_path, within=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]) as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        body = os.urandom(3_000_000)
        for _ in range(3):
            s3.put_object(Bucket=bucket, Key="object", Body=body)
            assert read(s3, bucket) == body
        streams = [os.readlink(f"/proc/{server.process.pid}/fd/{number}") for number in range(3)]
        assert streams == [os.devnull] * 3


# --- After a kill ----------------------------------------------------------------------------------------------------


def test_what_a_kill_leaves_goes_with_the_next_start(tmp_path: Path) -> None:
    with Server(tmp_path) as killed:
        fill(killed)
        left = folders(tmp_path)
        killed.kill()
        assert folders(tmp_path) == left != []
    with Server(tmp_path) as server:
        eventually(lambda: not set(left) & set(folders(tmp_path)), "the folder is gone")
        client(server).list_buckets()


def test_the_next_start_leaves_alone_what_others_hold_or_made(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    (elsewhere / "file").write_text("kept")
    os.chmod(elsewhere, 0o700)
    (tmp_path / "partsmith-ephemeral-abcdef").symlink_to(elsewhere)
    (tmp_path / "partsmith-ephemeral-public").mkdir(0o755)
    (tmp_path / "partsmith-ephemeral-my-notes").mkdir(0o700)
    (tmp_path / "partsmith-notes").mkdir(0o700)
    (tmp_path / "partsmith-ephemeral-killed").mkdir(0o700)  # the only one that looks like what a killed server leaves
    with Server(tmp_path) as first:
        s3 = client(first)
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="object", Body=b"x" * 1_000_000)
        with Server(tmp_path / "second", env={"TMPDIR": str(tmp_path)}):
            eventually(lambda: not (tmp_path / "partsmith-ephemeral-killed").exists(), "the abandoned folder is gone")
        assert read(s3, bucket) == b"x" * 1_000_000
    assert folders(tmp_path) == ["elsewhere", "partsmith-ephemeral-abcdef", "partsmith-ephemeral-my-notes",
                                 "partsmith-ephemeral-public", "partsmith-notes", "second"]
    assert (elsewhere / "file").read_text() == "kept"


def test_a_ready_file_of_a_killed_server_promises_nothing(tmp_path: Path, own_server: Server) -> None:
    ready = tmp_path / "stale.json"
    ready.write_text("{}")
    done = serve_and_wait("--ephemeral", "--port", own_server.port, "--ready-file", ready)
    assert done.returncode == 1
    assert not ready.exists()


def test_a_ready_file_that_another_server_wrote_stays(tmp_path: Path) -> None:
    ready = tmp_path / "first/ready.json"
    with Server(tmp_path / "first"), Server(tmp_path / "second") as second:
        other = json.dumps({"url": second.url})
        draft = tmp_path / "draft"
        draft.write_text(other)
        draft.rename(ready)
    assert ready.read_text() == other


# --- Files and links -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda path, victim: path.symlink_to(victim), lambda path, _: path.mkdir(),
                                  lambda path, _: os.mkfifo(path)], ids=["link", "folder", "pipe"])
def test_the_ready_file_is_written_through_nothing_but_a_file(tmp_path: Path, make: Callable[[Path, Path], None]) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    ready = tmp_path / "ready.json"
    make(ready, victim)
    done = serve_and_wait("--ephemeral", "--port", 0, "--ready-file", ready, env={"TMPDIR": str(tmp_path)})
    assert done.returncode == 1
    assert str(ready) in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert victim.read_text() == "kept"


def test_the_draft_of_the_ready_file_follows_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "ready.json.new").symlink_to(victim)
    with Server(tmp_path):
        pass
    assert victim.read_text() == "kept"


def test_the_draft_of_the_certificate_follows_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    for name in ("ca.pem", "ca.pem.new"):
        (tmp_path / name).symlink_to(victim)
    with Server(tmp_path, "--tls-self-signed", str(tmp_path / "ca.pem")):
        assert "BEGIN CERTIFICATE" in (tmp_path / "ca.pem").read_text()
    assert victim.read_text() == "kept"


# --- Secrets ---------------------------------------------------------------------------------------------------------


def owner_of_its_memory(options: list[str]) -> int:
    """Whose /proc/PID is, run by a user that isn't root: its own, or root's when other processes may not look."""
    folder = Path(tempfile.mkdtemp(prefix="partsmith-test-"))
    program = folder / "partsmith"
    shutil.copy(BINARY, program)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        os.chown(folder, 65534, 65534)
        os.chown(program, 65534, 65534)
    ready = folder / "ready.json"
    process = subprocess.Popen([*as_user, program, "serve", "--port", "0", "--ephemeral", "--ready-file", ready, *options],
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(folder)})
    try:
        eventually(lambda: ready.exists() or process.poll() is not None, "ready")
        return Path(f"/proc/{process.pid}/mem").stat().st_uid
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder)


@pytest.mark.measures_memory  # a sanitizer needs to look itself, so that its builds stay open
def test_other_processes_cannot_read_a_secret_of_ones_own_from_memory() -> None:
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    assert owner_of_its_memory([]) == user
    assert owner_of_its_memory(["--secret-key", "a-secret-of-my-own"]) == 0
