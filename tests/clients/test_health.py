"""`partsmith health` tells by its exit code whether a server answers; the manual and the completions come from its tables."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
from support.server import BINARY, PATIENCE, Server

ROOT = Path(__file__).parents[2]


def partsmith(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                          env={**os.environ, **(env or {})}, check=False)


def test_a_server_that_is_well(server: Server) -> None:
    done = partsmith("health", "--url", server.url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "ok"
    assert partsmith("health", "--quiet", "--url", server.url).stdout == ""


@pytest.mark.parametrize("env", [{}, {"PARTSMITH_HOST": "0.0.0.0"}, {"GATEWAY_LISTEN": "0.0.0.0:PORT"}])
def test_the_server_of_the_environment(server: Server, env: dict[str, str]) -> None:
    """As a container's health check has it, which is given the server's own variables."""
    said = {name: value.replace("PORT", str(server.port)) for name, value in env.items()}
    done = partsmith("health", env=said if "GATEWAY_LISTEN" in said else {**said, "PARTSMITH_PORT": str(server.port)})
    assert done.returncode == 0, done.stderr


def test_a_server_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    with Server(tmp_path, "--tls-self-signed", str(tmp_path / "ca.pem")) as server:
        assert partsmith("health", "--url", server.url, "--ca-file", str(tmp_path / "ca.pem")).returncode == 0
        assert partsmith("health", "--url", server.url, "--insecure").returncode == 0
        refused = partsmith("health", "--url", server.url)
        assert refused.returncode == 1 and "not trusted" in refused.stderr
        env = {"PARTSMITH_PORT": str(server.port), "PARTSMITH_TLS_SELF_SIGNED": str(tmp_path / "ca.pem")}
        assert partsmith("health", env=env).returncode == 0


def test_nobody_listens() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        done = partsmith("health", "--url", f"http://127.0.0.1:{one.getsockname()[1]}")
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1


def test_what_listens_is_something_else(tmp_path: Path) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        done = subprocess.Popen([BINARY, "health", "--url", f"http://127.0.0.1:{one.getsockname()[1]}"], stderr=subprocess.PIPE, text=True)
        peer, _ = one.accept()
        with peer:
            peer.recv(1000)
            peer.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        assert done.wait(PATIENCE) == 1 and "503 Busy" in (done.stderr.read() if done.stderr else "")


def test_what_doesn_t_answer_is_given_up() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        done = partsmith("health", "--timeout", "1", "--url", f"http://127.0.0.1:{one.getsockname()[1]}")
    assert done.returncode == 1


# --- Manual and completions


def settings() -> list[tuple[str, str]]:
    """Flags and variables of `serve` as README has them."""
    rows = re.findall(r"^\| `(--[a-z-]+)[^`]*` \| `(PARTSMITH_\w+)`", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) > 15
    return rows


def test_the_manual_has_every_command_and_setting() -> None:
    page = partsmith("man").stdout.replace("\\-", "-")
    assert page.startswith(".TH PARTSMITH 1")
    for flag, variable in settings():
        assert f"\\fB{flag}\\fR" in page and f"\\fB{variable}\\fR" in page, flag
    for command in ("serve", "conform diff", "cp", "health", "fsck"):
        assert f'.SS "partsmith {command} ' in page
    for line in page.splitlines():
        assert not line.startswith("'") and (not line.startswith(".") or re.match(r"\.(TH|SH|SS|TP|PP|nf|fi)\b", line)), line


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completions_know_every_flag(shell: str) -> None:
    text = partsmith("completion", shell).stdout
    for flag, _ in settings():
        assert (f"-l {flag[2:]} " if shell == "fish" else flag) in text + " ", flag


def offered(line: str) -> list[str]:
    """What bash offers after the line, whose last word is the one to complete."""
    words = line.split(" ")
    script = partsmith("completion", "bash").stdout + f"""
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}) COMP_CWORD={len(words) - 1}
        _partsmith
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout.split()


def test_bash_offers_what_can_follow() -> None:
    assert "serve" in offered("partsmith ") and "--version" in offered("partsmith ")
    assert offered("partsmith ser") == ["serve"]
    assert offered("partsmith serve --quo") == ["--quota"]
    assert offered("partsmith serve --durability ") == ["process", "disk"]
    assert offered("partsmith serve --log-format j") == ["json"]
    assert offered("partsmith conform diff --html") == ["--html"]
    assert offered("partsmith serve --data ") == []  # files, which bash offers by itself


def test_an_unknown_shell_is_refused() -> None:
    assert partsmith("completion", "tcsh").returncode == 1
