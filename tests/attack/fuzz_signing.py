"""Signatures of requests whose every byte is ours: text is latin-1, so that any byte can be said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
from dataclasses import dataclass, field

ACCESS_KEY, SECRET_KEY, REGION = "test", "test", "us-east-1"
SIGNED_CHUNKS, UNSIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass
class Draft:
    """A request before it is signed and framed: path and query as they are meant, not as they are sent."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def target(self) -> str:
        query = "&".join(encoded(name) + "=" + encoded(value) for name, value in self.query)
        return encoded(self.path, "/") + ("?" + query if query else "")


@dataclass(frozen=True)
class Seed:
    """What the signatures of chunks go on from."""

    key: bytes
    when: str
    scope: str
    signature: str

    def next(self, what: str, text: str) -> Seed:
        signature = _hmac(self.key, "\n".join([what, self.when, self.scope, self.signature, text])).hex()
        return Seed(self.key, self.when, self.scope, signature)


def encoded(text: str, safe: str = "") -> str:
    return urllib.parse.quote_from_bytes(text.encode("latin-1"), safe=safe + "-_.~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("latin-1"), hashlib.sha256).digest()


def _key(day: str) -> bytes:
    key = b"AWS4" + SECRET_KEY.encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = _hmac(key, part)
    return key


def _seed(draft: Draft, names: list[str], payload: str, when: str, scope: str) -> Seed:
    query = "&".join(sorted(encoded(name) + "=" + encoded(value) for name, value in draft.query))
    values = {name: ",".join(" ".join(value.split()) for each, value in draft.headers if each.lower() == name) for name in names}
    lines = "".join(f"{name}:{value}\n" for name, value in values.items())
    canonical = "\n".join([draft.method, encoded(draft.path, "/"), query, lines, ";".join(names), payload])
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    key = _key(when[:8])
    return Seed(key, when, scope, _hmac(key, "\n".join(["AWS4-HMAC-SHA256", when, scope, digest])).hex())


def sign(draft: Draft, payload: str | None = None) -> Seed:
    """Signature V4 in the header, over all headers."""
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{when[:8]}/{REGION}/s3/aws4_request"
    payload = payload or hashlib.sha256(draft.body).hexdigest()
    draft.headers += [("x-amz-date", when), ("x-amz-content-sha256", payload)]
    names = sorted({name.lower() for name, _ in draft.headers})
    seed = _seed(draft, names, payload, when, scope)
    draft.headers.append(("Authorization", f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, "
                                           f"SignedHeaders={';'.join(names)}, Signature={seed.signature}"))
    return seed


def presign(draft: Draft) -> None:
    """Signature V4 in the query, over Host and whatever of Amazon's there is."""
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{when[:8]}/{REGION}/s3/aws4_request"
    names = sorted({name.lower() for name, _ in draft.headers if name.lower() == "host" or name.lower().startswith("x-amz-")})
    draft.query += [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{ACCESS_KEY}/{scope}"), ("X-Amz-Date", when),
                    ("X-Amz-Expires", "600"), ("X-Amz-SignedHeaders", ";".join(names))]
    draft.query.append(("X-Amz-Signature", _seed(draft, names, "UNSIGNED-PAYLOAD", when, scope).signature))


V2_SIGNED = {"acl", "cors", "delete", "lifecycle", "location", "logging", "notification", "partNumber", "policy", "requestPayment", "restore",
             "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website", "accelerate", "encryption",
             "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
             "response-content-type", "response-expires"}


def _sign_v2(draft: Draft, date: str) -> str:
    values = {name.lower(): value.strip() for name, value in reversed(draft.headers)}
    amazons = "".join(f"{name}:{values[name]}\n" for name in sorted(values) if name.startswith("x-amz-"))
    named = sorted((name, value) for name, value in draft.query if name in V2_SIGNED)
    resource = encoded(draft.path, "/") + ("?" if named else "") + "&".join(f"{name}={value}" if value else name for name, value in named)
    text = "\n".join([draft.method, values.get("content-md5", ""), values.get("content-type", ""), date, amazons + resource])
    return base64.b64encode(hmac.new(SECRET_KEY.encode(), text.encode("latin-1"), hashlib.sha1).digest()).decode()


def sign_v2(draft: Draft) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    draft.headers.append(("Date", date))
    draft.headers.append(("Authorization", f"AWS {ACCESS_KEY}:{_sign_v2(draft, date)}"))


def presign_v2(draft: Draft) -> None:
    expires = str(int(time.time()) + 600)
    signature = _sign_v2(draft, expires)
    draft.query += [("AWSAccessKeyId", ACCESS_KEY), ("Expires", expires), ("Signature", signature)]


def in_chunks(chunks: list[bytes], seed: Seed | None, trailers: list[tuple[str, str]]) -> bytes:
    """aws-chunked, signed where there is a seed."""
    text = b""
    for chunk in [*chunks, b""]:
        extension = ""
        if seed:
            seed = seed.next("AWS4-HMAC-SHA256-PAYLOAD", EMPTY + "\n" + hashlib.sha256(chunk).hexdigest())
            extension = ";chunk-signature=" + seed.signature
        text += f"{len(chunk):x}{extension}\r\n".encode() + chunk + (b"\r\n" if chunk else b"")
    lines = "".join(f"{name}:{value}\n" for name, value in trailers)
    text += lines.replace("\n", "\r\n").encode("latin-1")
    if seed and trailers:
        seed = seed.next("AWS4-HMAC-SHA256-TRAILER", hashlib.sha256(lines.encode("latin-1")).hexdigest())
        text += f"x-amz-trailer-signature:{seed.signature}\r\n".encode()
    return text + b"\r\n"


def form_fields(conditions: list[object], v4: bool) -> list[tuple[str, str]]:
    """What lets a form through: its policy and the proof of it."""
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    credential = f"{ACCESS_KEY}/{when[:8]}/{REGION}/s3/aws4_request"
    proof = [("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("x-amz-credential", credential), ("x-amz-date", when)] if v4 else []
    policy = {"expiration": "2099-01-01T00:00:00Z", "conditions": [*conditions, *({name: value} for name, value in proof)]}
    text = base64.b64encode(json.dumps(policy).encode()).decode()
    if v4:
        return [*proof, ("policy", text), ("x-amz-signature", _hmac(_key(when[:8]), text).hex())]
    signature = base64.b64encode(hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return [("AWSAccessKeyId", ACCESS_KEY), ("policy", text), ("signature", signature)]
