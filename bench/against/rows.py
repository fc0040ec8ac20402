"""What is measured. A row is asked of a server that was just started, and returns what it measured by name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from against import load
from against.load import Body, Load, Request, Told
from against.servers import Running
from instructions import KIB, MIB

GIB = 1 << 30
PART = 8 * MIB
SMALL = 4 * KIB


@dataclass(frozen=True)
class Row:
    name: str
    unit: str
    """Of the first thing that is measured, which the chart shows."""
    measure: Callable[[Running, Load], dict[str, float]]
    more_is_better: bool = False
    has_floor: bool = False
    """Whether floor.py does what no server can do without."""
    flags: tuple[str, ...] = ()
    """Partsmith's; the others aren't asked then."""


def query(**values: str | int) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(values.items()))


def begin_upload(server: Running, key: str, **headers: str) -> str:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return text_of(server.client().ask("POST", f"/films/{key}", "uploads=", more=more).decode(), "UploadId")


def part(key: str, upload_id: str, number: int, body: Body) -> Request:
    return Request("PUT", f"/films/{key}", query(partNumber=number, uploadId=upload_id), body)


def completion(parts: int, content: bytes) -> bytes:
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    listed = "".join(f'<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag></Part>' for number in range(1, parts + 1))
    return f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()


def of_processor(server: Running, work: Callable[[], Told], units: float) -> tuple[Told, float]:
    """Seconds of the processor for each unit."""
    before = server.processor_seconds()
    told = work()
    return told, (server.processor_seconds() - before) / units


def upload(connections: int, body: Callable[[], Body], parts: int = 64, **headers: str) -> Callable[[Running, Load], dict[str, float]]:
    def measure(server: Running, sender: Load) -> dict[str, float]:
        each = parts // connections
        uploads = [begin_upload(server, f"object-{number}", **headers) for number in range(connections)]
        requests = [[part(f"object-{number}", upload_id, index + 1, body()) for index in range(each)] for number, upload_id in enumerate(uploads)]
        sender.send(server, [[requests[0][0]]])  # what is made once
        gibibytes = parts * PART / GIB
        told, seconds = of_processor(server, lambda: sender.send(server, requests), gibibytes)
        return {"processor": seconds, "clock": told.seconds / gibibytes}

    return measure


def small(method: str, each: int = 1_000, connections: int = 16) -> Callable[[Running, Load], dict[str, float]]:
    def measure(server: Running, sender: Load) -> dict[str, float]:
        def all_of(method: str) -> list[list[Request]]:
            body = load.plain(SMALL) if method == "PUT" else None
            return [[Request(method, f"/films/{number:02}/{index:05}", body=body) for index in range(each)] for number in range(connections)]

        if method != "PUT":
            sender.send(server, all_of("PUT"))
        count = each * connections
        told, seconds = of_processor(server, lambda: sender.send(server, all_of(method)), count)
        return {"requests a second": count / told.seconds, "p99, ms": told.percentile(99), "processor, us": seconds * 1e6}

    return measure


def cycles(server: Running, sender: Load) -> dict[str, float]:
    """Create, one part, complete, by 16 connections; the creations and the rest take their turns, for a completion names its upload."""
    each, connections = 100, 16
    keys = [[f"{number:02}/{index:05}" for index in range(each)] for number in range(connections)]
    body = load.plain(SMALL)
    document = Body(completion(1, body.wire))
    created = sender.send(server, [[Request("POST", f"/films/{key}", "uploads=") for key in of_one] for of_one in keys])
    listed = dict(uploads_of(server))
    finished = sender.send(server, [[request for key in of_one for request in (
        part(key, listed[key], 1, body), Request("POST", f"/films/{key}", query(uploadId=listed[key]), document))] for of_one in keys])
    return {"cycles a second": each * connections / (created.seconds + finished.seconds)}


def uploads_of(server: Running) -> list[tuple[str, str]]:
    """Key and upload ID of all that are open."""
    found: list[tuple[str, str]] = []
    asked = "uploads="
    while True:
        page = server.client().ask("GET", "/films", asked).decode()
        for upload in re.findall(r"<Upload>.*?</Upload>", page, re.DOTALL):
            found.append((text_of(upload, "Key"), text_of(upload, "UploadId")))
        if text_of(page, "IsTruncated") != "true":
            return found
        key_marker = text_of(page, "NextKeyMarker").replace("/", "%2F")
        asked = f"key-marker={key_marker}&upload-id-marker={text_of(page, 'NextUploadIdMarker')}&uploads="


def text_of(document: str, element: str) -> str:
    found = re.search(f"<{element}>([^<]*)</{element}>", document)
    return found[1] if found else ""


def with_parts(server: Running, sender: Load, key: str, count: int, size: int) -> str:
    upload_id = begin_upload(server, key)
    body = load.plain(size)
    sender.send(server, [[part(key, upload_id, number, body) for number in range(1 + offset, count + 1, 4)] for offset in range(4)])
    return upload_id


def complete(parts: int) -> Callable[[Running, Load], dict[str, float]]:
    """Of parts of 10 bytes, which only a server takes that lets its smallest part be set."""

    def measure(server: Running, sender: Load) -> dict[str, float]:
        upload_id = with_parts(server, sender, "large", parts, 10)
        told = sender.send(server, [[Request("POST", "/films/large", query(uploadId=upload_id), Body(completion(parts, load.random_bytes(10))))]])
        return {"answer": told.median()}

    return measure


def pages(path: str, asked: str, fill: Callable[[Running, Load], str]) -> Callable[[Running, Load], dict[str, float]]:
    """`fill` returns what the query has besides."""

    def measure(server: Running, sender: Load) -> dict[str, float]:
        more = fill(server, sender)
        return {"page": sender.send(server, [[Request("GET", path, asked + more)] * 21]).median()}

    return measure


def thousand(method: str, asked: str, body: Body | None) -> Callable[[Running, Load], str]:
    def fill(server: Running, sender: Load) -> str:
        sender.send(server, [[Request(method, f"/films/key-{number:04}", asked, body) for number in range(offset, 1_000, 8)] for offset in range(8)])
        return ""

    return fill


def abort(server: Running, sender: Load) -> dict[str, float]:
    upload_id = with_parts(server, sender, "large", 1_000, 9 * KIB)
    return {"answer": sender.send(server, [[Request("DELETE", "/films/large", query(uploadId=upload_id))]]).median()}


def delete_large(server: Running, sender: Load) -> dict[str, float]:
    """Of 100 parts of 5 MiB, the smallest that Amazon S3 takes."""
    parts, size = 100, 5 * MIB
    upload_id = with_parts(server, sender, "large", parts, size)
    sender.send(server, [[Request("POST", "/films/large", query(uploadId=upload_id), Body(completion(parts, load.random_bytes(size))))]])
    return {"answer": sender.send(server, [[Request("DELETE", "/films/large")]]).median()}


def download(ranges: int) -> Callable[[Running, Load], dict[str, float]]:
    """An object of 512 MiB twice: whole, or in ranges by as many connections."""
    size = 512 * MIB
    parts = size // PART

    def measure(server: Running, sender: Load) -> dict[str, float]:
        upload_id = with_parts(server, sender, "large", parts, PART)
        sender.send(server, [[Request("POST", "/films/large", query(uploadId=upload_id), Body(completion(parts, load.random_bytes(PART))))]])
        each = size // ranges
        requests = [[Request("GET", "/films/large", headers=(("range", f"bytes={number * each}-{(number + 1) * each - 1}"),) if ranges > 1 else ())] * 2
                    for number in range(ranges)]
        told, seconds = of_processor(server, lambda: sender.send(server, requests), 2 * size / GIB)
        if told.received != 2 * size:
            raise load.Refused(f"{told.received} bytes came instead of {2 * size}")
        return {"processor": seconds, "clock": told.seconds / (2 * size / GIB)}

    return measure


def idle(server: Running, _: Load) -> dict[str, float]:
    """Its share of the memory (PSS) once a bucket is there."""
    return {"memory": server.resident_mebibytes()}


def parts_page(server: Running, sender: Load) -> str:
    return "&" + query(uploadId=with_parts(server, sender, "large", 1_000, 10))


def start(server: Running, _: Load) -> dict[str, float]:
    return {"first answer": server.start}


SYNCED = ("--durability", "disk")
ROWS = (
    Row("upload of 64 × 8 MiB, 1 connection", "s of the processor a GiB", upload(1, lambda: load.plain(PART)), has_floor=True),
    Row("upload of 64 × 8 MiB, 8 connections", "s of the processor a GiB", upload(8, lambda: load.plain(PART)), has_floor=True),
    Row("the same, CRC32 in a trailer", "s of the processor a GiB", upload(8, lambda: load.with_trailer(PART, "crc32"), x_amz_checksum_algorithm="CRC32")),
    Row("the same, CRC64NVME in a trailer", "s of the processor a GiB",
        upload(8, lambda: load.with_trailer(PART, "crc64nvme"), x_amz_checksum_algorithm="CRC64NVME")),
    Row("the same, SHA-256 of the payload signed", "s of the processor a GiB", upload(8, lambda: load.signed(PART))),
    Row("download of 512 MiB, whole", "s of the processor a GiB", download(1), has_floor=True),
    Row("download of 512 MiB, 8 ranges", "s of the processor a GiB", download(8), has_floor=True),
    Row("put of 4 KiB, 16 connections", "requests a second", small("PUT"), more_is_better=True),
    Row("get of 4 KiB, 16 connections", "requests a second", small("GET"), more_is_better=True),
    Row("delete of 4 KiB, 16 connections", "requests a second", small("DELETE"), more_is_better=True),
    Row("put of 4 KiB, 1 connection, synced to the disk", "requests a second", small("PUT", 200, 1), more_is_better=True, flags=SYNCED),
    Row("put of 4 KiB, 16 connections, synced to the disk", "requests a second", small("PUT", 100), more_is_better=True, flags=SYNCED),
    Row("create, one part, complete", "cycles a second", cycles, more_is_better=True),
    Row("completion of 1,000 parts", "ms", complete(1_000)),
    Row("completion of 10,000 parts", "ms", complete(10_000)),
    Row("abort of 1,000 parts", "ms", abort),
    Row("delete of an object of 100 × 5 MiB", "ms", delete_large),
    Row("page of 1,000 keys", "ms", pages("/films", "list-type=2", thousand("PUT", "", load.plain(1)))),
    Row("page of 1,000 uploads", "ms", pages("/films", "uploads=", thousand("POST", "uploads=", None))),
    Row("page of 1,000 parts", "ms", pages("/films/large", "max-parts=1000", parts_page)),
    Row("start to the first answer", "ms", start),
    Row("memory when idle", "MiB", idle),
)
