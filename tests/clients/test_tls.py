"""`partsmith serve` over HTTPS, with boto3 as the client that has to trust it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from botocore.exceptions import SSLError

import boto3
from botocore.config import Config
from support.data import MIB, seeded_bytes
from support.s3 import Upload, client
from support.server import ACCESS_KEY, BINARY, SECRET_KEY, Server, serve_and_wait


def trusting(url: str, ca_file: Path, **s3: str):
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
                        aws_secret_access_key=SECRET_KEY, verify=str(ca_file), config=Config(s3=s3))


def certificate_by_openssl(folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "1", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    return tmp_path / "ca.pem"


@pytest.fixture
def secure(tmp_path: Path, ca_file: Path):
    with Server(tmp_path / "server", "--tls-self-signed", str(ca_file), "--bucket", "films") as server:
        yield server


def test_an_upload_over_https_is_located_over_https(secure: Server, ca_file: Path) -> None:
    assert secure.url == f"https://127.0.0.1:{secure.port}"
    s3 = trusting(secure.url, ca_file)
    body = seeded_bytes(6 * MIB)
    upload = Upload(s3, "films")
    upload.put(1, body)
    assert upload.complete()["Location"] == f"{secure.url}/films/object"
    assert s3.get_object(Bucket="films", Key="object")["Body"].read() == body


@pytest.mark.parametrize("host", ["localhost", "s3.localhost"])
def test_the_bucket_may_be_named_by_the_host(secure: Server, ca_file: Path, localhost_names: None, host: str) -> None:
    s3 = trusting(f"https://{host}:{secure.port}", ca_file, addressing_style="virtual")
    hosts = []
    s3.meta.events.register("before-send.s3", lambda request, **_: hosts.append(request.url.split("/")[2]))
    s3.put_object(Bucket="films", Key="key", Body=b"body")
    assert s3.get_object(Bucket="films", Key="key")["Body"].read() == b"body"
    assert all(name.startswith(f"films.{host}:") for name in hosts)


def test_who_does_not_trust_the_authority_is_not_served(secure: Server) -> None:
    with pytest.raises(SSLError):
        client(secure).list_buckets()


@pytest.mark.parametrize("mode, warned", [(0o644, True), (0o640, False), (0o600, False)])
def test_a_key_that_everybody_may_read_is_warned_of(tmp_path: Path, mode: int, warned: bool) -> None:
    """It is served all the same: secrets that are mounted into a container often are 0644."""
    certificate, key = certificate_by_openssl(tmp_path, "own")
    key.chmod(mode)
    with Server(tmp_path / "server", "--tls-cert", str(certificate), "--tls-key", str(key)) as server:
        pass
    assert (f"warning: every user of this machine may read {key}" in server.log()) == warned


def test_a_certificate_of_ones_own_is_served(tmp_path: Path) -> None:
    certificate, key = certificate_by_openssl(tmp_path, "own")
    with Server(tmp_path / "server", "--tls-cert", str(certificate), "--tls-key", str(key)) as server:
        trusting(server.url, certificate).create_bucket(Bucket="films")


def test_the_catalogue_holds_over_https_with_the_bucket_in_the_host_name(secure: Server, ca_file: Path) -> None:
    done = subprocess.run(
        [BINARY, "conform", "--endpoint", f"https://s3.localhost:{secure.port}", "--virtual-hosted", "--ca-file", ca_file,
         "--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY, "--only", "multipart.part.*", "--only",
         "multipart.abort.*"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_and_flags_that_do_not_fit_are_one_clear_line(tmp_path: Path) -> None:
    certificate, key = certificate_by_openssl(tmp_path, "one")
    _, another_key = certificate_by_openssl(tmp_path, "another")
    for options, named in [
        (["--tls-cert", certificate], "--tls-key"),
        (["--tls-key", key], "--tls-cert"),
        (["--tls-cert", certificate, "--tls-key", key, "--tls-self-signed", tmp_path / "ca.pem"], "--tls-"),
        (["--tls-cert", tmp_path / "missing.pem", "--tls-key", key], "missing.pem"),
        (["--tls-cert", certificate, "--tls-key", another_key], str(another_key)),
        (["--tls-self-signed", tmp_path / "no/such/ca.pem"], "no/such/ca.pem"),
    ]:
        done = serve_and_wait("--ephemeral", "--port", "0", *options)
        assert done.returncode > 0 and len(done.stderr.splitlines()) == 1 and named in done.stderr, done
