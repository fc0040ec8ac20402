"""A test suite of S3 that others wrote, against an engine and through a gateway before one: versitygw's, as it is in the Go registry.
What passes at the engine passes through the gateway."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from double.control import Control
from gateway.gateways import gateway_with_the_keys_of
from support.server import Server

VERSITYGW = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent") / "versitygw"
KEYS = ("a-key", "a-long-secret")
OF_ITS_OWN_SERVER = re.compile(r"IAM|STS|Posix|Scout|WebsiteHosting")
"""The names of tests of what only versitygw has: its users, its folders, an endpoint of websites."""
COLOURS = re.compile(r"\x1b\[[0-9;]*m")

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600),
              pytest.mark.skipif(not VERSITYGW.exists(), reason="versitygw is not installed")]


def names() -> list[str]:
    """Of the single tests: every command of the suite that isn't a group of them."""
    told = subprocess.run([VERSITYGW, "test", "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    found = re.findall(r"^ +([A-Z]\w+_\w+) +Runs ", told.stdout, re.MULTILINE)
    return sorted(name for name in found if not OF_ITS_OWN_SERVER.search(name))


@dataclasses.dataclass
class Suite:
    """Each test is a process of its own, and the engine is emptied before it: all of them call their buckets alike, and can't remove
    them here, since S3 refuses to bypass governance in a bucket without locks. So what counts is what a test says of itself."""

    engine: Server
    url: str

    def passes(self, name: str) -> bool:
        Control(self.engine).ask("POST", "v1/reset")
        environment = {variable: value for variable, value in os.environ.items() if not variable.startswith("AWS_")}
        try:
            ended = subprocess.run([VERSITYGW, "test", "--access", KEYS[0], "--secret", KEYS[1], "--endpoint", self.url, name],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, env=environment)
        except subprocess.TimeoutExpired:
            return False
        told = COLOURS.sub("", ended.stdout + ended.stderr)
        return f"RUN  {name}\n" in told and f"FAIL {name}" not in told and "panic:" not in told

    def passing(self, wanted: list[str]) -> set[str]:
        return {name for name in wanted if self.passes(name)}


def test_what_passes_of_versitygws_suite_at_the_engine_passes_through_a_gateway(tmp_path: Path) -> None:
    of_both = ("--access-key", KEYS[0], "--secret-key", KEYS[1], "--quiet")
    with Server(tmp_path / "alone", *of_both) as alone, Server(tmp_path / "engine", *of_both) as engine, \
            gateway_with_the_keys_of(tmp_path / "gateway", engine.url, *KEYS, "--quiet") as gateway, ThreadPoolExecutor(2) as both:
        wanted = names()
        direct = both.submit(Suite(alone, alone.url).passing, wanted)
        through = both.submit(Suite(engine, gateway.url).passing, wanted)
        print(f"versitygw's suite: {len(wanted)} tests, passed {len(direct.result())} at the engine, {len(through.result())} through a gateway")
        wavering = direct.result() - through.result()
        print(f"passed at the engine alone: {sorted(wavering)}; through the gateway alone: {sorted(through.result() - direct.result())}")
        again = Suite(engine, gateway.url).passing(sorted(wavering))
    assert len(direct.result()) > 300
    assert wavering - again == set()
