"""docs/kinds/bodies.md: each document asked of the server in each shape."""

from __future__ import annotations

import pytest
from botocore.client import BaseClient

import pages
from body_table import DOCUMENTS, KINDS, MALFORMED, SPECIAL, UNSETTLED, Document, Kind, cells
from raw import Raw, digest

BY_NAME = {document.operation: document for document in DOCUMENTS}


def prepared(document: Document, s3: BaseClient, bucket: str, body: bytes) -> tuple[str, bytes]:
    """The target and the body, with what they are about made."""
    upload, etag = "none", ""
    if document.operation == "CompleteMultipartUpload":
        upload = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
        etag = s3.upload_part(Bucket=bucket, Key="key", UploadId=upload, PartNumber=1, Body=b"data")["ETag"].strip('"')
    elif document.operation in ("PutObjectTagging", "PutObjectAcl"):
        s3.put_object(Bucket=bucket, Key="object", Body=b"data")
    target = document.target.replace("{bucket}", bucket[:50] if "-new" in document.target else bucket).replace("{upload}", upload)
    if document.operation.endswith("Acl"):
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    owner = s3.list_buckets()["Owner"]["ID"] if b"{owner}" in body else ""
    return target, body.replace(b"{etag}", etag.encode()).replace(b"{owner}", owner.encode())


@pytest.mark.parametrize("document, kind, body",
                         [pytest.param(document, kind, body, id=f"{document.operation}-{kind.name}".replace(" ", "-"))
                          for document, kind, body in cells()])
def test_a_document_in_a_shape(document: Document, kind: Kind, body: bytes, s3: BaseClient, bucket: str, raw: Raw) -> None:
    target, body = prepared(document, s3, bucket, body)
    answer = raw(document.method, target, body, digest(body))
    if kind.code:
        assert answer.status == 400, answer.body
        assert answer.error()["Code"] == (document.malformed if kind.code == MALFORMED else kind.code)
    else:
        assert answer.status == document.status, answer.body


@pytest.mark.parametrize("operation, name, body, status, code, source", SPECIAL,
                         ids=[f"{row[0]}-{row[1] or 'empty'}".replace(" ", "-") for row in SPECIAL])
def test_a_document_of_its_own(operation: str, name: str, body: bytes, status: int, code: str, source: str, s3: BaseClient,
                               bucket: str, raw: Raw) -> None:
    document = BY_NAME[operation]
    target, body = prepared(document, s3, bucket, body)
    answer = raw(document.method, target, body, digest(body))
    assert answer.status == status, answer.body
    if code:
        assert answer.error()["Code"] == code


def test_a_digest_of_other_bytes_is_refused(s3: BaseClient, bucket: str, raw: Raw) -> None:
    for operation in ("PutBucketCors", "PutBucketTagging", "DeleteObjects"):
        document = BY_NAME[operation]
        target, body = prepared(document, s3, bucket, f"<{document.root}>{document.inside}</{document.root}>".encode())
        assert raw(document.method, target, body, digest(b"other bytes")).error()["Code"] == "BadDigest"


def test_the_page_is_the_table() -> None:
    count = len(list(cells()))
    text = f"""# Documents in bodies

Every document that a request's body can be × every shape: {count} cells, and {len(SPECIAL)} documents of their own. The table is
`tests/kinds/body_table.py`; `tests/kinds/test_bodies.py` asks the server each of them and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew). Where no source is known ("unsettled") the cell holds what partsmith answers. Tags
without a TagSet, and lifecycle rules, have recordings of their own ([s3-truth.md](../s3-truth.md)).

## The documents

"""
    text += pages.table(("operation", "root", "status when taken", "code when malformed"), (
        (document.operation, document.root, document.status, document.malformed) for document in DOCUMENTS))
    text += "\n## The shapes, of each document that can have them\n\n"
    text += pages.table(("shape", "answer", "source"), (
        (kind.name, kind.code and ("malformed" if kind.code == MALFORMED else kind.code) or "taken", kind.source)
        for kind in KINDS))
    text += "\n## Documents of their own\n\n"
    text += pages.table(("operation", "document", "answer", "source"), (
        (operation, name or "empty body", f"{status} {code}".strip(), source)
        for operation, name, _, status, code, source in SPECIAL))
    assert UNSETTLED in text
    pages.check("bodies.md", text)
