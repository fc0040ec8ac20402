"""`partsmith conform` against what is hardly an S3 server: it comes to an end, in time, and says what happened."""

from __future__ import annotations

import re
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.server import BINARY

Send = Callable[[bytes], None]


def answer(body: bytes, status: str = "200 OK", version: str = "1.1") -> bytes:
    return f"HTTP/{version} {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Hostile(socketserver.ThreadingTCPServer):
    """Reads whole requests, and lets `behave` do as it likes with each: False ends the connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behave: Callable[[str, Send, int], bool]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.over = threading.Event()
        self.counted = threading.Lock()
        self.requests = 0
        self.body_bytes = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client may end a connection whenever it has had enough."""


class Handler(socketserver.StreamRequestHandler):
    server: Hostile

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline().lower()).strip():
                if header.startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
                if header.startswith(b"expect:"):
                    self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            read = len(self.rfile.read(length))
            with self.server.counted:
                self.server.requests += 1
                self.server.body_bytes += read
                number = self.server.requests
            if not self.server.behave(line.decode().split(" ")[0], self.request.sendall, number):
                return


@contextmanager
def hostile(behave: Callable[[str, Send, int], bool]) -> Iterator[Hostile]:
    with Hostile(behave) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


def conform(server: Hostile, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([BINARY, "conform", "--endpoint", server.url, "--access-key", "a", "--secret-key", "b", *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def says(body: bytes, **how: str) -> Callable[[str, Send, int], bool]:
    def behave(method: str, send: Send, number: int) -> bool:
        whole = answer(body, **how)
        send(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else whole)
        return how.get("version") != "1.0"
    return behave


def sends(piece: bytes, then: bytes = b"", pause: float = 0) -> Callable[[str, Send, int], bool]:
    """`piece` once, and `then` over and over."""
    def behave(method: str, send: Send, number: int) -> bool:
        send(piece)
        while then:
            send(then)
            time.sleep(pause)
        return False
    return behave


@pytest.mark.parametrize("behave", [
    says(b"<a><b>&&&\x00\xff<<<"), says(b""), says(b"<a>" * 100_000), says(b"<x/>", version="1.0"),
    says(b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>"),
    says(b'<InitiateMultipartUploadResult><UploadId>../"$(x)\n</UploadId></InitiateMultipartUploadResult>'),
], ids=["no XML", "nothing", "very deep XML", "HTTP/1.0", "a listing without end", "an upload ID that is a trap"])
def test_a_server_that_answers_everything_alike_fails_and_no_check_is_at_fault(
        behave: Callable[[str, Send, int], bool]) -> None:
    with hostile(behave) as server:
        done = conform(server, "--jobs", "2", "--only", "multipart.*.*", "--skip", "*checksum*", "--budget", "20MiB")
    assert done.returncode == 1, done.stderr
    last = done.stdout.decode(errors="replace").splitlines()[-1]
    assert re.match(r"\d+ passed, \d+ failed", last) and "in error" not in last


@pytest.mark.parametrize(("behave", "told"), [
    (lambda method, send, number: False, "closed the connection"),
    (lambda method, send, number: time.sleep(60) or False, "time ran out"),
    (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a", pause=0.2), "time ran out"),
    (sends(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "time ran out"),
    (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65536 + b"\r\n"), "more than"),
    (sends(b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n"), "too many headers"),
    (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), "closed the connection"),
    (sends(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), "not an HTTP answer"),
    (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n"), "not an HTTP answer"),
    (sends(b"SSH-2.0-OpenSSH\r\n"), "not an HTTP answer"),
    (says(b"<Error><Code>TemporaryRedirect</Code></Error>", status="307 Temporary Redirect"), "TemporaryRedirect (307)"),
], ids=["closes", "never answers", "a byte now and then", "100 Continue for ever", "a body without end", "headers without end",
        "a body cut short", "a negative length", "no chunk", "another protocol", "redirects"])
def test_an_endpoint_that_makes_no_bucket_is_told_in_one_line_and_in_time(
        behave: Callable[[str, Send, int], bool], told: str) -> None:
    with hostile(behave) as server:
        done = conform(server, "--timeout", "1")
    text = done.stderr.decode()
    assert done.returncode == 2
    assert told in text.splitlines()[-1] and done.stdout == b""


def test_a_server_that_stops_answering_ends_the_run_and_what_may_be_left_is_told() -> None:
    def only_the_bucket(method: str, send: Send, number: int) -> bool:
        if number > 1:
            server.over.wait(100)
            return False
        send(answer(b""))
        return True

    with hostile(only_the_bucket) as server:
        done = conform(server, "--timeout", "1", "--jobs", "2")
    text = done.stdout.decode()
    assert done.returncode == 2
    assert "the endpoint stopped answering" in text
    assert "left over: bucket partsmith-conform-" in text


def test_no_more_is_sent_than_the_budget_allows() -> None:
    with hostile(says(b"<x/>")) as server:
        done = conform(server, "--budget", "8MiB", "--max-requests", "200")
    assert done.returncode == 1
    # Cleaning up comes on top, without bodies: see docs/real-s3.md.
    assert server.body_bytes <= 8 << 20
