"""What files written for MinIO, LocalStack, S3Mock and moto say starts partsmith as they mean it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from support.plain_http import send
from support.s3 import client
from support.server import BINARY, PATIENCE, Server, eventually, serve_and_wait

ROOT = Path(__file__).parents[2]
MIGRATE = ROOT / "docs/migrate"


@contextmanager
def started(folder: Path, *words: str, env: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Runs `partsmith WORDS…` with a ready file, and tells its URL and its log so far."""
    ready, log_file = folder / "ready.json", folder / "log"
    with log_file.open("wb") as log:
        process = subprocess.Popen([BINARY, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                   env={**os.environ, "PARTSMITH_READY_FILE": str(ready), **(env or {})})
    try:
        eventually(lambda: ready.exists() or process.poll() is not None, "the server is ready")
        assert process.poll() is None, log_file.read_text()
        yield json.loads(ready.read_text())["url"], log_file.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log_file.read_text()


def get(url: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def client_at(url: str, key: str = "minioadmin", secret: str = "minioadmin") -> BaseClient:
    return boto3.client("s3", endpoint_url=url, aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1")


def buckets_at(url: str, key: str, secret: str) -> list[str]:
    return [bucket["Name"] for bucket in client_at(url, key, secret).list_buckets()["Buckets"]]


def test_minio_s_command_and_variables(tmp_path: Path) -> None:
    env = {"MINIO_ROOT_USER": "gopher", "MINIO_ROOT_PASSWORD": "burrow-of-gophers", "MINIO_DEFAULT_BUCKETS": "films, photos:unknown"}
    with started(tmp_path, "server", str(tmp_path / "data"), "--address", "127.0.0.1:0", "--console-address", ":9001",
                 env=env) as (url, log):
        assert buckets_at(url, "gopher", "burrow-of-gophers") == ["films", "photos"]
    assert "MINIO_ROOT_USER of MinIO is taken as --access-key" in log
    assert "the anonymous policy 'unknown' is not carried out" in log
    assert "--console-address is left out" in log
    assert (tmp_path / "data").is_dir()


@pytest.mark.parametrize("policy, reads, writes", [("none", False, False), ("download", True, False), ("upload", False, True),
                                                    ("public", True, True)])
def test_minio_s_anonymous_policies(policy: str, reads: bool, writes: bool, tmp_path: Path) -> None:
    with started(tmp_path, "server", str(tmp_path / "data"), "--address", "127.0.0.1:0",
                 env={"MINIO_DEFAULT_BUCKETS": f"films:{policy}"}) as (url, _):
        assert (send("PUT", f"{url}/films/key", b"x").status == 200) is writes
        s3 = client_at(url)
        s3.put_object(Bucket="films", Key="key", Body=b"x")
        assert (send("GET", f"{url}/films/key").status == 200) is reads
        assert (send("GET", f"{url}/films?list-type=2").status == 200) is reads
        assert (send("DELETE", f"{url}/films/key").status == 204) is writes


def test_minio_s_buckets_take_a_public_policy_at_once(tmp_path: Path) -> None:
    """As `mc anonymous set download` puts it."""
    policy = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:GetBucketLocation",'
              '"s3:ListBucket"],"Resource":["arn:aws:s3:::films"]},{"Effect":"Allow","Principal":{"AWS":["*"]},'
              '"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::films/*"]}]}')
    with started(tmp_path, "server", str(tmp_path / "data"), "--address", "127.0.0.1:0") as (url, _):
        s3 = client_at(url)
        s3.create_bucket(Bucket="films")
        s3.put_object(Bucket="films", Key="key", Body=b"x")
        s3.put_bucket_policy(Bucket="films", Policy=policy)
        assert send("GET", f"{url}/films/key").body == b"x"


def test_minio_s_own_keys_where_none_are_said(tmp_path: Path) -> None:
    with started(tmp_path, "server", str(tmp_path / "data"), "--address=127.0.0.1:0") as (url, _):
        assert buckets_at(url, "minioadmin", "minioadmin") == []


def test_minio_s_own_keys_are_known_to_everybody() -> None:
    refused = serve_and_wait("--host", "0.0.0.0", "--secret-key", "minioadmin", "--ephemeral", "--port", "0")
    assert refused.returncode == 1 and "known to everybody" in refused.stderr


def test_known_keys_beyond_loopback_when_that_is_accepted(tmp_path: Path) -> None:
    with Server(tmp_path, "--host", "0.0.0.0", "--accept-default-keys") as server:
        assert get(f"http://127.0.0.1:{server.port}/_partsmith/health")[0] == 200
        # While everybody knows the secret, only names are served that nobody else can let lead here.
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}/", headers={"Host": "films.example.com"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=PATIENCE)
        assert refused.value.code == 403


@pytest.mark.parametrize("folders", [("data1", "data2"), ("data{1...4}",)])
def test_of_several_folders_of_minio_the_first_is_taken(tmp_path: Path, folders: tuple[str, ...]) -> None:
    with started(tmp_path, "server", *(str(tmp_path / folder) for folder in folders), "--address", "127.0.0.1:0") as (_, log):
        assert (tmp_path / "data1/partsmith.db").exists()
    assert f"everything lies in {tmp_path}/data1" in log


def test_several_servers_of_minio_are_refused() -> None:
    done = subprocess.run([BINARY, "server", "http://minio{1...4}/data"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1 and "one server, without others" in done.stderr


def test_localstack_s_variable(tmp_path: Path) -> None:
    with started(tmp_path, "serve", "--ephemeral", env={"GATEWAY_LISTEN": "127.0.0.1:0,127.0.0.1:1"}) as (url, log):
        assert buckets_at(url, "test", "test") == []
    assert "GATEWAY_LISTEN of LocalStack is taken as --host and --port" in log


@pytest.mark.parametrize("variable", ["COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS", "initialBuckets"])
def test_s3mock_s_buckets(tmp_path: Path, variable: str) -> None:
    with started(tmp_path, "serve", "--ephemeral", "--port", "0", env={variable: "films,photos"}) as (url, _):
        assert buckets_at(url, "test", "test") == ["films", "photos"]


def test_a_setting_of_our_own_wins(tmp_path: Path) -> None:
    env = {"MINIO_ROOT_USER": "gopher", "PARTSMITH_ACCESS_KEY": "owner", "MINIO_REGION": "eu-west-1"}
    with started(tmp_path, "serve", "--ephemeral", "--port", "0", env=env) as (url, log):
        assert buckets_at(url, "owner", "test") == []
    assert "MINIO_ROOT_USER" not in log


def test_the_client_s_verbs_don_t_look_at_them(server: Server) -> None:
    done = subprocess.run([BINARY, "ls", "--endpoint", server.url], capture_output=True, text=True, timeout=PATIENCE, check=False,
                          env={**os.environ, "MINIO_ROOT_USER": "x", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ["/minio/health/live", "/minio/health/ready", "/minio/health/cluster", "/favicon.ico",
                                  "/_localstack/health", "/_localstack/init", "/_localstack/init/ready"])
def test_the_others_health_paths(server: Server, path: str) -> None:
    assert get(server.url + path)[0] == 200
    assert get(server.url + path, "HEAD") == (200, "")


def test_what_scripts_look_for_in_localstack_s_answers(server: Server) -> None:
    health = json.loads(get(server.url + "/_localstack/health")[1])
    assert health["services"] == {"s3": "running"} and re.fullmatch(r"\d+\.\d+\.\d+", health["version"])
    assert '"s3": "running"' in get(server.url + "/_localstack/health")[1]
    assert '"completed": true' in get(server.url + "/_localstack/init/ready")[1]


def test_a_bucket_of_that_name_is_a_bucket_for_whoever_signs(server: Server) -> None:
    s3 = client(server)
    s3.create_bucket(Bucket="minio")
    s3.put_object(Bucket="minio", Key="health/live", Body=b"an object")
    assert s3.get_object(Bucket="minio", Key="health/live")["Body"].read() == b"an object"


def test_a_bucket_is_made_with_versioning(tmp_path: Path) -> None:
    with Server(tmp_path, "--bucket", "films:versioned", "--bucket", "photos") as server:
        s3 = client(server)
        assert s3.get_bucket_versioning(Bucket="films")["Status"] == "Enabled"
        assert "Status" not in s3.get_bucket_versioning(Bucket="photos")


def test_a_bucket_can_t_be_what_there_isn_t() -> None:
    refused = serve_and_wait("--ephemeral", "--port", "0", "--bucket", "films:frozen")
    assert refused.returncode == 1 and "there is no 'frozen'" in refused.stderr


# --- docs/migrate


def table() -> dict[str, set[str]]:
    """The variables of cli/drop_in.cc by server."""
    rows = re.findall(r'\{"([A-Za-z0-9]+)", "(\w+)", "--', (ROOT / "cli/drop_in.cc").read_text())
    assert rows
    return {server: {variable for owner, variable in rows if owner == server} for server, _ in rows}


def test_the_pages_tell_every_variable_and_no_other() -> None:
    for server, variables in table().items():
        page = (MIGRATE / f"{server.lower()}.md").read_text()
        told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
        assert told == variables, server


@pytest.mark.parametrize("page", sorted(path.stem for path in MIGRATE.glob("*.md")))
def test_the_commands_of_a_page_work(page: str, tmp_path: Path) -> None:
    """Each page's blocks are one script, run with a free port instead of the one shown, and a client that waits for it."""
    text = (MIGRATE / f"{page}.md").read_text()
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    assert "partsmith" in script
    port = free_port()
    script = re.sub(r"\b(9000|4566|9090|5000)\b", str(port), script)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "partsmith").symlink_to(BINARY)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE, env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
