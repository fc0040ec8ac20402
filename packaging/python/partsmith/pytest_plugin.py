"""Fixtures for pytest, there as soon as the package is installed.

- `partsmith_server`: one server for the whole run (of each worker, with pytest-xdist), empty at the start.
- `s3_client`: a boto3 client of it.
- `s3_bucket`: the name of a bucket of this test's own.
- `partsmith_world`: buckets, clock, faults and journal of this test alone, on a server that the tests share.
- `partsmith_environment`: this test's environment points the AWS SDKs at the server.

Options in pytest.ini: `partsmith_arguments`, further flags of `partsmith serve`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from ._server import Server, World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("partsmith_arguments", "Further flags of `partsmith serve` for the fixture partsmith_server", type="args", default=[])


@pytest.fixture(scope="session")
def partsmith_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """A server that the tests of this process share; it ends with them."""
    with Server(*pytestconfig.getini("partsmith_arguments")) as server:
        yield server


@pytest.fixture(scope="session")
def _partsmith_worlds(pytestconfig: pytest.Config) -> Iterator[Server]:
    with Server("--world-per-access-key", *pytestconfig.getini("partsmith_arguments")) as server:
        yield server


@pytest.fixture
def partsmith_world(_partsmith_worlds: Server) -> World:
    """Empty at the start of the test; no other test sees it, whatever runs at the same time."""
    return _partsmith_worlds.world(f"TEST{uuid.uuid4().hex[:16].upper()}")


@pytest.fixture(scope="session")
def s3_client(partsmith_server: Server) -> Any:
    """A boto3 client of partsmith_server."""
    return partsmith_server.client()


@pytest.fixture
def s3_bucket(s3_client: Any) -> str:
    """The name of a new, empty bucket."""
    name = f"test-{uuid.uuid4().hex}"
    s3_client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def partsmith_environment(partsmith_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Clients that the test or its code makes by themselves find the server by the environment."""
    for name, value in partsmith_server.environment().items():
        monkeypatch.setenv(name, value)
    return partsmith_server
