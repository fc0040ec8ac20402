"""The small ones: a formula for Homebrew on Linux, a CMake package, and the list of what is inside (SPDX)."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from . import tarball
from .archives import Entry, compressed, tar, with_folders
from .release import LICENSE, ROOT, SUMMARY, Release, sha256


def formula(release: Release, digests: dict[str, str], address: str) -> tuple[str, bytes]:
    """`digests`: of the tarballs, by name. `address`: of the folder that they are published in."""
    arms = ""
    for architecture in release.architectures():
        word = {"aarch64": "arm", "x86_64": "intel"}[architecture.machine]
        name = f"{tarball.name(release, architecture)}.tar.gz"
        arms += f'    on_{word} do\n      url "{address}/{name}"\n      sha256 "{digests[name]}"\n    end\n'
    text = f'''class Partsmith < Formula
  desc "{SUMMARY.split(",")[0]}"
  homepage "{address}"
  version "{release.version}"
  license "Apache-2.0"

  on_linux do
{arms}  end

  def install
    bin.install "bin/partsmith"
    man1.install "share/man/man1/partsmith.1"
    bash_completion.install "share/bash-completion/completions/partsmith"
    zsh_completion.install "share/zsh/site-functions/_partsmith"
    fish_completion.install "share/fish/vendor_completions.d/partsmith.fish"
  end

  test do
    assert_equal version.to_s, shell_output("#{{bin}}/partsmith --version").strip
  end
end
'''
    return "partsmith.rb", text.encode()


def cmake_package(release: Release) -> tuple[str, bytes]:
    """find_package(partsmith) gives the program of each architecture as partsmith::program, and partsmith_serve_for_tests()."""
    top = f"partsmith-{release.version}-cmake"
    source = ROOT / "packaging/cmake"
    entries = [Entry(f"{top}/LICENSE", LICENSE.read_bytes())]
    entries += [Entry(f"{top}/lib/cmake/partsmith/{path.name}", path.read_bytes().replace(b"@VERSION@", release.version.encode()))
                for path in sorted(source.iterdir())]
    entries += [Entry(f"{top}/libexec/partsmith/{a.machine}/partsmith", release.program(a), 0o755) for a in release.architectures()]
    return f"{top}.tar.gz", compressed(tar(with_folders(entries), release.time))


def _installed(package: str, root: Path | None) -> str:
    """The version of a package whose archive or headers are in the program: of this machine, or of the root for another processor."""
    if root:
        return dict(line.split() for line in (root / "versions").read_text().splitlines())[package]
    return subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package], check=True, capture_output=True, text=True).stdout


def spdx(release: Release) -> tuple[str, bytes]:
    """What the programs are made of, in SPDX 2.3's JSON: a library whose versions differ between processors stands there for each."""
    rows = [line.split() for line in (ROOT / "packaging/static/libraries.txt").read_text().splitlines()
            if line and not line.startswith("#")]
    packages = [{"SPDXID": "SPDXRef-partsmith", "name": "partsmith", "versionInfo": release.version, "licenseConcluded": "Apache-2.0",
                 "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False}]
    for name, version, digest, licence in ([*row[:3], " ".join(row[3:])] for row in rows):
        versions = {version} if version != "installed" else {_installed(name, release.roots.get(a.machine)) for a in release.architectures()}
        for version in sorted(versions):
            identifier = re.sub("[^A-Za-z0-9.-]", "-", name if len(versions) == 1 else f"{name}-{version}")
            package = {"SPDXID": f"SPDXRef-{identifier}", "name": name, "versionInfo": version, "licenseConcluded": licence,
                       "licenseDeclared": licence, "copyrightText": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False}
            if digest != "-":
                package["comment"] = f"Debian's source package; SHA-256 of its .dsc: {digest}"
            packages.append(package)
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-partsmith"}]
    relations += [{"spdxElementId": "SPDXRef-partsmith", "relationshipType": "STATIC_LINK", "relatedSpdxElement": package["SPDXID"]}
                  for package in packages[1:]]
    programs = sha256(b"".join(release.program(a) for a in release.architectures()))
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"partsmith-{release.version}",
        "documentNamespace": f"urn:partsmith:{release.version}:{programs[:32]}",
        "creationInfo": {"created": datetime.fromtimestamp(release.time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: partsmith-package"]},
        "packages": packages, "relationships": relations,
    }
    return f"partsmith-{release.version}.spdx.json", (json.dumps(document, indent=2) + "\n").encode()
