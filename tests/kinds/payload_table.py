"""How a body may be signed, announced and chunked, and what Amazon S3 answers: facts that OpenStack Swift's tests hold against
it (openstack/swift, test/s3api/test_input_errors.py, test_object_checksums.py)."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Union

from raw import Refused
from wire import SHA256, Chunks, sha256

SOURCE = "reported: openstack/swift, test/s3api"
BODY = bytes(range(65, 97))
OTHER = b"not the body"


def crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()


@dataclass(frozen=True)
class Taken:
    """200; the object's Content-Encoding is this."""

    encoding: str | None = None

    def __str__(self) -> str:
        return "200" + (f"; Content-Encoding {self.encoding}" if self.encoding else "")


Expected = Union[Taken, Refused, int]


def refused(code: str, message: str, status: int = 400, **fields: str) -> Refused:
    return Refused(status, code, message, fields)


TEXTS = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
         "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER")
MISSING = refused("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
INCOMPLETE = refused("IncompleteBody", "The request body terminated unexpectedly")
NO_LENGTH = refused("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
BAD_CRC32 = refused("BadDigest", "The CRC32 you specified did not match the calculated checksum.")
SEVERAL = refused("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
ONE_PLACE = refused("InvalidRequest", "Expecting a single x-amz-checksum- header")
TRAILER = refused("MalformedTrailerError",
                  "The request contained trailing data that was not well-formed or did not conform to our published schema.")
NO_TRAILER = refused("InvalidRequest", "The value specified in the x-amz-trailer header is not supported")
SDK = refused("InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.")


def invalid(text: str) -> Refused:
    return refused("InvalidArgument", f"x-amz-content-sha256 must be {', '.join(TEXTS)} or a valid sha256 value.", 400,
                   ArgumentName=SHA256, ArgumentValue=text)


def mismatch(text: str, body: bytes = BODY) -> Refused:
    return refused("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", 400,
                   ClientComputedContentSHA256=text, S3ComputedContentSHA256=sha256(body))


def wrong_length(expected: int, provided: int) -> Refused:
    return refused("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header", 400,
                   NumberBytesExpected=str(expected), NumberBytesProvided=str(provided))


# What x-amz-content-sha256 says: text (None: it isn't there), answer to a GET, answer to a PUT of BODY. Of a pair the first is
# of Signature V4 in a header.
Pair = tuple[Expected, Expected]
SHA256S: tuple[tuple[str, str | None, Pair, Pair], ...] = (
    ("nothing", None, (MISSING, Taken()), (MISSING, Taken())),
    ("UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", (Taken(), Taken()), (Taken(), Taken())),
    ("in lower case", "unsigned-payload", (invalid("unsigned-payload"), Taken()),
     (invalid("unsigned-payload"), mismatch("unsigned-payload"))),
    ("no digest", "invalid", (invalid("invalid"), Taken()), (invalid("invalid"), mismatch("invalid"))),
    ("the body's", sha256(BODY), (Taken(), Taken()), (Taken(), Taken())),
    ("the body's, in upper case", sha256(BODY).upper(), (Taken(), Taken()), (Taken(), Taken())),
    ("another's", sha256(OTHER), (Taken(), Taken()), (mismatch(sha256(OTHER)), mismatch(sha256(OTHER)))),
)

# Headers of a PUT of BODY that is signed in any way.
ANNOUNCEMENTS: tuple[tuple[str, dict[str, str], Expected], ...] = (
    ("a checksum in two headers", {"x-amz-checksum-crc32": crc32(BODY), "x-amz-checksum-crc32c": crc32(BODY)}, SEVERAL),
    ("and another sdk algorithm", {"x-amz-checksum-crc32": crc32(BODY), "x-amz-checksum-crc32c": crc32(BODY),
                                   "x-amz-sdk-checksum-algorithm": "sha256"}, SEVERAL),
    ("a header, and the same trailer", {"x-amz-checksum-crc32": crc32(BODY), "x-amz-trailer": "x-amz-checksum-crc32"}, ONE_PLACE),
    ("a header, and another trailer", {"x-amz-checksum-crc32": crc32(BODY), "x-amz-trailer": "x-amz-checksum-crc32c"}, ONE_PLACE),
    ("a header, and two trailers", {"x-amz-checksum-crc32": crc32(BODY),
                                    "x-amz-trailer": "x-amz-checksum-crc32, x-amz-checksum-crc32c"}, SEVERAL),
    ("a header, one trailer twice, and another sdk algorithm",
     {"x-amz-checksum-crc32": crc32(BODY), "x-amz-trailer": "x-amz-checksum-crc32, x-amz-checksum-crc32",
      "x-amz-sdk-checksum-algorithm": "sha256"}, SEVERAL),
    ("another sdk algorithm than the header", {"x-amz-checksum-crc32": crc32(BODY), "x-amz-sdk-checksum-algorithm": "CRC32C"}, SDK),
    ("a trailer of a body that has none", {"x-amz-trailer": "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm": "crc32"}, TRAILER),
    ("a body in chunks, and no length of what they have", {SHA256: TEXTS[1], "content-encoding": "aws-chunked"}, NO_LENGTH),
    ("likewise, and one that is no number",
     {SHA256: TEXTS[1], "content-encoding": "aws-chunked", "x-amz-decoded-content-length": "none"}, NO_LENGTH),
    ("Content-Encoding aws-chunked of a body that isn't", {SHA256: sha256(BODY), "content-encoding": "aws-chunked"},
     Taken("aws-chunked")),
)


@dataclass(frozen=True)
class Stream:
    """A PUT whose body is said to come aws-chunked, signed in a header."""

    what: str
    body: Union[bytes, Callable[[Chunks], bytes]]
    expected: Expected
    headers: dict[str, str] = field(default_factory=dict)
    form: str = TEXTS[1]
    length: int = len(BODY)


def plain(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


WHOLE = plain(BODY, b"")
OPEN = WHOLE[:-2]
LINE = f"x-amz-checksum-crc32: {crc32(BODY)}\r\n".encode()
WRONG = f"x-amz-checksum-crc32: {crc32(OTHER)}\r\n".encode()
ANNOUNCED = {"x-amz-trailer": "x-amz-checksum-crc32"}
GLUED = b"".join(b"%x\r\n%s" % (len(chunk), chunk) for chunk in (BODY, b""))


def signed(*chunks: bytes, **change: bytes) -> Callable[[Chunks], bytes]:
    def made(with_what: Chunks) -> bytes:
        body = with_what.body(chunks)
        return body.replace(change["old"], change["new"]) if change else body

    return made


def _announced(value: str, expected: Expected) -> Stream:
    return Stream(f"announced as {value!r}", OPEN + LINE, expected, {"x-amz-trailer": value})


STREAMS: tuple[Stream, ...] = (
    Stream("no chunks", BODY, INCOMPLETE),
    Stream("no trailer", WHOLE, Taken()),
    Stream("nothing behind the last chunk's line", OPEN, Taken()),
    Stream("a CR alone behind it", WHOLE[:-1], INCOMPLETE),
    Stream("no last chunk", plain(BODY), INCOMPLETE),
    Stream("an empty chunk in the middle", plain(BODY[:4], b"", BODY[4:], b""), wrong_length(32, 4)),
    Stream("too many bytes", plain(BODY * 2, b""), wrong_length(32, 64)),
    Stream("lines that end with LF", WHOLE.replace(b"\r\n", b"\n"), INCOMPLETE),
    Stream("lines that end with CR", WHOLE.replace(b"\r\n", b"\r"), INCOMPLETE),
    Stream("chunks without their CRLF", GLUED, INCOMPLETE, length=len(GLUED)),
    Stream("a checksum in a header", WHOLE, Taken(), {"x-amz-checksum-crc32": crc32(BODY)}),
    Stream("a wrong checksum in a header", WHOLE, BAD_CRC32, {"x-amz-checksum-crc32": crc32(OTHER)}),
    Stream("an announced trailer that doesn't come", WHOLE, TRAILER, ANNOUNCED),
    Stream("a trailer", OPEN + LINE + b"\r\n", Taken(), ANNOUNCED),
    Stream("a trailer and no empty line", OPEN + LINE, Taken(), ANNOUNCED),
    Stream("a trailer, an empty line and anything", OPEN + LINE + b"\r\n\xff\xde\xad", Taken(), ANNOUNCED),
    Stream("a trailer, an empty line and another", OPEN + LINE + b"\r\nbonus: trailer\r\n", Taken(), ANNOUNCED),
    Stream("an empty line before the trailer", WHOLE + LINE, TRAILER, ANNOUNCED),
    Stream("a trailer that ends with LF", OPEN + LINE[:-2] + b"\n", INCOMPLETE, ANNOUNCED),
    Stream("a trailer that ends with CR", OPEN + LINE[:-1], INCOMPLETE, ANNOUNCED),
    Stream("a trailer that doesn't end", OPEN + LINE[:-2], INCOMPLETE, ANNOUNCED),
    Stream("a trailer beside the announced one", OPEN + LINE + b"bonus: trailer\r\n", TRAILER, ANNOUNCED),
    Stream("another trailer than announced", OPEN + LINE, TRAILER, {"x-amz-trailer": "x-amz-checksum-crc32c"}),
    Stream("a wrong trailer, then the right one", OPEN + WRONG + LINE, Taken(), ANNOUNCED),
    Stream("the right trailer, then a wrong one", OPEN + LINE + WRONG, BAD_CRC32, ANNOUNCED),
    Stream("a malformed trailer", OPEN + b"x-amz-checksum-crc32: none\r\n",
           refused("InvalidRequest", "Value for x-amz-checksum-crc32 trailing header is invalid."), ANNOUNCED),
    _announced("x-amz-checksum-crc32,", Taken()),
    _announced("x-amz-checksum-crc32,,", Taken()),
    _announced("x-amz-checksum-crc32, ,", NO_TRAILER),
    _announced(",x-amz-checksum-crc32", NO_TRAILER),
    _announced("x-amz-checksum-crc32, x-amz-foo", NO_TRAILER),
    _announced("x-amz-checksum-crc32, x-amz-checksum-sha256", SEVERAL),
    _announced("content-md5", NO_TRAILER),
    Stream("other encodings around aws-chunked", WHOLE, Taken("foo, bar"), {"content-encoding": "foo, aws-chunked, bar"}),
    Stream("another encoding alone", WHOLE, Taken("gzip"), {"content-encoding": "gzip"}),
    Stream("signed, as it should be", signed(BODY, b""), Taken(), form=TEXTS[2]),
    Stream("signed, blanks around the parameter", signed(BODY, b"", old=b";chunk-signature=", new=b" ; chunk-signature = "), Taken(),
           form=TEXTS[2]),
    Stream("signed, no last chunk", signed(BODY), INCOMPLETE, form=TEXTS[2]),
    Stream("signed, no signatures", WHOLE, INCOMPLETE, form=TEXTS[2]),
    Stream("signed, empty signatures", b"20;chunk-signature=\r\n" + BODY + b"\r\n0;chunk-signature=\r\n\r\n", INCOMPLETE, form=TEXTS[2]),
    Stream("signed, small chunks", signed(b"x" * 1024, b"y" * 1024, b""),
           refused("InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes", 403, Chunk="2",
                   BadChunkSize="1024"), form=TEXTS[2], length=2048),
    Stream("signed, with a trailer", lambda chunks: chunks.body((BODY, b""), LINE), Taken(), ANNOUNCED, TEXTS[3]),
    Stream("signed, the trailer's signature missing",
           lambda chunks: chunks.body((BODY, b""), LINE).split(b"x-amz-trailer-signature")[0], INCOMPLETE, ANNOUNCED, TEXTS[3]),
)
# Answered 403 SignatureDoesNotMatch.
MISSIGNED: tuple[tuple[str, bytes, bytes], ...] = (
    ("a signature that is none", b";chunk-signature=", b";chunk-signature=invalid"),
    ("another parameter before it", b";chunk-signature=", b";extra=param;chunk-signature="),
)
