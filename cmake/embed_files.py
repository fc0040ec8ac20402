#!/usr/bin/env python3
"""Writes a C++ source with the given files of a folder, compressed as zlib does: cmake/PartsmithEmbed.cmake calls it."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

BEGINNING = """#include "embedded.h"

namespace partsmith::conformance {
namespace {

"""
END = """}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  return files;
}

}  // namespace partsmith::conformance
"""


def array(name: str, data: bytes) -> str:
    rows = (",".join(map(str, data[at:at + 32])) for at in range(0, len(data), 32))
    return f"constexpr unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n\n"


def main() -> None:
    folder, output, *names = sys.argv[1:]
    arrays, rows = [], []
    for number, name in enumerate(names):
        text = (Path(folder) / name).read_bytes()
        arrays.append(array(f"file_{number}", zlib.compress(text, 9)))
        rows.append(f'    {{"{name}", file_{number}, {len(text)}}},\n')
    Path(output).write_text(f"{BEGINNING}{''.join(arrays)}constexpr EmbeddedFile files[] = {{\n{''.join(rows)}}};\n\n{END}")


if __name__ == "__main__":
    main()
