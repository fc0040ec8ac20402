"""Headers and conditions as boto3 sends them, and docs/headers.md against the model that boto3 has of S3."""

from __future__ import annotations

import urllib.parse
from pathlib import Path

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from botocore.loaders import Loader

from support.data import etag
from support.plain_http import send
from support.s3 import ACCESS_KEY, SECRET_KEY, new_bucket, read, refused

PAGE = (Path(__file__).parents[2] / "docs" / "headers.md").read_text()


def between(name: str) -> str:
    return PAGE.split(f"<!-- {name} -->\n")[1].split(f"<!-- /{name} -->")[0]


def matrix() -> dict[str, dict[str, str]]:
    """header → operation → its letter."""
    letters = dict(entry.split() for entry in between("letters").strip().rstrip(".").split(", "))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in between("matrix").strip().splitlines()]
    columns = [letters[cell] for cell in rows[0][1:]]
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows[2:]}


def test_the_page_has_every_header_of_the_model_where_the_model_has_it() -> None:
    model = Loader().load_service_model("s3", "service-2")
    listed: dict[str, set[str]] = {}
    for name, operation in model["operations"].items():
        members = model["shapes"][operation["input"]["shape"]]["members"] if "input" in operation else {}
        for member in members.values():
            if member.get("location") in ("header", "headers"):
                header = member["locationName"].lower()
                header = "x-amz-meta-*" if header == "x-amz-meta-" else header
                header = "x-amz-grant-*" if header.startswith("x-amz-grant-") else header
                listed.setdefault(header, set()).add(name)
    # The model requires a checksum there instead; S3's reference has Content-MD5 beside it.
    listed["content-md5"].add("DeleteObjects")
    for header, cells in matrix().items():
        in_model = listed.get(header, set())
        taken = {operation for operation, letter in cells.items() if letter == "T"}
        not_ignored = {operation for operation, letter in cells.items() if letter != "·"}
        assert taken <= in_model, header
        assert in_model & cells.keys() <= not_ignored, header


def test_a_bucket_is_made_by_a_client_that_says_no_to_object_lock(s3: BaseClient) -> None:
    name = f"{new_bucket(s3)}-unlocked"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=False)
    s3.head_bucket(Bucket=name)


def test_a_condition_on_size_is_refused_and_deletes_nothing(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="object", Body=b"data")
    with refused("NotImplemented", 501) as error:
        s3.delete_object(Bucket=bucket, Key="object", IfMatchSize=99)
    assert error["Header"] == "x-amz-if-match-size"
    assert read(s3, bucket) == b"data"


def test_a_delete_of_a_missing_key_on_condition_is_refused(s3: BaseClient, bucket: str) -> None:
    with refused("NoSuchKey", 404):
        s3.delete_object(Bucket=bucket, Key="object", IfMatch="*")


def test_keys_deleted_together_have_conditions_of_their_own(s3: BaseClient, bucket: str) -> None:
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a", "ETag": etag(b"other")},
                                                                  {"Key": "b", "ETag": etag(b"data")}]})
    assert [deleted["Key"] for deleted in answer["Deleted"]] == ["b"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("a", "PreconditionFailed")]
    assert read(s3, bucket, "a") == b"data"


def presigned(s3: BaseClient, method: str, bucket: str, **query: str) -> str:
    """With parameters that boto3 presigns nothing with; they are signed."""
    url = f"{s3.meta.endpoint_url}/{bucket}/object?{urllib.parse.urlencode(query)}"
    request = AWSRequest(method, url)
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
    return str(request.url)


@pytest.mark.parametrize(("condition", "statuses"), [({"If-None-Match": "*"}, (200, 412)),
                                                     ({"If-Match": "*"}, (404, 404))])
def test_a_condition_in_a_presigned_query_counts(s3: BaseClient, bucket: str, condition: dict[str, str],
                                                 statuses: tuple[int, int]) -> None:
    url = presigned(s3, "PUT", bucket, **condition)
    assert tuple(send("PUT", url, b"data").status for _ in range(2)) == statuses


def test_a_false_condition_in_a_presigned_query_writes_and_reads_nothing(s3: BaseClient, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="object", Body=b"data")
    other = {"If-Match": etag(b"").strip('"')}
    assert send("PUT", presigned(s3, "PUT", bucket, **other), b"new").status == 412
    assert send("DELETE", presigned(s3, "DELETE", bucket, **other)).status == 412
    assert send("GET", presigned(s3, "GET", bucket, **{"If-None-Match": etag(b"data")})).status == 304
    assert read(s3, bucket) == b"data"
