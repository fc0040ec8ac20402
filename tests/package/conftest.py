"""These tests are about what `./dev package` made: without it they have nothing to say."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from package.support import MACHINE, MACHINES, emulated_in, in_root, tarball_program


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.packaged)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in the tarball for this machine."""
    return tarball_program(MACHINE, tmp_path_factory.mktemp("tarball"))


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    """Each processor that there are artefacts for."""
    return str(request.param)


@pytest.fixture
def any_program(machine: str, tmp_path: Path) -> Path:
    """The program of each processor."""
    return tarball_program(machine, tmp_path / "tarball")


@dataclass(frozen=True)
class EmptyRoot:
    """A file system with nothing but the program and a folder for what is temporary; QEMU, where the processor is another."""

    path: Path
    before: list[str]

    def partsmith(self, *words: str) -> list[str]:
        return in_root(self.path, *self.before, "/partsmith", *words)


@pytest.fixture
def empty_root(tmp_path: Path, machine: str, any_program: Path) -> EmptyRoot:
    root = tmp_path / "root"
    (root / "tmp").mkdir(parents=True)
    shutil.copy(any_program, root / "partsmith")
    return EmptyRoot(root, emulated_in(root, machine))
