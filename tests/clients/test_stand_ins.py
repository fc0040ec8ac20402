"""Under the names `minio`, `mc`, `curl` and `sh` the program does what compose files ask of MinIO's image by these names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.server import BINARY, PATIENCE, Server, eventually

from clients.test_drop_in import buckets_at

NAMES = ("minio", "docker-entrypoint.sh", "mc", "curl", "sh", "bash")


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A folder as the image's /usr/bin is: the program and its other names, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "partsmith").symlink_to(BINARY)
    for name in NAMES:
        (folder / name).symlink_to("partsmith")
    return folder


class Done:
    def __init__(self, done: subprocess.CompletedProcess[str]):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


def run(names: Path, *words: str, env: dict[str, str] | None = None) -> Done:
    done = subprocess.run([names / words[0], *words[1:]], capture_output=True, text=True, timeout=PATIENCE, check=False,
                          env={"PATH": str(names), "HOME": "/nowhere", **(env or {})})
    return Done(done)


@contextmanager
def serving(names: Path, *words: str, env: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    ready = names.parent / "ready.json"
    process = subprocess.Popen([names / words[0], *words[1:]], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={"PATH": str(names), "PARTSMITH_READY_FILE": str(ready), **env})
    try:
        eventually(lambda: ready.exists() or process.poll() is not None, "the server is ready")
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        yield json.loads(ready.read_text())["url"], process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stderr
        process.stderr.close()


# --- The server's start, in the ways in which compose files say it

KEYS = {"MINIO_ROOT_USER": "gopher", "MINIO_ROOT_PASSWORD": "burrow-of-gophers"}


@pytest.mark.parametrize("words", [
    ("minio", "server", "DATA", "--address", "127.0.0.1:0"),
    ("docker-entrypoint.sh", "minio", "server", "DATA", "--address", "127.0.0.1:0"),
    ("docker-entrypoint.sh", "server", "DATA", "--address", "127.0.0.1:0"),
    ("partsmith", "minio", "server", "DATA", "--address", "127.0.0.1:0", "--console-address", ":9001"),
    ("partsmith", "server", "--console-address", ":9001", "--address", "127.0.0.1:0", "DATA"),
    ("partsmith", "server", "--compat", "DATA", "--address=127.0.0.1:0"),
    ("sh", "-c", 'minio server --address "127.0.0.1:0" --console-address ":9001" DATA'),
    ("sh", "-c", "exec minio server --address '127.0.0.1:0' DATA"),
    ("bash", "-ec", "sleep 0.01; minio server --address 127.0.0.1:0 DATA"),
    ("sh", "-c", "exec /usr/bin/docker-entrypoint.sh minio server --address 127.0.0.1:0 DATA"),
], ids=lambda words: " ".join(words))
def test_a_start_as_compose_files_say_it(names: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    here = [word.replace("DATA", str(tmp_path / "data")) for word in words]
    with serving(names, *here, env=KEYS) as (url, _):
        assert buckets_at(url, "gopher", "burrow-of-gophers") == []


@pytest.mark.parametrize("making", ["mkdir -p DATA/films DATA/photos", "mc mb DATA/films && mc mb -p DATA/photos",
                                    "mkdir -p DATA && mkdir DATA/films && mkdir DATA/photos"])
def test_folders_that_are_made_before_the_start_are_buckets(names: Path, tmp_path: Path, making: str) -> None:
    script = f'{making} && minio server --address "127.0.0.1:0" DATA'.replace("DATA", str(tmp_path / "data"))
    for _ in range(2):  # as a container that starts again
        with serving(names, "sh", "-c", script.replace("mkdir DATA", "mkdir -p DATA"), env=KEYS) as (url, _process):
            assert buckets_at(url, "gopher", "burrow-of-gophers") == ["films", "photos"]
        script = script.replace("mkdir ", "mkdir -p ").replace("-p -p", "-p")


def test_folders_are_buckets_beside_those_of_the_environment(names: Path, tmp_path: Path) -> None:
    (tmp_path / "data/photos").mkdir(parents=True)
    (tmp_path / "data/Not a bucket").mkdir()
    (tmp_path / "data/full").mkdir()
    (tmp_path / "data/full/file").touch()
    with serving(names, "minio", "server", str(tmp_path / "data"), "--address", "127.0.0.1:0",
                 env={**KEYS, "MINIO_DEFAULT_BUCKETS": "films"}) as (url, _):
        assert buckets_at(url, "gopher", "burrow-of-gophers") == ["films", "photos"]
    with serving(names, "minio", "server", str(tmp_path / "data"), "--address", "127.0.0.1:0", env=KEYS) as (url, _):
        assert buckets_at(url, "gopher", "burrow-of-gophers") == ["films", "photos"]  # none of the store's own folders


def test_a_shell_becomes_the_server_so_that_it_gets_the_signals(names: Path, tmp_path: Path) -> None:
    script = f"mkdir -p {tmp_path}/data && minio server --address 127.0.0.1:0 {tmp_path}/data"
    with serving(names, "sh", "-c", script, env=KEYS) as (_, process):
        assert int(json.loads((tmp_path / "ready.json").read_text())["pid"]) == process.pid


# --- Health checks

LIVE = "/minio/health/live"


@pytest.mark.parametrize("check", [
    ("mc", "ready", "local"),
    ("mc", "ready", "local", "--insecure"),
    ("curl", "-f", "URL" + LIVE),
    ("curl", "-I", "URL" + LIVE),
    ("curl", "-sf", "URL/minio/health/ready"),
    ("curl", "-fsSo", "/dev/null", "-m", "5", "URL/minio/health/cluster"),
    ("curl", "--silent", "--show-error", "--fail", "--max-time", "5", "--output", "/dev/null", "URL/_partsmith/health"),
    ("sh", "-c", f"curl -f URL{LIVE} || exit 1"),
    ("sh", "-c", f"curl --silent --fail URL{LIVE} >/dev/null 2>&1 || exit 1"),
    ("sh", "-c", f"mc ready local || curl -sf URL{LIVE} || exit 1"),
    ("bash", "-c", ":> /dev/tcp/127.0.0.1/PORT"),
    ("sh", "-c", "timeout 5s bash -c ':> /dev/tcp/127.0.0.1/PORT' || exit 1"),
], ids=lambda check: " ".join(check))
def test_a_health_check_as_compose_files_have_it(names: Path, tmp_path: Path, check: tuple[str, ...]) -> None:
    with Server(tmp_path) as server:
        port = str(server.port)
        here = [word.replace("URL", f"http://localhost:{port}").replace("PORT", port) for word in check]
        env = {"PARTSMITH_PORT": port}
        well = run(names, *here, env=env)
        assert well.code == 0, well.err
    gone = run(names, *here, env=env)
    assert gone.code != 0, gone.out


def test_curl_gives_the_body_and_its_own_exit_codes(names: Path, server: Server, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{server.port}"
    assert run(names, "curl", "-s", url + "/_localstack/health").out.startswith("{")
    assert run(names, "curl", "-s", f"127.0.0.1:{server.port}/_localstack/health").out.startswith("{")
    assert run(names, "curl", "-s", "-o", str(tmp_path / "body"), "-w", "%{http_code}\\n", url + "/no-bucket-of-that-name/none").out == "404\n"
    assert "<Code>NoSuchBucket</Code>" in (tmp_path / "body").read_text()
    refused = run(names, "curl", "-fsS", url + "/no-bucket-of-that-name/none")
    assert refused.code == 22 and refused.out == "" and "404" in refused.err
    silent = run(names, "curl", "-fs", url + "/no-bucket-of-that-name/none")
    assert silent.code == 22 and silent.err == ""
    assert run(names, "curl", "ftp://127.0.0.1/").code == 3
    assert run(names, "curl", "-s", "-o", "/nowhere/at/all", url + LIVE + "x").code == 23
    assert run(names, "curl", "-f").code == 2
    assert run(names, "curl", "-X", "DELETE", url).code == 2


def test_curl_does_not_wait_longer_than_it_is_told(names: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = run(names, "curl", "-m", "1", f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert done.code == 28, done.err


def test_mc_says_what_it_has(names: Path, tmp_path: Path) -> None:
    for words in (["alias", "set", "local", "http://127.0.0.1:9000", "a", "b"], ["mb", "local/films"],
                  ["mb", "--with-lock", str(tmp_path / "films")], ["ready"]):
        done = run(names, "mc", *words)
        assert done.code == 1 and done.err.startswith("mc: ") and done.err.count("\n") == 1, done.err


# --- The shell

@pytest.mark.parametrize(("script", "out", "code"), [
    ("echo hello", "hello\n", 0),
    ("echo 'a  b' \"c $NAME\" d\\ e $NAME$UNSET", "a  b c one two d e one two\n", 0),
    ("echo ${NAME}s \"\\$NAME\" '$NAME' $", "one twos $NAME $NAME $\n", 0),
    ("false || echo no && echo yes", "no\nyes\n", 0),
    ("true || echo no; echo next", "next\n", 0),
    ("false && echo no", "", 1),
    ("false; echo after", "after\n", 0),
    ("false || exit 7", "", 7),
    ("true && exit", "", 0),
    ("echo one # two\necho three", "one\nthree\n", 0),
    ("exec echo last; echo never", "last\n", 0),
    ("echo hidden >/dev/null", "", 0),
    ("echo hidden >/dev/null 2>&1 ; echo shown", "shown\n", 0),
    ("nothing-of-that-name", "", 127),
    ("nothing-of-that-name || echo none", "none\n", 0),
    ("echo a{1...4}", "a{1...4}\n", 0),
    ("timeout 1 sleep 20", "", -signal.SIGALRM),
    ("sh -c 'exit 3'", "", 3),
    ("sleep 0.001s && partsmith --version", "0.1.0\n", 0),
    ("echo \"\" ''", " \n", 0),
])
def test_a_script_does_what_a_shell_would(names: Path, script: str, out: str, code: int) -> None:
    done = run(names, "sh", "-c", script, env={"NAME": "one two"})
    assert (done.out, done.code) == (out, code), done.err


def test_with_e_the_first_failure_ends_the_script(names: Path) -> None:
    done = run(names, "sh", "-ec", "true; false && echo no; false || true; echo here; false; echo never")
    assert (done.out, done.code) == ("here\n", 1)


@pytest.mark.parametrize("script", [
    "echo a | grep a", "sleep 1 &", "if true; then echo; fi", "while true; do echo; done", "echo $(id)", "echo `id`", "A=b echo", "export A=b; A=c",
    "(echo)", "echo $1", "echo ${A:-b}", "echo <<A", "echo 'a", 'echo "a', "&& echo", "echo &&", "echo >", "! true", "{ echo; }", "a() { echo; }",
])
def test_what_it_does_not_understand_is_refused_before_anything_is_run(names: Path, script: str) -> None:
    done = run(names, "sh", "-c", f"echo first; {script}")
    assert (done.code, done.out) == (2, ""), script
    assert done.err.startswith("sh: ") and done.err.count("\n") == 1


def test_there_is_no_shell_to_sit_in(names: Path) -> None:
    for words in (["sh"], ["bash", "-l"], ["sh", "-x", "-c"], ["sh", "script.sh"], ["sh", "-z"]):
        assert run(names, *words).code == 2


def test_other_names_are_the_program_itself(names: Path, tmp_path: Path) -> None:
    (names / "s3").symlink_to(os.path.realpath(BINARY))
    assert run(names, "s3", "--version").out == run(names, "partsmith", "--version").out
