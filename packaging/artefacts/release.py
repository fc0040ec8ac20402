"""What is released: one version, one date, the program for each architecture."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Architecture:
    machine: str  # as uname has it
    debian: str
    oci: str
    npm: str


ARCHITECTURES = {
    "x86_64": Architecture("x86_64", "amd64", "amd64", "x64"),
    "aarch64": Architecture("aarch64", "arm64", "arm64", "arm64"),
}


@dataclass(frozen=True)
class Release:
    version: str
    time: int  # seconds since 1970, of every file in every archive
    programs: dict[str, Path]  # by machine
    pages: Path  # partsmith.1, partsmith.bash, partsmith.zsh, partsmith.fish: written by the program
    output: Path
    roots: dict[str, Path] = field(default_factory=dict)  # of processors other than this machine's: what fetch_root fetched

    def architectures(self) -> list[Architecture]:
        return [ARCHITECTURES[machine] for machine in sorted(self.programs)]

    def program(self, architecture: Architecture) -> bytes:
        return self.programs[architecture.machine].read_bytes()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


LICENSE = ROOT / "LICENSE"
README = ROOT / "README.md"
SUMMARY = "A local S3 server made for the multipart protocol, and the harness that proves how an S3 server behaves"
