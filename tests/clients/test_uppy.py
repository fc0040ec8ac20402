"""Uppy in a real browser: it signs its requests in the page, uploads in parts, and goes on with an upload that was paused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.browser import Page
from support.data import SMALLEST_PART, multipart_etag
from support.pages import FOLDER, tasks_of
from support.programs import UPPY
from support.s3 import client
from support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]
FILM = os.urandom(1024) * (12 * 1024)
PARTS = [FILM[at:at + SMALLEST_PART] for at in range(0, len(FILM), SMALLEST_PART)]


@pytest.fixture
def uploaded(tmp_path: Path) -> Any:
    """Has Uppy upload FILM as docs/clients/uppy.md says, with what `meanwhile` does as it goes: what the script returned, the
    bucket's keys and open uploads, and the server's log."""
    page_of_uppy = FOLDER / "uppy.md"
    rules = json.loads(page_of_uppy.read_text().split("```json\n")[1].split("```")[0])
    site = tmp_path / "site"
    site.mkdir()
    (site / "uppy.js").write_bytes((UPPY / "uppy.js").read_bytes())
    (site / "gopher.mp4").write_bytes(FILM)

    def upload(meanwhile: str) -> tuple[Any, set[str], list[Any], str]:
        with Server(tmp_path / "server") as server:
            s3 = client(server)
            s3.create_bucket(Bucket="films")
            said = {task.name: task.text.replace("http://127.0.0.1:9000", server.url) for task in tasks_of(page_of_uppy)}
            begin, go_on = said["Upload in parts"].split("const done")
            page = Page(f"""
const {{Uppy, AwsS3}} = await import("/uppy.js");
const told = [];
{said["Configure"]}
{begin}
{meanwhile.replace("ABORT", said["Abort"]).replace("PAUSE AND GO ON", said["Resume"])}
const done{go_on}
return {{told, successful: done?.successful?.length, failed: done?.failed?.map((file) => file.error)}};
""", folder=site)
            s3.put_bucket_cors(Bucket="films", CORSConfiguration={"CORSRules": rules})
            result = page.run(tmp_path / "profile")
            keys = {found["Key"] for found in s3.list_objects_v2(Bucket="films").get("Contents", [])}
            if keys:
                got = s3.get_object(Bucket="films", Key="gopher.mp4")
                assert got["ETag"] == multipart_etag(PARTS) and got["Body"].read() == FILM
            return result, keys, s3.list_multipart_uploads(Bucket="films").get("Uploads", []), server.log()

    return upload


def test_a_file_goes_up_in_parts(uploaded: Any) -> None:
    result, keys, left, log = uploaded('uppy.on("s3-multipart:part-uploaded", (file, part) => told.push(part.PartNumber));')
    assert (result, keys, left) == ({"told": [1, 2, 3], "successful": 1, "failed": []}, {"gopher.mp4"}, [])
    assert "ListParts" not in log


def test_a_paused_upload_goes_on_with_the_parts_that_are_there(uploaded: Any) -> None:
    result, keys, left, log = uploaded("""
uppy.on("s3-multipart:part-uploaded", (file, part) => {
  told.push(part.PartNumber);
  if (told.length > 1) return;
  PAUSE AND GO ON
});
""")
    assert (result["successful"], keys, left) == (1, {"gopher.mp4"}, [])
    assert sorted(set(result["told"])) == [1, 2, 3]
    assert " ListParts 200 " in log


def test_a_cancelled_upload_leaves_nothing(uploaded: Any) -> None:
    result, keys, left, log = uploaded('uppy.on("s3-multipart:part-uploaded", () => { ABORT });')
    assert (keys, left) == (set(), []), result
    assert " AbortMultipartUpload 204 " in log
