"""What Linux tells of a process."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def stat_fields(process: int) -> list[str] | None:
    """Of /proc/PID/stat, from the state on; nothing once the process has gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ProcessLookupError):
        return None


def processor_seconds(process: int) -> float:
    """User and system; none of a process that has gone."""
    fields = stat_fields(process)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0
