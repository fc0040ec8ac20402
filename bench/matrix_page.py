#!/usr/bin/env python3
"""How long the page of a matrix of twelve servers takes to expand all its checks, and to lay out what comes of it, in milliseconds.

    bench/matrix_page.py PROGRAM [--rounds N]

The twelve reports are made of one run of the catalogue on the program itself, in which each sixth check is made a failure.
Needs Chromium; its clock is the machine's.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVERS = 12

FAILURE = {"expected": "status 204", "actual": "status 200", "sent": "DELETE /bucket/key", "received": "200\n\n"}


def made_matrix(program: str, folder: Path) -> Path:
    """The page of twelve servers, of which each sixth check failed."""
    report, page = folder / "0.json", folder / "matrix.html"
    ran = subprocess.run([program, "run", "--", program, "conform", "--json", report], capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(ran.stderr)
    one = json.loads(report.read_text())
    for check in one["checks"][::6]:
        check |= {"outcome": "failed", "failures": [FAILURE], "reproduce": "curl -X DELETE"}
    for number in range(SERVERS):
        (folder / f"{number}.json").write_text(json.dumps({**one, "label": f"server {number}"}))
    done = subprocess.run([program, "conform", "diff", *(folder / f"{number}.json" for number in range(SERVERS)), "--html", page],
                          capture_output=True, text=True, check=False)
    if not page.exists():
        raise SystemExit(done.stderr)
    return page


def milliseconds(page: Path, script: str) -> float:
    """How long a script takes in the page, and the browser to lay out what comes of it."""
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        target = browser.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = browser.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        browser.ask("Page.enable", {}, session)
        browser.ask("Page.navigate", {"url": page.as_uri()}, session)
        browser.wait_for("Page.loadEventFired")
        measure = f"""new Promise((done) => {{
          const measure = () => {{
            const began = performance.now();
            {script};
            document.body.getBoundingClientRect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
          }};
          if (document.documentElement.dataset.ready) measure(); else addEventListener("page-ready", measure);
        }})"""
        answer = browser.ask("Runtime.evaluate", {"expression": measure, "awaitPromise": True}, session)
        return float(answer["result"]["value"])


class Browser:
    """A browser that is asked over its pipe."""

    def __init__(self, profile: str) -> None:
        if not (program := shutil.which("chromium")):
            raise SystemExit("matrix_page.py: there is no chromium here")
        to_browser, self._in = os.pipe()
        self._out, from_browser = os.pipe()
        # A shell moves them to the numbers that the browser wants; first they are out of the way of these.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", program, "--headless", "--no-sandbox", "--disable-gpu",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=ends)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self._number = 0
        self._rest = b""

    def ask(self, method: str, parameters: dict[str, object], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._in, json.dumps(message).encode() + b"\0")
        return self._next(lambda answer: answer.get("id") == self._number)["result"]

    def wait_for(self, event: str) -> None:
        self._next(lambda message: message.get("method") == event)

    def _next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            while b"\0" not in self._rest:
                piece = os.read(self._out, 65536)
                assert piece, "the browser is gone"
                self._rest += piece
            one, _, self._rest = self._rest.partition(b"\0")
            if wanted(message := json.loads(one)):
                return message

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()  # its processes share its output, and may write into the profile until the last has ended
        for end in (self._in, self._out):
            os.close(end)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = made_matrix(chosen.program, Path(folder))
        taken = [milliseconds(page, "document.getElementById('expand').click()") for _ in range(chosen.rounds)]
    print(f"expand all: {statistics.median(taken):.0f} ms ({min(taken):.0f} to {max(taken):.0f})")


if __name__ == "__main__":
    main()
