"""partsmith-VERSION-linux-MACHINE.tar.gz: the program, its manual and its completions."""

from __future__ import annotations

from .archives import Entry, compressed, tar, with_folders
from .release import LICENSE, README, Architecture, Release


def name(release: Release, architecture: Architecture) -> str:
    return f"partsmith-{release.version}-linux-{architecture.machine}"


def make(release: Release, architecture: Architecture) -> tuple[str, bytes]:
    top = name(release, architecture)
    page = release.pages
    entries = [
        Entry(f"{top}/bin/partsmith", release.program(architecture), 0o755),
        Entry(f"{top}/share/man/man1/partsmith.1", (page / "partsmith.1").read_bytes()),
        Entry(f"{top}/share/bash-completion/completions/partsmith", (page / "partsmith.bash").read_bytes()),
        Entry(f"{top}/share/zsh/site-functions/_partsmith", (page / "partsmith.zsh").read_bytes()),
        Entry(f"{top}/share/fish/vendor_completions.d/partsmith.fish", (page / "partsmith.fish").read_bytes()),
        Entry(f"{top}/LICENSE", LICENSE.read_bytes()),
        Entry(f"{top}/README.md", README.read_bytes()),
    ]
    return f"{top}.tar.gz", compressed(tar(with_folders(entries), release.time))
