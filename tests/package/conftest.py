"""These tests are about what `./dev package` made: without it they have nothing to say."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from package.support import MACHINE, artefact


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.packaged)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in the tarball for this machine."""
    into = tmp_path_factory.mktemp("tarball")
    with tarfile.open(artefact(f"partsmith-*-linux-{MACHINE}.tar.gz")) as archive:
        archive.extractall(into)
    return next(into.glob("*/bin/partsmith"))


@pytest.fixture
def empty_root(tmp_path: Path, program: Path) -> Path:
    """A file system with nothing but the program and a folder for what is temporary."""
    root = tmp_path / "root"
    (root / "tmp").mkdir(parents=True)
    (root / "partsmith").write_bytes(program.read_bytes())
    (root / "partsmith").chmod(0o755)
    return root
