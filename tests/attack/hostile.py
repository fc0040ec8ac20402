"""Requests that no SDK sends, signed all the same, and what they cost the server."""

from __future__ import annotations

import datetime
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.server import ACCESS_KEY, SECRET_KEY, Server

PATIENCE = 60.0
Lines = Sequence[tuple[str, str]]


def signed(server: Server, method: str, target: str, body: bytes = b"", more: Lines = (),
           region: str = "us-east-1") -> list[tuple[str, str]]:
    """The header lines of a request whose signature is right; `more` are signed, too."""
    request = AWSRequest(method, server.url + target, data=body, headers=dict(more))
    S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", region).add_auth(request)
    return [("Host", f"127.0.0.1:{server.port}"), *((name, str(value)) for name, value in request.headers.items())]


def wrongly_signed(server: Server, signed_headers: str) -> list[tuple[str, str]]:
    """Header lines that anybody can send: the signature is 00."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    return [("Host", f"127.0.0.1:{server.port}"), ("x-amz-date", now), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ("Authorization", f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{now[:8]}/us-east-1/s3/aws4_request, "
                              f"SignedHeaders={signed_headers}, Signature=00")]


def head(method: str, target: str, lines: Lines, body: bytes = b"") -> bytes:
    """The whole request."""
    length = [("Content-Length", str(len(body)))] if body or method in ("PUT", "POST") else []
    text = "".join(f"{name}: {value}\r\n" for name, value in [*lines, *length, ("Connection", "close")])
    return f"{method} {target} HTTP/1.1\r\n{text}\r\n".encode("latin-1") + body


def exchange(server: Server, request: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        try:
            connection.sendall(request)
        except ConnectionError:
            pass  # it has answered before it has read everything
        answer = bytearray()
        try:
            while data := connection.recv(1 << 16):
                answer += data
        except ConnectionResetError:
            pass
        return bytes(answer)


def send(server: Server, method: str, target: str, body: bytes = b"", more: Lines = ()) -> bytes:
    """Signed rightly."""
    return exchange(server, head(method, target, signed(server, method, target, body, more), body))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def document(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


@dataclass
class Cost:
    bytes_in: int
    bytes_out: int
    cpu_seconds: float


def cpu_seconds(server: Server) -> float:
    """That the server has used since its start."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(server: Server, request: bytes, times: int = 1) -> tuple[bytes, Cost]:
    """The last answer, and what one request cost."""
    before = cpu_seconds(server)
    answer = b""
    for _ in range(times):
        answer = exchange(server, request)
    return answer, Cost(len(request), len(answer), (cpu_seconds(server) - before) / times)
