"""What moto's `mock_aws` is for, with a real server: a fresh, empty S3 for a test, found by every client it makes."""

from __future__ import annotations

import os
from contextlib import ContextDecorator
from types import TracebackType
from typing import Any

from ._server import Server


class mock_aws(ContextDecorator):  # noqa: N801  (called like moto's)
    """A decorator and a context manager: inside, boto3 and other AWS SDKs talk to a server of their own.

        @partsmith.mock_aws
        def test_upload():
            boto3.client("s3").create_bucket(Bucket="films")

    It sets the variables of `Server.environment`, so only clients made inside find the server. Only S3 is there.
    `settings` are those of `Server`.
    """

    def __new__(cls, function: Any = None, /, **settings: Any) -> Any:
        made = super().__new__(cls)
        if function is None:
            return made
        made.__init__(**settings)
        return made(function)  # used without brackets

    def __init__(self, function: Any = None, /, **settings: Any) -> None:
        self._settings = settings
        self._runs: list[tuple[Server, dict[str, str | None]]] = []

    def __enter__(self) -> Server:
        server = Server(**self._settings).start()
        variables = server.environment()
        self._runs.append((server, {name: os.environ.get(name) for name in variables}))
        os.environ.update(variables)
        return server

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        server, before = self._runs.pop()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        server.__exit__(kind, error, trace)
