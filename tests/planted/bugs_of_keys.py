"""Keys that a file system would take for others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from .message import Answer, Request, error
from .proxy import Server, bug

OBJECT = ("GetObject", "HeadObject", "PutObject", "DeleteObject", "CreateMultipartUpload", "UploadPart",
          "CompleteMultipartUpload", "AbortMultipartUpload", "ListParts", "CopyObject", "UploadPartCopy")


def changes_keys(name: str, change: Callable[[str], str], *operations: str) -> None:
    @bug(name, *(operations or OBJECT))
    def handle(r: Request, server: Server, m: Any) -> Answer:
        key = change(r.key)
        if key and key != r.key:
            r.set_key(key)
        return server(r)


changes_keys("keys.double-slash", lambda key: re.sub("//+", "/", key))
changes_keys("keys.trailing-slash", lambda key: key.rstrip("/"))
changes_keys("keys.dot-segments", lambda key: re.sub(r"(?<=/)\./", "", key))
changes_keys("keys.normalised", lambda key: unicodedata.normalize("NFC", key))
changes_keys("keys.plus-at-create", lambda key: key.replace("+", " "), "CreateMultipartUpload")


@bug("keys.any-case", *OBJECT)
def any_case(r: Request, server: Server, m: Any) -> Answer:
    first = m["names", r.bucket].get(r.key.lower())
    if first and first != r.key:
        r.set_key(first)
    a = server(r)
    if a.ok and r.operation in ("PutObject", "CreateMultipartUpload", "CopyObject"):
        m["names", r.bucket].setdefault(r.key.lower(), r.key)
    return a


@bug("keys.file-hides-folder", "PutObject", "CreateMultipartUpload")
def file_hides_folder(r: Request, server: Server, m: Any) -> Answer:
    pieces = r.key.split("/")
    for depth in range(1, len(pieces)):
        parent = "/".join(pieces[:depth])
        if parent and (r.bucket, parent) in m["there"]:
            return error(400, "ObjectParentIsFile", "Object parent already exists as a file")
    a = server(r)
    if a.ok and r.operation == "PutObject":
        m["there"][r.id] = True
    return a


@bug("keys.long-refused", "PutObject", "CreateMultipartUpload")
def long_refused(r: Request, server: Server, m: Any) -> Answer:
    if any(len(piece.encode("utf-8", "surrogateescape")) > 255 for piece in r.key.split("/")):
        return error(400, "KeyTooLongError", "Your key is too long")
    return server(r)
