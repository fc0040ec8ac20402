#!/usr/bin/env python3
"""partsmith beside others: what uploads, downloads, small requests, completions and pages take.

    bench/bench.py PROGRAM [PROGRAM2…] --load LOAD [--against NAME,…] [--rounds N] [--only ROW] [--json FILE] [--chart FILE]

Each server has one processor to itself and the sender another, where the machine has two. In each round every server is started anew, one
after the other, so that what else the machine does hits all; told are the medians, with the least and the most. `floor` is a plain program
that does what no server can do without. PROGRAM is one of partsmith's, LOAD the program of bench/load. NAME is one of tests/others/servers.py
that tests/others/install has put into --others; a comma separates several.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from against import report, servers  # noqa: E402
from against.load import Load, Refused  # noqa: E402
from against.rows import ROWS, Row  # noqa: E402


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    parser.add_argument("--load", required=True, metavar="LOAD")
    parser.add_argument("--against", default="", metavar="NAME,…")
    parser.add_argument("--others", type=Path, default=ROOT / "build" / "others", metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", metavar="ROW", help="those whose name has that in it")
    parser.add_argument("--without-floor", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the servers keep their files")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="an SVG picture")
    options = parser.parse_intermixed_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def version_of(binary: str) -> str:
    told = subprocess.run([binary, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    return told.split()[-1]


def of_partsmith(binaries: list[str]) -> list[servers.Program]:
    names = [f"partsmith {version_of(binary)}" for binary in binaries]
    if len(binaries) > 1:  # of one version, often
        names = [f"{name}, {binary}" for name, binary in zip(names, binaries, strict=True)]
    return [servers.partsmith(name, binary) for name, binary in zip(names, binaries, strict=True)]


def processors() -> tuple[set[int], set[int]]:
    """The servers', and the sender's."""
    there = sorted(os.sched_getaffinity(0))
    return {there[0]}, {there[-1]}


def one_round(row: Row, program: servers.Program, load: Load, options: argparse.Namespace, measured: report.Measured) -> None:
    try:
        with servers.running(program, processors()[0], options.folder, row.flags) as server:
            measured.rounds.append(row.measure(server, load))
    except (Refused, SystemExit, OSError, subprocess.CalledProcessError) as failure:
        measured.failed = str(failure) or type(failure).__name__


def say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def takes_part(program: servers.Program, row: Row) -> bool:
    if program is servers.FLOOR:
        return row.has_floor
    return not (row.flags and program.kind)


def measure(rows: list[Row], taking_part: list[servers.Program], options: argparse.Namespace) -> report.Results:
    load = Load(options.load, frozenset(processors()[1]))
    results: report.Results = {}
    for row in rows:
        of_row = results[row.name] = {program.name: report.Measured() for program in taking_part if takes_part(program, row)}
        for number in range(options.rounds):
            for program in taking_part:
                if program.name in of_row and not of_row[program.name].failed:
                    say(f"{row.name}, round {number + 1} of {options.rounds}: {program.name}")
                    one_round(row, program, load, options, of_row[program.name])
        say("")
        print(report.row_lines(row, [program.name for program in taking_part], of_row), flush=True)
    return results


def main() -> None:
    options = parse()
    rows = [row for row in ROWS if not options.only or options.only in row.name]
    if not rows:
        raise SystemExit(f"--only: no row has {options.only} in its name, but: {'; '.join(row.name for row in ROWS)}")
    taking_part = of_partsmith(options.programs) + servers.others([name for name in options.against.split(",") if name], options.others)
    if not options.without_floor and any(row.has_floor for row in rows):
        taking_part.append(servers.FLOOR)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        options.folder = Path(folder)
        load_before = os.getloadavg()[0]
        print(report.head([program.name for program in taking_part]))
        results = measure(rows, taking_part, options)
    occasion = report.Occasion(
        time.strftime("%Y-%m-%d"), shlex.join(["bench/bench.py", *(Path(argument).name if "/" in argument else argument for argument in sys.argv[1:])]),
        f"{len(os.sched_getaffinity(0))} processors, {platform.machine()}", f"{load_before:.1f} to {os.getloadavg()[0]:.1f}",
        [program.name for program in taking_part])
    if options.json:
        report.write_json(options.json, occasion, results)
    if options.chart:
        options.chart.write_text(report.chart(rows, occasion.programs, results, occasion))


if __name__ == "__main__":
    main()
