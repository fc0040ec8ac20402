"""docs/testing.md is run as a reader would run it: each language's test passes, and with the fault it shows the bug."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from double.page_tables import DOCS
from support.programs import GO_ENVIRONMENT, JARS, JS_PACKAGES, PATH, ROOT

FIVE_MINUTES = (DOCS / "testing.md").read_text().split("\n## Five minutes\n")[1].split("\n## ")[0]
SECTIONS = {section.splitlines()[0]: section for section in FIVE_MINUTES.split("\n### ")[1:]}


def nothing_more(_: Path) -> None:
    pass


def javascript_packages(folder: Path) -> None:
    (folder / "node_modules").symlink_to(JS_PACKAGES)


def go_module(folder: Path) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(ROOT / "tests/clients/go" / name, folder)


def jars(folder: Path) -> None:
    (folder / "jars").symlink_to(JARS.parent)


LANGUAGES: dict[str, Callable[[Path], None]] = {
    "Python": nothing_more, "JavaScript": javascript_packages, "Go": go_module, "Java": jars, "C++": nothing_more}
"""What has been installed as the page says."""


def programs_of(section: str) -> dict[str, str]:
    """The programs by their file's names, which their first lines say."""
    texts = re.findall(r"^```(?!sh\n)\w+\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return {text.splitlines()[0].split()[1]: text for text in texts}


def commands_of(section: str) -> list[str]:
    return [line for text in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) for line in text.splitlines()]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # What the client in Go is made of is compiled already, if it is built in the same way.
    environment = {**os.environ, **GO_ENVIRONMENT, "GOFLAGS": "-mod=mod -trimpath", "PATH": PATH, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=280, check=False, env=environment)


def test_every_language_is_tried() -> None:
    assert list(SECTIONS) == list(LANGUAGES)


@pytest.mark.parametrize("language", [pytest.param(name, marks=[pytest.mark.long] if name == "Java" else []) for name in LANGUAGES])
def test_the_last_command_shows_the_bug_and_those_before_pass(language: str, tmp_path: Path) -> None:
    LANGUAGES[language](tmp_path)
    for name, text in programs_of(SECTIONS[language]).items():
        (tmp_path / name).write_text(text)
    *passing, failing = commands_of(SECTIONS[language])
    for command in passing:
        done = run(command, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "partsmith-journal.json").exists()
    done = run(failing, tmp_path)
    assert done.returncode != 0
    assert "somebody else was first" in done.stdout + done.stderr
    assert (tmp_path / "partsmith-journal.har").exists()
    assert '"PreconditionFailed"' in (tmp_path / "partsmith-journal.json").read_text()


@pytest.mark.parametrize("fault", ["", "--fault conditional-retry"])
def test_the_mended_application_passes_with_the_fault_and_without(fault: str, tmp_path: Path) -> None:
    (tmp_path / "mended_test.py").write_text(programs_of(SECTIONS["Python"])["mended_test.py"])
    done = run(f"partsmith run --bucket films {fault} -- pytest mended_test.py", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
