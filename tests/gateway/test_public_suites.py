"""Test suites of S3 that others wrote, against an engine and through a gateway before one: versitygw's and minio-go's, as they are in the
Go registry. What passes at the engine passes through the gateway."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from double.control import Control
from gateway.gateways import gateway_with_the_keys_of
from support.server import Server

OTHERS = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent")
KEYS = ("a-key", "a-long-secret")
OF_ITS_OWN_SERVER = re.compile(r"IAM|STS|Posix|Scout|WebsiteHosting")
"""The names of tests of what only versitygw has: its users, its folders, an endpoint of websites."""
COLOURS = re.compile(r"\x1b\[[0-9;]*m")

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@dataclasses.dataclass
class Side:
    """Where a suite runs, and the engine that it runs on in the end. What it leaves is left in the folder."""

    engine: Server
    url: str
    folder: Path

    def run(self, *command: str | Path, within: float, **settings: str) -> str:
        """What it told. Only what is said here counts of the environment's settings."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        ended = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within, check=False,
                               env=environment | settings)
        return ended.stdout + ended.stderr


@contextlib.contextmanager
def both_sides(folder: Path) -> Iterator[tuple[Side, Side]]:
    """An engine alone, and a gateway before another."""
    of_both = ("--access-key", KEYS[0], "--secret-key", KEYS[1], "--quiet")
    with Server(folder / "alone", *of_both) as alone, Server(folder / "engine", *of_both) as engine, \
            gateway_with_the_keys_of(folder / "gateway", engine.url, *KEYS, "--quiet") as gateway:
        yield Side(alone, alone.url, folder), Side(engine, gateway.url, folder)


class VersityGw:
    name = "versitygw"
    program = OTHERS / "versitygw"
    least = 300
    """Tests that pass at the engine."""

    def tests(self) -> list[str]:
        """Every command of the suite that is a test and not a group of them."""
        told = subprocess.run([self.program, "test", "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        found = re.findall(r"^ +([A-Z]\w+_\w+) +Runs ", told.stdout, re.MULTILINE)
        return sorted(name for name in found if not OF_ITS_OWN_SERVER.search(name))

    def passing(self, side: Side, only: set[str] | None = None) -> set[str]:
        """Each test is a process of its own, and the engine is emptied before it: all of them call their buckets alike, and can't
        remove them here, since S3 refuses to bypass governance in a bucket without locks. So what counts is what a test says of itself."""
        passing = set()
        for name in self.tests() if only is None else only:
            Control(side.engine).ask("POST", "v1/reset")
            with contextlib.suppress(subprocess.TimeoutExpired):
                told = COLOURS.sub("", side.run(self.program, "test", "--access", KEYS[0], "--secret", KEYS[1], "--endpoint", side.url, name, within=120))
                if f"RUN  {name}\n" in told and f"FAIL {name}" not in told and "panic:" not in told:
                    passing.add(name)
        return passing


class MinioGo:
    name = "minio-go"
    program = OTHERS / "minio-go-suite"
    least = 50

    def passing(self, side: Side, only: set[str] | None = None) -> set[str]:
        """All of them run, also for some. A test may tell of several things; those it passes if all are well."""
        told = side.run(self.program, within=1200, SERVER_ENDPOINT=side.url.removeprefix("http://"), ACCESS_KEY=KEYS[0], SECRET_KEY=KEYS[1],
                        ENABLE_HTTPS="0", MINT_MODE="full", RUN_ON_FAIL="1")
        ended = collections.defaultdict(set)
        for line in told.split("\n"):
            outcome = json.loads(line) if line.startswith("{") else {}
            ended[outcome.get("name", "")].add(outcome.get("status"))
        return {name for name, statuses in ended.items() if statuses == {"PASS"} and (only is None or name in only)}


@pytest.mark.parametrize("suite", [suite for suite in (VersityGw(), MinioGo()) if suite.program.exists()], ids=lambda suite: suite.name)
def test_what_passes_at_the_engine_passes_through_a_gateway(suite: VersityGw | MinioGo, tmp_path: Path) -> None:
    with both_sides(tmp_path) as (alone, gateway), ThreadPoolExecutor(2) as both:
        direct, through = both.map(suite.passing, (alone, gateway))
        missing = direct - through
        again = suite.passing(gateway, missing) if missing else set()
    print(f"{suite.name}'s tests: {len(direct)} pass at the engine, {len(through)} through a gateway, of these {len(through - direct)} there "
          f"alone: {sorted(through - direct)}")
    assert len(direct) > suite.least
    assert missing - again == set()
