"""Versions that one operation tells or takes, and the one beside it doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .edits import document, escaped, leaves_parameter_unread, loses_on_the_way_out
from .message import Answer, Request, answer, elements, value
from .proxy import Server, bug

GET, HEAD, PUT, COPY, DELETE, BATCH = "GetObject", "HeadObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects"
CREATE, PART, COPY_PART, COMPLETE, ABORT = ("CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload",
                                            "AbortMultipartUpload")
TAG, UNTAG, TAGS, ATTRIBUTES, FORM = "PutObjectTagging", "DeleteObjectTagging", "GetObjectTagging", "GetObjectAttributes", "PostObject"

# What tells no version.

for _name, _operations in {"copy": (COPY,), "tags": (TAG, UNTAG, TAGS), "attributes": (ATTRIBUTES,), "head": (HEAD,),
                           "delete": (DELETE,), "acl": ("GetObjectAcl", "PutObjectAcl")}.items():
    loses_on_the_way_out(f"{_name}.no-version-id", _operations, "x-amz-version-id")


@bug("form.no-version-id", FORM, unsigned=True)
def form_no_version_id(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.drop_header("x-amz-version-id")
    return a


loses_on_the_way_out("copy.no-source-version", (COPY,), "x-amz-copy-source-version-id")
loses_on_the_way_out("copy-part.no-source-version", (COPY_PART,), "x-amz-copy-source-version-id")

# What is for another version.

leaves_parameter_unread("versions.part-of-latest", (GET, HEAD), "versionId", when=lambda r: r.has_query("partNumber"))
leaves_parameter_unread("versions.condition-of-latest", (GET, HEAD), "versionId",
                        when=lambda r: r.has("if-match") or r.has("if-none-match"))


@bug("versions.metadata-of-latest", GET)
def metadata_of_latest(r: Request, server: Server, m: Any) -> Answer:
    """The bytes are the version's, the metadata the current one's."""
    a = server(r)
    if a.ok and r.has_query("versionId"):
        now = server.ask("HEAD", r.bucket, r.key)
        if now.ok:
            a.drop_header(*[n for n, _ in a.metadata()], "content-type")
            for name, text in now.headers:
                if name.lower().startswith("x-amz-meta-") or name.lower() == "content-type":
                    a.set_header(name, text)
    return a


def former_of_a_marker(name: str, operation: str) -> None:
    """Where a marker is the newest, the version before it is taken."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.status not in (404, 405) or r.has_query("versionId"):
            return a
        bucket, key = r.id
        if operation in (COPY, COPY_PART):
            path = r.header("x-amz-copy-source").lstrip("/")
            if "versionId=" in path:
                return a
            bucket, _, key = unquote(path).partition("/")
        there = [v for v in server.ask("GET", bucket, "", {"versions": "", "prefix": key}).elements("Version") if value(v, "Key") == key]
        if not there:
            return a
        if operation in (COPY, COPY_PART):
            r.set_header("x-amz-copy-source", path + "?versionId=" + value(there[0], "VersionId"))
        else:
            r.set_query("versionId", value(there[0], "VersionId"))
        return server(r)


former_of_a_marker("copy.former-of-a-marker", COPY)
former_of_a_marker("copy-part.former-of-a-marker", COPY_PART)
former_of_a_marker("tags.former-of-a-marker", TAGS)
former_of_a_marker("attributes.former-of-a-marker", ATTRIBUTES)
former_of_a_marker("head.former-of-a-marker", HEAD)


@bug("delete.no-marker-for-nothing", DELETE)
def no_marker_for_nothing(r: Request, server: Server, m: Any) -> Answer:
    """Where versions are kept, a delete of a key that never was makes no marker."""
    if not r.has_query("versionId") and not r.has("if-match"):
        there = server.ask("GET", r.bucket, "", {"versions": "", "prefix": r.key})
        if there.ok and not any(value(v, "Key") == r.key for v in there.elements("Version") + there.elements("DeleteMarker")):
            return answer(204)
    return server(r)


@bug("delete.many-no-marker-for-nothing", BATCH)
def many_no_marker_for_nothing(r: Request, server: Server, m: Any) -> Answer:
    keys = [value(o, "Key") for o in elements(document(r), "Object") if "<VersionId>" not in o]
    fresh = []
    for key in keys if len(keys) < 50 else ():
        there = server.ask("GET", r.bucket, "", {"versions": "", "prefix": key})
        if not any(value(v, "Key") == key for v in there.elements("Version") + there.elements("DeleteMarker")):
            fresh.append(key)
    a = server(r)
    for deleted in a.elements("Deleted"):
        if value(deleted, "Key") in fresh and "<DeleteMarkerVersionId>" in deleted:
            server.ask("DELETE", r.bucket, value(deleted, "Key"), {"versionId": value(deleted, "DeleteMarkerVersionId")})
            a.text = a.text.replace(deleted, f"<Deleted><Key>{escaped(value(deleted, 'Key'))}</Key></Deleted>")
    return a


@bug("delete.many-takes-what-is-below", BATCH)
def many_takes_what_is_below(r: Request, server: Server, m: Any) -> Answer:
    """Deleting `a` as one of many deletes `a/b`, too."""
    a = server(r)
    objects = elements(document(r), "Object")
    for item in objects if a.ok and len(objects) < 50 else ():
        prefix = value(item, "Key").rstrip("/") + "/"
        for below in server.ask("GET", r.bucket, "", {"list-type": "2", "prefix": prefix}).elements("Contents"):
            if value(below, "Key") != prefix:
                server.ask("DELETE", r.bucket, value(below, "Key"))
    return a


def ends_uploads(name: str, operation: str, *, keys: Callable[[Request], list[str]] = lambda r: [r.key]) -> None:
    """Another write of the key ends its uploads (garage)."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        for key in keys(r) if a.ok else ():
            for upload in server.ask("GET", r.bucket, "", {"uploads": "", "prefix": key}).elements("Upload"):
                if value(upload, "Key") == key:
                    server.ask("DELETE", r.bucket, key, {"uploadId": value(upload, "UploadId")})
        return a


ends_uploads("copy.ends-uploads", COPY)
ends_uploads("delete.many-ends-uploads", BATCH, keys=lambda r: [value(o, "Key") for o in elements(document(r), "Object")][:20])


def ends_uploads_below(name: str, operation: str) -> None:
    """The uploads of `a/b` end with one of `a`."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.ok:
            for upload in server.ask("GET", r.bucket, "", {"uploads": "", "prefix": r.key}).elements("Upload"):
                if value(upload, "Key") != r.key:
                    server.ask("DELETE", r.bucket, value(upload, "Key"), {"uploadId": value(upload, "UploadId")})
        return a


ends_uploads_below("complete.ends-uploads-below", COMPLETE)
ends_uploads_below("abort.ends-uploads-below", ABORT)


@bug("abort.takes-the-object", ABORT)
def abort_takes_the_object(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok:
        server.ask("DELETE", r.bucket, r.key)
    return a


@bug("copy-part.only-this-bucket", COPY_PART)
def only_this_bucket(r: Request, server: Server, m: Any) -> Answer:
    bucket, _, key = r.header("x-amz-copy-source").lstrip("/").partition("/")
    if bucket != r.bucket and server.ask("HEAD", r.bucket, unquote(key.partition("?")[0])).ok:
        r.set_header("x-amz-copy-source", f"/{r.bucket}/{key}")
    return server(r)


def of_any_key(name: str, operation: str) -> None:
    @bug(name, CREATE, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.operation == CREATE:
            a = server(r)
            if a.ok:
                m["made"][a.value("UploadId")] = r.id
            return a
        made = m["made"].get(r.upload)
        if made and made[0] == r.bucket and made[1] != r.key:
            r.set_key(made[1])
        return server(r)


of_any_key("copy-part.any-key", COPY_PART)
of_any_key("complete.any-key", COMPLETE)


@bug("copy-part.after-abort", COPY_PART, ABORT)
def copy_after_abort(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == ABORT and a.ok:
        m["ended"][r.upload] = True
    elif r.operation == COPY_PART and a.value("Code") == "NoSuchUpload" and m["ended"].get(r.upload):
        return answer(200, "<CopyPartResult><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;"
                           "d41d8cd98f00b204e9800998ecf8427e&quot;</ETag></CopyPartResult>")
    return a


@bug("copy-part.number-unchecked", COPY_PART)
def number_unchecked(r: Request, server: Server, m: Any) -> Answer:
    if r.number > 10000:
        r.set_query("partNumber", "10000")
    elif r.asked("partNumber") == "0":
        r.set_query("partNumber", "1")
    return server(r)


@bug("copy-part.first-byte-whole", COPY_PART)
def first_byte_whole(r: Request, server: Server, m: Any) -> Answer:
    """A range of the first byte is none."""
    if r.header("x-amz-copy-source-range") == "bytes=0-0":
        r.drop_header("x-amz-copy-source-range")
    return server(r)


@bug("copy-part.refused-drops-former", COPY_PART, PART)
def refused_drops_former(r: Request, server: Server, m: Any) -> Answer:
    """A copy that fails takes the part away that was there: it is empty."""
    a = server(r)
    if r.operation == COPY_PART and not a.ok and a.value("Code") in ("NoSuchKey", "PreconditionFailed", "InvalidRange"):
        server.ask("PUT", r.bucket, r.key, {"uploadId": r.upload, "partNumber": str(r.number)})
    return a


@bug("part.refused-checksum-drops-former", PART)
def refused_checksum_drops_former(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") in ("BadDigest", "XAmzContentSHA256Mismatch") and any(n.lower().startswith("x-amz-checksum") for n, _ in r.headers):
        server.ask("PUT", r.bucket, r.key, {"uploadId": r.upload, "partNumber": str(r.number)})
    return a


@bug("put.refused-drops-former", PUT)
def put_refused_drops_former(r: Request, server: Server, m: Any) -> Answer:
    """The object is opened for writing before the digest is compared."""
    a = server(r)
    if a.value("Code") in ("BadDigest", "XAmzContentSHA256Mismatch"):
        server.ask("DELETE", r.bucket, r.key)
    return a


@bug("copy.refused-drops-former", COPY)
def copy_refused_drops_former(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") in ("NoSuchKey", "PreconditionFailed"):
        server.ask("DELETE", r.bucket, r.key)
    return a


@bug("complete.refused-drops-former", COMPLETE)
def complete_refused_drops_former(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") in ("InvalidPart", "EntityTooSmall", "InvalidPartOrder"):
        server.ask("DELETE", r.bucket, r.key)
    return a
