"""boto3 pointed at one of our servers, and the few things that boto3 leaves to its users."""

from __future__ import annotations

import contextlib
import datetime
import time
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.auth
import botocore.crt.auth
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from support.server import ACCESS_KEY, SECRET_KEY, Server


def client(server: Server, *, access_key: str = ACCESS_KEY, secret_key: str = SECRET_KEY,
           region: str = "us-east-1", url: str | None = None, **config: Any) -> BaseClient:
    """boto3's own defaults, but for what `config` says."""
    return client_of(url or server.url, access_key, secret_key, region, **config)


def client_of(url: str, access_key: str, secret_key: str, region: str = "us-east-1", **config: Any) -> BaseClient:
    """The same for any server."""
    return boto3.client("s3", endpoint_url=url, region_name=region, aws_access_key_id=access_key,
                        aws_secret_access_key=secret_key, config=Config(**config) if config else None)


def new_bucket(s3: BaseClient) -> str:
    name = f"bucket-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    return name


@contextlib.contextmanager
def refused(code: str, status: int | None = None) -> Iterator[dict[str, Any]]:
    """The call inside is refused with this error. Yields a dictionary that holds the Error afterwards."""
    error: dict[str, Any] = {}
    with pytest.raises(ClientError) as caught:
        yield error
    answer = caught.value.response
    error.update(answer["Error"])
    assert error["Code"] == code, answer
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer


@contextlib.contextmanager
def signing_long_ago(**ago: float) -> Iterator[None]:
    """What boto3 signs inside, it signs as if by a clock that is late by `ago` (of a timedelta)."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(**ago)
    with pytest.MonkeyPatch.context() as patch:
        for signer in (botocore.auth, botocore.crt.auth):
            patch.setattr(signer, "get_current_datetime", lambda *_, **__: then)
        patch.setattr(time, "time", then.timestamp)
        yield


class Upload:
    """A multipart upload made by hand, for a test that wants it otherwise than a transfer manager does it."""

    def __init__(self, s3: BaseClient, bucket: str, key: str = "object", **creation: Any):
        self.s3 = s3
        self.at = {"Bucket": bucket, "Key": key}
        self.created = s3.create_multipart_upload(**self.at, **creation)
        self.id: str = self.created["UploadId"]
        self.at["UploadId"] = self.id
        self.parts: dict[int, dict[str, Any]] = {}

    def put(self, number: int, body: Any, **extra: Any) -> dict[str, Any]:
        answer = self.s3.upload_part(**self.at, PartNumber=number, Body=body, **extra)
        self.parts[number] = {"PartNumber": number, "ETag": answer["ETag"]}
        return answer

    def complete(self, parts: list[dict[str, Any]] | None = None, **extra: Any) -> dict[str, Any]:
        """With these parts, or with all that were put."""
        if parts is None:
            parts = [self.parts[number] for number in sorted(self.parts)]
        return self.s3.complete_multipart_upload(**self.at, MultipartUpload={"Parts": parts}, **extra)

    def abort(self) -> dict[str, Any]:
        return self.s3.abort_multipart_upload(**self.at)


def read(s3: BaseClient, bucket: str, key: str = "object") -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
