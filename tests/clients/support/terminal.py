"""A terminal for a program to write to."""

from __future__ import annotations

import pty


def open_terminal() -> tuple[int, int]:
    """Our side and the program's."""
    try:
        return pty.openpty()
    except OSError as error:
        raise AssertionError(f"this test needs a pseudo-terminal ({error}): mount devpts at /dev/pts") from error
