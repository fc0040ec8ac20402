"""What many bugs do to a request or an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .message import Answer, Request, elements, value
from .proxy import Server, bug
from .signing import plain_body


def loses_on_the_way_in(name: str, operations: tuple[str, ...], header: str,
                        when: Callable[[Request], bool] = lambda r: True) -> None:
    """The server never sees a request's header."""
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.has(header) and when(r):
            r.drop_header(header)
        return server(r)


def loses_on_the_way_out(name: str, operations: tuple[str, ...], *headers: str,
                         when: Callable[[Request, Answer], bool] = lambda r, a: True) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        a = server(r)
        if a.ok and when(r, a):
            a.drop_header(*headers)
        return a


def leaves_parameter_unread(name: str, operations: tuple[str, ...], *parameters: str,
                            when: Callable[[Request], bool] = lambda r: True) -> None:
    @bug(name, *operations)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if any(r.has_query(p) for p in parameters) and when(r):
            r.drop_query(*parameters)
        return server(r)


def takes_any_signature(name: str, operation: str) -> None:
    """Signs every request of the operation that comes with a signature."""
    @bug(name, operation, unsigned=True)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if (r.signed_in_header() or r.signed_in_query()) and not server.keys.holds(r):
            r.changed = True
        return server(r)


def listed(r: Request) -> list[tuple[int, str]]:
    """Of a Complete document: numbers and ETags, as they stand."""
    text = r.body.decode("utf-8", "replace")
    numbers = [value(part, "PartNumber") for part in elements(text, "Part")]
    return [(int(n) if n.strip().isdecimal() else 0, value(part, "ETag")) for n, part in zip(numbers, elements(text, "Part"))]


def with_parts(r: Request, keep: Callable[[int, str], str | None]) -> None:
    """Each `<Part>` of a document becomes what `keep(index, part)` says, or nothing."""
    text = r.body.decode("utf-8", "replace")
    parts = elements(text, "Part")
    first = text.index(parts[0])
    last = text.rindex(parts[-1]) + len(parts[-1])
    kept = [keep(index, part) for index, part in enumerate(parts)]
    r.set_body((text[:first] + "".join(part for part in kept if part) + text[last:]).encode())


def with_etag(part: str, etag: str) -> str:
    return re.sub(r"<ETag>[^<]*</ETag>", f"<ETag>{etag}</ETag>", part)


def remember_body(r: Request, m: Any) -> None:
    m["body", r.upload][r.number] = plain_body(r)


def range_of(r: Request, size: int) -> tuple[int, int] | None:
    """First and last byte that `Range` asks for."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", r.header("range"))
    if not found or size == 0 or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def size_of(a: Answer) -> int:
    """Of the whole object."""
    whole = a.header("content-range").rpartition("/")[2]
    return int(whole) if whole.isdecimal() else int(a.header("content-length", "0"))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def is_multipart(etag: str) -> bool:
    return "-" in etag


def document(r: Request) -> str:
    return plain_body(r).decode("utf-8", "replace")
