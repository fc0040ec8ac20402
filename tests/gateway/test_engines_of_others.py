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

OF_SIGNATURES = (".form.", ".form-v2.", "presigned", ".signature.", ".signed-", ".expired.", "sha256-wrong", "chunk", "trailer-", "wire.no-length")
"""What a gateway says itself, as Amazon S3 does, for it signs anew: of signatures and of the payloads that they cover, how those are coded
and whether their length is told; and of forms, whose policy is signed. It refuses names of buckets that are none."""
NAMES = ("bucket.create-upper-case",)


def is_answered_here(check: str) -> bool:
    return check in NAMES or any(name in check for name in OF_SIGNATURES)


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("kind", ENGINES, ids=lambda kind: kind.name)
def test_the_catalogue_through_a_gateway_gives_what_the_engine_gives(kind: Kind, tmp_path: Path) -> None:
    keys = (kind.access_key, kind.secret_key)
    with Other(kind, INSTALLED, tmp_path / "engine") as engine:
        with Gateway(tmp_path / "gateway", engine.url, "--access-key", keys[0], "--secret-key", keys[1], "--quiet",
                     access_key=keys[0], secret_key=keys[1]) as gateway:

            def ask(*only: str) -> tuple[dict[str, str], dict[str, str]]:
                return (results(engine.url, tmp_path / "alone.json", *keys, jobs=16, within=2400, only=only),
                        results(gateway.url, tmp_path / "through.json", *keys, jobs=16, within=2400, only=only))

            alone, through = ask()
            print(f"{kind.name}: {len(alone)} checks, passed {list(alone.values()).count('passed')} alone and "
                  f"{list(through.values()).count('passed')} through a gateway")
            differ = {check for check in alone
                      if alone[check] != through[check] and (alone[check] == "passed" or not is_answered_here(check))}
            # An engine may answer otherwise by chance: Garage lists uploads in any order.
            seen = [(alone, through), *(ask(*differ) for _ in range(5 if differ else 0))]
    told = {check: ({one[check] for one, _ in seen}, {other[check] for _, other in seen}) for check in sorted(differ)}
    print(f"asked again: {told}")
    assert {check: both for check, both in told.items() if "unsteady" not in both[0] | both[1] and both[0].isdisjoint(both[1])} == {}
