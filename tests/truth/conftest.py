"""What Amazon S3 answered, asked of our server. docs/s3-truth.md lists the facts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient

from support.s3 import client, new_bucket
from support.server import Server

from answers import Answer, Ask, NotBuilt, differences


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "recorded(*cases): the recordings of Amazon S3 that the test holds")


    config.addinivalue_line("markers", "not_built(what): the server is to say that it hasn't this: 501 NotImplemented")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """What isn't built is answered with 501, never with something else than Amazon S3 answered."""
    if not (mark := pyfuncitem.get_closest_marker("not_built")):
        return (yield)
    try:
        yield
    except NotBuilt:
        return True
    pytest.fail(f"{mark.args[0]}: the facts hold, so the mark not_built has to go")


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    if op != "==" or not isinstance(left, Answer) or not isinstance(right, Answer):
        return None
    return ["the answer is not that of Amazon S3", *differences(left, right)]


def _over_http(request: AWSPreparedRequest, **_: Any) -> None:
    request.url = request.url.replace("https://", "http://", 1)


@pytest.fixture(scope="session")
def boto3_as(server: Server) -> Callable[..., BaseClient]:
    """boto3 with other settings. To a URL that begins with https it sends what it sends to Amazon S3, bodies unsigned
    with the checksum in a trailer, though here over plain HTTP; to others it sends checksums in headers."""
    def make(*, https: bool = True, host: str = "127.0.0.1", **settings: Any) -> BaseClient:
        url = f"{'https' if https else 'http'}://{host}:{server.port}"
        sdk = client(server, url=url, **{"retries": {"total_max_attempts": 1}, **settings})
        sdk.meta.events.register("before-send.s3", _over_http)
        return sdk

    return make


@pytest.fixture(scope="session", params=["trailer", "header"])
def sdk(request: pytest.FixtureRequest, boto3_as: Callable[..., BaseClient]) -> BaseClient:
    """boto3's own settings, with checksums sent both ways."""
    return boto3_as(https=request.param == "trailer")


@pytest.fixture
def ask(sdk: BaseClient) -> Ask:
    """Asks about a new bucket."""
    return Ask(sdk, new_bucket(sdk))
