"""How clients name the bucket, and who they say they are."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.client import BaseClient

from support.data import MIB, seeded_bytes
from support.s3 import Upload, client, new_bucket, refused, signing_long_ago
from support.server import Server


@pytest.fixture(params=["localhost", "s3.localhost"])
def virtual(request: pytest.FixtureRequest, server: Server, localhost_names: None) -> BaseClient:
    return client(server, url=f"http://{request.param}:{server.port}", s3={"addressing_style": "virtual"})


def test_the_bucket_may_be_named_by_the_host(virtual: BaseClient, s3: BaseClient) -> None:
    bucket = new_bucket(virtual)
    hosts = []
    virtual.meta.events.register("before-send.s3", lambda request, **_: hosts.append(request.url.split("/")[2]))

    virtual.put_object(Bucket=bucket, Key="folder/a key", Body=b"body")

    assert hosts[0].startswith(f"{bucket}.")
    assert s3.get_object(Bucket=bucket, Key="folder/a key")["Body"].read() == b"body"
    assert [o["Key"] for o in virtual.list_objects_v2(Bucket=bucket)["Contents"]] == ["folder/a key"]
    virtual.delete_object(Bucket=bucket, Key="folder/a key")
    virtual.delete_bucket(Bucket=bucket)


def test_an_upload_in_parts_works_by_host_too(virtual: BaseClient, s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    body = seeded_bytes(6 * MIB)
    upload = Upload(virtual, bucket)
    upload.put(1, body)
    upload.complete()
    assert s3.get_object(Bucket=bucket, Key="object")["Body"].read() == body


def test_localhost_itself_is_no_bucket(server: Server, localhost_names: None) -> None:
    by_path = client(server, url=f"http://localhost:{server.port}", s3={"addressing_style": "path"})
    bucket = new_bucket(by_path)
    by_path.put_object(Bucket=bucket, Key="key", Body=b"")
    assert bucket in [b["Name"] for b in by_path.list_buckets()["Buckets"]]


def test_an_unknown_access_key_is_named_in_the_error(server: Server) -> None:
    with refused("InvalidAccessKeyId", 403) as error:
        client(server, access_key="nobody").list_buckets()
    assert error["AWSAccessKeyId"] == "nobody"


def test_a_wrong_secret_key_does_not_match(server: Server, bucket: str) -> None:
    with refused("SignatureDoesNotMatch", 403) as error:
        client(server, secret_key="wrong").put_object(Bucket=bucket, Key="key", Body=b"body")
    assert error["StringToSign"].startswith("AWS4-HMAC-SHA256\n")


def test_a_wrong_secret_key_stores_nothing(server: Server, s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    stranger = client(server, secret_key="wrong")
    for call in (lambda: stranger.upload_part(**upload.at, PartNumber=1, Body=seeded_bytes(6 * MIB)),
                 lambda: stranger.put_object(Bucket=bucket, Key="key", Body=seeded_bytes(6 * MIB))):
        with refused("SignatureDoesNotMatch", 403):
            call()
    assert "Parts" not in s3.list_parts(**upload.at)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_clock_that_is_far_off_is_refused(server: Server, s3: BaseClient, bucket: str) -> None:
    with signing_long_ago(minutes=20), refused("RequestTimeTooSkewed", 403):
        client(server).list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("region", ["cn-northwest-1", "eu-central-1", "auto"])
def test_any_region_that_a_client_signs_with_is_accepted(server: Server, bucket: str, region: str) -> None:
    elsewhere = client(server, region=region)
    elsewhere.put_object(Bucket=bucket, Key="key", Body=b"body")
    assert elsewhere.get_object(Bucket=bucket, Key="key")["Body"].read() == b"body"


def test_a_body_signed_as_a_whole_is_checked_against_its_signature(server: Server, bucket: str, s3: BaseClient) -> None:
    strict = client(server, request_checksum_calculation="when_required", s3={"payload_signing_enabled": True})
    strict.put_object(Bucket=bucket, Key="key", Body=b"as signed")

    def tamper(request: Any, **_: Any) -> None:
        request.body = b"tampered!"

    strict.meta.events.register("before-send.s3.PutObject", tamper)
    with refused("XAmzContentSHA256Mismatch", 400):
        strict.put_object(Bucket=bucket, Key="key", Body=b"as signed")
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"as signed"
