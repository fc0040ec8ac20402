"""One server process."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ._control import Clock, Control, Faults, Journal
from ._program import program


class ServerError(RuntimeError):
    """The server did not start, or did not end well; the text has the end of its log."""


class World:
    """What belongs to one access key: its clients, and its part of the control API."""

    def __init__(self, endpoint_url: str, access_key: str, secret_key: str, region: str, name: str | None = None) -> None:
        """`name`: of the world that the control API is asked for; None is the default one."""
        self.endpoint_url = endpoint_url
        self.access_key = access_key
        self.secret_key = secret_key
        self.region = region
        self._control = Control(endpoint_url, name)
        self.faults = Faults(self._control)
        self.clock = Clock(self._control)
        self.journal = Journal(self._control)

    def reset(self) -> None:
        """Removes every bucket, fault and entry of the journal, and shows real time."""
        self._control.request("POST", "reset")

    def client(self, service: str = "s3", **settings: Any) -> Any:
        """A boto3 client; `settings` go to boto3, which must be installed."""
        import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]

        return boto3.client(service, **{**self._boto_settings(), **settings})

    def resource(self, service: str = "s3", **settings: Any) -> Any:
        """A boto3 resource, as `client`."""
        import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]

        return boto3.resource(service, **{**self._boto_settings(), **settings})

    def environment(self) -> dict[str, str]:
        """Variables by which AWS SDKs, the AWS CLI and partsmith's own verbs find it."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def _boto_settings(self) -> dict[str, Any]:
        return {
            "endpoint_url": self.endpoint_url, "region_name": self.region,
            "aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key,
        }


class Server:
    """`partsmith serve` on a free port, ready when `start` returns. Also a context manager.

    Without `data` everything is in a temporary folder and gone at the end. `arguments` are further flags, as
    `partsmith serve --help` has them; `environment` is added to this process's own.
    """

    def __init__(
        self,
        *arguments: str,
        buckets: Sequence[str] = (),
        data: str | os.PathLike[str] | None = None,
        port: int = 0,
        access_key: str = "test",
        secret_key: str = "test",
        region: str = "us-east-1",
        environment: Mapping[str, str] | None = None,
        start_timeout: float = 30.0,
        stop_timeout: float = 30.0,
    ) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.region = region
        self._arguments = arguments
        self._buckets = tuple(buckets)
        self._data = data
        self._port = port
        self._environment = dict(environment or {})
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._ready: dict[str, Any] = {}

    # --- What to talk to

    @property
    def endpoint_url(self) -> str:
        """`http://127.0.0.1:PORT`, once it has started."""
        return str(self._started()["url"])

    @property
    def port(self) -> int:
        return int(self._started()["port"])

    @property
    def pid(self) -> int:
        return int(self._started()["pid"])

    @property
    def log(self) -> str:
        """What the server has written so far, a line per request."""
        return self._log_file().read_text(errors="replace")

    @property
    def faults(self) -> Faults:
        return self._default.faults

    @property
    def clock(self) -> Clock:
        return self._default.clock

    @property
    def journal(self) -> Journal:
        return self._default.journal

    def reset(self) -> None:
        """Removes every bucket, fault and entry of the journal, and shows real time."""
        self._default.reset()

    def client(self, service: str = "s3", **settings: Any) -> Any:
        """A boto3 client of this server; `settings` go to boto3, which must be installed."""
        return self._default.client(service, **settings)

    def resource(self, service: str = "s3", **settings: Any) -> Any:
        """A boto3 resource of this server, as `client`."""
        return self._default.resource(service, **settings)

    def environment(self) -> dict[str, str]:
        """Variables by which AWS SDKs, the AWS CLI and partsmith's own verbs find this server."""
        return self._default.environment()

    def world(self, access_key: str) -> World:
        """The world of an access key, of a server with `--world-per-access-key`: buckets, clock, faults and journal of its own."""
        return World(self.endpoint_url, access_key, self.secret_key, self.region, access_key)

    # --- Starting and ending

    def start(self) -> Server:
        if self._process is not None:
            raise ServerError("the server runs already")
        self._folder = tempfile.TemporaryDirectory(prefix="partsmith-")
        ready_file = Path(self._folder.name) / "ready.json"
        try:
            with self._log_file().open("wb") as log:
                self._process = subprocess.Popen(
                    [str(program()), "serve", *self._command(ready_file)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._own_environment(),
                )
            atexit.register(self.kill)
            self._ready = self._wait(ready_file)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """Ends it after the requests in flight. ServerError when it doesn't end well."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            code = self._process.wait(self._stop_timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(f"the server did not end within {self._stop_timeout} s") from None
        log = self.log
        self._forget()
        if code != 0:
            raise ServerError(f"the server ended with {code}:\n{log[-2000:]}")

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.stop()
        else:
            self.kill()

    # --- Parts

    def _command(self, ready_file: Path) -> list[str]:
        where = ["--ephemeral"] if self._data is None else ["--data", os.fspath(self._data)]
        buckets = [word for bucket in self._buckets for word in ("--bucket", bucket)]
        return [
            "--port", str(self._port), "--ready-file", str(ready_file), "--access-key", self.access_key,
            "--region", self.region, *where, *buckets, *self._arguments,
        ]

    def _own_environment(self) -> dict[str, str]:
        """The secret goes by the environment, which other users can't read. What was set for another server doesn't count."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PARTSMITH_")}
        return {**inherited, "PARTSMITH_SECRET_KEY": self.secret_key, **self._environment}

    def _wait(self, ready_file: Path) -> dict[str, Any]:
        process = self._process
        assert process is not None
        deadline = time.monotonic() + self._start_timeout
        while not ready_file.exists():
            if process.poll() is not None:
                raise ServerError(f"the server ended with {process.returncode} at the start:\n{self.log[-2000:]}")
            if time.monotonic() > deadline:
                raise ServerError(f"the server was not ready within {self._start_timeout} s:\n{self.log[-2000:]}")
            time.sleep(0.005)
        ready: dict[str, Any] = json.loads(ready_file.read_text())
        return ready

    def _started(self) -> dict[str, Any]:
        if not self._ready:
            raise ServerError("the server has not started")
        return self._ready

    @property
    def _default(self) -> World:
        name = self.access_key if "--world-per-access-key" in self._arguments else None
        return World(self.endpoint_url, self.access_key, self.secret_key, self.region, name)

    def _log_file(self) -> Path:
        if self._folder is None:
            raise ServerError("the server has not started")
        return Path(self._folder.name) / "log"

    def _forget(self) -> None:
        atexit.unregister(self.kill)
        self._process = None
        self._ready = {}
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
