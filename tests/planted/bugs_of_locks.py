"""Object Lock that is kept, and heeded in part."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from .edits import document, leaves_parameter_unread, loses_on_the_way_in, loses_on_the_way_out
from .message import Answer, Request, answer, elements, error, value
from .proxy import Server, bug

PUT, COPY, CREATE, COMPLETE, DELETE, MANY = "PutObject", "CopyObject", "CreateMultipartUpload", "CompleteMultipartUpload", "DeleteObject", "DeleteObjects"
RETAIN, HOLD, LOCK = "PutObjectRetention", "PutObjectLegalHold", "PutBucketObjectLock"
MODE, UNTIL, HELD = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"
BYPASS = "x-amz-bypass-governance-retention"
LOCKED = "Access Denied because object protected by object lock."


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def put(server: Server, bucket: str, key: str, version: str, what: str, body: str, bypass: bool = False) -> Answer:
    headers = {"Content-MD5": digest(body.encode())}
    if bypass:
        headers[BYPASS] = "true"
    return server.ask("PUT", bucket, key, {what: "", **({"versionId": version} if version else {})}, headers, body.encode())


def hold(server: Server, bucket: str, key: str, version: str, status: str) -> Answer:
    return put(server, bucket, key, version, "legal-hold", f"<LegalHold><Status>{status}</Status></LegalHold>")


def retain(server: Server, bucket: str, key: str, version: str, content: str, bypass: bool = True) -> Answer:
    return put(server, bucket, key, version, "retention", f"<Retention>{content}</Retention>", bypass)


def head(server: Server, r: Request, version: str = "") -> Answer:
    return server.ask("HEAD", r.bucket, r.key, {"versionId": version} if version else {})


def retention(a: Answer) -> str:
    return f"<Mode>{a.header(MODE)}</Mode><RetainUntilDate>{a.header(UNTIL)}</RetainUntilDate>"


def has_default(server: Server, bucket: str) -> bool:
    return bool(server.ask("GET", bucket, "", {"object-lock": ""}).elements("DefaultRetention"))


# What is put.
loses_on_the_way_in("lock.hold-lost-beside-retention", (PUT,), HELD, when=lambda r: r.has(MODE))
loses_on_the_way_in("lock.hold-of-upload-lost", (CREATE,), HELD)
loses_on_the_way_in("lock.hold-of-copy-lost", (COPY,), HELD)
loses_on_the_way_out("lock.mode-untold-by-get", ("GetObject",), MODE, UNTIL)
loses_on_the_way_out("lock.hold-untold-by-get", ("GetObject",), HELD)
loses_on_the_way_out("lock.untold-of-versions", ("HeadObject",), MODE, UNTIL, HELD, when=lambda r, a: r.has_query("versionId"))
leaves_parameter_unread("lock.retention-of-latest", (RETAIN,), "versionId")
leaves_parameter_unread("lock.hold-of-latest", (HOLD,), "versionId")
leaves_parameter_unread("lock.retention-told-of-latest", ("GetObjectRetention",), "versionId")
leaves_parameter_unread("lock.hold-told-of-latest", ("GetObjectLegalHold",), "versionId")


def loses_retention(name: str, *operations: str) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.has(MODE):
            r.drop_header(MODE, UNTIL)
        return server(r)


loses_retention("lock.retention-of-upload-lost", CREATE)
loses_retention("lock.retention-of-copy-lost", COPY)


@bug("lock.default-beats-own", PUT)
def default_beats_own(r: Request, server: Server, m: Any) -> Answer:
    if r.has(MODE) and has_default(server, r.bucket):
        r.drop_header(MODE, UNTIL)
    return server(r)


def without_default(name: str, *operations: str) -> None:
    """What these make isn't retained by default."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        own = r.has(MODE) or (r.upload and m["own"].get(r.upload))
        if r.operation == CREATE and a.ok:
            m["own"][a.value("UploadId")] = r.has(MODE)
        elif a.ok and not own and has_default(server, r.bucket):
            retain(server, r.bucket, r.key, a.header("x-amz-version-id"), "")
        return a


without_default("lock.copies-without-default", COPY)
without_default("lock.uploads-without-default", CREATE, COMPLETE)


@bug("lock.default-of-what-is-there", LOCK)
def default_of_what_is_there(r: Request, server: Server, m: Any) -> Answer:
    """A default retention goes for versions that are there already."""
    a = server(r)
    if a.ok and "<DefaultRetention>" in document(r):
        for one in server.ask("GET", r.bucket, "", {"versions": ""}).elements("Version"):
            retain(server, r.bucket, value(one, "Key"), value(one, "VersionId"), "<Mode>GOVERNANCE</Mode>"
                   "<RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>")
    return a


@bug("lock.years-in-days", LOCK)
def years_in_days(r: Request, server: Server, m: Any) -> Answer:
    """Years are told as days."""
    text = document(r)
    years = re.search(r"<Years>(\d+)</Years>", text)
    if years:
        r.set_body(text.replace(years.group(0), f"<Days>{int(years.group(1)) * 365}</Days>").encode())
        r.set_header("Content-MD5", digest(r.body))
    return server(r)


@bug("lock.untold-without-rule", "GetBucketObjectLock")
def untold_without_rule(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    return error(404, "ObjectLockConfigurationNotFoundError") if a.ok and not a.elements("Rule") else a


@bug("lock.copy-takes-retention", COPY)
def copy_takes_retention(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    source = r.header("x-amz-copy-source").lstrip("/").split("?")[0].partition("/")[2]
    if a.ok and not r.has(MODE):
        had = server.ask("HEAD", r.bucket, source)
        if had.has(MODE):
            retain(server, r.bucket, r.key, "", retention(had))
    return a


@bug("lock.hold-inherited", PUT)
def hold_inherited(r: Request, server: Server, m: Any) -> Answer:
    """A newer version is held as the one before it."""
    before = head(server, r)
    a = server(r)
    if a.ok and before.header(HELD) == "ON" and not r.has(HELD):
        hold(server, r.bucket, r.key, "", "ON")
    return a


# What is changed.
@bug("lock.lifted-hold-frees", HOLD)
def lifted_hold_frees(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and "OFF" in document(r):
        retain(server, r.bucket, r.key, r.asked("versionId"), "")
    return a


@bug("lock.retention-lifts-hold", RETAIN)
def retention_lifts_hold(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and head(server, r, r.asked("versionId")).header(HELD) == "ON":
        hold(server, r.bucket, r.key, r.asked("versionId"), "OFF")
    return a


@bug("lock.shortened-freely", RETAIN)
def shortened_freely(r: Request, server: Server, m: Any) -> Answer:
    r.set_header(BYPASS, "true")
    return server(r)


@bug("lock.hardened-freely", RETAIN)
def hardened_freely(r: Request, server: Server, m: Any) -> Answer:
    """GOVERNANCE becomes COMPLIANCE without bypass."""
    if "COMPLIANCE" in document(r):
        r.set_header(BYPASS, "true")
    return server(r)


@bug("lock.extended-by-bypass-only", RETAIN)
def extended_by_bypass_only(r: Request, server: Server, m: Any) -> Answer:
    there = head(server, r, r.asked("versionId"))
    if there.has(MODE) and r.header(BYPASS) != "true":
        return error(403, "AccessDenied", LOCKED)
    return server(r)


# What is deleted.
@bug("lock.many-need-no-bypass", MANY)
def many_need_no_bypass(r: Request, server: Server, m: Any) -> Answer:
    if any(head_of(server, r.bucket, one).header(MODE) for one in elements(document(r), "Object")):
        r.set_header(BYPASS, "true")
    return server(r)


def head_of(server: Server, bucket: str, entry: str) -> Answer:
    version = value(entry, "VersionId")
    return server.ask("HEAD", bucket, value(entry, "Key"), {"versionId": version} if version else {})


@bug("lock.many-blind-to-holds", MANY)
def many_blind_to_holds(r: Request, server: Server, m: Any) -> Answer:
    for one in elements(document(r), "Object"):
        if value(one, "VersionId") and head_of(server, r.bucket, one).header(HELD) == "ON":
            hold(server, r.bucket, value(one, "Key"), value(one, "VersionId"), "OFF")
    return server(r)


@bug("lock.many-first-only", MANY)
def many_first_only(r: Request, server: Server, m: Any) -> Answer:
    """Of those that are deleted only the first one's lock counts."""
    for one in elements(document(r), "Object")[1:]:
        if value(one, "VersionId") and head_of(server, r.bucket, one).has(HELD):
            hold(server, r.bucket, value(one, "Key"), value(one, "VersionId"), "OFF")
        if value(one, "VersionId") and head_of(server, r.bucket, one).has(MODE):
            retain(server, r.bucket, value(one, "Key"), value(one, "VersionId"), "")
    return server(r)


@bug("lock.many-all-or-none", MANY)
def many_all_or_none(r: Request, server: Server, m: Any) -> Answer:
    """One that is locked keeps them all."""
    entries = elements(document(r), "Object")
    locked = [one for one in entries if value(one, "VersionId") and head_of(server, r.bucket, one).header(HELD) == "ON"]
    if locked:
        return answer(200, "<DeleteResult>" + "".join(
            f"<Error><Key>{value(one, 'Key')}</Key><VersionId>{value(one, 'VersionId')}</VersionId><Code>AccessDenied</Code>"
            f"<Message>{LOCKED}</Message></Error>" for one in entries) + "</DeleteResult>")
    return server(r)


@bug("lock.bypass-whatever-it-says", DELETE)
def bypass_whatever_it_says(r: Request, server: Server, m: Any) -> Answer:
    if r.has(BYPASS):
        r.set_header(BYPASS, "true")
    return server(r)


@bug("lock.bypass-ends-holds", DELETE)
def bypass_ends_holds(r: Request, server: Server, m: Any) -> Answer:
    if r.header(BYPASS) == "true" and r.has_query("versionId") and head(server, r, r.asked("versionId")).header(HELD) == "ON":
        hold(server, r.bucket, r.key, r.asked("versionId"), "OFF")
    return server(r)


@bug("lock.marker-needs-bypass", DELETE)
def marker_needs_bypass(r: Request, server: Server, m: Any) -> Answer:
    """What is locked can't be hidden."""
    if not r.has_query("versionId") and head(server, r).header(MODE):
        return error(403, "AccessDenied", LOCKED)
    return server(r)


@bug("lock.markers-stay", DELETE)
def markers_stay(r: Request, server: Server, m: Any) -> Answer:
    """In a bucket with Object Lock markers can't be deleted."""
    if r.has_query("versionId") and head(server, r, r.asked("versionId")).header("x-amz-delete-marker") == "true" \
            and server.ask("GET", r.bucket, "", {"object-lock": ""}).ok:
        return error(403, "AccessDenied", LOCKED)
    return server(r)


@bug("lock.holds-of-prefixes", DELETE)
def holds_of_prefixes(r: Request, server: Server, m: Any) -> Answer:
    """What is held holds whatever key begins with its own."""
    if r.has_query("versionId") and any(
            value(one, "Key") != r.key and r.key.startswith(value(one, "Key")) and
            server.ask("HEAD", r.bucket, value(one, "Key"), {"versionId": value(one, "VersionId")}).header(HELD) == "ON"
            for one in server.ask("GET", r.bucket, "", {"versions": ""}).elements("Version")):
        return error(403, "AccessDenied", LOCKED)
    return server(r)


@bug("lock.multipart-unheld", DELETE)
def multipart_unheld(r: Request, server: Server, m: Any) -> Answer:
    """A hold that is put later doesn't count for what was uploaded in parts."""
    version = r.asked("versionId")
    there = head(server, r, version) if version else answer(404)
    if "-" in there.header("etag") and there.header(HELD) == "ON" and not there.has(MODE):
        hold(server, r.bucket, r.key, version, "OFF")
    return server(r)


@bug("lock.older-versions-free", DELETE)
def older_versions_free(r: Request, server: Server, m: Any) -> Answer:
    """Only the latest version is locked."""
    version = r.asked("versionId")
    there = head(server, r, version) if version else answer(404)
    if there.ok and head(server, r).header("x-amz-version-id") != version:
        if there.header(HELD) == "ON":
            hold(server, r.bucket, r.key, version, "OFF")
        if there.has(MODE):
            retain(server, r.bucket, r.key, version, "")
    return server(r)
