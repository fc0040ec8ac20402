"""docs/kinds/configurations.md: what nobody configured, and what HEAD is told."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from botocore.client import BaseClient

import pages
from configuration_table import HEADS, LISTS, LOCKS, MEASURED, MISSING, OF_OBJECTS, TOKENS, UNSET, Unset
from raw import NAMESPACE, Raw, Refused, digest


def of_bucket(refused: Refused, bucket: str) -> Refused:
    fields = {name: text.replace("{bucket}", bucket) for name, text in refused.fields.items()}
    return Refused(refused.status, refused.code, refused.message, fields)


def leaves(root: ElementTree.Element) -> dict[str, str]:
    return {element.tag.removeprefix(NAMESPACE): element.text or "" for element in root.iter() if not len(element) and element != root}


@pytest.mark.parametrize("unset", UNSET, ids=[row.selector for row in UNSET])
def test_what_a_bucket_has_from_the_start(unset: Unset, bucket: str, raw: Raw) -> None:
    answer = raw("GET", f"/{bucket}?{unset.selector}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, unset.type), answer.body
    assert answer.body.startswith(b"<?xml "), "so a browser knows that it is XML"
    root = ElementTree.fromstring(answer.body)
    assert root.tag == NAMESPACE + unset.root
    told = leaves(root)
    if unset.whole:
        assert told == dict(unset.elements)
    else:
        assert {name: told.get(name) for name in unset.elements} == dict(unset.elements)


@pytest.mark.parametrize("selector, refused", MISSING, ids=[row[0] for row in MISSING])
def test_what_a_bucket_has_not(selector: str, refused: Refused, bucket: str, raw: Raw) -> None:
    answer = raw("GET", f"/{bucket}?{selector}")
    assert answer.headers["Content-Type"] == "application/xml"
    of_bucket(refused, bucket).check(answer)


@pytest.mark.parametrize("selector", [*(row.selector for row in UNSET), *(row[0] for row in MISSING)])
def test_a_missing_bucket_is_told_first(selector: str, bucket: str, raw: Raw) -> None:
    Refused(404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": f"{bucket}-none"}).check(
        raw("GET", f"/{bucket}-none?{selector}"))


@pytest.mark.parametrize("selector, root, document", [
    ("cors", "CORSConfiguration", "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>"),
    ("lifecycle", "LifecycleConfiguration", "<Rule><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"),
    ("tagging", "Tagging", "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>"),
    ("versioning", "VersioningConfiguration", "<Status>Enabled</Status>"),
])
def test_a_configuration_that_was_set_has_no_content_type_either(selector: str, root: str, document: str, bucket: str,
                                                               raw: Raw) -> None:
    body = f"<{root}>{document}</{root}>".encode()
    assert raw("PUT", f"/{bucket}?{selector}", body, digest(body)).status in (200, 204)
    answer = raw("GET", f"/{bucket}?{selector}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, None)


@pytest.mark.parametrize("selector, headers", OF_OBJECTS, ids=[row[0] for row in OF_OBJECTS])
def test_documents_about_objects_without_a_content_type(selector: str, headers: dict[str, str], s3: BaseClient, bucket: str,
                                                       raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"bytes")
    answer = raw("GET", f"/{bucket}/key?{selector}", headers=headers)
    assert (answer.status, answer.headers["Content-Type"]) == (200, None)
    assert answer.body.startswith(b"<?xml ")


@pytest.mark.parametrize("selector", LISTS)
@pytest.mark.parametrize("query, refused", TOKENS, ids=[row[0] for row in TOKENS])
def test_a_token_that_no_list_gave(query: str, refused: Refused, selector: str, bucket: str, raw: Raw) -> None:
    refused.check(raw("GET", f"/{bucket}?{selector}&{query}"))


@pytest.mark.parametrize("what, document, refused, source", LOCKS, ids=[row[0].replace(" ", "-") for row in LOCKS])
def test_an_object_lock_for_a_bucket_without_versions(what: str, document: str, refused: Refused, source: str, bucket: str,
                                                     raw: Raw) -> None:
    body = document.encode()
    refused.check(raw("PUT", f"/{bucket}?object-lock", body, digest(body)))


@pytest.mark.parametrize("target, status", HEADS, ids=[row[0] for row in HEADS])
def test_a_head_without_an_object(target: str, status: int, bucket: str, raw: Raw) -> None:
    answer = raw("HEAD", target.replace("{bucket}", bucket))
    assert (answer.status, answer.body) == (status, b"")
    assert (answer.headers["Content-Length"], answer.headers["Transfer-Encoding"]) == (None, "chunked")
    assert answer.headers["Content-Type"] == "application/xml"


@pytest.mark.parametrize("sent, status, length", [({}, 200, "5"), ({"Range": "bytes=0-1"}, 206, "2")], ids=str)
def test_a_head_of_an_object(sent: dict[str, str], status: int, length: str, s3: BaseClient, bucket: str, raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"bytes", ContentType="text/plain")
    answer = raw("HEAD", f"/{bucket}/key", headers=sent)
    assert (answer.status, answer.headers["Content-Length"], answer.headers["Content-Type"]) == (status, length, "text/plain")
    assert answer.headers["Transfer-Encoding"] is None


def test_a_head_that_is_refused_for_its_signature(bucket: str, raw: Raw) -> None:
    for answer in (Raw(raw.server, secret="wrong")("HEAD", f"/{bucket}"), raw("HEAD", f"/{bucket}/key", signed=False),
                   raw("HEAD", f"/{bucket}", signed=False)):
        assert (answer.status, answer.headers["Content-Length"], answer.headers["Transfer-Encoding"]) == (403, None, "chunked")


def test_the_page_is_the_table() -> None:
    text = f"""# What nobody configured

What a bucket answers about its configurations from the start, and what HEAD is told. The table is
`tests/kinds/configuration_table.py`; `tests/kinds/test_configurations.py` asks the server and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew). Source where none is named: {MEASURED}.

A document has no Content-Type but where one is named here; nor have GetObjectTagging and GetObjectAttributes. Of CORS and lifecycle
rules, tags and versions that were set it is unsettled, and here as of the others. All begin with `<?xml`, by which a browser knows them.

| GET | answer | Content-Type |
| --- | --- | --- |
"""
    text += "".join(f"| `?{row.selector}` | {row} | {row.type or 'none'} |\n" for row in UNSET)
    text += "\nAmazon S3's `encryption` of a new bucket also blocks SSE-C (docs/s3-truth.md), and its `logging` has a comment.\n\n"
    text += pages.table(("GET", "answer"), ((f"`?{selector}`", refused) for selector, refused in MISSING))
    text += f"\nLists of configurations that have ids ({', '.join(f'`{name}`' for name in LISTS)}):\n\n"
    text += pages.table(("beside the name", "answer"), ((f"`{query}`", refused) for query, refused in TOKENS))
    text += "\n## PutObjectLockConfiguration of a bucket without versions\n\n"
    text += pages.table(("document", "answer", "source"), ((what, refused, source) for what, _, refused, source in LOCKS))
    text += """
With versions: [object-lock.md](object-lock.md).

## HEAD

An answer that isn't an object's own has no Content-Length: it comes in chunks, of which there are none, and as application/xml. A
HEAD of a bucket is refused for the parameters of the listing that a GET would be, but for the range of its number.

"""
    text += pages.table(("HEAD", "status"), ((f"`{target}`", status) for target, status in HEADS))
    pages.check("configurations.md", text)
