#!/usr/bin/env python3
"""How long requests take that others could hold up: the median, the 99th of a hundred, and the slowest, in milliseconds.

    bench/stalls.py PROGRAM [PROGRAM2] [--rounds N] [--requests N] [--connections N] [--only WORK] [--data FOLDER]

Each round starts a server of each program in turn, so that what else the machine does hits both; told are medians over the rounds.
Requests are signed before the clock runs, and each connection is a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from instructions import KIB, MIB, Client, signed_headers

UNSIGNED = "UNSIGNED-PAYLOAD"


def signed(port: int, method: str, path: str, query: str, body: bytes) -> bytes:
    """A whole request. `query` is sorted, and each name has a value."""
    headers = signed_headers(f"127.0.0.1:{port}", method, path, query, UNSIGNED)
    headers["content-length"] = str(len(body))
    target = path + ("?" + query if query else "")
    return (f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode() + body


def answer_of(connection: socket.socket) -> None:
    text = b""
    while b"\r\n\r\n" not in text:
        text += connection.recv(64 * KIB)
    head, rest = text.split(b"\r\n\r\n", 1)
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
        raise SystemExit(text.decode(errors="replace"))
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    left = (int(length[1]) if length else 0) - len(rest)
    while left > 0:
        left -= len(connection.recv(64 * KIB))


def ask_all(port: int, requests: list[tuple[str, str, str, bytes]], start, times) -> None:
    prepared = [signed(port, *request) for request in requests]
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    start.wait()
    taken = []
    for request in prepared:
        begin = time.perf_counter()
        connection.sendall(request)
        answer_of(connection)
        taken.append((time.perf_counter() - begin) * 1000)
    times.put(taken)


def from_connections(port: int, of_each: list[list[tuple[str, str, str, bytes]]]) -> list[float]:
    """Milliseconds of each request."""
    start, times = multiprocessing.Barrier(len(of_each)), multiprocessing.Queue()
    clients = [multiprocessing.Process(target=ask_all, args=(port, requests, start, times)) for requests in of_each]
    for client in clients:
        client.start()
    taken = [time_ for _ in clients for time_ in times.get()]
    for client in clients:
        client.join()
    return taken


@contextmanager
def serving(program: str, data: Path | None) -> Iterator[int]:
    with tempfile.TemporaryDirectory(dir=data) as folder:
        ready = Path(folder, "ready.json")
        server = subprocess.Popen([program, "serve", "--port", "0", "--data", folder + "/data", "--quiet", "--bucket", "films",
                                   "--min-part-size", "1", "--ready-file", str(ready)], stdin=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if server.poll() is not None:
                    raise SystemExit(f"{program} ended with {server.returncode}")
                time.sleep(0.01)
            yield json.loads(ready.read_text())["port"]
            server.send_signal(signal.SIGTERM)
            server.wait(600)
        finally:
            server.kill()
            server.wait()


def begin(client: Client, key: str) -> str:
    found = re.search(rb"<UploadId>([^<]+)<", client.ask("POST", f"/films/{key}", "uploads="))
    assert found
    return found[1].decode()


def upload(client: Client, key: str, parts: int, body: bytes) -> tuple[str, bytes]:
    """An upload with its parts, and the document that completes it."""
    upload_id = begin(client, key)
    etag = hashlib.md5(body).hexdigest()
    for number in range(1, parts + 1):
        client.ask("PUT", f"/films/{key}", f"partNumber={number}&uploadId={upload_id}", body, UNSIGNED)
    rows = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n in range(1, parts + 1))
    return upload_id, f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()


def timed(client: Client, method: str, path: str, query: str, body: bytes = b"") -> float:
    begin_ = time.perf_counter()
    client.ask(method, path, query, body, UNSIGNED)
    return (time.perf_counter() - begin_) * 1000


def spread(times: list[float]) -> dict[str, float]:
    times = sorted(times)
    return {"median": statistics.median(times), "p99": times[int(len(times) * 0.99)], "slowest": times[-1]}


def puts(port: int, options: argparse.Namespace) -> dict[str, float]:
    body = b"x" * 4 * KIB
    return spread(from_connections(port, [[("PUT", f"/films/{connection:02}/{number:05}", "", body) for number in range(options.requests)]
                                          for connection in range(options.connections)]))


def parts(port: int, options: argparse.Namespace) -> dict[str, float]:
    client, body = Client(port), b"x" * 64 * KIB
    uploads = [begin(client, f"u{connection}") for connection in range(options.connections)]
    return spread(from_connections(port, [[("PUT", f"/films/u{connection}", f"partNumber={number + 1}&uploadId={uploads[connection]}", body)
                                           for number in range(min(options.requests, 10_000))] for connection in range(options.connections)]))


def delete_large(port: int, options: argparse.Namespace) -> dict[str, float]:
    client = Client(port)
    upload_id, document = upload(client, "large", options.parts, b"x" * options.part_size * MIB)
    timed(client, "POST", "/films/large", f"uploadId={upload_id}", document)
    start, times = multiprocessing.Barrier(2), multiprocessing.Queue()
    others = [("PUT", f"/films/o{number}", "", b"x" * 4 * KIB) for number in range(1_000)]
    other = multiprocessing.Process(target=ask_all, args=(port, others, start, times))
    other.start()
    start.wait()
    answer = timed(client, "DELETE", "/films/large", "")
    found = {"answer": answer, **{f"puts meanwhile, {name}": value for name, value in spread(times.get()).items()}}
    other.join()
    return found


WORKS = {"put of 4 KiB": puts, "part of 64 KiB": parts, "delete of a large object": delete_large}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1_000, help="of each connection")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--parts", type=int, default=1_000, help="of the large object")
    parser.add_argument("--part-size", type=int, default=1, help="of the large object's parts, in MiB")
    parser.add_argument("--only", metavar="WORK", help="those whose name has that in it")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where the servers' folders are made")
    options = parser.parse_args()
    print("| milliseconds | " + " | ".join(options.programs) + " |\n|---|" + "---|" * len(options.programs))
    for work, measure in WORKS.items():
        if options.only and options.only not in work:
            continue
        seen: list[list[dict[str, float]]] = [[] for _ in options.programs]
        for _ in range(options.rounds):
            for program, rounds in zip(options.programs, seen, strict=True):
                with serving(program, options.data) as port:
                    rounds.append(measure(port, options))
        for name in seen[0][0]:
            values = [[found[name] for found in rounds] for rounds in seen]
            cells = [f"{statistics.median(all_):.2f} ({min(all_):.2f} to {max(all_):.2f})" for all_ in values]
            print(f"| {work}: {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
