"""No line of a C++ source is longer than .clang-format says. Text in raw strings, and tables that clang-format is told to
leave alone, may be. Usage: line_widths.py ROOT"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(sys.argv[1])
ROOMS = ("bench", "cli", "client", "conformance", "emulator", "gateway", "protocol", "server", "storage", "tests", "values")


def limit() -> int:
    found = re.search(r"^ColumnLimit: (\d+)$", (ROOT / ".clang-format").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def long_lines(path: Path, most: int) -> Iterator[int]:
    formatted, end = True, ""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if "clang-format off" in line or "clang-format on" in line:
            formatted = "clang-format on" in line
        begun = re.search(r'R"(\w*)\(', line)
        exempt = not formatted or end or begun
        if len(line) > most and not exempt:
            yield number
        if begun and not end:
            end = f"){begun[1]}\""
            line = line[begun.end():]
        if end and end in line:
            end = ""


wide = [f"{path.relative_to(ROOT)}:{number}" for room in ROOMS for suffix in ("cc", "h")
        for path in sorted((ROOT / room).rglob(f"*.{suffix}")) for number in long_lines(path, limit())]
print("\n".join(wide) if wide else "no line is too long")
sys.exit(bool(wide))
