"""What is right at one operation, one bucket, one version, one page, and not looked at elsewhere."""

from __future__ import annotations

import re
from typing import Any

from .bugs_of_copies import copy_loses, source_of
from .edits import leaves_parameter_unread, loses_on_the_way_in, loses_on_the_way_out, takes_any_signature
from .message import Answer, Request, encoded, value
from .proxy import Server, bug

UPLOADS, VERSIONS, V2 = "ListMultipartUploads", "ListObjectVersions", "ListObjectsV2"
PUT, COPY, CREATE, PART, GET, HEAD = "PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "GetObject", "HeadObject"

leaves_parameter_unread("tags.put-of-a-version", ("PutObjectTagging",), "versionId")
leaves_parameter_unread("tags.delete-of-a-version", ("DeleteObjectTagging",), "versionId")
leaves_parameter_unread("acl.of-a-version", ("GetObjectAcl",), "versionId")
leaves_parameter_unread("acl.put-of-a-version", ("PutObjectAcl",), "versionId")
leaves_parameter_unread("versions.delimiter-unread", (VERSIONS,), "delimiter")
leaves_parameter_unread("versions.next-page-forgets-prefix", (VERSIONS,), "prefix", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("list-uploads.next-page-forgets-prefix", (UPLOADS,), "prefix", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("list-uploads.next-page-forgets-delimiter", (UPLOADS,), "delimiter", when=lambda r: r.has_query("key-marker"))
leaves_parameter_unread("read.overrides-other-four", (GET,), "response-cache-control", "response-expires", "response-content-language",
                        "response-content-encoding")
leaves_parameter_unread("bucket.list-token-unread", ("ListBuckets",), "continuation-token")

loses_on_the_way_in("create.website-redirect-lost", (CREATE,), "x-amz-website-redirect-location")
loses_on_the_way_in("create.acl-lost", (CREATE,), "x-amz-acl")
loses_on_the_way_out("read.head-part-without-metadata", (HEAD,), "content-type", "cache-control",
                     when=lambda r, a: r.number > 0)
loses_on_the_way_out("read.part-without-version", (GET, HEAD), "x-amz-version-id", when=lambda r, a: r.number > 0)

takes_any_signature("signature.delete", "DeleteObject")
takes_any_signature("signature.bucket-setting", "PutBucketCors")
takes_any_signature("signature.bucket-removal", "DeleteBucket")


@bug("presigned.metadata-lost", PUT)
def presigned_metadata_lost(r: Request, server: Server, m: Any) -> Answer:
    if r.signed_in_query() and r.metadata():
        r.drop_header(*[name for name, _ in r.metadata()])
    return server(r)


@bug("read.if-match-star", GET, HEAD)
def if_match_star(r: Request, server: Server, m: Any) -> Answer:
    """`*` is compared as if it were an ETag."""
    if r.header("if-match") == "*":
        r.set_header("If-Match", '"*"')
    return server(r)


@bug("copy.class-of-source", COPY)
def class_of_source(r: Request, server: Server, m: Any) -> Answer:
    """A copy that names no storage class has its source's."""
    source = source_of(r, server)
    if source.has("x-amz-storage-class") and not r.has("x-amz-storage-class"):
        r.set_header("x-amz-storage-class", source.header("x-amz-storage-class"))
    return server(r)


@bug("copy.only-this-bucket", COPY)
def only_this_bucket(r: Request, server: Server, m: Any) -> Answer:
    """Where the bucket has the source's key, too, that is copied."""
    bucket, _, key = r.header("x-amz-copy-source").lstrip("/").partition("/")
    if bucket != r.bucket and server.ask("HEAD", r.bucket, key.partition("?")[0]).ok:
        r.set_header("x-amz-copy-source", f"/{r.bucket}/{key}")
    return server(r)


@bug("copy.acl-of-source", COPY)
def acl_of_source(r: Request, server: Server, m: Any) -> Answer:
    """A copy is as public as its source."""
    path = r.header("x-amz-copy-source").lstrip("/").partition("?")[0]
    bucket, _, key = path.partition("/")
    if "AllUsers" in server.ask("GET", bucket, key, {"acl": ""}).text and not r.has("x-amz-acl"):
        r.set_header("x-amz-acl", "public-read")
    return server(r)


copy_loses("copy.expires-lost", "expires")
copy_loses("copy.language-lost", "content-language")


@bug("list-uploads.second-type-missing", UPLOADS)
def second_type_missing(r: Request, server: Server, m: Any) -> Answer:
    """Only the first upload tells its kind of checksum."""
    a = server(r)
    a.set_elements("Upload", [u if index == 0 else re.sub(r"<Checksum\w+>[^<]*</Checksum\w+>", "", u)
                              for index, u in enumerate(a.elements("Upload"))])
    return a


@bug("list.uploads-make-folders", V2)
def uploads_make_folders(r: Request, server: Server, m: Any) -> Answer:
    """The folder of an upload that isn't completed is a common prefix."""
    a = server(r)
    if a.ok and r.asked("delimiter") == "/" and a.value("IsTruncated") == "false" and not r.has_query("encoding-type"):
        prefix = r.asked("prefix")
        there = server.ask("GET", r.bucket, "", {"uploads": "", "prefix": prefix, "delimiter": "/"}).elements("CommonPrefixes")
        had = a.elements("CommonPrefixes")
        for group in there:
            if group not in had and not r.asked("start-after") and not r.has_query("continuation-token"):
                a.text = a.text.replace("</ListBucketResult>", group + "</ListBucketResult>")
    return a


@bug("upload.any-bucket", PART, "ListParts", CREATE)
def any_bucket(r: Request, server: Server, m: Any) -> Answer:
    """An upload's id is good for its key in any bucket."""
    if r.operation == CREATE:
        a = server(r)
        if a.ok:
            m["uploads"][a.value("UploadId")] = r.id
        return a
    made = m["uploads"].get(r.upload)
    if made and made[1] == r.key and made[0] != r.bucket:
        r.bucket = made[0]
        r.path = "/" + encoded(r.bucket) + "/" + encoded(r.key, "/")
        r.changed = True
    return server(r)


@bug("bucket.created-now", "ListBuckets")
def created_now(r: Request, server: Server, m: Any) -> Answer:
    """A bucket's date is the time of the listing."""
    import time
    a = server(r)
    a.set_value("CreationDate", time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
    return a


@bug("versions.delete-many-tells-no-marker", "DeleteObjects")
def delete_many_tells_no_marker(r: Request, server: Server, m: Any) -> Answer:
    """From the second entry on, markers aren't told."""
    a = server(r)
    a.set_elements("Deleted", [d if index == 0 else re.sub(r"<DeleteMarker\w*>[^<]*</DeleteMarker\w*>", "", d)
                               for index, d in enumerate(a.elements("Deleted"))])
    return a


@bug("delete.tells-each-key-once", "DeleteObjects")
def tells_each_key_once(r: Request, server: Server, m: Any) -> Answer:
    """Of several versions of a key that are deleted at once, one is told."""
    a = server(r)
    seen: dict[str, str] = {}
    for item in a.elements("Deleted"):
        seen.setdefault(value(item, "Key"), item)
    if seen:
        a.set_elements("Deleted", list(seen.values()))
    return a
