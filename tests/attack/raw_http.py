"""Bytes over a socket, as no HTTP library would send them, and the bytes of the answer."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from support.server import Server

LONG = 120.0
"""Seconds after which a test gives up: it ends what hangs, and measures nothing."""


@dataclass
class RawAnswer:
    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def fields(self) -> list[tuple[str, bytes]]:
        """Names in lower case, values as they came."""
        lines = self.head.split(b"\r\n")[1:]
        return [(name.decode("latin-1").lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]

    def field(self, name: str) -> bytes | None:
        return next((value for each, value in self.fields() if each == name), None)


def connect(server: Server) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=LONG)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_answer(connection: socket.socket) -> RawAnswer:
    """To the end of the connection, which a reset may be."""
    answer = b""
    try:
        while piece := connection.recv(1 << 16):
            answer += piece
    except ConnectionResetError:
        pass
    head, _, body = answer.partition(b"\r\n\r\n")
    return RawAnswer(head, body)


def ask(server: Server, head: Iterable[bytes], body: bytes = b"") -> RawAnswer:
    """`head` are its lines. The answer is the connection's last."""
    with connect(server) as connection:
        connection.sendall(b"\r\n".join([*head, b"Connection: close", b"Content-Length: %d" % len(body), b"", b""]) + body)
        return read_answer(connection)
