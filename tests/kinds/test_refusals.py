"""docs/kinds/refusals.md: single requests that Amazon S3 refuses, and their whole answers."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac

import pytest
import urllib3
from botocore.auth import HmacV1QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.credentials import Credentials
from support.plain_http import Answer, send
from support.server import ACCESS_KEY, SECRET_KEY

import pages
from raw import Raw, Refused, Shown, digest
from refusal_table import (AUTHORIZATIONS, BACKLOT, CORS, LIFECYCLES, OF_HEADERS, POLICIES, PREFLIGHTS, Case, argument, policy,
                           rule)

NOW = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def named(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    return [row[0].replace(" ", "-") for row in rows]


@pytest.mark.parametrize("case", OF_HEADERS, ids=[case.what.replace(" ", "-") for case in OF_HEADERS])
def test_a_request_with_a_header_that_is_refused(case: Case, s3: BaseClient, bucket: str, raw: Raw) -> None:
    s3.put_object(Bucket=bucket, Key="object", Body=b"bytes")
    method, target = case.target.replace("{bucket}", bucket[:50] if "-new" in case.target else bucket).split(" ")
    headers = {name: value.replace("{bucket}", bucket) for name, value in case.headers.items()}
    case.refused.check(raw(method, target, case.body, headers))


@pytest.mark.parametrize("what, header, refused, source", AUTHORIZATIONS, ids=named(AUTHORIZATIONS))
def test_an_authorization_that_is_none(what: str, header: str, refused: Refused, source: str, bucket: str, raw: Raw) -> None:
    headers = {"Authorization": header, "x-amz-date": NOW, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    refused.check(raw("GET", f"/{bucket}", headers=headers, signed=False))


def signed_form(raw: Raw, bucket: str, text: str, **changes: str) -> Answer:
    """A form with this policy, signed with Signature V4."""
    encoded = base64.b64encode(text.encode()).decode()
    key = b"AWS4" + SECRET_KEY.encode()
    for part in (NOW[:8], "us-east-1", "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    fields = {"key": "key", "policy": encoded, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": NOW,
              "x-amz-credential": f"{ACCESS_KEY}/{NOW[:8]}/us-east-1/s3/aws4_request",
              "x-amz-signature": hmac.new(key, encoded.encode(), hashlib.sha256).hexdigest(),
              **{name.replace("_", "-"): value for name, value in changes.items()}}
    body, content_type = urllib3.encode_multipart_formdata([*fields.items(), ("file", ("file", b"data"))])
    return send("POST", f"{raw.server.url}/{bucket}", body, {"Content-Type": content_type})


@pytest.mark.parametrize("what, text, message", POLICIES, ids=named(POLICIES))
def test_a_policy_that_is_none(what: str, text: str, message: str, bucket: str, raw: Raw) -> None:
    Refused(400, "InvalidPolicyDocument", f"Invalid Policy: {message}").check(signed_form(raw, bucket, text))


FORMS = (
    ("another algorithm", "x_amz_algorithm", "foo", argument("Only AWS4-HMAC-SHA256 is supported", "X-Amz-Algorithm", "foo")),
    ("a date that is none", "x_amz_date", "foo",
     argument("X-Amz-Date must be formated via ISO8601 Long format", "X-Amz-Date", "foo")),
    ("a credential that is none", "x_amz_credential", "foo",
     argument('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".', "X-Amz-Credential",
              "foo")),
    ("another service", "x_amz_credential", "k/20260221/us-east-1/ec2/aws4_request",
     argument('incorrect service "ec2". This endpoint belongs to "s3".', "X-Amz-Credential",
              "k/20260221/us-east-1/ec2/aws4_request")),
)


@pytest.mark.parametrize("what, name, value, refused", FORMS, ids=named(FORMS))
def test_a_field_of_a_forms_signature(what: str, name: str, value: str, refused: Refused, bucket: str, raw: Raw) -> None:
    refused.check(signed_form(raw, bucket, policy("[]"), **{name: value}))


def put(raw: Raw, bucket: str, sub_resource: str, root: str, inside: str) -> Answer:
    body = f"<{root}>{inside}</{root}>".encode()
    return raw("PUT", f"/{bucket}?{sub_resource}", body, digest(body))


@pytest.mark.parametrize("what, rules, refused, source", LIFECYCLES, ids=named(LIFECYCLES))
def test_lifecycle_rules_that_are_refused(what: str, rules: str, refused: Refused, source: str, bucket: str, raw: Raw) -> None:
    refused.check(put(raw, bucket, "lifecycle", "LifecycleConfiguration", rules))
    assert raw("GET", f"/{bucket}?lifecycle").error()["Code"] == "NoSuchLifecycleConfiguration"


@pytest.mark.parametrize("what, rules, refused, source", CORS, ids=named(CORS))
def test_cors_rules_that_are_refused(what: str, rules: str, refused: Refused, source: str, bucket: str, raw: Raw) -> None:
    refused.check(put(raw, bucket, "cors", "CORSConfiguration", rules))


WHERE = ("/", "/{bucket}", "/{bucket}/key", "/{bucket}-none", "/{bucket}-none/key")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("what, origin, method, refused", PREFLIGHTS, ids=named(PREFLIGHTS))
def test_preflights_that_no_rule_answers(what: str, origin: str | None, method: str | None, refused: Refused, where: str,
                                         bucket: str, raw: Raw) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    answer = raw("OPTIONS", where.replace("{bucket}", bucket), headers={name: text for name, text in headers.items() if text is not None},
                 signed=False)
    refused.check(answer)
    if refused.status == 403:
        unset = where in ("/{bucket}", "/{bucket}/key")
        assert answer.error()["Message"] == ("CORSResponse: CORS is not enabled for this bucket." if unset else
                                             "CORSResponse: Bucket not found")


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS"])
def test_a_method_that_no_rule_can_have_is_forbidden_by_rules_too(method: str, bucket: str, raw: Raw) -> None:
    rules = "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
    assert put(raw, bucket, "cors", "CORSConfiguration", rules).status == 200
    answer = raw("OPTIONS", f"/{bucket}/key", headers={"Origin": "http://a", "Access-Control-Request-Method": method}, signed=False)
    assert (answer.status, answer.error()["Method"], answer.error()["ResourceType"]) == (403, method, "OBJECT")


def test_transitions_that_follow_one_another_are_taken(bucket: str, raw: Raw) -> None:
    inside = "".join(f"<Transition><Days>{days}</Days><StorageClass>{name}</StorageClass></Transition>"
                     for days, name in ((150, "GLACIER"), (30, "STANDARD_IA"), (60, "INTELLIGENT_TIERING"), (240, "DEEP_ARCHIVE")))
    rules = rule(inside + "<Expiration><Days>241</Days></Expiration>")
    assert put(raw, bucket, "lifecycle", "LifecycleConfiguration", rules).status == 200


@pytest.mark.parametrize("numbers", [(2,), (1, 3)], ids=str)
def test_the_numbers_of_a_composite_checksums_parts_leave_none_out(numbers: tuple[int, ...], s3: BaseClient, bucket: str,
                                                                   raw: Raw) -> None:
    """S3 API: CompletedPart."""
    upload = s3.create_multipart_upload(Bucket=bucket, Key="key", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{part['ETag']}</ETag><ChecksumSHA256>{part['ChecksumSHA256']}"
        "</ChecksumSHA256></Part>" for number in numbers
        for part in [s3.upload_part(Bucket=bucket, Key="key", UploadId=upload, PartNumber=number, Body=b"data",
                                    ChecksumAlgorithm="SHA256")])
    Refused(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.",
            {"UploadId": upload}).check(
        raw("POST", f"/{bucket}/key?uploadId={upload}", f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()))


def test_what_kms_encrypts_is_not_read_by_a_url_of_signature_v2(s3: BaseClient, bucket: str, raw: Raw) -> None:
    """Reported: next-s3-upload#115, oca#17."""
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", ServerSideEncryption="aws:kms")
    refusal = argument("Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
                       "Authorization", "null")
    for headers in ({}, {"x-amz-algorithm": "AWS4-HMAC-SHA256"}):
        request = AWSRequest("GET", f"{raw.server.url}/{bucket}/key", headers)
        HmacV1QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), 60).add_auth(request)
        refusal.check(send("GET", request.url, headers=headers))


def test_an_age_of_cors_may_be_negative(bucket: str, raw: Raw) -> None:
    """Reported: versitygw."""
    rules = ("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>-100</MaxAgeSeconds>"
             "</CORSRule>")
    assert put(raw, bucket, "cors", "CORSConfiguration", rules).status == 200
    Shown({"CORSRule/{http://s3.amazonaws.com/doc/2006-03-01/}MaxAgeSeconds": "-100"}).check(raw("GET", f"/{bucket}?cors"))


def test_the_page_is_the_table() -> None:
    count = sum(map(len, (OF_HEADERS, AUTHORIZATIONS, POLICIES, FORMS, LIFECYCLES, CORS, PREFLIGHTS)))
    text = f"""# Refusals of single requests

What reports quote of Amazon S3 and no other page of this folder has: {count} requests, each with its whole answer. The table is
`tests/kinds/refusal_table.py`; `tests/kinds/test_refusals.py` asks each of the server and keeps this page true
(`PARTSMITH_WRITE_PAGE=1` writes it anew). "unsettled": the answer, or what is named, is partsmith's.

## Headers and parameters

The bucket has no Object Lock; what is wrong with the headers that ask for it is told before that. Of buckets that have:
[object-lock.md](object-lock.md).

"""
    columns = ("request", "answer", "source")
    text += pages.table(columns, ((case.what, case.refused, case.source) for case in OF_HEADERS))
    text += "\n## The header Authorization\n\n"
    text += pages.table(columns, ((f"{what}: `{header}`", refused, source) for what, header, refused, source in AUTHORIZATIONS))
    text += """
## Forms

InvalidPolicyDocument, whose text begins "Invalid Policy: ", where a policy is none. Source: reported (versitygw, which takes its
errors from Amazon S3); of an object of two properties recorded. ArgumentName and ArgumentValue of a credential: unsettled.

"""
    text += pages.table(("policy", "text"), ((what, message) for what, _, message in POLICIES)) + "\n"
    text += pages.table(("field", "answer"), ((what, refused) for what, _, _, refused in FORMS))
    text += "\n## Lifecycle rules\n\n"
    text += pages.table(columns, ((what, refused, source) for what, _, refused, source in LIFECYCLES))
    text += "\n## CORS rules\n\n"
    text += pages.table(columns, ((what, refused, source) for what, _, refused, source in CORS))
    text += f"""
## Preflights that no rule answers

The same of the service, of a bucket without rules, of one that isn't there, and of keys. An AccessForbidden says "CORSResponse: CORS is
not enabled for this bucket." of a bucket without rules, else "CORSResponse: Bucket not found". Source: {BACKLOT}.

"""
    text += pages.table(("asked with", "answer"), ((what, refused) for what, _, _, refused in PREFLIGHTS))
    pages.check("refusals.md", text)
