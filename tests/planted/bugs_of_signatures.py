"""Requests that are let in."""

from __future__ import annotations

from typing import Any

from .edits import takes_any_signature
from .message import Answer, Request
from .proxy import Server, bug

for _name, _operation in {
    "list-parts": "ListParts", "abort": "AbortMultipartUpload", "complete": "CompleteMultipartUpload",
    "copy-part": "UploadPartCopy", "create": "CreateMultipartUpload", "list-uploads": "ListMultipartUploads",
    "batch-delete": "DeleteObjects", "attributes": "GetObjectAttributes", "head": "HeadObject", "copy": "CopyObject",
    "tagging": "PutObjectTagging", "list-versions": "ListObjectVersions",
}.items():
    takes_any_signature(f"signature.{_name}", _operation)


def lets_in(name: str, *operations: str, when: Any) -> None:
    """Requests for which `when(request, keys)` holds are signed rightly before the server sees them."""
    @bug(name, *operations, unsigned=True)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        try:
            r.changed = when(r, server.keys)
        except ValueError:
            pass  # a body whose chunks can't be read
        return server(r)


def _payload_alone(r: Request, keys: Any) -> bool:
    return r.signed_in_header() and not keys.holds(r) and keys.holds(r, payload=False)


def _other_number(r: Request, keys: Any) -> bool:
    if keys.holds(r) or not (r.signed_in_header() or r.signed_in_query()):
        return False
    had = list(r.query)
    for number in range(1, 21):
        r.query = [(n, str(number) if n == "partNumber" else v) for n, v in had]
        if keys.holds(r):
            r.query = had
            return True
    r.query = had
    return False


def _presigned(r: Request, keys: Any) -> bool:
    return r.signed_in_query() and keys.holds(r)


def _signed_for_get(r: Request, keys: Any) -> bool:
    if r.method == "GET" or not r.signed_in_query():
        return False
    method, r.method = r.method, "GET"
    holds = keys.holds(r)
    r.method = method
    return holds


def _anonymous(r: Request, keys: Any) -> bool:
    return not r.has("authorization") and not any(n.lower() in ("x-amz-signature", "signature") for n, _ in r.query)


def _unsigned_metadata(r: Request, keys: Any) -> bool:
    said = r.header("authorization").partition("SignedHeaders=")[2].partition(",")[0].split(";")
    return r.signed_in_header() and any(n.lower() not in said for n, _ in r.metadata()) and keys.holds(r)


lets_in("signature.part-payload", "UploadPart", when=_payload_alone)
lets_in("signature.document-payload", "CompleteMultipartUpload", when=_payload_alone)
lets_in("signature.part-number-unsigned", "UploadPart", when=_other_number)
lets_in("signature.presigned-part-unending", "UploadPart", when=_presigned)
lets_in("signature.presigned-get-unending", "GetObject", when=_presigned)
lets_in("signature.presigned-eight-days", "GetObject", "PutObject", "UploadPart",
        when=lambda r, keys: _presigned(r, keys) and r.asked("X-Amz-Expires").isdecimal() and int(r.asked("X-Amz-Expires")) > 604800)
lets_in("signature.presigned-any-method", "HeadObject", "DeleteObject", when=_signed_for_get)
lets_in("signature.old-date", "UploadPart", when=lambda r, keys: r.signed_in_header() and keys.holds(r))
lets_in("signature.anonymous-read", "GetObject", "HeadObject", when=_anonymous)
lets_in("signature.anonymous-part", "UploadPart", when=_anonymous)
lets_in("signature.unsigned-headers", "PutObject", "CreateMultipartUpload", when=_unsigned_metadata)
lets_in("signature.last-chunk", "PutObject", "UploadPart", when=lambda r, keys: keys.holds(r) and keys.only_last_chunk_is_wrong(r))
