"""packaging/go: its own tests, by `go test`."""

from __future__ import annotations

import os
import re
import subprocess

from support.programs import GO_ENVIRONMENT, PATH, ROOT
from support.server import BINARY

MODULE = ROOT / "packaging/go"
ENVIRONMENT = {**os.environ, **GO_ENVIRONMENT, "GOFLAGS": "-mod=readonly", "GOPROXY": "off", "PATH": PATH,
               "PARTSMITH_BINARY": str(BINARY)}


def go(*words: str) -> str:
    done = subprocess.run(["go", *words], cwd=MODULE, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tests_of_the_go_module_pass() -> None:
    told = go("test", "-count=1", "-v", "./...")
    written = re.findall(r"^func (Test\w+)\(", (MODULE / "partsmith_test.go").read_text(), re.MULTILINE)
    assert written and set(written) <= set(re.findall(r"^--- PASS: (\w+)", told, re.MULTILINE)), told


def test_go_vet_finds_nothing() -> None:
    go("vet", "./...")
