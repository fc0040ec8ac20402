"""Every operation on a key × what its version is: what Amazon S3 answers, and how that is known.

The bucket is versioned. The key "hidden" has the version {older} under the delete marker {marker}, which is current; the key
"null" has a null version (put before versioning was enabled) and nothing else; "missing" has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from raw import Refused

RECORDED = "recorded"
BACKLOT = "reported: brekkylab/backlot (measured 2026-09)"
UNSETTLED = "unsettled"

TAGS = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    copies: bool = False
    """The key and version are those of the source."""
    part: bool = False


OPERATIONS = (
    Operation("GetObject", "GET"),
    Operation("HeadObject", "HEAD"),
    Operation("GetObjectAttributes", "GET", "attributes", headers={"x-amz-object-attributes": "ETag"}),
    Operation("GetObjectAcl", "GET", "acl"),
    Operation("PutObjectAcl", "PUT", "acl", headers={"x-amz-acl": "private"}),
    Operation("GetObjectTagging", "GET", "tagging"),
    Operation("PutObjectTagging", "PUT", "tagging", TAGS),
    Operation("DeleteObjectTagging", "DELETE", "tagging"),
    Operation("CopyObject", "PUT", copies=True),
    Operation("UploadPartCopy", "PUT", copies=True, part=True),
)

KEYS = {"the marker is current": ("hidden", None), "the marker by its ID": ("hidden", "{marker}"),
        "the version under the marker": ("hidden", "{older}"), "the null version": ("null", "null"),
        "no null version": ("hidden", "null"), "no such key": ("missing", None),
        "a version of another key": ("null", "{older}"), "null of no such key": ("missing", "null"),
        "a malformed ID": ("hidden", "nonsense"), "an empty ID": ("hidden", "")}

TAGS_AT_A_MARKER = {"GetObjectTagging": "reported: localstack#11180 (measured 2024-07)", "PutObjectTagging": "reported: moto#9401",
                    "DeleteObjectTagging": UNSETTLED}
"""A marker that is current has no tags, as it has no ACL that could be put."""

NOT_ALLOWED = "The specified method is not allowed against this resource."
MARKER_HEADERS = {"x-amz-delete-marker": "true", "x-amz-version-id": "{marker}"}


@dataclass(frozen=True)
class Cell:
    operation: Operation
    state: str
    answer: Refused | int
    headers: Mapping[str, str | None]
    source: str

    @property
    def name(self) -> str:
        return f"{self.operation.name}-{self.state}".replace(" ", "-")


def _marker(operation: Operation) -> Refused:
    return Refused(405, "MethodNotAllowed", NOT_ALLOWED, {"Method": operation.method, "ResourceType": "DeleteMarker"})


def _cell(operation: Operation, state: str) -> Cell:
    key, version = KEYS[state]
    name = operation.name
    no_key = Refused(404, "NoSuchKey", "The specified key does not exist.", {"Key": key})
    told = f"{{bucket}}/{key}" if name == "GetObjectTagging" else key
    no_version = Refused(404, "NoSuchVersion", "The specified version does not exist.",
                         {"Key": told, "VersionId": version or ""})
    malformed = Refused(400, "InvalidArgument", "Invalid version id specified",
                        {"ArgumentName": "x-amz-copy-source" if operation.copies else "versionId", "ArgumentValue": version or ""})
    fine = 204 if name == "DeleteObjectTagging" else 200
    reads = name in ("GetObject", "HeadObject")
    if state == "the marker is current":
        known = name in ("GetObject", "GetObjectAcl", "GetObjectAttributes", "CopyObject")
        headers = MARKER_HEADERS if reads else {}
        if name in TAGS_AT_A_MARKER:
            return Cell(operation, state, _marker(operation), headers, TAGS_AT_A_MARKER[name])
        return Cell(operation, state, no_key, headers, RECORDED if known else UNSETTLED)
    if state == "the marker by its ID":
        if operation.copies:
            text = "The source of a copy request may not specifically refer to a delete marker by version id."
            return Cell(operation, state, Refused(400, "InvalidRequest", text), {},
                        RECORDED if name == "CopyObject" else UNSETTLED)
        headers = {**MARKER_HEADERS, "allow": "DELETE"} if reads else {}
        known = name in ("GetObject", "GetObjectAcl", "PutObjectAcl")
        source = RECORDED if known else "reported: versitygw#1750" if name == "PutObjectTagging" else UNSETTLED
        return Cell(operation, state, _marker(operation), headers, source)
    if state == "the version under the marker":
        return Cell(operation, state, fine, {} if operation.copies else {"x-amz-version-id": "{older}"}, "S3 API")
    if state == "the null version":
        return Cell(operation, state, fine, {} if operation.copies else {"x-amz-version-id": "null"},
                    RECORDED if reads else "S3 API")
    if state == "no such key":
        if name == "GetObjectTagging":
            no_key = Refused(404, "NoSuchKey", None, {"Key": "{bucket}/missing"})
        known = name not in ("UploadPartCopy", "PutObjectAcl", "GetObjectAcl", "HeadObject")
        return Cell(operation, state, no_key, {"x-amz-delete-marker": None}, RECORDED if known else UNSETTLED)
    if state == "a malformed ID":
        return Cell(operation, state, malformed, {}, BACKLOT if operation.method in ("GET", "HEAD") else UNSETTLED)
    if state == "an empty ID":
        empty = Refused(400, "InvalidArgument", "Version id cannot be the empty string",
                        {"ArgumentName": "versionId", "ArgumentValue": ""})
        return Cell(operation, state, malformed if operation.copies else empty, {},
                    BACKLOT if operation.method in ("GET", "HEAD") else UNSETTLED)
    source = BACKLOT if state == "null of no such key" and operation.method == "GET" else \
        RECORDED if name == "GetObject" else UNSETTLED
    return Cell(operation, state, no_version, {"x-amz-delete-marker": None}, source)


CELLS = tuple(_cell(operation, state) for operation in OPERATIONS for state in KEYS
              if (operation.name, state) != ("PutObjectAcl", "the marker is current"))
"""PutObjectAcl under a delete marker is 405, as recorded (object-acl-on-delete-marker)."""

# DeleteObject and DeleteObjects change what they are asked about: a state each, the status or the elements that answer.
DELETES = (
    ("the marker is current", "hidden", None, {"x-amz-delete-marker": "true"}, {"DeleteMarker": "true"}, RECORDED),
    ("the marker by its ID", "hidden", "{marker}", {"x-amz-delete-marker": "true", "x-amz-version-id": "{marker}"},
     {"DeleteMarker": "true", "VersionId": "{marker}", "DeleteMarkerVersionId": "{marker}"}, RECORDED),
    ("the version under the marker", "hidden", "{older}", {"x-amz-delete-marker": None, "x-amz-version-id": "{older}"},
     {"DeleteMarker": None, "VersionId": "{older}"}, RECORDED),
    ("the null version", "null", "null", {"x-amz-delete-marker": None, "x-amz-version-id": "null"},
     {"DeleteMarker": None, "VersionId": "null"}, "S3 API"),
    ("no such key", "missing", None, {"x-amz-delete-marker": "true"}, {"DeleteMarker": "true"}, RECORDED),
    ("no null version", "hidden", "null", {"x-amz-delete-marker": None, "x-amz-version-id": "null"},
     {"DeleteMarker": None, "VersionId": "null"}, UNSETTLED),
    ("a version of another key", "null", "{older}", {"x-amz-delete-marker": None, "x-amz-version-id": "{older}"},
     {"DeleteMarker": None, "VersionId": "{older}"}, UNSETTLED),
)
