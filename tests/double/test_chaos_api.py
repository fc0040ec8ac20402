"""The shape of LocalStack's Chaos API: rules of service, region, operation, probability and error, and a latency."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.client import BaseClient

from support.s3 import client, refused
from support.server import Server

FILM = {"Bucket": "films", "Key": "a.mp4"}


def chaos(server: Server, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(f"{server.url}/_localstack/chaos/{path}", method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def test_a_rule_fails_its_operation_with_its_error(doubled: Server, once: BaseClient) -> None:
    rules = [{"service": "s3", "region": "us-*", "operation": "GetObject", "probability": 1.0,
              "error": {"statusCode": 404, "code": "NoSuchKey"}}]
    assert chaos(doubled, "POST", "faults", rules) == rules
    once.put_object(**FILM, Body=b"x")
    with refused("NoSuchKey"):
        once.get_object(**FILM)


def test_an_empty_rule_fails_everything_with_503(doubled: Server, once: BaseClient) -> None:
    chaos(doubled, "POST", "faults", [{}])
    with refused("ServiceUnavailable", 503):
        once.list_buckets()


def test_a_rule_of_another_region_leaves_this_one_alone(doubled: Server) -> None:
    chaos(doubled, "POST", "faults", [{"region": "eu-west-1"}])
    client(doubled, retries={"total_max_attempts": 1}).list_buckets()
    with refused("ServiceUnavailable"):
        client(doubled, region="eu-west-1", retries={"total_max_attempts": 1}).list_buckets()


def test_rules_are_replaced_added_and_removed(doubled: Server) -> None:
    first, second = {"operation": "GetObject"}, {"operation": "PutObject"}
    chaos(doubled, "POST", "faults", [{"operation": "HeadObject"}])
    assert chaos(doubled, "POST", "faults", [first]) == [first]
    assert chaos(doubled, "PATCH", "faults", [second]) == [first, second]
    assert chaos(doubled, "GET", "faults") == [first, second]
    assert chaos(doubled, "DELETE", "faults", [first]) == [second]
    assert chaos(doubled, "POST", "faults", []) == []


def test_a_latency_is_waited_before_each_answer(doubled: Server, once: BaseClient) -> None:
    assert chaos(doubled, "POST", "effects", {"latency": 300}) == {"latency": 300}
    begun = time.monotonic()
    once.list_buckets()
    assert time.monotonic() - begun >= 0.3
    assert chaos(doubled, "GET", "effects") == {"latency": 300}
    assert chaos(doubled, "POST", "effects", {}) == {}


@pytest.mark.parametrize(("path", "body"), [
    ("faults", [{"service": "lambda"}]), ("faults", [{"operation": "GetObjekt"}]), ("faults", [{"servise": "s3"}]),
    ("faults", [{"error": {"code": "NoSuchCode"}}]), ("faults", [{"probability": 2}]), ("faults", "text"),
    ("faults", [{"operation": "*" * 2_000}]), ("effects", {"latency": -1}), ("effects", {"jitter": 1}), ("effects", [])])
def test_what_is_not_known_is_refused(path: str, body: Any, doubled: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        chaos(doubled, "POST", path, body)
    assert caught.value.code == 400
    assert json.loads(caught.value.read())["error"]
