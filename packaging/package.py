#!/usr/bin/env python3
"""Makes every artefact of a release out of the built programs: see `./dev package`.

The same programs, version and time give the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from artefacts import debian, image, npm, tarball, texts, wheel  # noqa: E402
from artefacts.release import ARCHITECTURES, Release, sha256  # noqa: E402


def everything(release: Release, address: str) -> list[tuple[str, bytes]]:
    made: list[tuple[str, bytes]] = []
    for architecture in release.architectures():
        made += [maker(release, architecture) for maker in (tarball.make, debian.make, wheel.make, npm.program_package)]
    digests = {name: sha256(data) for name, data in made}
    made += [npm.main_package(release), image.make(release), texts.cmake_package(release), texts.spdx(release),
             texts.formula(release, digests, address)]
    return made


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--version", required=True)
    arguments.add_argument("--time", type=int, required=True, help="of all files, in seconds since 1970")
    arguments.add_argument("--program", action="append", required=True, metavar="MACHINE=FILE",
                           help=f"one of {', '.join(ARCHITECTURES)}, and the program built for it; repeatable")
    arguments.add_argument("--root", action="append", default=[], metavar="MACHINE=FOLDER",
                           help="for a processor other than this machine's: where its libraries are (packaging/static/fetch_root)")
    arguments.add_argument("--pages", type=Path, required=True, help="folder of the manual and the completions")
    arguments.add_argument("--address", default="https://example.org/partsmith", help="where the tarballs will be, for the formula")
    arguments.add_argument("--output", type=Path, required=True)
    asked = arguments.parse_args()
    programs, roots = ({machine: Path(path) for machine, path in (text.split("=", 1) for text in texts)} for texts in (asked.program, asked.root))
    release = Release(asked.version, asked.time, programs, asked.pages, asked.output, roots)
    shutil.rmtree(release.output, ignore_errors=True)
    release.output.mkdir(parents=True)
    sums = []
    for name, data in sorted(everything(release, asked.address)):
        (release.output / name).write_bytes(data)
        sums.append(f"{sha256(data)}  {name}\n")
        print(f"{len(data):>10}  {name}")
    (release.output / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main()
