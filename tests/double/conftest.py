from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from double.control import Control
from support.s3 import client
from support.server import Server


@pytest.fixture
def doubled(tmp_path: Path) -> Iterator[Server]:
    """A server of this test alone, with a bucket `films`."""
    with Server(tmp_path / "server", "--bucket", "films") as running:
        yield running


@pytest.fixture
def control(doubled: Server) -> Control:
    return Control(doubled)


@pytest.fixture
def once(doubled: Server) -> BaseClient:
    """boto3 that sends each request once."""
    return client(doubled, retries={"total_max_attempts": 1})


@pytest.fixture
def retrying(doubled: Server) -> BaseClient:
    """boto3 with its own retries."""
    return client(doubled)
