"""Kinds of requests, each a table whose cells are tests and a page of docs/kinds."""

from __future__ import annotations

import pytest
from support.server import Server

from raw import Raw


@pytest.fixture(scope="session")
def raw(server: Server) -> Raw:
    return Raw(server)
