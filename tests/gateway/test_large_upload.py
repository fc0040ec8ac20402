"""10 GiB through two gateways, of which one dies."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.gateways import gateway_with_the_keys_of
from gateway.load import Servers
from others.clusters import CLUSTERS, Cluster, ClusterKind, installed_clusters
from support.data import GIB, MIB, seeded_bytes
from support.s3 import Upload, client_of, new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server

pytestmark = [pytest.mark.long, pytest.mark.measures_memory, pytest.mark.timeout(5400)]

INSTALLED = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent")
PART = 128 * MIB
PARTS = 10 * GIB // PART
AT_A_TIME = 3
BLOCK = seeded_bytes(MIB - 8)


def part(number: int) -> bytes:
    """Each MiB begins with its place in the object, so none can stand for another."""
    return b"".join((number * PART + offset).to_bytes(8) + BLOCK for offset in range(0, PART, MIB))


@contextlib.contextmanager
def engine(name: str, folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """URL and keys. Its data is removed whatever comes of the test."""
    try:
        if name == "partsmith":
            with Server(folder / "engine", "--quiet", data=folder / "engine/data") as server:
                yield server.url, (ACCESS_KEY, SECRET_KEY)
        else:
            with Cluster(one_copy(), INSTALLED, folder / "engine") as cluster:
                yield cluster.url, cluster.keys
    finally:
        shutil.rmtree(folder / "engine", ignore_errors=True)


def one_copy() -> ClusterKind:
    """Three OSDs that have 10 GiB once."""
    three_copies = CLUSTERS[0]
    return dataclasses.replace(three_copies, kind=dataclasses.replace(
        three_copies.kind, command=lambda place: [*three_copies.kind.command(place)[:-1], "1"]))


ENGINES = ["partsmith", *(["radosgw"] if CLUSTERS[0] in installed_clusters(INSTALLED) else [])]


@pytest.mark.parametrize("name", ENGINES)
def test_an_upload_of_10_gib_outlives_one_of_two_gateways(name: str, tmp_path: Path) -> None:
    assert shutil.disk_usage(tmp_path).free > 14 * GIB, "this test writes 10 GiB"
    with (engine(name, tmp_path) as (url, keys), gateway_with_the_keys_of(tmp_path / "other", url, *keys) as other,
          gateway_with_the_keys_of(tmp_path / "dying", url, *keys) as dying):
        other_s3 = client_of(other.url, *keys, read_timeout=600)
        upload = Upload(other_s3, new_bucket(other_s3))
        put = 0
        a_quarter = threading.Event()

        def put_part(number: int) -> tuple[str, bytes, list[str]]:
            """ETag, SHA-256, and why a gateway didn't take it."""
            nonlocal put
            body = part(number)
            servers = Servers([dying.url, other.url], *keys, number, patience=600)
            answer = servers.ask(lambda s3: s3.upload_part(**upload.at, PartNumber=number + 1, Body=body))
            put += 1
            if put >= PARTS // 4:
                a_quarter.set()
            return answer["ETag"], hashlib.sha256(body).digest(), servers.refusals

        begun = time.monotonic()
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            answers = pool.map(put_part, range(PARTS))
            assert a_quarter.wait(3600)
            dying.kill()
            etags, digests, refusals = zip(*answers, strict=True)
        of_parts = [why for whys in refusals for why in whys]
        assert of_parts, "no client noticed that a gateway died"
        upload.complete([{"PartNumber": number + 1, "ETag": etag} for number, etag in enumerate(etags)])
        between = time.monotonic()
        body = other_s3.get_object(Bucket=upload.at["Bucket"], Key=upload.at["Key"])["Body"]
        for number, digest in enumerate(digests):
            assert hashlib.sha256(body.read(PART)).digest() == digest, f"part {number + 1}"
        assert body.read() == b""
        print(f"{name}: up in {between - begun:.0f} s, down in {time.monotonic() - between:.0f} s, "
              f"{len(of_parts)} parts not taken by the first gateway asked, {other.peak_memory() / MIB:.0f} MiB of memory at most")
        assert other.peak_memory() < 256 * MIB
