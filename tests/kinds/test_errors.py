"""docs/errors.md: the fields of each error that a client can provoke."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore.client import BaseClient
from support.plain_http import Answer
from support.s3 import client, new_bucket, signing_long_ago
from support.server import Server

from raw import Raw, digest

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"

KNOWN: dict[str, list[str]] = {
    cells[0]: cells[3].split()
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| code ", "| ---"))
    and len(cells := [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]) == 5}

MISSING = "no-such-bucket-of-errors"
KEY = {"x-amz-server-side-encryption-customer-algorithm": "AES256",
       "x-amz-server-side-encryption-customer-key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
       "x-amz-server-side-encryption-customer-key-MD5": "hRasmdxgYDKV3nvbahU1MA=="}

# code: method, target, body, headers. The bucket has the objects "object" and "cold" (GLACIER), {upload} is an upload.
PROVOKED: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "AccessDenied": ("GET", "/{bucket}", b"", {"x-amz-expected-bucket-owner": "000000000001"}),
    "BadDigest": ("PUT", "/{bucket}/k", b"data", digest(b"other")),
    "BucketAlreadyOwnedByYou": ("PUT", "/{bucket}-eu", b"<CreateBucketConfiguration><LocationConstraint>eu-west-1"
                                b"</LocationConstraint></CreateBucketConfiguration>", {}),
    "BucketNotEmpty": ("DELETE", "/{bucket}", b"", {}),
    "EntityTooSmall": ("POST", "/{bucket}/k?uploadId={upload}", b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
                       b"<ETag>{etag}</ETag></Part><Part><PartNumber>2</PartNumber><ETag>{etag}</ETag></Part>"
                       b"</CompleteMultipartUpload>", {}),
    "IllegalVersioningConfigurationException": ("PUT", "/{bucket}?versioning", b"<VersioningConfiguration/>", {}),
    "InvalidArgument": ("GET", "/{bucket}?encoding-type=x", b"", {}),
    "InvalidBucketName": ("PUT", "/UPPER", b"", {}),
    "InvalidBucketOwnerAWSAccountID": ("GET", "/{bucket}", b"", {"x-amz-expected-bucket-owner": "nobody"}),
    "InvalidDigest": ("PUT", "/{bucket}/k", b"data", {"Content-MD5": "nonsense"}),
    "InvalidEncryptionAlgorithmError": ("PUT", "/{bucket}/k", b"data",
                                        KEY | {"x-amz-server-side-encryption-customer-algorithm": "KMS"}),
    "InvalidLocationConstraint": ("PUT", "/{bucket}-x", b"<CreateBucketConfiguration><LocationConstraint>nowhere"
                                  b"</LocationConstraint></CreateBucketConfiguration>", {}),
    "InvalidObjectState": ("GET", "/{bucket}/cold", b"", {}),
    "InvalidPart": ("POST", "/{bucket}/k?uploadId={upload}", b"<CompleteMultipartUpload><Part><PartNumber>7</PartNumber>"
                    b"<ETag>x</ETag></Part></CompleteMultipartUpload>", {}),
    "InvalidPartNumber": ("GET", "/{bucket}/object?partNumber=3", b"", {}),
    "InvalidPartOrder": ("POST", "/{bucket}/k?uploadId={upload}", b"<CompleteMultipartUpload><Part><PartNumber>2</PartNumber>"
                         b"<ETag>{etag}</ETag></Part><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
                         b"</CompleteMultipartUpload>", {}),
    "InvalidRange": ("GET", "/{bucket}/object", b"", {"Range": "bytes=100-"}),
    "InvalidRequest": ("PUT", "/{bucket}/k", b"data", {"x-amz-checksum-crc32": "nonsense"}),
    "InvalidStorageClass": ("PUT", "/{bucket}/k", b"data", {"x-amz-storage-class": "OUTPOSTS"}),
    "InvalidTag": ("PUT", "/{bucket}/object?tagging", b"<Tagging><TagSet><Tag><Key>aws:a</Key><Value>b</Value></Tag></TagSet>"
                   b"</Tagging>", {}),
    "InvalidURI": ("GET", "/{bucket}/%zz", b"", {}),
    "KeyTooLongError": ("GET", "/{bucket}/" + "k" * 1025, b"", {}),
    "MalformedXML": ("PUT", "/{bucket}?versioning", b"nonsense", {}),
    "MaxMessageLengthExceeded": ("PUT", "/{bucket}?versioning", b"<" + b" " * 5_000_000, {}),
    "MetadataTooLarge": ("PUT", "/{bucket}/k", b"data", {"x-amz-meta-a": "a" * 3000}),
    "MethodNotAllowed": ("PATCH", "/{bucket}", b"", {}),
    "MissingRequestBodyError": ("PUT", "/{bucket}?versioning", b"", {}),
    "NoLoggingStatusForKey": ("GET", "/{bucket}/k?logging", b"", {}),
    "NoSuchBucket": ("GET", f"/{MISSING}", b"", {}),
    "NoSuchBucketPolicy": ("GET", "/{bucket}?policy", b"", {}),
    "NoSuchCORSConfiguration": ("GET", "/{bucket}?cors", b"", {}),
    "NoSuchKey": ("GET", "/{bucket}/none", b"", {}),
    "NoSuchLifecycleConfiguration": ("GET", "/{bucket}?lifecycle", b"", {}),
    "NoSuchTagSet": ("GET", "/{bucket}?tagging", b"", {}),
    "NoSuchUpload": ("GET", "/{bucket}/k?uploadId=none", b"", {}),
    "NoSuchVersion": ("GET", "/{bucket}/object?versionId=null", b"", {}),
    "NoSuchWebsiteConfiguration": ("GET", "/{bucket}?website", b"", {}),
    "NotImplemented": ("PUT", "/{bucket}/k", b"data", {"x-amz-write-offset-bytes": "4"}),
    "ObjectLockConfigurationNotFoundError": ("GET", "/{bucket}?object-lock", b"", {}),
    "PreconditionFailed": ("GET", "/{bucket}/object", b"", {"If-Match": '"x"'}),
    "ReplicationConfigurationNotFoundError": ("GET", "/{bucket}?replication", b"", {}),
    "UserKeyMustBeSpecified": ("POST", "/{bucket}?restore", b"", {}),
    "BadRequest": ("OPTIONS", "/{bucket}", b"", {}),
    "AccessForbidden": ("OPTIONS", "/{bucket}", b"", {"Origin": "http://a", "Access-Control-Request-Method": "GET"}),
}


def check(code: str, answer: Answer) -> None:
    told = answer.error()
    assert told["Code"] == code, answer.body
    assert list(told)[:2] == ["Code", "Message"] and list(told)[-2:] == ["RequestId", "HostId"], answer.body
    fields = set(list(told)[2:-2])
    required = {name for name in KNOWN[code] if not name.endswith("?")}
    optional = {name.removesuffix("?") for name in KNOWN[code]}
    assert required <= fields <= optional, answer.body
    assert told["RequestId"] == answer.headers["x-amz-request-id"] and told["HostId"] == answer.headers["x-amz-id-2"]


@pytest.mark.parametrize("code", PROVOKED)
def test_an_error_has_the_fields_of_its_row(code: str, s3: BaseClient, raw: Raw) -> None:
    bucket = new_bucket(s3)[:50]
    s3.create_bucket(Bucket=bucket)
    method, target, body, headers = PROVOKED[code]
    upload = etag = ""
    if "{upload}" in target:
        upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
        for number in (1, 2):
            etag = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=number, Body=b"data")["ETag"].strip('"')
    s3.put_object(Bucket=bucket, Key="object", Body=b"data")
    s3.put_object(Bucket=bucket, Key="cold", Body=b"data", StorageClass="GLACIER")
    if code == "NoSuchVersion":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.delete_object(Bucket=bucket, Key="object", VersionId="null")
    target = target.replace("{bucket}", bucket).replace("{upload}", upload)
    body = body.replace(b"{etag}", etag.encode())
    if code == "BucketAlreadyOwnedByYou":
        assert raw(method, target, body, headers).status == 200
    check(code, raw(method, target, body, headers))


def test_refused_signatures_have_the_fields_of_their_rows(server: Server, s3: BaseClient, bucket: str, raw: Raw) -> None:
    check("SignatureDoesNotMatch", Raw(server, secret="wrong")("GET", f"/{bucket}"))
    with signing_long_ago(hours=1):
        check("RequestTimeTooSkewed", raw("GET", f"/{bucket}"))
    stranger = client(server, access_key="nobody")
    url = stranger.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    check("InvalidAccessKeyId", raw("GET", url.removeprefix(server.url), signed=False))
    expired = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=0)
    check("AccessDenied", raw("GET", expired.removeprefix(server.url), signed=False))
    check("AccessDenied", raw("GET", f"/{bucket}", signed=False))


def test_every_provoked_code_has_a_row() -> None:
    assert len(KNOWN) > 70
    assert set(PROVOKED) <= set(KNOWN)


def test_no_error_names_a_resource() -> None:
    assert not [code for code, fields in KNOWN.items() if "Resource" in fields]


@pytest.mark.parametrize("name", ["foo.-bar", "foo-.bar"])
def test_no_bucket_has_a_label_that_begins_or_ends_with_a_hyphen(raw: Raw, name: str) -> None:
    """Reported of ceph/s3-tests against Amazon S3: nspcc-dev/neofs-s3-gw, docs/s3_test_results.md."""
    answer = raw("PUT", f"/{name}")
    assert (answer.status, answer.error()["Code"], answer.error()["BucketName"]) == (400, "InvalidBucketName", name)


def test_in_errors_a_quote_stands_for_itself(bucket: str, raw: Raw) -> None:
    assert b'<Key>a"b&amp;quot;&lt;</Key>' in raw("GET", f"/{bucket}/a%22b%26quot%3B%3C").body
