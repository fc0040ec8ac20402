"""How the client's verbs find and reach a service: profiles, TLS, bad connections, a terminal."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import DONE, FAILED, INTERRUPTED, done, not_done, settings, start, verb
from support.data import MIB, seeded_bytes, seeded_file
from support.server import BINARY, PATIENCE, Server, eventually
from support.terminal import open_terminal


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    """HTTPS, with `ca.pem` to trust."""
    with Server(tmp_path / "server", "--tls-self-signed", str(tmp_path / "ca.pem"), "--bucket", "films") as running:
        yield running


def local_name(server: Server) -> str:
    return f"https://s3.localhost:{server.port}"


def test_https_works_with_certificates_that_are_trusted(secure: Server, tmp_path: Path) -> None:
    file = seeded_file(tmp_path / "film", 17 * MIB)
    where = ["--endpoint", local_name(secure)]
    for trust, env in ((["--ca-file", tmp_path / "ca.pem"], {}), ([], {"AWS_CA_BUNDLE": str(tmp_path / "ca.pem")}),
                       (["--insecure"], {})):
        for addressing in ("path", "virtual"):
            there = [*where, *trust, "--addressing", addressing]
            done(secure, "cp", *there, file, "s3://films/", env=env)
            done(secure, "cp", *there, "s3://films/film", tmp_path / "back", env=env)
            assert (tmp_path / "back").read_bytes() == file.read_bytes()
    assert "is not trusted" in not_done(secure, FAILED, "ls", *where, "--attempts", 1)
    assert "no certificates in" in not_done(secure, FAILED, "ls", *where, "--ca-file", file)


def test_a_profile_tells_all_that_is_needed(server: Server, bucket: str, tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        f"[profile here]\nregion = eu-west-1\nservices = local\n\n[services local]\ns3 =\n  endpoint_url = {server.url}\n")
    (tmp_path / ".aws" / "credentials").write_text("[here]\naws_access_key_id = test\naws_secret_access_key = test\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {"HOME": str(tmp_path)}
    for arguments, more in ((["--profile", "here"], {}), ([], {"AWS_PROFILE": "here"})):
        listed = subprocess.run([BINARY, "ls", *arguments], env=env | more, capture_output=True, text=True, timeout=PATIENCE,
                                check=False)
        assert listed.returncode == DONE and f"s3://{bucket}\n" in listed.stdout, listed.stderr


def test_the_secret_key_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("own-secret\nnot this\n")
    secret.chmod(0o600)
    with Server(tmp_path / "server", "--access-key", "own", "--secret-key-file", str(secret), "--bucket", "films") as server:
        def ls(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run([BINARY, "ls", "--endpoint", server.url, *map(str, arguments)], env=os.environ | env,
                                  capture_output=True, text=True, timeout=PATIENCE, check=False)

        told = ls("--access-key", "own", "--secret-key-file", secret)
        assert (told.returncode, told.stderr) == (DONE, "") and "s3://films" in told.stdout
        assert "s3://films" in ls(PARTSMITH_ACCESS_KEY="own", PARTSMITH_SECRET_KEY_FILE=str(secret)).stdout
        secret.chmod(0o644)
        told = ls("--access-key", "own", "--secret-key-file", secret)
        assert told.returncode == DONE and "every user of this machine may read" in told.stderr
        assert "go together" in ls("--secret-key-file", secret).stderr
        assert "--secret-key-file: cannot read" in ls("--access-key", "own", "--secret-key-file", tmp_path / "none").stderr
        assert "exclude each other" in ls("--access-key", "own", "--secret-key", "x", "--secret-key-file", secret).stderr
        checked = subprocess.run([BINARY, "conform", "--endpoint", server.url, "--access-key", "own", "--secret-key-file", secret,
                                  "--only", "multipart.abort.answer"], capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert checked.returncode == DONE, checked.stdout + checked.stderr


def test_a_server_that_comes_back_is_waited_for(tmp_path: Path) -> None:
    """Requests are tried again: a server that is stopped and goes on loses nothing."""
    with Server(tmp_path / "server", "--bucket", "films") as server:
        copying = start(server, "cp", "-", "s3://films/a", stdin=subprocess.PIPE)
        server.process.send_signal(signal.SIGSTOP)
        assert copying.stdin
        copying.stdin.write(b"late")
        copying.stdin.close()
        server.process.send_signal(signal.SIGCONT)
        assert copying.wait(PATIENCE) == DONE
        for pipe in (copying.stdout, copying.stderr):
            assert pipe
            pipe.close()
        assert verb(server, "cat", "s3://films/a").stdout == b"late"


def test_ctrl_c_ends_a_verb_that_waits_for_the_server(tmp_path: Path) -> None:
    with Server(tmp_path / "server", "--bucket", "films") as server:
        server.process.send_signal(signal.SIGSTOP)
        listing = start(server, "ls", "s3://films")
        eventually(lambda: "S" in state(listing.pid) and sockets(listing.pid), "it waits for an answer")
        listing.send_signal(signal.SIGINT)
        code = listing.wait(PATIENCE)
        listing.communicate()
        server.process.send_signal(signal.SIGCONT)
        assert code == INTERRUPTED


def state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]


def sockets(process: int) -> list[str]:
    links = [os.readlink(entry) for entry in Path(f"/proc/{process}/fd").iterdir() if entry.is_symlink()]
    return [link for link in links if link.startswith("socket:")]


def run_on_terminal(server: Server, *arguments: object, stdin: bytes, columns: int = 80) -> tuple[int, str]:
    """What it shows on a terminal as stderr; the input comes in two halves, so that something is shown between."""
    ours, theirs = open_terminal()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([BINARY, *map(str, arguments)], env=settings(server), stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    assert process.stdin
    process.stdin.write(stdin)
    process.stdin.close()
    shown = b""
    while select.select([ours], [], [], PATIENCE)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(PATIENCE), shown.decode()


def test_a_terminal_shows_progress_and_a_pipe_does_not(server: Server, bucket: str, tmp_path: Path) -> None:
    body = seeded_bytes(20 * MIB)
    code, shown = run_on_terminal(server, "cp", "-", f"s3://{bucket}/a", stdin=body)
    assert code == DONE and "MiB" in shown and "/s" in shown
    assert shown.endswith("\r\x1b[K"), "the line is taken away at the end"
    file = seeded_file(tmp_path / "film", 20 * MIB)
    code, shown = run_on_terminal(server, "cp", file, f"s3://{bucket}/b", stdin=b"")
    assert code == DONE and " of 20 MiB" in shown and "%" in shown
    code, shown = run_on_terminal(server, "cp", "-q", file, f"s3://{bucket}/b", stdin=b"")
    assert (code, shown) == (DONE, "")
    assert verb(server, "cp", file, f"s3://{bucket}/c").stderr == b""


@pytest.mark.parametrize("columns", [20, 40, 100])
def test_progress_takes_one_line_however_narrow_the_terminal(
        server: Server, bucket: str, tmp_path: Path, columns: int) -> None:
    file = seeded_file(tmp_path / "film", 30 * MIB)
    code, shown = run_on_terminal(server, "cp", file, f"s3://{bucket}/a", stdin=b"", columns=columns)
    lines = [line for line in shown.split("\r\x1b[K") if line]
    assert code == DONE and lines and "\n" not in shown
    assert all(len(line) < columns and "%" in line for line in lines)
    assert all(line.startswith("[") == (columns > 80) for line in lines)

    code, shown = run_on_terminal(server, "conform", "--endpoint", server.url, "--bucket", bucket, "--only", "multipart.part*",
                                  stdin=b"", columns=columns)
    lines = [line for line in shown.partition("\n")[2].split("\r\x1b[K") if line]
    assert code == DONE and lines and all(len(line) < columns for line in lines)
    assert columns < 40 or "failed" in shown
