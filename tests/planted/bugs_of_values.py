"""Values of headers, metadata, tags, checksums and ranges that are in order, and come back otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .bugs_of_copies import _summed
from .edits import document, loses_on_the_way_in, loses_on_the_way_out, range_of, size_of
from .message import Answer, Request, error, value
from .proxy import Server, bug

GET, HEAD, PUT, COPY, CREATE, PART, COMPLETE = ("GetObject", "HeadObject", "PutObject", "CopyObject", "CreateMultipartUpload",
                                                "UploadPart", "CompleteMultipartUpload")
TAG, UNTAG, TAGS, ATTRIBUTES, PARTS = "PutObjectTagging", "DeleteObjectTagging", "GetObjectTagging", "GetObjectAttributes", "ListParts"
MAKING = (PUT, CREATE, COPY)


def changes_headers(name: str, operations: tuple[str, ...], pattern: str, change: Callable[[str, str], str | None]) -> None:
    """Each header whose name fits becomes what `change(name, text)` says, or is lost."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        for header, text in list(r.headers):
            if re.fullmatch(pattern, header.lower()):
                new = change(header.lower(), text)
                if new != text:
                    r.drop_header(header)
                    if new is not None:
                        r.headers.append((header, new))
        return server(r)


META = "x-amz-meta-.*"
changes_headers("metadata.underscores-lost", MAKING, META, lambda n, t: None if "_" in n else t)
changes_headers("metadata.dots-lost", MAKING, META, lambda n, t: None if "." in n else t)
changes_headers("metadata.spaces-one", MAKING, META, lambda n, t: re.sub("  +", " ", t))
changes_headers("metadata.comma-ends", MAKING, META, lambda n, t: t.partition(",")[0])
changes_headers("metadata.semicolon-ends", MAKING, META, lambda n, t: t.partition(";")[0])
changes_headers("metadata.equals-ends", MAKING, META, lambda n, t: t.partition("=")[0])
changes_headers("metadata.percent-decoded", MAKING, META, lambda n, t: re.sub("%([2-7][0-9a-fA-F])", lambda h: chr(int(h[1], 16)), t))
changes_headers("metadata.quotes-lost", MAKING, META, lambda n, t: t.strip('"'))
changes_headers("metadata.cut-at-255", MAKING, META, lambda n, t: t[:255])
changes_headers("metadata.cut-at-1024", MAKING, META, lambda n, t: t[:1024])
changes_headers("metadata.lower-case-values", MAKING, META, lambda n, t: t.lower())
changes_headers("metadata.bytes-beyond-ascii", MAKING, META, lambda n, t: re.sub("[^\x00-\x7f]+", "?", t))
changes_headers("metadata.named-like-headers", MAKING, META, lambda n, t: None if n in ("x-amz-meta-content-type", "x-amz-meta-content-length",
                                                                                       "x-amz-meta-etag", "x-amz-meta-name") else t)
changes_headers("headers.cache-control-list", MAKING, "cache-control", lambda n, t: t.partition(",")[0])
changes_headers("headers.language-list", MAKING, "content-language", lambda n, t: t.partition(",")[0])
changes_headers("headers.encoding-list", (CREATE, COPY), "content-encoding", lambda n, t: t.partition(",")[0])
changes_headers("headers.encoding-case", MAKING, "content-encoding", lambda n, t: t.lower())
changes_headers("headers.disposition-name-lost", MAKING, "content-disposition", lambda n, t: t.partition(";")[0])
changes_headers("headers.type-lower-case", MAKING, "content-type", lambda n, t: t.lower())
changes_headers("headers.type-of-no-slash", MAKING, "content-type", lambda n, t: t if "/" in t else "binary/octet-stream")


@bug("headers.type-of-extension", PUT, CREATE)
def type_of_extension(r: Request, server: Server, m: Any) -> Answer:
    """What names no type has that of its key's extension."""
    kinds = {"txt": "text/plain", "html": "text/html", "json": "application/json", "png": "image/png", "jpg": "image/jpeg", "xml": "text/xml"}
    kind = kinds.get(r.key.rpartition(".")[2].lower())
    if kind and not r.has("content-type"):
        r.set_header("Content-Type", kind)
    return server(r)


@bug("headers.type-sniffed", PUT, CREATE, PART)
def type_sniffed(r: Request, server: Server, m: Any) -> Answer:
    """What names no type has the one that its first bytes look like."""
    if r.operation == PUT and not r.has("content-type") and r.body and re.match(rb"<html|<!doctype|\x89PNG|%PDF|\{|<\?xml", r.body, re.I):
        r.set_header("Content-Type", "text/html")
    return server(r)


@bug("headers.folder-type", PUT, GET, HEAD)
def folder_type(r: Request, server: Server, m: Any) -> Answer:
    """An empty object whose key ends with a slash is a directory."""
    if r.operation == PUT and r.key.endswith("/") and not r.body:
        r.set_header("Content-Type", "application/x-directory")
    return server(r)


@bug("metadata.more-than-ten", *MAKING)
def more_than_ten(r: Request, server: Server, m: Any) -> Answer:
    extra = [n for n, _ in r.metadata()][10:]
    if extra:
        r.drop_header(*extra)
    return server(r)


def takes_too_much(name: str, operations: tuple[str, ...], codes: tuple[str, ...], *headers: str) -> None:
    """What others refuse is taken, and the header left aside."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.value("Code") in codes:
            r.drop_header(*[n for n, _ in r.headers if n.lower().startswith(headers)])
            return server(r)
        return a


takes_too_much("metadata.too-large-at-create", (CREATE,), ("MetadataTooLarge",), "x-amz-meta-")
takes_too_much("metadata.too-large-at-copy", (COPY,), ("MetadataTooLarge",), "x-amz-meta-")
takes_too_much("tags.header-eleven-at-create", (CREATE,), ("BadRequest", "InvalidTag", "InvalidArgument"), "x-amz-tagging")
takes_too_much("tags.header-eleven-at-copy", (COPY,), ("BadRequest", "InvalidTag"), "x-amz-tagging")
takes_too_much("create.class-unknown", (CREATE,), ("InvalidStorageClass",), "x-amz-storage-class")
takes_too_much("copy.class-unknown", (COPY,), ("InvalidStorageClass",), "x-amz-storage-class")
takes_too_much("create.encryption-unknown", (CREATE,), ("InvalidEncryptionAlgorithmError", "InvalidArgument"), "x-amz-server-side-encryption")


@bug("create.key-too-long", CREATE)
def key_too_long(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") == "KeyTooLongError":
        r.set_key(r.key[:200])
        return server(r)
    return a


# Tags.

def changes_tags(name: str, change: Callable[[str], str], operations: tuple[str, ...] = (TAG,)) -> None:
    """Each tag of a document."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        text = document(r)
        new = re.sub("<Tag>.*?</Tag>", lambda t: change(t[0]), text, flags=re.S)
        if new != text:
            r.set_body(new.encode("utf-8", "surrogateescape"))
            _summed(r)
        return server(r)


changes_tags("tags.keys-lower-case", lambda t: re.sub("<Key>([^<]*)</Key>", lambda k: k[0].lower().replace("key>", "Key>"), t))
changes_tags("tags.empty-value-lost", lambda t: "" if re.search("<Value></Value>|<Value/>", t) else t)
changes_tags("tags.values-cut-at-128", lambda t: re.sub("<Value>([^<]{128})[^<]*</Value>", r"<Value>\1</Value>", t))
changes_tags("bucket.tags-keys-lower-case", lambda t: re.sub("<Key>([^<]*)</Key>", lambda k: k[0].lower().replace("key>", "Key>"), t), ("PutBucketTagging",))
changes_headers("tags.header-without-value", MAKING, "x-amz-tagging", lambda n, t: "&".join(p for p in t.split("&") if p.partition("=")[2]))
changes_headers("tags.header-lower-case", MAKING, "x-amz-tagging", lambda n, t: t.lower())


@bug("tags.change-the-date", TAG, UNTAG, GET, HEAD)
def change_the_date(r: Request, server: Server, m: Any) -> Answer:
    """An object is as old as its tags."""
    from email.utils import formatdate
    import time
    a = server(r)
    if r.operation in (TAG, UNTAG) and a.ok:
        m["tagged"][r.id] = (server.ask("HEAD", r.bucket, r.key).header("etag"), formatdate(time.time() + 1, usegmt=True))
    elif r.id in m["tagged"] and a.ok and m["tagged"][r.id][0] == a.header("etag"):
        a.set_header("Last-Modified", m["tagged"][r.id][1])
    return a


@bug("tags.put-makes-etag-plain", TAG, GET, HEAD)
def put_makes_etag_plain(r: Request, server: Server, m: Any) -> Answer:
    """Tags of an object of parts lose the -N of its ETag."""
    a = server(r)
    if r.operation == TAG and a.ok:
        m["tagged"][r.id] = True
    elif m["tagged"].get(r.id) and "-" in a.header("etag"):
        a.set_header("ETag", a.header("etag").partition("-")[0] + '"')
    return a


@bug("tags.put-drops-metadata", TAG)
def put_drops_metadata(r: Request, server: Server, m: Any) -> Answer:
    """Tags are put in the place of metadata."""
    a = server(r)
    if a.ok and not r.has_query("versionId"):
        head = server.ask("HEAD", r.bucket, r.key)
        if head.metadata() and not head.has("x-amz-version-id"):
            server.ask("PUT", r.bucket, r.key, {}, {"x-amz-copy-source": "/" + r.path.lstrip("/"), "x-amz-metadata-directive": "REPLACE",
                                                    "Content-Type": head.header("content-type")})
    return a


@bug("acl.put-drops-tags", "PutObjectAcl")
def acl_put_drops_tags(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and not r.has_query("versionId"):
        server.ask("DELETE", r.bucket, r.key, {"tagging": ""})
    return a


# Checksums.

def _sums(x: Request | Answer) -> list[str]:
    return [n for n, _ in x.headers if n.lower().startswith("x-amz-checksum-") and n.lower() not in
            ("x-amz-checksum-type", "x-amz-checksum-algorithm", "x-amz-checksum-mode")]


@bug("checksum.of-the-former-part", PARTS, PART)
def of_the_former_part(r: Request, server: Server, m: Any) -> Answer:
    """A part that is sent again is listed with the checksum of the one before."""
    a = server(r)
    if r.operation == PART and a.ok:
        m["sums", r.upload].setdefault(r.number, {n[15:].upper(): a.header(n) for n in _sums(a)})
    elif a.ok:
        items = []
        for item in a.elements("Part"):
            for name, text in m["sums", r.upload].get(int(value(item, "PartNumber")), {}).items():
                item = re.sub(rf"<Checksum{name}>[^<]*<", f"<Checksum{name}>{text}<", item)
            items.append(item)
        a.set_elements("Part", items)
    return a


@bug("checksum.of-the-former-object", PUT, HEAD)
def of_the_former_object(r: Request, server: Server, m: Any) -> Answer:
    """HEAD tells the checksum of the first object of that key, where the algorithm is the same."""
    if r.operation == PUT:
        a = server(r)
        if a.ok:
            m["sums"].setdefault(r.id, {n: a.header(n) for n in _sums(a)})
        return a
    a = server(r)
    for name, text in m["sums"].get(r.id, {}).items():
        if a.has(name) and not r.has_query("versionId"):
            a.set_header(name, text)
    return a


loses_on_the_way_in("checksum.type-at-complete-unread", (COMPLETE,), "x-amz-checksum-type")


@bug("checksum.presigned-unread", PUT, PART)
def presigned_unread(r: Request, server: Server, m: Any) -> Answer:
    """Checksums and digests of what comes to a presigned URL aren't compared."""
    if r.signed_in_query():
        r.drop_header("content-md5", *_sums(r))
        for name in [n for n, _ in r.query if n.lower().startswith("x-amz-checksum-")]:
            r.drop_query(name)
    return server(r)


@bug("checksum.md5-of-empty-unread", PUT, PART)
def md5_of_empty_unread(r: Request, server: Server, m: Any) -> Answer:
    if not r.body and r.has("content-md5"):
        r.drop_header("content-md5")
    return server(r)


@bug("checksum.chunked-md5-unread", PUT, PART)
def chunked_sums_unread(r: Request, server: Server, m: Any) -> Answer:
    """A checksum in a header isn't compared where the body is in chunks."""
    if r.header("x-amz-content-sha256").startswith("STREAMING-") and _sums(r):
        r.drop_header(*_sums(r))
    return server(r)


@bug("checksum.told-unasked", GET, HEAD)
def told_unasked(r: Request, server: Server, m: Any) -> Answer:
    if not r.has("x-amz-checksum-mode") and not r.number and not r.has("range"):
        r.set_header("x-amz-checksum-mode", "ENABLED")
    return server(r)


# Attributes.

@bug("attributes.no-size-of-nothing", ATTRIBUTES)
def no_size_of_nothing(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.text = a.text.replace("<ObjectSize>0</ObjectSize>", "")
    return a


@bug("attributes.total-of-page", ATTRIBUTES)
def total_of_page(r: Request, server: Server, m: Any) -> Answer:
    """The count of parts is that of the page."""
    a = server(r)
    if a.elements("Part"):
        for name in ("PartsCount", "TotalPartsCount"):
            if f"<{name}>" in a.text:
                a.set_value(name, str(len(a.elements("Part"))))
    return a


@bug("attributes.first-name-only", ATTRIBUTES)
def first_name_only(r: Request, server: Server, m: Any) -> Answer:
    """Of attributes that are named in several headers the first counts."""
    named = [v for n, v in r.headers if n.lower() == "x-amz-object-attributes"]
    if len(named) > 1:
        r.set_header("x-amz-object-attributes", named[0])
    return server(r)


loses_on_the_way_out("attributes.no-date", (ATTRIBUTES,), "last-modified")


@bug("attributes.all-told", ATTRIBUTES)
def all_told(r: Request, server: Server, m: Any) -> Answer:
    """Whatever attributes are asked for, all are told."""
    a = server(r)
    if a.ok:
        r.set_header("x-amz-object-attributes", "ETag,Checksum,ObjectParts,StorageClass,ObjectSize")
        return server(r)
    return a


@bug("attributes.etag-quoted", ATTRIBUTES)
def etag_quoted(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.text = re.sub("<ETag>([^<&]*)</ETag>", r"<ETag>&quot;\1&quot;</ETag>", a.text)
    return a


# Reads at the edges.

def ranges(name: str, edit: Callable[[Request, Answer, tuple[int, int], int], Answer | None], operations: tuple[str, ...] = (GET, HEAD)) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.status == 206 and not r.number:
            return edit(r, a, range_of(r, size_of(a)) or (0, 0), size_of(a)) or a
        return a


NOT_SATISFIABLE = (416, "InvalidRange", "The requested range is not satisfiable")
ranges("read.last-byte-refused", lambda r, a, at, size: error(*NOT_SATISFIABLE) if at[0] == size - 1 and size > 1 else None)
ranges("read.one-byte-object-refused", lambda r, a, at, size: error(*NOT_SATISFIABLE) if size == 1 else None)


@bug("read.whole-range-is-200", GET, HEAD)
def whole_range_is_200(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 206 and not r.number and range_of(r, size_of(a)) == (0, size_of(a) - 1):
        r.drop_header("range")
        return server(r)
    return a


@bug("read.first-byte-is-whole", GET, HEAD)
def first_byte_is_whole(r: Request, server: Server, m: Any) -> Answer:
    if r.header("range") == "bytes=0-0":
        r.drop_header("range")
    return server(r)


@bug("read.range-of-nothing-is-200", GET)
def range_of_nothing(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 416 and server.ask("HEAD", r.bucket, r.key).header("content-length") == "0":
        r.drop_header("range")
        return server(r)
    return a


@bug("read.range-unit-case", GET, HEAD)
def range_unit_case(r: Request, server: Server, m: Any) -> Answer:
    """A range of another unit is one of bytes."""
    found = re.fullmatch(r"[a-zA-Z]+=(\d*-\d*)", r.header("range"))
    if found and not r.header("range").startswith("bytes"):
        r.set_header("Range", "bytes=" + found[1])
    return server(r)


@bug("read.part-etag", GET, HEAD, PART, COMPLETE)
def part_etag(r: Request, server: Server, m: Any) -> Answer:
    """A part is read with its own ETag."""
    a = server(r)
    if r.operation == PART and a.ok:
        m["etags", r.upload][r.number] = a.header("etag")
    elif r.operation == COMPLETE and a.ok:
        m["object"][r.id] = dict(m["etags", r.upload])
    elif r.number in m["object"].get(r.id, {}) and a.status == 206 and "-" in a.header("etag"):
        a.set_header("ETag", m["object"][r.id][r.number])
    return a


@bug("read.part-two-of-plain", GET, HEAD)
def part_two_of_plain(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.number > 1 and a.status == 416:
        head = server.ask("HEAD", r.bucket, r.key)
        if "-" not in head.header("etag"):
            r.set_query("partNumber", "1")
            return server(r)
    return a


@bug("read.part-count-of-plain", GET, HEAD)
def part_count_of_plain(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.number and a.ok and "-" not in a.header("etag"):
        a.set_header("x-amz-mp-parts-count", "1")
    return a
