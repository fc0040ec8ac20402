"""Forms written by hand: multipart/form-data with policies that are signed, whatever the fields."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from support.server import ACCESS_KEY, SECRET_KEY

BOUNDARY = "B"


def field(name: str, value: str | bytes = "", more: str = "") -> bytes:
    text = value.encode() if isinstance(value, str) else value
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + text + b"\r\n"


def signed_form(policy: dict[str, Any], fields: list[tuple[str, str]], file: bytes = b"data", filename: str = "f.txt",
                after: bytes = b"", secret: str = SECRET_KEY) -> bytes:
    text = base64.b64encode(json.dumps({"expiration": "2099-01-01T00:00:00Z", **policy}).encode()).decode()
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    signed = [("AWSAccessKeyId", ACCESS_KEY), ("policy", text), ("signature", signature), *fields]
    return (b"".join(field(name, value) for name, value in signed) + field("file", file, f'; filename="{filename}"')
            + after + f"--{BOUNDARY}--\r\n".encode())


def policy_for(bucket: str, *conditions: Any) -> dict[str, Any]:
    return {"conditions": [{"bucket": bucket}, ["starts-with", "$key", ""], *conditions]}
