"""Requests as they are, signed: no SDK corrects, orders or completes them."""

from __future__ import annotations

import base64
import hashlib
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.plain_http import Answer, send
from support.server import ACCESS_KEY, SECRET_KEY, Server

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class _Signer(S3SigV4Auth):
    """Signs the payload as what x-amz-content-sha256 says, or as unsigned."""

    said = "UNSIGNED-PAYLOAD"

    def payload(self, request: AWSRequest) -> str:
        return self.said


def _encoded(target: str) -> str:
    path, mark, query = target.partition("?")

    def text(part: str) -> str:
        return urllib.parse.quote(urllib.parse.unquote(part), safe="-_.~")

    pairs = [part.partition("=") for part in query.split("&")]
    return path + mark + "&".join(text(name) + equals + text(value) for name, equals, value in pairs)


@dataclass
class Raw:
    """Sends requests to one server."""

    server: Server
    region: str = "us-east-1"
    secret: str = SECRET_KEY

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None,
                 *, signed: bool = True) -> Answer:
        """`target`: path and query as they go over the wire, but that the query is percent-encoded as its signature has it."""
        target = _encoded(target)
        request = AWSRequest(method, self.server.url + target, data=body, headers=dict(headers or {}))
        if signed:
            signer = _Signer(Credentials(ACCESS_KEY, self.secret), "s3", self.region)
            signer.said = request.headers.get("x-amz-content-sha256", signer.said)
            signer.add_auth(request)
        return send(method, self.server.url + target, body, dict(request.headers))


@dataclass(frozen=True)
class Refused:
    """An error document: its code, its text, and the fields beside them."""

    status: int
    code: str
    message: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def check(self, answer: Answer) -> None:
        assert answer.status == self.status, answer.body
        told = answer.error()
        assert told.pop("Code") == self.code, told
        message = told.pop("Message")
        if self.message is not None:
            assert message == self.message
        assert told.pop("RequestId") and told.pop("HostId")
        assert told == dict(self.fields)

    def __str__(self) -> str:
        text = f"{self.status} {self.code}" + (f' "{self.message}"' if self.message is not None else "")
        named = ", ".join(f"{name} {value or 'empty'}" for name, value in self.fields.items())
        return text + (f"; {named}" if named else "; no fields")


@dataclass(frozen=True)
class Shown:
    """A document: the texts of elements (None: there is none of that name), anywhere below the root."""

    elements: Mapping[str, str | None] = field(default_factory=dict)
    keys: tuple[str, ...] | None = None
    """What is listed, in the document's order: keys or numbers, then common prefixes."""

    def check(self, answer: Answer) -> None:
        assert answer.status == 200, answer.body
        root = ElementTree.fromstring(answer.body)
        for name, text in self.elements.items():
            found = root.find(f"{NAMESPACE}{name}")
            assert (None if found is None else found.text or "") == text, (name, answer.body)
        if self.keys is not None:
            assert listed(root) == self.keys

    def __str__(self) -> str:
        parts = [f"{name} {'absent' if text is None else text or 'empty'}" for name, text in self.elements.items()]
        if self.keys is not None:
            parts.append("lists " + (", ".join(self.keys) or "nothing"))
        return "200" + ("; " + "; ".join(parts) if parts else "")


def listed(root: ElementTree.Element) -> tuple[str, ...]:
    names = {"Contents": "Key", "Version": "Key", "DeleteMarker": "Key", "Upload": "Key", "Part": "PartNumber",
             "CommonPrefixes": "Prefix"}
    return tuple(child.findtext(NAMESPACE + names[tag]) or "" for child in root
                 if (tag := child.tag.removeprefix(NAMESPACE)) in names)


def digest(body: bytes) -> dict[str, str]:
    """What S3 wants of a document that is put."""
    return {"Content-MD5": base64.b64encode(hashlib.md5(body).digest()).decode()}
