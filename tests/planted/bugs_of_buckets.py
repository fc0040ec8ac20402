"""Buckets and what they are configured with."""

from __future__ import annotations

from typing import Any

from .bugs_of_copies import _summed
from .edits import document, loses_on_the_way_out
from .message import Answer, Request, answer, elements, value
from .proxy import Server, bug


@bug("bucket.list-second-missing", "ListBuckets")
def list_second_missing(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    a.set_elements("Bucket", a.elements("Bucket")[:1])
    return a


def list_ignores(name: str, parameter: str) -> None:
    @bug(name, "ListBuckets")
    def handle(r: Request, server: Server, m: Any) -> Answer:
        if r.has_query(parameter):
            r.drop_query(parameter)
        return server(r)


list_ignores("bucket.list-prefix-unread", "prefix")
list_ignores("bucket.list-page-unread", "max-buckets")


@bug("bucket.delete-with-versions", "DeleteBucket")
def delete_with_versions(r: Request, server: Server, m: Any) -> Answer:
    a = server(r)
    if a.value("Code") == "BucketNotEmpty":
        there = server.ask("GET", r.bucket, "", {"versions": ""})
        if not there.elements("Version") and there.elements("DeleteMarker"):
            return answer(204)
    return a


loses_on_the_way_out("bucket.head-no-region", ("HeadBucket",), "x-amz-bucket-region")


def keeps_first(name: str, operation: str, element: str) -> None:
    """Of several elements in the document only the first counts."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        text = document(r)
        rules = elements(text, element)
        if len(rules) > 1:
            for rule in rules[1:]:
                text = text.replace(rule, "", 1)
            r.set_body(text.encode())
            _summed(r)
        return server(r)


keeps_first("bucket.cors-second-rule", "PutBucketCors", "CORSRule")
keeps_first("bucket.lifecycle-second-rule", "PutBucketLifecycleConfiguration", "Rule")


@bug("bucket.tags-merge", "PutBucketTagging")
def tags_merge(r: Request, server: Server, m: Any) -> Answer:
    text = document(r)
    new = [value(tag, "Key") for tag in elements(text, "Tag")]
    had = server.ask("GET", r.bucket, "", {"tagging": ""}).elements("Tag")
    more = [tag for tag in had if value(tag, "Key") not in new]
    if more and "</TagSet>" in text:
        r.set_body(text.replace("</TagSet>", "".join(more) + "</TagSet>").encode())
        _summed(r)
    return server(r)


@bug("bucket.block-partial", "PutBucketPublicAccessBlock")
def block_partial(r: Request, server: Server, m: Any) -> Answer:
    text = document(r)
    had = server.ask("GET", r.bucket, "", {"publicAccessBlock": ""})
    more = [f"<{name}>true</{name}>" for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
            if had.ok and f"<{name}>" not in text and had.value(name) == "true"]
    if more:
        r.set_body(text.replace("</PublicAccessBlockConfiguration>", "".join(more) + "</PublicAccessBlockConfiguration>").encode())
        _summed(r)
    return server(r)


def does_nothing(name: str, operation: str, when: Any = lambda r: True) -> None:
    """The operation is told as done."""
    @bug(name, operation)
    def handle(r: Request, server: Server, m: Any) -> Answer:
        probe = Request(r.method, r.target, list(r.headers), r.body)
        return answer(200) if when(probe) and server.ask("HEAD", r.bucket, r.key).ok else server(r)


does_nothing("bucket.ownership-unkept", "PutBucketOwnershipControls", lambda r: "<Rule>" in document(r))
does_nothing("bucket.acl-unkept", "PutObjectAcl")
does_nothing("bucket.suspend-unread", "PutBucketVersioning", lambda r: ">Suspended<" in document(r))
loses_on_the_way_out("bucket.encryption-not-for-uploads", ("CreateMultipartUpload",), "x-amz-server-side-encryption",
                     "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-bucket-key-enabled")
