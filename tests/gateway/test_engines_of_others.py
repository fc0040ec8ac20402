"""The catalogue on an engine that others wrote, alone and through a gateway."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.gateways import Gateway
from gateway.test_conformance import results
from others.servers import Kind, Other, installed_kinds

pytestmark = pytest.mark.long

INSTALLED = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent")
ENGINES = [kind for kind in installed_kinds(INSTALLED) if kind.name in ("radosgw", "garage")]

ANSWERED_HERE = ("object.form.", "object.key.", "object.presigned", "multipart.part.presigned", "object.signature.", "multipart.signature.", "routing.",
                 "sha256-wrong", "trailer-", "wire.chunks-", "coding-in-chunks", "part.number-")
"""What a gateway says before it forwards: of signatures, of payloads that they cover and how they are coded, of requests that ask for no
operation. It says it as Amazon S3 does, whatever the engine would say."""


def differing(alone: dict[str, str], through: dict[str, str]) -> dict[str, tuple[str, str]]:
    """But for what isn't the same twice: there the engine alone gives both."""
    return {check: (alone[check], through[check]) for check in alone
            if alone[check] != through[check] and "unsteady" not in (alone[check], through[check])}


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("kind", ENGINES, ids=lambda kind: kind.name)
def test_the_catalogue_through_a_gateway_gives_what_the_engine_gives(kind: Kind, tmp_path: Path) -> None:
    keys = (kind.access_key, kind.secret_key)
    with Other(kind, INSTALLED, tmp_path / "engine") as engine:
        with Gateway(tmp_path / "gateway", engine.url, "--access-key", keys[0], "--secret-key", keys[1], "--quiet",
                     access_key=keys[0], secret_key=keys[1]) as gateway:
            alone = results(engine.url, tmp_path / "alone.json", *keys, jobs=16, within=2400)
            through = results(gateway.url, tmp_path / "through.json", *keys, jobs=16, within=2400)
    print(f"{kind.name}: {len(alone)} checks, passed {list(alone.values()).count('passed')} alone and "
          f"{list(through.values()).count('passed')} through a gateway")
    differ = differing(alone, through)
    assert {check: both for check, both in differ.items() if both[0] == "passed"} == {}
    assert {check: both for check, both in differ.items() if not any(name in check for name in ANSWERED_HERE)} == {}
