"""What CompleteMultipartUpload refuses, through boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.client import BaseClient

from support.data import SMALLEST_PART, etag, seeded_bytes
from support.s3 import Upload, client, read, refused
from support.server import Server

FIRST, SECOND = (seeded_bytes(SMALLEST_PART, seed=i) for i in range(2))
TAIL = b"the last part may be small"


def test_a_part_under_5_mib_that_is_not_the_last_is_too_small(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, b"tiny")
    upload.put(2, TAIL)
    with refused("EntityTooSmall", 400) as error:
        upload.complete()
    assert (error["ProposedSize"], error["MinSizeAllowed"], error["PartNumber"]) == ("4", "5242880", "1")
    assert error["ETag"] == etag(b"tiny").strip('"')


def test_a_part_of_one_byte_less_than_5_mib_is_too_small(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, FIRST[:-1])
    upload.put(2, TAIL)
    with refused("EntityTooSmall", 400):
        upload.complete()


def test_a_part_that_was_never_put_is_invalid(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    there = upload.put(1, b"there")["ETag"]
    with refused("InvalidPart", 400) as error:
        upload.complete([{"PartNumber": 2, "ETag": there}])
    assert (error["UploadId"], error["PartNumber"], error["ETag"]) == (upload.id, "2", there.strip('"'))


def test_a_wrong_etag_is_an_invalid_part(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, b"there")
    with refused("InvalidPart", 400):
        upload.complete([{"PartNumber": 1, "ETag": etag(b"something else")}])


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1), (1, 2, 2)])
def test_part_numbers_must_ascend(s3: BaseClient, bucket: str, numbers: tuple[int, ...]) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, FIRST)
    upload.put(2, SECOND)
    with refused("InvalidPartOrder", 400):
        upload.complete([upload.parts[number] for number in numbers])


def test_a_refused_complete_leaves_the_upload_alive(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    upload.put(1, FIRST)
    upload.put(2, TAIL)
    with refused("InvalidPartOrder"):
        upload.complete([upload.parts[2], upload.parts[1]])
    upload.complete()
    assert read(s3, bucket) == FIRST + TAIL


def complete_with(s3: BaseClient, upload: Upload, document: bytes) -> None:
    """Completes with exactly this XML, signed like any other body."""
    def replace(request: Any, **_: Any) -> None:
        for name in [name for name in request.headers if name.lower().startswith("x-amz-checksum-")]:
            del request.headers[name]
        request.data = document

    events = s3.meta.events
    events.register_first("before-sign.s3.CompleteMultipartUpload", replace)
    try:
        upload.complete([{"PartNumber": 1, "ETag": "x"}])
    finally:
        events.unregister("before-sign.s3.CompleteMultipartUpload", replace)


NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@pytest.mark.parametrize("document", [
    b"not XML at all",
    b"<CompleteMultipartUpload><Part>",
    b"<SomethingElse/>",
    b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    b"<CompleteMultipartUpload><Part><ETag>x</ETag></Part></CompleteMultipartUpload>",
    b"<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
])
def test_a_list_of_parts_that_cannot_be_read_is_malformed_xml(
        server: Server, bucket: str, document: bytes) -> None:
    careless = client(server, request_checksum_calculation="when_required")
    upload = Upload(careless, bucket)
    upload.put(1, TAIL)
    with refused("MalformedXML", 400):
        complete_with(careless, upload, document)


def test_the_list_of_parts_may_come_without_quotes_and_with_white_space(server: Server, bucket: str) -> None:
    careless = client(server, request_checksum_calculation="when_required")
    upload = Upload(careless, bucket)
    upload.put(1, TAIL)
    tag = etag(TAIL).strip('"')
    complete_with(careless, upload, f"""<?xml version="1.0" encoding="UTF-8"?>
        <CompleteMultipartUpload {NAMESPACE}>
          <Part>
            <ETag>{tag}</ETag>
            <PartNumber>1</PartNumber>
          </Part>
        </CompleteMultipartUpload>""".encode())
    assert read(careless, bucket) == TAIL


def test_complete_without_any_part_is_an_invalid_request(s3: BaseClient, bucket: str) -> None:
    upload = Upload(s3, bucket)
    with refused("InvalidRequest", 400) as error:
        s3.complete_multipart_upload(**upload.at)
    assert error["Message"] == "You must specify at least one part"
