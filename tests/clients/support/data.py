"""Bytes that are the same in every run, and what S3 says of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
SMALLEST_PART = 5 * MIB


def seeded_bytes(size: int, seed: int = 0) -> bytes:
    return random.Random(f"{seed}/{size}").randbytes(size)


def seeded_file(path: Path, size: int, seed: int = 0) -> Path:
    """Written a MiB at a time: a big file needs little memory."""
    source = random.Random(f"{seed}/{size}")
    with path.open("wb") as file:
        while size > 0:
            file.write(source.randbytes(min(size, MIB)))
            size -= MIB
    return path


def same_bytes(left: Path, right: Path) -> bool:
    with left.open("rb") as a, right.open("rb") as b:
        return hashlib.file_digest(a, "sha256").digest() == hashlib.file_digest(b, "sha256").digest()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def multipart_etag(parts: Iterable[bytes]) -> str:
    """The MD5 of the parts' binary MD5s, and their number."""
    digests = [hashlib.md5(part).digest() for part in parts]
    return f'"{hashlib.md5(b"".join(digests)).hexdigest()}-{len(digests)}"'


def disk_use(folder: Path) -> int:
    """Bytes on disk below the folder, as du counts them; a file that is gone meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total
