"""The same sources give the same bytes, wherever they are built."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from package.support import DIST, MACHINE, ROOT, artefact, run

HOURS = 2 * 3600  # without a cache, on two busy cores


def copy_of_the_sources(into: Path) -> None:
    """What a clone would have, changes that aren't committed too, and the libraries' sources, which are the pinned ones."""
    listed = run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    assert listed.returncode == 0, listed.stderr
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, into / name)
    shutil.copytree(ROOT / "build/package/libraries", into / "build/package/libraries", symlinks=True)


def time_of_the_files() -> int:
    with tarfile.open(artefact(f"partsmith-*-linux-{MACHINE}.tar.gz")) as archive:
        return int(archive.getmembers()[0].mtime)


@pytest.mark.long
def test_another_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    elsewhere = tmp_path / "a-folder-with-a-longer-name" / "partsmith"
    copy_of_the_sources(elsewhere)
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(time_of_the_files()), "CCACHE_DISABLE": "1"}
    done = subprocess.run([elsewhere / "dev", "package"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, timeout=HOURS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (elsewhere / "dist/SHA256SUMS").read_text() == (DIST / "SHA256SUMS").read_text()
