"""The servers that are measured: partsmith, those that others wrote, and what they use of the machine."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from against.processes import processor_seconds, stat_fields
from instructions import Client
from others.servers import KINDS, Kind, Other

PATIENCE = 60.0


@dataclass(frozen=True)
class Program:
    """One that takes part."""

    name: str
    """As tables and charts show it, with its version."""
    command: Callable[[Path, Path], list[str]] | None = None
    """Of a folder for data and of a file that tells the port once it is ready: partsmith's, or the floor's."""
    kind: Kind | None = None
    """One of those that others wrote."""
    installed: Path | None = None


def partsmith(name: str, binary: str) -> Program:
    return Program(name, lambda data, ready: [binary, "serve", "--port", "0", "--data", str(data), "--quiet", "--bucket", "films",
                                              "--min-part-size", "1", "--ready-file", str(ready)])


FLOOR = Program("floor", lambda data, ready: [sys.executable, str(Path(__file__).with_name("floor.py")), str(data), str(ready)])


@dataclass
class Running:
    name: str
    port: int
    leader: int
    """Process ID of the first; its session has them all."""
    keys: tuple[str, str]
    start: float
    """Milliseconds from its start to its first answer."""

    def client(self) -> Client:
        return Client(self.port, keys=self.keys)

    def _processes(self) -> Iterator[int]:
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                fields = stat_fields(int(folder.name))
                if fields and int(fields[3]) == self.leader:
                    yield int(folder.name)

    def processor_seconds(self) -> float:
        """User and system, of all its processes."""
        return sum(processor_seconds(process) for process in self._processes())

    def resident_mebibytes(self) -> float:
        total = 0
        for process in self._processes():
            try:
                found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
            except (OSError, ProcessLookupError):
                continue
            total += int(found[1]) if found else 0
        return total / 1024


@contextmanager
def on_processors(numbers: set[int]) -> Iterator[None]:
    """What is started meanwhile stays on these."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, numbers)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(program: Program, processors: set[int], folder: Path, flags: tuple[str, ...] = ()) -> Iterator[Running]:
    """Started in a folder of its own, with an empty bucket `films`; `flags` are partsmith's."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as own:
        if program.command:
            with started(program, processors, Path(own), flags) as server:
                yield server
            return
        assert program.kind and program.installed
        begun = time.monotonic()
        with on_processors(processors):
            other = Other(program.kind, program.installed, Path(own) / "server")
        with other:
            keys = (program.kind.access_key, program.kind.secret_key)
            make_bucket(Client(other.port, keys=keys))
            yield Running(program.name, other.port, other.pid, keys, since(begun))


@contextmanager
def started(program: Program, processors: set[int], folder: Path, flags: tuple[str, ...]) -> Iterator[Running]:
    assert program.command
    data, ready = folder / "data", folder / "ready.json"
    data.mkdir()
    begun = time.monotonic()
    with on_processors(processors):
        process = subprocess.Popen([*program.command(data, ready), *flags], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit(f"it ended with {process.returncode}")
            time.sleep(0.0005)
        port = json.loads(ready.read_text())["port"]
        Client(port).ask("POST", "/films/first", "uploads=")
        yield Running(program.name, port, process.pid, ("test", "test"), since(begun))
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def since(begun: float) -> float:
    """In milliseconds."""
    return (time.monotonic() - begun) * 1000


def make_bucket(client: Client) -> None:
    """As soon as it answers at all."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client.ask("PUT", "/films")
            return
        except (OSError, http.client.HTTPException, SystemExit) as failure:
            if time.monotonic() > deadline:
                raise SystemExit(f"it makes no bucket: {failure}") from failure
            time.sleep(0.02)


def others(names: list[str], installed: Path) -> list[Program]:
    known = {kind.name: kind for kind in KINDS}
    found = []
    for name in names:
        if name not in known:
            raise SystemExit(f"--against {name}: one of {', '.join(known)}")
        if not (installed / known[name].program).exists():
            raise SystemExit(f"--against {name}: it isn't in {installed}; tests/others/install puts it there")
        found.append(Program(known[name].label, kind=known[name], installed=installed))
    return found
