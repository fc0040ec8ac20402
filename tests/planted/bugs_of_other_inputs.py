"""Keys, values and documents that are in order, and that nobody thought of."""

from __future__ import annotations

import re
from typing import Any

from .bugs_of_copies import _summed
from .bugs_of_keys import OBJECT, changes_keys
from .bugs_of_listings import edits_listing
from .edits import document, with_parts
from .message import Answer, Request, elements, error
from .proxy import Server, bug

PUT, CREATE, COMPLETE, BATCH, PART, COPY = ("PutObject", "CreateMultipartUpload", "CompleteMultipartUpload", "DeleteObjects",
                                            "UploadPart", "CopyObject")

changes_keys("keys.backslash", lambda key: key.replace("\\", "/"))
changes_keys("keys.trailing-dot", lambda key: key.rstrip("."))
changes_keys("keys.trailing-space", lambda key: key.rstrip(" "))
changes_keys("keys.leading-slash", lambda key: key.lstrip("/"))


@bug("keys.length-in-letters", *OBJECT)
def length_in_letters(r: Request, server: Server, m: Any) -> Answer:
    """1,024 letters are the limit, and not bytes."""
    a = server(r)
    if a.value("Code") == "KeyTooLongError" and len(r.key) <= 1024 and r.method in ("PUT", "POST"):
        r.set_key("shortened/" + str(abs(hash(r.key))))
        return server(r)
    return a


@bug("complete.raw-quotes", COMPLETE)
def raw_quotes(r: Request, server: Server, m: Any) -> Answer:
    """An ETag whose quotes aren't escaped is another."""
    if re.search(r'<ETag>"', r.body.decode("utf-8", "replace")):
        return error(400, "InvalidPart", "One or more of the specified parts could not be found.")
    return server(r)


@bug("complete.escaped-quotes", COMPLETE)
def escaped_quotes(r: Request, server: Server, m: Any) -> Answer:
    """Nor one whose quotes are."""
    if b"<ETag>&quot;" in r.body or b"<ETag>&#34;" in r.body:
        return error(400, "InvalidPart", "One or more of the specified parts could not be found.")
    return server(r)


@bug("complete.etag-before-number", COMPLETE)
def etag_before_number(r: Request, server: Server, m: Any) -> Answer:
    """A document's elements are read in one order."""
    if re.search(r"</ETag>\s*<PartNumber>", r.body.decode("utf-8", "replace")):
        return error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    return server(r)


@bug("complete.number-of-twelve-bits", COMPLETE, PART, "ListParts")
def number_of_twelve_bits(r: Request, server: Server, m: Any) -> Answer:
    if r.operation == PART and r.number > 4095:
        r.set_query("partNumber", str(r.number & 4095 or 1))
    elif r.operation == COMPLETE and elements(document(r), "Part"):
        with_parts(r, lambda index, part: re.sub(r"<PartNumber>(\d+)<", lambda n: f"<PartNumber>{int(n[1]) & 4095 or 1}<", part))
    return server(r)


@bug("complete.empty-last-part-left-out", COMPLETE)
def empty_last_part_left_out(r: Request, server: Server, m: Any) -> Answer:
    empty = "d41d8cd98f00b204e9800998ecf8427e"
    if len(elements(document(r), "Part")) > 1 and empty in document(r):
        with_parts(r, lambda index, part: None if empty in part else part)
    return server(r)


@bug("delete.key-trimmed", BATCH)
def key_trimmed(r: Request, server: Server, m: Any) -> Answer:
    text = document(r)
    trimmed = re.sub(r"<Key>\s*(.*?)\s*</Key>", r"<Key>\1</Key>", text, flags=re.S)
    if trimmed != text:
        r.set_body(trimmed.encode())
        _summed(r)
    return server(r)


@bug("delete.key-slash-dropped", BATCH)
def key_slash_dropped(r: Request, server: Server, m: Any) -> Answer:
    """A folder's key loses its slash."""
    text = document(r)
    if "/</Key>" in text:
        r.set_body(text.replace("/</Key>", "</Key>").encode())
        _summed(r)
    return server(r)


edits_listing("list.control-characters-raw", ("ListObjects", "ListObjectsV2", "ListObjectVersions"),
              lambda r, a: setattr(a, "text", re.sub(r"&#(x0?d|13);", "\r", a.text, flags=re.I)))


@bug("put.type-without-charset", PUT, CREATE)
def type_without_charset(r: Request, server: Server, m: Any) -> Answer:
    if ";" in r.header("content-type"):
        r.set_header("Content-Type", r.header("content-type").partition(";")[0])
    return server(r)


@bug("put.expires-must-be-a-date", PUT, CREATE)
def expires_must_be_a_date(r: Request, server: Server, m: Any) -> Answer:
    from email.utils import parsedate
    if r.has("expires") and not parsedate(r.header("expires")):
        r.drop_header("expires")
    return server(r)


@bug("tags.value-ends-at-equals", PUT, CREATE, COPY)
def value_ends_at_equals(r: Request, server: Server, m: Any) -> Answer:
    text = r.header("x-amz-tagging")
    cut = "&".join("=".join(re.split("=|%3D", pair)[:2]) for pair in text.split("&"))
    if cut != text:
        r.set_header("x-amz-tagging", cut)
    return server(r)


@bug("tags.letters-of-ascii", "PutObjectTagging", PUT, CREATE)
def letters_of_ascii(r: Request, server: Server, m: Any) -> Answer:
    """Other letters become question marks."""
    if r.operation == "PutObjectTagging":
        text = document(r)
        if not text.isascii():
            r.set_body(re.sub(r"[^\x00-\x7f]", "?", text).encode())
            _summed(r)
    elif re.search("%[C-F]", r.header("x-amz-tagging"), re.I):
        r.set_header("x-amz-tagging", re.sub("(%[89A-F][0-9A-F])+", "%3F", r.header("x-amz-tagging"), flags=re.I))
    return server(r)


@bug("chunked.empty-refused", PUT, PART)
def empty_refused(r: Request, server: Server, m: Any) -> Answer:
    if r.header("x-amz-decoded-content-length") == "0":
        return error(400, "IncompleteBody", "The request body terminated unexpectedly")
    return server(r)

