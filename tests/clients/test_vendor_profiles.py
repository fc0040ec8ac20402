"""`partsmith serve --profile`: an application can be tested against a vendor's rules."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from support.data import MIB
from support.s3 import Upload, client, new_bucket, refused
from support.server import BINARY, Server, serve_and_wait



@pytest.fixture
def vendor(tmp_path: Path) -> Any:
    servers: list[Server] = []

    def start(profile: str) -> BaseClient:
        servers.append(Server(tmp_path / profile, "--quiet", "--profile", profile))
        return client(servers[-1])

    yield start
    for server in servers:
        server.stop()


def uploaded(s3: BaseClient, *sizes: int) -> Upload:
    upload = Upload(s3, new_bucket(s3))
    for number, size in enumerate(sizes, start=1):
        upload.put(number, b"x" * size)
    return upload


def test_r2_wants_all_parts_but_the_last_of_one_size(vendor: Callable[[str], BaseClient]) -> None:
    s3 = vendor("r2")
    for sizes in [(5 * MIB, 6 * MIB, 1), (5 * MIB, 6 * MIB)]:
        with refused("InvalidPart", 400) as error:
            uploaded(s3, *sizes).complete()
        assert error["Message"] == "All non-trailing parts must have the same length."
    uploaded(s3, 5 * MIB, 5 * MIB, 1).complete()
    uploaded(s3, 1).complete()


@pytest.mark.parametrize("profile", ["gcs", "storj"])
def test_some_vendors_have_no_upload_part_copy(vendor: Callable[[str], BaseClient], profile: str) -> None:
    s3 = vendor(profile)
    upload = uploaded(s3, 1)
    s3.put_object(Bucket=upload.at["Bucket"], Key="source", Body=b"source")
    with refused("NotImplemented", 501):
        s3.upload_part_copy(**upload.at, PartNumber=2, CopySource=f"{upload.at['Bucket']}/source")
    upload.complete()


def test_b2_refuses_the_checksums_that_sdks_send_unless_told_otherwise(vendor: Callable[[str], BaseClient]) -> None:
    s3 = vendor("b2")
    bucket = new_bucket(s3)
    with refused("InvalidArgument", 400) as error:
        s3.put_object(Bucket=bucket, Key="key", Body=b"body", ChecksumAlgorithm="CRC32")
    assert error["Message"].startswith("Unsupported header 'x-amz-")
    assert error["Message"].endswith("' received for this API call.")


@pytest.mark.parametrize("profile", ["garage", "minio"])
def test_some_vendors_complete_once(vendor: Callable[[str], BaseClient], profile: str) -> None:
    upload = uploaded(vendor(profile), 1)
    upload.complete()
    with refused("NoSuchUpload", 404):
        upload.complete()


def test_garage_takes_small_parts(vendor: Callable[[str], BaseClient]) -> None:
    uploaded(vendor("garage"), 1, 1, 1).complete()


def test_scaleway_has_parts_up_to_1000(vendor: Callable[[str], BaseClient]) -> None:
    upload = uploaded(vendor("scaleway"))
    upload.put(1000, b"x")
    with refused("InvalidArgument", 400):
        upload.put(1001, b"x")


def test_oss_takes_parts_from_100_kib_on(vendor: Callable[[str], BaseClient]) -> None:
    s3 = vendor("oss")
    uploaded(s3, 100 * 1024, 1).complete()
    with refused("EntityTooSmall", 400) as error:
        uploaded(s3, 100 * 1024 - 1, 1).complete()
    assert error["MinSizeAllowed"] == "102400"


@pytest.mark.parametrize("profile", ["r2", "gcs", "minio", "scaleway", "oss"])
def test_a_server_with_a_vendors_rules_fails_no_check_beyond_the_vendors_profile(tmp_path: Path, profile: str) -> None:
    with Server(tmp_path, "--quiet", "--profile", profile) as server:
        done = subprocess.run(
            [BINARY, "conform", "--endpoint", server.url, "--access-key", "test", "--secret-key", "test", "--profile",
             profile, "--only", "multipart.c*", "--only", "multipart.part.number-*"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_a_profile_of_ones_own_is_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({"name": "mine", "title": "Mine", "serve": {"refused_operations": ["ListBuckets"]}}))
    with Server(tmp_path / "server", "--profile", str(mine)) as server, refused("NotImplemented", 501):
        client(server).list_buckets()


@pytest.mark.parametrize(("content", "told"), [
    ({"name": "n", "title": "t"}, "no rules that a server can take on"),
    ({"name": "n", "title": "t", "serve": {"equal_part": True}}, "equal_part"),
    ({"title": "t"}, "name"),
])
def test_a_profile_that_makes_no_sense_is_one_clear_line(tmp_path: Path, content: dict[str, Any], told: str) -> None:
    (tmp_path / "p.json").write_text(json.dumps(content))
    done = serve_and_wait("--ephemeral", "--port", "0", "--profile", tmp_path / "p.json")
    assert done.returncode > 0 and len(done.stderr.splitlines()) == 1 and told in done.stderr, done
