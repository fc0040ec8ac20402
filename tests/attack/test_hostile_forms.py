"""Forms made to hurt: nothing before a file takes memory or time without bound, nothing after it counts, and what a
policy's signer allowed is what is stored."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from support.data import KIB, MIB
from support.plain_http import Answer, send
from support.s3 import client, new_bucket
from support.server import Server

from forms import BOUNDARY, field, policy_for, signed_form
from raw_http import connect, read_answer

LARGEST = 200 * MIB
BEFORE_THE_FILE = 20 * KIB

HOSTILE: dict[str, tuple[bytes, bytes]] = {
    "fields of no value": (b"", field("a")),
    "long names": (b"", field("n" * 8000)),
    "long values": (b"", field("a", "v" * 8000)),
    "one endless value": (field("a")[:-2], b"v" * 4096),
    "one endless value of almost delimiters": (field("a")[:-2], b"\r\n--" * 1024),
    "an endless preamble": (b"", b"p" * 4096),
    "an endless preamble of line ends": (b"", b"\r\n" * 2048),
    "an endless head": (f"--{BOUNDARY}\r\n".encode(), b"h" * 4096),
    "an endless head of lines": (f"--{BOUNDARY}\r\n".encode(), b"a: b\r\n" * 700),
    "an endless name": (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode(), b"n" * 4096),
    "an endless file's name": (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="'.encode(), b"f" * 4096),
    "delimiters": (b"", f"--{BOUNDARY}\r\n".encode() * 800),
}
"""How each begins, and what then comes for ever."""


def post_head(bucket: str, length: int) -> bytes:
    return (f"POST /{bucket} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()


def send_until_refused(server: Server, bucket: str, begin: bytes, then: bytes, most: int) -> bytes:
    """What the server answers; it has to before `most` bytes are sent."""
    with connect(server) as connection:
        connection.sendall(post_head(bucket, 5_000_000_000) + begin)
        try:
            for _ in range(most // len(then)):
                connection.sendall(then)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = read_answer(connection)
        return answer.head + answer.body


def processor_seconds(server: Server) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(server: Server) -> bool:
    with urllib.request.urlopen(f"{server.url}/_partsmith/health", timeout=120) as answer:
        return answer.status == 200


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.measures_memory
def test_what_stands_before_a_file_is_refused_at_20_kib(own_server: Server, kind: str) -> None:
    bucket = new_bucket(client(own_server))
    before, spent = own_server.peak_memory(), processor_seconds(own_server)
    answer = send_until_refused(own_server, bucket, *HOSTILE[kind], most=32 * MIB)
    # The refusal may be lost with the bytes that the server doesn't read any more.
    assert answer == b"" or b" 400 " in answer
    assert answer == b"" or b"<Code>MaxPostPreDataLengthExceeded<" in answer or b"<Code>MalformedPOSTRequest<" in answer
    assert own_server.peak_memory() - before < 8 * MIB
    assert processor_seconds(own_server) - spent < 2.0
    assert answers(own_server)


def test_the_refusal_names_the_bound(server: Server, bucket: str) -> None:
    answer = send("POST", f"{server.url}/{bucket}", field("a", "v" * BEFORE_THE_FILE), {"Content-Type": "multipart/form-data; boundary=B"})
    assert answer.status == 400
    assert answer.error().items() >= {"Code": "MaxPostPreDataLengthExceeded", "MaxPostPreDataLengthBytes": "20480",
                                      "Message": "Your POST request fields preceeding the upload file was too large."}.items()


@pytest.mark.measures_memory
def test_many_hostile_forms_at_once_leave_the_server_small_and_answering(own_server: Server) -> None:
    bucket = new_bucket(client(own_server))
    kinds = itertools.cycle(HOSTILE.values())

    def attack(begin: bytes, then: bytes) -> None:
        send_until_refused(own_server, bucket, begin, then, most=MIB)

    attackers = [threading.Thread(target=attack, args=next(kinds)) for _ in range(256)]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()
    assert own_server.peak_memory() < LARGEST
    assert answers(own_server)


@pytest.mark.measures_memory
def test_many_forms_that_stop_before_their_file_leave_the_server_small(own_server: Server) -> None:
    bucket = new_bucket(client(own_server))
    held: list[socket.socket] = []
    try:
        for begin, then in itertools.islice(itertools.cycle(HOSTILE.values()), 240):
            connection = connect(own_server)
            held.append(connection)
            whole = begin + then * (BEFORE_THE_FILE // len(then))
            connection.sendall(post_head(bucket, 5_000_000_000) + whole[:BEFORE_THE_FILE - 100])
        assert answers(own_server)
        assert own_server.peak_memory() < LARGEST
    finally:
        for connection in held:
            connection.close()


# What follows has a policy.

def post(server: Server, bucket: str, form: bytes, **headers: str) -> Answer:
    return send("POST", f"{server.url}/{bucket}", form, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers})


TWICE = [("key", "other"), ("Key", "other"), ("x-amz-meta-a", "evil"), ("X-AMZ-META-A", "evil"), ("content-type", "text/html"),
         ("Content-Type", "text/html"), ("policy", "x"), ("Policy", "x"), ("signature", "x"), ("AWSAccessKeyId", "x"),
         ("acl", "public-read"), ("x-amz-acl", "public-read"), ("bucket", "other"), ("success_action_status", "201")]


@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
@pytest.mark.parametrize("name, value", TWICE)
def test_a_field_twice_is_refused_and_nothing_is_stored(server: Server, s3: BaseClient, bucket: str, name: str, value: str,
                                                        first: bool) -> None:
    fields = [("key", "k"), ("x-amz-meta-a", "ok"), ("content-type", "text/plain"), ("acl", "private"), ("bucket", bucket),
              ("success_action_status", "204")]
    policy = policy_for(bucket, ["eq", "$x-amz-meta-a", "ok"], ["eq", "$content-type", "text/plain"], {"acl": "private"},
                        {"success_action_status": "204"}, ["starts-with", "$x-amz-acl", ""])
    both = [(name, value), *fields] if first else [*fields, (name, value)]
    answer = post(server, bucket, signed_form(policy, both))
    assert answer.status == 400
    assert answer.error()["Code"] == "InvalidArgument"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_fields_after_the_file_count_for_nothing(server: Server, s3: BaseClient, bucket: str) -> None:
    after = field("key", "other") + field("x-amz-meta-a", "evil") + field("file", "other") + b"x" * 100_000
    assert post(server, bucket, signed_form(policy_for(bucket), [("key", "k")], after=after)).status == 204
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["k"]
    stored = s3.get_object(Bucket=bucket, Key="k")
    assert (stored["Body"].read(), stored["Metadata"]) == (b"data", {})


@pytest.mark.parametrize("name, value", [
    ("x-amz-website-redirect-location", "/x"), ("x-amz-meta-b", "1"), ("x-amz-acl", "public-read"), ("acl", "public-read"),
    ("x-amz-storage-class", "GLACIER"), ("x-amz-tagging", "a=b"), ("tagging", "<Tagging/>"), ("Content-Type", "text/html"),
    ("x-amz-server-side-encryption", "AES256"), ("success_action_redirect", "http://evil.test/"), ("redirect", "http://evil.test/"),
    ("x-amz-security-token", "t"), ("submit", "go")])
def test_a_field_that_no_condition_covers_is_refused(server: Server, s3: BaseClient, bucket: str, name: str, value: str) -> None:
    answer = post(server, bucket, signed_form(policy_for(bucket), [("key", "k"), (name, value)]))
    assert (answer.status, answer.error()["Code"]) == (403, "AccessDenied")
    assert answer.error()["Message"] == f"Invalid according to Policy: Extra input fields: {name}"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_headers_of_the_request_say_nothing_about_a_forms_object(server: Server, s3: BaseClient, bucket: str) -> None:
    headers = {"x-amz-meta-evil": "1", "x-amz-storage-class": "GLACIER", "x-amz-website-redirect-location": "/x", "x-amz-tagging": "a=b"}
    assert post(server, bucket, signed_form(policy_for(bucket), [("key", "k")]), **headers).status == 204
    head = s3.head_object(Bucket=bucket, Key="k")
    assert head["Metadata"] == {}
    assert not {"StorageClass", "WebsiteRedirectLocation", "TagCount"} & head.keys()


def test_a_files_name_leads_nowhere_that_the_policy_does_not(server: Server, s3: BaseClient, bucket: str) -> None:
    policy = {"conditions": [{"bucket": bucket}, ["starts-with", "$key", "user/"]]}
    for filename in ("../x", r"user\..\..\x", "/etc/passwd", "user/x"):
        answer = post(server, bucket, signed_form(policy, [("key", "${filename}")], filename=filename))
        assert answer.error()["Message"] == 'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "user/"]'
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.measures_memory
def test_a_files_name_makes_no_form_grow(own_server: Server) -> None:
    bucket = new_bucket(client(own_server))
    before, spent = own_server.peak_memory(), processor_seconds(own_server)
    fields = [("key", "k"), ("x-amz-meta-a", "${filename}" * 800)]
    answer = post(own_server, bucket, signed_form(policy_for(bucket, ["starts-with", "$x-amz-meta-a", ""]), fields, filename="f" * 8000))
    assert (answer.status, answer.error()["Code"]) == (400, "MaxPostPreDataLengthExceeded")
    assert own_server.peak_memory() - before < 8 * MIB
    assert processor_seconds(own_server) - spent < 1.0


@pytest.mark.parametrize("narrow", [["content-length-range", 0, 3], ["content-length-range", 5, 100]])
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_of_two_ranges_of_a_files_size_both_count(server: Server, bucket: str, narrow: list[Any], first: bool) -> None:
    ranges = [narrow, ["content-length-range", 0, 1000]]
    policy = policy_for(bucket, *(ranges if first else reversed(ranges)))
    answer = post(server, bucket, signed_form(policy, [("key", "k")], b"data"))
    assert answer.error()["Code"] in ("EntityTooLarge", "EntityTooSmall")


def almost(pattern: bytes) -> Callable[[int], bytes]:
    return lambda size: (pattern * (size // len(pattern) + 1))[:size]


@pytest.mark.parametrize("file", [almost(b"\r"), almost(b"\r\n"), almost(b"\r\n--"), almost(b"\r\n\r\n--"), almost(b"-" * 70)],
                         ids=["returns", "line ends", "almost delimiters", "blank lines", "dashes"])
def test_a_file_that_looks_like_its_end_costs_little_time(own_server: Server, file: Callable[[int], bytes]) -> None:
    """Seconds of the processor, which don't depend on what else the machine does."""
    size = 16 * MIB
    s3 = client(own_server)
    bucket = new_bucket(s3)
    form = signed_form(policy_for(bucket), [("key", "k")], file(size))
    spent = processor_seconds(own_server)
    assert post(own_server, bucket, form).status == 204
    assert (processor_seconds(own_server) - spent) / (size / MIB) < 0.06
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == size


def in_single_bytes(text: bytes) -> Iterator[bytes]:
    return (text[at:at + 1] for at in range(len(text)))


def test_a_form_that_arrives_byte_by_byte_costs_little_time(own_server: Server) -> None:
    bucket = new_bucket(client(own_server))
    form = field("x-ignore-a", b"\r\n--" * 4500)
    spent = processor_seconds(own_server)
    with connect(own_server) as connection:
        connection.sendall(post_head(bucket, len(form)))
        for byte in in_single_bytes(form):
            connection.sendall(byte)
        connection.shutdown(socket.SHUT_WR)
        assert read_answer(connection).status == 400
    assert processor_seconds(own_server) - spent < 4.0
