"""Requests without an SDK whose headers are signed and whose bodies are not."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.plain_http import Answer, send
from support.server import ACCESS_KEY, SECRET_KEY, Server


class _Unsigned(S3SigV4Auth):
    def payload(self, request: AWSRequest) -> str:
        return "UNSIGNED-PAYLOAD"


def put_unsigned(server: Server, bucket: str, key: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """PUT with Signature Version 4 in its header."""
    request = AWSRequest("PUT", f"{server.url}/{bucket}/{key}", data=body, headers=headers)
    _Unsigned(Credentials(ACCESS_KEY, SECRET_KEY), "s3", "us-east-1").add_auth(request)
    return send("PUT", request.url, body, dict(request.headers))
