"""Clients that send, or take, a byte a second: each kind of slowness, by the hundred, against one server.

Run as a program it measures what they do to others:
    python slow_clients.py PARTSMITH [--tls] [--count 256] [--seconds 20] [KIND…]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import http.client
import os
import resource
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FOREVER = 1_000_000
"""Bytes announced of bodies that never end."""


@dataclass(frozen=True)
class Slowness:
    """How a slow client begins, what it adds each second, and whether it is one that takes an answer."""

    beginning: bytes
    drop: bytes = b"a"
    takes: bool = False
    needs_signature: bool = False
    shakes_hands: bool = True


def _put(fields: str, body: bytes = b"", key: str = "slow") -> bytes:
    return f"PUT /films/{key} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode() + body


KINDS: dict[str, Slowness] = {
    "idle": Slowness(b"", b""),
    "head": Slowness(b"GET /films/a HTTP/1.1\r\nHost: localhost\r\nX: "),
    "large head": Slowness(b"GET /films/a HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 60_000),
    "body": Slowness(_put(f"Content-Length: {FOREVER}\r\n"), needs_signature=True),
    "filled body": Slowness(_put(f"Content-Length: {FOREVER}\r\n", b"x" * 900_000), needs_signature=True),
    "chunked body": Slowness(_put("Transfer-Encoding: chunked\r\nx-amz-decoded-content-length: 9\r\n", b"00"),
                             b"0", needs_signature=True),
    "continue": Slowness(_put(f"Content-Length: {FOREVER}\r\nExpect: 100-continue\r\n"), b"", needs_signature=True),
    "many fields": Slowness(_put(f"Content-Length: {FOREVER}\r\n" + "a:\r\n" * 1900), needs_signature=True),
    "document": Slowness(b"POST /films/slow?uploadId=x HTTP/1.1\r\nHost: localhost\r\n"
                         b"Content-Length: 4000000\r\n\r\n" + b"<" * 3_900_000, needs_signature=True),
    "form": Slowness(b"POST /films HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=B\r\n"
                     b"Content-Length: 1000000\r\n\r\n--"),
    "drain": Slowness(_put("Content-Length: 60000\r\n")),
    "linger": Slowness(_put("Content-Length: 6000000\r\n")),
    "answer": Slowness(b"GET /films/large HTTP/1.1\r\nHost: localhost\r\n\r\n", takes=True, needs_signature=True),
    "listing": Slowness(b"GET /films?list-type=2&encoding-type=url HTTP/1.1\r\nHost: localhost\r\n\r\n", takes=True,
                        needs_signature=True),
    "handshake": Slowness(b"\x16\x03\x01\x02\x00\x01", b"\0", shakes_hands=False),
}


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed(request: bytes) -> bytes:
    """With Signature V4 over its Host, for the keys `test` and `test`."""
    head, _, body = request.partition(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    path, _, query = target.partition("?")
    canonical_query = "&".join(sorted(item if "=" in item else item + "=" for item in query.split("&") if item))
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    fields = f"host:localhost\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:{now}\n"
    names = "host;x-amz-content-sha256;x-amz-date"
    canonical = "\n".join([method, path, canonical_query, fields, names, "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4test"
    for part in [now[:8], "us-east-1", "s3", "aws4_request"]:
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    more = (f"\r\nx-amz-date: {now}\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\nAuthorization: AWS4-HMAC-SHA256 "
            f"Credential=test/{scope}, SignedHeaders={names}, Signature={signature}")
    return head + more.encode() + b"\r\n\r\n" + body


def connect(port: int, context: ssl.SSLContext | None = None, timeout: float = 60) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(stream, server_hostname="localhost") if context else stream


def exchange(stream: socket.socket, request: bytes) -> bytes:
    """The status and the body of the answer."""
    stream.sendall(request)
    answer = http.client.HTTPResponse(stream)
    answer.begin()
    return str(answer.status).encode() + b" " + answer.read()


def send(port: int, request: bytes, context: ssl.SSLContext | None = None, timeout: float = 60) -> bytes:
    """One request on a connection of its own."""
    with connect(port, context, timeout) as stream:
        return exchange(stream, request)


def prepare(port: int, context: ssl.SSLContext | None = None) -> None:
    """What the kinds need: a bucket with an object of 64 MiB, and a listing whose every key is long and escaped."""
    bodies = {"a": b"x", "large": bytes(64 * 1024 * 1024)}
    bodies |= {f"{i:04}" + "%01" * 1000: b"" for i in range(1000)}
    with connect(port, context) as stream:
        make_bucket = signed(b"PUT /films HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert exchange(stream, make_bucket).startswith(b"200")
        for key, body in bodies.items():
            put = signed(_put(f"Content-Length: {len(body)}\r\n", body, key))
            assert exchange(stream, put).startswith(b"200")


class SlowClients:
    """So many of a kind, until the block ends."""

    def __init__(self, port: int, kind: str, count: int, context: ssl.SSLContext | None = None):
        self._slowness = KINDS[kind]
        request = self._slowness.beginning
        if self._slowness.needs_signature:
            request = signed(request)
        self._streams: list[socket.socket] = []
        self._ended = threading.Event()
        for _ in range(count):
            self._streams.append(self._begin(port, request, context))
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def _begin(self, port: int, request: bytes, context: ssl.SSLContext | None) -> socket.socket:
        stream = connect(port, context if self._slowness.shakes_hands else None)
        if self._slowness.takes:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.settimeout(1 if len(request) > 100_000 else 60)
        with contextlib.suppress(OSError):
            stream.sendall(request)
        stream.setblocking(False)
        return stream

    def _go_on(self) -> None:
        while not self._ended.wait(1):
            for stream in self._streams:
                with contextlib.suppress(OSError):
                    if self._slowness.takes:
                        stream.recv(1)
                    elif self._slowness.drop:
                        stream.send(self._slowness.drop)

    def __enter__(self) -> SlowClients:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for stream in self._streams:
            stream.close()


def memory(process: int, what: str = "VmRSS") -> int:
    """Of the process, in MiB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) // 1024
    raise AssertionError(what)


def trusting(ca_file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file))


@contextlib.contextmanager
def _serving(program: str, tls: bool) -> Iterator[tuple[int, int, ssl.SSLContext | None]]:
    with tempfile.TemporaryDirectory() as folder:
        ready, ca_file = Path(folder, "ready.json"), Path(folder, "ca.pem")
        options = ["--tls-self-signed", str(ca_file)] if tls else []
        command = [program, "serve", "--port", "0", "--ephemeral", "--quiet", "--ready-file", str(ready), *options]
        with subprocess.Popen(command, env=os.environ | {"TMPDIR": folder}) as process:
            while not ready.exists():
                time.sleep(0.01)
            port = int(ready.read_text().split('"port":')[1].split(",")[0].strip("} \n"))
            yield process.pid, port, trusting(ca_file) if tls else None
            begun = time.monotonic()
            process.terminate()
            process.wait()
            print(f"{'':14} stopped after {time.monotonic() - begun:.2f} s")


def _latency(port: int, request: bytes, context: ssl.SSLContext | None) -> float:
    begun = time.monotonic()
    try:
        status = send(port, request, context, 15)[:3]
    except OSError:
        status = b"none"
    return (time.monotonic() - begun) * 1000 if status == b"200" else float("inf")


def _measure(program: str, kind: str, arguments: argparse.Namespace) -> None:
    health = b"GET /_partsmith/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with _serving(program, arguments.tls) as (process, port, context):
        prepare(port, context)
        before = memory(process)
        with SlowClients(port, kind, arguments.count, context):
            end = time.monotonic() + arguments.seconds
            healths, gets, most = [], [], 0
            while time.monotonic() < end:
                healths.append(_latency(port, health, context))
                gets.append(_latency(port, signed(b"GET /films/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), context))
                most = max(most, memory(process))
                time.sleep(0.2)
            threads = len(os.listdir(f"/proc/{process}/task"))
        print(f"{kind:14} {arguments.count} clients: health median {sorted(healths)[len(healths) // 2]:.1f} max {max(healths):.1f} ms, "
              f"GET median {sorted(gets)[len(gets) // 2]:.1f} max {max(gets):.1f} ms; RSS {before} -> {most} MiB, {threads} threads",
              flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for kind in arguments.kinds:
        if not arguments.tls and not KINDS[kind].shakes_hands:
            continue
        _measure(arguments.program, kind, arguments)


if __name__ == "__main__":
    main()
