"""Signature V4: whether a request's own holds, and a new one for a request that was changed."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time

from .message import Request, encoded

EMPTY = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


class Keys:
    def __init__(self, access: str, secret: str, region: str):
        self.access, self.secret, self.region = access, secret, region

    def signature(self, scope: str, text: str) -> str:
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = _hmac(key, part)
        return _hmac(key, text).hex()

    def of_request(self, request: Request, date: str, scope: str, names: list[str], payload: str) -> str:
        query = sorted((encoded(n), encoded(v)) for n, v in request.query if n != "X-Amz-Signature")
        fields = []
        for name in names:
            values = [" ".join(v.split()) for n, v in request.headers if n.lower() == name]
            fields.append(f"{name}:{','.join(values)}\n")
        path = encoded_path(request)
        canonical = "\n".join([request.method, path, "&".join(f"{n}={v}" for n, v in query), "".join(fields),
                               ";".join(names), payload])
        digest = hashlib.sha256(canonical.encode("latin-1", "surrogateescape")).hexdigest()
        return self.signature(scope, f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}")

    def holds(self, request: Request, payload: bool = True) -> bool:
        """The signature, and the payload's hash unless that is left aside; not the date."""
        compared, said_hash = payload, request.header("x-amz-content-sha256") or UNSIGNED
        if request.signed_in_header():
            said = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^,\s]+)", request.header("authorization")))
            if len(said) < 3 or not re.fullmatch("[0-9a-fA-F]{64}|UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+", said_hash):
                return False
            access, _, scope = said["Credential"].partition("/")
            date, names, signature = request.header("x-amz-date"), said["SignedHeaders"].split(";"), said["Signature"]
            if compared and re.fullmatch("[0-9a-f]{64}", said_hash) and hashlib.sha256(request.body).hexdigest() != said_hash:
                return False
        elif request.signed_in_query():
            access, _, scope = request.asked("X-Amz-Credential").partition("/")
            date, names = request.asked("X-Amz-Date"), request.asked("X-Amz-SignedHeaders").split(";")
            signature, said_hash = request.asked("X-Amz-Signature"), UNSIGNED
        else:
            return False
        return access == self.access and self.of_request(request, date, scope, names, said_hash) == signature

    def in_time(self, request: Request) -> bool:
        """Whether a signature that holds is still good, and for all that S3 wants signed."""
        date = request.header("x-amz-date") or request.asked("X-Amz-Date")
        names = request.asked("X-Amz-SignedHeaders") or request.header("authorization").partition("SignedHeaders=")[2].partition(",")[0]
        if any(n.lower().startswith("x-amz-") and n.lower() not in names.split(";") for n, _ in request.headers):
            return False
        try:
            age = time.time() - calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
            valid = int(request.asked("X-Amz-Expires", "900"))
        except ValueError:
            return False
        return age <= valid <= 604800 and age >= -900

    def chunk_signatures(self, request: Request) -> tuple[list[bytes], list[bytes]]:
        """Of a body in chunks that were signed for the request's header: those that are there, and the right ones."""
        pattern = rb"(?:;chunk-signature=|x-amz-trailer-signature:)([0-9a-f]{64})"
        authorization = request.header("authorization")
        scope = (re.search(r"Credential=[^/]+/([^,\s]+)", authorization) or ["", ""])[1]
        right = self._chunked(*decoded(request), request.header("x-amz-date"), scope, authorization.rpartition("Signature=")[2])
        return re.findall(pattern, request.body), re.findall(pattern, right)

    def chunks_hold(self, request: Request) -> bool:
        """Whether a body in chunks can be read, and its signatures hold."""
        payload = request.header("x-amz-content-sha256")
        if not payload.startswith("STREAMING-"):
            return True
        try:
            if not payload.startswith("STREAMING-AWS4-HMAC"):
                decoded(request)
                return True
            said, right = self.chunk_signatures(request)
        except ValueError:
            return False
        return said == right

    def only_last_chunk_is_wrong(self, request: Request) -> bool:
        if request.header("x-amz-content-sha256") != "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
            return False
        said, right = self.chunk_signatures(request)
        return len(said) == len(right) and said[:-1] == right[:-1] and said[-1] != right[-1]

    def sign(self, request: Request) -> None:
        """In the header, for the time that it is, whatever the request had before."""
        for name in [n for n, _ in request.query if n.startswith("X-Amz-")] + ["AWSAccessKeyId", "Signature", "Expires"]:
            request.drop_query(name)
        payload = request.header("x-amz-content-sha256")
        chunks = decoded(request) if payload.startswith("STREAMING-AWS4") else None
        if not payload.startswith("STREAMING-"):
            payload = UNSIGNED
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = f"{date[:8]}/{self.region}/s3/aws4_request"
        request.drop_header("authorization")
        request.set_header("x-amz-date", date)
        request.set_header("x-amz-content-sha256", payload)
        names = sorted({n.lower() for n, _ in request.headers
                        if n.lower() in ("host", "content-md5") or n.lower().startswith("x-amz-")})
        signature = self.of_request(request, date, scope, names, payload)
        request.set_header("Authorization", f"AWS4-HMAC-SHA256 Credential={self.access}/{scope}, "
                                            f"SignedHeaders={';'.join(names)}, Signature={signature}")
        request.path = encoded_path(request)
        if chunks is not None:
            request.body = self._chunked(*chunks, date, scope, signature)

    def _chunked(self, pieces: list[bytes], trailers: list[str], date: str, scope: str, before: str) -> bytes:
        out = b""
        for piece in [*pieces, b""]:
            text = f"AWS4-HMAC-SHA256-PAYLOAD\n{date}\n{scope}\n{before}\n{EMPTY}\n{hashlib.sha256(piece).hexdigest()}"
            before = self.signature(scope, text)
            out += f"{len(piece):x};chunk-signature={before}\r\n".encode() + piece + (b"\r\n" if piece else b"")
        if not trailers:
            return out + b"\r\n"
        lines = "".join(f"{line}\n" for line in trailers)
        digest = hashlib.sha256(lines.encode()).hexdigest()
        last = self.signature(scope, f"AWS4-HMAC-SHA256-TRAILER\n{date}\n{scope}\n{before}\n{digest}")
        return out + "".join(f"{line}\r\n" for line in trailers).encode() + f"x-amz-trailer-signature:{last}\r\n\r\n".encode()


def encoded_path(request: Request) -> str:
    from urllib.parse import quote, unquote_to_bytes
    return quote(unquote_to_bytes(request.path), safe="-_.~/")


def decoded(request: Request) -> tuple[list[bytes], list[str]]:
    """The chunks of an aws-chunked body, and its trailers without their signature."""
    pieces, at, body = [], 0, request.body
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end].split(b";")[0] or b"0", 16)
        at = end + 2
        if size == 0:
            break
        pieces.append(body[at:at + size])
        at += size + 2
    trailers = [line.decode() for line in re.split(rb"\r?\n", body[at:]) if line]
    return pieces, [line for line in trailers if not line.startswith("x-amz-trailer-signature")]


def plain_body(request: Request) -> bytes:
    if request.header("x-amz-content-sha256").startswith("STREAMING-"):
        return b"".join(decoded(request)[0])
    return request.body
