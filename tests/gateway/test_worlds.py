"""Worlds of access keys before an upstream: what is reset or removed is gone there, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control
from gateway.gateways import Gateway
from support.data import SMALLEST_PART, seeded_bytes
from support.plain_http import send
from support.s3 import Upload, client, new_bucket, read
from support.server import Server


def names(s3: BaseClient) -> list[str]:
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def fill(s3: BaseClient, bucket: str) -> None:
    """Objects with versions and delete markers, more than a page, and an open upload."""
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in ("a", "ein Schlüssel/+ %", "gone"):
        for body in (b"1", b"2"):
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.delete_object(Bucket=bucket, Key="gone")
    for _ in range(520):
        s3.delete_object(Bucket=bucket, Key="marked")
    Upload(s3, bucket, "open ä").put(1, seeded_bytes(SMALLEST_PART))


@pytest.mark.parametrize("how", ["reset", "remove"])
def test_a_world_of_an_access_key_is_emptied_at_the_upstream(
        how: str, tmp_path: Path, own_engine: Server) -> None:
    with Gateway(tmp_path / "gateway", own_engine.url, "--world-per-access-key") as gateway:
        first, second = (client(gateway, access_key=key) for key in ("worker-1", "worker-2"))
        for s3 in (first, second):
            fill(s3, "films")
            s3.create_bucket(Bucket="empty")
        control = Control(gateway, world="worker-1")
        control.add({"type": "error", "code": "SlowDown"}, match={"operation": "ListBuckets"})
        if how == "reset":
            assert send("POST", f"{gateway.url}/_partsmith/v1/reset?world=worker-1").status == 204
        else:
            assert send("DELETE", f"{gateway.url}/_partsmith/v1/worlds/worker-1").status == 204
        assert names(first) == []
        assert names(second) == ["empty", "films"] and read(second, "films", "a") == b"2"
        assert len(second.list_multipart_uploads(Bucket="films")["Uploads"]) == 1
        fill(first, "films")  # it is as new
        assert read(first, "films", "a") == b"2"


def test_a_part_of_a_bucket_is_emptied_and_stays(tmp_path: Path, own_engine: Server) -> None:
    with Gateway(tmp_path / "whole", own_engine.url, "--world-per-access-key") as whole, \
            Gateway(tmp_path / "part", own_engine.url, "--world-per-access-key", "--upstream-bucket", "dev=films/dev/") as part:
        all_of_it, dev = client(whole, access_key="worker"), client(part, access_key="worker")
        all_of_it.create_bucket(Bucket="films")
        all_of_it.put_object(Bucket="films", Key="other", Body=b"stays")
        dev.put_object(Bucket="dev", Key="a", Body=b"goes")
        assert send("POST", f"{part.url}/_partsmith/v1/reset?world=worker").status == 204
        assert [found["Key"] for found in all_of_it.list_objects_v2(Bucket="films")["Contents"]] == ["other"]


def test_what_the_upstream_does_not_let_go_is_told(tmp_path: Path, own_engine: Server) -> None:
    with Gateway(tmp_path / "gateway", own_engine.url, "--world-per-access-key") as gateway:
        s3 = client(gateway, access_key="worker")
        s3.create_bucket(Bucket="films")
        s3.put_object(Bucket="films", Key="locked", Body=b"x")
        Control(own_engine).add({"type": "error", "code": "AccessDenied"}, match={"operation": "DeleteBucket"})
        for method, path in (("POST", "reset?world=worker"), ("DELETE", "worlds/worker")):
            told = send(method, f"{gateway.url}/_partsmith/v1/{path}")
            assert told.status == 502 and b"can't be emptied" in told.body and b"AccessDenied" in told.body, told.body
        assert names(s3) == ["films"]
        own_engine.kill()
        assert send("POST", f"{gateway.url}/_partsmith/v1/reset?world=worker").status == 502


def test_what_is_no_world_s_alone_stays(gateway: Gateway, s3: BaseClient, direct: BaseClient) -> None:
    bucket = new_bucket(s3)
    for method, path in (("POST", "v1/reset"), ("GET", "v1/snapshots"), ("PUT", "v1/snapshots/a"), ("POST", "v1/snapshots/a/restore"),
                         ("DELETE", "v1/snapshots/a")):
        told = send(method, f"{gateway.url}/_partsmith/{path}")
        assert told.status == 501 and b"upstream" in told.body, (path, told.body)
    assert send("POST", f"{gateway.url}/_partsmith/v1/settings", b'{"min_part_size": 1}').status == 501
    assert send("DELETE", f"{gateway.url}/_partsmith/v1/worlds/worker").status == 404
    assert bucket in names(direct)
