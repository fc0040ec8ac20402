"""The program alone: what it needs, what hardens it, and that it works where there is nothing else."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from package.conftest import EmptyRoot
from package.support import multipart_upload, run, serving


def readelf(program: Path, *options: str) -> str:
    return run(["readelf", "--wide", *options, program]).stdout


def test_it_needs_no_library(any_program: Path) -> None:
    assert "NEEDED" not in readelf(any_program, "--dynamic")
    assert "INTERP" not in readelf(any_program, "--program-headers")


def test_it_is_hardened(any_program: Path) -> None:
    assert "DYN" in readelf(any_program, "--file-header")  # loaded at an address that nobody knows
    headers = readelf(any_program, "--program-headers")
    assert "GNU_RELRO" in headers
    stack = next(line for line in headers.splitlines() if "GNU_STACK" in line)
    assert " RW " in stack and " RWE " not in stack
    assert not [line for line in headers.splitlines() if re.search(r"LOAD.* RWE ", line)]


def test_it_is_small(any_program: Path) -> None:
    assert any_program.stat().st_size <= 15.5 * 1024 * 1024
    assert len(gzip.compress(any_program.read_bytes())) <= 7 * 1024 * 1024


def test_it_doesn_t_tell_who_built_it(any_program: Path) -> None:
    content = any_program.read_bytes()
    for folder in {str(Path(__file__).parents[2]), str(Path.home())}:
        assert len(folder) < 5 or folder.encode() + b"/" not in content, folder
    assert not re.findall(r"^ *\[ *\d+\] \.(debug|symtab)", readelf(any_program, "--section-headers"), re.MULTILINE)


def test_a_multipart_upload_in_an_empty_root(empty_root: EmptyRoot, tmp_path: Path) -> None:
    command = empty_root.partsmith("serve", "--port", "0", "--ephemeral", "--ready-file", "/tmp/ready.json")
    with serving(command, empty_root.path / "tmp/ready.json", tmp_path / "log") as ready:
        multipart_upload(ready["url"])


def test_the_client_in_an_empty_root(empty_root: EmptyRoot, tmp_path: Path) -> None:
    """Names come from /etc/hosts, keys hold any character whatever the locale, and nothing else is there."""
    (empty_root.path / "etc").mkdir()
    (empty_root.path / "etc/hosts").write_text("127.0.0.1 localhost gopher.test\n")
    command = empty_root.partsmith("serve", "--port", "0", "--ephemeral", "--bucket", "films", "--ready-file", "/tmp/ready.json")
    with serving(command, empty_root.path / "tmp/ready.json", tmp_path / "log") as ready:
        # To a Host that isn't local the server answers only with --allow-host; localhost is one that is.
        for locale in ("C", "de_DE.UTF-8"):
            env = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "LC_ALL": locale,
                   "AWS_ENDPOINT_URL": f"http://localhost:{ready['port']}"}
            (empty_root.path / "grüße.txt").write_text("hello")
            assert (done := run(empty_root.partsmith("cp", "/grüße.txt", f"s3://films/{locale}/grüße.txt"), env=env)).returncode == 0, done.stderr
            assert run(empty_root.partsmith("cat", f"s3://films/{locale}/grüße.txt"), env=env).stdout == "hello"
        named = run(empty_root.partsmith("health", "--url", f"http://gopher.test:{ready['port']}"), env={})
        assert "403" in named.stderr, named.stderr  # the name was found, and the server doesn't serve it
        unknown = run(empty_root.partsmith("health", "--timeout", "5", "--url", f"http://nowhere.test:{ready['port']}"), env={})
        assert unknown.returncode == 1 and "403" not in unknown.stderr


@pytest.mark.parametrize("bundle", ["etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem",
                                    "etc/ssl/cert.pem", "by SSL_CERT_FILE"])
def test_it_trusts_the_distribution_s_certificates(empty_root: EmptyRoot, tmp_path: Path, bundle: str) -> None:
    command = empty_root.partsmith("serve", "--port", "0", "--ephemeral", "--ready-file", "/tmp/ready.json",
                      "--tls-self-signed", "/tmp/ca.pem")
    with serving(command, empty_root.path / "tmp/ready.json", tmp_path / "log") as ready:
        ask = empty_root.partsmith("health", "--url", ready["url"])
        assert "not trusted" in run(ask, env={}).stderr
        env = {}
        if bundle == "by SSL_CERT_FILE":
            env["SSL_CERT_FILE"] = "/tmp/ca.pem"
        else:
            (empty_root.path / bundle).parent.mkdir(parents=True)
            shutil.copy(empty_root.path / "tmp/ca.pem", empty_root.path / bundle)
        assert (done := run(ask, env=env)).returncode == 0, done.stderr


def test_it_says_the_version_that_the_project_has(program: Path) -> None:
    version = re.search(r"^project\(partsmith VERSION ([0-9.]+)", (Path(__file__).parents[2] / "CMakeLists.txt").read_text(), re.MULTILINE)
    assert version
    assert run([program, "--version"]).stdout.strip() == version[1]


def test_it_runs_without_standard_streams(empty_root: EmptyRoot) -> None:
    command = empty_root.partsmith("--version")
    assert subprocess.run(command, stdin=None, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={}, timeout=60, check=False).returncode == 0
