"""What was measured as a table, row by row, a chart and JSON."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path

from against.rows import Row


@dataclass
class Measured:
    """Of one program in one row: what each round found, by name; or why there is nothing."""

    rounds: list[dict[str, float]] = field(default_factory=list)
    failed: str = ""

    def values(self, name: str) -> list[float]:
        return [found[name] for found in self.rounds]

    def median(self, name: str) -> float:
        return statistics.median(self.values(name))


Results = dict[str, dict[str, Measured]]
"""By the row's name, and the program's."""


@dataclass(frozen=True)
class Occasion:
    date: str
    command: str
    machine: str
    load: str
    """Average of a minute, from and to: what else the machine did."""
    programs: list[str]


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(measured: Measured | None, name: str, base: Measured | None) -> str:
    """The median with the least and the most; and as a multiple of the first program's, with the least and the most of the rounds,
    whose programs took turns."""
    if not measured or not (measured.rounds or measured.failed):
        return ""
    if measured.failed:
        return "fails: " + measured.failed.replace("|", "/").replace("\n", " ")[:60]
    values = measured.values(name)
    text = f"{number(statistics.median(values))} ({number(min(values))} to {number(max(values))})"
    if not base or base is measured or not base.rounds:
        return text
    ratios = [value / other for value, other in zip(values, base.values(name), strict=False) if other]
    return text + (f", × {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else "")


def head(programs: list[str]) -> str:
    return "| | " + " | ".join(programs) + " |\n|---|" + "---|" * len(programs)


def row_lines(row: Row, programs: list[str], of_row: dict[str, Measured]) -> str:
    """A line for each thing that the row measures."""
    base = of_row.get(programs[0])
    names = list(next((measured.rounds[0] for measured in of_row.values() if measured.rounds), {"": 0}))
    lines = []
    for index, name in enumerate(names):
        title = f"**{row.name}**, {row.unit}" if index == 0 else f"{row.name}: {name}"
        lines.append(f"| {title} | " + " | ".join(cell(of_row.get(program), name, base) for program in programs) + " |")
    return "\n".join(lines)


def write_json(file: Path, occasion: Occasion, results: Results) -> None:
    file.write_text(json.dumps({**asdict(occasion), "rows": {row: {program: asdict(measured) for program, measured in of_row.items()}
                                                             for row, of_row in results.items()}}, indent=1) + "\n")


BAR, GAP, LEFT, WIDTH = 14, 22, 170, 760
COLOURS = ("#1f6feb", "#8b949e", "#bf8700", "#8250df", "#1a7f37", "#cf222e", "#bc4c00", "#0550ae", "#6e7781")


def bars(row: Row, of_row: dict[str, Measured], programs: list[str], top: int) -> tuple[list[str], int]:
    """A row's part of the chart, and where it ends."""
    better = "more" if row.more_is_better else "less"
    out = [f'<text x="0" y="{top}" class="title">{escape(row.name)}</text>'
           f'<text x="{WIDTH}" y="{top}" class="unit" text-anchor="end">{escape(row.unit)}; {better} is better</text>']
    shown = [(program, of_row[program]) for program in programs if program in of_row]
    name = next((next(iter(measured.rounds[0])) for _, measured in shown if measured.rounds), "")
    most = max((measured.median(name) for _, measured in shown if measured.rounds), default=1) or 1
    y = top + 8
    for program, measured in shown:
        colour = COLOURS[programs.index(program) % len(COLOURS)]
        out.append(f'<text x="{LEFT - 8}" y="{y + BAR - 3}" class="name" text-anchor="end">{escape(program)}</text>')
        if measured.rounds:
            width = max(1, round(measured.median(name) / most * (WIDTH - LEFT - 90)))
            out.append(f'<rect x="{LEFT}" y="{y}" width="{width}" height="{BAR - 2}" rx="2" fill="{colour}"/>'
                       f'<text x="{LEFT + width + 6}" y="{y + BAR - 3}" class="value">{number(measured.median(name))}</text>')
        else:
            out.append(f'<text x="{LEFT}" y="{y + BAR - 3}" class="value">fails</text>')
        y += BAR + 2
    return out, y + GAP


def chart(rows: list[Row], programs: list[str], results: Results, occasion: Occasion) -> str:
    out: list[str] = []
    y = 64
    for row in rows:
        if row.name in results:
            drawn, y = bars(row, results[row.name], programs, y)
            out += drawn
    # Both colour schemes: a page may show the picture on either ground.
    style = ("text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.unit,.value,.name{font-size:11px;fill:#59636e}"
             "@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.unit,.value,.name{fill:#9198a1}}")
    head = (f'<text x="0" y="16" class="title">Medians, {escape(occasion.date)}</text><text x="0" y="34" class="unit">{escape(occasion.machine)}, '
            f'load {escape(occasion.load)}; {escape(occasion.command)}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 0 {WIDTH + 16} {y}" role="img" aria-label="What takes how long, server by server">'
            f'<style>{style}</style>{head}{"".join(out)}</svg>\n')
