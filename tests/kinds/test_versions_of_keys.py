"""docs/kinds/versions.md: each operation on a key asked of the server in each state of the key's versions."""

from __future__ import annotations

import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import replace

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer
from support.s3 import new_bucket

import pages
from raw import NAMESPACE, Raw, Refused, digest
from version_table import CELLS, DELETES, KEYS, UNSETTLED, Cell, Operation

Names = Mapping[str, str]


def fill(text: str, names: Names) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text


@pytest.fixture
def names(s3: BaseClient) -> Names:
    bucket = new_bucket(s3)
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_object(Bucket=bucket, Key="null", Body=b"the null version")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    older = s3.put_object(Bucket=bucket, Key="hidden", Body=b"the version")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="hidden")["VersionId"]
    return {"bucket": bucket, "older": older, "marker": marker}


def ask(raw: Raw, s3: BaseClient, operation: Operation, key: str, version: str | None, names: Names) -> Answer:
    bucket = names["bucket"]
    if not operation.copies:
        query = [operation.query] if operation.query else []
        query += [] if version is None else [f"versionId={version}"]
        headers = {**operation.headers, **(digest(operation.body) if operation.body else {})}
        return raw(operation.method, f"/{bucket}/{key}" + ("?" + "&".join(query) if query else ""), operation.body, headers)
    source = f"{bucket}/{key}" + ("" if version is None else f"?versionId={version}")
    target = f"/{bucket}/copy"
    if operation.part:
        upload = s3.create_multipart_upload(Bucket=bucket, Key="copy")["UploadId"]
        target += f"?partNumber=1&uploadId={urllib.parse.quote(upload)}"
    return raw("PUT", target, headers={"x-amz-copy-source": source})


def check_headers(answer: Answer, expected: Mapping[str, str | None], names: Names) -> None:
    for name, value in expected.items():
        assert answer.headers.get(name) == (None if value is None else fill(value, names)), (name, answer.headers)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_an_operation_on_a_version(cell: Cell, names: Names, s3: BaseClient, raw: Raw) -> None:
    key, version = KEYS[cell.state]
    answer = ask(raw, s3, cell.operation, key, None if version is None else fill(version, names), names)
    check_headers(answer, cell.headers, names)
    if isinstance(cell.answer, int):
        assert answer.status == cell.answer, answer.body
        return
    assert answer.status == cell.answer.status, answer.body
    if cell.operation.method == "HEAD":
        assert answer.body == b""
    else:
        replace(cell.answer, fields={name: fill(value, names) for name, value in cell.answer.fields.items()}).check(answer)


@pytest.mark.parametrize("state, key, version, headers, elements, source", DELETES, ids=[row[0] for row in DELETES])
def test_a_delete(state: str, key: str, version: str | None, headers: Mapping[str, str | None],
                  elements: Mapping[str, str | None], source: str, names: Names, raw: Raw) -> None:
    answer = raw("DELETE", f"/{names['bucket']}/{key}" + (f"?versionId={fill(version, names)}" if version else ""))
    assert (answer.status, answer.body) == (204, b"")
    check_headers(answer, headers, names)


@pytest.mark.parametrize("state, key, version, headers, elements, source", DELETES, ids=[row[0] for row in DELETES])
def test_a_delete_of_many(state: str, key: str, version: str | None, headers: Mapping[str, str | None],
                          elements: Mapping[str, str | None], source: str, names: Names, raw: Raw) -> None:
    named = f"<VersionId>{fill(version, names)}</VersionId>" if version else ""
    body = f"<Delete><Object><Key>{key}</Key>{named}</Object></Delete>".encode()
    answer = raw("POST", f"/{names['bucket']}?delete", body, digest(body))
    assert answer.status == 200, answer.body
    deleted = ElementTree.fromstring(answer.body).find(f"{NAMESPACE}Deleted")
    assert deleted is not None, answer.body
    for name, text in elements.items():
        assert deleted.findtext(NAMESPACE + name) == (None if text is None else fill(text, names)), answer.body


def test_deleting_a_malformed_version_deletes_nothing(names: Names, s3: BaseClient, raw: Raw) -> None:
    """Of DeleteObjects the code is unsettled; nothing else may happen."""
    answer = raw("DELETE", f"/{names['bucket']}/null?versionId=nonsense")
    Refused(400, "InvalidArgument", "Invalid version id specified",
            {"ArgumentName": "versionId", "ArgumentValue": "nonsense"}).check(answer)
    body = b"<Delete><Object><Key>null</Key><VersionId>nonsense</VersionId></Object></Delete>"
    answer = raw("POST", f"/{names['bucket']}?delete", body, digest(body))
    assert answer.status == 200 and b"<Error>" in answer.body
    assert s3.get_object(Bucket=names["bucket"], Key="null")["Body"].read() == b"the null version"


def test_the_page_is_the_table() -> None:
    settled = sum(cell.source != UNSETTLED for cell in CELLS)
    text = f"""# Versions of keys

Every operation on a key × what its version is: {len(CELLS)} cells, {settled} of them with a source, and {len(DELETES)} states of what is
deleted. The table is `tests/kinds/version_table.py`; `tests/kinds/test_versions_of_keys.py` asks the server each of them and
keeps this page true (`PARTSMITH_WRITE_PAGE=1` writes it anew). Where no source is known ("unsettled") the cell holds what
partsmith answers.

The bucket is versioned. The key "hidden" has the version {{older}} under the delete marker {{marker}}, which is current; the key
"null" has a null version and nothing else; "missing" has none. HEAD's answers have no document.

"""
    text += pages.table(("operation", "version", "answer", "headers", "source"), (
        (cell.operation.name, cell.state, cell.answer,
         ", ".join(f"{name}: {value}" if value else f"no {name}" for name, value in cell.headers.items()), cell.source)
        for cell in CELLS))
    text += "\n## Deletes\n\n"
    text += pages.table(("version", "headers of DeleteObject (204)", "elements of DeleteObjects", "source"), (
        (state, ", ".join(f"{name}: {value}" if value else f"no {name}" for name, value in headers.items()),
         ", ".join(f"{name} {value}" if value else f"no {name}" for name, value in elements.items()), source)
        for state, _, _, headers, elements, source in DELETES))
    pages.check("versions.md", text)
