"""What a page of another origin can do in a real browser: it has presigned URLs, and what CORS lets it see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.client import BaseClient
from support.browser import Page
from support.data import SMALLEST_PART, multipart_etag
from support.s3 import client
from support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def signer(server: Server) -> BaseClient:
    return client(server, signature_version="s3v4")


def allow(s3: BaseClient, bucket: str, origin: str, *exposed: str) -> None:
    rule = {"AllowedOrigins": [origin], "AllowedMethods": ["PUT", "GET", "POST"], "AllowedHeaders": ["*"],
            "ExposeHeaders": list(exposed)}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def test_a_browser_uploads_parts_by_presigned_urls(signer: BaseClient, bucket: str, tmp_path: Path) -> None:
    at = {"Bucket": bucket, "Key": "from the browser.bin"}
    at["UploadId"] = signer.create_multipart_upload(**at)["UploadId"]
    parts = [b"a" * SMALLEST_PART, b"b" * 10]
    urls = [signer.generate_presigned_url("upload_part", {**at, "PartNumber": number}) for number in (1, 2)]
    complete = signer.generate_presigned_url("complete_multipart_upload", at)
    page = Page(f"""
const urls = {json.dumps(urls)};
const bodies = ["a".repeat({SMALLEST_PART}), "b".repeat(10)];
const etags = await Promise.all(urls.map(async (url, i) => {{
  const answer = await fetch(url, {{method: "PUT", body: bodies[i], headers: {{"Content-Type": "video/mp4"}}}});
  if (!answer.ok) throw new Error(await answer.text());
  return answer.headers.get("ETag");
}}));
const list = etags.map((etag, i) => `<Part><PartNumber>${{i + 1}}</PartNumber><ETag>${{etag}}</ETag></Part>`).join("");
const done = await fetch({json.dumps(complete)}, {{
  method: "POST", body: `<CompleteMultipartUpload>${{list}}</CompleteMultipartUpload>`}});
return {{status: done.status, body: await done.text()}};
""")
    allow(signer, bucket, page.origin, "ETag")
    answer = page.run(tmp_path / "profile")
    assert answer["status"] == 200, answer["body"]
    got = signer.get_object(Bucket=bucket, Key=at["Key"])
    assert got["ETag"] == multipart_etag(parts)
    assert got["Body"].read() == b"".join(parts)


def test_a_browser_does_not_see_what_is_not_exposed(signer: BaseClient, bucket: str, tmp_path: Path) -> None:
    url = signer.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    page = Page(f"""
const answer = await fetch({json.dumps(url)}, {{method: "PUT", body: "x"}});
return [answer.status, answer.headers.get("ETag")];
""")
    allow(signer, bucket, page.origin)
    assert page.run(tmp_path / "profile") == [200, None]


def test_a_browser_of_another_origin_is_kept_out(signer: BaseClient, bucket: str, tmp_path: Path) -> None:
    url = signer.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    page = Page(f"""
try {{ return (await fetch({json.dumps(url)}, {{method: "PUT", body: "x"}})).status; }} catch (error) {{ return error.name; }}
""")
    allow(signer, bucket, "http://elsewhere.test")
    assert page.run(tmp_path / "profile") == "TypeError"
    assert "Contents" not in signer.list_objects_v2(Bucket=bucket)
