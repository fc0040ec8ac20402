"""Requests and answers as a planted bug sees them: whole, and told apart by operation."""

from __future__ import annotations

import hashlib
import html
import re
from urllib.parse import quote, unquote, unquote_to_bytes

Header = tuple[str, str]
PLAIN_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$")
SUB_RESOURCES = {
    "acl": "Acl", "tagging": "Tagging", "cors": "Cors", "lifecycle": "LifecycleConfiguration", "versioning": "Versioning",
    "policy": "Policy", "publicAccessBlock": "PublicAccessBlock", "ownershipControls": "OwnershipControls",
    "encryption": "Encryption", "location": "Location", "attributes": "Attributes",
    "retention": "Retention", "legal-hold": "LegalHold", "object-lock": "ObjectLock",
}


def encoded(text: str, safe: str = "") -> str:
    """As signatures want it."""
    return quote(text, safe="-_.~" + safe)


class Headers:
    """A list of headers whose names count in any letter case."""

    def __init__(self, headers: list[Header]):
        self.headers = headers

    def header(self, name: str, otherwise: str = "") -> str:
        return next((value for had, value in self.headers if had.lower() == name.lower()), otherwise)

    def has(self, name: str) -> bool:
        return any(had.lower() == name.lower() for had, _ in self.headers)

    def drop_header(self, *names: str) -> None:
        lower = [name.lower() for name in names]
        self.headers[:] = [header for header in self.headers if header[0].lower() not in lower]
        self.changed = True

    def set_header(self, name: str, value: str) -> None:
        self.drop_header(name)
        self.headers.append((name, value))

    def metadata(self) -> list[Header]:
        return [header for header in self.headers if header[0].lower().startswith("x-amz-meta-")]


class Request(Headers):
    """A request; what changes it is signed anew before the server sees it."""

    def __init__(self, method: str, target: str, headers: list[Header], body: bytes = b""):
        super().__init__(headers)
        self.method, self.target, self.body = method, target, body
        self.path, _, raw = target.partition("?")
        self.query: list[Header] = [(unquote(n), unquote(v)) for n, _, v in (p.partition("=") for p in raw.split("&") if p)]
        parts = unquote_to_bytes(self.path).decode("utf-8", "surrogateescape").lstrip("/").split("/", 1)
        self.bucket = parts[0]
        self.key = parts[1] if len(parts) > 1 else ""
        self.operation = self._operation() if PLAIN_HOST.match(self.header("host")) else "none"
        self.changed = False

    def _operation(self) -> str:
        copies, upload, sub = self.has("x-amz-copy-source"), self.has_query("uploadId"), self._sub_resource()
        if not self.bucket:
            return "ListBuckets" if self.method == "GET" else "none"
        if not self.key:
            if self.method == "POST":
                forms = self.header("content-type").lower().startswith("multipart/form-data")
                return "DeleteObjects" if self.has_query("delete") else "PostObject" if forms and not sub else "none"
            if self.method == "GET" and not sub:
                for name, operation in (("uploads", "ListMultipartUploads"), ("versions", "ListObjectVersions")):
                    if self.has_query(name):
                        return operation
                return "ListObjectsV2" if self.asked("list-type") == "2" else "ListObjects"
            verbs = {"GET": "GetBucket", "PUT": "PutBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
            if sub:
                return verbs[self.method] + SUB_RESOURCES[sub] if self.method in verbs else "none"
            return {"PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}.get(self.method, "none")
        if self.method == "POST":
            return "CreateMultipartUpload" if self.has_query("uploads") else "CompleteMultipartUpload" if upload else "none"
        if upload:
            part = "UploadPartCopy" if copies else "UploadPart"
            return {"PUT": part, "GET": "ListParts", "DELETE": "AbortMultipartUpload"}.get(self.method, "none")
        verbs = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}
        if sub and self.method in verbs and self.method != "HEAD":
            return verbs[self.method] + SUB_RESOURCES[sub]
        return "CopyObject" if copies and self.method == "PUT" else verbs.get(self.method, "none")

    def _sub_resource(self) -> str:
        return next((name for name, _ in self.query if name in SUB_RESOURCES), "")

    @property
    def id(self) -> tuple[str, str]:
        return self.bucket, self.key

    @property
    def upload(self) -> str:
        return self.asked("uploadId")

    @property
    def number(self) -> int:
        text = self.asked("partNumber")
        return int(text) if text.isdecimal() else 0

    def asked(self, name: str, otherwise: str = "") -> str:
        return next((value for had, value in self.query if had == name), otherwise)

    def has_query(self, name: str) -> bool:
        return any(had == name for had, _ in self.query)

    def drop_query(self, *names: str) -> None:
        self.query = [pair for pair in self.query if pair[0] not in names]
        self.changed = True

    def set_query(self, name: str, value: str) -> None:
        self.query = [pair for pair in self.query if pair[0] != name] + [(name, value)]
        self.changed = True

    def set_key(self, key: str) -> None:
        self.key = key
        self.path = "/" + encoded(self.bucket) + "/" + quote(key.encode("utf-8", "surrogateescape"), safe="-_.~/")
        self.changed = True

    def set_body(self, body: bytes) -> None:
        """The body as the client meant it: without chunks."""
        self.body = body
        if self.header("x-amz-content-sha256").startswith("STREAMING-"):
            codings = [c.strip() for c in self.header("content-encoding").split(",") if c.strip() not in ("", "aws-chunked")]
            self.drop_header("x-amz-decoded-content-length", "x-amz-trailer", "content-encoding")
            if codings:
                self.set_header("Content-Encoding", ",".join(codings))
            self.set_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        self.drop_header("content-md5")
        self.changed = True

    def signed_in_header(self) -> bool:
        return self.header("authorization").startswith("AWS4-HMAC-SHA256")

    def signed_in_query(self) -> bool:
        return self.has_query("X-Amz-Signature")

    def page(self, name: str) -> int:
        """What a listing's limit allows."""
        text = self.asked(name)
        return min(int(text), 1000) if text.isdecimal() else 1000


class Answer(Headers):
    def __init__(self, status: int, reason: str, headers: list[Header], body: bytes):
        super().__init__(headers)
        self.status, self.reason, self.body = status, reason, body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "surrogateescape")

    @text.setter
    def text(self, text: str) -> None:
        self.body = text.encode("utf-8", "surrogateescape")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and b"<Error>" not in self.body[:200]

    def elements(self, name: str) -> list[str]:
        """Each with its tags."""
        return elements(self.text, name)

    def value(self, name: str) -> str:
        return value(self.text, name)

    def set_value(self, name: str, text: str) -> None:
        """In every such element."""
        self.text = re.sub(rf"<{name}>[^<]*</{name}>|<{name}/>", lambda _: f"<{name}>{text}</{name}>", self.text)

    def set_elements(self, name: str, items: list[str]) -> None:
        """These instead of all such elements, where the first one stood."""
        had = self.elements(name)
        if not had:
            return
        at = self.text.index(had[0])
        rest = self.text
        for item in had:
            rest = rest.replace(item, "", 1)
        self.text = rest[:at] + "".join(items) + rest[at:]


def elements(text: str, name: str) -> list[str]:
    return [found.group(0) for found in re.finditer(rf"<{name}>.*?</{name}>", text, re.S)]


def value(text: str, name: str) -> str:
    found = re.search(rf"<{name}(?: [^>]*)?>([^<]*)</{name}>", text)
    return html.unescape(found.group(1)) if found else ""


def answer(status: int, body: str = "", *headers: Header) -> Answer:
    """One of the faulty server's own."""
    fields = [("x-amz-request-id", "PLANTED000000001"), ("x-amz-id-2", "planted"), ("Server", "AmazonS3"),
              ("Date", _date()), *headers]
    if body:
        fields.append(("Content-Type", "application/xml"))
        body = '<?xml version="1.0" encoding="UTF-8"?>\n' + body
    return Answer(status, "OK", fields, body.encode())


def error(status: int, code: str, message: str = "") -> Answer:
    return answer(status, f"<Error><Code>{code}</Code><Message>{message}</Message>"
                          "<RequestId>PLANTED000000001</RequestId><HostId>planted</HostId></Error>")


def _date() -> str:
    from email.utils import formatdate
    return formatdate(usegmt=True)


def md5(data: bytes) -> str:
    """As an ETag, with its quotes."""
    return f'"{hashlib.md5(data).hexdigest()}"'
