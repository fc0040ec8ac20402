"""Asking a server, and comparing what it answers with what Amazon S3 answered.

`assert ask.get_object(Key="key") == ok(Body=b"data", …)` holds when the status and every field are equal, and no
field is there that Amazon S3 left out. Values that differ from run to run are compared with what `Some` them has to be.
"""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from support.plain_http import Answer as HttpAnswer


class Some:
    """Equal to every value of its kind."""

    def __init__(self, what: str, holds: Callable[[Any], bool]):
        self.what = what
        self.holds = holds

    def __eq__(self, other: object) -> bool:
        return self.holds(other)

    def __hash__(self) -> int:
        return hash(self.what)

    def __repr__(self) -> str:
        return f"<{self.what}>"


def some_text(what: str, pattern: str) -> Some:
    return Some(what, lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None)


A_TIME = Some("a time", lambda value: isinstance(value, datetime.datetime) and value.tzinfo is not None)
AN_ISO_TIME = some_text("a time as in XML", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
AN_HTTP_DATE = some_text("an HTTP date", r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
AN_ID = some_text("an ID", r"\S+")
A_NAME = some_text("a name", r".+")
HEX_BYTES = some_text("bytes in hex", r"[0-9a-f]{2}( [0-9a-f]{2})*")


class Answer(dict[str, Any]):
    """The status and the fields of an answer, as boto3 shows them."""


def ok(status: int = 200, /, **fields: Any) -> Answer:
    return Answer(status=status, **fields)


def error(status: int, code: str, message: str, /, *, beside: Mapping[str, Any] | None = None, **fields: Any) -> Answer:
    """`fields` stand in the Error element; `beside` is what boto3 puts next to it."""
    return Answer(status=status, Error={"Code": code, "Message": message, **fields}, **(beside or {}))


class NotBuilt(AssertionError):
    """The server says that it hasn't this yet: 501 NotImplemented."""


def from_sdk(answer: Mapping[str, Any]) -> Answer:
    fields = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    if hasattr(fields.get("Body"), "read"):
        fields["Body"] = fields["Body"].read()
    metadata = answer["ResponseMetadata"]
    assert {"x-amz-request-id", "x-amz-id-2"} <= metadata["HTTPHeaders"].keys()
    if metadata["HTTPStatusCode"] == 501:
        raise NotBuilt(str(fields["Error"]))
    return Answer(status=metadata["HTTPStatusCode"], **fields)


class Ask:
    """boto3's operations on one bucket (unless another is named), with refusals as answers too."""

    def __init__(self, sdk: BaseClient, bucket: str = ""):
        self.sdk = sdk
        self.bucket = bucket
        self.headers: dict[str, str] = {}
        """Of the last answer, names in lower case."""

    def __getattr__(self, operation: str) -> Callable[..., Answer]:
        call = getattr(self.sdk, operation)

        def asked(**params: Any) -> Answer:
            if self.bucket and operation != "list_buckets":
                params.setdefault("Bucket", self.bucket)
            try:
                raw = call(**params)
            except ClientError as refusal:
                raw = refusal.response
            self.headers = raw["ResponseMetadata"]["HTTPHeaders"]
            return from_sdk(raw)

        return asked

    def begin(self, key: str, **params: Any) -> dict[str, str]:
        """Creates an upload; returns what names it in the calls that follow."""
        created = self.create_multipart_upload(Key=key, **params)
        assert created["status"] == 200, created
        return {"Key": key, "UploadId": created["UploadId"]}

    def complete(self, upload: Mapping[str, str], parts: list[dict[str, Any]], **params: Any) -> Answer:
        return self.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **params)


def part(number: int, answer: Mapping[str, Any], *checksums: str) -> dict[str, Any]:
    """A part in the list that completes an upload: with the ETag answered to it, and these checksums answered."""
    return {"PartNumber": number, "ETag": answer["ETag"], **{name: answer[name] for name in checksums}}


def from_http(answer: HttpAnswer) -> Answer:
    """The status and the error document of an answer without an SDK, the document's IDs included."""
    if answer.status == 501:
        raise NotBuilt(answer.body.decode())
    if not answer.body:
        return ok(answer.status)
    root = ElementTree.fromstring(answer.body)
    assert root.tag == "Error", answer.body
    return Answer(status=answer.status, Error={child.tag: child.text for child in root})


_ABSENT = Some("absent", lambda value: value is _ABSENT)


def differences(answered: Any, expected: Any, path: str = "") -> list[str]:
    """Field by field, one line each."""
    if isinstance(answered, dict) and isinstance(expected, dict):
        names = [*expected, *(name for name in answered if name not in expected)]
        return [line for name in names
                for line in differences(answered.get(name, _ABSENT), expected.get(name, _ABSENT),
                                        f"{path}.{name}".lstrip("."))]
    if isinstance(answered, list) and isinstance(expected, list):
        longest = max(len(answered), len(expected))
        padded = [[*items, *[_ABSENT] * (longest - len(items))] for items in (answered, expected)]
        return [line for index, (left, right) in enumerate(zip(*padded, strict=True))
                for line in differences(left, right, f"{path}[{index}]")]
    return [] if answered == expected else [f"{path}: {_short(answered)}, but Amazon S3: {_short(expected)}"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
