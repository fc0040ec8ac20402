"""Random requests, most of them rightly signed, so that they get as far as what they ask for. The same seed makes the same
requests, but for the time and for what the server has told before (uploads, versions, ETags)."""

from __future__ import annotations

import base64
import hashlib
import random
import urllib.parse
import zlib
from dataclasses import dataclass, field

from fuzz_documents import DOCUMENTS, ETAGS, NUMBERS, TEXTS, TIMES, changed, document_of
from fuzz_signing import (SIGNED_CHUNKS, UNSIGNED_CHUNKS, Draft, form_fields, in_chunks, presign, presign_v2, sign,
                          sign_v2)

BUCKETS = ["films"] * 8 + ["versioned"] * 6 + ["fuzz-bucket", "nowhere"]
KEYS = ["a", "b", "folder/a", "folder/b", "\xc3\xa9", "a b+c", "_partsmith/health", "%41", "./a", "x" * 900]
SUB_RESOURCES = ["abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete", "encryption", "id", "intelligent-tiering",
                 "inventory", "legal-hold", "lifecycle", "location", "logging", "metadataTable", "metrics", "notification", "object-lock",
                 "ownershipControls", "partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment",
                 "restore", "retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning",
                 "versions", "website", "list-type"]
CUSTOMER_KEY = base64.b64encode(b"k" * 32).decode()
CUSTOMER_MD5 = base64.b64encode(hashlib.md5(b"k" * 32).digest()).decode()

HEADERS: dict[str, list[str]] = {
    "Range": ["bytes=0-0", "bytes=-5", "bytes=5-", "bytes=9-2", "bytes=0-1,3-4", "bytes=" + "9" * 25 + "-", "bytes=0-" + "9" * 19, "bytes=-0", "lines=1-2", "bytes=", "bytes=--1"],
    "If-Match": ETAGS, "If-None-Match": ETAGS, "If-Modified-Since": TIMES, "If-Unmodified-Since": TIMES, "If-Range": [*ETAGS, *TIMES],
    "x-amz-copy-source-if-match": ETAGS, "x-amz-copy-source-if-none-match": ETAGS, "x-amz-copy-source-if-modified-since": TIMES,
    "x-amz-copy-source": ["/films/a", "films/b", "versioned/a?versionId=null", "/films/%C3%A9", "films", "/", "films/a?versionId=", "%2Ffilms%2Fa", "films/a?x=y", "arn:aws:s3:::films/a"],
    "x-amz-copy-source-range": ["bytes=0-0", "bytes=0-4", "bytes=5-4", "bytes=0-99999999999999999999", "bytes=-1"],
    "x-amz-metadata-directive": ["COPY", "REPLACE", "x"], "x-amz-tagging-directive": ["COPY", "REPLACE"], "x-amz-tagging": ["a=b", "a=b&a=c", "%=%", "a" * 200, "a=b&c"],
    "x-amz-meta-a": TEXTS, "x-amz-meta-\xc3\xa9": ["1"], "x-amz-acl": ["private", "public-read", "x"], "x-amz-grant-read": ['id="a"', "uri=x, id=", "id"],
    "x-amz-storage-class": ["STANDARD", "GLACIER", "REDUCED_REDUNDANCY", "x"], "x-amz-website-redirect-location": ["/a", "http://a", "javascript:x"],
    "x-amz-server-side-encryption": ["AES256", "aws:kms", "x"], "x-amz-server-side-encryption-aws-kms-key-id": TEXTS, "x-amz-server-side-encryption-context": ["e30=", "x"],
    "x-amz-server-side-encryption-customer-algorithm": ["AES256"], "x-amz-server-side-encryption-customer-key": [CUSTOMER_KEY, "x"],
    "x-amz-server-side-encryption-customer-key-MD5": [CUSTOMER_MD5, "x"], "x-amz-checksum-algorithm": ["CRC32", "CRC64NVME", "SHA256", "XXHASH64", "x"],
    "x-amz-sdk-checksum-algorithm": ["CRC32C", "x"], "x-amz-checksum-type": ["FULL_OBJECT", "COMPOSITE", "x"], "x-amz-checksum-mode": ["ENABLED", "x"],
    "x-amz-checksum-crc32": ["AAAAAA==", "x", ""], "x-amz-checksum-sha256": ["x"], "Content-MD5": ["1B2M2Y8AsgTpgAmY7PhCfg==", "x", ""],
    "x-amz-object-attributes": ["ETag,Checksum,ObjectParts,StorageClass,ObjectSize", "ETag", ",", "x"], "x-amz-max-parts": NUMBERS, "x-amz-part-number-marker": NUMBERS,
    "x-amz-expected-bucket-owner": ["000000000000", "1"], "x-amz-mp-object-size": NUMBERS, "x-amz-request-payer": ["requester"], "x-amz-bypass-governance-retention": ["true"],
    "x-amz-bucket-region": ["eu-west-1"], "x-amz-optional-object-attributes": ["RestoreStatus", "x"], "x-amz-if-match-size": NUMBERS, "x-amz-write-offset-bytes": NUMBERS,
    "Content-Type": ["text/html", "a/b; c=\"d\"", *TEXTS], "Content-Encoding": ["gzip", "aws-chunked", "gzip,aws-chunked"], "Cache-Control": TEXTS, "Expires": [*TIMES, "0"],
    "Content-Disposition": TEXTS, "Content-Language": TEXTS, "Expect": ["100-continue", "x"], "Origin": ["http://localhost:3000", "http://x.a", "null", "http://evil.example"],
    "Sec-Fetch-Site": ["cross-site", "same-origin", "none"], "Access-Control-Request-Method": ["PUT", "x"], "Access-Control-Request-Headers": ["x-a, b", ","],
    "Connection": ["close", "keep-alive", "upgrade"], "Upgrade": ["h2c"], "Cookie": ["a=b"], "X-Amz-Security-Token": ["x"], "x-amz-object-lock-mode": ["GOVERNANCE"],
}
PARAMETERS: dict[str, list[str]] = {
    "prefix": [*TEXTS, "folder/"], "delimiter": ["/", "", "//", "\xff"], "max-keys": NUMBERS, "marker": TEXTS, "start-after": TEXTS, "continuation-token": [*TEXTS, "MQ=="],
    "encoding-type": ["url", "x"], "fetch-owner": ["true", "x"], "key-marker": TEXTS, "version-id-marker": ["null", *TEXTS], "upload-id-marker": TEXTS, "max-uploads": NUMBERS,
    "max-parts": NUMBERS, "part-number-marker": NUMBERS, "partNumber": NUMBERS, "versionId": ["null", *TEXTS], "uploadId": TEXTS, "list-type": ["2", "1"], "max-buckets": NUMBERS,
    "bucket-region": ["us-east-1"], "response-content-type": TEXTS, "response-expires": TEXTS, "response-content-disposition": TEXTS, "x-id": ["GetObject"],
    "x-amz-meta-q": TEXTS, "x-amz-acl": ["private"], "X-Amz-Expires": NUMBERS,
}


@dataclass
class Wire:
    """What is sent, and how many answers may come."""

    data: bytes
    what: str
    methods: list[str] = field(default_factory=list)
    part: tuple[str, str] | None = None
    """The upload and the number of the part that it stores."""


def _wire(data: bytes, what: str) -> Wire:
    """One answer may come, to the method as it is sent: what was changed may be another."""
    return Wire(data, what, [data.split(b" ", 1)[0].decode("latin-1")])


def _body(random: random.Random) -> bytes:
    size = random.choice([0, 0, 1, 5, 100, 4096, 20_000, random.randrange(70_000)] + ([5 << 20] if random.random() < 0.02 else []))
    return random.randbytes(min(size, 64)) * (size // 64 + 1) if size > 64 else random.randbytes(size)


class Maker:
    """`known` is what answers have told, and grows while it is used: see `learn`."""

    def __init__(self, host: str):
        self.host = host
        self.known: dict[str, list[str]] = {"key": KEYS[:6], "etag": list(ETAGS), "version": ["null"], "upload": ["none"]}
        """Uploads as KEY?UPLOAD."""
        self.parts: dict[str, dict[str, str]] = {}
        """ETags by upload and number."""

    def learn(self, kind: str, value: str) -> None:
        values = self.known[kind]
        values.append(value)
        if len(values) > 40:
            del values[8 if kind in ("key", "etag") else 0]

    def learn_part(self, part: tuple[str, str], etag: str) -> None:
        upload, number = part
        self.parts.setdefault(upload, {})[number] = etag

    def make(self, random: random.Random) -> Wire:
        what = random.choices([self._anything, self._object, self._listing, self._document, self._multipart, self._copy, self._form, self._junk],
                              [4, 5, 3, 5, 5, 2, 3, 1])[0]
        return what(random)

    def _draft(self, random: random.Random, method: str, bucket: str, key: str | None) -> Draft:
        headers = [("Host", self.host)]
        path = "/" + bucket + ("" if key is None else "/" + key)
        if random.random() < 0.05:
            headers, path = [("Host", f"{bucket}.localhost:{self.host.partition(':')[2]}")], "/" + (key or "")
        return Draft(method, path, [], headers)

    def _spice(self, random: random.Random, draft: Draft, names: list[str] | None = None) -> None:
        """Headers and parameters that have nothing to do with what it asks for, half the time."""
        if random.random() < 0.5:
            return
        for name in random.sample(names or list(HEADERS), random.choice([0, 1, 1, 1, 2, 4])):
            draft.headers.append((name, _fit(random, random.choice(HEADERS[name]))))
        if random.random() < 0.1:
            draft.headers += [("x-amz-server-side-encryption-customer-algorithm", "AES256"), ("x-amz-server-side-encryption-customer-key", CUSTOMER_KEY),
                              ("x-amz-server-side-encryption-customer-key-MD5", CUSTOMER_MD5)]
        if random.random() < 0.03:
            draft.headers += [("x-amz-meta-" + "abc"[n % 3], "v" * n) for n in range(random.choice([3, 60]))]
        for name in random.sample(list(PARAMETERS), random.choice([0, 0, 0, 1, 2])):
            draft.query.append((name, random.choice(PARAMETERS[name])))

    def _anything(self, random: random.Random) -> Wire:
        bucket, key = random.choice(BUCKETS), random.choice([None, *self.known["key"]])
        draft = self._draft(random, random.choice(["GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]), bucket, key)
        if random.random() < 0.05:
            draft.path = "/"
        for name in random.sample(SUB_RESOURCES, random.choice([0, 1, 1, 2])):
            draft.query.append((name, random.choice(["", "", *TEXTS, *self.known["version"]])))
        if draft.method in ("PUT", "POST") or random.random() < 0.1:
            draft.body = _body(random)
        if draft.method == "OPTIONS" and random.random() < 0.9:
            draft.headers += [("Origin", random.choice(HEADERS["Origin"])), ("Access-Control-Request-Method", random.choice(["GET", "PUT", "x"]))]
        self._spice(random, draft)
        return self._send(random, draft, "anything")

    def _object(self, random: random.Random) -> Wire:
        draft = self._draft(random, random.choice(["GET", "GET", "HEAD", "PUT", "PUT", "DELETE"]), random.choice(BUCKETS[:14]), random.choice(self.known["key"]))
        if draft.method == "PUT":
            draft.body = _body(random)
        elif random.random() < 0.3:
            draft.query.append(("versionId", random.choice(self.known["version"])))
        self._spice(random, draft)
        return self._send(random, draft, "object")

    def _listing(self, random: random.Random) -> Wire:
        draft = self._draft(random, "GET", random.choice(BUCKETS), None)
        draft.query += random.choice([[], [("list-type", "2")], [("versions", "")], [("uploads", "")]])
        names = ["prefix", "delimiter", "max-keys", "marker", "start-after", "continuation-token", "encoding-type", "key-marker", "version-id-marker", "upload-id-marker", "max-uploads"]
        for name in random.sample(names, random.randrange(5)):
            draft.query.append((name, random.choice(PARAMETERS[name] + self.known["key"])))
        if random.random() < 0.1:
            draft.path = "/"
        return self._send(random, draft, "listing")

    def _document(self, random: random.Random) -> Wire:
        method, about, names, template = random.choice(DOCUMENTS)
        draft = self._draft(random, method, random.choice(BUCKETS), random.choice(self.known["key"]) if about == "object" else None)
        draft.query = [(name, "") for name in names]
        if names == ["uploadId"]:
            key, _, upload = random.choice(self.known["upload"]).rpartition("?")
            draft.path, draft.query = "/films/" + (key or "a"), [("uploadId", upload)]
        draft.body = document_of(random, template, self.known)
        if random.random() < 0.9:
            draft.headers.append(("Content-MD5", base64.b64encode(hashlib.md5(draft.body).digest()).decode()))
        if random.random() < 0.2:
            self._spice(random, draft)
        return self._send(random, draft, "document")

    def _multipart(self, random: random.Random) -> Wire:
        key, _, upload = random.choice(self.known["upload"]).rpartition("?")
        key = key or random.choice(KEYS[:6])
        what = random.choice(["POST", "PUT", "PUT", "PUT", "PUT", "GET", "complete", "complete", random.choice(["GET", "DELETE"])] if upload != "none" else ["POST"])
        draft = self._draft(random, "POST" if what == "complete" else what, "films", key)
        draft.query = [("uploadId", upload)]
        if what == "POST":
            draft.query = [("uploads", "")]
        elif what == "PUT":
            number = random.choice(["1", "2", "3", random.choice(["1", *NUMBERS])])
            draft.query.append(("partNumber", number))
            draft.body = _body(random)
            if random.random() < 0.2:
                draft.headers.append(("x-amz-copy-source", random.choice(HEADERS["x-amz-copy-source"])))
        elif what == "complete":
            parts = self.parts.get(upload, {"1": random.choice(self.known["etag"])})
            text = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in sorted(parts.items()))
            draft.body = f"<CompleteMultipartUpload>{text}</CompleteMultipartUpload>".encode("latin-1")
        if random.random() < 0.4:
            self._spice(random, draft)
        wire = self._send(random, draft, "multipart")
        wire.part = (upload, number) if what == "PUT" else None
        return wire

    def _copy(self, random: random.Random) -> Wire:
        draft = self._draft(random, "PUT", random.choice(BUCKETS[:14]), random.choice(self.known["key"]))
        source = urllib.parse.quote_from_bytes(random.choice(self.known["key"]).encode("latin-1"))
        draft.headers.append(("x-amz-copy-source", random.choice([f"/films/{source}", f"versioned/{source}?versionId={random.choice(self.known['version'])}",
                                                                  _fit(random, random.choice(HEADERS["x-amz-copy-source"]))])))
        self._spice(random, draft, [name for name in HEADERS if name.startswith("x-amz") and name != "x-amz-copy-source"])
        return self._send(random, draft, "copy")

    def _form(self, random: random.Random) -> Wire:
        bucket = random.choice(BUCKETS[:14])
        draft = self._draft(random, "POST", bucket, None)
        pool = {"Content-Type": TEXTS, "success_action_status": ["200", "201", "204", "x"], "success_action_redirect": ["http://a/", "x", "http://a/?b#c"], "tagging": ["<Tagging><TagSet/></Tagging>", "<"],
                "x-amz-meta-a": TEXTS, "acl": ["private"], "x-amz-checksum-crc32": ["AAAAAA=="], "x-amz-storage-class": ["GLACIER", "x"], "Expires": TIMES, "x-ignore-a": TEXTS,
                "x-amz-server-side-encryption": ["AES256"], "x-amz-website-redirect-location": ["/a"]}
        fields = [("key", random.choice([*KEYS[:6], "${filename}", "f/${filename}", *TEXTS]))]
        fields += [(name, random.choice(pool[name])) for name in random.sample(list(pool), random.choice([0, 1, 2, 4]))]
        fields += random.choice([[]] * 9 + [[("bucket", bucket)], [("bucket", "x")], [("key", "again")]])
        conditions: list[object] = [["starts-with", "$" + name, ""] for name, _ in fields if not name.startswith("x-ignore")]
        conditions += random.choice([[{"bucket": bucket}]] * 4 + [[{"bucket": bucket}, ["content-length-range", 0, 30_000]], [["eq", "$bucket", bucket]], [["x"]], []])
        fields += form_fields(conditions, random.random() < 0.6)
        if random.random() < 0.2:
            random.shuffle(fields)
        boundary = random.choice(["B", "----WebKitFormBoundaryabc", "x" * 70, "'()+_,-./:=?"])
        quoted = f'"{boundary}"' if random.random() < 0.5 or boundary.startswith("'") else boundary
        text = b"".join(_part(boundary, f'name="{name}"', value.encode("latin-1")) for name, value in fields)
        name = random.choice(["a.txt", "C:\\a\\b.txt", "\xc3\xa9", "a\\\"b", "", "x" * 300])
        text += _part(boundary, f'name="file"; filename="{name}"' + random.choice(["", "\r\nContent-Type: text/plain"]), _body(random))
        text += random.choice([b"", _part(boundary, 'name="after"', b"x"), b"epilogue"]) + f"--{boundary}--\r\n".encode()
        draft.body = changed(random, text) if random.random() < 0.2 else text
        draft.headers.append(("Content-Type", "multipart/form-data; boundary=" + quoted))
        if random.random() < 0.1:
            self._spice(random, draft)
        return self.framed(random, draft, draft.body, "form")

    def _junk(self, random: random.Random) -> Wire:
        texts = [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /_partsmith/health HTTP/1.0\r\n\r\n", b"PUT /films/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET http://localhost/films HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/\r\n\r\n", random.randbytes(40)]
        data = random.choice(texts)
        return _wire(changed(random, data) if random.random() < 0.7 else data, "junk")

    def _send(self, random: random.Random, draft: Draft, what: str) -> Wire:
        """Signs and frames it."""
        how = random.choices(["header", "query", "v2", "v2 query", "nobody", "chunks"], [60, 10, 4, 4, 2, 25 if draft.method == "PUT" and what in ("object", "multipart") else 1])[0]
        if how == "chunks":
            return self.framed(random, draft, _streamed(random, draft), what + " in chunks")
        if how == "header":
            sign(draft, "UNSIGNED-PAYLOAD" if random.random() < 0.2 else None)
        else:
            {"query": presign, "v2": sign_v2, "v2 query": presign_v2, "nobody": lambda _: None}[how](draft)
        return self.framed(random, draft, draft.body, what)

    def framed(self, random: random.Random, draft: Draft, body: bytes, what: str) -> Wire:
        lines = list(draft.headers)
        if random.random() < (0.02 if what == "form" else 0.08):
            lines.append(("Transfer-Encoding", "chunked"))
            body = _http_chunks(random, body)
        elif body or draft.method in ("PUT", "POST"):
            lines.append(("Content-Length", str(len(body)) if random.random() < 0.97 else random.choice(NUMBERS)))
        head = f"{draft.method} {draft.target()} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
        data = head.encode("latin-1")
        if random.random() < 0.04:
            data = changed(random, data)
        return _wire(data + body, what)


def _fit(random: random.Random, value: str) -> str:
    """A value that a head can carry, nearly always."""
    return value if random.random() < 0.03 else "".join(letter for letter in value if letter >= " " and letter != "\x7f")


def _part(boundary: str, head: str, value: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode("latin-1") + value + b"\r\n"


def _streamed(random: random.Random, draft: Draft) -> bytes:
    """The body in aws-chunked, with a seed's signature or none, a trailer or none; a third of them changed."""
    trailers = [("x-amz-checksum-crc32", base64.b64encode(zlib.crc32(draft.body).to_bytes(4)).decode())] if random.random() < 0.6 else []
    is_signed = random.random() < 0.6
    payload = (SIGNED_CHUNKS + ("-TRAILER" if trailers else "")) if is_signed else UNSIGNED_CHUNKS
    draft.headers += [("x-amz-decoded-content-length", str(len(draft.body)) if random.random() < 0.9 else random.choice(NUMBERS).strip()), ("Content-Encoding", "aws-chunked")]
    draft.headers += [("x-amz-trailer", name) for name, _ in trailers]
    seed = sign(draft, payload)
    size = random.choice([8192, 16384, 65536, 1 << 20])
    chunks = [draft.body[at:at + size] for at in range(0, len(draft.body), size)]
    text = in_chunks(chunks, seed if is_signed else None, trailers)
    return changed(random, text) if random.random() < 0.3 else text


def _http_chunks(random: random.Random, body: bytes) -> bytes:
    size = random.choice([1, 100, 4096, 65536]) if len(body) < 5000 else 65536
    text = b"".join(b"%x%s\r\n" % (len(piece), random.choice([b"", b"", b";a=b"])) + piece + b"\r\n" for piece in (body[at:at + size] for at in range(0, len(body), size)))
    text += b"0\r\n" + random.choice([b"", b"a: b\r\n"]) + b"\r\n"
    return changed(random, text) if random.random() < 0.3 else text
