"""Requests signed in each of the four ways, byte by byte: what SDKs never send goes over the wire, too."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import socket
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse

from support.plain_http import Answer
from support.server import ACCESS_KEY, SECRET_KEY, Server

FORMS = ("V4 header", "V4 URL", "V2 header", "V2 URL")
SHA256 = "x-amz-content-sha256"
SIGNED_BY_V2 = {"delete", "uploadId"}


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")


@dataclass(frozen=True)
class Chunks:
    """What the chunks of a body are signed with."""

    key: bytes
    date: str
    scope: str
    seed: str

    def _sign(self, kind: str, *lines: str) -> str:
        text = "\n".join((f"AWS4-HMAC-SHA256-{kind}", self.date, self.scope, *lines))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def body(self, chunks: tuple[bytes, ...], trailer: bytes | None = None) -> bytes:
        """With a trailer: its lines, which end with CRLF."""
        previous, text = self.seed, b""
        for chunk in chunks:
            previous = self._sign("PAYLOAD", previous, sha256(b""), sha256(chunk))
            end = b"" if trailer is not None and not chunk else b"\r\n"
            text += b"%x;chunk-signature=%s\r\n%s%s" % (len(chunk), previous.encode(), chunk, end)
        if trailer is None:
            return text
        signature = self._sign("TRAILER", previous, sha256(trailer.replace(b"\r\n", b"\n").replace(b": ", b":")))
        return text + trailer + b"x-amz-trailer-signature:" + signature.encode() + b"\r\n\r\n"


@dataclass(frozen=True)
class Wire:
    server: Server

    def __call__(self, form: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"",
                 query: tuple[tuple[str, str], ...] = (), *, chunked: Callable[[Chunks], bytes] | None = None,
                 length: bool = True) -> Answer:
        """x-amz-content-sha256 is what `headers` say, and not there where they don't."""
        url = urllib.parse.urlsplit(self.server.url)
        sent = {"Host": url.netloc, **headers}
        chunks = None
        if form.startswith("V4"):
            chunks, query = self._sign_v4(form == "V4 URL", method, path, sent, query)
        else:
            query = self._sign_v2(form == "V2 URL", method, path, sent, query)
        if chunked is not None:
            assert chunks is not None
            body = chunked(chunks)
        if length and (body or method in ("PUT", "POST")):
            sent["Content-Length"] = str(len(body))
        target = path + ("?" + "&".join(f"{_quote(name)}={_quote(value)}" for name, value in query) if query else "")
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
            connection.sendall(head.encode() + b"Connection: close\r\n\r\n")
            try:
                connection.sendall(body)
            except OSError:
                pass  # refused before the body
            response = HTTPResponse(connection, method=method)
            response.begin()
            return Answer(response.status, response.headers, response.read())

    def _sign_v4(self, in_url: bool, method: str, path: str, sent: dict[str, str],
                 query: tuple[tuple[str, str], ...]) -> tuple[Chunks, tuple[tuple[str, str], ...]]:
        date = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        if not in_url:
            sent["x-amz-date"] = date
        lower = {name.lower(): value.strip() for name, value in sent.items()}
        names = ";".join(sorted(name for name in lower if name in ("host", "content-md5") or name.startswith("x-amz-")))
        scope = f"{date[:8]}/us-east-1/s3/aws4_request"
        if in_url:
            query += (("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{ACCESS_KEY}/{scope}"), ("X-Amz-Date", date),
                      ("X-Amz-Expires", "600"), ("X-Amz-SignedHeaders", names))
        lines = [method, path, "&".join(sorted(f"{_quote(name)}={_quote(value)}" for name, value in query)),
                 *(f"{name}:{lower[name]}" for name in names.split(";")), "", names, lower.get(SHA256, "UNSIGNED-PAYLOAD")]
        key = b"AWS4" + SECRET_KEY.encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = "\n".join(("AWS4-HMAC-SHA256", date, scope, sha256("\n".join(lines).encode())))
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if in_url:
            query += (("X-Amz-Signature", signature),)
        else:
            sent["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders={names}, "
                                     f"Signature={signature}")
        return Chunks(key, date, scope, signature), query

    def _sign_v2(self, in_url: bool, method: str, path: str, sent: dict[str, str],
                 query: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        now = datetime.datetime.now(datetime.UTC)
        date = str(int(now.timestamp()) + 600) if in_url else now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        lower = {name.lower(): value.strip() for name, value in sent.items()}
        resource = "&".join(f"{name}={value}" if value else name for name, value in sorted(query) if name in SIGNED_BY_V2)
        lines = [method, lower.get("content-md5", ""), "", date,
                 *(f"{name}:{lower[name]}" for name in sorted(lower) if name.startswith("x-amz-")),
                 path + (f"?{resource}" if resource else "")]
        digest = hmac.new(SECRET_KEY.encode(), "\n".join(lines).encode(), hashlib.sha1).digest()
        signature = base64.b64encode(digest).decode()
        if in_url:
            return (*query, ("AWSAccessKeyId", ACCESS_KEY), ("Expires", date), ("Signature", signature))
        sent["Date"] = date
        sent["Authorization"] = f"AWS {ACCESS_KEY}:{signature}"
        return query
