"""What the signature is right of, the upstream refuses, in its own words; what it can't hear of, the gateway refuses as Amazon S3 does."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials

from double.control import Control
from gateway.gateways import Gateway
from support.plain_http import Answer, send
from support.s3 import new_bucket
from support.server import ACCESS_KEY, SECRET_KEY, Server


def asked(server: Server, method: str, target: str, secret: str = SECRET_KEY, token: str | None = None) -> Answer:
    """By a presigned URL."""
    request = AWSRequest(method, server.url + target)
    S3SigV4QueryAuth(Credentials(ACCESS_KEY, secret, token), "s3", "us-east-1").add_auth(request)
    return send(method, request.url)


def told_by_the_upstream(gateway: Gateway, answer: Answer) -> bool:
    entries = [entry for entry in Control(gateway).journal() if entry.get("upstream_request_id") == answer.headers["x-amz-request-id"]]
    return len(entries) == 1


@pytest.fixture
def bucket(s3: BaseClient) -> str:
    return new_bucket(s3)


@pytest.mark.parametrize("method, target, code", [
    ("GET", "?max-keys=many", "InvalidArgument"),
    ("GET", "?list-type=2&marker=a", "InvalidArgument"),
    ("GET", "?uploads&max-uploads=many", "InvalidArgument"),
    ("GET", "/key?uploadId=none&max-parts=many", "InvalidArgument"),
    ("PUT", "/" + "k" * 1025, "KeyTooLongError"),
    ("PUT", "/key?partNumber=1", "InvalidArgument"),
    ("GET", "?acl&tagging", "InvalidArgument"),
    ("POST", "/key", "MethodNotAllowed"),
    ("GET", "/key?versions", "InvalidRequest"),
])
def test_parameters_keys_and_what_asks_for_no_operation_are_the_upstream_s_to_refuse(
        gateway: Gateway, bucket: str, method: str, target: str, code: str) -> None:
    answer = asked(gateway, method, f"/{bucket}{target}")
    assert answer.error()["Code"] == code and told_by_the_upstream(gateway, answer)


@pytest.mark.parametrize("target, code", [("?max-keys=many", "InvalidArgument"), ("?acl&tagging", "InvalidArgument"),
                                          ("/key?uploads&versionId=x", "InvalidArgument"), ("?max-keys=1", "SignatureDoesNotMatch")])
def test_of_a_wrong_signature_the_upstream_does_not_hear(gateway: Gateway, bucket: str, target: str, code: str) -> None:
    answer = asked(gateway, "GET", f"/{bucket}{target}", secret="wrong")
    assert answer.error()["Code"] == code and not told_by_the_upstream(gateway, answer)


def test_methods_that_s3_has_not_go_no_further(gateway: Gateway, bucket: str) -> None:
    for method in ("TRACE", "LINK"):
        answer = asked(gateway, method, f"/{bucket}/key")
        assert answer.status == 400 and not told_by_the_upstream(gateway, answer)


def test_a_bucket_s_name_that_is_none_goes_no_further(gateway: Gateway) -> None:
    answer = asked(gateway, "PUT", "/UPPER")
    assert answer.error()["Code"] == "InvalidBucketName" and not told_by_the_upstream(gateway, answer)


def test_where_names_are_mapped_what_asks_for_no_operation_stays_within_a_bucket(tmp_path: Path, engine: Server, direct: BaseClient) -> None:
    whole, part = new_bucket(direct), new_bucket(direct)
    with Gateway(tmp_path / "mapped", engine.url, "--upstream-bucket", f"whole={whole}", "--upstream-bucket", f"part={part}/below/") as gateway:
        assert told_by_the_upstream(gateway, asked(gateway, "GET", "/whole?acl&tagging"))
        assert told_by_the_upstream(gateway, asked(gateway, "POST", "/part/key"))
        for method, target in (("POST", "/"), ("GET", "/part?acl&tagging")):
            answer = asked(gateway, method, target)
            assert answer.status in (400, 405) and not told_by_the_upstream(gateway, answer)


def test_of_a_wrong_session_token_the_upstream_does_not_hear(tmp_path: Path, engine: Server) -> None:
    with Gateway(tmp_path, engine.url, "--session-token", "right") as gateway:
        assert asked(gateway, "GET", "/", token="right").status == 200
        for token, code in (("wrong", "InvalidToken"), (None, "InvalidAccessKeyId")):
            answer = asked(gateway, "GET", "/", token=token)
            assert answer.error()["Code"] == code and not told_by_the_upstream(gateway, answer)
