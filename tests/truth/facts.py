"""What many answers of Amazon S3 have in common."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from typing import Any

import pytest

from answers import A_NAME, A_TIME, AN_ID, Answer, Ask, Some, error, ok, some_text

recorded = pytest.mark.recorded

AES256 = {"ServerSideEncryption": "AES256"}
WHOLE = {"ChecksumType": "FULL_OBJECT"}
COMPOSITE = {"ChecksumType": "COMPOSITE"}
PLAIN = {"AcceptRanges": "bytes", "ContentType": "binary/octet-stream", "LastModified": A_TIME, "Metadata": {},
         **AES256}
"""What GET and HEAD answer of an object of which nothing was said when it was made."""

INITIATOR = {"DisplayName": A_NAME, "ID": AN_ID}
OWNER = {"ID": AN_ID}

EMPTY_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
NOT_BASE64_OF_A_CHECKSUM = "0a1b2c3d"
"""Base64 of six bytes, which is the length of no checksum."""

A_VERSION = some_text("a version id", r"(?!null)\S{4,}")
JSON_BODY = b'{"key": "value"}'
JSON = {"ETag": '"88bac95f31528d13a072c05f2a1cf371"', "ChecksumCRC32": "MzVIGw==", **WHOLE}

CHECKSUM_HEADERS = {"CRC32": "ChecksumCRC32", "CRC32C": "ChecksumCRC32C", "SHA1": "ChecksumSHA1",
                    "SHA256": "ChecksumSHA256", "CRC64NVME": "ChecksumCRC64NVME"}
OF_BAD_DATA = {"CRC32": "BD5xyQ==", "CRC32C": "4q23MA==", "SHA1": "BDCWjBJe/zmyXyL6gEuqvpLEpkg=",
               "SHA256": "12LQ9XUy6sxoX2Pno5qXzN4roqhdsBYkX5KOtzpu7jo=", "CRC64NVME": "8dM07oiUKIk="}
"""Checksums of "bad data"."""

MALFORMED_XML = error(400, "MalformedXML",
                      "The XML you provided was not well-formed or did not validate against our published schema")
NOT_MODIFIED = error(304, "304", "Not Modified")
ONE_OF_THE_CONDITIONS = "At least one of the pre-conditions you specified did not hold"
COPY_CHANGES_NOTHING = error(
    400, "InvalidRequest",
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes.")
NO_SIGNATURE_MATCH = ("The request signature we calculated does not match the signature you provided. "
                      "Check your key and signing method.")


def crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4)).decode()


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def facts_of(body: bytes) -> dict[str, str]:
    return {"ETag": f'"{hashlib.md5(body).hexdigest()}"', "ChecksumCRC32": crc32(body), **WHOLE}


def put_version(ask: Ask, key: str, body: bytes, **params: Any) -> str:
    """Puts a version and returns its id."""
    answer = ask.put_object(Key=key, Body=body, **params)
    assert answer == ok(**facts_of(body), **AES256, VersionId=A_VERSION)
    return str(answer["VersionId"])


def no_such_bucket(name: str, **beside: Any) -> Answer:
    return error(404, "NoSuchBucket", "The specified bucket does not exist", beside=beside, BucketName=name)


def no_such_key(key: str) -> Answer:
    return error(404, "NoSuchKey", "The specified key does not exist.", Key=key)


def no_such_upload(upload_id: str) -> Answer:
    return error(404, "NoSuchUpload",
                 "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
                 "aborted or completed.", UploadId=upload_id)


def invalid_part(upload_id: str, number: object, etag: object) -> Answer:
    return error(400, "InvalidPart",
                 "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                 "specified entity tag may not match the part's entity tag.",
                 UploadId=upload_id, PartNumber=number, ETag=etag)


def created(bucket: str, key: str, **fields: Any) -> Answer:
    return ok(Bucket=bucket, Key=key, UploadId=AN_ID, **AES256, **fields)


def completed(bucket: str, key: str, etag: str, **fields: Any) -> Answer:
    return ok(Bucket=bucket, Key=key, ETag=etag, Location=location_of(bucket, key), **AES256, **fields)


def location_of(bucket: str, key: str) -> Some:
    """Recorded only as the URL of the object."""
    return some_text(f"a URL of {bucket}/{key}", rf"https?://([^/]+/{bucket}|{bucket}\.[^/]+)/{re.escape(key)}")


def listed_parts(bucket: str, upload: dict[str, str], *parts: dict[str, Any], **fields: Any) -> Answer:
    """The list of all parts, each without what every part has. The next marker is there though nothing follows."""
    if parts:
        fields["Parts"] = [{"PartNumber": number, "LastModified": A_TIME, **each}
                           for number, each in enumerate(parts, 1)]
    return ok(Bucket=bucket, **upload, Initiator=INITIATOR, Owner=OWNER, IsTruncated=False, MaxParts=1000,
              PartNumberMarker=0, NextPartNumberMarker=len(parts), StorageClass="STANDARD", **fields)


def listed_uploads(bucket: str, upload: dict[str, str] | None = None, **fields: Any) -> Answer:
    """The list of one upload or of none. The next markers name the last upload though nothing follows."""
    answer = ok(Bucket=bucket, IsTruncated=False, MaxUploads=1000, KeyMarker="", UploadIdMarker="",
                NextKeyMarker=upload["Key"] if upload else "", NextUploadIdMarker=upload["UploadId"] if upload else "")
    if upload:
        answer["Uploads"] = [{**upload, "Initiated": A_TIME, "Initiator": INITIATOR, "Owner": OWNER,
                              "StorageClass": "STANDARD", **fields}]
    return answer


def copied(etag: str, **checksum: str) -> Answer:
    return ok(CopyObjectResult={"ETag": etag, "LastModified": A_TIME, **checksum}, **AES256)


def attributes(**fields: Any) -> Answer:
    return ok(LastModified=A_TIME, **fields)


def listed(bucket: str, contents: list[dict[str, Any]], **fields: Any) -> Answer:
    """The whole list of ListObjectsV2."""
    answer = ok(Name=bucket, Prefix="", EncodingType="url", IsTruncated=False, KeyCount=len(contents), MaxKeys=1000,
                **fields)
    if contents:
        answer["Contents"] = contents
    return answer


def entry(key: str, etag: str, size: int, **fields: Any) -> dict[str, Any]:
    """An object put with CRC32, in a list."""
    return {"Key": key, "ETag": etag, "Size": size, "LastModified": A_TIME, "StorageClass": "STANDARD",
            "ChecksumAlgorithm": ["CRC32"], **WHOLE, **fields}
