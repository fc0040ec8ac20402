#!/usr/bin/env python3
"""What no server can do without, and nothing else: a body is received, digested by OpenSSL's MD5 and written to a file; a file is sent
by sendfile(2). It answers the requests of the rows that have a floor.

    floor.py FOLDER READY-FILE
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
import threading
from pathlib import Path

RUN = 256 << 10  # of what is received at once
FOLDER, READY = Path(sys.argv[1]), Path(sys.argv[2])


def path_of(target: str) -> Path:
    """Of a part, by its number; of an object, which is its parts one after the other, when it is read."""
    number = re.search(r"partNumber=(\d+)", target)
    return FOLDER / (target.partition("?")[0].rpartition("/")[2] + (f".{number[1]}" if number else ""))


def receive(connection: socket.socket, begun: bytes, length: int, path: Path) -> str:
    buffer, digest = memoryview(bytearray(RUN)), hashlib.md5(begun, usedforsecurity=False)
    with path.open("wb", buffering=0) as file:
        file.write(begun)
        left = length - len(begun)
        while left:
            count = connection.recv_into(buffer, min(left, RUN), socket.MSG_WAITALL)
            if not count:
                raise SystemExit("the sender went away")
            digest.update(buffer[:count])
            file.write(buffer[:count])
            left -= count
    return digest.hexdigest()


def join_parts(path: Path) -> None:
    """In one file, before it is measured how that is sent."""
    with path.open("wb") as whole:
        for number in range(1, len(list(FOLDER.glob(f"{path.name}.*"))) + 1):
            whole.write(path.with_name(f"{path.name}.{number}").read_bytes())


def send(connection: socket.socket, path: Path, head: str) -> None:
    asked = re.search(r"range: bytes=(\d+)-(\d+)", head)
    with path.open("rb") as file:
        begin, end = (int(asked[1]), int(asked[2]) + 1) if asked else (0, os.fstat(file.fileno()).st_size)
        connection.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {end - begin}\r\n\r\n".encode())
        while begin < end:
            begin += os.sendfile(connection.fileno(), file.fileno(), begin, end - begin)


def answer(connection: socket.socket, head: str, begun: bytes) -> None:
    method, target, _ = head.split(" ", 2)
    length = int((re.search(r"content-length: (\d+)", head) or [0, 0])[1])
    text = b""
    if method == "GET":
        send(connection, path_of(target), head)
        return
    if method == "PUT":
        receive(connection, begun, length, path_of(target))
    else:
        while len(begun) < length:
            begun += connection.recv(length - len(begun))
        if "uploadId=" in target:
            join_parts(path_of(target))
        text = b"<UploadId>1</UploadId>"
    connection.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {len(text)}\r\n\r\n".encode() + text)


def serve(connection: socket.socket) -> None:
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                more = connection.recv(RUN)
                if not more:
                    return
                received += more
            head, begun = received.split(b"\r\n\r\n", 1)
            answer(connection, head.decode().replace("Content-Length", "content-length"), begun)
            received = b""


def main() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        unfinished = READY.with_suffix(".new")
        unfinished.write_text(f'{{"port": {listener.getsockname()[1]}}}')
        unfinished.rename(READY)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
