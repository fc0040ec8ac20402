"""partsmith mb, rb, ls, rm, cat, stat, presign, uploads, parts, abort against a server, cross-checked with boto3."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from botocore.client import BaseClient

from support.cli import FAILED, MISUSED, done, not_done, settings, verb
from support.data import MIB, etag, seeded_bytes
from support.plain_http import send
from support.s3 import Upload, client, new_bucket, refused
from support.server import BINARY, Server

STRANGE = ["a b+c&d=e", "ä/日本", "100%", "line\nbreak", " edges ", "dots/../up", "double//slash", "q?x#y"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def keys(s3: BaseClient, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def open_uploads(s3: BaseClient, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


def fill(s3: BaseClient, bucket: str, *names: str) -> None:
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=name.encode())


def test_a_bucket_is_made_in_its_region_listed_and_removed(server: Server, s3: BaseClient) -> None:
    for region in ("us-east-1", "eu-central-1"):
        name = f"made-in-{region}"
        done(server, "mb", f"s3://{name}", "--region", region)
        assert s3.get_bucket_location(Bucket=name).get("LocationConstraint") == (None if region == "us-east-1" else region)
        assert name in [line["bucket"] for line in lines(done(server, "ls", "--json"))]
        assert f"s3://{name}\n" in done(server, "ls")
        assert json.loads(done(server, "stat", "--json", f"s3://{name}")) == {"bucket": name, "region": region}
        done(server, "rb", f"s3://{name}")
        with refused("404"):
            s3.head_bucket(Bucket=name)


def test_a_full_bucket_is_removed_only_by_force_with_its_open_uploads(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, "a", "b/c")
    Upload(s3, bucket, "open").put(1, b"part")
    assert "BucketNotEmpty (409)" in not_done(server, FAILED, "rb", f"s3://{bucket}")
    assert keys(s3, bucket) == ["a", "b/c"]
    done(server, "rb", "--force", f"s3://{bucket}")
    with refused("404"):
        s3.head_bucket(Bucket=bucket)


def test_ls_tells_one_level_or_all_and_any_key(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, "top", "films/one", "films/old/two", *STRANGE)
    assert sorted(line["key"] for line in lines(done(server, "ls", "-r", "--json", f"s3://{bucket}"))) == sorted(
        ["top", "films/one", "films/old/two", *STRANGE])
    level = lines(done(server, "ls", "--json", f"s3://{bucket}/films/"))
    assert [line.get("prefix") or line["key"] for line in level] == ["films/old/", "films/one"]
    assert level[1]["size"] == len("films/one") and f'"{level[1]["etag"]}"' == etag(b"films/one")
    shown = done(server, "ls", f"s3://{bucket}/films/").splitlines()
    assert [line.split()[-2:] for line in shown] == [["PRE", "old/"], ["9", "one"]]
    assert "line?break" in done(server, "ls", f"s3://{bucket}")


def test_ls_reads_every_page(server: Server, s3: BaseClient, bucket: str) -> None:
    wanted = [f"{number:04}" for number in range(1005)]
    fill(s3, bucket, *wanted)
    found = lines(done(server, "ls", "--json", "--summary", f"s3://{bucket}"))
    assert [line["key"] for line in found[:-1]] == wanted
    assert found[-1] == {"objects": 1005, "bytes": 4 * 1005}
    done(server, "rm", "-r", "-q", f"s3://{bucket}")
    assert keys(s3, bucket) == []


def test_ls_into_a_pipe_that_closes_ends(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, *[f"{number:04}-{'x' * 200}" for number in range(600)])
    with subprocess.Popen([BINARY, "ls", f"s3://{bucket}"], env=settings(server), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as listing:
        assert listing.stdout and listing.stderr
        listing.stdout.read(10)
        listing.stdout.close()
        assert listing.wait(30) == FAILED
        assert b"stdout" in listing.stderr.read()


def test_rm_deletes_keys_and_folders_and_nothing_beside_them(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, "old", "old/1", "old/2/3", "older", *STRANGE)
    assert "would delete" in done(server, "rm", "-r", "--dry-run", f"s3://{bucket}/old")
    done(server, "rm", "--dry-run", f"s3://{bucket}/older")
    assert len(keys(s3, bucket)) == 4 + len(STRANGE)
    done(server, "rm", "-r", f"s3://{bucket}/old")
    assert keys(s3, bucket)[-1] != "old/2/3" and {"old", "older"} <= set(keys(s3, bucket))
    done(server, "rm", *[f"s3://{bucket}/{key}" for key in ("old", "older", *STRANGE)])
    assert keys(s3, bucket) == []
    assert "names a bucket" in not_done(server, MISUSED, "rm", f"s3://{bucket}")


def test_cat_writes_objects_ranges_and_parts(server: Server, s3: BaseClient, bucket: str) -> None:
    body = seeded_bytes(3 * MIB)
    s3.put_object(Bucket=bucket, Key="plain", Body=body)
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    upload = Upload(s3, bucket, "parts")
    upload.put(1, bytes(5 * MIB))
    upload.put(2, b"the end")
    upload.complete()
    url = f"s3://{bucket}"
    assert verb(server, "cat", f"{url}/plain", f"{url}/empty", f"{url}/plain").stdout == body + body
    for text, expected in {"0-9": body[:10], "100-": body[100:], "-7": body[-7:], "5-99999999": body[5:]}.items():
        assert verb(server, "cat", f"--range={text}", f"{url}/plain").stdout == expected, text
    assert verb(server, "cat", f"{url}/parts", "--part", 2).stdout == b"the end"
    assert verb(server, "cat", f"{url}/parts", "--part", 1).stdout == bytes(5 * MIB)
    for wrong in ("5", "b-a", "9-1", "99999999-", "-0"):
        assert "range" in not_done(server, MISUSED, "cat", f"--range={wrong}", f"{url}/plain"), wrong
    assert "not found (404) [request id" in not_done(server, FAILED, "cat", f"{url}/none")


def test_stat_tells_headers_and_parts(server: Server, s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket, "film", ContentType="video/mp4", Metadata={"who": "gopher"})
    upload.put(1, bytes(5 * MIB))
    upload.put(3, b"12345")
    completed = upload.complete()
    told = json.loads(done(server, "stat", "--parts", "--json", f"s3://{bucket}/film"))
    assert (told["bucket"], told["key"], told["size"]) == (bucket, "film", 5 * MIB + 5)
    assert f'"{told["etag"]}"' == completed["ETag"]
    assert told["headers"]["content-type"] == "video/mp4" and told["headers"]["x-amz-meta-who"] == "gopher"
    assert told["parts"] == [{"part": 1, "offset": 0, "size": 5 * MIB}, {"part": 2, "offset": 5 * MIB, "size": 5}]
    shown = done(server, "stat", "--parts", f"s3://{bucket}/film")
    assert "5 MiB (5242885 bytes)" in shown and "part 2" in shown and "x-amz-meta-who" in shown


def test_presigned_urls_read_write_and_upload_parts(server: Server, s3: BaseClient, bucket: str) -> None:
    url = f"s3://{bucket}/a key+more"
    put = done(server, "presign", "-X", "PUT", "--header", "Content-Type: text/plain", url).strip()
    assert send("PUT", put, b"hello", {"Content-Type": "text/plain"}).status == 200
    assert send("PUT", put, b"hello", {"Content-Type": "text/html"}).status == 403
    assert s3.get_object(Bucket=bucket, Key="a key+more")["ContentType"] == "text/plain"
    assert send("GET", done(server, "presign", url, "--expires", "1d").strip()).body == b"hello"

    upload = Upload(s3, bucket, "in parts")
    part = done(server, "presign", "-X", "PUT", f"s3://{bucket}/in parts", "--upload-id", upload.id, "--part-number", 7)
    assert send("PUT", part.strip(), b"part").status == 200
    assert [found["PartNumber"] for found in s3.list_parts(**upload.at)["Parts"]] == [7]
    assert "--expires" in not_done(server, MISUSED, "presign", url, "--expires", "8d")
    assert "go together" in not_done(server, MISUSED, "presign", url, "--part-number", 1)


def test_open_uploads_and_their_parts_are_told(server: Server, s3: BaseClient, bucket: str) -> None:
    first, second = Upload(s3, bucket, "films/a"), Upload(s3, bucket, "films/b")
    body = seeded_bytes(1000)
    first.put(5, body)
    told = lines(done(server, "uploads", "--json", f"s3://{bucket}/films/"))
    assert [(line["key"], line["upload_id"]) for line in told] == [("films/a", first.id), ("films/b", second.id)]
    assert all(0 <= line["age_seconds"] < 600 for line in told)
    assert first.id in done(server, "uploads", f"s3://{bucket}")
    assert done(server, "uploads", f"s3://{bucket}", "--older-than", "1h") == ""
    part = json.loads(done(server, "parts", "--json", f"s3://{bucket}/films/a"))
    assert (part["part"], part["size"], f'"{part["etag"]}"') == (5, 1000, etag(body))
    another = Upload(s3, bucket, "films/a")
    assert "2 open uploads" in not_done(server, MISUSED, "parts", f"s3://{bucket}/films/a")
    assert done(server, "parts", f"s3://{bucket}/films/a", "--upload-id", another.id) == ""


def test_abort_ends_what_it_names(server: Server, s3: BaseClient, bucket: str) -> None:
    kept = Upload(s3, bucket, "films/a")
    doomed = Upload(s3, bucket, "films/a")
    Upload(s3, bucket, "films/a.txt")
    url = f"s3://{bucket}/films/a"
    assert "2 open uploads" in not_done(server, MISUSED, "abort", url)
    done(server, "abort", url, "--upload-id", doomed.id)
    assert [found["UploadId"] for found in s3.list_multipart_uploads(Bucket=bucket, Prefix="films/a")["Uploads"]][0] == kept.id
    done(server, "abort", "-r", f"s3://{bucket}", "--older-than", "1h")
    assert "would abort" in done(server, "abort", "-r", f"s3://{bucket}", "--dry-run")
    assert open_uploads(s3, bucket) == ["films/a", "films/a.txt"]
    done(server, "abort", url)
    assert open_uploads(s3, bucket) == ["films/a.txt"]
    done(server, "abort", "-r", f"s3://{bucket}/films", "--older-than", "0s")
    assert open_uploads(s3, bucket) == []
    assert "no open upload" in not_done(server, FAILED, "abort", url)


@pytest.mark.parametrize(("arguments", "why"), [
    (["ls", "films"], "must begin with s3://"),
    (["ls", "s3://"], None),
    (["stat", "s3:///key"], "no bucket in it"),
    (["stat", "s3://a b/key"], "no bucket is called"),
    (["mb", "s3://films/key"], "names a key"),
    (["cat"], "s3://… is missing"),
    (["ls", "--unknown"], "--unknown"),
    (["ls", "--addressing", "odd"], "odd"),
    (["uploads", "s3://films", "--older-than", "soon"], "--older-than"),
    (["ls", "--endpoint", "ftp://here"], "is not an endpoint"),
    (["ls", "--profile", "none"], "no profile 'none'"),
    (["ls", "--access-key", "a"], "go together"),
])
def test_wrong_usage_is_told_in_one_line(server: Server, arguments: list[str], why: str | None) -> None:
    if why is None:
        done(server, *arguments)
    else:
        assert why in not_done(server, MISUSED, *arguments)


def test_what_fails_is_told_with_s3s_code_and_the_request_id(server: Server, bucket: str) -> None:
    error = not_done(server, FAILED, "ls", "s3://no-such-bucket-here")
    assert "NoSuchBucket (404): The specified bucket does not exist [request id " in error
    assert "InvalidAccessKeyId (403)" in not_done(
        server, FAILED, "ls", f"s3://{bucket}", "--access-key", "other", "--secret-key", "other")
    assert "Connection refused" in not_done(
        server, FAILED, "ls", f"s3://{bucket}", "--endpoint", "http://127.0.0.1:1", "--attempts", 1)


def test_a_client_of_another_region_is_led_to_the_buckets(tmp_path: Any) -> None:
    with Server(tmp_path, "--strict-region", "--region", "eu-west-3", "--bucket", "films") as server:
        s3 = client(server, region="eu-west-3")
        fill(s3, "films", "a")
        assert verb(server, "cat", "s3://films/a", "--region", "us-east-1").stdout == b"a"
        assert json.loads(done(server, "stat", "--json", "s3://films/a", "--region", "us-west-2"))["size"] == 1


def test_flags_may_have_the_names_that_the_aws_cli_gives_them(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, "a")
    nobody = {"PARTSMITH_ENDPOINT": "http://127.0.0.1:1"}
    assert verb(server, "cat", f"s3://{bucket}/a", "--endpoint-url", server.url, "--no-verify-ssl", env=nobody).stdout == b"a"
    assert "nowhere.pem" in not_done(server, MISUSED, "ls", "--endpoint-url", "https://127.0.0.1:1", "--ca-bundle", "nowhere.pem")


def test_buckets_in_the_host_name_and_unsigned_requests(server: Server, s3: BaseClient, bucket: str) -> None:
    fill(s3, bucket, "a")
    hosted = ["--endpoint", server.url.replace("127.0.0.1", "s3.localhost"), "--addressing", "virtual"]
    assert verb(server, "cat", f"s3://{bucket}/a", *hosted).stdout == b"a"
    assert "AccessDenied (403)" in not_done(server, FAILED, "ls", f"s3://{bucket}", "--no-sign-request")
