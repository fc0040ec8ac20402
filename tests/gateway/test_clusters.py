"""Two gateways before an engine of several processes: nothing acknowledged is lost when one of them all dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from gateway.gateways import Gateway, gateway_with_the_keys_of
from gateway.load import Load
from others.clusters import Cluster, ClusterKind, installed_clusters
from support.data import SMALLEST_PART, multipart_etag, seeded_bytes
from support.s3 import Upload, client_of, new_bucket, read

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

INSTALLED = Path(os.environ.get("PARTSMITH_OTHERS") or "/nonexistent")
KINDS = pytest.mark.parametrize("kind", installed_clusters(INSTALLED), ids=lambda kind: kind.kind.name)


@contextlib.contextmanager
def two_gateways(kind: ClusterKind, folder: Path) -> Iterator[tuple[Cluster, list[Gateway]]]:
    """Each before a server of the cluster's own, where it has several."""
    with Cluster(kind, INSTALLED, folder / "cluster") as cluster:
        upstreams = [*cluster.urls, *cluster.urls][:2]
        with contextlib.ExitStack() as running:
            yield cluster, [running.enter_context(gateway_with_the_keys_of(folder / f"gateway-{number}", url, *cluster.keys, "--quiet"))
                            for number, url in enumerate(upstreams)]


def client(of: Gateway, cluster: Cluster) -> BaseClient:
    return client_of(of.url, *cluster.keys)


@KINDS
def test_an_upload_begun_at_one_gateway_is_completed_at_the_other(kind: ClusterKind, tmp_path: Path) -> None:
    parts = [seeded_bytes(SMALLEST_PART, number) for number in range(3)]
    with two_gateways(kind, tmp_path) as (cluster, (first, second)):
        bucket = new_bucket(client(first, cluster))
        upload = Upload(client(first, cluster), bucket)
        upload.put(1, parts[0])
        first.kill()
        upload.s3 = client(second, cluster)
        assert [part["PartNumber"] for part in upload.s3.list_parts(**upload.at)["Parts"]] == [1]
        for number in (2, 3):
            upload.put(number, parts[number - 1])
        upload.complete()  # radosgw 16 leaves the ETag of its answer empty
        assert upload.s3.head_object(Bucket=bucket, Key="object")["ETag"] == multipart_etag(parts)
        assert read(upload.s3, bucket) == b"".join(parts)


@KINDS
@pytest.mark.parametrize("dying", ["a-gateway", "one-that-keeps-data"])
def test_nothing_acknowledged_is_lost_when_one_is_killed_under_load(kind: ClusterKind, dying: str, tmp_path: Path) -> None:
    with two_gateways(kind, tmp_path) as (cluster, gateways):
        bucket = new_bucket(client(gateways[0], cluster))
        with Load(bucket, [gateway.url for gateway in gateways], *cluster.keys) as load:
            load.more(40)
            if dying == "a-gateway":
                gateways[1].kill()
            else:
                cluster.kill_one()
            load.more(40)
        print(f"{kind.kind.name}, {dying}: {load}")
        assert load.lost(client(gateways[0], cluster)) == []
