"""Each fault does to a real client what its row says, and no more."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from double.control import Control, Refused
from support.s3 import Upload, refused
from support.server import Server

FILM = {"Bucket": "films", "Key": "a.mp4"}


def upload(s3: BaseClient, body: bytes = b"part") -> Upload:
    made = Upload(s3, "films", "a.mp4")
    made.put(1, body)
    return made


def test_an_error_of_any_code_stands_in_the_place_of_the_work(control: Control, once: BaseClient) -> None:
    control.add({"type": "error", "code": "SlowDown"}, match={"operation": "PutObject"}, times=1)
    with refused("SlowDown", 503):
        once.put_object(**FILM, Body=b"x")
    with refused("404", 404):
        once.head_object(**FILM)
    once.put_object(**FILM, Body=b"x")


def test_an_error_has_the_status_message_and_retry_after_that_its_rule_names(control: Control, once: BaseClient) -> None:
    control.add({"type": "error", "code": "InternalError", "status": 507, "message": "full", "retry_after": 7})
    with refused("InternalError", 507) as error:
        once.list_buckets()
    assert error["Message"] == "full"
    with pytest.raises(ClientError) as caught:
        once.list_buckets()
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"


def test_an_error_after_the_commit_leaves_the_work_done(control: Control, once: BaseClient) -> None:
    control.add({"type": "error", "code": "InternalError"}, match={"operation": "PutObject"}, when="after-commit")
    with refused("InternalError", 500):
        once.put_object(**FILM, Body=b"done")
    assert once.get_object(**FILM)["Body"].read() == b"done"


def test_a_lost_answer_to_complete_is_found_by_the_retry(control: Control, retrying: BaseClient) -> None:
    made = upload(retrying)
    control.preset("lost-complete")
    assert made.complete()["ETag"].endswith('-1"')
    completions = control.journal(operation="CompleteMultipartUpload")
    assert [entry["acted"] for entry in completions] == [["lost-complete"], []]
    assert completions[0]["bytes_out"] == 0 and completions[0]["cut"]
    assert [entry["attempt"] for entry in completions] == [1, 2]


def test_an_error_in_a_200_is_told_with_white_space_before_it(control: Control, once: BaseClient) -> None:
    made = upload(once)
    control.preset("error-in-200")
    with refused("InternalError"):
        made.complete()
    entry = control.journal(operation="CompleteMultipartUpload")[0]
    assert entry["status"] == 200
    assert entry["error"] == "InternalError"
    made.complete()  # nothing was done


@pytest.mark.parametrize("kind", ["reset", "close"])
def test_a_connection_ends_without_an_answer(kind: str, control: Control, once: BaseClient) -> None:
    control.add({"type": kind}, match={"operation": "PutObject"}, times=1)
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        once.put_object(**FILM, Body=b"x")
    with refused("404"):
        once.head_object(**FILM)


def test_a_reset_in_the_body_comes_after_so_many_bytes(control: Control, once: BaseClient) -> None:
    control.add({"type": "reset", "after_bytes": 100_000}, match={"operation": "UploadPart"}, when="during-request", times=1)
    made = Upload(once, "films", "a.mp4")
    with pytest.raises(HTTPClientError):
        made.put(1, b"x" * 1_000_000)
    assert "Parts" not in once.list_parts(**made.at)


def test_a_hang_says_nothing_for_so_long(control: Control, once: BaseClient) -> None:
    control.add({"type": "hang", "ms": 300}, match={"operation": "ListBuckets"}, times=1)
    begun = time.monotonic()
    with pytest.raises(HTTPClientError):
        once.list_buckets()
    assert time.monotonic() - begun >= 0.3


def test_a_delay_waits_and_goes_on(control: Control, once: BaseClient) -> None:
    control.add({"type": "delay", "ms": 300}, match={"operation": "ListBuckets"}, times=1)
    begun = time.monotonic()
    once.list_buckets()
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("when", ["during-response", "during-request"])
def test_a_throttle_moves_the_body_no_faster(when: str, control: Control, once: BaseClient) -> None:
    body = b"x" * 30_000
    operation = "GetObject" if when == "during-response" else "PutObject"
    once.put_object(**FILM, Body=body)
    control.add({"type": "throttle", "bytes_per_second": 100_000}, match={"operation": operation}, when=when)
    begun = time.monotonic()
    if when == "during-response":
        assert once.get_object(**FILM)["Body"].read() == body
    else:
        once.put_object(**FILM, Body=body)
    assert time.monotonic() - begun >= 0.29


def test_slices_move_the_same_bytes(control: Control, once: BaseClient) -> None:
    body = bytes(range(256)) * 8
    control.add({"type": "slice", "bytes": 7}, match={"operation": "PutObject"}, when="during-request", name="in")
    control.add({"type": "slice", "bytes": 7}, match={"operation": "GetObject"}, when="during-response", name="out")
    once.put_object(**FILM, Body=body)
    assert once.get_object(**FILM)["Body"].read() == body


def test_a_truncated_answer_ends_against_its_length(control: Control, once: BaseClient) -> None:
    once.put_object(**FILM, Body=b"x" * 10_000)
    control.preset("truncated-get")
    answer = once.get_object(**FILM)
    assert answer["ContentLength"] == 10_000
    with pytest.raises(Exception, match="(?i)incomplete|10000|1024"):
        answer["Body"].read()
    assert len(once.get_object(**FILM)["Body"].read()) == 10_000


def test_a_corrupted_answer_differs_in_one_bit(control: Control, doubled: Server, once: BaseClient) -> None:
    once.put_object(**FILM, Body=b"\x00\x00\x00", ChecksumAlgorithm="CRC32")
    control.add({"type": "corrupt", "after_bytes": 1, "bit": 3}, match={"operation": "GetObject"})
    with pytest.raises(Exception, match="(?i)checksum"):
        once.get_object(**FILM)["Body"].read()
    import urllib.request
    url = once.generate_presigned_url("get_object", Params=FILM)
    assert urllib.request.urlopen(url, timeout=60).read() == b"\x00\x08\x00"


def test_a_corrupted_request_is_refused_by_its_checksum(control: Control, once: BaseClient) -> None:
    control.add({"type": "corrupt"}, match={"operation": "PutObject"}, when="during-request", times=1)
    with pytest.raises(ClientError):
        once.put_object(**FILM, Body=b"bytes", ContentMD5="S3Gcm0G2KOsjDIeemXbD+A==")
    with refused("404"):
        once.head_object(**FILM)


def test_a_wrong_etag_is_another_object_s(control: Control, once: BaseClient) -> None:
    right = once.put_object(**FILM, Body=b"x")["ETag"]
    control.add({"type": "wrong-etag"}, match={"operation": ["PutObject", "UploadPart"]})
    wrong = once.put_object(**FILM, Body=b"x")["ETag"]
    assert wrong != right and len(wrong) == len(right)
    made = upload(once)
    assert once.list_parts(**made.at)["Parts"][0]["ETag"] != made.parts[1]["ETag"]


def test_a_dropped_header_is_missing(control: Control, once: BaseClient) -> None:
    control.add({"type": "drop-header", "header": "ETag"}, match={"operation": "PutObject"}, times=1)
    assert "ETag" not in once.put_object(**FILM, Body=b"x")
    assert "ETag" in once.put_object(**FILM, Body=b"x")


def test_a_late_first_attempt_overwrites_its_retry(control: Control, retrying: BaseClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Upload(retrying, "films", "a.mp4")
    control.preset("late-part")
    bodies = iter([b"first attempt", b"the retry"])
    with pytest.raises(HTTPClientError):
        retrying_once(retrying).upload_part(**made.at, PartNumber=1, Body=next(bodies))
    etag = retrying.upload_part(**made.at, PartNumber=1, Body=next(bodies))["ETag"]
    listed = retrying.list_parts(**made.at)["Parts"][0]
    assert listed["ETag"] != etag
    assert listed["Size"] == len(b"first attempt")
    note = control.journal(operation="UploadPart")[1]["acted"]
    assert note == ["late-part: UploadPart committed late, 200"]


def retrying_once(s3: BaseClient) -> BaseClient:
    import boto3
    from botocore.config import Config
    return boto3.client("s3", endpoint_url=s3.meta.endpoint_url, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))


@pytest.mark.parametrize(("until", "outcome"), [("complete", "NoSuchUpload"), ("abort", "NoSuchUpload")])
def test_a_late_part_that_was_answered_comes_after_the_upload_s_end(until: str, outcome: str, control: Control,
                                                                    once: BaseClient) -> None:
    made = upload(once)
    control.add({"type": "late-commit", "until": until, "answered": True}, match={"operation": "UploadPart"}, name="late")
    import hashlib
    answer = once.upload_part(**made.at, PartNumber=2, Body=b"late")
    assert answer["ETag"] == f'"{hashlib.md5(b"late").hexdigest()}"'
    made.complete() if until == "complete" else made.abort()
    assert f"late: UploadPart committed late, {outcome}" in control.journal()[-1]["acted"]


def test_a_stale_listing_lacks_what_is_younger(control: Control, once: BaseClient) -> None:
    once.put_object(**FILM, Body=b"x")
    control.preset("stale-listing")
    listing = once.list_objects_v2(Bucket="films")
    assert listing["KeyCount"] == 0 and "Contents" not in listing
    control.clock(advance="2m")
    assert once.list_objects_v2(Bucket="films")["KeyCount"] == 1


@pytest.mark.parametrize(("fault", "code"), [
    ({"type": "expired-token"}, "ExpiredToken"),
    ({"type": "part-lost"}, "InvalidPart"), ({"type": "upload-expired"}, "NoSuchUpload"),
])
def test_a_refusal_of_s3_on_demand(fault: dict[str, Any], code: str, control: Control, once: BaseClient) -> None:
    made = upload(once)
    control.add(fault, match={"operation": "CompleteMultipartUpload"}, times=1)
    with refused(code):
        made.complete()
    made.complete()


def test_a_redirect_to_another_region_is_followed(control: Control, once: BaseClient) -> None:
    control.add({"type": "redirect", "region": "eu-west-1"}, match={"operation": "ListObjectsV2"}, times=1)
    once.list_objects_v2(Bucket="films")
    assert [entry.get("error") for entry in control.journal(operation="ListObjectsV2")] == ["PermanentRedirect", None]


def test_100_continue_can_be_withheld(control: Control, doubled: Server, once: BaseClient) -> None:
    control.add({"type": "no-continue"}, match={"operation": "PutObject"})
    url = once.generate_presigned_url("put_object", Params=FILM)
    target = url.split("/", 3)[3]
    with socket.create_connection(("127.0.0.1", doubled.port), timeout=60) as connection:
        connection.sendall(f"PUT /{target} HTTP/1.1\r\nHost: {url.split('/')[2]}\r\nContent-Length: 1\r\n"
                           "Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(60)
        connection.sendall(b"x")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_one_request_can_ask_for_its_own_fault(once: BaseClient) -> None:
    def ask_for(value: str) -> None:
        once.meta.events.register_first("before-sign.s3.PutObject", lambda request, **_: request.headers.add_header(
            "x-partsmith-fault", value), unique_id="fault")

    ask_for('{"type": "error", "code": "ServiceUnavailable"}')
    with refused("ServiceUnavailable", 503):
        once.put_object(**FILM, Body=b"x")
    once.meta.events.unregister("before-sign.s3.PutObject", unique_id="fault")
    once.put_object(**FILM, Body=b"x")


class TestRules:
    def test_skip_times_and_counts(self, control: Control, once: BaseClient) -> None:
        control.add({"type": "error", "code": "SlowDown"}, match={"operation": "List*"}, skip=1, times=2, name="counted")
        outcomes = []
        for _ in range(5):
            try:
                once.list_buckets()
                outcomes.append("well")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])
        assert outcomes == ["well", "SlowDown", "SlowDown", "well", "well"]
        assert (control.rules()["counted"]["matched"], control.rules()["counted"]["hits"]) == (5, 2)

    @pytest.mark.parametrize("match", [
        {"bucket": "fi*"}, {"key": "*.mp4"}, {"method": "PUT"}, {"access_key": "test"}, {"attempt": 1}, {"user_agent": "*Boto3*"},
        {"header": {"content-type": "video/*"}}, {"operation": ["GetObject", "PutObject"]},
    ])
    def test_what_a_match_is_about(self, match: dict[str, Any], control: Control, once: BaseClient) -> None:
        control.add({"type": "error", "code": "SlowDown"}, match=match, name="r")
        with refused("SlowDown"):
            once.put_object(**FILM, Body=b"x", ContentType="video/mp4")
        control.ask("DELETE", "v1/faults/r")
        once.put_object(**FILM, Body=b"x", ContentType="video/mp4")

    def test_a_match_of_part_numbers(self, control: Control, once: BaseClient) -> None:
        control.add({"type": "error", "code": "SlowDown"}, match={"part_number": "2-3"})
        made = Upload(once, "films", "a.mp4")
        made.put(1, b"x")
        for number in (2, 3):
            with refused("SlowDown"):
                made.put(number, b"x")
        made.put(4, b"x")

    def test_the_same_seed_and_requests_give_the_same_faults_in_any_order(self, control: Control, once: BaseClient) -> None:
        def outcomes(keys: list[str]) -> dict[str, bool]:
            control.add({"type": "error", "code": "SlowDown"}, match={"operation": "PutObject"}, probability=0.5, seed=3, name="r")
            hit = {}
            for key in keys:
                try:
                    once.put_object(Bucket="films", Key=key, Body=b"x")
                    hit[key] = False
                except ClientError:
                    hit[key] = True
            return hit

        keys = [str(number) for number in range(40)]
        first = outcomes(keys)
        assert 5 < sum(first.values()) < 35
        for _ in range(3):
            assert outcomes(keys[::-1]) == first

    def test_a_rule_ends_with_its_time_to_live(self, control: Control, once: BaseClient) -> None:
        control.add({"type": "error", "code": "SlowDown"}, ttl=0)
        once.list_buckets()
        assert control.rules() == {}

    @pytest.mark.parametrize(("rule", "message"), [
        ({"fault": {"type": "reest"}}, 'did you mean "reset"'),
        ({"fault": {"type": "error"}, "tmes": 1}, 'did you mean "times"'),
        ({"fault": {"type": "error"}, "match": {"operatoin": "PutObject"}}, 'did you mean "operation"'),
        ({"fault": {"type": "error"}, "match": {"operation": "PutObjekt"}}, 'did you mean "PutObject"'),
        ({"fault": {"type": "error", "code": "SlowDwon"}}, 'did you mean "SlowDown"'),
        ({"fault": {"type": "truncate"}, "when": "before"}, "during-response"),
        ({"fault": {"type": "delay"}}, '"ms"'), ({"fault": {"type": "error"}, "probability": 2}, "from 0 to 1"),
        ({}, "fault"), ([], None),
    ])
    def test_a_wrong_rule_is_refused_in_one_line(self, rule: Any, message: str | None, control: Control) -> None:
        if message is None:
            control.ask("POST", "v1/faults", rule)
            return
        with pytest.raises(Refused) as caught:
            control.ask("POST", "v1/faults", rule)
        assert caught.value.status == 400
        assert message in caught.value.message

    def test_every_preset_can_be_added(self, control: Control) -> None:
        for preset in control.ask("GET", "v1/fault-presets")["presets"]:
            control.preset(preset["name"])
