"""Where the version stands: in CMakeLists.txt, from which the program and the packages have it, and in texts that people copy."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = ("CMakeLists.txt", r"^project\(partsmith VERSION (\S+) ")
"""The file, and what its group is the version in."""

COPIES = [
    ("packaging/java/pom.xml", r"<artifactId>partsmith-junit5</artifactId>\s*<version>(.*?)</version>"),
    ("packaging/java/README.md", r"<artifactId>partsmith-junit5</artifactId>\s*<version>(.*?)</version>"),
    ("examples/compose/compose.yaml", r"partsmith:\$\{PARTSMITH_VERSION:-(.*?)\}"),
    ("examples/gitlab/.gitlab-ci.yml", r"partsmith:(\d[\w.-]*)"),
    ("examples/github/service.yml", r"partsmith:(\d[\w.-]*)"),
    ("examples/kubernetes/partsmith.yaml", r"partsmith:(\d[\w.-]*)"),
    ("examples/scale-out/README.md", r"partsmith-(\d+\.\d+\.\d+)-image"),
    ("examples/scale-out/compose.yaml", r"partsmith:\$\{PARTSMITH_VERSION:-(.*?)\}"),
    ("examples/testcontainers/README.md", r"partsmith:(\d[\w.-]*)\""),
]


def version_of(root: Path) -> str:
    file, pattern = SOURCE
    found = re.search(pattern, (root / file).read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"{file} has no version")
    return found[1]


def found_in(root: Path, file: str, pattern: str) -> list[str]:
    return re.findall(pattern, (root / file).read_text(), re.MULTILINE)


def set_version(root: Path, version: str) -> list[str]:
    """Writes it to every place, and returns the files. ValueError when one has no place for it."""
    for file, pattern in [SOURCE, *COPIES]:
        path = root / file
        text, count = re.subn(pattern, lambda match: match[0].replace(match[1], version), path.read_text(), flags=re.MULTILINE)
        if count == 0:
            raise ValueError(f"{file} has no version")
        path.write_text(text)
    return [file for file, _ in [SOURCE, *COPIES]]
