"""The clock that a test moves, and the journal that it asserts on."""

from __future__ import annotations

import datetime
import json
import threading
import urllib.error
import urllib.request

import pytest
from botocore.client import BaseClient

from double.control import Control, Refused
from support.s3 import Upload, client, refused
from support.server import Server

FILM = {"Bucket": "films", "Key": "a.mp4"}


class TestClock:
    def test_dates_follow_it(self, control: Control, once: BaseClient) -> None:
        control.clock(set="2030-01-01T00:00:00Z", frozen=True)
        once.put_object(**FILM, Body=b"x")
        answer = once.head_object(**FILM)
        assert answer["LastModified"] == datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
        assert answer["ResponseMetadata"]["HTTPHeaders"]["date"] == "Tue, 01 Jan 2030 00:00:00 GMT"

    def test_a_clock_moved_by_a_year_locks_no_client_out(self, control: Control, once: BaseClient) -> None:
        for move in ("52w", "-104w"):
            control.clock(advance=move)
            once.put_object(**FILM, Body=b"x")
            assert once.get_object(**FILM)["Body"].read() == b"x"

    def test_a_presigned_url_expires_when_the_clock_passes_its_time(self, control: Control, doubled: Server, once: BaseClient) -> None:
        v4 = client(doubled, signature_version="s3v4")
        once.put_object(**FILM, Body=b"x")
        url = v4.generate_presigned_url("get_object", Params=FILM, ExpiresIn=3600)
        control.clock(advance="59m")
        assert urllib.request.urlopen(url, timeout=60).read() == b"x"
        control.clock(advance="2m")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url, timeout=60)
        assert b"Request has expired" in caught.value.read()
        fresh = v4.generate_presigned_url("get_object", Params=FILM, ExpiresIn=3600)
        assert urllib.request.urlopen(fresh, timeout=60).read() == b"x"

    @pytest.mark.parametrize("change", [
        {"advance": "8 days"}, {"set": "tomorrow"}, {"frozen": "yes"}, {"speed": 2}, {}, {"advance": "--1d"}, {"advance": "1h-1m"},
        {"advance": "3660001d"}, {"advance": "500000w500000w500000w"}, {"advance": "9223372036854775807w"},
        {"advance": "99999999999999999999d"}])
    def test_a_wrong_change_is_refused(self, change: dict[str, object], control: Control) -> None:
        with pytest.raises(Refused) as caught:
            control.ask("POST", "v1/clock", change)
        assert caught.value.status == 400


class TestJournal:
    def test_it_tells_what_the_sdk_really_sent(self, control: Control, once: BaseClient) -> None:
        made = Upload(once, "films", "a.mp4")
        made.put(3, b"part")
        entry = control.journal(operation="UploadPart")[0]
        assert (entry["bucket"], entry["key"], entry["part_number"], entry["upload_id"]) == ("films", "a.mp4", "3", made.id)
        assert entry["status"] == 200 and not entry["cut"] and entry["acted"] == []
        assert entry["attempt"] == 1 and "Boto3" in entry["user_agent"]
        assert entry["checksums"] and entry["payload"]
        assert entry["bytes_in"] > 0 and entry["took_ms"] > 0 and entry["stages_ms"]["perform"] > 0
        names = {header["name"].lower() for header in entry["request_headers"]}
        assert {"authorization", "host", "amz-sdk-request"} <= names
        assert any(header["name"] == "ETag" for header in entry["response_headers"])

    def test_secrets_are_removed(self, control: Control, doubled: Server) -> None:
        key = "k" * 32
        s3 = client(doubled, retries={"total_max_attempts": 1})
        s3.put_object(**FILM, Body=b"x", SSECustomerAlgorithm="AES256", SSECustomerKey=key)
        url = client(doubled, signature_version="s3v4").generate_presigned_url("head_object", Params=FILM)
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=60)
        import base64
        text = json.dumps(control.journal()) + json.dumps(control.ask("GET", "v1/journal", format="har"))
        assert base64.b64encode(key.encode()).decode() not in text
        assert "Signature=(removed)" in text
        signature = url.split("X-Amz-Signature=")[1].split("&")[0]
        assert signature not in text

    def test_filters_choose(self, control: Control, once: BaseClient) -> None:
        once.put_object(**FILM, Body=b"x")
        with refused("NoSuchKey"):
            once.get_object(Bucket="films", Key="other")
        assert [entry["operation"] for entry in control.journal(key="a*")] == ["PutObject"]
        assert [entry["operation"] for entry in control.journal(status=404)] == ["GetObject"]
        assert [entry["operation"] for entry in control.journal(error="NoSuch*")] == ["GetObject"]
        assert control.journal(after=control.journal()[-1]["id"]) == []
        with pytest.raises(Refused, match="did you mean"):
            control.journal(operatoin="PutObject")

    def test_expectations_hold_or_show_what_happened_instead(self, control: Control, once: BaseClient) -> None:
        made = Upload(once, "films", "a.mp4")
        for number in (1, 2, 2):
            made.put(number, b"x")
        assert control.expect(operation="UploadPart", count=3)["holds"]
        assert control.expect(operation="UploadPart", count=2, distinct="part_number")["holds"]
        assert control.expect(operation="DeleteObject", count=0)["holds"]
        verdict = control.expect(operation="UploadPart", count=5, distinct="part_number")
        assert not verdict["holds"] and verdict["found"] == 2
        assert "wanted exactly 5" in verdict["text"] and "films/a.mp4 part 2" in verdict["text"]
        missing = control.expect(operation="CompleteMultipartUpload")
        assert "what there is instead" in missing["text"] and "CreateMultipartUpload" in missing["text"]

    def test_har_is_what_browsers_open(self, control: Control, once: BaseClient) -> None:
        once.put_object(**FILM, Body=b"x")
        log = control.ask("GET", "v1/journal", format="har")["log"]
        assert log["version"] == "1.2"
        entry = log["entries"][-1]
        assert entry["request"]["method"] == "PUT" and entry["request"]["url"].endswith("/films/a.mp4")
        assert entry["response"]["status"] == 200
        assert set(entry["timings"]) == {"send", "wait", "receive"}

    def test_a_stream_brings_each_entry_as_it_comes(self, control: Control, once: BaseClient) -> None:
        with urllib.request.urlopen(control.url + "v1/journal/stream?operation=PutObject", timeout=60) as stream:
            put = threading.Thread(target=lambda: once.put_object(**FILM, Body=b"x"))
            put.start()
            line = stream.readline()
            while line == b"\n":
                line = stream.readline()
            put.join()
        assert json.loads(line)["operation"] == "PutObject"

    def test_the_control_api_is_not_in_it(self, control: Control) -> None:
        control.rules()
        assert control.journal() == []

    def test_a_head_that_is_none_is_in_it(self, control: Control, doubled: Server) -> None:
        import socket
        with socket.create_connection(("127.0.0.1", doubled.port), timeout=60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
        assert control.journal(error="BadRequest")[0]["cause"] == "malformed head"
