"""`partsmith serve` as a program: its flags, its files, its log, its end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from support.data import MIB, etag, seeded_bytes
from support.plain_http import send
from support.s3 import client, new_bucket, refused
from support.server import BINARY, Server, eventually, serve_and_wait


def one_clear_line(text: str) -> str:
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


def refused_to_start(*options: object, env: dict[str, str] | None = None) -> str:
    done = serve_and_wait(*options, env=env)
    assert done.returncode > 0, done
    return one_clear_line(done.stderr)


# --- Starting --------------------------------------------------------------------------------------------------------


def test_the_ready_file_says_where_the_server_is(own_server: Server) -> None:
    ready = own_server.ready
    assert ready["url"] == f"http://127.0.0.1:{ready['port']}"
    assert ready["pid"] == own_server.process.pid
    assert send("GET", f"{ready['url']}/_partsmith/health").status == 200


def test_health_says_version_and_uptime_to_anyone(own_server: Server) -> None:
    answer = send("GET", f"{own_server.url}/_partsmith/health")
    said = json.loads(answer.body)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", said["version"])
    uptime = next(value for name, value in said.items() if name.startswith("uptime"))
    assert 0 <= float(uptime) < 60


def test_buckets_named_at_start_are_there(tmp_path: Path) -> None:
    with Server(tmp_path, "--bucket", "first-bucket", "--bucket", "second-bucket") as server:
        names = [b["Name"] for b in client(server).list_buckets()["Buckets"]]
    assert names == ["first-bucket", "second-bucket"]


def test_a_bucket_named_at_start_may_be_there_already(tmp_path: Path) -> None:
    for _ in range(2):
        with Server(tmp_path / "server", "--bucket", "kept", data=tmp_path / "data") as server:
            assert [b["Name"] for b in client(server).list_buckets()["Buckets"]] == ["kept"]


@pytest.mark.parametrize("flags, reads, writes", [
    ("", False, False), (":versioned", False, False), (":public-read", True, False), (":public-write", False, True),
    (":versioned:public-read-write", True, True), (":public-read-write:versioned", True, True),
])
def test_a_bucket_named_at_start_may_be_open_to_everyone(flags: str, reads: bool, writes: bool, tmp_path: Path) -> None:
    with Server(tmp_path, "--bucket", f"films{flags}") as server:
        assert (send("PUT", f"{server.url}/films/key", b"x").status == 200) is writes
        s3 = client(server)
        s3.put_object(Bucket="films", Key="key", Body=b"x")
        assert (send("GET", f"{server.url}/films/key").status == 200) is reads
        assert s3.get_bucket_versioning(Bucket="films").get("Status") == ("Enabled" if ":versioned" in flags else None)


def test_a_bucket_named_at_start_may_have_object_lock(tmp_path: Path) -> None:
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    for start in range(2):
        with Server(tmp_path / "server", "--bucket", "films:locked:public-read", data=tmp_path / "data") as server:
            s3 = client(server)
            assert s3.get_bucket_versioning(Bucket="films")["Status"] == "Enabled"
            kept = s3.get_object_lock_configuration(Bucket="films")["ObjectLockConfiguration"]
            assert kept == ({"ObjectLockEnabled": "Enabled"} if start == 0 else rule)
            s3.put_object_lock_configuration(Bucket="films", ObjectLockConfiguration=rule)
            s3.put_object(Bucket="films", Key="key", Body=b"x")
            told = send("GET", f"{server.url}/films/key")  # by who may not know of locks
            assert told.body == b"x" and "x-amz-object-lock-mode" not in told.headers


def test_buckets_block_public_access_unless_told_not_to(tmp_path: Path) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::films/*"}]})
    with Server(tmp_path / "blocks", "--bucket", "films") as server, refused("AccessDenied", 403):
        client(server).put_bucket_policy(Bucket="films", Policy=policy)
    with Server(tmp_path / "open", "--bucket", "films", "--no-public-access-block") as server:
        s3 = client(server)
        with refused("NoSuchPublicAccessBlockConfiguration", 404):
            s3.get_public_access_block(Bucket="films")
        s3.put_bucket_policy(Bucket="films", Policy=policy)
        s3.put_object(Bucket="films", Key="key", Body=b"x")
        assert send("GET", f"{server.url}/films/key").body == b"x"


def test_the_keys_can_be_chosen(tmp_path: Path) -> None:
    with Server(tmp_path, "--access-key", "someone", "--secret-key", "something") as server:
        client(server, access_key="someone", secret_key="something").list_buckets()
        with refused("InvalidAccessKeyId", 403):
            client(server).list_buckets()


def test_a_strict_region_refuses_every_other(tmp_path: Path) -> None:
    with Server(tmp_path, "--region", "eu-west-1", "--strict-region") as server:
        client(server, region="eu-west-1").list_buckets()
        with refused("AuthorizationHeaderMalformed", 400) as error:
            client(server, region="us-west-2").list_buckets()
        assert error["Region"] == "eu-west-1"


def test_every_flag_can_come_from_the_environment(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [BINARY, "serve"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PARTSMITH_HOST": "127.0.0.1", "PARTSMITH_PORT": "0", "PARTSMITH_DATA": str(tmp_path / "data"),
             "PARTSMITH_ACCESS_KEY": "env-key", "PARTSMITH_SECRET_KEY": "env-secret", "PARTSMITH_REGION": "eu-west-1",
             "PARTSMITH_STRICT_REGION": "true", "PARTSMITH_BUCKET": "from-env", "PARTSMITH_READY_FILE": str(ready),
             "PARTSMITH_LOG_FORMAT": "json"})
    try:
        eventually(lambda: ready.exists() or process.poll() is not None, "ready")
        url = json.loads(ready.read_text())["url"]
        import boto3
        s3 = boto3.client("s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="env-key",
                          aws_secret_access_key="env-secret")
        assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["from-env"]
        assert (tmp_path / "data").is_dir()
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert [json.loads(line)["operation"] for line in log.splitlines() if "ListBuckets" in line] == ["ListBuckets"]


def test_a_flag_beats_the_environment(tmp_path: Path) -> None:
    with Server(tmp_path, "--access-key", "flag", "--secret-key", "s", env={"PARTSMITH_ACCESS_KEY": "env"}) as server:
        client(server, access_key="flag", secret_key="s").list_buckets()


# --- Refusing to start -----------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_one_clear_line(own_server: Server) -> None:
    line = refused_to_start("--ephemeral", "--port", own_server.port)
    assert str(own_server.port) in line


def test_a_port_that_another_program_holds_is_refused_too(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in refused_to_start("--ephemeral", "--port", port)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    line = refused_to_start("--port", 0, "--data", tmp_path / "file/data")
    assert str(tmp_path / "file") in line


def test_a_data_folder_belongs_to_one_server_at_a_time(own_server: Server) -> None:
    assert own_server.data
    line = refused_to_start("--port", 0, "--data", own_server.data)
    assert str(own_server.data) in line
    client(own_server).list_buckets()


@pytest.mark.parametrize(("options", "named"), [
    (["--no-such-flag"], "--no-such-flag"),
    (["--port", "many"], "many"),
    (["--port", "65536"], "65536"),
    (["--port", "-1"], "-1"),
    (["--log-format", "xml"], "xml"),
    (["--host", "not an address"], "not an address"),
    (["--bucket", "films:open"], "there is no 'open' for a bucket to be: versioned, locked, public-read"),
    (["--bucket", "Not_A_Bucket"], "Not_A_Bucket"),
    (["stray"], "stray"),
])
def test_an_option_that_makes_no_sense_is_one_clear_line(tmp_path: Path, options: list[str], named: str) -> None:
    given = options if options[0] == "--port" else ["--port", "0", *options]
    assert named in refused_to_start("--data", tmp_path / "data", *given)


def test_a_variable_that_makes_no_sense_is_one_clear_line_too(tmp_path: Path) -> None:
    assert "many" in refused_to_start("--data", tmp_path / "data", env={"PARTSMITH_PORT": "many"})


@pytest.mark.parametrize(("name", "says"), [
    ("b1", "it has 2 characters, and a bucket's name has 3 to 63"),
    ("b" * 64, "it has 64 characters"),
    ("My-Bucket", "lower-case letters"),
    ("-films", "begins and ends with a letter or a digit"),
    ("a..b", "no two dots in a row"),
    ("192.168.1.1", "isn't an IPv4 address"),
    ("xn--films", "begin with xn--"),
    ("films-s3alias", "end with -s3alias"),
])
def test_a_bucket_that_cannot_be_says_which_rule_it_breaks(tmp_path: Path, name: str, says: str) -> None:
    line = refused_to_start("--port", "0", "--data", tmp_path / "data", "--bucket", name)
    assert f"--bucket {name}: " in line and says in line


@pytest.mark.parametrize(("options", "says"), [
    (["--port", "65536"], "0 to 65535"),
    (["--port", "many"], "0 to 65535"),
    (["--quota", "much"], "10GiB"),
    (["--allow-host", "http://a.example"], "without scheme"),
    (["--allow-host", "a.example:80"], "without scheme, port"),
    (["--allow-host", "*.example"], "without scheme, port or *"),
    (["--secret-key-file", "/nowhere/at/all"], "No such file"),
    (["--secret-key", ""], "--secret-key has nothing after it"),
    (["--region", "no region"], "as in us-east-1"),
])
def test_an_option_that_makes_no_sense_says_what_would(tmp_path: Path, options: list[str], says: str) -> None:
    given = options if options[0] == "--port" else ["--port", "0", *options]
    assert says in refused_to_start("--data", tmp_path / "data", *given)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.evil.example", "127.0.0.1.evil.example", "127.1"])
def test_the_default_keys_are_refused_beyond_loopback(host: str) -> None:
    line = refused_to_start("--ephemeral", "--port", 0, "--host", host)
    assert "--access-key" in line or "--secret-key" in line


@pytest.mark.parametrize("secret", ["s", "seven77"])
def test_a_secret_that_is_guessed_is_refused_beyond_loopback(tmp_path: Path, secret: str) -> None:
    line = refused_to_start("--ephemeral", "--port", 0, "--host", "0.0.0.0", "--secret-key", secret)
    assert "at least 8 characters" in line


def test_the_secret_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\r\nand not this\n")
    secret.chmod(0o600)
    with Server(tmp_path / "server", "--secret-key-file", str(secret)) as server:
        client(server, secret_key="from-a-file").list_buckets()
        with refused("SignatureDoesNotMatch"):
            client(server).list_buckets()
    assert "warning" not in server.log()


@pytest.mark.parametrize("content", [b"", b"\nsecret", b"x" * 1025])
def test_a_secret_file_that_holds_none_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert str(tmp_path / "secret") in refused_to_start("--ephemeral", "--port", 0, "--secret-key-file", tmp_path / "secret")


def test_a_secret_is_given_in_one_way(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file")
    assert "--secret-key" in refused_to_start("--ephemeral", "--port", 0, "--secret-key", "x", "--secret-key-file", tmp_path / "secret")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_secret_that_everybody_may_read_is_warned_of(tmp_path: Path, log_format: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file")
    secret.chmod(0o644)
    with Server(tmp_path / "server", "--secret-key-file", str(secret), "--log-format", log_format) as server:
        pass
    lines = [line for line in server.log().splitlines() if "warning" in line]
    assert len(lines) == 1 and f"{secret} (mode 0644)" in lines[0]


def test_own_keys_open_the_server_beyond_loopback(tmp_path: Path) -> None:
    with Server(tmp_path, "--host", "0.0.0.0", "--access-key", "own-key", "--secret-key", "own-secret") as server:
        client(server, access_key="own-key", secret_key="own-secret", url=f"http://127.0.0.1:{server.port}").list_buckets()


def test_help_names_every_flag_and_its_variable() -> None:
    done = serve_and_wait("--help")
    assert done.returncode == 0
    assert "other users of the machine see it" in " ".join(done.stdout.split())
    for flag in ("host", "port", "data", "ephemeral", "access-key", "secret-key", "secret-key-file", "allow-host", "trust-pages", "region", "strict-region", "bucket",
                 "ready-file", "log-format", "quiet"):
        assert f"--{flag}" in done.stdout
        assert f"PARTSMITH_{flag.upper().replace('-', '_')}" in done.stdout


# --- Keeping and ending ----------------------------------------------------------------------------------------------


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    body = seeded_bytes(3 * MIB)
    with Server(tmp_path / "server", data=tmp_path / "data") as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="big", Body=body, Metadata={"m": "1"})
        s3.put_object(Bucket=bucket, Key="small", Body=b"small")
        upload = s3.create_multipart_upload(Bucket=bucket, Key="open")["UploadId"]
        part = s3.upload_part(Bucket=bucket, Key="open", UploadId=upload, PartNumber=1, Body=body)
    with Server(tmp_path / "server", data=tmp_path / "data") as server:
        s3 = client(server)
        answer = s3.get_object(Bucket=bucket, Key="big")
        assert (answer["Body"].read(), answer["Metadata"]) == (body, {"m": "1"})
        assert s3.get_object(Bucket=bucket, Key="small")["Body"].read() == b"small"
        s3.complete_multipart_upload(Bucket=bucket, Key="open", UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
        assert s3.get_object(Bucket=bucket, Key="open")["Body"].read() == body


def test_an_ephemeral_folder_is_gone_when_the_server_is(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        s3 = client(server)
        s3.put_object(Bucket=new_bucket(s3), Key="key", Body=seeded_bytes(MIB))
        assert [path for path in tmp_path.iterdir() if path.is_dir()]
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server_at_once_with_0(tmp_path: Path, sign: signal.Signals) -> None:
    with Server(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as idle:
        client(server).list_buckets()
        server.process.send_signal(sign)
        assert server.process.wait(5) == 0
        assert idle.recv(1) == b""


def test_an_upload_in_flight_is_finished_before_the_end(tmp_path: Path) -> None:
    body = seeded_bytes(32 * MIB)  # half of it is more than the sockets between us can hold
    with Server(tmp_path / "server", data=tmp_path / "data") as server:
        s3 = client(server, signature_version="s3v4")
        bucket = new_bucket(s3)
        url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "slow"})
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("PUT", url.removeprefix(server.url))
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body[:len(body) // 2])

        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: not accepts(server.port), "new connections are refused")
        assert server.process.poll() is None
        connection.send(body[len(body) // 2:])
        answer = connection.getresponse()

        assert (answer.status, answer.headers["ETag"]) == (200, etag(body))
        assert server.process.wait(5) == 0
        connection.close()
    with Server(tmp_path / "server", data=tmp_path / "data") as server:
        assert client(server).get_object(Bucket=bucket, Key="slow")["Body"].read() == body


def accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


# --- The log ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_log_has_a_line_for_each_request_and_no_secret(tmp_path: Path, log_format: str) -> None:
    with Server(tmp_path, "--secret-key", "a-very-secret-key", "--log-format", log_format) as server:
        s3 = client(server, secret_key="a-very-secret-key", signature_version="s3v4")
        bucket = new_bucket(s3)
        s3.put_object(Bucket=bucket, Key="key", Body=b"the body", Metadata={"private": "my metadata"})
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"})
        assert send("GET", url).status == 200
        with refused("InvalidAccessKeyId"):
            client(server, access_key="stranger", secret_key="another-secret").list_buckets()

    lines = server.log().splitlines()
    for operation in ("CreateBucket", "PutObject", "GetObject"):
        assert len([line for line in lines if operation in line]) == 1, lines
    signature = url.split("X-Amz-Signature=")[1]
    for secret in ("a-very-secret-key", "another-secret", signature, "AWS4-HMAC-SHA256", "the body", "my metadata"):
        assert secret not in server.log()


def test_json_lines_parse_and_tell_the_request(tmp_path: Path) -> None:
    with Server(tmp_path, "--log-format", "json") as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        answer = s3.put_object(Bucket=bucket, Key="a key", Body=b"12345")
        with refused("NoSuchKey"):
            s3.get_object(Bucket=bucket, Key="none")

    entries = [json.loads(line) for line in server.log().splitlines()]
    put = next(entry for entry in entries if entry.get("operation") == "PutObject")
    assert (put["method"], put["path"], put["status"]) == ("PUT", f"/{bucket}/a%20key", 200)
    assert put["request_id"] == answer["ResponseMetadata"]["RequestId"]
    assert put["bytes_in"] >= 5 and put["ms"] >= 0
    get = next(entry for entry in entries if entry.get("operation") == "GetObject")
    assert (get["status"], get["error"]) == (404, "NoSuchKey")


def test_the_log_tells_an_errors_message_and_shortens_upload_ids(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        s3 = client(server)
        bucket = new_bucket(s3)
        upload = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
        s3.upload_part(Bucket=bucket, Key="key", UploadId=upload, PartNumber=1, Body=b"x")
        with refused("InvalidArgument") as error:
            s3.upload_part(Bucket=bucket, Key="key", UploadId=upload, PartNumber=10_001, Body=b"x")
    assert f' InvalidArgument "{error["Message"]}" ' in server.log()
    assert f"uploadId={upload[:8]}…{upload[-4:]} UploadPart" in server.log()
    assert upload not in server.log()


def test_quiet_logs_no_requests(tmp_path: Path) -> None:
    with Server(tmp_path, "--quiet") as server:
        client(server).list_buckets()
    assert "ListBuckets" not in server.log()
