"""What was answered once is answered again, though another operation than the usual one has changed it."""

from __future__ import annotations

from typing import Any

from .bugs_of_settings import field
from .edits import document
from .message import Answer, Request, elements, value
from .proxy import Server, bug

GET, HEAD, PUT, COPY, DELETE, BATCH = "GetObject", "HeadObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects"
COMPLETE, FORM, TAG, UNTAG = "CompleteMultipartUpload", "PostObject", "PutObjectTagging", "DeleteObjectTagging"
TAGS, ACL, ATTRIBUTES = "GetObjectTagging", "GetObjectAcl", "GetObjectAttributes"
WRITES = (PUT, COPY, DELETE, BATCH, COMPLETE, FORM, TAG, UNTAG, "PutObjectAcl", "PutBucketVersioning", "DeleteBucket")
LISTS = ("ListObjects", "ListObjectsV2")
UPLOADS, PARTS, VERSIONS = "ListMultipartUploads", "ListParts", "ListObjectVersions"
UPLOAD_WRITES = ("CreateMultipartUpload", COMPLETE, "AbortMultipartUpload", "UploadPart", "UploadPartCopy")
BUCKET_WRITES = ("CreateBucket", "DeleteBucket")
PLAIN = ("host", "x-amz-date", "x-amz-content-sha256", "authorization", "user-agent", "accept", "connection", "content-length",
         "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request")


def changed(r: Request) -> list[str]:
    """The keys that a request is about."""
    if r.operation == BATCH:
        return [value(item, "Key") for item in elements(document(r), "Object")]
    return [field(r, "key")] if r.operation == FORM else [r.key]


def remembered(r: Request) -> Any:
    """By what an answer is found again: a faulty cache is keyed rightly, and only not told of changes."""
    query = tuple(sorted(pair for pair in r.query if not pair[0].startswith("X-Amz-")))
    more = tuple(sorted((n.lower(), v) for n, v in r.headers if n.lower() not in PLAIN))
    return r.operation, r.key, query, more


def stale(name: str, reads: tuple[str, ...], writes: tuple[str, ...], *deaf: str, missing: bool = False) -> None:
    """Answers to `reads` are kept until one of `writes`, but for the deaf ones, changes the key, or the bucket of a listing; with
    `missing` those that say that there is nothing, else those that say what is there."""
    @bug(name, *reads, *writes, unsigned=FORM in writes)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        kept = m["kept", r.bucket, r.key]
        if r.operation in reads:
            if not server.keys.holds(r):
                return server(r)
            had = kept.get(remembered(r))
            if had:
                return Answer(had.status, had.reason, list(had.headers), had.body)
            a = server(r)
            if (a.status == 404) if missing else a.ok:
                kept[remembered(r)] = Answer(a.status, a.reason, list(a.headers), a.body)
            return a
        a = server(r)
        if r.operation not in deaf:
            for key in {"", *changed(r)}:
                m["kept", r.bucket, key].clear()
        return a


for _short, _deaf in {"copy": COPY, "complete": COMPLETE, "batch": BATCH, "form": FORM, "delete": DELETE}.items():
    stale(f"cache.head-after-{_short}", (HEAD,), WRITES, _deaf)
    stale(f"cache.get-after-{_short}", (GET,), WRITES, _deaf)
    stale(f"cache.list-after-{_short}", LISTS, WRITES, _deaf)
for _short, _deaf in {"put": PUT, "copy": COPY, "complete": COMPLETE, "form": FORM}.items():
    stale(f"cache.nothing-after-{_short}", (HEAD, GET), WRITES, _deaf, missing=True)
    stale(f"cache.tags-after-{_short}", (TAGS,), WRITES, _deaf)
    stale(f"cache.attributes-after-{_short}", (ATTRIBUTES,), WRITES, _deaf)
stale("cache.head-after-tags", (HEAD,), WRITES, TAG, UNTAG)
stale("cache.acl-after-put", (ACL,), WRITES, PUT)
stale("cache.list-after-put", LISTS, WRITES, PUT)
stale("cache.versions-after-batch", (VERSIONS,), WRITES, BATCH)
stale("cache.versions-after-complete", (VERSIONS,), WRITES, COMPLETE)
stale("cache.parts-after-copy", (PARTS,), UPLOAD_WRITES, "UploadPartCopy")
stale("cache.parts-after-part", (PARTS,), UPLOAD_WRITES, "UploadPart")
stale("cache.uploads-after-abort", (UPLOADS,), UPLOAD_WRITES, "AbortMultipartUpload")
stale("cache.uploads-after-create", (UPLOADS,), UPLOAD_WRITES, "CreateMultipartUpload")
stale("cache.bucket-head-after-delete", ("HeadBucket",), BUCKET_WRITES, "DeleteBucket")
stale("cache.bucket-nothing-after-create", ("HeadBucket", *LISTS), BUCKET_WRITES, "CreateBucket", missing=True)


def stale_setting(name: str, sub: str, *deaf: str) -> None:
    """Of a bucket; the verbs that are deaf."""
    stale(name, (f"GetBucket{sub}",), (f"PutBucket{sub}", f"DeleteBucket{sub}", "CreateBucket"), *[f"{verb}Bucket{sub}" for verb in deaf])


stale_setting("cache.bucket-tags-after-put", "Tagging", "Put")
stale_setting("cache.bucket-tags-after-delete", "Tagging", "Delete")
stale_setting("cache.lifecycle-after-put", "LifecycleConfiguration", "Put")
stale_setting("cache.lifecycle-after-delete", "LifecycleConfiguration", "Delete")
stale_setting("cache.encryption-after-delete", "Encryption", "Delete")
stale_setting("cache.versioning-after-put", "Versioning", "Put")
stale_setting("cache.public-block-after-delete", "PublicAccessBlock", "Delete")
stale_setting("cache.ownership-after-delete", "OwnershipControls", "Delete")
