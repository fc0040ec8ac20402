"""What stays of an object, a bucket or a setting that was overwritten, deleted or made again."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import md5
from typing import Any

from .bugs_of_copies import KEPT, _summed
from .edits import escaped
from .message import Answer, Request, answer, encoded, error, value
from .proxy import Server, bug
from .signing import plain_body

PUT, DELETE, GET, HEAD, COMPLETE = "PutObject", "DeleteObject", "GetObject", "HeadObject", "CompleteMultipartUpload"
MAKE, REMOVE = "CreateBucket", "DeleteBucket"
LISTS = ("ListObjects", "ListObjectsV2")


def put_keeps(name: str, keep: Callable[[Request, Answer], None]) -> None:
    """A put that finds an object keeps something of it."""
    @bug(name, PUT)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        before = server.ask("HEAD", r.bucket, r.key)
        if before.ok:
            keep(r, before)
        return server(r)


def keeps_class(r: Request, before: Answer) -> None:
    if before.has("x-amz-storage-class") and not r.has("x-amz-storage-class"):
        r.set_header("x-amz-storage-class", before.header("x-amz-storage-class"))


def keeps_headers(r: Request, before: Answer) -> None:
    for header in KEPT:
        if header not in ("content-type", "content-encoding") and before.has(header) and not r.has(header):
            r.set_header(header, before.header(header))


put_keeps("put.class-stays", keeps_class)
put_keeps("put.headers-stay", keeps_headers)


@bug("put.empty-truncates-nothing", PUT)
def empty_truncates_nothing(r: Request, server: Server, m: Any) -> Answer:
    if not r.body and not any(n.lower().startswith("x-amz-checksum") for n, _ in r.headers):
        before = server.ask("GET", r.bucket, r.key)
        if before.ok:
            r.set_body(before.body)
    return server(r)


@bug("put.modified-stays", PUT, HEAD, GET)
def modified_stays(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == PUT:
        before = server.ask("HEAD", r.bucket, r.key)
        a = server(r)
        if a.ok and before.ok:
            m["modified"].setdefault(r.id, before.header("last-modified"))
        return a
    a = server(r)
    if a.ok and r.id in m["modified"] and not r.has_query("versionId"):
        a.set_header("Last-Modified", m["modified"][r.id])
    return a


def comes_back(name: str, remembered: Callable[[Answer], list[tuple[str, str]]]) -> None:
    """What a deleted object had, the next of its key has, too."""
    @bug(name, DELETE, PUT)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.operation == PUT:
            for header, text in m["deleted"].pop(r.id, []):
                if not r.has(header):
                    r.set_header(header, text)
            return server(r)
        before = server.ask("HEAD", r.bucket, r.key)
        tags = server.ask("GET", r.bucket, r.key, {"tagging": ""})
        a = server(r)
        if a.ok and before.ok and not a.has("x-amz-delete-marker"):
            m["deleted"][r.id] = remembered(tags if name.endswith("tags-come-back") else before)
        return a


comes_back("delete.metadata-comes-back", lambda before: before.metadata())
comes_back("delete.tags-come-back", lambda tags: [("x-amz-tagging", "&".join(
    f"{encoded(value(tag, 'Key'))}={encoded(value(tag, 'Value'))}" for tag in tags.elements("Tag")))] if tags.elements("Tag") else [])


@bug("delete.takes-what-is-below", DELETE)
def takes_what_is_below(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and not r.query and not r.key.endswith("/"):
        for item in server.ask("GET", r.bucket, "", {"list-type": "2", "prefix": r.key + "/"}).elements("Contents"):
            server.ask("DELETE", r.bucket, value(item, "Key"))
    return a


@bug("delete.takes-empty-folder", DELETE)
def takes_empty_folder(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    folder = r.key.rpartition("/")[0] + "/"
    if a.ok and not r.query and len(folder) > 1 and folder != r.key:
        there = server.ask("GET", r.bucket, "", {"list-type": "2", "prefix": folder}).elements("Contents")
        if [value(item, "Key") for item in there] == [folder]:
            server.ask("DELETE", r.bucket, folder)
    return a


@bug("list.empty-folder-stays", DELETE, *LISTS)
def empty_folder_stays(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == DELETE:
        folder = r.key.rpartition("/")[0]
        if a.ok and folder and not a.has("x-amz-delete-marker"):
            m["folders", r.bucket][folder + "/"] = True
    elif a.ok and r.asked("delimiter") == "/" and a.value("IsTruncated") == "false":
        had, prefix = [value(p, "Prefix") for p in a.elements("CommonPrefixes")], r.asked("prefix")
        for folder in sorted(m["folders", r.bucket]):
            below = folder.removeprefix(prefix)
            if folder.startswith(prefix) and below.count("/") == 1 and folder not in had and not r.asked("start-after"):
                group = f"<CommonPrefixes><Prefix>{escaped(folder)}</Prefix></CommonPrefixes>"
                a.text = a.text.replace("</ListBucketResult>", group + "</ListBucketResult>")
    return a


@bug("list.token-of-a-deleted-key", "ListObjectsV2")
def token_of_a_deleted_key(r: Request, server: Server, m: Any) -> Answer:
    last = m["tokens"].get(r.asked("continuation-token"))
    if last and not server.ask("HEAD", *last).ok:
        r.drop_query("continuation-token")
    a = server(r)
    items = a.elements("Contents")
    if a.ok and a.value("NextContinuationToken") and items and not a.elements("CommonPrefixes") and not r.has_query("encoding-type"):
        m["tokens"][a.value("NextContinuationToken")] = (r.bucket, value(items[-1], "Key"))
    return a


def made_again_keeps(name: str, sub: str, element: str) -> None:
    """A bucket that is made again has a setting that it had before."""
    @bug(name, MAKE, REMOVE)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        before = server.ask("GET", r.bucket, "", {sub: ""}) if r.operation == REMOVE else None
        a = server(r)
        if a.ok and before and before.ok and f"<{element}>" in before.text:
            m["settings"][r.bucket] = before.body
        elif a.ok and r.operation == MAKE and r.bucket in m["settings"]:
            body = m["settings"].pop(r.bucket)
            server.ask("PUT", r.bucket, "", {sub: ""}, {"Content-MD5": b64encode(md5(body).digest()).decode()}, body)
        return a


made_again_keeps("bucket.made-again-keeps-cors", "cors", "CORSRule")
made_again_keeps("bucket.made-again-keeps-versioning", "versioning", "Status")
made_again_keeps("bucket.made-again-keeps-tags", "tagging", "Tag")


@bug("bucket.preflight-of-old-rules", "PutBucketCors", "DeleteBucketCors")
def preflight_of_old_rules(r: Request, server: Server, m: Any) -> Answer:
    """Rules that are replaced go on, before the new ones."""
    if r.operation == "PutBucketCors":
        had = server.ask("GET", r.bucket, "", {"cors": ""}).elements("CORSRule")
        text = plain_body(r).decode("utf-8", "replace")
        if had and "</CORSConfiguration>" in text:
            r.set_body(text.replace("</CORSConfiguration>", "".join(had) + "</CORSConfiguration>").encode())
            _summed(r)
    return server(r)


@bug("complete.suspended-keeps-null", COMPLETE)
def suspended_keeps_null(r: Request, server: Server, m: Any) -> Answer:
    """A completion while versioning is suspended makes a version beside the null one."""
    suspended = server.ask("GET", r.bucket, "", {"versioning": ""}).value("Status") == "Suspended"
    if not suspended:
        return server(r)
    server.ask("PUT", r.bucket, "", {"versioning": ""}, body=b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    a = server(r)
    server.ask("PUT", r.bucket, "", {"versioning": ""}, body=b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")
    return a


@bug("complete.none-match-sees-markers", COMPLETE)
def none_match_sees_markers(r: Request, server: Server, m: Any) -> Answer:
    """If-None-Match refuses where the newest version is a delete marker."""
    if r.header("if-none-match") == "*":
        there = server.ask("GET", r.bucket, "", {"versions": "", "prefix": r.key})
        if any(value(v, "Key") == r.key for v in there.elements("Version")):
            return error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    return server(r)


@bug("abort.deletes-the-completed", "AbortMultipartUpload", COMPLETE)
def abort_deletes_the_completed(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == COMPLETE and a.ok:
        m["completed"][r.upload] = r.id
    elif r.operation != COMPLETE and m["completed"].get(r.upload) == r.id:
        server.ask("DELETE", r.bucket, r.key)
    return a


@bug("versions.second-marker-none", DELETE)
def second_marker_none(r: Request, server: Server, m: Any) -> Answer:
    """A delete of what is deleted makes no marker of its own."""
    if not r.has_query("versionId"):
        for marker in server.ask("GET", r.bucket, "", {"versions": "", "prefix": r.key}).elements("DeleteMarker"):
            if value(marker, "Key") == r.key and value(marker, "IsLatest") == "true":
                return answer(204, "", ("x-amz-delete-marker", "true"), ("x-amz-version-id", value(marker, "VersionId")))
    return server(r)


@bug("tags.count-stays", GET, HEAD, PUT, "PutObjectTagging", "DeleteObjectTagging")
def count_stays(r: Request, server: Server, m: Any) -> Answer:
    """x-amz-tagging-count is that of the put, whatever happened to the tags."""
    a = server(r)
    if r.operation == PUT and a.ok:
        m["counts"][r.id] = str(r.header("x-amz-tagging").count("=")) if r.header("x-amz-tagging") else ""
    elif r.operation in (GET, HEAD) and a.ok and r.id in m["counts"] and not r.has_query("versionId"):
        a.drop_header("x-amz-tagging-count")
        if m["counts"][r.id]:
            a.set_header("x-amz-tagging-count", m["counts"][r.id])
    return a
