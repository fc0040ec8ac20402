"""Stands before a server and gives it one bug: `python -m planted.proxy --bug NAME --upstream http://127.0.0.1:9000`."""

from __future__ import annotations

import argparse
import re
import select
import socket
import socketserver
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .message import Answer, Request, encoded
from .signing import Keys

Memory = defaultdict
"""What a faulty server remembers: dictionaries by name."""
Handle = Callable[[Request, "Server", Any], Answer]
LARGEST = 64 << 20
"""Bodies beyond this pass by unseen."""
HEAD = re.compile(rb"([A-Z]+) (/[^ ]*) HTTP/1\.1\r\n((?:[!-9;-~]+:[^\r\n]*\r\n)*)\r\n")


class Bug:
    def __init__(self, name: str, operations: tuple[str, ...], handle: Handle, unsigned: bool):
        self.name, self.operations, self.handle, self.unsigned = name, operations, handle, unsigned


BUGS: dict[str, Bug] = {}


def bug(name: str, *operations: str, unsigned: bool = False) -> Callable[[Handle], Handle]:
    """Registers what handles requests of these operations. Of others, and of those whose signature doesn't hold, it
    sees nothing, unless `unsigned`."""
    def register(handle: Handle) -> Handle:
        assert name not in BUGS, name
        BUGS[name] = Bug(name, operations, handle, unsigned)
        return handle
    return register


class Stream:
    """A connection, read with a buffer."""

    def __init__(self, connection: socket.socket):
        self.socket, self.buffer = connection, b""

    def more(self) -> bool:
        got = self.socket.recv(1 << 18)
        self.buffer += got
        return bool(got)

    def head(self) -> bytes:
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > 1 << 17 or not self.more():
                return b""
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def exactly(self, size: int) -> bytes:
        pieces = [self.buffer[:size]]
        self.buffer = self.buffer[size:]
        had = len(pieces[0])
        while had < size:
            got = self.socket.recv(min(size - had, 1 << 20))
            if not got:
                raise ConnectionError("the body was cut")
            pieces.append(got)
            had += len(got)
        return b"".join(pieces)

    def chunked(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                if not self.more():
                    raise ConnectionError("the body was cut")
            line, _, self.buffer = self.buffer.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            body += self.exactly(size)
            self.exactly(2)
            if size == 0:
                return body


class Server:
    """The server behind, as one connection sees it."""

    def __init__(self, origin: tuple[str, int], keys: Keys, host: str):
        self.origin, self.keys, self.host = origin, keys, host
        self.stream: Stream | None = None

    def connected(self) -> Stream:
        if self.stream and select.select([self.stream.socket], [], [], 0)[0]:
            self.close()
        if not self.stream:
            connection = socket.create_connection(self.origin, 60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = Stream(connection)
        return self.stream

    def close(self) -> None:
        if self.stream:
            self.stream.socket.close()
        self.stream = None

    def __call__(self, request: Request) -> Answer:
        """What the right server answers, to a request that is signed anew if it was changed."""
        if request.changed:
            self.keys.sign(request)
            query = "&".join(f"{encoded(n)}={encoded(v)}" if v else encoded(n) for n, v in request.query)
            request.target = request.path + (f"?{query}" if query else "")
            request.changed = False
            request.set_header("Content-Length", str(len(request.body)))
            if not request.body and request.method not in ("PUT", "POST"):
                request.drop_header("content-length")
            request.changed = False
        lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
        data = f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + request.body
        stream = self.connected()
        stream.socket.sendall(data)
        return self.read(stream, request.method)

    def ask(self, method: str, bucket: str, key: str = "", query: dict[str, str] | None = None,
            headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        """A request of the proxy's own."""
        request = Request(method, "/" + encoded(bucket) + ("/" + encoded(key, "/") if key else ""),
                          [("Host", self.host), *(headers or {}).items()], body)
        request.query = list((query or {}).items())
        request.changed = True
        return self(request)

    def read(self, stream: Stream, method: str) -> Answer:
        head = stream.head()
        if not head:
            raise ConnectionError("no answer")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        answer = Answer(status, lines[0].partition(" ")[2].partition(" ")[2],
                        [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines[1:] if line)], b"")
        if 100 <= status < 200:
            return self.read(stream, method)
        if method != "HEAD" and status not in (204, 304):
            if answer.header("transfer-encoding").lower() == "chunked":
                answer.body = stream.chunked()
                answer.drop_header("transfer-encoding")
            elif answer.has("content-length"):
                answer.body = stream.exactly(int(answer.header("content-length")))
            else:
                while stream.more():
                    pass
                answer.body, stream.buffer = stream.buffer, b""
        if answer.header("connection").lower() == "close":
            self.close()
        return answer


class Connection(socketserver.BaseRequestHandler):
    server: "Proxy"

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(120)
        client, upstream = Stream(self.request), Server(self.server.origin, self.server.keys, self.server.host)
        try:
            while self.one(client, upstream):
                pass
        except OSError:
            pass  # somebody hung up
        finally:
            upstream.close()

    def one(self, client: Stream, upstream: Server) -> bool:
        while b"\r\n\r\n" not in client.buffer:
            if not client.more():
                if client.buffer:
                    self.tunnel(client, upstream)
                return False
        parsed = HEAD.match(client.buffer)
        if not parsed:
            return self.tunnel(client, upstream)
        method, target, lines = (group.decode("latin-1") for group in parsed.groups())
        headers = [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines.split("\r\n") if line)]
        try:
            request = Request(method, target, headers)
        except ValueError:
            return self.tunnel(client, upstream)
        length = request.header("content-length", "0")
        if request.has("transfer-encoding") or not length.isdecimal():
            return self.tunnel(client, upstream)
        if request.operation not in self.server.bug.operations and "*" not in self.server.bug.operations:
            return self.pass_by(client, upstream, parsed.end(), int(length), method)
        if int(length) > LARGEST:
            return self.tunnel(client, upstream)
        return self.planted(client, upstream, request, parsed.end(), int(length))

    def planted(self, client: Stream, upstream: Server, request: Request, end: int, length: int) -> bool:
        whole, expects = client.buffer, request.has("expect")
        if expects and length and len(whole) - end < length:
            client.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.headers[:] = [h for h in request.headers if h[0].lower() != "expect"]
        pieces = [client.buffer[end:]]
        had = len(pieces[0])
        while had < length:
            ready = select.select([client.socket], [], [], 3.0)[0]  # less than checks wait
            got = client.socket.recv(1 << 20) if ready else b""
            pieces.append(got)
            had += len(got)
            if not got:
                client.buffer = whole[:end] + b"".join(pieces)
                return self.tunnel(client, upstream, ended=bool(ready))
        body = b"".join(pieces)
        request.body, client.buffer = body[:length], body[length:]
        bug = self.server.bug
        keys = self.server.keys
        seen = bug.unsigned or (keys.holds(request) and keys.in_time(request) and keys.chunks_hold(request) and
                               (request.has("content-length") or request.method not in ("PUT", "POST")))
        answer = bug.handle(request, upstream, self.server.memory) if seen else upstream(request)
        if request.method != "HEAD":
            answer.headers = [h for h in answer.headers if h[0].lower() != "content-length"]
            if answer.status not in (204, 304):
                answer.headers.append(("Content-Length", str(len(answer.body))))
        lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        body = b"" if request.method == "HEAD" or answer.status in (204, 304) else answer.body
        client.socket.sendall(f"HTTP/1.1 {answer.status} {answer.reason}\r\n{lines}\r\n".encode("latin-1") + body)
        return answer.header("connection").lower() != "close"

    def pass_by(self, client: Stream, upstream: Server, end: int, length: int, method: str) -> bool:
        """Byte for byte, and in both directions: an answer may come before the body is there."""
        stream = upstream.connected()
        left = end + length
        while left:
            if not client.buffer:
                ready = select.select([client.socket, stream.socket], [], [])[0]
                if stream.socket in ready:
                    if not stream.more():
                        return False
                    if not stream.buffer.startswith(b"HTTP/1.1 1"):
                        return self.answered_early(client, stream, left, method)
                    client.socket.sendall(stream.head())
                    continue
                if not client.more():
                    stream.socket.shutdown(socket.SHUT_WR)
                    return self.tunnel(client, upstream, ended=True)
            piece, client.buffer = client.buffer[:left], client.buffer[left:]
            stream.socket.sendall(piece)
            left -= len(piece)
        head = stream.head()
        while head.startswith(b"HTTP/1.1 1"):
            client.socket.sendall(head)
            head = stream.head()
        client.socket.sendall(head)
        lower = head.lower()
        status, body = int(head.split(b" ", 2)[1]) if head else 0, re.search(rb"\r\ncontent-length: *(\d+)", lower)
        if method == "HEAD" or status in (204, 304):
            pass
        elif body:
            size = int(body.group(1))
            while size:
                if not stream.buffer and not stream.more():
                    return False
                piece, stream.buffer = stream.buffer[:size], stream.buffer[size:]
                client.socket.sendall(piece)
                size -= len(piece)
        elif b"\r\ntransfer-encoding: chunked" in lower:
            self.pass_chunks(client, stream)
        else:
            return self.tunnel(client, upstream)
        return bool(head) and b"\r\nconnection: close" not in lower

    def answered_early(self, client: Stream, stream: Stream, left: int, method: str) -> bool:
        """An answer that didn't wait for the body ends the connection: what came next on it would pass by unseen."""
        head = stream.head()
        size = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
        body = stream.exactly(int(size.group(1))) if size and method != "HEAD" else b""
        client.socket.sendall(head[:-2] + (b"" if b"\r\nconnection:" in head.lower() else b"Connection: close\r\n") + b"\r\n" + body)
        left -= len(client.buffer)
        while left > 0 and select.select([client.socket], [], [], 3.0)[0]:
            got = client.socket.recv(1 << 18)
            left -= len(got)
            if not got:
                break
        return False

    def pass_chunks(self, client: Stream, stream: Stream) -> None:
        size = -1
        while size:
            while b"\r\n" not in stream.buffer:
                if not stream.more():
                    raise ConnectionError("the body was cut")
            line, _, stream.buffer = stream.buffer.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            client.socket.sendall(line + b"\r\n" + stream.exactly(size + 2))

    def tunnel(self, client: Stream, upstream: Server, ended: bool = False) -> bool:
        """The rest of the connection, unread."""
        stream = upstream.stream or upstream.connected()
        if client.buffer:
            stream.socket.sendall(client.buffer)
        if stream.buffer:
            client.socket.sendall(stream.buffer)
        if ended:
            stream.socket.shutdown(socket.SHUT_WR)
        open_ends = [stream.socket] if ended else [client.socket, stream.socket]
        while stream.socket in open_ends:
            for end in select.select(open_ends, [], [])[0]:
                got = end.recv(1 << 18)
                other = stream.socket if end is client.socket else client.socket
                if got:
                    other.sendall(got)
                elif end is stream.socket:
                    return False
                else:
                    open_ends.remove(end)
                    other.shutdown(socket.SHUT_WR)
        return False


class Proxy(socketserver.ThreadingTCPServer):
    """Serves until it is shut down; `port` is free for the asking."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, bug: Bug, upstream: str, keys: Keys, port: int = 0):
        url = urlsplit(upstream)
        self.origin, self.host = (url.hostname or "", url.port or 80), url.netloc
        self.bug, self.keys = bug, keys
        self.memory: Any = defaultdict(dict)
        self.faults: list[str] = []
        """Of the proxy's own, which spoil the experiment."""
        super().__init__(("127.0.0.1", port), Connection)
        self.port = self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.faults.append(traceback.format_exc())
        print(f"planted {self.bug.name}: {self.faults[-1]}", file=sys.stderr, flush=True)


def main() -> None:
    from . import bugs
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bug", required=True, choices=sorted(bugs.BUGS), metavar="NAME")
    parser.add_argument("--upstream", required=True, metavar="URL")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--access-key", default="test")
    parser.add_argument("--secret-key", default="test")
    parser.add_argument("--region", default="us-east-1")
    given = parser.parse_args()
    keys = Keys(given.access_key, given.secret_key, given.region)
    with Proxy(bugs.BUGS[given.bug], given.upstream, keys, given.port) as proxy:
        print(f"http://127.0.0.1:{proxy.port}", flush=True)
        proxy.serve_forever()


if __name__ == "__main__":
    main()
