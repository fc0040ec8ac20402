"""Real clients against real servers: fixtures that start and end them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Only what a test says counts: no profile, no metadata service, no proxy, no server settings of who runs the tests.
for _name in [name for name in os.environ if name.startswith(("AWS_", "PARTSMITH_"))]:
    if _name not in ("PARTSMITH_BINARY", "PARTSMITH_JS", "PARTSMITH_OTHERS", "PARTSMITH_MATRIX", "PARTSMITH_DIST",
                    "PARTSMITH_WRITE_PAGE"):
        del os.environ[_name]
for _name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(_name, None)
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from botocore.client import BaseClient  # noqa: E402  (it reads the environment)

from support.s3 import client, new_bucket  # noqa: E402
from gateway.gateways import gateway_with_the_keys_of  # noqa: E402
from support.server import ACCESS_KEY, BINARY, SECRET_KEY, Server  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--through-a-gateway", action="store_true", help="the server that many tests share is a gateway before another")


def pytest_sessionstart(session: pytest.Session) -> None:
    if not BINARY.exists():
        pytest.exit(f"there is no {BINARY}: run ./dev build", returncode=2)


def _not_skipped(report: Any) -> Any:
    """A test that skips has not passed: what it needs is installed, or its run is broken."""
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be skipped here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    return _not_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Any:
    return _not_skipped((yield))


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that many tests share, each with a bucket of its own."""
    with Server(tmp_path_factory.mktemp("server"), "--quiet") as running:
        if not request.config.getoption("through_a_gateway"):
            yield running
        else:
            with gateway_with_the_keys_of(tmp_path_factory.mktemp("gateway"), running.url, ACCESS_KEY, SECRET_KEY, "--quiet") as before:
                yield before


@pytest.fixture(scope="session")
def s3(server: Server) -> BaseClient:
    """boto3 as it is without any settings."""
    return client(server)


@pytest.fixture
def bucket(s3: BaseClient) -> str:
    return new_bucket(s3)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test alone, with data in `tmp_path / "data"`."""
    with Server(tmp_path / "server", data=tmp_path / "data") as running:
        yield running

@pytest.fixture
def localhost_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every name under localhost is this machine, as RFC 6761 has it. Debian's resolver knows that only with
    libnss-myhostname installed, so the client's look-ups are answered here; the Host header stays what it was."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        local = isinstance(host, str) and host.endswith("localhost")
        return look_up("127.0.0.1" if local else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
