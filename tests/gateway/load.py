"""Clients that write while something dies, and what they were told is there."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from support.data import SMALLEST_PART, seeded_bytes
from support.s3 import client_of
from support.server import eventually

Answer = TypeVar("Answer")
SIZES = (1000, 101_000)
PUTS = 1000
UPLOADS = 30
"""The most that one client writes: three copies of all of it have to fit the disk of a small machine."""
WORKERS = 4


class Servers:
    """Several that are as good as each other, and who asks them: what one doesn't take, the next does."""

    def __init__(self, urls: Sequence[str], access_key: str, secret_key: str, first: int = 0, attempts: int = 1,
                 patience: float = 60):
        """`first`: which one is asked first, by its place modulo their number. The SDK sends to each so often as `attempts` says. A body
        has to be sent within so many seconds, and an answer has to come: to urllib3, the first is part of connecting."""
        begin = first % len(urls)
        self.refusals: list[str] = []
        """Why one of them didn't take a request."""
        self._clients = [client_of(url, access_key, secret_key, retries={"total_max_attempts": attempts},
                                   connect_timeout=patience, read_timeout=patience) for url in [*urls[begin:], *urls[:begin]]]

    def ask(self, what: Callable[[BaseClient], Answer]) -> Answer:
        """Where none takes it, the error is the last one's."""
        for s3 in self._clients[:-1]:
            try:
                return what(s3)
            except (BotoCoreError, ClientError) as error:
                self.refusals.append(str(error))
        return what(self._clients[-1])


class Load:
    """Four clients that put objects, and one that makes multipart uploads, until `with` ends. Each knows all servers."""

    def __init__(self, bucket: str, urls: Sequence[str], access_key: str, secret_key: str, attempts: int = 1):
        self.acknowledged: dict[str, tuple[int, int]] = {}
        """Key: size and seed of the bytes."""
        self.given_up = 0
        """Objects that no server took."""
        self.slowest = 0.0
        """Seconds from the first attempt to what was acknowledged."""
        self._bucket = bucket
        self._servers = [Servers(urls, access_key, secret_key, worker, attempts) for worker in range(WORKERS + 1)]
        self._over = threading.Event()
        self._faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(self._upload if worker == WORKERS else self._put, worker))
                         for worker in range(WORKERS + 1)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        assert self._faults == []

    def __str__(self) -> str:
        refused = sum(len(servers.refusals) for servers in self._servers)
        return (f"{len(self.acknowledged)} objects acknowledged, {refused} requests not taken by the first server asked, "
                f"{self.given_up} objects given up, the slowest took {self.slowest:.2f} s")

    def more(self, number: int, within: float = 240) -> None:
        """Waits until so many more objects were acknowledged, one of them at least of several parts."""
        puts, uploads = self._counts()
        eventually(lambda: self._counts()[0] >= puts + number and self._counts()[1] > uploads, f"{number} more objects", within)

    def lost(self, s3: BaseClient) -> list[str]:
        """The acknowledged ones that aren't there, or aren't what was written."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return [key for key, right in pool.map(lambda item: (item[0], self._is_there(s3, *item)), self.acknowledged.items())
                    if not right]

    def _is_there(self, s3: BaseClient, key: str, written: tuple[int, int]) -> bool:
        try:
            body = s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return False
            raise
        return hashlib.sha256(body).digest() == hashlib.sha256(seeded_bytes(*written)).digest()

    def _counts(self) -> tuple[int, int]:
        assert self._faults == []
        keys = list(self.acknowledged)
        uploads = sum(key.startswith("uploads/") for key in keys)
        return len(keys) - uploads, uploads

    def _run(self, write: Callable[[Servers, int, int], None], worker: int) -> None:
        try:
            for number in range(UPLOADS if worker == WORKERS else PUTS):
                if self._over.is_set():
                    return
                begun = time.monotonic()
                with contextlib.suppress(BotoCoreError, ClientError):
                    write(self._servers[worker], worker, number)
                    self.slowest = max(self.slowest, time.monotonic() - begun)
                    continue
                self.given_up += 1
        except BaseException as fault:  # told by the thread of the test
            self._faults.append(fault)

    def _put(self, servers: Servers, worker: int, number: int) -> None:
        key, written = f"{worker}/{number}", (SIZES[number % 2], number)
        servers.ask(lambda s3: s3.put_object(Bucket=self._bucket, Key=key, Body=seeded_bytes(*written)))
        self.acknowledged[key] = written

    def _upload(self, servers: Servers, _: int, number: int) -> None:
        at: dict[str, Any] = {"Bucket": self._bucket, "Key": f"uploads/{number}"}
        written = (SMALLEST_PART + 1000, number)
        body = seeded_bytes(*written)
        at["UploadId"] = servers.ask(lambda s3: s3.create_multipart_upload(**at))["UploadId"]
        parts = []
        for part, piece in ((1, body[:SMALLEST_PART]), (2, body[SMALLEST_PART:])):
            put = servers.ask(lambda s3, part=part, piece=piece: s3.upload_part(**at, PartNumber=part, Body=piece))
            parts.append({"PartNumber": part, "ETag": put["ETag"]})
        servers.ask(lambda s3: s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts}))
        self.acknowledged[at["Key"]] = written
