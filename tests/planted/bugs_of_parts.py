"""UploadPart, UploadPartCopy, AbortMultipartUpload, and aws-chunked bodies."""

from __future__ import annotations

import re
import threading
from typing import Any

from .edits import listed, loses_on_the_way_in, with_etag, with_parts
from .message import Answer, Request, answer, error, md5
from .proxy import Server, bug
from .signing import decoded, plain_body

CREATE, COMPLETE, PART, COPY, ABORT = ("CreateMultipartUpload", "CompleteMultipartUpload", "UploadPart", "UploadPartCopy",
                                       "AbortMultipartUpload")
_ONE = threading.Lock()


def taken(etag: str) -> Answer:
    return answer(200, "", ("ETag", etag))


@bug("part.first-copy-wins", PART)
def first_copy_wins(r: Request, server: Server, m: Any) -> Answer:
    if r.number in m["parts", r.upload]:
        return m["parts", r.upload][r.number]
    a = server(r)
    if a.ok:
        m["parts", r.upload][r.number] = a
    return a


@bug("part.tail-stays", PART)
def tail_stays(r: Request, server: Server, m: Any) -> Answer:
    body, before = plain_body(r), m["parts", r.upload].get(r.number, b"")
    if len(body) < len(before) and not any(n.lower().startswith("x-amz-checksum") for n, _ in r.headers):
        r.set_body(body + before[len(body):])
    a = server(r)
    if a.ok:
        m["parts", r.upload][r.number] = body
    return a


@bug("part.retry-keeps-listing", PART, "ListParts")
def retry_keeps_listing(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == PART and a.ok:
        m["first", r.upload].setdefault(str(r.number), (a.header("etag").strip('"'), len(plain_body(r))))
    elif r.operation == "ListParts":
        def old(part: str) -> str:
            number = (re.search(r"<PartNumber>(\d+)<", part) or ["", ""])[1]
            if number not in m["first", r.upload]:
                return part
            etag, size = m["first", r.upload][number]
            return re.sub(r"<Size>\d+<", f"<Size>{size}<", with_etag(part, f"&quot;{etag}&quot;"))
        a.set_elements("Part", [old(part) for part in a.elements("Part")])
    return a


def takes_uploads_of_any_key(name: str, operation: str) -> None:
    """An upload id is looked up alone."""
    @bug(name, CREATE, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.operation == CREATE:
            a = server(r)
            m["key"][a.value("UploadId")] = r.key
            return a
        if m["key"].get(r.upload, r.key) != r.key:
            r.set_key(m["key"][r.upload])
        return server(r)


takes_uploads_of_any_key("part.any-key", PART)
takes_uploads_of_any_key("abort.any-key", ABORT)
takes_uploads_of_any_key("list-parts.any-key", "ListParts")


@bug("part.after-abort", PART, ABORT)
def after_abort(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == PART and m["aborted"].pop(r.upload, False):
        return taken(md5(plain_body(r)))
    a = server(r)
    if r.operation == ABORT and a.ok:
        m["aborted"][r.upload] = True
    return a


def _bad_number() -> Answer:
    return error(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")


@bug("part.number-ten-thousand", PART)
def number_ten_thousand(r: Request, server: Server, m: Any) -> Answer:
    return _bad_number() if r.number == 10000 else server(r)


@bug("part.number-10001", PART)
def number_10001(r: Request, server: Server, m: Any) -> Answer:
    return taken(md5(plain_body(r))) if r.number == 10001 else server(r)


loses_on_the_way_in("part.md5-of-second-unread", (PART,), "content-md5", lambda r: r.number > 1)


@bug("part.concurrent-mixed", PART)
def concurrent_mixed(r: Request, server: Server, m: Any) -> Answer:
    with _ONE:
        others = [body for number, body in m["now", r.upload].items() if number != r.number]
        m["now", r.upload][r.number] = plain_body(r)
    try:
        mine = plain_body(r)
        if others and len(others[0]) == len(mine) and others[0] != mine:
            r.set_body(others[0])
            a = server(r)
            a.set_header("ETag", md5(mine))
            return a
        return server(r)
    finally:
        with _ONE:
            m["now", r.upload].pop(r.number, None)


@bug("part.same-second-same-id", CREATE)
def same_second_same_id(r: Request, server: Server, m: Any) -> Answer:
    import time
    second = (r.id, int(time.time()))
    if second in m["made"]:
        return m["made"][second]
    a = server(r)
    if a.ok:
        m["made"][second] = a
    return a


@bug("part.empty-refused", PART)
def empty_refused(r: Request, server: Server, m: Any) -> Answer:
    if not plain_body(r):
        return error(400, "InvalidRequest", "You must provide a non-empty part.")
    return server(r)


def changes_copied_range(name: str, change: Any) -> None:
    """`change(first, last, size)` is the range that is copied instead, of a source of that size."""
    @bug(name, COPY)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", r.header("x-amz-copy-source-range"))
        source = _source(r, server) if found else None
        if found and source and source.ok:
            size = int(source.header("content-length", "0"))
            first, last = change(int(found.group(1)), int(found.group(2)), size)
            if (first, last) != (int(found.group(1)), int(found.group(2))):
                r.set_header("x-amz-copy-source-range", f"bytes={first}-{last}")
        return server(r)


def _source(r: Request, server: Server) -> Answer:
    from urllib.parse import unquote
    path, _, version = r.header("x-amz-copy-source").lstrip("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    return server.ask("HEAD", bucket, key, {"versionId": version} if version else {})


changes_copied_range("copy-part.range-exclusive", lambda first, last, size: (first, last - 1 if last > first else last))
changes_copied_range("copy-part.range-from-start", lambda first, last, size: (0 if last == size - 1 else first, last))
changes_copied_range("copy-part.beyond-end", lambda first, last, size: (first, min(last, size - 1) if first < size else last))
changes_copied_range("copy-part.first-part-only", lambda first, last, size: (
    (first - (5 << 20), last - (5 << 20)) if first >= 5 << 20 and last < size else (first, last)))
loses_on_the_way_in("copy-part.conditions-unread", (COPY,), "x-amz-copy-source-if-none-match")
loses_on_the_way_in("copy-part.if-match-unread", (COPY,), "x-amz-copy-source-if-match")


def takes_current_source(name: str, operation: str) -> None:
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        source = r.header("x-amz-copy-source")
        if "?versionId=" in source:
            r.set_header("x-amz-copy-source", source.partition("?")[0])
        return server(r)


takes_current_source("copy-part.latest-version", COPY)
takes_current_source("versions.copy-latest", "CopyObject")


@bug("copy-part.whole-etag-of-source", COPY)
def whole_etag_of_source(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and not r.has("x-amz-copy-source-range"):
        source = _source(r, server)
        if source.ok:
            a.set_value("ETag", source.header("etag").replace('"', "&quot;"))
    return a


@bug("copy-part.late", COPY, COMPLETE)
def late(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == COPY:
        a = server(r)
        if a.ok:
            m["copies", r.upload][r.number] = r
        return a
    fresh = {}
    for number, copy in m["copies", r.upload].items():
        copy.changed = True
        again = server(copy)
        if again.ok:
            fresh[number] = again.value("ETag").replace('"', "&quot;")
    parts = listed(r)
    if fresh and any(n in fresh for n, _ in parts):
        with_parts(r, lambda index, part: with_etag(part, fresh[parts[index][0]]) if parts[index][0] in fresh else part)
    return server(r)


@bug("abort.with-parts-no-effect", ABORT, PART)
def with_parts_no_effect(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == ABORT and r.upload in m["has"]:
        return answer(204)
    a = server(r)
    if r.operation == PART and a.ok:
        m["has"][r.upload] = True
    return a


@bug("abort.all-of-key", ABORT, CREATE)
def all_of_key(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and r.operation == CREATE:
        m["uploads", r.id][a.value("UploadId")] = True
    elif a.ok:
        for upload in list(m["uploads", r.id]):
            server.ask("DELETE", r.bucket, r.key, {"uploadId": upload})
    return a


def _with_chunks(r: Request, change: Any) -> None:
    """A body in chunks, whose content becomes what `change(chunks)` says."""
    if r.header("x-amz-content-sha256").startswith("STREAMING-"):
        pieces, _ = decoded(r)
        body = b"".join(change(pieces))
        if body != b"".join(pieces):
            r.set_body(body)


@bug("chunked.big-chunk-cut", PART, "PutObject")
def big_chunk_cut(r: Request, server: Server, m: Any) -> Answer:
    _with_chunks(r, lambda pieces: [p[:65536] + b"\0" + p[65537:] if len(p) > 65536 else p[:65535] + b"\0"
                                    if len(p) == 65536 else p for p in pieces])
    return server(r)


@bug("chunked.second-chunk-dropped", PART)
def second_chunk_dropped(r: Request, server: Server, m: Any) -> Answer:
    _with_chunks(r, lambda pieces: pieces[:1] + pieces[2:] if len(pieces) >= 3 else pieces)
    return server(r)


@bug("chunked.encoding-stays", "PutObject", "GetObject", "HeadObject")
def encoding_stays(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == "PutObject" and a.ok:
        m["chunked"][r.id] = "aws-chunked" in r.header("content-encoding")
    elif a.ok and m["chunked"].get(r.id):
        had = a.header("content-encoding")
        a.set_header("Content-Encoding", "aws-chunked" + ("," + had if had else ""))
    return a


@bug("chunked.gzip-lost", "PutObject", CREATE)
def gzip_lost(r: Request, server: Server, m: Any) -> Answer:
    if "aws-chunked" in r.header("content-encoding") and "," in r.header("content-encoding"):
        r.set_header("Content-Encoding", "aws-chunked")
    return server(r)


@bug("chunked.length-unread", PART, "PutObject")
def length_unread(r: Request, server: Server, m: Any) -> Answer:
    if r.header("x-amz-content-sha256").startswith("STREAMING-"):
        try:
            length = len(plain_body(r))
        except ValueError:
            return server(r)
        if r.header("x-amz-decoded-content-length") not in ("", str(length)):
            r.set_header("x-amz-decoded-content-length", str(length))
    return server(r)


@bug("chunked.part-trailer-unread", PART)
def part_trailer_unread(r: Request, server: Server, m: Any) -> Answer:
    if r.has("x-amz-trailer"):
        a = server(r)
        if a.value("Code") == "BadDigest":
            r.set_body(plain_body(r))
            return server(r)
        return a
    return server(r)


