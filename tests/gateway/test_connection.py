"""How a gateway finds its upstream, and with which keys."""

from __future__ import annotations

from pathlib import Path

from botocore.client import BaseClient

from gateway.gateways import ENGINE_KEY, ENGINE_SECRET, Gateway
from support.data import MIB, seeded_bytes
from support.s3 import client, new_bucket, read, refused
from support.server import Server, eventually


def test_an_upstream_over_tls_is_trusted_by_its_authority(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    keys = ("--access-key", ENGINE_KEY, "--secret-key", ENGINE_SECRET)
    with Server(tmp_path / "engine", "--tls-self-signed", str(authority), *keys) as engine:
        with Gateway(tmp_path / "trusting", engine.url, "--upstream-ca-file", str(authority)) as gateway:
            s3 = client(gateway)
            name, body = new_bucket(s3), seeded_bytes(2 * MIB)
            s3.put_object(Bucket=name, Key="a", Body=body)
            assert read(s3, name, "a") == body
        with Gateway(tmp_path / "strange", engine.url) as gateway:
            with refused("ServiceUnavailable", 503):
                client(gateway, retries={"total_max_attempts": 1}).list_buckets()
            eventually(lambda: "certificate" in gateway.log(), "the log tells why there is no connection")


def test_keys_and_region_come_from_a_profile_too(tmp_path: Path, direct: BaseClient, engine: Server) -> None:
    credentials, config = tmp_path / "credentials", tmp_path / "config"
    credentials.write_text(f"[behind]\naws_access_key_id = {ENGINE_KEY}\naws_secret_access_key = {ENGINE_SECRET}\n")
    config.write_text("[profile behind]\nregion = eu-west-1\n")
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(config)}
    with Server(tmp_path / "gateway", "--upstream", engine.url, "--upstream-profile", "behind", env=files) as gateway:
        name = "of-a-profile"
        client(gateway).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        assert name in [bucket["Name"] for bucket in direct.list_buckets()["Buckets"]]


def test_settings_come_from_the_environment_too(tmp_path: Path, engine: Server) -> None:
    said = {"PARTSMITH_UPSTREAM": engine.url, "PARTSMITH_UPSTREAM_ACCESS_KEY": ENGINE_KEY,
            "PARTSMITH_UPSTREAM_SECRET_KEY": ENGINE_SECRET, "PARTSMITH_UPSTREAM_BUCKET": "one=two-of-them,*=env-*"}
    with Server(tmp_path / "gateway", env=said) as gateway:
        s3 = client(gateway)
        s3.create_bucket(Bucket="one")
        s3.create_bucket(Bucket="other")
        assert sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]) == ["one", "other"]
