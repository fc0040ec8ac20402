"""docs/kinds/archives.md: storage classes, archives and restored copies."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer

import pages
from archive_table import (API, ARCHIVED, CLASSES, GUIDE, LISTINGS, NOT_RESTORABLE, OPTIONAL, READERS, UNKNOWN, not_valid)
from raw import NAMESPACE, Raw, Refused

RESTORE = b"<RestoreRequest><Days>2</Days></RestoreRequest>"
EXPIRY = re.compile(r'ongoing-request="false", expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT"')


def put(raw: Raw, bucket: str, storage_class: str) -> str:
    assert raw("PUT", f"/{bucket}/key", b"bytes", {"x-amz-storage-class": storage_class}).status == 200
    return f"/{bucket}/key"


def readers(raw: Raw, bucket: str) -> tuple[Answer, ...]:
    """In the order of READERS."""
    upload = ElementTree.fromstring(raw("POST", f"/{bucket}/upload?uploads").body).findtext(f"{NAMESPACE}UploadId")
    source = {"x-amz-copy-source": f"{bucket}/key"}
    return (raw("GET", f"/{bucket}/key"), raw("PUT", f"/{bucket}/copy", headers=source),
            raw("PUT", f"/{bucket}/upload?partNumber=1&uploadId={upload}", headers=source))


@pytest.mark.parametrize("storage_class", CLASSES)
def test_an_object_of_a_class(storage_class: str, bucket: str, raw: Raw) -> None:
    key = put(raw, bucket, storage_class)
    told = None if storage_class == "STANDARD" else storage_class
    head = raw("HEAD", key)
    assert (head.status, head.headers["x-amz-storage-class"], head.headers["x-amz-restore"]) == (200, told, None)
    for answer, (_, message, _) in zip(readers(raw, bucket), READERS, strict=True):
        if storage_class in ARCHIVED:
            not_valid(storage_class, message).check(answer)
        else:
            assert answer.status == 200, answer.body


@pytest.mark.parametrize("storage_class", ARCHIVED)
def test_a_restored_object_is_read_and_keeps_its_class(storage_class: str, bucket: str, raw: Raw) -> None:
    key = put(raw, bucket, storage_class)
    assert (raw("POST", f"{key}?restore", RESTORE).status, raw("POST", f"{key}?restore", RESTORE).status) == (202, 200)
    for answer in readers(raw, bucket):
        assert answer.status == 200, answer.body
    for method in ("GET", "HEAD"):
        answer = raw(method, key)
        assert answer.headers["x-amz-storage-class"] == storage_class
        assert EXPIRY.fullmatch(answer.headers["x-amz-restore"])
    copy = raw("HEAD", f"/{bucket}/copy")
    assert (copy.headers["x-amz-storage-class"], copy.headers["x-amz-restore"]) == (None, None)


@pytest.mark.parametrize("storage_class", [name for name in CLASSES if name not in (*ARCHIVED, "INTELLIGENT_TIERING")])
def test_what_is_not_archived_is_not_restored(storage_class: str, bucket: str, raw: Raw) -> None:
    not_valid(storage_class, NOT_RESTORABLE).check(raw("POST", f"{put(raw, bucket, storage_class)}?restore", RESTORE))


@pytest.mark.parametrize("storage_class", UNKNOWN)
@pytest.mark.parametrize("request_line", ["PUT /{bucket}/key", "POST /{bucket}/key?uploads"])
def test_a_class_that_a_bucket_has_not(request_line: str, storage_class: str, bucket: str, raw: Raw) -> None:
    method, target = request_line.replace("{bucket}", bucket).split(" ")
    Refused(400, "InvalidStorageClass", "The storage class you specified is not valid",
            {"StorageClassRequested": storage_class}).check(raw(method, target, headers={"x-amz-storage-class": storage_class}))


def entries(answer: Answer) -> dict[str, ElementTree.Element | None]:
    """The RestoreStatus of each version or object, by its key."""
    assert answer.status == 200, answer.body
    return {entry.findtext(f"{NAMESPACE}Key") or "": entry.find(f"{NAMESPACE}RestoreStatus")
            for entry in ElementTree.fromstring(answer.body) if entry.find(f"{NAMESPACE}Key") is not None}


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_tells_what_is_restored_when_it_is_asked(listing: str, s3: BaseClient, bucket: str, raw: Raw) -> None:
    for key, storage_class in (("archived", "GLACIER"), ("restored", "GLACIER"), ("standard", "STANDARD")):
        s3.put_object(Bucket=bucket, Key=key, Body=b"bytes", StorageClass=storage_class)
    assert raw("POST", f"/{bucket}/restored?restore", RESTORE).status == 202
    target = f"/{bucket}?{listing}"
    assert not any(entries(raw("GET", target)).values())
    for asked in ("RestoreStatus", "RestoreStatus, RestoreStatus"):
        told = entries(raw("GET", target, headers={OPTIONAL: asked}))
        assert {key for key, status in told.items() if status is not None} == {"restored"}
        status = told["restored"]
        assert status is not None
        assert status.findtext(f"{NAMESPACE}IsRestoreInProgress") == "false"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00.000Z", status.findtext(f"{NAMESPACE}RestoreExpiryDate") or "")


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_refuses_to_tell_anything_else(listing: str, bucket: str, raw: Raw) -> None:
    refused = Refused(400, "InvalidArgument", "Invalid attribute name specified.",
                      {"ArgumentName": OPTIONAL, "ArgumentValue": "Owner"})
    refused.check(raw("GET", f"/{bucket}?{listing}", headers={OPTIONAL: "RestoreStatus,Owner"}))


def test_a_delete_marker_has_no_status(s3: BaseClient, bucket: str, raw: Raw) -> None:
    """Reported: scality/cloudserver#6174."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=bucket, Key="key")
    assert entries(raw("GET", f"/{bucket}?versions", headers={OPTIONAL: "RestoreStatus"})) == {"key": None}


def test_the_page_is_the_table() -> None:
    text = f"""# Storage classes and archives

Which objects are read, and what is told of their class. The table is `tests/kinds/archive_table.py`; `tests/kinds/test_archive_kinds.py`
asks the server, {len(CLASSES)} classes as they were put and those in archives as they are restored, and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew).

GetObject and HeadObject tell x-amz-storage-class of every class but STANDARD (recorded). An object in {' or '.join(ARCHIVED)} is read only
while a restored copy of it is there, and keeps its class ({GUIDE}); its copies are STANDARD where they name no class. Else it is 403
InvalidObjectState with StorageClass:

"""
    text += pages.table(("operation", "text", "source"), READERS)
    text += f"""
RestoreObject of another class: "{NOT_RESTORABLE}" (reported: moto#4670); of INTELLIGENT_TIERING see docs/s3-truth.md.
PutObject and CreateMultipartUpload with {', '.join(f'`{name}`' if name else 'an empty name' for name in UNKNOWN)}: InvalidStorageClass with
StorageClassRequested (recorded of OUTPOSTS, of the others unsettled).

## RestoreStatus

Asked by `{OPTIONAL}: RestoreStatus`, which may be there more than once (reported: scality/cloudserver#6174), ListObjects,
ListObjectsV2 and ListObjectVersions tell IsRestoreInProgress and RestoreExpiryDate of each object with a restored copy, and nothing of
others and of delete markers ({API}; ceph/s3-tests#727). Another name is InvalidArgument "Invalid attribute name specified."
(reported: noobaa-core#8106; its fields are as those of x-amz-object-attributes), told when the bucket is there: unsettled.
"""
    pages.check("archives.md", text)
