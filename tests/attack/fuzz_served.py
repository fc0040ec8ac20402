"""Random requests against a served program, and what must never come of them: an end of the process, a sanitizer's report, a
500, an answer that can't be read, a silence, a folder that isn't whole.

Run as a program it goes on for as long as is said:
    python fuzz_served.py PARTSMITH [--seconds 3600] [--seed N] [--requests 4000]
Each round is a server of its own; a fault is told with its requests, which `--seed` of the round and `--requests` make again.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import re
import socket
import struct
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fuzz_requests import Maker, Wire
from fuzz_signing import Draft, sign

SILENCE = 60.0
"""Seconds after which a server that was sent a whole request, and says nothing, hangs."""
REPORTS = re.compile(r"(ERROR: \w+Sanitizer|runtime error:|terminate called|Assertion|SUMMARY: \w+Sanitizer|bug:)")


class Fault(AssertionError):
    pass


@dataclass
class Answer:
    status: int
    fields: dict[str, str]
    body: bytes


@dataclass
class Tally:
    """What came back, by kind of request."""

    answers: collections.Counter[str] = field(default_factory=collections.Counter)
    codes: collections.Counter[str] = field(default_factory=collections.Counter)

    def lines(self) -> str:
        answers = ", ".join(f"{what} {count}" for what, count in sorted(self.answers.items()))
        return f"answers: {answers}\ncodes: {', '.join(f'{code} {count}' for code, count in self.codes.most_common())}"


class Reader:
    """Answers out of a connection, one after the other."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._data = b""

    def _more(self) -> bool:
        piece = self._connection.recv(1 << 16)
        self._data += piece
        return piece != b""

    def next(self, method: str) -> Answer | None:
        """None where the connection ends before a head is whole."""
        while b"\r\n\r\n" not in self._data:
            if not self._more():
                return None
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        matched = re.fullmatch(r"HTTP/1\.1 (\d{3}) [ -~]*", lines[0])
        if matched is None or not all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0-\x08\n-\x1f\x7f]*", line) for line in lines[1:]):
            raise Fault(f"no head of an answer: {head!r}")
        status = int(matched[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if 100 <= status < 200:
            return self.next(method)
        if method == "HEAD" or status in (204, 304):
            return Answer(status, fields, b"")
        length = int(fields.get("content-length", "0"))
        if fields.get("transfer-encoding") == "chunked":
            raise Fault(f"chunked, which no answer is: {head!r}")
        while len(self._data) < length:
            if not self._more():
                return None
        body, self._data = self._data[:length], self._data[length:]
        return Answer(status, fields, body)


class Round:
    """One server, and what is sent to it."""

    def __init__(self, program: str, seed: int, tally: Tally):
        self.program, self.seed, self.tally = program, seed, tally
        self.recent: collections.deque[bytes] = collections.deque(maxlen=8)

    def run(self, requests: int, until: float = float("inf")) -> int:
        """How many requests were made; a Fault for what must not be."""
        with tempfile.TemporaryDirectory(prefix="partsmith-fuzz-") as name:
            folder = Path(name)
            with self._serving(folder) as (process, port):
                sent = self._go(process, port, requests, until)
                process.terminate()
                code = process.wait(300)
            log = (folder / "log").read_text(errors="replace")
            if code != 0 or REPORTS.search(log):
                raise Fault(self._story(f"the server ended with {code}", log))
            self._check_whole(folder)
        return sent

    @contextlib.contextmanager
    def _serving(self, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        ready, log = folder / "ready.json", folder / "log"
        command = [self.program, "serve", "--port", "0", "--data", str(folder / "data"), "--quiet", "--quota", "200MiB", "--ready-file", str(ready), "--bucket", "films", "--bucket", "versioned"]
        with log.open("wb") as stream, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream) as process:
            try:
                while not ready.exists():
                    if process.poll() is not None:
                        raise Fault(f"the server didn't start: {log.read_text(errors='replace')}")
                    time.sleep(0.01)
                yield process, json.loads(ready.read_text())["port"]
            except Fault as fault:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                raise Fault(self._story(str(fault), log.read_text(errors="replace"))) from fault
            finally:
                process.kill()

    def _story(self, what: str, log: str) -> str:
        sent = "\n".join(repr(data if len(data) < 20_000 else data[:10_000] + b" ... " + data[-2000:]) for data in self.recent)
        return f"seed {self.seed}: {what}\n--- the last requests, the last one last\n{sent}\n--- log\n{log[-20_000:]}"

    def _check_whole(self, folder: Path) -> None:
        done = subprocess.run([self.program, "fsck", "--data", str(folder / "data"), "--deep"], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0 or REPORTS.search(done.stderr):
            raise Fault(self._story(f"fsck ends with {done.returncode}", done.stdout + done.stderr))

    def _go(self, process: subprocess.Popen[bytes], port: int, requests: int, until: float) -> int:
        maker = Maker(f"127.0.0.1:{port}")
        versioning = Draft("PUT", "/versioned", [("versioning", "")], [("Host", maker.host)], b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        sign(versioning)
        self._exchange(random.Random(0), port, maker.framed(random.Random(0), versioning, versioning.body, "setup"), maker, True)
        sent = 0
        while sent < requests and time.monotonic() < until:
            one = random.Random(f"{self.seed}/{sent}")
            wires = [maker.make(one) for _ in range(one.choice([1] * 12 + [2, 3]))]
            together = wires[0] if len(wires) == 1 else Wire(
                b"".join(wire.data for wire in wires), "; ".join(wire.what for wire in wires), [method for wire in wires for method in wire.methods])
            try:
                self._exchange(one, port, together, maker, False)
            except (ConnectionRefusedError, ConnectionResetError):  # it ended between two connections
                process.wait(60)
            sent += len(wires)
            if process.poll() is not None:
                raise Fault(f"the server ended with {process.returncode}")
        return sent

    def _exchange(self, random: random.Random, port: int, wire: Wire, maker: Maker, whole: bool) -> None:
        self.recent.append(wire.data)
        data = wire.data
        how = "whole" if whole else random.choices(["whole", "pieces", "cut", "reset", "half closed"], [70, 10, 5, 3, 12])[0]
        with socket.create_connection(("127.0.0.1", port), timeout=SILENCE) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if how in ("cut", "reset"):
                data = data[:random.randrange(len(data) + 1)]
            try:
                if how == "pieces":
                    at = 0
                    while at < len(data):
                        size = random.choice([1, 7, 100, 5000, 100_000])
                        connection.sendall(data[at:at + size])
                        at += size
                else:
                    connection.sendall(data)
                if how == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                connection.shutdown(socket.SHUT_WR)  # what is missing of a changed request never comes
                self._read(connection, wire, maker)
            except (ConnectionResetError, BrokenPipeError):
                self.tally.answers["reset"] += 1
            except TimeoutError as silence:
                raise Fault(f"silent for {SILENCE} s after {wire.what}") from silence

    def _read(self, connection: socket.socket, wire: Wire, maker: Maker) -> None:
        reader = Reader(connection)
        for method in wire.methods:
            answer = reader.next(method)
            if answer is None:
                self.tally.answers["closed"] += 1
                return
            self._judge(answer, wire, maker)
            if wire.part and "etag" in answer.fields:
                maker.learn_part(wire.part, answer.fields["etag"])

    def _judge(self, answer: Answer, wire: Wire, maker: Maker) -> None:
        self.tally.answers[f"{wire.what if ';' not in wire.what else 'pipelined'} {answer.status // 100}xx"] += 1
        code = re.search(rb"<Code>(\w+)</Code>", answer.body)
        if code and answer.status >= 400:
            self.tally.codes[code[1].decode()] += 1
        if answer.status == 500:
            raise Fault(f"500 {code and code[1]} to {wire.what}: {answer.body[:500]!r}")
        if answer.fields.get("content-type") == "application/xml" and answer.body and answer.status >= 300:
            try:
                ElementTree.fromstring(answer.body)
            except ElementTree.ParseError as error:
                raise Fault(f"a document that can't be read ({error}): {answer.body!r}") from error
        self._learn(answer, maker)

    def _learn(self, answer: Answer, maker: Maker) -> None:
        if "etag" in answer.fields:
            maker.learn("etag", answer.fields["etag"])
        if "x-amz-version-id" in answer.fields:
            maker.learn("version", answer.fields["x-amz-version-id"])
        made = re.search(rb"<Key>(.*?)</Key><UploadId>([^<]+)</UploadId></InitiateMultipartUploadResult>", answer.body)
        if made:
            maker.learn("upload", f"{made[1].decode('latin-1')}?{made[2].decode()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--requests", type=int, default=4000, help="of a round")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else int.from_bytes(os.urandom(3))
    tally, sent, until = Tally(), 0, time.monotonic() + arguments.seconds
    while time.monotonic() < until:
        sent += Round(arguments.program, seed, tally).run(arguments.requests, until)
        print(f"seed {seed}: {sent} requests in all\n{tally.lines()}", flush=True)
        seed += 1


if __name__ == "__main__":
    main()
