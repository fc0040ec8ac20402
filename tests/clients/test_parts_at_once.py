"""Parts that arrive at once: their MD5s are computed together, and each is its own."""

from __future__ import annotations

import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from botocore.client import BaseClient

from support.data import MIB, SMALLEST_PART, seeded_bytes

CONNECTIONS = 12
PARTS = 4


def cut_part(url: str, body: bytes) -> None:
    """Sends the head of a part and half of its body, and goes away."""
    split = urlsplit(url)
    with socket.create_connection((split.hostname, split.port)) as connection:
        head = f"PUT {split.path}?{split.query} HTTP/1.1\r\nHost: {split.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[: len(body) // 2])


def test_parts_that_arrive_at_once_have_their_own_etags_whatever_else_is_cut(s3: BaseClient, bucket: str) -> None:
    def transfer(number: int) -> None:
        key = f"object-{number}"
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        digests = []
        for part in range(1, PARTS + 1):
            body = seeded_bytes(SMALLEST_PART + 1000 * number + part, seed=100 * number + part)
            parameters = {"Bucket": bucket, "Key": key, "UploadId": upload, "PartNumber": part}
            if number % 4 == 0:
                cut_part(s3.generate_presigned_url("upload_part", parameters), body)
            etag = s3.upload_part(**parameters, Body=body)["ETag"]
            digests.append(hashlib.md5(body).digest())
            assert etag == f'"{digests[-1].hex()}"'
        parts = [{"PartNumber": part, "ETag": digest.hex()} for part, digest in enumerate(digests, 1)]
        done = s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
        assert done["ETag"] == f'"{hashlib.md5(b"".join(digests)).hexdigest()}-{PARTS}"'

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(transfer, range(CONNECTIONS)))


def test_whole_objects_that_arrive_at_once_have_their_own_etags(s3: BaseClient, bucket: str) -> None:
    def put(number: int) -> None:
        body = seeded_bytes(MIB // 2 + 77_777 * number, seed=number)
        assert s3.put_object(Bucket=bucket, Key=str(number), Body=body)["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(put, range(4 * CONNECTIONS)))
