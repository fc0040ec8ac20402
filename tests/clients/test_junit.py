"""packaging/java: its own tests, by Maven."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support.programs import PATH, ROOT
from support.server import BINARY

MODULE = ROOT / "packaging/java"
pytestmark = pytest.mark.long


def test_the_tests_of_the_extension_pass(tmp_path: Path) -> None:
    done = subprocess.run(
        ["mvn", "--quiet", "--batch-mode", f"-Dpartsmith.build={tmp_path}", "test"], cwd=MODULE, env={**os.environ, "PATH": PATH, "PARTSMITH_BINARY": str(BINARY)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=290, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {case.get("name") for report in (tmp_path / "surefire-reports").glob("TEST-*.xml")
           for case in ElementTree.parse(report).iter("testcase")}
    written = set()
    for source in (MODULE / "src/test").rglob("*Test.java"):
        # Those of classes within run inside another test.
        written |= set(re.findall(r"^  @Test\n  void (\w+)\(", source.read_text(), re.MULTILINE))
    assert written and written <= {str(name).split("(")[0] for name in ran}
