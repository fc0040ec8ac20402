"""Pages of listings: where one ends, and what the next one begins with."""

from __future__ import annotations

import re
from typing import Any

from .bugs_of_listings import edits_listing, key_of
from .edits import escaped, leaves_parameter_unread
from .message import Answer, Request, error, value
from .proxy import Server, bug

V1, V2, UPLOADS, VERSIONS, PARTS = "ListObjects", "ListObjectsV2", "ListMultipartUploads", "ListObjectVersions", "ListParts"
OF_VERSIONS = r"<(?:Version|DeleteMarker)>.*?</(?:Version|DeleteMarker)>"


def entries(a: Answer) -> list[str]:
    """Versions and markers, as they come."""
    return re.findall(OF_VERSIONS, a.text, re.S)


edits_listing("versions.max-unbounded", (VERSIONS,), lambda r, a: a.set_value("MaxKeys", r.asked("max-keys", "1000")))
edits_listing("list.max-unbounded", (V1, V2), lambda r, a: a.set_value("MaxKeys", r.asked("max-keys", "1000")))


def each_entry(name: str, edit: Any) -> None:
    def listing(r: Request, a: Answer) -> None:
        items = entries(a)
        for index, item in enumerate(items):
            new = edit(index, item, items)
            if new != item:
                a.text = a.text.replace(item, new, 1)
    edits_listing(name, (VERSIONS,), listing)


def _newest(item: str, items: list[str]) -> str:
    return next((i for i in items if value(i, "Key") == value(item, "Key") and i.startswith("<Version")), item)


def _as_newest(*names: str) -> Any:
    def edit(index: int, item: str, items: list[str]) -> str:
        newest = _newest(item, items)
        for name in names if item.startswith("<Version") else ():
            item = re.sub(rf"<{name}>[^<]*</{name}>", f"<{name}>{escaped(value(newest, name))}</{name}>", item)
        return item
    return edit


each_entry("versions.size-of-latest", _as_newest("Size"))
each_entry("versions.etag-of-latest", _as_newest("ETag"))
each_entry("versions.class-of-latest", _as_newest("StorageClass"))
each_entry("versions.date-of-latest", _as_newest("LastModified"))
each_entry("versions.null-id-empty", lambda n, item, items: item.replace("<VersionId>null<", "<VersionId><"))
each_entry("versions.marker-without-owner", lambda n, item, items: re.sub("<Owner>.*?</Owner>", "", item, flags=re.S)
           if item.startswith("<DeleteMarker") else item)
each_entry("versions.first-of-page-latest", lambda n, item, items: item.replace("<IsLatest>false", "<IsLatest>true") if n == 0 else item)
each_entry("versions.marker-never-latest", lambda n, item, items: item.replace("<IsLatest>true", "<IsLatest>false")
           if item.startswith("<DeleteMarker") else item)


@bug("versions.page-of-keys", VERSIONS)
def page_of_keys(r: Request, server: Server, m: Any) -> Answer:
    """A page doesn't end between versions of a key: the rest of them are left out."""
    a = server(r)
    if a.ok and a.value("IsTruncated") == "true" and a.value("NextVersionIdMarker"):
        a.text = re.sub("<NextVersionIdMarker>[^<]*</NextVersionIdMarker>", "", a.text)
    return a


@bug("versions.markers-uncounted", VERSIONS)
def markers_uncounted(r: Request, server: Server, m: Any) -> Answer:
    """Delete markers don't count against max-keys."""
    a = server(r)
    limit = r.asked("max-keys")
    if a.ok and limit.isdecimal() and 0 < int(limit) < 900 and a.elements("DeleteMarker") and a.value("IsTruncated") == "true":
        r.set_query("max-keys", str(int(limit) + len(a.elements("DeleteMarker"))))
        a = server(r)
        a.set_value("MaxKeys", limit)
    return a


@bug("versions.oldest-first", VERSIONS)
def oldest_first(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    items = entries(a)
    if a.ok and len(items) > 1 and a.value("IsTruncated") == "false":
        keys = [value(i, "Key") for i in items]
        order = sorted(range(len(items)), key=lambda i: (keys.index(keys[i]), -i))
        first = a.text.index(items[0])
        rest = a.text
        for item in items:
            rest = rest.replace(item, "", 1)
        a.text = rest[:first] + "".join(items[i] for i in order) + rest[first:]
    return a


leaves_parameter_unread("versions.page-forgets-delimiter", (VERSIONS,), "delimiter", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("versions.page-forgets-encoding", (VERSIONS,), "encoding-type", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("list.next-page-forgets-encoding", (V1, V2), "encoding-type",
                        when=lambda r: r.has_query("continuation-token") or r.has_query("marker"))
leaves_parameter_unread("list.next-page-forgets-owner", (V2,), "fetch-owner", when=lambda r: r.has_query("continuation-token"))
leaves_parameter_unread("list-uploads.page-forgets-encoding", (UPLOADS,), "encoding-type", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("list.start-after-lost-with-delimiter", (V2,), "start-after", when=lambda r: r.has_query("delimiter"))
leaves_parameter_unread("list.marker-lost-with-prefix", (V1,), "marker", when=lambda r: r.has_query("delimiter") and bool(r.asked("prefix")))
leaves_parameter_unread("list-uploads.marker-lost-with-delimiter", (UPLOADS,), "key-marker", "upload-id-marker",
                        when=lambda r: r.has_query("delimiter"))


@bug("list.fetch-owner-false-tells", V2)
def fetch_owner_false_tells(r: Request, server: Server, m: Any) -> Answer:
    """fetch-owner counts by being there."""
    if r.asked("fetch-owner").lower() == "false":
        r.set_query("fetch-owner", "true")
    return server(r)


@bug("list.members-of-groups-counted", V2)
def members_of_groups_counted(r: Request, server: Server, m: Any) -> Answer:
    """A page has as many keys as max-keys says, and is grouped then: groups come again on the next."""
    delimiter, limit = r.asked("delimiter"), r.asked("max-keys")
    if not delimiter or not limit.isdecimal() or not 0 < int(limit) < 1000 or r.has_query("encoding-type"):
        return server(r)
    r.drop_query("delimiter")
    a = server(r)
    prefix, seen, out = r.asked("prefix"), set(), []
    for item in a.elements("Contents"):
        head, found, _ = value(item, "Key")[len(prefix):].partition(delimiter)
        if found:
            seen.add(prefix + head + found)
        else:
            out.append(item)
    groups = "".join(f"<CommonPrefixes><Prefix>{escaped(g)}</Prefix></CommonPrefixes>" for g in sorted(seen))
    if a.elements("Contents"):
        a.set_elements("Contents", out + ["<!-- -->"])
        a.text = a.text.replace("<!-- -->", "").replace("</ListBucketResult>", groups + "</ListBucketResult>")
    a.set_value("KeyCount", str(len(out) + len(seen)))
    a.text = a.text.replace("<KeyCount>", f"<Delimiter>{escaped(delimiter)}</Delimiter><KeyCount>")
    return a


@bug("list.page-stays-in-folder", V1, V2)
def page_stays_in_folder(r: Request, server: Server, m: Any) -> Answer:
    """A page that begins in a folder ends with it: what else has the prefix is left out (seaweedfs#10652)."""
    folder = m["folders"].get(r.asked("continuation-token")) if r.operation == V2 else r.asked("marker").rpartition("/")[0]
    prefix = r.asked("prefix")
    a = server(r)
    if not a.ok or r.has_query("delimiter") or r.has_query("encoding-type"):
        return a
    items = a.elements("Contents")
    if folder and prefix and not prefix.endswith("/") and folder.startswith(prefix):
        inside = [i for i in items if value(i, "Key").startswith(folder + "/")]
        if len(inside) < len(items):
            a.set_elements("Contents", inside + ["<!-- -->"])
            a.text = re.sub("<!-- -->|<NextContinuationToken>[^<]*</NextContinuationToken>", "", a.text)
            a.set_value("IsTruncated", "false")
            a.set_value("KeyCount", str(len(inside)))
    if a.value("NextContinuationToken") and items:
        m["folders"][a.value("NextContinuationToken")] = value(items[-1], "Key").rpartition("/")[0]
    return a


@bug("list.start-after-nothing-skips", V2)
def start_after_nothing_skips(r: Request, server: Server, m: Any) -> Answer:
    """Behind a start-after that is no key the next page leaves one out (minio#21463)."""
    token = r.asked("continuation-token")
    if token.startswith("skip"):
        r.set_query("start-after", token[4:])
        r.drop_query("continuation-token")
        return server(r)
    a = server(r)
    start = r.asked("start-after")
    if a.ok and start and a.value("IsTruncated") == "true" and not r.has_query("delimiter") and not r.has_query("encoding-type"):
        if not server.ask("HEAD", r.bucket, start).ok:
            query = {"list-type": "2", "max-keys": "1", "prefix": r.asked("prefix"), "start-after": value(a.elements("Contents")[-1], "Key")}
            beyond = server.ask("GET", r.bucket, "", query).elements("Contents")
            if beyond:
                a.set_value("NextContinuationToken", "skip" + escaped(value(beyond[0], "Key")))
    return a


@bug("list.other-delimiter-truncated", V2)
def other_delimiter_truncated(r: Request, server: Server, m: Any) -> Answer:
    """With a delimiter other than a slash there is always another page (minio#20682)."""
    token = r.asked("continuation-token")
    if token.startswith("more"):
        r.set_query("start-after", token[4:] + "\U0010fffd")
        r.drop_query("continuation-token")
    a = server(r)
    last = sorted(key_of(i) for i in a.elements("Contents") + a.elements("CommonPrefixes"))
    if a.ok and r.asked("delimiter", "/") != "/" and a.value("IsTruncated") == "false" and last:
        a.set_value("IsTruncated", "true")
        a.text = a.text.replace("<KeyCount>", f"<NextContinuationToken>more{escaped(last[-1])}</NextContinuationToken><KeyCount>")
    return a


@bug("list.key-behind-group-lost", V1, V2)
def key_behind_group_lost(r: Request, server: Server, m: Any) -> Answer:
    """A key that is its group's name without the delimiter is left out of the listing."""
    a = server(r)
    delimiter = r.asked("delimiter")
    if a.ok and delimiter and a.elements("CommonPrefixes") and a.elements("Contents"):
        groups = [value(p, "Prefix") for p in a.elements("CommonPrefixes")]
        kept = [i for i in a.elements("Contents") if value(i, "Key") + delimiter not in groups]
        if len(kept) < len(a.elements("Contents")):
            a.set_elements("Contents", kept + ["<!-- -->"])
            a.text = a.text.replace("<!-- -->", "")
            if a.value("KeyCount"):
                a.set_value("KeyCount", str(len(kept) + len(groups)))
    return a


@bug("list.prefix-key-is-group", V1, V2, VERSIONS, UPLOADS)
def prefix_key_is_group(r: Request, server: Server, m: Any) -> Answer:
    """A key that is the prefix itself, which ends with the delimiter, is told as a group."""
    a = server(r)
    prefix, delimiter = r.asked("prefix"), r.asked("delimiter")
    if a.ok and delimiter and prefix.endswith(delimiter) and r.operation in (V1, V2):
        kept = [i for i in a.elements("Contents") if value(i, "Key") != prefix]
        if len(kept) < len(a.elements("Contents")):
            a.set_elements("Contents", kept + [f"<CommonPrefixes><Prefix>{escaped(prefix)}</Prefix></CommonPrefixes>"])
    return a




@bug("list.token-good-once", V2)
def tokens_once(r: Request, server: Server, m: Any) -> Answer:
    """A token is good once: asked again, the page is the first."""
    token = r.asked("continuation-token")
    if token and m["used"].get(token):
        r.drop_query("continuation-token")
    m["used"][token] = True
    return server(r)


@bug("list-parts.page-forgets-checksum", PARTS)
def page_forgets_checksum(r: Request, server: Server, m: Any) -> Answer:
    """ChecksumAlgorithm and ChecksumType are told on the first page only."""
    a = server(r)
    if a.ok and r.asked("part-number-marker", "0") != "0":
        a.text = re.sub(r"<Checksum(?:Algorithm|Type)>[^<]*</Checksum(?:Algorithm|Type)>", "", a.text)
    return a


@bug("list-parts.no-parts-fails", PARTS)
def no_parts_fails(r: Request, server: Server, m: Any) -> Answer:
    """An upload without parts can't be listed (rustfs#2760)."""
    a = server(r)
    if a.ok and not a.elements("Part") and not r.has_query("part-number-marker") and not r.has_query("max-parts"):
        return error(500, "InternalError", "Storage resources are insufficient for the read operation")
    return a


@bug("list-parts.marker-beyond-fails", PARTS)
def marker_beyond_fails(r: Request, server: Server, m: Any) -> Answer:
    """A marker behind the last part begins anew."""
    a = server(r)
    if a.ok and r.asked("part-number-marker", "0") != "0" and not a.elements("Part") and a.value("MaxParts") != "0":
        r.drop_query("part-number-marker")
        return server(r)
    return a


@bug("list-uploads.other-buckets", UPLOADS, "CreateMultipartUpload")
def other_buckets(r: Request, server: Server, m: Any) -> Answer:
    """Where another bucket has an upload of the same key, its uploads are told as this one's, too (rustfs#5721)."""
    if r.operation == "CreateMultipartUpload":
        a = server(r)
        if a.ok:
            m["of", r.key][r.bucket] = True
        return a
    a = server(r)
    if a.ok and a.value("IsTruncated") == "false":
        more = []
        for key in {value(u, "Key") for u in a.elements("Upload")}:
            for bucket in m["of", key]:
                if bucket != r.bucket:
                    more += [u for u in server.ask("GET", bucket, "", {"uploads": "", "prefix": key}).elements("Upload")]
        if more:
            a.set_elements("Upload", a.elements("Upload") + more)
    return a


leaves_parameter_unread("bucket.list-region-unread", ("ListBuckets",), "bucket-region")


@bug("bucket.list-prefix-anywhere", "ListBuckets")
def list_prefix_anywhere(r: Request, server: Server, m: Any) -> Answer:
    prefix = r.asked("prefix")
    if prefix and not r.has_query("max-buckets"):
        r.drop_query("prefix")
        a = server(r)
        a.set_elements("Bucket", [b for b in a.elements("Bucket") if prefix in value(b, "Name")])
        return a
    return server(r)


@bug("bucket.list-newest-first", "ListBuckets")
def list_newest_first(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.set_elements("Bucket", list(reversed(a.elements("Bucket"))))
    return a


leaves_parameter_unread("bucket.list-page-forgets-prefix", ("ListBuckets",), "prefix", when=lambda r: r.has_query("continuation-token"))
