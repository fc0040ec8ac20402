"""Checksums of parts and objects."""

from __future__ import annotations

import re
from typing import Any

from .edits import escaped, listed, loses_on_the_way_out, with_parts
from .message import Answer, Request, answer, md5, value
from .proxy import Server, bug
from .signing import plain_body

COMPLETE, PART, GET, HEAD, ATTRIBUTES = "CompleteMultipartUpload", "UploadPart", "GetObject", "HeadObject", "GetObjectAttributes"
SUM = re.compile(r"<(Checksum(?!Type|Algorithm)\w+)>([^<]+)</\1>")


def sums(r: Request | Answer) -> list[tuple[str, str]]:
    """Headers that hold a checksum."""
    return [(n, v) for n, v in r.headers if n.lower().startswith("x-amz-checksum-")
            and n.lower() not in ("x-amz-checksum-type", "x-amz-checksum-mode", "x-amz-checksum-algorithm")]


def another(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


@bug("checksum.composite-by-arrival", PART, COMPLETE, GET, HEAD)
def composite_by_arrival(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == PART and a.ok:
        m["arrived", r.upload].pop(r.number, None)
        m["arrived", r.upload][r.number] = True
    elif r.operation == COMPLETE and a.ok:
        arrived = [n for n in m["arrived", r.upload] if n in dict(listed(r))]
        if arrived != sorted(arrived) and a.value("ChecksumType") == "COMPOSITE":
            m["wrong"][r.id] = True
            a.text = SUM.sub(lambda f: f"<{f[1]}>{another(f[2])}</{f[1]}>", a.text)
        else:
            m["wrong"].pop(r.id, None)
    elif a.ok and r.id in m["wrong"] and not r.number:
        for name, text in sums(a):
            a.set_header(name, another(text))
    return a


@bug("checksum.second-part-unread", PART)
def second_part_unread(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    return answer(200, "", ("ETag", md5(plain_body(r)))) if a.value("Code") == "BadDigest" and r.number > 1 else a


@bug("checksum.complete-first-only", COMPLETE)
def complete_first_only(r: Request, server: Server, m: Any) -> Answer:
    parts = listed(r)
    if len(parts) > 1 and SUM.search(r.body.decode("utf-8", "replace")):
        there = {int(value(p, "PartNumber")): dict(SUM.findall(p)) for p in
                 server.ask("GET", r.bucket, r.key, {"uploadId": r.upload}).elements("Part")}
        with_parts(r, lambda index, part: part if index == 0 else SUM.sub(
            lambda f: f"<{f[1]}>{escaped(there.get(parts[index][0], {}).get(f[1], f[2]))}</{f[1]}>", part))
    return server(r)


@bug("checksum.whole-unread", COMPLETE)
def whole_unread(r: Request, server: Server, m: Any) -> Answer:
    if sums(r):
        r.drop_header(*[n for n, _ in sums(r)])
    return server(r)


@bug("checksum.part-type-unread", PART)
def part_type_unread(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") == "InvalidRequest" and "Checksum Type mismatch" in a.text and sums(r):
        return answer(200, "", ("ETag", md5(plain_body(r))), *sums(r))
    return a


loses_on_the_way_out("checksum.type-missing-on-get", (GET,), "x-amz-checksum-type")


@bug("checksum.lost-on-head", HEAD)
def lost_on_head(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if "-" in a.header("etag") and not r.number:
        a.drop_header("x-amz-checksum-type", *[n for n, _ in sums(a)])
    return a


@bug("checksum.attributes-without-parts", ATTRIBUTES)
def attributes_without_parts(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.set_elements("Part", [])
    return a


def attributes_ignore(name: str, header: str) -> None:
    @bug(name, ATTRIBUTES)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.has(header):
            r.drop_header(header)
        return server(r)


attributes_ignore("checksum.attributes-page-ignored", "x-amz-max-parts")
attributes_ignore("checksum.attributes-marker-ignored", "x-amz-part-number-marker")


def tells_whole(name: str, when: Any) -> None:
    @bug(name, GET)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.status == 206 and r.has("x-amz-checksum-mode") and when(r):
            whole = server.ask("HEAD", r.bucket, r.key, headers={"x-amz-checksum-mode": "ENABLED"})
            a.drop_header(*[n for n, _ in sums(a)])
            a.headers += sums(whole)
        return a


tells_whole("checksum.part-get-whole", lambda r: r.number > 0)
tells_whole("checksum.told-on-range", lambda r: r.has("range"))
loses_on_the_way_out("checksum.sha-only-first", (PART,), "x-amz-checksum-sha256", when=lambda r, a: r.number > 1)
