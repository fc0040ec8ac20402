"""What is right at one operation and not at the one beside it that does the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .bugs_of_copies import _summed, as_replacing, source_of
from .edits import is_multipart, loses_on_the_way_in, takes_any_signature
from .message import Answer, Request, encoded, error, value
from .proxy import Server, bug

GET, HEAD, PUT, COPY, DELETE, BATCH = "GetObject", "HeadObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects"
PART, COPY_PART, COMPLETE, ABORT = "UploadPart", "UploadPartCopy", "CompleteMultipartUpload", "AbortMultipartUpload"
UNTAG, TAGS, ATTRIBUTES = "DeleteObjectTagging", "GetObjectTagging", "GetObjectAttributes"
PRECONDITION = "At least one of the pre-conditions you specified did not hold"

# Conditions.

def blind_to(name: str, operation: str, header: str, when: Callable[[Answer], bool]) -> None:
    """A condition that isn't looked at when the object is of a kind."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.has(header):
            there = server.ask("HEAD", r.bucket, r.key)
            if there.ok and when(there):
                r.drop_header(header)
        return server(r)


blind_to("put.none-match-blind-to-parts", PUT, "if-none-match", lambda a: is_multipart(a.header("etag")))
blind_to("put.match-blind-to-parts", PUT, "if-match", lambda a: is_multipart(a.header("etag")))
blind_to("put.none-match-blind-to-empty", PUT, "if-none-match", lambda a: a.header("content-length") == "0")
blind_to("delete.match-blind-to-parts", DELETE, "if-match", lambda a: is_multipart(a.header("etag")))
loses_on_the_way_in("copy.none-match-of-target-unread", (COPY,), "if-none-match")
loses_on_the_way_in("copy.match-of-target-unread", (COPY,), "if-match")


@bug("put.none-match-sees-uploads", PUT, COMPLETE)
def none_match_sees_uploads(r: Request, server: Server, m: Any) -> Answer:
    """An upload that goes on counts as an object."""
    if r.header("if-none-match") == "*":
        there = server.ask("GET", r.bucket, "", {"uploads": "", "prefix": r.key})
        if any(value(u, "Key") == r.key and value(u, "UploadId") != r.upload for u in there.elements("Upload")):
            return error(412, "PreconditionFailed", PRECONDITION)
    return server(r)


def of_the_same_second(name: str, operations: tuple[str, ...], header: str, status: int, copies: bool = False) -> None:
    """Dates are compared to the millisecond: the object's own date isn't its own."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        said = r.header(header)
        there = (source_of(r, server) if copies else server.ask("HEAD", r.bucket, r.key)) if said else None
        if there and there.ok and there.header("last-modified") == said:
            if status == 412:
                return error(412, "PreconditionFailed", PRECONDITION)
            r.drop_header(header)
        return server(r)


of_the_same_second("read.since-to-the-millisecond", (GET, HEAD), "if-modified-since", 200)
of_the_same_second("read.unmodified-to-the-millisecond", (GET, HEAD), "if-unmodified-since", 412)
of_the_same_second("copy.since-to-the-millisecond", (COPY,), "x-amz-copy-source-if-modified-since", 200, copies=True)
of_the_same_second("copy.unmodified-to-the-millisecond", (COPY,), "x-amz-copy-source-if-unmodified-since", 412, copies=True)
of_the_same_second("copy-part.unmodified-to-the-millisecond", (COPY_PART,), "x-amz-copy-source-if-unmodified-since", 412, copies=True)


@bug("read.none-match-weak", GET, HEAD)
def none_match_weak(r: Request, server: Server, m: Any) -> Answer:
    """W/ before an ETag makes another one."""
    if "W/" in r.header("if-none-match"):
        r.drop_header("if-none-match")
    return server(r)


def unquoted_is_another(name: str, operations: tuple[str, ...], header: str) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        said = r.header(header)
        if re.fullmatch("[0-9a-f-]{32,}", said):
            r.set_header(header, '"another"')
        return server(r)


unquoted_is_another("read.match-unquoted", (GET, HEAD), "if-match")
unquoted_is_another("put.match-unquoted", (PUT, COMPLETE), "if-match")
unquoted_is_another("copy.match-unquoted", (COPY, COPY_PART), "x-amz-copy-source-if-match")

# Signatures.

for _name, _operation in {"tags-delete": UNTAG, "tags-read": TAGS, "versioning": "PutBucketVersioning", "bucket-tags": "PutBucketTagging",
                          "lifecycle": "PutBucketLifecycleConfiguration", "list-v1": "ListObjects", "create-bucket": "CreateBucket",
                          "list-buckets": "ListBuckets", "put-acl": "PutObjectAcl", "bucket-acl": "PutBucketAcl",
                          "encryption": "PutBucketEncryption", "location": "GetBucketLocation"}.items():
    takes_any_signature(f"signature.{_name}", _operation)

# Copies.


@bug("copy.date-of-source", COPY, GET, HEAD)
def date_of_source(r: Request, server: Server, m: Any) -> Answer:
    """A copy is as old as its source."""
    if r.operation == COPY:
        source = source_of(r, server)
        a = server(r)
        if a.ok and source.ok:
            m["date"][r.id] = (server.ask("HEAD", r.bucket, r.key).header("last-modified"), source.header("last-modified"))
        return a
    a = server(r)
    date, other = m["date"].get(r.id, ("", ""))
    if date and a.header("last-modified") == date:
        a.set_header("Last-Modified", other)
    return a


loses_on_the_way_in("copy.acl-unread", (COPY,), "x-amz-acl")
loses_on_the_way_in("copy.class-unread", (COPY,), "x-amz-storage-class")
loses_on_the_way_in("copy.redirect-lost", (COPY,), "x-amz-website-redirect-location")


def copy_loses(name: str, header: str) -> None:
    @bug(name, COPY)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        source = source_of(r, server)
        if source.ok and source.has(header) and r.header("x-amz-metadata-directive", "COPY") == "COPY" and "versionId" in r.header("x-amz-copy-source"):
            as_replacing(r, source, header)
        return server(r)


copy_loses("copy.version-without-type", "content-type")


@bug("copy.version-without-metadata", COPY)
def version_without_metadata(r: Request, server: Server, m: Any) -> Answer:
    """A copy of a former version has its bytes and none of its metadata (ministack#1436)."""
    source = source_of(r, server)
    if source.ok and source.metadata() and "versionId" in r.header("x-amz-copy-source") and r.header("x-amz-metadata-directive", "COPY") == "COPY":
        as_replacing(r, source, *[n.lower() for n, _ in source.metadata()])
    return server(r)


@bug("copy.keeps-parts", COPY, GET, HEAD, COMPLETE)
def keeps_parts(r: Request, server: Server, m: Any) -> Answer:
    """A copy tells its source's count of parts."""
    if r.operation == COPY:
        source = source_of(r, server)
        a = server(r)
        if a.ok and is_multipart(source.header("etag")):
            m["parts"][r.id] = (server.ask("HEAD", r.bucket, r.key).header("etag"), source.header("etag").strip('"').rpartition("-")[2])
        return a
    a = server(r)
    etag, count = m["parts"].get(r.id, ("", ""))
    if a.ok and r.operation != COMPLETE and r.number and a.header("etag") == etag:
        a.set_header("x-amz-mp-parts-count", count)
    return a


def tags_of_target_stay(name: str, operation: str) -> None:
    """What has no tags keeps those of what it replaces."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        had = server.ask("GET", r.bucket, r.key, {"tagging": ""}).elements("Tag")
        a = server(r)
        if a.ok and had and not server.ask("GET", r.bucket, r.key, {"tagging": ""}).elements("Tag"):
            body = ("<Tagging><TagSet>" + "".join(had) + "</TagSet></Tagging>").encode()
            tag = Request("PUT", "/" + encoded(r.bucket) + "/" + encoded(r.key, "/"), [("Host", server.host)], body)
            tag.set_query("tagging", "")
            _summed(tag)
            server(tag)
        return a


tags_of_target_stay("copy.tags-of-target-stay", COPY)
tags_of_target_stay("complete.tags-of-target-stay", COMPLETE)

# Errors of one operation alone.

def missing_bucket_is_key(name: str, operation: str, code: str) -> None:
    """A bucket that isn't there is told as a key, or an upload, that isn't."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.value("Code") == "NoSuchBucket":
            return error(404, code, "The specified key does not exist.")
        return a


missing_bucket_is_key("error.bucket-of-tags", TAGS, "NoSuchKey")
missing_bucket_is_key("error.bucket-of-source", COPY, "NoSuchKey")
missing_bucket_is_key("error.bucket-of-part-source", COPY_PART, "NoSuchKey")
missing_bucket_is_key("error.bucket-of-part", PART, "NoSuchUpload")
missing_bucket_is_key("error.bucket-of-complete", COMPLETE, "NoSuchUpload")
missing_bucket_is_key("error.bucket-of-abort", ABORT, "NoSuchUpload")
missing_bucket_is_key("error.bucket-of-parts", "ListParts", "NoSuchUpload")
missing_bucket_is_key("error.bucket-of-attributes", ATTRIBUTES, "NoSuchKey")
missing_bucket_is_key("error.bucket-of-uploads", "ListMultipartUploads", "NoSuchUpload")
missing_bucket_is_key("error.bucket-of-versions", "ListObjectVersions", "NoSuchVersion")
missing_bucket_is_key("error.bucket-of-batch", BATCH, "NoSuchKey")
