"""CopyObject, PutObject, DeleteObject, DeleteObjects, tags and metadata."""

from __future__ import annotations

import re
import threading
import time
from typing import Any
from urllib.parse import unquote

from .edits import document, escaped, is_multipart, loses_on_the_way_in
from .message import Answer, Request, answer, elements, encoded, md5, value
from .proxy import Server, bug
from .signing import plain_body

COPY, PUT, BATCH, DELETE = "CopyObject", "PutObject", "DeleteObjects", "DeleteObject"
GET, HEAD, TAG = "GetObject", "HeadObject", "PutObjectTagging"
_ONE = threading.Lock()
KEPT = ("content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires")


def source_of(r: Request, server: Server) -> Answer:
    path, _, version = r.header("x-amz-copy-source").lstrip("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    return server.ask("HEAD", bucket, key, {"versionId": version} if version else {})


def as_replacing(r: Request, source: Answer, *lost: str) -> None:
    """The copy says itself what the source has, but for what is lost."""
    for name, text in source.headers:
        if (name.lower() in KEPT or name.lower().startswith("x-amz-meta-")) and name.lower() not in lost:
            r.set_header(name, text)
    r.set_header("x-amz-metadata-directive", "REPLACE")


def copy_loses(name: str, header: str) -> None:
    @bug(name, COPY)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        source = source_of(r, server)
        if source.ok and source.has(header) and r.header("x-amz-metadata-directive", "COPY") == "COPY":
            as_replacing(r, source, header)
        return server(r)


copy_loses("copy.cache-control-lost", "cache-control")
copy_loses("copy.disposition-lost", "content-disposition")


@bug("copy.tags-lost", COPY)
def tags_lost(r: Request, server: Server, m: Any) -> Answer:
    if not r.has("x-amz-tagging-directive") and not r.has("x-amz-tagging"):
        r.set_header("x-amz-tagging-directive", "REPLACE")
    return server(r)


@bug("copy.replace-adds", COPY)
def replace_adds(r: Request, server: Server, m: Any) -> Answer:
    source = source_of(r, server)
    if source.ok and r.header("x-amz-metadata-directive") == "REPLACE":
        for name, text in source.metadata():
            if not r.has(name):
                r.set_header(name, text)
    return server(r)


@bug("copy.replace-keeps-type", COPY)
def replace_keeps_type(r: Request, server: Server, m: Any) -> Answer:
    if r.header("x-amz-metadata-directive") == "REPLACE" and not r.has("content-type"):
        r.set_header("Content-Type", source_of(r, server).header("content-type", "binary/octet-stream"))
    return server(r)


@bug("copy.tagging-replace-unread", COPY)
def tagging_replace_unread(r: Request, server: Server, m: Any) -> Answer:
    if r.header("x-amz-tagging-directive") == "REPLACE":
        r.drop_header("x-amz-tagging-directive", "x-amz-tagging")
    return server(r)


@bug("copy.multipart-etag-stays", COPY)
def multipart_etag_stays(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    source = source_of(r, server)
    if a.ok and is_multipart(source.header("etag")):
        a.set_value("ETag", source.header("etag").replace('"', "&quot;"))
    return a


@bug("copy.to-itself-unchanged", COPY)
def to_itself_unchanged(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") == "InvalidRequest" and "itself" in a.text:
        had = source_of(r, server)
        return answer(200, "<CopyObjectResult><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                           f"<ETag>{escaped(had.header('etag'))}</ETag></CopyObjectResult>")
    return a


@bug("copy.source-plus", COPY)
def source_plus(r: Request, server: Server, m: Any) -> Answer:
    if "%2B" in r.header("x-amz-copy-source"):
        r.set_header("x-amz-copy-source", r.header("x-amz-copy-source").replace("%2B", "%20"))
    return server(r)


loses_on_the_way_in("copy.if-none-match-unread", (COPY,), "x-amz-copy-source-if-none-match")
loses_on_the_way_in("copy.unmodified-since-unread", (COPY,), "x-amz-copy-source-if-unmodified-since")


@bug("copy.checksum-lost", COPY, GET, HEAD)
def checksum_lost(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == COPY and a.ok and not r.has("x-amz-checksum-algorithm"):
        m["copies"][r.id] = True
        a.text = re.sub(r"<Checksum\w+>[^<]*</Checksum\w+>", "", a.text)
    elif a.ok and r.id in m["copies"]:
        a.drop_header(*[n for n, _ in a.headers if n.lower().startswith("x-amz-checksum-")])
    return a


# DeleteObjects and DeleteObject.

def _deletes_only(r: Request, keep: Any) -> list[str]:
    """Leaves those objects in the document for which `keep(index, object)` holds; the others."""
    text = document(r)
    objects = elements(text, "Object")
    dropped = [o for index, o in enumerate(objects) if not keep(index, o)]
    if dropped:
        for o in dropped:
            text = text.replace(o, "", 1)
        r.set_body(text.encode())
        r.set_header("x-amz-sdk-checksum-algorithm", "CRC32")
        _summed(r)
    return dropped


def _summed(r: Request) -> None:
    """DeleteObjects wants a digest of its document."""
    import base64
    import hashlib
    r.drop_header(*[n for n, _ in r.headers if n.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum"))])
    r.set_header("Content-MD5", base64.b64encode(hashlib.md5(r.body).digest()).decode())


@bug("delete.beyond-hundred", BATCH)
def beyond_hundred(r: Request, server: Server, m: Any) -> Answer:
    if len(elements(document(r), "Object")) > 1000:
        return server(r)
    quiet = "<Quiet>true" in document(r)
    dropped = _deletes_only(r, lambda index, o: index < 100)
    a = server(r)
    if a.ok and not quiet:
        a.text = a.text.replace("</DeleteResult>", "".join(
            f"<Deleted>{''.join(elements(o, 'Key'))}</Deleted>" for o in dropped) + "</DeleteResult>")
    return a


@bug("delete.quiet-tells", BATCH)
def quiet_tells(r: Request, server: Server, m: Any) -> Answer:
    a, text = server(r), document(r)
    keys = [k for o in elements(text, "Object") for k in elements(o, "Key")]
    if a.ok and "<Quiet>true" in text and len(keys) > 1:
        a.text = re.sub(r"<DeleteResult([^>]*)/>", r"<DeleteResult\1></DeleteResult>", a.text)
        a.text = a.text.replace("</DeleteResult>", "".join(f"<Deleted>{k}</Deleted>" for k in keys) + "</DeleteResult>")
    return a


@bug("delete.stops-at-missing", BATCH)
def stops_at_missing(r: Request, server: Server, m: Any) -> Answer:
    objects = elements(document(r), "Object")
    there = [server.ask("HEAD", r.bucket, value(o, "Key")).ok for o in objects] if 1 < len(objects) <= 50 else [True]
    if False in there:
        first = there.index(False)
        _deletes_only(r, lambda index, o: index <= first)
    return server(r)


@bug("delete.raw-ampersand", BATCH)
def batch_raw_ampersand(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok:
        a.text = a.text.replace("&amp;", "&")
    return a


@bug("delete.more-than-thousand", BATCH)
def more_than_thousand(r: Request, server: Server, m: Any) -> Answer:
    if len(elements(document(r), "Object")) > 1000:
        _deletes_only(r, lambda index, o: index < 1000)
    return server(r)


@bug("delete.md5-unread", BATCH)
def batch_md5_unread(r: Request, server: Server, m: Any) -> Answer:
    if r.has("content-md5"):
        _summed(r)
    return server(r)


loses_on_the_way_in("delete.if-match-unread", (DELETE,), "if-match")


# Tags and metadata.

@bug("tags.put-adds", TAG)
def put_adds(r: Request, server: Server, m: Any) -> Answer:
    text = document(r)
    had = server.ask("GET", r.bucket, r.key, {"tagging": ""})
    new = [value(tag, "Key") for tag in elements(text, "Tag")]
    more = [tag for tag in had.elements("Tag") if value(tag, "Key") not in new]
    if more and "</TagSet>" in text and len(more) + len(new) <= 10:
        r.set_body(text.replace("</TagSet>", "".join(more) + "</TagSet>").encode())
        _summed(r)
    return server(r)


@bug("tags.overwrite-keeps", PUT)
def overwrite_keeps_tags(r: Request, server: Server, m: Any) -> Answer:
    if not r.has("x-amz-tagging"):
        tags = server.ask("GET", r.bucket, r.key, {"tagging": ""}).elements("Tag")
        if tags:
            r.set_header("x-amz-tagging", "&".join(encoded(value(t, "Key")) + "=" + encoded(value(t, "Value")) for t in tags))
    return server(r)


@bug("tags.count-missing-multipart", GET, HEAD)
def count_missing_multipart(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if is_multipart(a.header("etag")):
        a.drop_header("x-amz-tagging-count")
    return a


@bug("tags.header-plus", PUT, "CreateMultipartUpload")
def header_plus(r: Request, server: Server, m: Any) -> Answer:
    if "+" in r.header("x-amz-tagging"):
        r.set_header("x-amz-tagging", r.header("x-amz-tagging").replace("+", "%2B"))
    return server(r)


@bug("tags.delete-last-only", "DeleteObjectTagging")
def delete_last_only(r: Request, server: Server, m: Any) -> Answer:
    tags = server.ask("GET", r.bucket, r.key, {"tagging": ""}).elements("Tag")
    a = server(r)
    if a.ok and len(tags) > 1:
        server.ask("PUT", r.bucket, r.key, {"tagging": ""}, _md5_of(t := f"<Tagging><TagSet>{tags[0]}</TagSet></Tagging>"), t.encode())
    return a


def _md5_of(text: str) -> dict[str, str]:
    import base64
    import hashlib
    return {"Content-MD5": base64.b64encode(hashlib.md5(text.encode()).digest()).decode()}


@bug("metadata.overwrite-keeps", PUT)
def overwrite_keeps_metadata(r: Request, server: Server, m: Any) -> Answer:
    for name, text in server.ask("HEAD", r.bucket, r.key).metadata():
        if not r.has(name):
            r.set_header(name, text)
    return server(r)


@bug("metadata.names-cut", PUT, "CreateMultipartUpload")
def names_cut(r: Request, server: Server, m: Any) -> Answer:
    for name, text in r.metadata():
        pieces = name[len("x-amz-meta-"):].split("-")
        if len(pieces) > 2:
            r.drop_header(name)
            r.set_header("x-amz-meta-" + "-".join(pieces[:2]), text)
    return server(r)


@bug("metadata.empty-value-lost", PUT, "CreateMultipartUpload")
def empty_value_lost(r: Request, server: Server, m: Any) -> Answer:
    for name, text in r.metadata():
        if not text:
            r.drop_header(name)
    return server(r)


@bug("metadata.twice-first", PUT, "CreateMultipartUpload")
def twice_first(r: Request, server: Server, m: Any) -> Answer:
    names = [name.lower() for name, _ in r.metadata()]
    for name in {n for n in names if names.count(n) > 1}:
        r.set_header(name, r.header(name))
    return server(r)


# PutObject.

@bug("put.tail-stays", PUT)
def put_tail_stays(r: Request, server: Server, m: Any) -> Answer:
    body, before = plain_body(r), m["bodies"].get(r.id, b"")
    if len(body) < len(before) and not any(n.lower().startswith("x-amz-checksum") for n, _ in r.headers):
        r.set_body(body + before[len(body):])
    a = server(r)
    if a.ok:
        m["bodies"][r.id] = body
        a.set_header("ETag", md5(body))
    return a


@bug("put.none-match-race", PUT)
def none_match_race(r: Request, server: Server, m: Any) -> Answer:
    with _ONE:
        m["now"][r.id] = m["now"].get(r.id, 0) + 1
        if m["now"][r.id] > 1 and r.has("if-none-match"):
            r.drop_header("if-none-match")
    try:
        if r.has("if-none-match"):
            time.sleep(0.02)  # a look, and then the write
        return server(r)
    finally:
        with _ONE:
            m["now"][r.id] -= 1


@bug("put.match-weak", PUT)
def match_weak(r: Request, server: Server, m: Any) -> Answer:
    said = r.header("if-match").strip('"')
    if len(said) >= 8:
        had = server.ask("HEAD", r.bucket, r.key).header("etag")
        if had.strip('"').startswith(said[:8]):
            r.set_header("if-match", had)
    return server(r)


loses_on_the_way_in("put.md5-large-unread", (PUT,), "content-md5", lambda r: len(r.body) >= 1 << 20)


@bug("put.second-same-second", PUT)
def second_same_second(r: Request, server: Server, m: Any) -> Answer:
    second = (r.id, int(time.time()))
    if second in m["put"] and not r.has("if-match") and not r.has("if-none-match"):
        return answer(200, "", ("ETag", md5(plain_body(r))))
    a = server(r)
    if a.ok:
        m["put"][second] = True
    return a
