"""The S3 servers that others wrote: where `install` puts each, and how it is started."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

PATIENCE = 120.0


@dataclass
class Place:
    """What a server is started with."""

    installed: Path
    data: Path
    port: int
    spare_port: int


@dataclass(frozen=True)
class Kind:
    name: str
    label: str
    program: str
    """Relative to the folder of the installed ones: there when it could be installed."""
    command: Callable[[Place], list[str]]
    access_key: str = "test"
    secret_key: str = "testtest"
    environment: tuple[tuple[str, str], ...] = ()


KINDS = (
    Kind("versitygw", "versitygw 1.8.0", "versitygw",
         lambda p: [str(p.installed / "versitygw"), "--port", f"127.0.0.1:{p.port}", "posix", str(p.data)],
         environment=(("ROOT_ACCESS_KEY", "test"), ("ROOT_SECRET_KEY", "testtest"))),
    Kind("moto", "moto 5.2.5", "moto/bin/moto_server",
         lambda p: [str(p.installed / "moto/bin/moto_server"), "-H", "127.0.0.1", "-p", str(p.port)]),
    Kind("s3mock", "S3Mock 4.7.0", "s3mock-exec.jar",
         lambda p: ["java", "-Xmx512m", f"-Dserver.port={p.spare_port}", f"-Dhttp.port={p.port}", "-jar",
                    str(p.installed / "s3mock-exec.jar")]),
    Kind("gofakes3", "gofakes3 1.2.0", "gofakes3",
         lambda p: [str(p.installed / "gofakes3"), "-backend", "memory", "-host", f"127.0.0.1:{p.port}"]),
    Kind("s3s-fs", "s3s-fs 0.14.1", "bin/s3s-fs",
         lambda p: [str(p.installed / "bin/s3s-fs"), "--host", "127.0.0.1", "--port", str(p.port), "--access-key", "test",
                    "--secret-key", "testtest", str(p.data)]),
    Kind("s3rver", "s3rver 3.7.1", "s3rver/node_modules/.bin/s3rver",
         lambda p: [str(p.installed / "s3rver/node_modules/.bin/s3rver"), "-a", "127.0.0.1", "-p", str(p.port), "-d",
                    str(p.data)], access_key="S3RVER", secret_key="S3RVER"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Other:
    """A running one. Some fall over at a request and take the rest of a run with them, so it is started again."""

    def __init__(self, kind: Kind, installed: Path, folder: Path):
        self.kind = kind
        self.falls = 0
        data = folder / "data"
        data.mkdir(parents=True)
        self._place = Place(installed, data, free_port(), free_port())
        self.url = f"http://127.0.0.1:{self._place.port}"
        self._log = (folder / "log").open("ab")
        self._ending = False
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.kind.command(self._place), stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            env={**os.environ, **dict(self.kind.environment)})
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._place.port)) == 0:
                    break
            time.sleep(0.05)
        return process

    def _keep(self) -> None:
        while True:
            self._process.wait()
            if self._ending:
                return
            self.falls += 1
            self._process = self._start()

    def __enter__(self) -> Other:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending = True
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._log.close()


def installed_kinds(installed: Path) -> list[Kind]:
    return [kind for kind in KINDS if (installed / kind.program).exists()]
