"""On bare Debian 12 and 13: from the artefact to the first finished multipart upload, by what the distribution itself installs with."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from package.support import DEBIAN, MACHINE, artefact, in_root, run, serving

ROOTS = Path(os.environ.get("PARTSMITH_ROOTS") or Path(__file__).parents[2] / "build/package/roots")
CLIENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
SECONDS = 30
PATH = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def processor_time() -> float:
    """Of all programs that were run and have ended."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_children.ru_utime + of_children.ru_stime


@pytest.fixture(params=["bookworm", "trixie"])
def bare_root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "root"
    root.mkdir()
    # What stands in dev/ can be made by root alone, and is missed by nobody.
    done = run(["tar", "--extract", "--file", ROOTS / f"{request.param}.tar", "--directory", root, "--exclude=./dev/*"])
    assert done.returncode == 0, done.stderr
    (root / "dev/null").touch()
    yield root
    shutil.rmtree(root)


def install_deb(root: Path) -> str:
    shutil.copy(artefact(f"partsmith_*_{DEBIAN[MACHINE]}.deb"), root / "tmp/partsmith.deb")
    done = run(in_root(root, "/usr/bin/dpkg", "--install", "/tmp/partsmith.deb"), env=PATH)
    assert done.returncode == 0, done.stderr
    return "/usr/bin/partsmith"


def install_wheel(root: Path) -> str:
    wheel = shutil.copy(artefact(f"partsmith-*{MACHINE}.whl"), root / "tmp")
    made = run(in_root(root, "/usr/bin/python3", "-m", "venv", "/opt/partsmith"), env=PATH)
    assert made.returncode == 0, made.stdout + made.stderr
    done = run(in_root(root, "/opt/partsmith/bin/pip", "install", "--no-index", f"/tmp/{Path(wheel).name}"), env=PATH)
    assert done.returncode == 0, done.stderr
    return "/opt/partsmith/bin/partsmith"


def install_tarball(root: Path) -> str:
    tarball = shutil.copy(artefact(f"partsmith-*-linux-{MACHINE}.tar.gz"), root / "tmp")
    done = run(in_root(root, "/bin/tar", "--extract", "--gzip", "--file", f"/tmp/{Path(tarball).name}", "--directory", "/opt"), env=PATH)
    assert done.returncode == 0, done.stderr
    program = next((root / "opt").glob("*/bin/partsmith"))
    return f"/{program.relative_to(root)}"


@pytest.mark.parametrize("install", [install_deb, install_wheel, install_tarball])
def test_from_the_artefact_to_the_first_upload(bare_root: Path, tmp_path: Path, install: Callable[[Path], str]) -> None:
    body = b"gopher" * 2 * 1024 * 1024
    (bare_root / "tmp/gopher.mp4").write_bytes(body)
    began, used = time.monotonic(), processor_time()
    program = install(bare_root)
    command = in_root(bare_root, program, "serve", "--port", "0", "--ephemeral", "--bucket", "films", "--ready-file", "/tmp/ready.json")
    with serving(command, bare_root / "tmp/ready.json", tmp_path / "log") as ready:
        env = {**CLIENT, "AWS_ENDPOINT_URL": ready["url"]}
        sent = run(in_root(bare_root, program, "cp", "--part-size", "5MiB", "/tmp/gopher.mp4", "s3://films/gopher.mp4"), env=env)
        assert sent.returncode == 0, sent.stderr
        took = time.monotonic() - began
        kept = run(in_root(bare_root, program, "stat", "s3://films/gopher.mp4"), env=env)
        back = run(in_root(bare_root, program, "cp", "s3://films/gopher.mp4", "/tmp/back"), env=env)
    assert '-3"' in kept.stdout, kept.stdout + kept.stderr
    assert back.returncode == 0 and (bare_root / "tmp/back").read_bytes() == body, back.stderr
    used = processor_time() - used
    print(f"{install.__name__}: {took:.1f} s, {used:.1f} s of processor time")
    assert used < SECONDS  # what others do on the machine must not count


def test_no_library_of_the_machine_is_loaded(bare_root: Path, tmp_path: Path) -> None:
    """A service of names that /etc/nsswitch.conf has is a library of the machine's, made for another C library than the one inside."""
    source = tmp_path / "service.c"
    source.write_text('#include <fcntl.h>\n__attribute__((constructor)) static void loaded(void) { open("/tmp/loaded", O_CREAT, 0600); }\n')
    library = bare_root / f"lib/{platform.machine()}-linux-gnu/libnss_gopher.so.2"
    assert (done := run(["cc", "-shared", "-fPIC", "-o", library, source])).returncode == 0, done.stderr
    (bare_root / "etc/nsswitch.conf").write_text("hosts: gopher files\n")
    (bare_root / "etc/hosts").write_text("127.0.0.1 gopher.test\n")
    # The distribution's own programs load it.
    run(in_root(bare_root, "/usr/bin/getent", "ahosts", "gopher.test"))
    assert (bare_root / "tmp/loaded").exists()
    (bare_root / "tmp/loaded").unlink()
    program = install_tarball(bare_root)
    asked = run(in_root(bare_root, program, "health", "--timeout", "5", "--url", "http://gopher.test:1"), env={})
    assert "refused" in asked.stderr, asked.stderr  # the name was found
    assert not (bare_root / "tmp/loaded").exists()
