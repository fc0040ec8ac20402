"""What goes wrong where a bucket keeps versions."""

from __future__ import annotations

import re
from typing import Any

from .edits import document, leaves_parameter_unread
from .message import Answer, Request, elements, error, value
from .proxy import Server, bug

LIST, DELETE = "ListObjectVersions", "DeleteObject"


@bug("versions.key-marker-inclusive", LIST)
def key_marker_inclusive(r: Request, server: Server, m: Any) -> Answer:
    marker = r.asked("key-marker")
    if marker and not r.has_query("version-id-marker") and ord(marker[-1]) > 33:
        r.set_query("key-marker", marker[:-1] + chr(ord(marker[-1]) - 1) + "\U0010fffd")
        a = server(r)
        a.set_value("KeyMarker", marker)
        return a
    return server(r)


leaves_parameter_unread("versions.id-marker-unread", (LIST,), "version-id-marker")


@bug("versions.two-latest", LIST)
def two_latest(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.set_elements("Version", [v.replace("<IsLatest>false", "<IsLatest>true") for v in a.elements("Version")])
    return a


@bug("versions.markers-last", LIST)
def markers_last(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    markers = a.elements("DeleteMarker")
    if a.elements("Version") and markers:
        a.set_elements("DeleteMarker", [])
        last = a.elements("Version")[-1]
        a.text = a.text.replace(last, last + "".join(markers))
    return a


@bug("versions.marker-by-id-404", "GetObject")
def marker_by_id_404(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.status == 405 and r.has_query("versionId"):
        b = error(404, "NoSuchKey", "The specified key does not exist.")
        b.set_header("x-amz-delete-marker", "true")
        return b
    return a


@bug("versions.deleted-marker-untold", DELETE)
def deleted_marker_untold(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.has_query("versionId"):
        a.drop_header("x-amz-delete-marker")
    return a


leaves_parameter_unread("versions.head-latest", ("HeadObject",), "versionId")
leaves_parameter_unread("versions.range-latest", ("GetObject",), "versionId", when=lambda r: r.has("range"))
leaves_parameter_unread("versions.tags-latest", ("GetObjectTagging",), "versionId")
leaves_parameter_unread("versions.attributes-latest", ("GetObjectAttributes",), "versionId")


@bug("versions.batch-ignores-id", "DeleteObjects")
def batch_ignores_id(r: Request, server: Server, m: Any) -> Answer:
    text = document(r)
    objects = elements(text, "Object")
    if any("<VersionId>" in o for o in objects[1:]):
        for o in objects[1:]:
            text = text.replace(o, re.sub(r"<VersionId>.*?</VersionId>", "", o))
        r.set_body(text.encode())
    return server(r)


@bug("versions.prefix-spares-markers", LIST)
def prefix_spares_markers(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if r.asked("prefix") and a.ok:
        more = {n: v for n, v in r.query if n != "prefix"}
        markers = server.ask("GET", r.bucket, "", more).elements("DeleteMarker")
        new = [x for x in markers if not value(x, "Key").startswith(r.asked("prefix"))]
        a.text = a.text.replace("</ListVersionsResult>", "".join(new) + "</ListVersionsResult>")
    return a


@bug("versions.suspended-keeps-null", "PutObject", LIST)
def suspended_keeps_null(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == LIST:
        a = server(r)
        for entry in m["replaced", r.bucket].values():
            if a.ok and a.elements("Version") and value(entry, "Key").startswith(r.asked("prefix")):
                a.set_elements("Version", [*a.elements("Version"), entry.replace("<IsLatest>true", "<IsLatest>false")])
        return a
    before = server.ask("GET", r.bucket, "", {"versions": "", "prefix": r.key})
    a = server(r)
    if a.ok and a.header("x-amz-version-id") in ("", "null"):
        for version in before.elements("Version"):
            status = server.ask("GET", r.bucket, "", {"versioning": ""}).value("Status")
            if status == "Suspended" and value(version, "Key") == r.key and value(version, "VersionId") == "null":
                m["replaced", r.bucket][r.key] = version
    return a


