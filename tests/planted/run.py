"""Runs the catalogue on a server with a bug, and says which checks notice: `python -m planted.run [NAME…]`."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import bugs
from .message import Answer, Request
from .proxy import Bug, Proxy, Server
from .signing import Keys

ROOT = Path(__file__).parents[2]
BINARY = Path(os.environ.get("PARTSMITH_BINARY") or ROOT / "build/release/bin/partsmith")
TABLE = ROOT / "docs/conformance/planted.md"
CAUGHT = Path(__file__).parent / "caught_by.txt"
KEYS = Keys("test", "test", "us-east-1")
"""What a test server wants."""


def table() -> dict[str, str]:
    """The kind of each bug of the page."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", TABLE.read_text(), re.M))


def caught_by() -> dict[str, list[str]]:
    """For each bug a check that notices it; behind it others that are run along, where nothing else shows that the
    server has the feature."""
    lines = [line for line in CAUGHT.read_text().splitlines() if line and not line.startswith("#")]
    return {name: checks.split() for name, checks in (line.split(" | ") for line in lines)}


def no_bug(r: Request, server: Server, m: object) -> Answer:
    return server(r)


class Planted:
    """A proxy in a thread."""

    def __init__(self, bug: Bug, upstream: str):
        self.proxy = Proxy(bug, upstream, KEYS)
        self.thread = threading.Thread(target=self.proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Proxy:
        self.thread.start()
        return self.proxy

    def __exit__(self, *_: object) -> None:
        self.proxy.shutdown()
        self.proxy.server_close()


def conform(endpoint: str, only: Sequence[str] = (), jobs: int = 4) -> dict[str, Any]:
    """The report."""
    command = [BINARY, "conform", "--endpoint", endpoint, "--access-key", KEYS.access, "--secret-key", KEYS.secret,
               "--region", KEYS.region, "--jobs", str(jobs), "--timeout", "20", "--json", "-"]
    for glob in only:
        command += ["--only", glob]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode in (0, 1), f"conform ended with {done.returncode}:\n{done.stderr}"
    return json.loads(done.stdout)


def noticed(bug: Bug, upstream: str, only: Sequence[str] = (), jobs: int = 4) -> list[str]:
    """The checks that fail on the server with the bug."""
    with Planted(bug, upstream) as proxy:
        report = conform(f"http://127.0.0.1:{proxy.port}", only, jobs)
        assert not proxy.faults, f"the proxy itself is wrong: {proxy.faults[0]}"
    checks = report["checks"]
    odd = [f"{check['id']}: {check['outcome']}" for check in checks
           if check["outcome"] not in ("passed", "failed", "unsteady", "skipped", "not-offered")]
    assert not odd, f"not judged: {odd}"
    # What the server shows not to have is a difference, too; what it says not to have isn't.
    shown = {feature["evidence"] for feature in report["missing"] if not feature["said"]}
    return [check["id"] for check in checks if check["outcome"] in ("failed", "unsteady") or
            (check["outcome"] == "not-offered" and check["skip_reason"] in shown)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--upstream", required=True, metavar="URL")
    parser.add_argument("--only", action="append", default=[], metavar="GLOB")
    parser.add_argument("--jobs", type=int, default=4)
    given = parser.parse_args()
    wanted = [bugs.BUGS[name] for name in given.names] or list(bugs.BUGS.values())
    for bug in wanted:
        try:
            found = noticed(bug, given.upstream, given.only, given.jobs)
        except (AssertionError, subprocess.TimeoutExpired) as problem:
            print(f"{bug.name} | ERROR {str(problem)[-1500:]}", file=sys.stderr, flush=True)
            continue
        print(f"{bug.name} | {len(found)} | {' '.join(found[:6])}", flush=True)


if __name__ == "__main__":
    main()
