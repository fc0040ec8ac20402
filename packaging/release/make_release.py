#!/usr/bin/env python3
"""Makes a release of this checkout: `./dev release VERSION [--dry-run]`.

It writes version and date, commits, makes the artefacts of that commit, checks them against their checksums, and leaves a list of what
is to be done by hand. It publishes nothing, and sets no tag. A dry run does all of that in a clone: build/release-dry-run.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from changelog import released  # noqa: E402
from versions import set_version, version_of  # noqa: E402


class Refusal(Exception):
    """Why nothing, or nothing more, is done."""


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout


def numbers(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise Refusal(f"a version is three numbers, as in 1.2.3, and not {version}")
    return tuple(int(number) for number in version.split("."))


def check(root: Path, version: str) -> None:
    """Looks at everything that can be wrong before anything is changed."""
    if numbers(version) < numbers(version_of(root)):
        raise Refusal(f"{version} is older than {version_of(root)}, which CMakeLists.txt has")
    if git(root, "tag", "--list", f"v{version}").strip():
        raise Refusal(f"there is a tag v{version}: that version was released")
    if git(root, "status", "--porcelain").strip():
        raise Refusal("the checkout has changes that are not committed: a release is of a commit")
    released((root / "CHANGELOG.md").read_text(), version, "today")


def write(root: Path, version: str, date: str) -> None:
    """Version and date, and the commit of them."""
    changelog = root / "CHANGELOG.md"
    changelog.write_text(released(changelog.read_text(), version, date))
    files = set_version(root, version)
    git(root, "add", "--", "CHANGELOG.md", *files)
    git(root, "commit", "--quiet", "--message", f"Release {version}")


def package(root: Path, command: str) -> None:
    shutil.rmtree(root / "dist", ignore_errors=True)
    if subprocess.run(["bash", "-c", command], cwd=root, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise Refusal(f"{command}: failed. The commit stands; `git reset --hard HEAD~1` takes it back")


def verify(dist: Path, version: str) -> list[str]:
    """The artefacts: each has the version in its name or is known to have none, and the digest that SHA256SUMS says."""
    sums = dist / "SHA256SUMS"
    if not sums.is_file():
        raise Refusal(f"{dist} has no SHA256SUMS")
    told = {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in sums.read_text().splitlines())}
    there = {path.name for path in dist.iterdir()} - {"SHA256SUMS"}
    if there != told.keys():
        raise Refusal(f"SHA256SUMS and {dist} differ in {', '.join(sorted(there ^ told.keys()))}")
    for name, digest in told.items():
        if hashlib.sha256((dist / name).read_bytes()).hexdigest() != digest:
            raise Refusal(f"{name} has another digest than SHA256SUMS says")
    if not told or not any(version in name for name in told):
        raise Refusal(f"no artefact in {dist} has {version} in its name")
    return sorted(told)


def by_hand(root: Path, version: str, date: str, artefacts: list[str]) -> str:
    commit = git(root, "rev-parse", "HEAD").strip()
    digest = hashlib.sha256((root / "dist/SHA256SUMS").read_bytes()).hexdigest()
    done = [f"CHANGELOG.md names {version} and {date}; the version is written where packaging/release/versions.py says",
            f"commit {commit}: Release {version}",
            f"{len(artefacts)} artefacts in dist/ of that commit, each with the digest of SHA256SUMS (itself sha256 {digest})"]
    open_ = ["`./dev test --long` passes on that commit", "`./dev test --packages` passes on these artefacts",
             "`./dev package` on another machine gives the same SHA256SUMS",
             "`./dev matrix` was run since the last change of the catalogue",
             "CHANGELOG.md reads well to somebody who doesn't know the project",
             f"`git tag --sign v{version}`, and push commit and tag",
             "sign SHA256SUMS: `gpg --armor --detach-sign dist/SHA256SUMS`",
             "publish: tarballs, .deb, SPDX list, SHA256SUMS and its signature to the release's page; wheels to PyPI; packages to npm, those "
             "of the processors first; the image to a registry; the formula to the tap; packaging/java to Maven's repository",
             "install each from where it was published, on a machine that never had it, and upload in parts",
             "`./dev docs`, and publish build/site", "begin the next section of CHANGELOG.md: `## NEXT (unreleased)`"]
    lines = [f"# Release {version}", "", "Done by `./dev release`:", "", *(f"- [x] {line}" for line in done), "",
             "To do by hand, each signed off by who did it:", "", *(f"- [ ] {line} — by:        on:" for line in open_), "",
             "Artefacts:", "", *(f"- {name}" for name in artefacts)]
    return "\n".join(lines) + "\n"


def release(root: Path, version: str, command: str) -> Path:
    """Returns the list of what is to be done by hand."""
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    check(root, version)
    say(f"version {version}, {date}: CHANGELOG.md and the versions")
    write(root, version, date)
    say(f"the artefacts: {command}")
    package(root, command)
    artefacts = verify(root / "dist", version)
    say(f"{len(artefacts)} artefacts are what SHA256SUMS says")
    listed = root / f"build/release-{version}.md"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text(by_hand(root, version, date, artefacts))
    return listed


def dry_run(root: Path, version: str, command: str) -> Path:
    check(root, version)
    copy = root / "build/release-dry-run"
    shutil.rmtree(copy, ignore_errors=True)
    copy.parent.mkdir(exist_ok=True)
    git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(copy))
    git(copy, "config", "user.name", "dry run")
    git(copy, "config", "user.email", "dry-run@localhost")
    listed = release(copy, version, command)
    print(git(copy, "show", "--format=%s", "HEAD"))
    say(f"a dry run: nothing outside {copy} was changed")
    return listed


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev release", description="Makes a release, but publishes nothing.")
    parser.add_argument("version", help="as in 1.2.3")
    parser.add_argument("--dry-run", action="store_true", help="do all of it in a clone, build/release-dry-run")
    parser.add_argument("--package", metavar="COMMAND", default="./dev package", help="what makes dist/ (./dev package)")
    parser.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    told = parser.parse_args()
    try:
        listed = (dry_run if told.dry_run else release)(told.root.resolve(), told.version, told.package)
    except (Refusal, ValueError) as error:
        sys.exit(f"dev: {error}")
    print(listed.read_text(), end="")
    say(f"that list is in {listed}")


if __name__ == "__main__":
    main()
