#!/usr/bin/env python3
"""Whether a server that works for hours grows: its memory, its descriptors and its database's log, each minute.

    bench/soak.py PROGRAM [--minutes 120] [--rate 50] [--connections 4] [--json FILE]

Small objects, uploads in parts that end or are aborted, copies, listings, deletions, conditions that fail, keys that aren't there: so many
requests a second, of which what they leave is deleted again, so that the stored bytes stay the same. Ends with 1 when the medians of the last
quarter are above those of the second by more than a tenth and what is told below as harmless.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from against import servers  # noqa: E402
from instructions import KIB, MIB, Client  # noqa: E402

HARMLESS = {"memory, MiB": 2.0, "descriptors": 4, "log, MiB": 64.0}
"""The log begins anew between 48 and 64 MiB (docs/storage.md, "The log"); descriptors are those of files that are just being read."""


def small_object(client: Client, key: str, chance: random.Random) -> None:
    body = chance.randbytes(chance.choice([0, 1, 4 * KIB, 70 * KIB]))
    client.ask("PUT", f"/films/{key}", body=body)
    assert client.ask("GET", f"/films/{key}") == body
    client.ask("DELETE", f"/films/{key}")


def upload(client: Client, key: str, chance: random.Random) -> None:
    found = re.search(rb"<UploadId>([^<]+)<", client.ask("POST", f"/films/{key}", "uploads="))
    assert found
    upload_id, rows = found[1].decode(), ""
    for number in range(1, chance.randint(2, 6)):
        body = chance.randbytes(chance.choice([1, 100 * KIB, MIB]))
        client.ask("PUT", f"/films/{key}", f"partNumber={number}&uploadId={upload_id}", body)
    listed = client.ask("GET", f"/films/{key}", f"uploadId={upload_id}").decode()
    for number, etag in re.findall(r"<PartNumber>(\d+)</PartNumber>.*?<ETag>(.*?)</ETag>", listed, re.DOTALL):
        rows += f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
    if chance.random() < 0.3:
        client.ask("DELETE", f"/films/{key}", f"uploadId={upload_id}")
        return
    client.ask("POST", f"/films/{key}", f"uploadId={upload_id}", f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode())
    client.ask("PUT", f"/films/{key}-copy", more={"x-amz-copy-source": f"/films/{key}"})
    client.ask("DELETE", f"/films/{key}")
    client.ask("DELETE", f"/films/{key}-copy")


def listing(client: Client, _: str, chance: random.Random) -> None:
    client.ask("GET", "/films", chance.choice(["list-type=2", "uploads=", "versions=", "list-type=2&prefix=kept"]))


def refused(client: Client, key: str, _: random.Random) -> None:
    for method, path, more in (("GET", f"/films/{key}-none", {}), ("PUT", "/films/kept-0", {"if-none-match": "*"})):
        try:
            client.ask(method, path, more=more)
        except SystemExit:
            continue
        raise AssertionError(f"{method} {path} should have been refused")


class Load:
    def __init__(self, server: servers.Running, connections: int, rate: float):
        self.requests = 0
        self.failures: list[BaseException] = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(server.client(), number, connections / rate)) for number in range(connections)]
        for thread in self._threads:
            thread.start()

    def _work(self, client: Client, number: int, pause: float) -> None:
        chance = random.Random(number)
        try:
            while not self._ended.wait(pause * chance.expovariate(1)):
                work = chance.choice([small_object, small_object, small_object, upload, listing, refused])
                work(client, f"{number}/{chance.randrange(1000)}", chance)
                self.requests += 1
        except BaseException as failure:  # noqa: BLE001: told by who waits
            self.failures.append(failure)

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise SystemExit(f"a request failed: {self.failures[0]!r}")


def now(server: servers.Running, data: Path) -> dict[str, float]:
    log = sum(file.stat().st_size for file in data.rglob("*-wal"))
    return {"memory, MiB": server.resident_mebibytes(), "descriptors": len(list(Path(f"/proc/{server.leader}/fd").iterdir())), "log, MiB": log / MIB}


def grown(seen: list[dict[str, float]]) -> list[str]:
    quarter = max(1, len(seen) // 4)
    told = []
    for name, harmless in HARMLESS.items():
        before, after = (statistics.median(row[name] for row in rows) for rows in (seen[quarter:2 * quarter] or seen, seen[-quarter:]))
        print(f"{name}: {before:.1f} in the second quarter, {after:.1f} in the last, at most {max(row[name] for row in seen):.1f}")
        if after > before * 1.1 + harmless:
            told.append(name)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=float, default=50, help="works of several requests each, a second")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    seen: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder, servers.running(
            servers.partsmith("partsmith", options.program), set(range(64)), Path(folder)) as server:
        for number in range(20):
            server.client().ask("PUT", f"/films/kept-{number}", body=b"x")
        load = Load(server, options.connections, options.rate)
        end = time.monotonic() + options.minutes * 60
        while time.monotonic() < end and not load.failures:
            time.sleep(min(60.0, options.minutes * 6, max(0.0, end - time.monotonic())))
            seen.append(now(server, Path(folder)))
            if options.json:
                options.json.write_text(json.dumps({"works": load.requests, "seen": seen}, indent=1) + "\n")
        load.end()
        print(f"{load.requests:,} works in {options.minutes:g} minutes")
        told = grown(seen)
    if told:
        raise SystemExit("it grew: " + "; ".join(told))


if __name__ == "__main__":
    main()
