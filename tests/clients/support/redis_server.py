"""A real redis-server on a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import redis

from support.server import PATIENCE, eventually


class RedisServer:
    def __init__(self, folder: Path):
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed: ./dev test does that"
        with socket.socket() as probe:  # redis-server cannot choose a port by itself
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [program, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no",
             "--dir", folder, "--logfile", folder / "redis.log"], stdin=subprocess.DEVNULL)
        self.client = redis.Redis.from_url(self.url)
        eventually(self._answers, "Redis answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, "redis-server ended at start"
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
