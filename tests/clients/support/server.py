"""One `partsmith serve` process, as a person would start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

BINARY = Path(os.environ.get("PARTSMITH_BINARY") or Path(__file__).parents[3] / "build/release/bin/partsmith")
ACCESS_KEY = "test"
SECRET_KEY = "test"
NAMESPACES = (["unshare", "--mount", "--propagation", "private"], ["unshare", "--user", "--map-root-user", "--mount"])
"""Commands that run another one with mounts of its own: as root, and as anybody where the system lets them."""
PATIENCE = 60.0
"""Seconds after which something that was to happen has not happened."""


def eventually(condition: Callable[[], object], what: str, within: float = PATIENCE) -> object:
    """Waits until the condition holds, and returns what it returned."""
    deadline = time.monotonic() + within
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.005)
    return result


class Server:
    """Starts at once and is ready when the constructor returns."""

    def __init__(self, folder: Path, *options: str, data: Path | None = None, env: dict[str, str] | None = None,
                 within: Sequence[str] = ()):
        """Serves `data`, or a temporary folder inside `folder`; `folder` also takes the log and the ready-file. `within`:
        a command that becomes the one that follows it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = data
        self.log_file = folder / "server.log"
        ready_file = folder / "ready.json"
        ready_file.unlink(missing_ok=True)
        where = ["--data", str(data)] if data else ["--ephemeral"]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [*within, BINARY, "serve", "--port", "0", *where, "--ready-file", ready_file, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "TMPDIR": str(folder), **(env or {})},
            )
        try:
            eventually(lambda: ready_file.exists() or self.process.poll() is not None, "the server is ready")
            assert self.process.poll() is None, f"the server ended at start:\n{self.log()}"
            self.ready = json.loads(ready_file.read_text())
        except BaseException:
            self.kill()
            raise
        self.port: int = self.ready["port"]
        self.url: str = self.ready["url"]

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def stop(self) -> None:
        """Ends it as an init system does; a server that doesn't end well fails the test."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        assert code == 0, f"the server ended with {code}:\n{self.log()[-4000:]}"

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def peak_memory(self) -> int:
        """The most memory that it ever had resident, in bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self.process.poll() is None:
            self.stop()
        else:
            self.kill()


PLAIN_BOTO = {"BOTO_DISABLE_CRT": "true"}
"""boto3 as `pip install boto3` leaves it: signing in Python, though the tests have the C runtime installed too."""


def serve_and_wait(*options: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs `partsmith serve` that is expected to end by itself."""
    return subprocess.run(
        [BINARY, "serve", *map(str, options)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE, env={**os.environ, **(env or {})}, check=False,
    )
