"""The S3 servers that others wrote: where `install` puts each, and how it is started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
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
    more_ports: tuple[int, ...] = ()
    """For those that are several processes."""


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
    place_in_environment: Callable[[Place], dict[str, str]] = lambda place: {}


def ceph_version() -> str:
    """Apt's: whatever the distribution has."""
    if not shutil.which("radosgw"):
        return ""
    told = subprocess.run(["radosgw", "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    return told.split()[2]  # "ceph version 16.2.15 (…) pacific (stable)"


HERE = Path(__file__).resolve().parent
GARAGE_KEY = ("GK" + "0123456789ab" * 2, "0123456789abcdef" * 4)  # it takes only such


def java(place: Place, jar: str, *arguments: str, **properties: str) -> list[str]:
    return ["java", "-Xmx768m", *(f"-D{name.replace('_', '.')}={value}" for name, value in properties.items()), "-jar",
            str(place.installed / jar), *arguments]


def node(script: Path) -> list[str]:
    """By the Node.js of the Python environment, where there is one: it is newer than the system's."""
    return [shutil.which("node", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") or "node", str(script)]


# In the order of the matrix: those that keep data for a living, then those for tests.
KINDS = (
    Kind("radosgw", f"radosgw {ceph_version()}", "radosgw",
         lambda p: [str(p.installed / "radosgw"), str(p.data), str(p.port), str(p.spare_port), "test", "testtest"]),
    Kind("versitygw", "versitygw 1.8.0", "versitygw",
         lambda p: [str(p.installed / "versitygw"), "--port", f"127.0.0.1:{p.port}", "posix", str(p.data)],
         environment=(("ROOT_ACCESS_KEY", "test"), ("ROOT_SECRET_KEY", "testtest"))),
    Kind("garage", "garage 2.5.0", "bin/garage",
         lambda p: [str(HERE / "garage"), str(p.installed / "bin/garage"), str(p.data), str(p.port), str(p.spare_port)],
         *GARAGE_KEY,
         environment=(("GARAGE_DEFAULT_ACCESS_KEY", GARAGE_KEY[0]), ("GARAGE_DEFAULT_SECRET_KEY", GARAGE_KEY[1]))),
    Kind("rclone", "rclone 1.76.0", "rclone",
         lambda p: [str(p.installed / "rclone"), "serve", "s3", "--config=", "--addr", f"127.0.0.1:{p.port}", "--auth-key",
                    "test,testtest", "--vfs-cache-mode", "full", "--cache-dir", str(p.data.with_name("cache")), str(p.data)]),
    Kind("s3proxy", "S3Proxy 2.7.0", "s3proxy-jar-with-dependencies.jar",
         lambda p: java(p, "s3proxy-jar-with-dependencies.jar", "--properties", os.devnull,
                        s3proxy_endpoint=f"http://127.0.0.1:{p.port}", s3proxy_authorization="aws-v2-or-v4",
                        s3proxy_identity="test", s3proxy_credential="testtest", jclouds_provider="transient-nio2",
                        jclouds_identity="none", jclouds_credential="none"), environment=(("LOG_LEVEL", "warn"),)),
    Kind("localstack", "LocalStack 4.13.1", "localstack/bin/localstack-supervisor",
         lambda p: [str(p.installed / "localstack/bin/python"), "-m", "localstack.runtime.main"], secret_key="test",
         environment=(("SERVICES", "s3"), ("GATEWAY_SERVER", "hypercorn"), ("S3_SKIP_SIGNATURE_VALIDATION", "0"),
                      ("DISABLE_EVENTS", "1"), ("SKIP_SSL_CERT_DOWNLOAD", "1"), ("DNS_ADDRESS", "0")),
         place_in_environment=lambda p: {"HOME": str(p.data), "GATEWAY_LISTEN": f"127.0.0.1:{p.port}"}),
    Kind("moto", "moto 5.2.5", "moto/bin/moto_server",
         lambda p: [str(p.installed / "moto/bin/moto_server"), "-H", "127.0.0.1", "-p", str(p.port)]),
    Kind("ministack", "ministack 1.5.33", "ministack/bin/ministack",
         lambda p: [str(p.installed / "ministack/bin/ministack")],
         environment=(("AUTH", "true"), ("SERVICES", "s3"), ("BIND_HOST", "127.0.0.1"), ("AWS_ACCESS_KEY_ID", "test"),
                      ("AWS_SECRET_ACCESS_KEY", "test")),
         place_in_environment=lambda p: {"GATEWAY_PORT": str(p.port), "S3_DATA_DIR": str(p.data), "TMPDIR": str(p.data)}),
    Kind("s3mock", "S3Mock 4.7.0", "s3mock-exec.jar",
         lambda p: java(p, "s3mock-exec.jar", server_port=str(p.spare_port), http_port=str(p.port))),
    Kind("fauxqs", "fauxqs 2.4.1", "s3rver/node_modules/fauxqs/dist/cli.js",
         lambda p: node(p.installed / "s3rver/node_modules/fauxqs/dist/cli.js"),
         place_in_environment=lambda p: {"FAUXQS_PORT": str(p.port), "FAUXQS_HOST": "127.0.0.1"}),
    Kind("gofakes3", "gofakes3 1.2.0", "gofakes3",
         lambda p: [str(p.installed / "gofakes3"), "-backend", "memory", "-host", f"127.0.0.1:{p.port}"]),
    Kind("s3s-fs", "s3s-fs 0.14.1", "bin/s3s-fs",
         lambda p: [str(p.installed / "bin/s3s-fs"), "--host", "127.0.0.1", "--port", str(p.port), "--access-key", "test",
                    "--secret-key", "testtest", str(p.data)]),
    Kind("s3rver", "s3rver 3.7.1", "s3rver/node_modules/.bin/s3rver",
         lambda p: [str(p.installed / "s3rver/node_modules/.bin/s3rver"), "-a", "127.0.0.1", "-p", str(p.port), "-d",
                    str(p.data)], access_key="S3RVER", secret_key="S3RVER"),
)


def free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as until_all_are_known:
        probes = [until_all_are_known.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Other:
    """A running one. Some fall over at a request and take the rest of a run with them, so it is started again."""

    def __init__(self, kind: Kind, installed: Path, folder: Path):
        self.kind = kind
        self.falls = 0
        data = folder / "data"
        data.mkdir(parents=True)
        port, spare_port, *more_ports = free_ports(6)
        self._place = Place(installed, data, port, spare_port, tuple(more_ports))
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = (folder / "log").open("ab")
        self._ending = False
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.kind.command(self._place), stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            env={**os.environ, **dict(self.kind.environment), **self.kind.place_in_environment(self._place)},
            start_new_session=True)
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

    @property
    def pid(self) -> int:
        """Of the process that was started; those that it starts are of its session."""
        return self._process.pid

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
        with contextlib.suppress(ProcessLookupError):  # whoever it started and didn't end
            os.killpg(self._process.pid, signal.SIGKILL)
        self._log.close()


def installed_kinds(installed: Path) -> list[Kind]:
    return [kind for kind in KINDS if (installed / kind.program).exists()]


if __name__ == "__main__":  # the reports that are in a folder, in the order of the matrix
    for report in (Path(sys.argv[1]) / f"{kind.name}.json" for kind in KINDS):
        if report.exists():
            print(report)
