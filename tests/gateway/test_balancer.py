"""The files of examples/scale-out, by the programs that they are written for."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.gateways import Gateway, gateway_with_the_keys_of, health
from gateway.load import Load
from others.servers import free_ports
from support.s3 import client_of, new_bucket
from support.server import ACCESS_KEY, PATIENCE, SECRET_KEY, Server, eventually

pytestmark = pytest.mark.long

EXAMPLE = Path(__file__).parents[2] / "examples/scale-out"
KEYS = (ACCESS_KEY, SECRET_KEY)


def checked(*command: object, **environment: str) -> str:
    ended = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                           check=False, env=os.environ | environment)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def test_haproxy_takes_its_configuration_without_a_warning() -> None:
    """But for the names, which are those of the network that compose makes."""
    told = [line for line in checked("haproxy", "-c", "-V", "-f", EXAMPLE / "haproxy.cfg").splitlines() if line.startswith("[")]
    assert [line for line in told if "NOTICE" not in line and "could not resolve address 'gateway-" not in line] == []


def test_compose_takes_its_file() -> None:
    told = checked("docker-compose", "-f", EXAMPLE / "compose.yaml", "config", UPSTREAM="https://s3.example.com",
                   UPSTREAM_ACCESS_KEY="a", ACCESS_KEY="b", USER_ID="1000")
    assert all(service in told for service in ("gateway-1:", "gateway-2:", "haproxy:"))


@contextmanager
def haproxy(folder: Path, gateways: list[Gateway]) -> Iterator[str]:
    """The example's, but for the addresses: its URL."""
    port, = free_ports(1)
    text = (EXAMPLE / "haproxy.cfg").read_text()
    addresses = {"bind :9000": f"bind 127.0.0.1:{port}"}
    addresses |= {f" gateway-{number}:9000": f" 127.0.0.1:{gateway.port}" for number, gateway in enumerate(gateways, 1)}
    for there, here in addresses.items():
        assert text.count(there) == 1
        text = text.replace(there, here)
    file = folder / "haproxy.cfg"
    file.write_text(text)
    with (folder / "haproxy.log").open("wb") as log:
        running = subprocess.Popen(["haproxy", "-db", "-f", file], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: running.poll() is not None or answers(url), "haproxy answers")
        yield url
    finally:
        running.kill()
        running.wait(PATIENCE)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_partsmith/health", timeout=30):
            return True
    except OSError:
        return False


def test_clients_behind_haproxy_go_on_when_a_gateway_is_killed(tmp_path: Path) -> None:
    with Server(tmp_path / "engine", "--quiet") as engine:
        first, second = (gateway_with_the_keys_of(tmp_path / name, engine.url, *KEYS, "--quiet") for name in ("first", "second"))
        with second, first, haproxy(tmp_path, [first, second]) as url:
            bucket = new_bucket(client_of(url, *KEYS))
            with Load(bucket, [url], *KEYS, attempts=5) as load:
                load.more(80)
                first.kill()
                load.more(80)
            print(f"haproxy: {load}")
            assert load.given_up == 0 and load.lost(client_of(url, *KEYS)) == []
            assert health(second)[0] == 200
