"""HTTP without an SDK, for presigned URLs and for what an SDK hides."""

from __future__ import annotations

import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def error(self) -> dict[str, str]:
        """S3's XML error."""
        root = ElementTree.fromstring(self.body)
        assert root.tag == "Error", self.body
        return {child.tag: child.text or "" for child in root}


def send(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    parts = urllib.parse.urlsplit(url)
    assert parts.hostname and parts.port
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        connection.request(method, url.removeprefix(f"{parts.scheme}://{parts.netloc}") or "/", body or None,
                           headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
