"""GetObject and HeadObject."""

from __future__ import annotations

from typing import Any

from .edits import leaves_parameter_unread, listed, loses_on_the_way_in, loses_on_the_way_out, range_of, size_of
from .message import Answer, Request, answer, error
from .proxy import Server, bug
from .signing import plain_body

GET, HEAD, PUT, COMPLETE, PART = "GetObject", "HeadObject", "PutObject", "CompleteMultipartUpload", "UploadPart"
BOTH = (GET, HEAD)


@bug("read.suffix-beyond-refused", GET)
def suffix_beyond_refused(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    wanted = r.header("range").removeprefix("bytes=-")
    if a.status == 206 and r.header("range").startswith("bytes=-") and wanted.isdecimal() and int(wanted) > size_of(a):
        return error(416, "InvalidRange", "The requested range is not satisfiable")
    return a


@bug("read.suffix-zero-whole", GET)
def suffix_zero_whole(r: Request, server: Server, m: Any) -> Answer:
    if r.header("range") == "bytes=-0":
        r.drop_header("range")
    return server(r)


@bug("read.end-unclamped", GET)
def end_unclamped(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    last = r.header("range").rpartition("-")[2]
    if a.status == 206 and last.isdecimal() and int(last) >= size_of(a) and not r.header("range").startswith("bytes=-"):
        first = a.header("content-range").split("-")[0]
        a.set_header("Content-Range", f"{first}-{last}/{size_of(a)}")
    return a


def remembers_layout(r: Request, a: Answer, m: Any) -> None:
    """Which parts an object has."""
    if r.operation == PART and a.ok:
        m["sizes", r.upload][r.number] = len(plain_body(r))
    elif r.operation == COMPLETE and a.ok:
        sizes = m["sizes", r.upload]
        if all(n in sizes for n, _ in listed(r)):
            m["layout"][r.id] = [(n, sizes[n]) for n, _ in listed(r)]


@bug("read.range-first-part-only", GET, PART, COMPLETE)
def range_first_part_only(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    remembers_layout(r, a, m)
    if r.operation == GET and a.status == 206 and r.id in m["layout"] and not r.number:
        first, last = range_of(r, size_of(a)) or (0, 0)
        end = m["layout"][r.id][0][1]
        if first < end <= last:
            a.body = a.body[:end - first]
            a.set_header("Content-Range", f"bytes {first}-{end - 1}/{size_of(a)}")
    return a


@bug("read.range-without-metadata", GET)
def range_without_metadata(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 206:
        a.drop_header(*[name for name, _ in a.metadata()])
    return a


def _is_range(r: Request, a: Answer) -> bool:
    return r.has("range")


loses_on_the_way_out("read.range-without-cache-control", (GET,), "cache-control", when=_is_range)
loses_on_the_way_out("read.range-without-version", (GET,), "x-amz-version-id", when=_is_range)
loses_on_the_way_in("read.if-range-unread", BOTH, "if-range")
loses_on_the_way_in("read.head-ignores-range", (HEAD,), "range")
loses_on_the_way_in("read.if-none-match-head", (HEAD,), "if-none-match")
loses_on_the_way_in("read.since-over-none-match", BOTH, "if-none-match", lambda r: r.has("if-modified-since"))
leaves_parameter_unread("read.overrides-lost-on-range", (GET,), "response-content-type", when=lambda r: r.has("range"))
leaves_parameter_unread("read.overrides-lost-on-head", (HEAD,), "response-content-disposition")


@bug("read.part-by-index", GET, HEAD, PART, COMPLETE)
def part_by_index(r: Request, server: Server, m: Any) -> Answer:
    if r.method in ("GET", "HEAD") and r.number and r.id in m["layout"]:
        numbers = [n for n, _ in m["layout"][r.id]]
        if r.number <= len(numbers):
            r.set_query("partNumber", str(numbers[r.number - 1]))
    a = server(r)
    remembers_layout(r, a, m)
    return a


@bug("read.part-second-is-first", GET)
def part_second_is_first(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.number > 1 and a.status == 206 and a.header("x-amz-mp-parts-count"):
        first = server.ask("GET", r.bucket, r.key, {"partNumber": "1"})
        a.body = first.body
        a.set_header("Content-Range", first.header("content-range"))
    return a


@bug("read.part-layout-stale", GET, PART, COMPLETE)
def part_layout_stale(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == COMPLETE and a.ok and r.id in m["layout"]:
        m["stale"].setdefault(r.id, m["layout"][r.id])
    remembers_layout(r, a, m)
    if r.operation == GET and r.number and a.status == 206 and r.id in m["stale"]:
        at = 0
        for number, size in m["stale"][r.id]:
            if number == r.number:
                whole = server.ask("GET", r.bucket, r.key).body
                a.body = whole[at:at + size]
                a.set_header("Content-Range", f"bytes {at}-{at + len(a.body) - 1}/{len(whole)}")
            at += size
    return a


@bug("read.head-part-whole", HEAD)
def head_part_whole(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.number and a.status == 206:
        a.set_header("Content-Length", str(size_of(a)))
    return a


loses_on_the_way_out("read.part-count-first-only", BOTH, "x-amz-mp-parts-count", when=lambda r, a: r.number > 1)


@bug("read.part-beyond-empty", GET)
def part_beyond_empty(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    return answer(200) if r.number and a.status == 416 else a


def compares_first(name: str, header: str) -> None:
    @bug(name, *BOTH)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if "," in r.header(header):
            r.set_header(header, r.header(header).split(",")[0].strip())
        return server(r)


compares_first("read.if-none-match-first", "if-none-match")
compares_first("read.if-match-first", "if-match")


@bug("read.not-modified-bare", *BOTH)
def not_modified_bare(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 304:
        a.drop_header("etag")
    return a


@bug("read.stale-after-overwrite", HEAD, PUT)
def stale_after_overwrite(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == HEAD:
        return m["old"].pop(r.id, None) if r.id in m["old"] and not r.query else server(r)
    before = server.ask("HEAD", r.bucket, r.key)
    a = server(r)
    if a.ok and before.ok:
        m["old"][r.id] = before
    return a


@bug("read.large-body-cut", GET)
def large_body_cut(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 200 and len(a.body) > 1 << 20:
        a.body = a.body[:-1] + bytes([a.body[-1] ^ 1])
    return a
