from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from gateway.gateways import ENGINE_KEY, ENGINE_SECRET, Gateway
from support.s3 import client
from support.server import Server


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The upstream of many tests, each with buckets of its own."""
    keys = ("--access-key", ENGINE_KEY, "--secret-key", ENGINE_SECRET)
    with Server(tmp_path_factory.mktemp("engine"), *keys) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, engine: Server) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("gateway"), engine.url) as running:
        yield running


@pytest.fixture(scope="session")
def s3(gateway: Gateway) -> BaseClient:
    """A client of the gateway."""
    return client(gateway)


@pytest.fixture(scope="session")
def direct(engine: Server) -> BaseClient:
    """A client of the engine itself, with the engine's keys."""
    return client(engine, access_key=ENGINE_KEY, secret_key=ENGINE_SECRET)


@pytest.fixture
def own_engine(tmp_path: Path) -> Iterator[Server]:
    """An engine of this test alone, which keeps its data when it is killed."""
    with Server(tmp_path / "engine", "--access-key", ENGINE_KEY, "--secret-key", ENGINE_SECRET,
                data=tmp_path / "data") as running:
        yield running
