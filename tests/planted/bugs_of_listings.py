"""ListParts, ListMultipartUploads, ListObjects, ListObjectsV2."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .edits import escaped, leaves_parameter_unread
from .message import Answer, Request, value
from .proxy import Server, bug
from .signing import plain_body

PARTS, UPLOADS, V1, V2 = "ListParts", "ListMultipartUploads", "ListObjects", "ListObjectsV2"
ENTRIES = {PARTS: "Part", UPLOADS: "Upload", V1: "Contents", V2: "Contents", "ListObjectVersions": "Version"}
LIMITS = {PARTS: "max-parts", UPLOADS: "max-uploads", V1: "max-keys", V2: "max-keys"}


def edits_listing(name: str, operations: tuple[str, ...], edit: Callable[[Request, Answer], None]) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.ok:
            edit(r, a)
        return a


def edits_entries(name: str, operations: tuple[str, ...], edit: Callable[[int, str], str]) -> None:
    """Each entry becomes what `edit(index, entry)` says."""
    def listing(r: Request, a: Answer) -> None:
        entry = ENTRIES[r.operation]
        a.set_elements(entry, [edit(index, item) for index, item in enumerate(a.elements(entry))])
    edits_listing(name, operations, listing)


def key_of(item: str) -> str:
    return unquote(value(item, "Key") or value(item, "Prefix"))


# A full page is told to be truncated.

def full_page_truncated(name: str, operations: tuple[str, ...]) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.asked("continuation-token").startswith("planted"):
            r.set_query("start-after", r.asked("continuation-token")[7:])
            r.drop_query("continuation-token")
            return server(r)
        a = server(r)
        items = a.elements(ENTRIES[r.operation]) + a.elements("CommonPrefixes")
        limit = r.page(LIMITS[r.operation])
        if a.ok and a.value("IsTruncated") == "false" and items and len(items) == limit:
            last = key_of(items[-1])
            a.set_value("IsTruncated", "true")
            if r.operation == V2:
                a.text = a.text.replace("<IsTruncated>true</IsTruncated>", "<IsTruncated>true</IsTruncated>"
                                        f"<NextContinuationToken>planted{escaped(last)}</NextContinuationToken>")
        return a


full_page_truncated("list-parts.full-page-truncated", (PARTS,))
full_page_truncated("list-uploads.full-page-truncated", (UPLOADS,))
full_page_truncated("list.full-page-truncated", (V1, V2))


# Page limits above the largest.

edits_listing("list-parts.max-unbounded", (PARTS,), lambda r, a: a.set_value("MaxParts", r.asked("max-parts", "1000")))
edits_listing("list-uploads.thousand-unbounded", (UPLOADS,),
              lambda r, a: a.set_value("MaxUploads", r.asked("max-uploads", "1000")))


def more_than_a_thousand(name: str, operations: tuple[str, ...], marker: str, next_marker: str) -> None:
    """The page has one entry more than it may have."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        items = a.elements(ENTRIES[r.operation])
        if a.ok and len(items) == 1000 and a.value("IsTruncated") == "true":
            again = dict(r.query)
            again[marker] = a.value(next_marker)
            again[LIMITS[r.operation]] = "1"
            b = server.ask("GET", r.bucket, r.key, again)
            more = b.elements(ENTRIES[r.operation])
            a.set_elements(ENTRIES[r.operation], items + more)
            a.set_value("IsTruncated", b.value("IsTruncated"))
            a.set_value("KeyCount", "1001")
            a.set_value(next_marker, b.value(next_marker))
            if b.value("IsTruncated") == "false":
                a.text = re.sub(rf"<{next_marker}>[^<]*</{next_marker}>", "", a.text)
        return a


more_than_a_thousand("list-parts.thousand-and-first", (PARTS,), "part-number-marker", "NextPartNumberMarker")
more_than_a_thousand("list.thousand-and-first", (V2,), "continuation-token", "NextContinuationToken")


# ListParts.

@bug("list-parts.marker-inclusive", PARTS)
def parts_marker_inclusive(r: Request, server: Server, m: Any) -> Answer:
    marker = r.asked("part-number-marker")
    if marker.isdecimal() and int(marker) > 0:
        r.set_query("part-number-marker", str(int(marker) - 1))
        a = server(r)
        a.set_value("PartNumberMarker", marker)
        return a
    return server(r)


def parts_renumbered(r: Request, a: Answer) -> None:
    start = int(r.asked("part-number-marker") or 0) if r.asked("part-number-marker", "0").isdecimal() else 0
    a.set_elements("Part", [re.sub(r"<PartNumber>\d+<", f"<PartNumber>{start + n}<", part)
                            for n, part in enumerate(a.elements("Part"), 1)])


edits_listing("list-parts.renumbered", (PARTS,), parts_renumbered)
edits_listing("list-parts.next-is-count", (PARTS,), lambda r, a: a.elements("Part") and a.set_value(
    "NextPartNumberMarker", str(len(a.elements("Part")) + int(r.asked("part-number-marker") or 0))))
edits_listing("list-parts.as-text", (PARTS,), lambda r, a: a.set_elements(
    "Part", sorted(a.elements("Part"), key=lambda part: value(part, "PartNumber"))))
edits_entries("list-parts.second-checksum-missing", (PARTS,), lambda index, part: part if index == 0 else re.sub(
    r"<Checksum\w+>[^<]*</Checksum\w+>", "", part))
edits_listing("list-parts.class-standard", (PARTS,), lambda r, a: a.set_value("StorageClass", "STANDARD"))


@bug("list-parts.owner-on-first-page", PARTS)
def owner_on_first_page(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.ok and r.asked("part-number-marker", "0") not in ("", "0"):
        a.set_elements("Owner", [])
        a.set_elements("Initiator", [])
    return a


def sizes_of_first(r: Request, a: Answer) -> None:
    parts = a.elements("Part")
    if parts:
        a.set_value("Size", value(parts[0], "Size"))


edits_listing("list-parts.size-of-first", (PARTS,), sizes_of_first)


# ListMultipartUploads.

leaves_parameter_unread("list-uploads.id-marker-unread", (UPLOADS,), "upload-id-marker", when=lambda r: r.has_query("key-marker"))
edits_listing("list-uploads.id-marker-alone", (UPLOADS,), lambda r, a: None if r.asked("key-marker") else a.set_value(
    "UploadIdMarker", escaped(r.asked("upload-id-marker"))))


def any_case(name: str, operations: tuple[str, ...]) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        prefix = r.asked("prefix")
        if not prefix or r.has_query("delimiter") or r.asked("max-keys", "1000") != "1000":
            return server(r)
        a = server(r)
        r.drop_query("prefix")
        everything = server(r)
        entry = ENTRIES[r.operation]
        found = [item for item in everything.elements(entry) if key_of(item).lower().startswith(prefix.lower())]
        if a.ok and len(found) > len(a.elements(entry)):
            if not a.elements(entry):
                a.text = re.sub(r"(<IsTruncated>\w+</IsTruncated>)", rf"\1<{entry}></{entry}>", a.text)
            a.set_elements(entry, found)
            a.set_value("KeyCount", str(len(found)))
        return a


any_case("list-uploads.prefix-any-case", (UPLOADS,))
any_case("list.prefix-any-case", (V1, V2))


def _in_folder(r: Request, a: Answer) -> None:
    prefix = r.asked("prefix")
    if prefix and not prefix.endswith("/"):
        a.set_elements("Upload", [u for u in a.elements("Upload")
                                  if key_of(u) == prefix or key_of(u).startswith(prefix + "/")])
        a.set_elements("CommonPrefixes", [g for g in a.elements("CommonPrefixes") if key_of(g).startswith(prefix + "/")])


edits_listing("list-uploads.prefix-is-folder", (UPLOADS,), _in_folder)


def group_again(name: str, operations: tuple[str, ...], marker: str) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        at, delimiter = r.asked(marker), r.asked("delimiter")
        a = server(r)
        if a.ok and delimiter and at.endswith(delimiter) and at in m["groups", r.bucket]:
            group = f"<CommonPrefixes><Prefix>{escaped(at)}</Prefix></CommonPrefixes>"
            if a.elements("CommonPrefixes"):
                a.set_elements("CommonPrefixes", [group, *a.elements("CommonPrefixes")])
            else:
                a.text = re.sub(r"(</ListBucketResult>|</ListMultipartUploadsResult>)", group + r"\1", a.text)
        for prefix in a.elements("CommonPrefixes"):
            m["groups", r.bucket][key_of(prefix)] = True
        return a


group_again("list-uploads.groups-again", (UPLOADS,), "key-marker")
group_again("list.group-again", (V1,), "marker")


@bug("list-uploads.groups-uncounted", UPLOADS)
def groups_uncounted(r: Request, server: Server, m: Any) -> Answer:
    limit, delimiter = r.page("max-uploads"), r.asked("delimiter")
    if not delimiter or limit == 1000 or limit == 0:
        return server(r)
    more = dict(r.query)
    more["max-uploads"] = "1000"
    everything = server.ask("GET", r.bucket, "", more)
    groups = len(everything.elements("CommonPrefixes"))
    if groups and len(everything.elements("Upload")) <= limit:
        everything.set_value("MaxUploads", str(limit))
        return everything
    return server(r)


@bug("list-uploads.marker-must-exist", UPLOADS)
def marker_must_exist(r: Request, server: Server, m: Any) -> Answer:
    marker = r.asked("key-marker")
    if marker and not r.has_query("upload-id-marker"):
        found = server.ask("GET", r.bucket, "", {"uploads": "", "prefix": marker})
        if not found.elements("Upload"):
            a = server(r)
            a.set_elements("Upload", [])
            a.set_elements("CommonPrefixes", [])
            a.set_value("IsTruncated", "false")
            return a
    return server(r)


def _raw_keys(r: Request, a: Answer) -> None:
    a.text = re.sub(r"<(Key|Prefix)>([^<]*)</\1>", lambda f: f"<{f[1]}>{f[2].replace('&amp;', '&')}</{f[1]}>", a.text)


edits_listing("list-uploads.raw-ampersand", (UPLOADS,), _raw_keys)
edits_listing("list.raw-ampersand", (V1, V2), _raw_keys)


def _only_keys_encoded(r: Request, a: Answer) -> None:
    if a.value("EncodingType") == "url":
        for name in ("KeyMarker", "NextKeyMarker", "Prefix", "Delimiter"):
            a.text = re.sub(rf"<{name}>([^<]*)</{name}>",
                            lambda f: f"<{name}>{escaped(unquote(html.unescape(f[1]).replace('+', ' ')))}</{name}>", a.text)


edits_listing("list-uploads.encoding-of-keys-only", (UPLOADS,), _only_keys_encoded)


def _by_time(r: Request, a: Answer) -> None:
    # Uploads made within one second stay where they are: who sorts by time has no other order for them than a map's.
    a.set_elements("Upload", sorted(a.elements("Upload"), key=lambda u: (value(u, "Initiated"), value(u, "UploadId"))))


edits_listing("list-uploads.by-time", (UPLOADS,), _by_time)


def _newest_first(r: Request, a: Answer) -> None:
    uploads: dict[str, list[str]] = {}
    for upload in a.elements("Upload"):
        uploads.setdefault(key_of(upload), []).insert(0, upload)
    a.set_elements("Upload", [u for same in uploads.values() for u in same])


edits_listing("list-uploads.same-key-newest-first", (UPLOADS,), _newest_first)


@bug("list-uploads.completed-stays", UPLOADS, "CompleteMultipartUpload")
def completed_stays(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == UPLOADS:
        a = server(r)
        gone = [u for key, u in sorted(m["gone", r.bucket].items()) if key.startswith(r.asked("prefix"))]
        if a.ok and gone and not r.has_query("delimiter") and r.page("max-uploads") == 1000:
            if not a.elements("Upload"):
                a.text = a.text.replace("</IsTruncated>", "</IsTruncated><Upload></Upload>")
            both = [u for u in a.elements("Upload") if key_of(u)] + gone
            a.set_elements("Upload", sorted(both, key=key_of))
        return a
    before = server.ask("GET", r.bucket, "", {"uploads": "", "prefix": r.key})
    a = server(r)
    if a.ok:
        for upload in before.elements("Upload"):
            if value(upload, "UploadId") == r.upload:
                m["gone", r.bucket][r.key] = upload
    return a


edits_listing("list-uploads.initiated-now", (UPLOADS,), lambda r, a: a.set_value(
    "Initiated", time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())))


# ListObjects and ListObjectsV2.

@bug("list.start-after-inclusive", V2)
def start_after_inclusive(r: Request, server: Server, m: Any) -> Answer:
    after = r.asked("start-after")
    if after and not r.has_query("continuation-token"):
        r.set_query("start-after", after[:-1] + chr(ord(after[-1]) - 1) + "\U0010fffd" if ord(after[-1]) > 33 else after)
        a = server(r)
        a.set_value("StartAfter", escaped(after))
        return a
    return server(r)


@bug("list.v1-marker-inclusive", V1)
def v1_marker_inclusive(r: Request, server: Server, m: Any) -> Answer:
    marker = r.asked("marker")
    if marker and ord(marker[-1]) > 33:
        r.set_query("marker", marker[:-1] + chr(ord(marker[-1]) - 1) + "\U0010fffd")
        a = server(r)
        a.set_value("Marker", escaped(marker))
        return a
    return server(r)


@bug("list.start-after-must-exist", V2)
def start_after_must_exist(r: Request, server: Server, m: Any) -> Answer:
    after = r.asked("start-after")
    a = server(r)
    if after and not server.ask("HEAD", r.bucket, after).ok:
        a.set_elements("Contents", [])
        a.set_value("KeyCount", "0")
        a.set_value("IsTruncated", "false")
    return a


def forgets(name: str, parameter: str) -> None:
    leaves_parameter_unread(name, (V2,), parameter, when=lambda r: r.has_query("continuation-token"))


forgets("list.next-page-forgets-prefix", "prefix")
forgets("list.next-page-forgets-delimiter", "delimiter")
edits_listing("list.key-count-without-groups", (V2,), lambda r, a: a.set_value("KeyCount", str(len(a.elements("Contents")))))


@bug("list.delimiter-first-letter", V1, V2)
def delimiter_first_letter(r: Request, server: Server, m: Any) -> Answer:
    delimiter = r.asked("delimiter")
    if len(delimiter) > 1:
        r.set_query("delimiter", delimiter[0])
        a = server(r)
        a.set_value("Delimiter", escaped(delimiter))
        return a
    return server(r)


@bug("list.delimiter-slash-only", V1, V2)
def delimiter_slash_only(r: Request, server: Server, m: Any) -> Answer:
    if r.asked("delimiter") not in ("", "/"):
        said = r.asked("delimiter")
        r.drop_query("delimiter")
        a = server(r)
        a.text = a.text.replace("<IsTruncated>", f"<Delimiter>{escaped(said)}</Delimiter><IsTruncated>", 1)
        return a
    return server(r)


def sorts_keys(name: str, order: Callable[[str], Any]) -> None:
    edits_listing(name, (V1, V2), lambda r, a: a.set_elements(
        "Contents", sorted(a.elements("Contents"), key=lambda item: order(key_of(item)))))


sorts_keys("list.order-any-case", lambda key: key.lower())
sorts_keys("list.order-of-folders", lambda key: key.replace("/", "\0"))
sorts_keys("list.order-utf16", lambda key: key.encode("utf-16-be", "surrogatepass"))
edits_entries("list.owner-of-first", (V2,), lambda index, item: item if index == 0 else re.sub(r"<Owner>.*?</Owner>", "", item))
edits_entries("list.multipart-etag-plain", (V1, V2), lambda index, item: re.sub(r"([0-9a-f]{32})-\d+", r"\1", item))


@bug("list.size-before-overwrite", V1, V2, "PutObject")
def size_before_overwrite(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.operation == "PutObject" and a.ok:
        m["sizes"].setdefault(r.id, len(plain_body(r)))
    elif a.ok:
        a.set_elements("Contents", [re.sub(r"<Size>\d+<", f"<Size>{m['sizes'][r.bucket, key_of(item)]}<", item)
                                    if (r.bucket, key_of(item)) in m["sizes"] else item for item in a.elements("Contents")])
    return a


edits_listing("list.max-keys-zero-truncated", (V1, V2), lambda r, a: r.asked("max-keys") == "0" and a.set_value("IsTruncated", "true"))
edits_listing("list.plus-as-space", (V1, V2), lambda r, a: r.asked("encoding-type") == "url" and setattr(
    a, "text", re.sub(r"<(Key|Prefix)>[^<]*<", lambda f: f[0].replace("%2B", "+"), a.text)))


def _without_folder_markers(r: Request, a: Answer) -> None:
    had = a.elements("Contents")
    kept = [item for item in had if not key_of(item).endswith("/")]
    if len(kept) < len(had):
        a.set_elements("Contents", kept)
        if r.operation == V2:
            a.set_value("KeyCount", str(int(a.value("KeyCount") or 0) - len(had) + len(kept)))


edits_listing("list.folder-marker-hidden", (V1, V2), _without_folder_markers)


def _next_marker_missing(r: Request, a: Answer) -> None:
    if a.value("NextMarker") and a.value("NextMarker") in [value(g, "Prefix") for g in a.elements("CommonPrefixes")]:
        a.text = re.sub(r"<NextMarker>[^<]*</NextMarker>", "", a.text)


edits_listing("list.v1-next-marker-missing", (V1,), _next_marker_missing)
