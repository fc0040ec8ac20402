"""A way to a server that counts what goes over it, and that a test may let answer by itself."""

from __future__ import annotations

import re
import select
import socket
import socketserver
import threading
from collections.abc import Callable

REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n")

Answering = Callable[[str, str, str], bytes | None]
"""Method and target of a request, and its head; bytes to answer with instead of the server, or None."""


def refusal(status: int, code: str, more: str = "", headers: str = "") -> bytes:
    """S3's error as bytes on the wire; the connection ends with it."""
    document = f"<Error><Code>{code}</Code><Message>by the proxy</Message>{more}</Error>"
    return (f"HTTP/1.1 {status} No\r\nContent-Type: application/xml\r\nContent-Length: {len(document)}\r\n{headers}"
            f"Connection: close\r\n\r\n{document}").encode()


def without_body(answer: bytes) -> bytes:
    """As HEAD is answered."""
    return answer[:answer.index(b"\r\n\r\n") + 4]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


class Proxy:
    """Bytes are passed on as they are, malformed ones too. A client waits for its answer before its next request: what
    it sends then, if it looks like one, is the next request."""

    def __init__(self, port: int, answering: Answering = lambda method, target, head: None):
        self.requests: list[tuple[str, str]] = []
        self.bytes = 0
        self._lock = threading.Lock()
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy._pass_on(self.request, port, answering)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _pass_on(self, client: socket.socket, port: int, answering: Answering) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            reading = [client, server]
            fresh = True  # the next bytes of the client may be a request
            while True:
                for ready in select.select(reading, [], [])[0]:
                    try:
                        piece = ready.recv(1 << 18)
                        instead = self._note(piece, answering, ready is client and fresh)
                        if instead is not None:
                            client.sendall(instead)
                            return
                        if piece:
                            (server if ready is client else client).sendall(piece)
                        elif ready is client:  # it may still read
                            reading.remove(client)
                            server.shutdown(socket.SHUT_WR)
                        else:
                            return
                    except OSError:  # one of the two has cut the connection; then the other sees the same
                        return
                    fresh = ready is server

    def _note(self, piece: bytes, answering: Answering, fresh: bool) -> bytes | None:
        line = REQUEST_LINE.match(piece) if fresh else None
        with self._lock:
            self.bytes += len(piece)
            if line is None:
                return None
            method, target = line[1].decode(), line[2].decode(errors="replace")
            self.requests.append((method, target))
        instead = answering(method, target, piece.partition(b"\r\n\r\n")[0].decode(errors="replace"))
        return without_body(instead) if instead and method == "HEAD" else instead
