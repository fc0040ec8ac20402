"""kill -9 at random instants under load: what was acknowledged is there, what was refused is not, nothing is left over."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from examine import examine_answers, examine_folder
from load import BASE, BUCKET, Load, base_body, digest
from oracle import Oracle
from signed import Connection
from support.server import BINARY, Server

CLIENTS = 4


def prepare(server: Server) -> Oracle:
    connection = Connection(server.port)
    assert connection.send("PUT", f"/{BUCKET}").status == 200
    assert connection.send("PUT", f"/{BUCKET}/{BASE}", body=base_body()).status == 200
    connection.close()
    oracle = Oracle()
    register = oracle.key(BASE)
    register.acknowledge(register.begin((digest(base_body()), digest(base_body()))))
    return oracle


def kill_under_load(server: Server, oracle: Oracle, chance: random.Random, seed: str) -> int:
    """Kills it at an instant that is in no relation to what it does. Returns how many answers there were."""
    load = Load(oracle, server.port, CLIENTS, seed)
    try:
        while load.acknowledged < CLIENTS and load.working:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.3))
    finally:
        server.kill()
    load.join()
    return load.acknowledged


def kill_at_start(folder: Path, data: Path, chance: random.Random) -> None:
    """A recovery can be killed too."""
    with (folder / "starts.log").open("ab") as log:
        process = subprocess.Popen([BINARY, "serve", "--port", "0", "--data", data], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(folder)})
    time.sleep(chance.uniform(0, 0.03))
    process.kill()
    process.wait()


def crash_again_and_again(folder: Path, durability: str, kills: int, seed: str) -> None:
    chance = random.Random(seed)
    data = folder / "data"
    options = ("--quiet", "--durability", durability)
    answers = 0
    with Server(folder / "server", *options, data=data) as server:
        oracle = prepare(server)
    for kill in range(kills):
        answers += kill_under_load(Server(folder / "server", *options, data=data), oracle, chance, f"{seed}/{kill}")
        if chance.random() < 0.3:
            kill_at_start(folder, data, chance)
        with Server(folder / "server", *options, data=data) as server:
            assert list((data / "incoming").iterdir()) == []
            examine_answers(oracle, server.port)
        examine_folder(data)
    assert answers > kills * CLIENTS


@pytest.mark.parametrize("durability", ["process", "disk"])
def test_a_server_killed_under_load_keeps_what_it_acknowledged(tmp_path: Path, durability: str) -> None:
    crash_again_and_again(tmp_path, durability, kills=12, seed=f"short/{durability}")


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("durability", ["process", "disk"])
def test_a_server_killed_hundreds_of_times_keeps_what_it_acknowledged(tmp_path: Path, durability: str) -> None:
    crash_again_and_again(tmp_path, durability, kills=120, seed=f"long/{durability}")
