"""How the released program is built: what makes a fault in it harder to use. Read with readelf, which g++ comes with."""

from __future__ import annotations

import platform
import subprocess

import pytest
from support.server import BINARY

pytestmark = pytest.mark.measures_memory  # a sanitizer's build is another program


def readelf(*options: str) -> str:
    return subprocess.run(["readelf", "--wide", *options, BINARY], capture_output=True, text=True, check=True).stdout


def test_it_is_loaded_at_an_address_that_nobody_knows() -> None:
    assert "DYN (Position-Independent Executable file)" in readelf("--file-header")


def test_its_table_of_functions_is_read_only_once_it_runs() -> None:
    assert "GNU_RELRO" in readelf("--program-headers")
    assert "BIND_NOW" in readelf("--dynamic")


def test_its_stack_holds_no_code() -> None:
    stack = next(line for line in readelf("--program-headers").splitlines() if "GNU_STACK" in line)
    assert " RW " in stack and " RWE " not in stack


def test_a_stack_that_is_overrun_ends_it() -> None:
    assert "__stack_chk_fail" in readelf("--dyn-syms")


def test_calls_of_the_c_library_check_the_sizes_of_their_buffers() -> None:
    assert [line for line in readelf("--dyn-syms").splitlines() if "_chk@" in line and "__stack_chk" not in line]


def test_indirect_jumps_land_where_they_may() -> None:
    if platform.machine() != "x86_64":
        return  # of the processors that partsmith is built for, x86 alone has it
    code = subprocess.run(["objdump", "--disassemble=main", "--no-show-raw-insn", BINARY], capture_output=True, text=True, check=True)
    assert "endbr64" in code.stdout
