"""partsmith-VERSION.tgz and partsmith-linux-CPU-VERSION.tgz: npm takes the second that fits, and runs nothing at install."""

from __future__ import annotations

import json
from typing import Any

from .archives import Entry, compressed, tar, with_folders
from .release import LICENSE, ROOT, SUMMARY, Architecture, Release

PACKAGE = ROOT / "packaging/npm/partsmith"


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _packed(release: Release, entries: list[Entry]) -> bytes:
    return compressed(tar(with_folders([*entries, Entry("package/LICENSE", LICENSE.read_bytes())]), release.time))


def main_package(release: Release) -> tuple[str, bytes]:
    description = json.loads((PACKAGE / "package.json").read_text())
    description["version"] = release.version
    description["optionalDependencies"] = {f"@partsmith/linux-{a.npm}": release.version for a in release.architectures()}
    entries = [
        Entry("package/package.json", _json(description)),
        Entry("package/bin/partsmith.js", (PACKAGE / "bin/partsmith.js").read_bytes(), 0o755),
        *(Entry(f"package/{name}", (PACKAGE / name).read_bytes()) for name in ("index.js", "index.d.ts", "README.md")),
    ]
    return f"partsmith-{release.version}.tgz", _packed(release, entries)


def program_package(release: Release, architecture: Architecture) -> tuple[str, bytes]:
    description = {
        "name": f"@partsmith/linux-{architecture.npm}", "version": release.version,
        "description": f"{SUMMARY}: the program for Linux on {architecture.machine}", "license": "Apache-2.0",
        "os": ["linux"], "cpu": [architecture.npm], "files": ["bin"],
    }
    entries = [
        Entry("package/package.json", _json(description)),
        Entry("package/bin/partsmith", release.program(architecture), 0o755),
    ]
    return f"partsmith-linux-{architecture.npm}-{release.version}.tgz", _packed(release, entries)
