"""The memory of all requests together: who comes when it is used up is told so, the process stays small, and it is there
again when they are gone."""

from __future__ import annotations

import base64
import contextlib
import re
import resource
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile import document, exchange, head, signed, status
from support.data import KIB, MIB
from support.s3 import Upload, client
from support.server import Server, eventually

from forms import BOUNDARY, field, policy_for, signed_form

LARGEST = 200 * MIB
"""That the process may ever have resident."""
AT_ONCE = 64


@pytest.fixture(scope="module", autouse=True)
def all_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, "--quiet", "--bucket", "films") as server:
        yield server


def with_checksum(server: Server, method: str, target: str, body: bytes) -> bytes:
    checksum = base64.b64encode(zlib.crc32(body).to_bytes(4)).decode()
    return head(method, target, signed(server, method, target, body, [("x-amz-checksum-crc32", checksum)]), body)


def complete_of_every_part(server: Server) -> bytes:
    """10,000 parts that aren't there, each with the longest that it may say."""
    part = b'<Part><PartNumber>%d</PartNumber><ETag>"' + b"0" * 32 + b'"</ETag><ChecksumSHA512>' + b"A" * 86 + b"==</ChecksumSHA512></Part>"
    body = b"<CompleteMultipartUpload>" + b"".join(part % n for n in range(1, 10_001)) + b"</CompleteMultipartUpload>"
    target = f"/films/k?uploadId={Upload(client(server), 'films', 'k').id}"
    return head("POST", target, signed(server, "POST", target, body), body)


def delete_of_long_keys(server: Server) -> bytes:
    """1,000 keys that aren't there, whose every byte is told back as six."""
    keys = b"".join(b"<Object><Key>" + b"&quot;" * 600 + b"%04d</Key></Object>" % n for n in range(1_000))
    return with_checksum(server, "POST", "/films?delete", b"<Delete>" + keys + b"</Delete>")


def lifecycle_of_nothing(server: Server) -> bytes:
    """As many elements as are counted before the document is refused."""
    body = b"<LifecycleConfiguration>" + b"<a/>" * 49_990 + b"<!--" + b" " * MIB + b"--></LifecycleConfiguration>"
    return with_checksum(server, "PUT", "/films?lifecycle", body)


def lifecycle_of_two_mib(server: Server) -> bytes:
    """Asked for what is stored: 1,000 rules of 2 KiB."""
    client(server).put_bucket_lifecycle_configuration(Bucket="films", LifecycleConfiguration={"Rules": [
        {"ID": f"{n:0255}", "Status": "Enabled", "Filter": {"And": {"Prefix": f"{n:01000}", "Tags": [{"Key": "k" * 128, "Value": "v" * 256}]}},
         "Expiration": {"Days": 1}} for n in range(1_000)]})
    return head("GET", "/films?lifecycle", signed(server, "GET", "/films?lifecycle"))


def longest_error(server: Server) -> bytes:
    """A head of 60 KiB that is told back, each byte as six, to whoever sends it."""
    return head("GET", "/films/k?x-id=" + "%22" * 19_000, [("Host", "127.0.0.1"), ("Authorization", '"' * 5_000)])


def all_at_once(server: Server, request: bytes) -> list[bytes]:
    answers: list[bytes] = []
    clients = [threading.Thread(target=lambda: answers.append(exchange(server, request))) for _ in range(AT_ONCE)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return answers


def code(answer: bytes) -> str:
    found = re.search(rb"<Code>(\w+)</Code>", document(answer))
    return found[1].decode() if found else str(status(answer))


@pytest.mark.measures_memory
@pytest.mark.parametrize(("dearest", "codes"), [
    (complete_of_every_part, {"InvalidPart", "SlowDown"}), (delete_of_long_keys, {"200", "SlowDown"}),
    (lifecycle_of_nothing, {"MalformedXML", "SlowDown"}), (lifecycle_of_two_mib, {"200", "SlowDown"}),
    (longest_error, {"InvalidArgument"})])
def test_the_dearest_requests_at_once_leave_the_server_small_and_answering(
        attacked: Server, dearest: Callable[[Server], bytes], codes: set[str]) -> None:
    """64 of a kind; at least one is done."""
    answers = Counter(code(answer) for answer in all_at_once(attacked, dearest(attacked)))
    print(f"{dearest.__name__}: {dict(answers)}, {attacked.peak_memory() / MIB:.0f} MiB")
    assert answers.total() == AT_ONCE
    assert answers.keys() <= codes
    assert answers.keys() != {"SlowDown"}
    assert attacked.peak_memory() < LARGEST
    assert client(attacked).list_objects_v2(Bucket="films")["KeyCount"] == 0


@pytest.mark.long
@pytest.mark.measures_memory
def test_completions_of_a_few_parts_of_many_take_little(attacked: Server) -> None:
    """Each is small, and about an upload of 10,000 parts."""
    s3 = client(attacked, max_pool_connections=8)
    upload = Upload(s3, "films", "k").id
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: s3.upload_part(Bucket="films", Key="k", UploadId=upload, PartNumber=n, Body=b"x"), range(1, 10_001)))
    body = b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>"
    target = f"/films/k?uploadId={upload}"
    request = head("POST", target, signed(attacked, "POST", target, body), body)
    before = attacked.peak_memory()
    assert {code(answer) for answer in all_at_once(attacked, request)} == {"InvalidPart"}
    assert attacked.peak_memory() - before < 40 * MIB


@contextlib.contextmanager
def left_open(server: Server, requests: list[bytes]) -> Iterator[list[socket.socket]]:
    """Connections that have sent so much, and send no more."""
    with contextlib.ExitStack() as stack:
        connections = []
        for request in requests:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
            with contextlib.suppress(ConnectionError):  # it was refused before it had sent everything
                connection.sendall(request)
            connections.append(connection)
        yield connections


def told(connections: list[socket.socket]) -> Counter[str]:
    """What those have been answered that were."""
    codes: Counter[str] = Counter()
    for connection in connections:
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            if (answer := connection.recv(1 << 16)).startswith(b"HTTP/"):
                codes[code(answer)] += 1
    return codes


def unfinished_document(server: Server) -> bytes:
    body = b"<Delete>" + b" " * (4 * MIB - 100)
    return with_checksum(server, "POST", "/films?delete", body)[:-1]


def unfinished_form(server: Server) -> bytes:
    """Stops before its file, with as much as may stand there."""
    start = field("x-ignore-a", "v" * (19 * KIB))
    return (f"POST /films HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {len(start) + 1000}\r\n\r\n").encode() + start


def delete_something(server: Server) -> bytes:
    return exchange(server, with_checksum(server, "POST", "/films?delete", b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1_000 + b"</Delete>"))


def post_something(server: Server) -> bytes:
    form = signed_form(policy_for("films"), [("key", "k")])
    return exchange(server, head("POST", "/films", [("Host", "127.0.0.1"), ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")], form))


@pytest.mark.measures_memory
@pytest.mark.parametrize(("unfinished", "count", "ask"), [(unfinished_document, 64, delete_something), (unfinished_form, 900, post_something)])
def test_a_budget_that_is_used_up_is_told_and_recovers(
        attacked: Server, unfinished: Callable[[Server], bytes], count: int, ask: Callable[[Server], bytes]) -> None:
    """Who holds memory and sends nothing more doesn't keep it from others for long, even while it stays."""
    s3 = client(attacked)
    with left_open(attacked, [unfinished(attacked)] * count) as connections:
        assert s3.list_objects_v2(Bucket="films")["KeyCount"] == 0
        eventually(lambda: status(ask(attacked)) < 300, "a request is done beside them")
        codes = told(connections)
        print(f"{unfinished.__name__}: {dict(codes)}, {attacked.peak_memory() / MIB:.0f} MiB")
        assert codes["SlowDown"] > 0
        assert codes.keys() <= {"SlowDown", "RequestTimeout"}
        assert attacked.peak_memory() < LARGEST
    eventually(lambda: status(ask(attacked)) < 300, "memory is there again")
    assert {status(ask(attacked)) for _ in range(10)} <= {200, 204}
