#!/usr/bin/env python3
"""Instructions of the processor that a request costs the server, by valgrind's callgrind: they depend neither on what else the
machine does nor on its disk.

    bench/instructions.py PROGRAM [PROGRAM2] [--only KIND] [--keep FOLDER]
    bench/instructions.py PROGRAM --guard | --write REASON

Each kind of request is made so often, and then oftener, by servers of their own; the difference is what the requests cost, and
what starting and ending the server takes goes out of it. With two programs the ratio of the first to the second is told, too.
--keep leaves callgrind's files, for callgrind_annotate.

--guard holds them against bench/instructions.json, and ends with 1 when one has grown by more than a twentieth. --write puts them
there, with the reason. Libraries count, so each distribution has numbers of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import platform
import re
import ssl
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
KEPT = Path(__file__).with_name("instructions.json")
MOST_GROWTH = 1.05
SCOPE_END = "us-east-1/s3/aws4_request"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(host: str, method: str, path: str, query: str, payload: str, keys: tuple[str, str] = ("test", "test"),
                   more: dict[str, str] | None = None) -> dict[str, str]:
    """`query` is sorted, and each name has a value."""
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = dict(sorted({"host": host, "x-amz-content-sha256": payload, "x-amz-date": now, **(more or {})}.items()))
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = "\n".join([method, path, query, lines, ";".join(headers), payload])
    scope = f"{now[:8]}/{SCOPE_END}"
    key = b"AWS4" + keys[1].encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])).hex()
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders={';'.join(list(headers))}, Signature={signature}"
    return headers


class Client:
    """One connection that is kept."""

    def __init__(self, port: int, trusted: str | None = None, keys: tuple[str, str] = ("test", "test")):
        """Over TLS where there is a file of certificates to trust."""
        self._keys = keys
        self._host = f"127.0.0.1:{port}"
        self._connection = (http.client.HTTPSConnection("127.0.0.1", port, timeout=600, context=ssl.create_default_context(cafile=trusted))
                            if trusted else http.client.HTTPConnection("127.0.0.1", port, timeout=600))

    def ask(self, method: str, path: str, query: str = "", body: bytes = b"", payload: str | None = None,
            more: dict[str, str] | None = None) -> bytes:
        """`query` is sorted, and each name has a value."""
        payload = payload or hashlib.sha256(body).hexdigest()
        headers = signed_headers(self._host, method, path, query, payload, self._keys, more)
        self._connection.request(method, path + ("?" + query if query else ""), body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return text


@dataclass(frozen=True)
class Kind:
    """What is done once before, with what it returns for each request, and how often the request is made."""

    name: str
    prepare: Callable[[Client], str]
    request: Callable[[Client, str, int], object]
    few: int
    many: int


def _nothing(_: Client) -> str:
    return ""


def _object(client: Client) -> str:
    client.ask("PUT", "/films/a", body=b"x" * 4 * KIB)
    return ""


def _upload(client: Client) -> str:
    found = re.search(rb"<UploadId>([^<]+)<", client.ask("POST", "/films/a", "uploads="))
    if not found:
        raise SystemExit("no upload was begun")
    return found[1].decode()


def _objects_to_delete(client: Client) -> str:
    for number in range(400):
        client.ask("PUT", f"/films/{number}", body=b"x")
    return ""


def _parts(count: int) -> Callable[[Client], str]:
    def prepare(client: Client) -> str:
        upload = _upload(client)
        for number in range(1, count + 1):
            client.ask("PUT", "/films/a", f"partNumber={number}&uploadId={upload}", b"x")
        return upload

    return prepare


def _upload_of(parts: int) -> Callable[[Client, str, int], None]:
    def request(client: Client, _: str, number: int) -> None:
        upload = _parts(parts)(client)
        client.ask("POST", "/films/a", f"uploadId={upload}", _document(parts))

    return request


def _document(parts: int) -> bytes:
    etag = hashlib.md5(b"x").hexdigest()
    rows = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n in range(1, parts + 1))
    return f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()


def _thousand_keys(client: Client) -> str:
    for number in range(1000):
        client.ask("PUT", f"/films/key-{number:04}")
    return ""


KINDS = [
    Kind("put of 4 KiB", _nothing, lambda client, _, n: client.ask("PUT", f"/films/{n}", body=b"x" * 4 * KIB), 100, 400),
    Kind("get of 4 KiB", _object, lambda client, _, n: client.ask("GET", "/films/a"), 100, 400),
    Kind("part of 8 MiB", _upload, lambda client, upload, n: client.ask(
        "PUT", "/films/a", f"partNumber={n + 1}&uploadId={upload}", b"x" * 8 * MIB, "UNSIGNED-PAYLOAD"), 2, 6),
    Kind("delete", _objects_to_delete, lambda client, _, n: client.ask("DELETE", f"/films/{n}"), 100, 400),
    Kind("create, one part, complete", _nothing, _upload_of(1), 50, 200),
    Kind("create, 20 parts, complete", _nothing, _upload_of(20), 5, 20),
    Kind("page of 1,000 keys", _thousand_keys, lambda client, _, n: client.ask("GET", "/films", "list-type=2"), 5, 25),
    Kind("page of 1,000 parts", _parts(1000), lambda client, upload, n: client.ask("GET", "/films/a", f"uploadId={upload}"), 5, 25),
]


def instructions(program: str, kind: Kind, times: int, out: Path) -> int:
    """Of a server that was asked so often, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        server = subprocess.Popen(["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}", program, "serve", "--port", "0",
                                   "--ephemeral", "--quiet", "--bucket", "films", "--min-part-size", "1", "--ready-file", str(ready)], stdin=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if server.poll() is not None:
                    raise SystemExit(f"{program} ended with {server.returncode}")
                time.sleep(0.05)
            client = Client(json.loads(ready.read_text())["port"])
            prepared = kind.prepare(client)
            for number in range(times):
                kind.request(client, prepared, number)
            server.send_signal(signal.SIGTERM)
            server.wait(600)
        finally:
            server.kill()
    found = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)
    if not found:
        raise SystemExit(f"{out} has no sum")
    return int(found[1])


def of_one_request(program: str, kind: Kind, folder: Path) -> float:
    name = f"{Path(program).name}-{re.sub(r'[ ,]+', '-', kind.name)}"
    few, many = (instructions(program, kind, times, folder / f"{name}-{times}.callgrind") for times in (kind.few, kind.many))
    return (many - few) / (kind.many - kind.few)


def system() -> str:
    facts = platform.freedesktop_os_release()
    return f"{facts['ID']} {facts.get('VERSION_ID', '')} {platform.machine()}"


def held(costs: dict[str, float]) -> bool:
    """Tells each that has grown too much."""
    kept = json.loads(KEPT.read_text())
    if system() not in kept:
        raise SystemExit(f"{KEPT.name} has no numbers of {system()}: --write them")
    good = True
    for name, cost in costs.items():
        before = kept[system()]["instructions"][name]
        if cost > before * MOST_GROWTH:
            print(f"{name}: {cost:,.0f} instructions, {cost / before:.3f} times the {before:,} of {KEPT.name}")
            good = False
    return good


def write(costs: dict[str, float], reason: str) -> None:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept[system()] = {"reason": reason, "instructions": {name: round(cost) for name, cost in costs.items()}}
    KEPT.write_text(json.dumps(kept, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    parser.add_argument("--only", metavar="KIND", help="those whose name has that in it")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--guard", action="store_true")
    parser.add_argument("--write", metavar="REASON")
    arguments = parser.parse_args()
    if len(arguments.programs) > (1 if arguments.guard or arguments.write else 2):
        parser.error("one program, or two to be compared")
    if arguments.write and arguments.only:
        parser.error("--write takes all of them")
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print("| request | " + " | ".join(arguments.programs) + (" | ratio" if len(arguments.programs) == 2 else "") + " |")
        print("|---|" + "---|" * (len(arguments.programs) + (len(arguments.programs) == 2)))
        for kind in KINDS:
            if arguments.only and arguments.only not in kind.name:
                continue
            costs = [of_one_request(program, kind, folder) for program in arguments.programs]
            found[kind.name] = costs[0]
            ratio = [f"{costs[0] / costs[1]:.3f}"] if len(costs) == 2 else []
            print("| " + " | ".join([kind.name, *(f"{cost:,.0f}" for cost in costs), *ratio]) + " |", flush=True)
    if arguments.write:
        write(found, arguments.write)
    if arguments.guard and not held(found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
