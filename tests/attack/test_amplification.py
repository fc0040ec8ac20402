"""What a small request can make the server do: docs/bounds.md has the table of what is bounded, and where."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

import pytest
from botocore.client import BaseClient
from hostile import cost, exchange, head, send, signed, status, wrongly_signed
from support.s3 import client, new_bucket
from support.server import Server

KIB, MIB = 1 << 10, 1 << 20
HEAD = 64 * KIB
"""The longest head."""
MOST_BYTES = 768 * KIB
"""Of an answer to a head alone: twelve times the longest."""
MOST_SECONDS = 0.5
"""Of CPU for a head alone. It takes a hundredth of that; a sanitizer and a slow machine have their share."""
MOST_MEMORY = 200 * MIB


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("attacked"), "--quiet", "--bucket", "films") as server:
        yield server


@pytest.fixture(scope="module")
def s3(attacked: Server) -> BaseClient:
    return client(attacked)


def distinct_names(count: int) -> list[str]:
    """Short names of headers."""
    letters = "bcdefghijklmnopqrstuvwxyz0123456789"
    names = [*letters, *(a + b for a in letters for b in letters),
             *(a + b + c for a in letters for b in letters for c in letters)]
    return names[:count]


def get(lines: Sequence[tuple[str, str]] | str, target: str = "/films") -> Callable[[Server], bytes]:
    """GET with these lines besides Host; or a target alone."""
    return lambda server: head("GET", target, [("Host", f"127.0.0.1:{server.port}"), *lines])


def claiming(names: str, more: Sequence[tuple[str, str]] = ()) -> Callable[[Server], bytes]:
    """A wrong signature that says it signs these names too."""
    return lambda server: head("GET", "/films", [
        *wrongly_signed(server, "host;x-amz-content-sha256;x-amz-date;" + names), *more])


def presigned_v4(query: str) -> str:
    return ("/films?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00&" + query)


def presigned_v2(query: str) -> str:
    return "/films?AWSAccessKeyId=test&Expires=4000000000&Signature=00&" + query


HEADS: dict[str, Callable[[Server], bytes]] = {
    "a name signed 15,800 times, with 6,000 lines": claiming(";".join(["a"] * 15_800), [("a", "")] * 6_000),
    "10,000 names signed that aren't there": claiming(";".join(distinct_names(10_000))),
    "5,000 names signed, each with a line": claiming(
        ";".join(distinct_names(5_000)), [(name, "") for name in distinct_names(5_000)]),
    "12,000 lines of one name": claiming("a", [("a", "")] * 12_000),
    "a long name of a key": get([("Authorization", "AWS4-HMAC-SHA256 Credential=" + '"' * 60_000 +
                                  "/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"),
                                 ("x-amz-date", "20260101T000000Z"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]),
    "an authorization of quotes": get([("Authorization", '"' * 64_000)]),
    "an authorization of commas": get([("Authorization", "AWS4-HMAC-SHA256 " + "," * 60_000)]),
    "a credential of slashes": get([("Authorization", "AWS4-HMAC-SHA256 Credential=" + "/" * 60_000)]),
    "a path of quotes": get([], "/films/" + '"' * 64_000),
    "a path of encoded zeros": get([], "/films/" + "%00" * 21_000),
    "a path of malformed sequences": get([], "/films/" + "%" * 64_000),
    "30,000 parameters": get([], "/films?" + "a&" * 30_000),
    "30,000 parameters of a presigned URL": get([], presigned_v4("a&" * 30_000)),
    "6,000 headers in the query of a presigned URL": get([], presigned_v4("&".join(
        f"x-amz-{name}=" for name in distinct_names(5_500)))),
    "a presigned URL with a long value": get([], presigned_v4("prefix=" + "%22" * 20_000)),
    "a V2 URL with a long value": get([], presigned_v2("response-content-type=" + "%22" * 20_000)),
    "a V2 URL with 5,500 headers": get([], presigned_v2("&".join(f"x-amz-{name}=" for name in distinct_names(5_500)))),
    "a V2 URL with a value that goes on 20,000 times": get([], presigned_v2("versionId=" + "%26" * 20_000)),
    "a V2 header with a long date": get([("Authorization", "AWS test:00"), ("Date", '"' * 60_000)]),
    "an origin of quotes": get([("Origin", '"' * 60_000)]),
    "a host of quotes": lambda _: head("GET", "/films", [("Host", '"' * 64_000)]),
    "a method of 60,000 letters": lambda server: head("G" * 60_000, "/films", [("Host", f"127.0.0.1:{server.port}")]),
    "12,000 lines that say nothing": get([("a", "")] * 12_000),
}


@pytest.mark.measures_memory
@pytest.mark.parametrize("case", HEADS)
def test_a_head_costs_no_more_than_a_bound_before_its_sender_is_known(attacked: Server, case: str) -> None:
    request = HEADS[case](attacked)
    assert len(request) <= HEAD, "the head is refused for its length"
    answer, what = cost(attacked, request)
    print(f"{case}: {what}")
    assert status(answer) >= 400
    assert what.bytes_out <= MOST_BYTES
    assert what.cpu_seconds <= MOST_SECONDS
    assert attacked.peak_memory() <= MOST_MEMORY


def test_a_longer_head_is_refused_unread(attacked: Server) -> None:
    answer, what = cost(attacked, head("GET", "/films", [("Host", "h"), ("a", "x" * HEAD)]))
    assert status(answer) == 400
    assert b"<Code>RequestHeaderSectionTooLarge</Code>" in answer
    assert what.bytes_out < KIB


def test_a_preflight_of_many_names_against_many_patterns_is_bounded(attacked: Server, s3: BaseClient) -> None:
    bucket = new_bucket(s3)
    patterns = [f"x-{name}*" for name in distinct_names(1_300)]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": [*patterns, "a"]}]})
    asked = ",".join(["a"] * 30_000)
    request = head("OPTIONS", f"/{bucket}/k", [
        ("Host", f"127.0.0.1:{attacked.port}"), ("Origin", "http://a"), ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", asked)])
    answer, what = cost(attacked, request)
    assert status(answer) == 403
    assert what.cpu_seconds <= MOST_SECONDS
    few = request.replace(asked.encode(), b"a")
    assert status(exchange(attacked, few)) == 200


SIGNED: dict[str, Callable[[], tuple[str, str, list[tuple[str, str]]]]] = {
    "1,900 lines of metadata": lambda: ("PUT", "/k", [(f"x-amz-meta-{name}", "") for name in distinct_names(1_900)]),
    "a tagging of 15,000 tags": lambda: ("PUT", "/k", [("x-amz-tagging", "&".join(distinct_names(15_000)))]),
    "10,000 ranges": lambda: ("GET", "/k", [("Range", "bytes=" + ",".join(["0-0"] * 10_000))]),
    "15,000 ETags": lambda: ("GET", "/k", [("If-Match", ",".join(['""'] * 15_000))]),
    "20,000 attributes": lambda: ("GET", "/k?attributes", [("x-amz-object-attributes", ",".join(["E"] * 20_000))]),
    "5,500 headers in the query": lambda: (
        "GET", "/k?" + "&".join(f"x-amz-{name}=" for name in distinct_names(5_500)), []),
}


@pytest.mark.parametrize("case", SIGNED)
def test_a_head_costs_no_more_than_a_bound_after_its_sender_is_known(attacked: Server, s3: BaseClient,
                                                                     case: str) -> None:
    s3.put_object(Bucket="films", Key="k", Body=b"x")
    method, target, lines = SIGNED[case]()
    request = head(method, "/films" + target, signed(attacked, method, "/films" + target, b"", lines))
    assert len(request) <= HEAD
    answer, what = cost(attacked, request)
    print(f"{case}: {what} {status(answer)}")
    assert status(answer) != 500
    assert what.bytes_out <= MOST_BYTES
    assert what.cpu_seconds <= MOST_SECONDS


@pytest.mark.parametrize("asked", ["a header", "a key"])
def test_what_a_policy_compares_is_bounded(attacked: Server, s3: BaseClient, asked: str) -> None:
    bucket = new_bucket(s3)
    s3.delete_public_access_block(Bucket=bucket)
    almost = "*" + "a" * 950 + "b"
    resource = [f"arn:aws:s3:::{bucket}/{almost}{number:02}" for number in range(18)] if asked == "a key" else f"arn:aws:s3:::{bucket}/*"
    condition = {"Condition": {"StringLike": {"aws:Referer": "*" + "a" * 4_000 + "?" + "a" * 4_000 + "b"}}} if asked == "a header" else {}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource, **condition}]}))
    for lines in ([("Referer", "a" * 8_150)], [("Referer", "a" * 60_000)]):
        answer, what = cost(attacked, get(lines, f"/{bucket}/" + "a" * 1_000)(attacked))
        print(f"{asked}: {what}")
        assert status(answer) == 403
        assert what.cpu_seconds <= MOST_SECONDS


def test_a_page_of_the_longest_keys_is_bounded(attacked: Server, s3: BaseClient) -> None:
    """1,000 keys, each byte of which is written as six, and is listed under a prefix that is written so, too."""
    bucket = new_bucket(s3)
    for number in range(20):
        s3.put_object(Bucket=bucket, Key='"' * 1_020 + f"{number:04}", Body=b"")
    answer = send(attacked, "GET", f"/{bucket}?list-type=2&prefix=" + "%22" * 1_020)
    assert status(answer) == 200
    each = 6 * 1_024 + 512
    assert len(answer) <= 20 * each + 6 * 1_024 + 2 * KIB, "so that a page of 1,000 is at most 7 MB"


def test_what_is_deleted_is_named_once(attacked: Server, s3: BaseClient) -> None:
    keys = [f'{number:04}' + '"' * 1_020 for number in range(1_000)]
    objects = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys)
    body = f"<Delete>{objects}</Delete>".encode()
    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    lines = signed(attacked, "POST", "/films?delete", body, [("Content-MD5", md5)])
    request = head("POST", "/films?delete", lines, body)
    answer, what = cost(attacked, request)
    assert status(answer) == 200
    assert what.bytes_out <= 6 * what.bytes_in
