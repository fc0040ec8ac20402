"""partsmith_VERSION_ARCH.deb: program, manual, completions, and a systemd unit that isn't started by itself."""

from __future__ import annotations

import gzip
import hashlib

from .archives import Entry, ar, compressed, tar, with_folders
from .release import LICENSE, ROOT, SUMMARY, Architecture, Release

PARTS = ROOT / "packaging/debian"


def _files(release: Release, architecture: Architecture) -> list[Entry]:
    page = release.pages
    manual = gzip.compress((page / "partsmith.1").read_bytes(), 9, mtime=0)
    copyright_text = b"partsmith\n\n" + LICENSE.read_bytes()
    return [
        Entry("./usr/bin/partsmith", release.program(architecture), 0o755),
        Entry("./usr/share/man/man1/partsmith.1.gz", manual),
        Entry("./usr/share/bash-completion/completions/partsmith", (page / "partsmith.bash").read_bytes()),
        Entry("./usr/share/zsh/vendor-completions/_partsmith", (page / "partsmith.zsh").read_bytes()),
        Entry("./usr/share/fish/vendor_completions.d/partsmith.fish", (page / "partsmith.fish").read_bytes()),
        Entry("./usr/lib/systemd/system/partsmith.service", (PARTS / "partsmith.service").read_bytes()),
        Entry("./etc/partsmith/partsmith.conf", (PARTS / "partsmith.conf").read_bytes()),
        Entry("./usr/share/doc/partsmith/copyright", copyright_text),
    ]


def _control(release: Release, architecture: Architecture, files: list[Entry]) -> list[Entry]:
    size = sum(len(entry.data) for entry in files) // 1024 + 1
    control = (
        f"Package: partsmith\nVersion: {release.version}\nArchitecture: {architecture.debian}\n"
        f"Maintainer: The partsmith authors <partsmith@localhost>\nInstalled-Size: {size}\n"
        f"Section: net\nPriority: optional\nDescription: {SUMMARY.split(',')[0]}\n"
        " It answers as Amazon S3 does, for development and tests, and is a client and a\n"
        " conformance harness for any S3 server. One program that needs no library.\n"
    )
    sums = "".join(f"{hashlib.md5(entry.data).hexdigest()}  {entry.path[2:]}\n" for entry in files)
    return [
        Entry("./control", control.encode()),
        Entry("./conffiles", b"/etc/partsmith/partsmith.conf\n"),
        Entry("./md5sums", sums.encode()),
    ]


def make(release: Release, architecture: Architecture) -> tuple[str, bytes]:
    files = _files(release, architecture)
    control = compressed(tar(with_folders(_control(release, architecture, files)), release.time))
    data = compressed(tar(with_folders(files), release.time))
    package = ar([("debian-binary", b"2.0\n"), ("control.tar.gz", control), ("data.tar.gz", data)], release.time)
    return f"partsmith_{release.version}_{architecture.debian}.deb", package
