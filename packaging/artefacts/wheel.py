"""partsmith-VERSION-py3-none-PLATFORM.whl: the Python package with the program inside, for any CPython and PyPy 3.9 on."""

from __future__ import annotations

import base64
import hashlib

from .archives import Entry, zip_archive
from .release import LICENSE, ROOT, SUMMARY, Architecture, Release

PACKAGE = ROOT / "packaging/python"


def _platforms(architecture: Architecture) -> list[str]:
    """The program needs no library, so it runs on every Linux that pip knows: glibc's and musl's."""
    return [f"manylinux2014_{architecture.machine}", f"manylinux_2_17_{architecture.machine}",
            f"musllinux_1_1_{architecture.machine}"]


def _metadata(release: Release) -> bytes:
    head = (
        f"Metadata-Version: 2.1\nName: partsmith\nVersion: {release.version}\nSummary: {SUMMARY}\n"
        "License: Apache-2.0\nRequires-Python: >=3.9\nClassifier: Framework :: Pytest\n"
        "Classifier: Operating System :: POSIX :: Linux\nClassifier: Typing :: Typed\n"
        "Provides-Extra: boto3\nRequires-Dist: boto3; extra == 'boto3'\n"
        "Description-Content-Type: text/markdown\n\n"
    )
    return head.encode() + (PACKAGE / "README.md").read_bytes()


def _wheel(architecture: Architecture) -> bytes:
    tags = "".join(f"Tag: py3-none-{platform}\n" for platform in _platforms(architecture))
    return f"Wheel-Version: 1.0\nGenerator: partsmith\nRoot-Is-Purelib: false\n{tags}".encode()


def _record(entries: list[Entry], info: str) -> Entry:
    def row(entry: Entry) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(entry.data).digest()).rstrip(b"=").decode()
        return f"{entry.path},sha256={digest},{len(entry.data)}\n"

    return Entry(f"{info}/RECORD", ("".join(map(row, entries)) + f"{info}/RECORD,,\n").encode())


def make(release: Release, architecture: Architecture) -> tuple[str, bytes]:
    info = f"partsmith-{release.version}.dist-info"
    sources = sorted(path for path in (PACKAGE / "partsmith").iterdir() if path.suffix == ".py" or path.name == "py.typed")
    entries = [Entry(f"partsmith/{path.name}", path.read_bytes()) for path in sources]
    entries += [
        Entry(f"partsmith-{release.version}.data/scripts/partsmith", release.program(architecture), 0o755),
        Entry(f"{info}/METADATA", _metadata(release)),
        Entry(f"{info}/WHEEL", _wheel(architecture)),
        Entry(f"{info}/entry_points.txt", b"[pytest11]\npartsmith = partsmith.pytest_plugin\n"),
        Entry(f"{info}/LICENSE", LICENSE.read_bytes()),
    ]
    entries.append(_record(entries, info))
    name = f"partsmith-{release.version}-py3-none-{'.'.join(_platforms(architecture))}.whl"
    return name, zip_archive(entries, release.time)
