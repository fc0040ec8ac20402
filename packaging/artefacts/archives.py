"""tar, ar and zip archives that don't tell who made them, where or when."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone


@dataclass(frozen=True)
class Entry:
    path: str  # a folder's ends with /
    data: bytes = b""
    mode: int = 0o644
    link: str = ""  # of a symbolic link: where it leads
    owner: int = 0


def with_folders(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in order of their paths, and every folder above them."""
    all_of_them = {entry.path: entry for entry in entries}
    for path in list(all_of_them):
        parts = path.rstrip("/").split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth]) + "/"
            if folder != "./":
                all_of_them.setdefault(folder, Entry(folder, mode=0o755))
    return [all_of_them[path] for path in sorted(all_of_them)]


def tar(entries: Iterable[Entry], time: int) -> bytes:
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry.path.rstrip("/"))
            info.mode, info.mtime, info.uid, info.gid = entry.mode, time, entry.owner, entry.owner
            if entry.link:
                info.type, info.linkname = tarfile.SYMTYPE, entry.link
            elif entry.path.endswith("/"):
                info.type = tarfile.DIRTYPE
            else:
                info.size = len(entry.data)
            archive.addfile(info, io.BytesIO(entry.data))
    return into.getvalue()


def compressed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def ar(members: Iterable[tuple[str, bytes]], time: int) -> bytes:
    """As dpkg reads it."""
    result = b"!<arch>\n"
    for name, data in members:
        result += f"{name:<16}{time:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        result += data + b"\n" * (len(data) % 2)
    return result


def zip_archive(entries: Iterable[Entry], time: int) -> bytes:
    into = io.BytesIO()
    moment = datetime.fromtimestamp(max(time, 315532800), timezone.utc)  # a zip knows no year before 1980
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, moment.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100000 | entry.mode) << 16
            info.create_system = 3
            archive.writestr(info, entry.data)
    return into.getvalue()
