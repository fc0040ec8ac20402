"""The pages of docs/clients: tasks, each with the program that does it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .programs import ROOT

FOLDER = ROOT / "docs/clients"


@dataclass(frozen=True)
class Task:
    name: str
    language: str
    text: str


def tasks_of(page: Path) -> list[Task]:
    """Each heading with the program below it."""
    tasks = []
    for section in page.read_text().split("\n## ")[1:]:
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
            tasks.append(Task(section.splitlines()[0], language, text))
    return tasks
