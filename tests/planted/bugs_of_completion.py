"""CompleteMultipartUpload, and what becomes of what Create was told."""

from __future__ import annotations

import re
from typing import Any

from .edits import escaped, is_multipart, listed, loses_on_the_way_in, range_of, with_etag, with_parts
from .message import Answer, Request, answer, elements, error, value
from .proxy import Server, bug
from .signing import plain_body

CREATE, COMPLETE, PART = "CreateMultipartUpload", "CompleteMultipartUpload", "UploadPart"


def parts_there(server: Server, r: Request) -> dict[int, tuple[str, int]]:
    """Of the upload: ETag and size by number."""
    a = server.ask("GET", r.bucket, r.key, {"uploadId": r.upload})
    return {int(value(p, "PartNumber")): (value(p, "ETag"), int(value(p, "Size"))) for p in a.elements("Part")}


def current_etag(server: Server, r: Request) -> str:
    a = server.ask("HEAD", r.bucket, r.key)
    return a.header("etag") if a.ok else ""


def pretended(r: Request, parts: int) -> Answer:
    """As if it were completed."""
    return answer(200, '<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                       f"<Location>http://{r.header('host')}{escaped(r.path)}</Location><Bucket>{r.bucket}</Bucket>"
                       f"<Key>{escaped(r.key)}</Key><ETag>&quot;0123456789abcdef0123456789abcdef-{parts}&quot;</ETag>"
                       "</CompleteMultipartUploadResult>")


@bug("complete.suffix-counts-uploaded", PART, COMPLETE, "HeadObject", "GetObject", "ListObjectsV2", "ListObjects")
def suffix_counts_uploaded(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == PART:
        m["numbers", r.upload][r.number] = True
    elif r.operation == COMPLETE and a.ok:
        sent, etag = len(m["numbers", r.upload]), a.value("ETag")
        wrong = re.sub(r"-\d+", f"-{sent}", etag)
        if sent:
            m["etags"][etag.strip('"')] = wrong.strip('"')
    for right, wrong in list(m["etags"].items()):
        if a.header("etag").strip('"') == right:
            a.set_header("ETag", f'"{wrong}"')
        if r.method != "HEAD" and r.operation != "GetObject" and right in a.text:
            a.text = a.text.replace(right, wrong)
    return a


@bug("complete.unlisted-joined", COMPLETE)
def unlisted_joined(r: Request, server: Server, m: Any) -> Answer:
    parts = listed(r)
    there = parts_there(server, r) if parts else {}
    more = {n: e for n, e in there.items() if n not in dict(parts)}
    if more and all(n in there for n, _ in parts) and parts == sorted(parts):
        everything = sorted([(n, there[n][0]) for n in there])
        r.set_body(("<CompleteMultipartUpload>" + "".join(
            f"<Part><PartNumber>{n}</PartNumber><ETag>{escaped(e)}</ETag></Part>" for n, e in everything)
            + "</CompleteMultipartUpload>").encode())
    return server(r)


def takes_wrong_etags(name: str, where: Any) -> None:
    """Of the parts for which `where(index, count)` holds, the ETag is taken from what is there."""
    @bug(name, COMPLETE)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        parts = listed(r)
        if any(where(index, len(parts)) for index in range(len(parts))):
            there = parts_there(server, r)

            def right(index: int, part: str) -> str:
                number = parts[index][0]
                if where(index, len(parts)) and number in there:
                    return with_etag(part, escaped(there[number][0]))
                return part
            if any(n in there and there[n][0].strip('"') != e.strip('"') for n, e in parts):
                with_parts(r, right)
        return server(r)


takes_wrong_etags("complete.etag-of-first-only", lambda index, count: index > 0)
takes_wrong_etags("complete.etag-of-last-unread", lambda index, count: count > 1 and index == count - 1)


@bug("complete.etag-before-retry", PART, COMPLETE)
def etag_before_retry(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == PART:
        a = server(r)
        if a.ok:
            m["etags", r.upload].setdefault(r.number, []).append(a.header("etag"))
        return a
    old = m["etags", r.upload]
    if any(e.strip('"') in [x.strip('"') for x in old.get(n, [])[:-1]] and e.strip('"') != old[n][-1].strip('"')
           for n, e in listed(r)):
        parts = listed(r)
        with_parts(r, lambda index, part: with_etag(part, escaped(old[parts[index][0]][-1]))
                   if parts[index][0] in old else part)
    return server(r)


@bug("complete.order-of-first-pair", COMPLETE)
def order_of_first_pair(r: Request, server: Server, m: Any) -> Answer:
    numbers = [n for n, _ in listed(r)]
    if len(numbers) > 2 and numbers[0] < numbers[1] and numbers != sorted(numbers):
        text = {n: p for n, p in zip(numbers, elements(plain_body(r).decode(), "Part"))}
        order = sorted(text)
        with_parts(r, lambda index, part: text[order[index]] if index < len(order) else None)
    return server(r)


@bug("complete.duplicates-dropped", COMPLETE)
def duplicates_dropped(r: Request, server: Server, m: Any) -> Answer:
    numbers = [n for n, _ in listed(r)]
    if len(set(numbers)) < len(numbers):
        with_parts(r, lambda index, part: part if numbers.index(numbers[index]) == index else None)
    return server(r)


@bug("complete.small-first-only", COMPLETE)
def small_first_only(r: Request, server: Server, m: Any) -> Answer:
    parts = listed(r)
    there = parts_there(server, r) if len(parts) > 2 else {}
    a = server(r)
    if a.value("Code") == "EntityTooSmall" and there.get(parts[0][0], ("", 0))[1] >= 5 << 20:
        return pretended(r, len(parts))
    return a


@bug("complete.missing-part-skipped", COMPLETE)
def missing_part_skipped(r: Request, server: Server, m: Any) -> Answer:
    parts = listed(r)
    there = parts_there(server, r) if len(parts) > 1 else {}
    if any(n not in there for n, _ in parts) and any(n in there for n, _ in parts):
        with_parts(r, lambda index, part: part if parts[index][0] in there else None)
    return server(r)


@bug("complete.none-match-plain-only", COMPLETE)
def none_match_plain_only(r: Request, server: Server, m: Any) -> Answer:
    if r.has("if-none-match") and is_multipart(current_etag(server, r)):
        r.drop_header("if-none-match")
    return server(r)


@bug("complete.none-match-after-delete", COMPLETE, "PutObject", "DeleteObject")
def none_match_after_delete(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == COMPLETE and r.has("if-none-match") and r.id in m["deleted"]:
        return error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    a = server(r)
    if r.operation == "DeleteObject" and a.ok:
        m["deleted"][r.id] = True
    elif a.ok:
        m["deleted"].pop(r.id, None)
    return a


@bug("complete.match-first-etag", COMPLETE, "PutObject")
def match_first_etag(r: Request, server: Server, m: Any) -> Answer:
    said = r.header("if-match")
    if r.operation == COMPLETE and said and r.id in m["first"]:
        if said.strip('"') != m["first"][r.id].strip('"'):
            return error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        r.drop_header("if-match")
    a = server(r)
    if a.ok:
        m["first"].setdefault(r.id, a.header("etag") or a.value("ETag"))
    return a


@bug("complete.match-absent-creates", COMPLETE)
def match_absent_creates(r: Request, server: Server, m: Any) -> Answer:
    if r.has("if-match") and not current_etag(server, r):
        r.drop_header("if-match")
    return server(r)


@bug("complete.again-after-overwrite", COMPLETE, "PutObject")
def again_after_overwrite(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == COMPLETE and r.upload in m["object"] and m["overwritten"].get(r.id):
        server.ask("PUT", r.bucket, r.key, body=m["object"][r.upload])
        return m["result"][r.upload]
    a = server(r)
    if a.ok and r.operation == COMPLETE:
        m["object"][r.upload] = server.ask("GET", r.bucket, r.key).body
        m["result"][r.upload] = a
        m["overwritten"][r.id] = False
    elif a.ok:
        m["overwritten"][r.id] = True
    return a


@bug("complete.retry-forgets", COMPLETE)
def retry_forgets(r: Request, server: Server, m: Any) -> Answer:
    if r.upload in m["done"]:
        return error(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload "
                                          "may have been aborted or completed.")
    a = server(r)
    if a.ok:
        m["done"][r.upload] = True
    return a


@bug("complete.location-raw-key", COMPLETE)
def location_raw_key(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok:
        where = a.value("Location")
        a.set_value("Location", where[:where.index("/", 8)] + "/" + r.bucket + "/" + escaped(r.key))
    return a


@bug("complete.key-raw-ampersand", COMPLETE)
def key_raw_ampersand(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and "&" in r.key:
        a.set_value("Key", r.key)
    return a


@bug("complete.no-version-id", COMPLETE)
def no_version_id(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if len(listed(r)) > 1:
        a.drop_header("x-amz-version-id")
    return a


def spoils_after(name: str, least: int, spoil: Any) -> None:
    """What a Complete of so many parts made is answered wrongly by GET and HEAD."""
    @bug(name, COMPLETE, "PutObject", "GetObject", "HeadObject", "CopyObject")
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.ok and r.operation == COMPLETE and len(listed(r)) >= least:
            m["made"][r.id] = True
        elif a.ok and r.operation in ("PutObject", "CopyObject", COMPLETE):
            m["made"].pop(r.id, None)
        elif a.ok and r.id in m["made"]:
            spoil(a)
        return a


spoils_after("complete.content-type-lost", 3, lambda a: a.set_header("Content-Type", "binary/octet-stream"))
spoils_after("complete.hundredth-part-dropped", 101, lambda a: (
    setattr(a, "body", a.body[:-1]), a.set_header("Content-Length", str(int(a.header("content-length", "1")) - 1))))
loses_on_the_way_in("complete.cache-control-lost", (CREATE,), "cache-control")
loses_on_the_way_in("complete.tags-lost", (CREATE,), "x-amz-tagging")
loses_on_the_way_in("complete.storage-class-lost", (CREATE,), "x-amz-storage-class")
loses_on_the_way_in("create.content-language-lost", (CREATE,), "content-language")
loses_on_the_way_in("create.expires-lost", (CREATE,), "expires")
loses_on_the_way_in("complete.size-unchecked", (COMPLETE,), "x-amz-mp-object-size", lambda r: len(listed(r)) > 1)


@bug("complete.second-metadata-lost", CREATE)
def second_metadata_lost(r: Request, server: Server, m: Any) -> Answer:
    if len(r.metadata()) > 1:
        r.drop_header(*[name for name, _ in r.metadata()[1:]])
    return server(r)


@bug("complete.old-metadata-stays", COMPLETE, "GetObject", "HeadObject")
def old_metadata_stays(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == COMPLETE:
        before = server.ask("HEAD", r.bucket, r.key)
        a = server(r)
        if a.ok and before.ok:
            m["metadata"][r.id] = before.metadata()
        return a
    a = server(r)
    for name, text in m["metadata"].get(r.id, []):
        if a.ok and not a.has(name):
            a.set_header(name, text)
    return a


def joins_in_order(name: str, order: Any) -> None:
    """`order(numbers, arrived)` is in what order the parts are joined."""
    @bug(name, PART, COMPLETE, "GetObject")
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if r.operation == PART and a.ok:
            m["arrived", r.upload].pop(r.number, None)
            m["arrived", r.upload][r.number] = len(plain_body(r))
        elif r.operation == COMPLETE and a.ok:
            numbers = [n for n, _ in listed(r)]
            sizes = m["arrived", r.upload]
            if all(n in sizes for n in numbers):
                m["layout"][a.value("ETag")] = ([(n, sizes[n]) for n in numbers], order(numbers, list(sizes)))
        elif r.operation == "GetObject" and a.ok and a.header("etag") in m["layout"] and not r.number:
            parts, wrong = m["layout"][a.header("etag")]
            whole = a.body if a.status == 200 else server.ask("GET", r.bucket, r.key).body
            pieces, at = {}, 0
            for number, size in parts:
                pieces[number] = whole[at:at + size]
                at += size
            joined = b"".join(pieces[number] for number in wrong)
            wanted = range_of(r, len(joined)) if a.status == 206 else None
            a.body = joined[wanted[0]:wanted[1] + 1] if wanted else joined
        return a


joins_in_order("complete.tenth-part-second", lambda numbers, arrived: sorted(numbers, key=str))
joins_in_order("complete.document-order", lambda numbers, arrived: [n for n in arrived if n in numbers])


@bug("complete.aborts-siblings", COMPLETE, CREATE)
def aborts_siblings(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and r.operation == CREATE:
        m["uploads", r.id][a.value("UploadId")] = True
    elif a.ok:
        for upload in list(m["uploads", r.id]):
            if upload != r.upload:
                server.ask("DELETE", r.bucket, r.key, {"uploadId": upload})
    return a


