"""The client's verbs, run as a person would."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from support.server import ACCESS_KEY, BINARY, SECRET_KEY, Server

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def settings(server: Server) -> dict[str, str]:
    """The environment of somebody who works with this server."""
    return {**os.environ, "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


def verb(server: Server, *arguments: object, stdin: bytes = b"", cwd: Path | None = None,
         env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Whatever it ends with."""
    return subprocess.run([BINARY, *map(str, arguments)], input=stdin, capture_output=True, timeout=120, check=False,
                          cwd=cwd, env=settings(server) | (env or {}))


def done(server: Server, *arguments: object, **how: Any) -> str:
    """What it printed; it must have been done."""
    ended = verb(server, *arguments, **how)
    assert ended.returncode == DONE, ended.stderr.decode()
    return ended.stdout.decode()


def not_done(server: Server, code: int, *arguments: object, **how: Any) -> str:
    """The one line that says why not."""
    ended = verb(server, *arguments, **how)
    error = ended.stderr.decode()
    assert ended.returncode == code, (ended.returncode, error)
    assert error.startswith("partsmith: ") and error.count("\n") == 1, error
    return error


def start(server: Server, *arguments: object, **how: Any) -> subprocess.Popen[bytes]:
    """Still running; for a test that interrupts it."""
    return subprocess.Popen([BINARY, *map(str, arguments)], env=settings(server), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **({"stdin": subprocess.DEVNULL} | how))
