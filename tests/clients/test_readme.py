"""What README shows works when pasted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support.server import PLAIN_BOTO, Server

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SHOWN = "http://127.0.0.1:9000"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


def test_the_first_python_example_runs_as_it_is(server: Server, tmp_path: Path) -> None:
    example = blocks("python")[0]
    assert SHOWN in example and "upload_part" in example and "complete_multipart_upload" in example
    done = subprocess.run(
        [sys.executable, "-c", example.replace(SHOWN, server.url)], cwd=tmp_path, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, env={**os.environ, **PLAIN_BOTO, "HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0, done.stderr


def test_the_commands_of_dev_that_readme_shows_are_there() -> None:
    known = subprocess.run([ROOT / "dev", "help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    shown = set(re.findall(r"\./dev ([a-z]+)", README.read_text()))
    assert {"serve", "test"} <= shown
    assert shown <= set(re.findall(r"^  ([a-z]+)", known.stdout, re.MULTILINE))
