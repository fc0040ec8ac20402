"""docs/kinds/listings.md: each cell asked of the server."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from botocore.client import BaseClient
from support.s3 import new_bucket

import pages
from listing_table import CELLS, EARLY, LATE, ORDERS, UNSETTLED, Cell
from raw import NAMESPACE, Raw, Refused, Shown, listed

PATHS = {"ListBuckets": "/?", "ListObjects": "/{bucket}?", "ListObjectsV2": "/{bucket}?list-type=2&",
         "ListObjectVersions": "/{bucket}?versions&", "ListMultipartUploads": "/{bucket}?uploads&",
         "ListParts": "/{bucket}/v?uploadId={third}&"}
MISSING = "no-such-bucket-of-listings"


@dataclass(frozen=True)
class Contents:
    names: Mapping[str, str]

    def fill(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text


@pytest.fixture(scope="module")
def contents(s3: BaseClient, raw: Raw) -> Contents:
    bucket = new_bucket(s3)
    for key in ("c", "b", "a/2", "a/1"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
    uploads = {name: s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
               for name, key in (("first", "u/1"), ("second", "u/2"), ("third", "v"))}
    for number in (1, 2):
        s3.upload_part(Bucket=bucket, Key="v", UploadId=uploads["third"], PartNumber=number, Body=b"data")
    page = ElementTree.fromstring(raw("GET", f"/{bucket}?list-type=2&max-keys=1").body)
    token = page.findtext(f"{NAMESPACE}NextContinuationToken")
    assert token
    return Contents({"bucket": bucket, "token": token, **uploads})


def filled(answer: Refused | Shown, contents: Contents) -> Refused | Shown:
    if isinstance(answer, Refused):
        return replace(answer, fields={name: contents.fill(value) for name, value in answer.fields.items()})
    return replace(answer, elements={name: None if text is None else contents.fill(text)
                                     for name, text in answer.elements.items()})


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.operation in PATHS], ids=lambda cell: cell.name)
def test_a_parameter_of_a_listing(cell: Cell, contents: Contents, raw: Raw) -> None:
    answer = raw("GET", contents.fill(PATHS[cell.operation] + cell.query).rstrip("?&"))
    expected = filled(cell.answer, contents)
    if isinstance(expected, Shown) and "Contents/Owner" in expected.elements:
        owner = ElementTree.fromstring(answer.body).find(f"{NAMESPACE}Contents/{NAMESPACE}Owner/{NAMESPACE}ID")
        assert (owner is not None) == (expected.elements["Contents/Owner"] is not None)
        return
    expected.check(answer)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.operation == "GetObjectAttributes"],
                         ids=lambda cell: cell.name)
def test_a_number_of_parts_that_is_none_is_ignored(cell: Cell, s3: BaseClient, bucket: str, raw: Raw) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="key", ChecksumAlgorithm="SHA256")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="key", UploadId=upload, PartNumber=1, Body=b"data", ChecksumAlgorithm="SHA256")
    s3.complete_multipart_upload(Bucket=bucket, Key="key", UploadId=upload, MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}]})
    headers = {"x-amz-object-attributes": "ObjectParts"} | ({cell.parameter: cell.query} if cell.query else {})
    answer = raw("GET", f"/{bucket}/key?attributes", headers=headers)
    assert answer.status == 200, answer.body
    shown = ElementTree.fromstring(answer.body).findtext(f"{NAMESPACE}ObjectParts/{NAMESPACE}MaxParts")
    assert shown == {"zero": "0", "one": "1"}.get(cell.kind, "1000")


@pytest.mark.parametrize("target", [target for target, _ in EARLY])
def test_what_is_no_number_is_refused_before_the_bucket_is_looked_for(target: str, raw: Raw) -> None:
    answer = raw("GET", target.replace("{bucket}", MISSING))
    assert (answer.status, answer.error()["Code"]) == (400, "InvalidArgument"), answer.body


@pytest.mark.parametrize("target", [target for target, _ in LATE])
def test_other_parameters_are_refused_only_of_buckets_that_exist(target: str, raw: Raw) -> None:
    answer = raw("GET", target.replace("{bucket}", MISSING))
    assert (answer.status, answer.error()["Code"]) == (404, "NoSuchBucket"), answer.body


@pytest.mark.parametrize("query, message", [(query, message) for query, message, _ in ORDERS])
def test_of_two_faults_one_is_told(query: str, message: str, contents: Contents, raw: Raw) -> None:
    answer = raw("GET", contents.fill("/{bucket}?") + query)
    assert answer.error()["Message"] == message


def test_keys_and_prefixes_are_encoded_as_a_form_is_with_the_slash_kept(s3: BaseClient, bucket: str, raw: Raw) -> None:
    key = "ä -_.*/!'()~,;:@=\"<>|%+"
    s3.put_object(Bucket=bucket, Key=key, Body=b"")
    answer = raw("GET", f"/{bucket}?list-type=2&encoding-type=url")
    assert listed(ElementTree.fromstring(answer.body)) == (
        "%C3%A4+-_.*/%21%27%28%29%7E%2C%3B%3A%40%3D%22%3C%3E%7C%25%2B",)


def test_the_page_is_the_table() -> None:
    settled = sum(cell.source != UNSETTLED for cell in CELLS)
    text = f"""# Listings

Every listing, every parameter, every kind of value, and what Amazon S3 answers: {len(CELLS)} cells, {settled} of them with a
source. The table is `tests/kinds/listing_table.py`; `tests/kinds/test_listing_kinds.py` asks the server each of them and keeps this
page true (`PARTSMITH_WRITE_PAGE=1` writes it anew). Where no source is known ("unsettled") the cell holds what partsmith answers.
The numbers' rules are a table in `server/operations/listing_parameters.cc`.

The bucket has the objects a/1, a/2, b and c, open uploads of u/1, u/2 and v, and two parts of the last: {{first}}, {{second}} and
{{third}} are the uploads' IDs, {{token}} is a token of a page of one. A refusal's fields are listed behind its text.

"""
    text += pages.table(("operation", "parameter", "value", "query", "answer", "source"),
                        ((cell.operation, cell.parameter, cell.kind, f"`{cell.query}`" if cell.query else "", cell.answer, cell.source)
                         for cell in CELLS))
    text += "\n## The order of refusals\n\nRefused before the bucket is looked for:\n\n"
    text += pages.table(("request", "source"), ((f"`GET {target}`", source) for target, source in EARLY))
    text += "\nRefused only of buckets that exist; else NoSuchBucket:\n\n"
    text += pages.table(("request", "source"), ((f"`GET {target}`", source) for target, source in LATE))
    text += "\nOf two faults, the one that is told:\n\n"
    text += pages.table(("query", "message", "source"), ((f"`{query}`", message, source) for query, message, source in ORDERS))
    pages.check("listings.md", text)
