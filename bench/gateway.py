#!/usr/bin/env python3
"""What a gateway costs: seconds of its processor for a GiB, milliseconds that it adds to a small request, and what several carry.

    bench/gateway.py PROGRAM [--gateways 1,2,3] [--parts 32] [--requests 2000] [--seconds 5] [--only cost|latency|load] [--tls]
                     [--json FILE]

A partsmith of its own is the upstream. Cost: parts of 8 MiB, UNSIGNED-PAYLOAD, up, and the object down, through one gateway; the
gateway's own processor counts (user and system, from /proc). Latency: GET and PUT of 4 KiB over one connection, in turns to the
engine and to the gateway; the medians' difference is what the gateway adds. Load: 16 connections GET 4 KiB for so many seconds, spread over
the engine alone or over N gateways. With --tls the cost is that of a gateway whose clients use TLS; its upstream doesn't.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from against.processes import processor_seconds
from instructions import KIB, MIB, Client

PART = 8 * MIB
CONNECTIONS = 16


def in_threads(count: int, work) -> float:
    """Seconds that it took; a failure of one fails all."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as failure:  # noqa: BLE001: told below
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"an upload failed: {failures[0]!r}")
    return time.monotonic() - begun


class Serving:
    def __init__(self, process: subprocess.Popen[bytes], port: int):
        self.pid = process.pid
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


@contextmanager
def serving(program: str, *options: str) -> Iterator[Serving]:
    with tempfile.TemporaryDirectory() as own:
        ready = Path(own, "ready.json")
        server = subprocess.Popen([program, "serve", "--port", "0", "--quiet", "--ready-file", str(ready), *options,
                                   *([] if "--upstream" in options else ["--data", f"{own}/data", "--bucket", "films"])],
                                  stdin=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if server.poll() is not None:
                    raise SystemExit(f"{program} ended with {server.returncode}")
                time.sleep(0.02)
            yield Serving(server, json.loads(ready.read_text())["port"])
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        finally:
            server.kill()


def gateway_before(program: str, engine: Serving, *options: str):
    return serving(program, "--upstream", engine.url, "--upstream-access-key", "test", "--upstream-secret-key", "test", *options)


def cost(program: str, parts: int, tls: bool) -> dict[str, float]:
    """Seconds of the gateway's processor for a GiB, up and down."""
    with tempfile.TemporaryDirectory() as own, serving(program) as engine, \
            gateway_before(program, engine, *(["--tls-self-signed", f"{own}/ca.pem"] if tls else [])) as gateway:
        client, body = Client(gateway.port, f"{own}/ca.pem" if tls else None), os.urandom(PART)
        found = re.search(rb"<UploadId>([^<]+)<", client.ask("POST", "/films/a", "uploads="))
        assert found
        upload_id, etags = found[1].decode(), []
        before = processor_seconds(gateway.pid)
        for number in range(1, parts + 1):
            client.ask("PUT", "/films/a", f"partNumber={number}&uploadId={upload_id}", body, "UNSIGNED-PAYLOAD")
        between = processor_seconds(gateway.pid)
        listed = client.ask("GET", "/films/a", f"uploadId={upload_id}").decode()
        etags = re.findall(r"<PartNumber>(\d+)</PartNumber>.*?<ETag>([^<]+)</ETag>", listed)
        document = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in etags)
        client.ask("POST", "/films/a", f"uploadId={upload_id}", f"<CompleteMultipartUpload>{document}</CompleteMultipartUpload>".encode())
        start = processor_seconds(gateway.pid)
        assert len(client.ask("GET", "/films/a", payload="UNSIGNED-PAYLOAD")) == parts * PART
        end = processor_seconds(gateway.pid)
    gibibytes = parts * PART / (1 << 30)
    return {"up": (between - before) / gibibytes, "down": (end - start) / gibibytes}


def latency(program: str, requests: int) -> dict[str, dict[str, float]]:
    """Milliseconds at the median."""
    with serving(program) as engine, gateway_before(program, engine) as gateway:
        clients = {"engine": Client(engine.port), "gateway": Client(gateway.port)}
        body = b"x" * 4 * KIB
        clients["engine"].ask("PUT", "/films/a", body=body)
        asked = {"GET": lambda client, n: client.ask("GET", "/films/a"),
                 "PUT": lambda client, n: client.ask("PUT", f"/films/{n % 100}", body=body)}
        told: dict[str, dict[str, float]] = {}
        for method, ask in asked.items():
            times: dict[str, list[float]] = {name: [] for name in clients}
            for number in range(requests):
                for name, client in clients.items():
                    begun = time.perf_counter()
                    ask(client, number)
                    times[name].append((time.perf_counter() - begun) * 1000)
            told[method] = {name: statistics.median(of) for name, of in times.items()}
            told[method]["added"] = told[method]["gateway"] - told[method]["engine"]
    return told


def load(program: str, gateways: int, seconds: float) -> dict[str, float]:
    """Requests per second of 16 connections, and seconds of the processor for a thousand requests; 0 gateways: the engine alone."""
    with ExitStack() as stack:
        engine = stack.enter_context(serving(program))
        servers = [stack.enter_context(gateway_before(program, engine)) for _ in range(gateways)] or [engine]
        Client(engine.port).ask("PUT", "/films/a", body=b"x" * 4 * KIB)
        counts = [0] * CONNECTIONS
        over = threading.Event()

        def ask(number: int) -> None:
            client = Client(servers[number % len(servers)].port)
            while not over.is_set():
                client.ask("GET", "/films/a")
                counts[number] += 1

        threading.Timer(seconds, over.set).start()
        before = [processor_seconds(one.pid) for one in [engine, *servers]]
        took = in_threads(CONNECTIONS, ask)
        spent = [processor_seconds(one.pid) - then for one, then in zip([engine, *servers], before, strict=True)]
        thousands = sum(counts) / 1000
        return {"requests/s": sum(counts) / took, "engine s/1000": spent[0] / thousands,
                "gateways s/1000": sum(spent[1:]) / thousands if gateways else 0.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--gateways", default="0,1,2,3")
    parser.add_argument("--parts", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=["cost", "latency", "load"])
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    told: dict[str, object] = {}
    if arguments.only in (None, "cost"):
        runs = [cost(arguments.program, arguments.parts, arguments.tls) for _ in range(arguments.rounds)]
        told["seconds of the gateway's processor for a GiB"] = {
            way: {"median": statistics.median(run[way] for run in runs), "least": min(run[way] for run in runs)} for way in runs[0]}
    if arguments.only in (None, "latency"):
        told["milliseconds at the median"] = latency(arguments.program, arguments.requests)
    if arguments.only in (None, "load"):
        told["load"] = {number: load(arguments.program, int(number), arguments.seconds) for number in arguments.gateways.split(",")}
    text = json.dumps(told, indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text)


if __name__ == "__main__":
    main()
