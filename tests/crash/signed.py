"""S3 over one kept connection, signed by hand: a load must not be held up by an SDK."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from support.server import ACCESS_KEY, SECRET_KEY

REGION = "us-east-1"
PATIENCE = 30


class Unanswered(Exception):
    """The connection ended before an answer: what was asked may have happened or not."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def texts(self, name: str) -> list[str]:
        """Of all elements with this name, in order."""
        root = ElementTree.fromstring(self.body)
        return [element.text or "" for element in root.iter() if element.tag.rpartition("}")[2] == name]

    @property
    def code(self) -> str:
        return self.texts("Code")[0]


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


class Connection:
    def __init__(self, port: int):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.host = f"127.0.0.1:{port}"

    def close(self) -> None:
        self.http.close()

    def send(self, method: str, path: str, query: dict[str, str] | None = None, body: bytes = b"",
             headers: dict[str, str] | None = None) -> Answer:
        """`path` without anything that would need encoding."""
        pairs = urllib.parse.urlencode(sorted((query or {}).items()), quote_via=urllib.parse.quote, safe="")
        try:
            self.http.request(method, f"{path}?{pairs}" if pairs else path, body or None,
                              self._signed(method, path, pairs, headers or {}))
            answer = self.http.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as error:
            self.http.close()
            raise Unanswered(f"{method} {path}: {error!r}") from error

    def _signed(self, method: str, path: str, query: str, extra: dict[str, str]) -> dict[str, str]:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {**extra, "host": self.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
        names = ";".join(sorted(headers))
        canonical = "\n".join([method, path, query, *(f"{name}:{headers[name]}" for name in sorted(headers)), "",
                               names, "UNSIGNED-PAYLOAD"])
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        key = f"AWS4{SECRET_KEY}".encode()
        for word in scope.split("/"):
            key = _hmac(key, word)
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        signature = _hmac(key, text).hex()
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, "
                                            f"SignedHeaders={names}, Signature={signature}"}
