"""Requests that are signed before the clock runs, and the program that sends them from several connections."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import random
import statistics
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from against.servers import Running
from instructions import MIB, signed_headers

UNSIGNED = "UNSIGNED-PAYLOAD"
TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
CHUNK = MIB  # as botocore frames them


class Refused(Exception):
    """A server's answer that isn't a success."""


@dataclass(frozen=True)
class Body:
    """What is sent, as it is on the wire, with the headers that go with it."""

    wire: bytes
    payload: str = UNSIGNED
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str = ""
    """Sorted, and each name has a value."""
    body: Body | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Told:
    seconds: float
    milliseconds: list[float]
    received: int

    def percentile(self, hundredth: float) -> float:
        times = sorted(self.milliseconds)
        return times[min(len(times) - 1, int(len(times) * hundredth / 100))]

    def median(self) -> float:
        return statistics.median(self.milliseconds)


def whole_text(server: Running, request: Request) -> str:
    body = request.body
    more = dict([*request.headers, *(body.headers if body else ())])
    headers = signed_headers(f"127.0.0.1:{server.port}", request.method, request.path, request.query, body.payload if body else UNSIGNED,
                             server.keys, more)
    headers["content-length"] = str(len(body.wire) if body else 0)
    target = request.path + ("?" + request.query if request.query else "")
    return f"{request.method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"


@dataclass(frozen=True)
class Load:
    """The program of `bench/load`, kept to some processors."""

    binary: str
    processors: frozenset[int]

    def send(self, server: Running, connections: list[list[Request]]) -> Told:
        with tempfile.TemporaryDirectory() as folder:
            bodies: dict[Body, int] = {}
            for body in (request.body for requests in connections for request in requests if request.body):
                bodies.setdefault(body, len(bodies))
            files = []
            for body, number in bodies.items():
                file = Path(folder, str(number))
                file.write_bytes(body.wire)
                files.append(str(file))
            plan = Path(folder, "plan.json")
            plan.write_text(json.dumps({"port": server.port, "bodies": files, "connections": [
                [{"head": whole_text(server, request), "body": bodies[request.body] if request.body else None} for request in requests]
                for requests in connections]}))
            told = subprocess.run([self.binary, str(plan)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
                                  preexec_fn=lambda: os.sched_setaffinity(0, self.processors))
        answer = json.loads(told.stdout)
        if "refused" in answer:
            raise Refused(f"{answer['refused']} {answer['answer'][:200]}")
        return Told(**answer)


@functools.cache
def random_bytes(size: int) -> bytes:
    return random.Random(1).randbytes(size)


@functools.cache
def plain(size: int) -> Body:
    return Body(random_bytes(size))


@functools.cache
def signed(size: int) -> Body:
    return Body(random_bytes(size), hashlib.sha256(random_bytes(size)).hexdigest())


@functools.cache
def with_trailer(size: int, algorithm: str) -> Body:
    content = random_bytes(size)
    checksum = {"crc32": lambda: zlib.crc32(content).to_bytes(4, "big"), "crc64nvme": lambda: crc64nvme(content).to_bytes(8, "big")}[algorithm]()
    chunks = [content[begin:begin + CHUNK] for begin in range(0, size, CHUNK)]
    framed = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    trailer = f"0\r\nx-amz-checksum-{algorithm}:{base64.b64encode(checksum).decode()}\r\n\r\n".encode()
    return Body(framed + trailer, TRAILER, (("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", str(size)),
                                            ("x-amz-trailer", f"x-amz-checksum-{algorithm}")))


def crc64nvme(content: bytes) -> int:
    """Bit for bit; a second for some MiB, and only once."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x9A6C9329AC4BC9B5 if byte & 1 else 0)
        table.append(byte)
    value = (1 << 64) - 1
    for byte in content:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ (1 << 64) - 1
