#!/usr/bin/env python3
"""What uploads cost the server: seconds of the processor (user and system, from /proc) for a GiB, at one connection and at several.

    bench/upload_cpu.py PROGRAM [PROGRAM2] [--connections 1,8] [--rounds 5] [--parts 64] [--json FILE]

64 parts of 8 MiB, UNSIGNED-PAYLOAD, over loopback, each connection with an upload of its own; the servers keep their files in a
temporary folder (--folder, for a disk of choice). The programs take turns, and the medians count, with the least and the most
beside. Beside them stands the floor: the same bytes received from a socket by a plain program, digested by OpenSSL's MD5 and
written to a file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from instructions import MIB, Client

PART = 8 * MIB
RUN = 256 << 10  # of what the floor's program receives at once


class Cost(NamedTuple):
    """Seconds for a GiB."""

    own: float  # of the processor, in the program
    system: float  # of the processor, in the system for it
    clock: float

    @property
    def processor(self) -> float:
        return self.own + self.system


def cpu_seconds(pid: int) -> tuple[float, float]:
    """Of the process itself, and of the system for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


def in_threads(count: int, work) -> float:
    """Seconds that it took; a failure of one fails all."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as failure:  # noqa: BLE001: told below
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"an upload failed: {failures[0]!r}")
    return time.monotonic() - begun


def upload(port: int, connection: int, parts: int, body: bytes) -> None:
    client = Client(port)
    path = f"/films/object-{connection}"
    found = re.search(rb"<UploadId>([^<]+)<", client.ask("POST", path, "uploads="))
    if not found:
        raise SystemExit("no upload was begun")
    upload_id = found[1].decode()
    for number in range(1, parts + 1):
        client.ask("PUT", path, f"partNumber={number}&uploadId={upload_id}", body, "UNSIGNED-PAYLOAD")
    client.ask("DELETE", path, f"uploadId={upload_id}")


def pinned(processors: str | None) -> list[str]:
    return ["taskset", "--cpu-list", processors] if processors else []


def of_program(program: str, connections: int, parts: int, folder: Path, processors: str | None) -> Cost:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        ready = Path(own, "ready.json")
        server = subprocess.Popen([*pinned(processors), program, "serve", "--port", "0", "--data", f"{own}/data", "--quiet", "--bucket", "films",
                                   "--ready-file", str(ready)], stdin=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if server.poll() is not None:
                    raise SystemExit(f"{program} ended with {server.returncode}")
                time.sleep(0.02)
            port = json.loads(ready.read_text())["port"]
            body = os.urandom(PART)
            upload(port, 99, 1, body)
            before = cpu_seconds(server.pid)
            took = in_threads(connections, lambda number: upload(port, number, parts // connections, body))
            after = cpu_seconds(server.pid)
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        finally:
            server.kill()
    gibibytes = parts * PART / (1 << 30)
    return Cost((after[0] - before[0]) / gibibytes, (after[1] - before[1]) / gibibytes, took / gibibytes)


def serve_floor(listener: socket.socket, connections: int, parts: int, folder: str) -> None:
    """Receives, digests, writes; nothing else."""

    def receive(connection: socket.socket, name: str) -> None:
        buffer = memoryview(bytearray(RUN))
        for part in range(parts):
            digest = hashlib.md5(usedforsecurity=False)
            with open(f"{folder}/{name}-{part}", "wb", buffering=0) as file:
                left = PART
                while left:
                    count = connection.recv_into(buffer, min(left, RUN), socket.MSG_WAITALL)
                    if not count:
                        raise SystemExit("the floor's client went away")
                    digest.update(buffer[:count])
                    file.write(buffer[:count])
                    left -= count
            connection.sendall(digest.digest())

    threads = []
    for number in range(connections):
        thread = threading.Thread(target=receive, args=(listener.accept()[0], str(number)))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()


def of_floor(connections: int, parts: int, folder: Path, processors: str | None) -> Cost:
    with tempfile.TemporaryDirectory(dir=folder) as own, socket.create_server(("127.0.0.1", 0)) as listener:
        each = parts // connections
        child = os.fork()
        if child == 0:
            try:
                if processors:
                    os.sched_setaffinity(0, {int(number) for number in processors.split(",")})
                serve_floor(listener, connections, each, own)
            finally:
                sys.stdout.flush()
                os._exit(0)
        port = listener.getsockname()[1]
        body = os.urandom(PART)
        expected = hashlib.md5(body, usedforsecurity=False).digest()

        def send(_: int) -> None:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                for _ in range(each):
                    connection.sendall(body)
                    if connection.recv(16, socket.MSG_WAITALL) != expected:
                        raise SystemExit("the floor digested something else")

        took = in_threads(connections, send)
        usage = os.wait4(child, 0)[2]
        shutil.rmtree(own, ignore_errors=True)
        os.makedirs(own)
    gibibytes = parts * PART / (1 << 30)
    return Cost(usage.ru_utime / gibibytes, usage.ru_stime / gibibytes, took / gibibytes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    parser.add_argument("--connections", default="1,8")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", type=int, default=64)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--server-processors", metavar="N,…", help="the processors that servers may use")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    measured: dict[str, dict[str, list[Cost]]] = {}
    for connections in (int(number) for number in arguments.connections.split(",")):
        rows: dict[str, list[Cost]] = {name: [] for name in ["floor", *arguments.programs]}
        for _ in range(arguments.rounds):
            rows["floor"].append(of_floor(connections, arguments.parts, arguments.folder, arguments.server_processors))
            for program in arguments.programs:
                rows[program].append(of_program(program, connections, arguments.parts, arguments.folder, arguments.server_processors))
        measured[str(connections)] = rows
        floor = statistics.median(cost.processor for cost in rows["floor"])
        for name, runs in rows.items():
            used = [run.processor for run in runs]
            print(f"{connections} connections, {name}: {statistics.median(used):.2f} s/GiB ({min(used):.2f} to {max(used):.2f}), "
                  f"{statistics.median(run.own for run in runs):.2f} of them its own, "
                  f"{statistics.median(used) / floor:.2f} F; {statistics.median(run.clock for run in runs):.2f} s of the clock", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
