"""The whole catalogue through a gateway gives what the engine alone gives, check by check."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from gateway.gateways import Gateway
from support.server import BINARY, Server


def results(url: str, report: Path, *keys: str, jobs: int = 4, within: float = 280, only: tuple[str, ...] = ()) -> dict[str, str]:
    """The outcome of each check, or of `only` those, by its name; so many of them at a time, and all within so many seconds."""
    access_key, secret_key = keys
    chosen = [option for check in only for option in ("--only", check)]
    ended = subprocess.run(
        [BINARY, "conform", "--endpoint", url, "--jobs", str(jobs), "--json", report, *chosen], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=within, check=False,
        env=os.environ | {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key})
    assert ended.returncode in (0, 1), ended.stderr
    return {check["id"]: check["outcome"] for check in json.loads(report.read_text())["checks"]}


def test_the_catalogue_through_a_gateway_gives_what_the_engine_gives(tmp_path: Path) -> None:
    keys = ("a-key", "a-long-secret")
    of_both = ("--access-key", keys[0], "--secret-key", keys[1], "--quiet")
    with Server(tmp_path / "engine", *of_both) as engine:
        with Gateway(tmp_path / "gateway", engine.url, *of_both, access_key=keys[0], secret_key=keys[1]) as gateway:
            alone = results(engine.url, tmp_path / "alone.json", *keys)
            through = results(gateway.url, tmp_path / "through.json", *keys)
    assert len(alone) > 500 and set(alone.values()) <= {"passed", "skipped"}
    assert {check: (alone[check], through[check]) for check in alone if alone[check] != through[check]} == {}
