"""Keys, prefixes and values that are decoded twice, or not escaped, at one operation alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from .bugs_of_copies import _summed
from .bugs_of_keys import changes_keys
from .bugs_of_listings import edits_listing
from .edits import document, escaped
from .message import Answer, Request
from .proxy import Server, bug

V1, V2, UPLOADS, VERSIONS = "ListObjects", "ListObjectsV2", "ListMultipartUploads", "ListObjectVersions"

for _short, _operation in {"tags": "PutObjectTagging", "tags-read": "GetObjectTagging", "attributes": "GetObjectAttributes",
                           "acl": "GetObjectAcl", "delete": "DeleteObject", "copy": "CopyObject", "create": "CreateMultipartUpload",
                           "head": "HeadObject"}.items():
    changes_keys(f"keys.twice-decoded-{_short}", unquote, _operation)
changes_keys("keys.plus-at-copy", lambda key: key.replace("+", " "), "CopyObject")
changes_keys("keys.plus-at-tags", lambda key: key.replace("+", " "), "GetObjectTagging", "PutObjectTagging")
changes_keys("keys.question-mark-cut", lambda key: key.partition("?")[0], "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
changes_keys("keys.number-sign-cut", lambda key: key.partition("#")[0], "CopyObject")


def changes_parameter(name: str, operations: tuple[str, ...], parameter: str, echo: str, change: Callable[[str], str]) -> None:
    """A parameter is taken for another one, and told as asked."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        said = r.asked(parameter)
        if not said or change(said) == said:
            return server(r)
        r.set_query(parameter, change(said))
        a = server(r)
        text = quote(said, safe="-_.~/*").replace("%20", "+") if r.asked("encoding-type") == "url" else said
        a.text = re.sub(rf"<{echo}>[^<]*</{echo}>", lambda _: f"<{echo}>{escaped(text)}</{echo}>", a.text, count=1)
        return a


changes_parameter("list.prefix-decoded-twice", (V1, V2), "prefix", "Prefix", unquote)
changes_parameter("list.start-after-decoded-twice", (V2,), "start-after", "StartAfter", unquote)
changes_parameter("list.marker-decoded-twice", (V1,), "marker", "Marker", unquote)
changes_parameter("list.prefix-plus-is-space", (V1, V2), "prefix", "Prefix", lambda text: text.replace("+", " "))
changes_parameter("list-uploads.prefix-decoded-twice", (UPLOADS,), "prefix", "Prefix", unquote)
changes_parameter("list-uploads.marker-decoded-twice", (UPLOADS,), "key-marker", "KeyMarker", unquote)
changes_parameter("versions.prefix-decoded-twice", (VERSIONS,), "prefix", "Prefix", unquote)
changes_parameter("versions.marker-decoded-twice", (VERSIONS,), "key-marker", "KeyMarker", unquote)


def raw(name: str, operations: tuple[str, ...], element: str, refusals: bool = False) -> None:
    """An element of the answer isn't escaped as XML."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.body and a.ok != refusals:
            a.text = re.sub(rf"<{element}>([^<]*)</{element}>", lambda e: e[0].replace("&amp;", "&"), a.text)
        return a


raw("list-parts.raw-ampersand", ("ListParts",), "Key")
raw("create.raw-ampersand", ("CreateMultipartUpload",), "Key")
raw("versions.raw-ampersand", (VERSIONS,), "Key")
raw("error.raw-ampersand", ("GetObject", "CopyObject", "GetObjectTagging"), "Key", refusals=True)
raw("list.delimiter-raw-ampersand", (V1, V2), "Delimiter")
raw("versions.marker-raw-ampersand", (VERSIONS,), "(?:Next)?KeyMarker")


def not_encoded(name: str, operations: tuple[str, ...], *elements: str) -> None:
    """encoding-type=url leaves these as they are."""
    def edit(r: Request, a: Answer) -> None:
        if r.asked("encoding-type") == "url":
            for element in elements:
                a.text = re.sub(rf"<{element}>([^<]*)</{element}>",
                                lambda e: f"<{element}>{escaped(unquote_plus(e[1]))}</{element}>", a.text)
    edits_listing(name, operations, edit)


not_encoded("versions.markers-not-encoded", (VERSIONS,), "KeyMarker", "NextKeyMarker")
not_encoded("versions.groups-not-encoded", (VERSIONS,), "Prefix")
not_encoded("list.start-after-not-encoded", (V2,), "StartAfter")
not_encoded("list.delimiter-not-encoded", (V1, V2, VERSIONS, UPLOADS), "Delimiter")
not_encoded("list.next-marker-not-encoded", (V1,), "NextMarker", "Marker")


@bug("delete.many-key-decoded", "DeleteObjects")
def many_key_decoded(r: Request, server: Server, m: Any) -> Answer:
    """Keys of the document are taken for URL-encoded."""
    text = document(r)
    plain = re.sub(r"<Key>([^<]*)</Key>", lambda e: f"<Key>{unquote(e[1])}</Key>" if unquote(e[1]).isprintable() else e[0], text)
    if plain != text and not re.search(r"<Key>[^<]*[<>][^<]*</Key>", plain):
        r.set_body(plain.encode("utf-8", "surrogateescape"))
        _summed(r)
    return server(r)


@bug("copy.source-question-mark", "CopyObject")
def source_question_mark(r: Request, server: Server, m: Any) -> Answer:
    """What is behind an escaped question mark is taken for a query."""
    source = r.header("x-amz-copy-source")
    if "%3F" in source:
        r.set_header("x-amz-copy-source", source.partition("%3F")[0])
    return server(r)


def source_edit(name: str, operation: str, edit: Callable[[str], str]) -> None:
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        source = r.header("x-amz-copy-source")
        if edit(source) != source:
            r.set_header("x-amz-copy-source", edit(source))
        return server(r)


source_edit("copy-part.source-plus", "UploadPartCopy", lambda s: s.replace("%2B", "%20"))
source_edit("copy-part.source-decoded-twice", "UploadPartCopy", lambda s: s.replace("%25", "%"))
source_edit("copy.source-decoded-twice", "CopyObject", lambda s: s.replace("%25", "%"))
source_edit("copy.source-slashes-escaped", "CopyObject", lambda s: s.replace("%2F", "%252F"))
source_edit("copy-part.source-slashes-escaped", "UploadPartCopy", lambda s: s.replace("%2F", "%252F"))
source_edit("copy-part.leading-slash", "UploadPartCopy", lambda s: s.replace("/", "//", 1) if s.startswith("/") else s)
