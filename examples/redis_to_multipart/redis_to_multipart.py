#!/usr/bin/env python3
"""Moves a file that Redis holds as a list of chunks to S3, each chunk a part of one multipart upload.

A file is never whole in memory: the list is read a few elements at a time. When Redis fails, the upload is aborted, for
the file cannot be completed. When S3 fails, the upload is left open, and `--resume` goes on where it ended.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import boto3
import redis
from botocore.client import BaseClient

CHUNK = 6 * 1024 * 1024
"""S3 wants at least 5 MiB of every part but the last."""
AT_ONCE = 2


def fill(source: redis.Redis, name: str, file: BinaryIO) -> int:
    """Puts a file into Redis as a list of chunks, and returns their number."""
    source.delete(name)
    count = 0
    while chunk := file.read(CHUNK):
        count = source.rpush(name, chunk)
    return count


def chunks(source: redis.Redis, name: str, known: Callable[[int], bool]) -> Iterator[tuple[int, bytes]]:
    """The chunks with their part numbers. Those that are known already are not fetched."""
    length = source.llen(name)
    if length == 0:
        raise LookupError(f"Redis has no list {name}")
    for start in range(0, length, AT_ONCE):
        numbers = range(start + 1, min(start + AT_ONCE, length) + 1)
        if all(known(number) for number in numbers):
            continue
        for number, chunk in zip(numbers, source.lrange(name, start, start + AT_ONCE - 1), strict=True):
            if not known(number):
                yield number, chunk


def open_upload(s3: BaseClient, bucket: str, key: str) -> str | None:
    """The newest upload of this key that was neither completed nor aborted."""
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key)
    uploads = [upload for page in pages for upload in page.get("Uploads", []) if upload["Key"] == key]
    return max(uploads, key=lambda upload: upload["Initiated"])["UploadId"] if uploads else None


def transfer(source: redis.Redis, name: str, s3: BaseClient, bucket: str, key: str, *, resume: bool = False,
             on_part: Callable[[int], None] = lambda number: None) -> dict[str, Any]:
    """Moves the list to the object, and returns S3's answer. `on_part` hears of each part that S3 has taken."""
    upload_id = open_upload(s3, bucket, key) if resume else None
    parts: dict[int, str] = {}
    if upload_id is None:
        upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    else:
        pages = s3.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload_id)
        parts = {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", [])}
    upload = {"Bucket": bucket, "Key": key, "UploadId": upload_id}

    try:
        for number, chunk in chunks(source, name, parts.__contains__):
            parts[number] = s3.upload_part(**upload, PartNumber=number, Body=chunk)["ETag"]
            on_part(number)
    except (redis.RedisError, LookupError, ValueError):
        s3.abort_multipart_upload(**upload)
        raise

    listed = [{"PartNumber": number, "ETag": parts[number]} for number in sorted(parts)]
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": listed})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--redis", default="redis://127.0.0.1:6379", metavar="URL", help="default: %(default)s")
    parser.add_argument("--list", default="gopher_img", metavar="NAME", help="the list's key in Redis; default: %(default)s")
    parser.add_argument("--endpoint", default="http://127.0.0.1:9000", metavar="URL", help="default: %(default)s")
    parser.add_argument("--region", default="cn-northwest-1", help="default: %(default)s")
    parser.add_argument("--access-key", default="test", help="default: %(default)s")
    parser.add_argument("--secret-key", default="test", help="default: %(default)s")
    parser.add_argument("--bucket", default="bucket-test", help="made when it isn't there; default: %(default)s")
    parser.add_argument("--key", default="static/gopher.mp4", help="default: %(default)s")
    parser.add_argument("--fill", type=Path, metavar="FILE", help="put this file into Redis first")
    parser.add_argument("--resume", action="store_true", help="go on with an upload that was left open")
    options = parser.parse_args()

    source = redis.Redis.from_url(options.redis)
    if options.fill:
        with options.fill.open("rb") as file:
            count = fill(source, options.list, file)
        print(f"{options.list}: {count} chunks", file=sys.stderr)

    s3 = boto3.client("s3", endpoint_url=options.endpoint, region_name=options.region,
                      aws_access_key_id=options.access_key, aws_secret_access_key=options.secret_key)
    if options.bucket not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=options.bucket, CreateBucketConfiguration={"LocationConstraint": options.region})

    print(transfer(source, options.list, s3, options.bucket, options.key, resume=options.resume,
                   on_part=lambda number: print(f"part {number}", file=sys.stderr)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
