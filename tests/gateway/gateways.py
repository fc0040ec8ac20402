"""A gateway before an engine, as a person would start both."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from support.server import Server

ENGINE_KEY = "engine"
ENGINE_SECRET = "engine-secret"
"""The upstream's keys: the clients of a gateway don't know them."""


class Gateway(Server):
    def __init__(self, folder: Path, upstream: str, *options: str, access_key: str = ENGINE_KEY, secret_key: str = ENGINE_SECRET,
                 **how: Any):
        folder.mkdir(parents=True, exist_ok=True)
        secret = folder / "upstream-secret"
        secret.touch(mode=0o600)
        secret.write_text(secret_key + "\n")
        super().__init__(folder, "--upstream", upstream, "--upstream-access-key", access_key,
                         "--upstream-secret-key-file", str(secret), *options, **how)


def gateway_with_the_keys_of(folder: Path, upstream: str, access_key: str, secret_key: str, *options: str) -> Gateway:
    """Its clients use the keys of the upstream."""
    return Gateway(folder, upstream, "--access-key", access_key, "--secret-key", secret_key, *options, access_key=access_key,
                   secret_key=secret_key)


def health(server: Server, path: str = "/_partsmith/health") -> tuple[int, dict[str, Any]]:
    """Status and document."""
    try:
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else {}


def metric(server: Server, name: str, **labels: str) -> float:
    """The sum of the metric's lines that have these labels."""
    with urllib.request.urlopen(f"{server.url}/_partsmith/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(float(line.rpartition(" ")[2]) for line in lines
               if line.startswith((name + "{", name + " ")) and all(label in line for label in wanted))
