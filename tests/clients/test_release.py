"""./dev release: what it refuses, what it writes, and that a dry run changes nothing. Packaging takes an hour, so a command that writes
two small files stands in for it; tests/package is about what `./dev package` itself makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.programs import ROOT

sys.path.insert(0, str(ROOT / "packaging/release"))
from versions import COPIES, SOURCE, found_in, version_of  # noqa: E402

NEXT = "7.8.9"
STUB = """mkdir dist && cd dist && version=$(sed -n 's/^project(partsmith VERSION \\([0-9.]*\\).*/\\1/p' ../CMakeLists.txt)
echo program of $version >partsmith-$version.tar.gz; echo formula >partsmith.rb
sha256sum partsmith-$version.tar.gz partsmith.rb >SHA256SUMS"""
Release = Callable[..., "subprocess.CompletedProcess[str]"]


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@localhost", *words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of what a release reads and writes, with a change to release."""
    root = tmp_path / "checkout"
    for name in ("dev", ".gitignore", "CHANGELOG.md", SOURCE[0], *(file for file, _ in COPIES)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "packaging/release", root / "packaging/release", ignore=shutil.ignore_patterns("__pycache__"))
    log = root / "CHANGELOG.md"
    if "(unreleased)" not in log.read_text():
        log.write_text(log.read_text().replace("\n## ", f"\n## {NEXT} (unreleased)\n\n- A change.\n\n## ", 1))
    git(root, "init", "--quiet", "--template=")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "what there is")
    return root


@pytest.fixture
def release(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@localhost")

    def run(*words: str, package: str = STUB) -> subprocess.CompletedProcess[str]:
        return subprocess.run([checkout / "dev", "release", *words, "--package", package], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, env=os.environ, check=False)

    return run


def state(root: Path) -> tuple[str, dict[str, bytes]]:
    """The commit, and every file outside build/."""
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*")
             if path.is_file() and path.relative_to(root).parts[0] not in ("build", ".git")}
    return git(root, "rev-parse", "HEAD") + git(root, "status", "--porcelain") + git(root, "tag"), files


def test_every_place_has_the_version_of_cmake() -> None:
    version = version_of(ROOT)
    for file, pattern in COPIES:
        found = found_in(ROOT, file, pattern)
        assert found and set(found) == {version}, file


def test_no_example_names_a_version_that_a_release_does_not_know_of() -> None:
    known = {file for file, _ in COPIES}
    for folder in ("examples", "packaging/java", "packaging/go", "packaging/npm", "packaging/python"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and version_of(ROOT) in path.read_text(errors="replace"):
                assert str(path.relative_to(ROOT)) in known


def test_a_dry_run_with_a_stub_for_packaging_does_all_in_a_clone_and_changes_nothing(checkout: Path, release: Release) -> None:
    before = state(checkout)
    done = release(NEXT, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert state(checkout) == before
    clone = checkout / "build/release-dry-run"
    assert version_of(clone) == NEXT
    assert f"+## {NEXT} (" in done.stdout and "- [ ] `./dev test --long` passes" in done.stdout
    assert (clone / f"dist/partsmith-{NEXT}.tar.gz").read_text() == f"program of {NEXT}\n"
    assert release(NEXT, "--dry-run").returncode == 0, "a second one"


def test_a_release_with_a_stub_for_packaging_writes_commits_and_lists_what_is_to_do(checkout: Path, release: Release) -> None:
    done = release(NEXT)
    assert done.returncode == 0, done.stderr
    log = (checkout / "CHANGELOG.md").read_text()
    assert re.search(rf"^## {re.escape(NEXT)} \(\d{{4}}-\d\d-\d\d\)$", log, re.MULTILINE) and "(unreleased)" not in log
    assert git(checkout, "log", "-1", "--format=%s").strip() == f"Release {NEXT}"
    assert git(checkout, "status", "--porcelain") == "" and git(checkout, "tag") == ""
    for file, pattern in COPIES:
        assert set(found_in(checkout, file, pattern)) == {NEXT}, file
    listed = (checkout / f"build/release-{NEXT}.md").read_text()
    assert git(checkout, "rev-parse", "HEAD").strip() in listed
    assert f"- partsmith-{NEXT}.tar.gz" in listed and "- partsmith.rb" in listed
    assert all(line.endswith("— by:        on:") for line in listed.splitlines() if line.startswith("- [ ]"))
    again = release(NEXT)
    assert again.returncode == 1 and "unreleased" in again.stderr


@pytest.mark.parametrize(("version", "why"), [
    ("1.2", "three numbers"), ("v1.2.3", "three numbers"), ("1.02.3", "three numbers"), ("0.0.1", "older than")])
def test_a_wrong_version_is_refused(checkout: Path, release: Release, version: str, why: str) -> None:
    before = state(checkout)
    done = release(version)
    assert done.returncode == 1 and why in done.stderr
    assert state(checkout) == before


def break_by_change(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("# another\n")


def break_by_tag(root: Path) -> None:
    git(root, "tag", f"v{NEXT}")


def break_by_no_section(root: Path) -> None:
    log = root / "CHANGELOG.md"
    log.write_text(log.read_text().replace("(unreleased)", "(2020-01-01)"))
    git(root, "commit", "--quiet", "--all", "--message", "released")


def break_by_no_change(root: Path) -> None:
    (root / "CHANGELOG.md").write_text("# Changes\n\n## 7.0.0 (unreleased)\n\n## 0.0.1 (2020-01-01)\n\n- A change.\n")
    git(root, "commit", "--quiet", "--all", "--message", "nothing")


@pytest.mark.parametrize(("break_", "why"), [
    (break_by_change, "not committed"), (break_by_tag, "was released"), (break_by_no_section, "0 sections"),
    (break_by_no_change, "names no change")])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["real", "dry"])
def test_what_is_not_ready_is_refused_before_anything_is_done(
        checkout: Path, release: Release, break_: Callable[[Path], None], why: str, dry: tuple[str, ...]) -> None:
    break_(checkout)
    before = state(checkout)
    done = release(NEXT, *dry)
    assert done.returncode == 1 and why in done.stderr
    assert state(checkout) == before


@pytest.mark.parametrize(("package", "why"), [
    ("false", "git reset --hard HEAD~1"),
    ("mkdir dist", "no SHA256SUMS"),
    (STUB + "; echo more >>partsmith.rb", "partsmith.rb has another digest"),
    (STUB + "; echo more >other", "differ in other"),
    ("mkdir dist; cd dist; echo a >a; sha256sum a >SHA256SUMS", f"no artefact in .* has {NEXT}")])
def test_artefacts_that_are_not_right_end_it(release: Release, package: str, why: str) -> None:
    done = release(NEXT, "--dry-run", package=package)
    assert done.returncode == 1 and re.search(why, done.stderr), done.stderr
