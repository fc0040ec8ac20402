"""Encryption with keys of KMS and of the customer."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from support.s3 import new_bucket
from support.server import Server

from answers import A_NAME, A_TIME, AN_ID, Answer, Ask, Some, error, from_http, ok, part, some_text
from facts import PLAIN, WHOLE, attributes, crc32, listed_parts, location_of, recorded
from unsigned import put_unsigned


def etag_not_of(body: bytes) -> Some:
    md5 = hashlib.md5(body).hexdigest()
    return some_text("an ETag that is not the MD5", rf'"(?!{md5}")[0-9a-f]{{32}}"')


def unencrypted(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ServerSideEncryption"}


# --- KMS --------------------------------------------------------------------------------------------------------------

@recorded("multipart-upload-sse-kms")
def test_an_upload_with_a_kms_key_tells_the_key_everywhere(ask: Ask) -> None:
    key, key_id = "test-sse-field-multipart", "4f1c09a2-6d5e-4f0b-9a53-0d0d8f6e2b71"
    answer = ask.create_multipart_upload(Key=key, ServerSideEncryption="aws:kms", SSEKMSKeyId=key_id,
                                         BucketKeyEnabled=True)
    arn = some_text("the key's ARN", rf"arn:aws:kms:us-east-1:\d{{12}}:key/{key_id}")
    kms = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": arn, "BucketKeyEnabled": True}
    assert answer == ok(Bucket=ask.bucket, Key=key, UploadId=AN_ID, **kms)
    kms["SSEKMSKeyId"] = answer["SSEKMSKeyId"]  # and the same ever after
    upload = {"Key": key, "UploadId": answer["UploadId"]}

    first = ask.upload_part(**upload, PartNumber=1, Body=b"test-sse")
    assert first == ok(ETag=etag_not_of(b"test-sse"), ChecksumCRC32="KHcEKQ==", **kms)
    # The object has a checksum, but completion does not tell it.
    completed = ask.complete(upload, [part(1, first)])
    assert completed == ok(Bucket=ask.bucket, Key=key, Location=location_of(ask.bucket, key),
                           ETag=some_text("an ETag of one part", r'"[0-9a-f]{32}-1"'), **kms)
    assert ask.get_object(Key=key) == Answer({
        **ok(), **PLAIN, "Body": b"test-sse", "ContentLength": 8, "ETag": completed["ETag"],
        "ChecksumCRC64NVME": "Kr7StX/uFlQ=", **WHOLE, **kms})


KMS_KEY = "4f1c09a2-6d5e-4f0b-9a53-0d0d8f6e2b71"


def kms(key: str | None = KMS_KEY, *, bucket_key: bool = False) -> dict[str, Any]:
    """What is told of an object under this key, or under the one that S3 chose."""
    named = some_text("the key's ARN", rf"arn:aws:kms:us-east-1:\d{{12}}:key/{key or r'[0-9a-f-]{36}'}")
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": named, **({"BucketKeyEnabled": True} if bucket_key else {})}


def read(body: bytes, etag: Any, encryption: dict[str, Any]) -> Answer:
    return ok(**unencrypted(PLAIN), Body=body, ContentLength=len(body), ETag=etag, ChecksumCRC32=crc32(body), **WHOLE,
              **encryption)


def head(body: bytes, etag: Any, encryption: dict[str, Any]) -> Answer:
    return ok(**unencrypted(PLAIN), ContentLength=len(body), ETag=etag, **encryption)


def put(body: bytes, encryption: dict[str, Any]) -> Answer:
    return ok(ETag=etag_not_of(body), ChecksumCRC32=crc32(body), **WHOLE, **encryption)


def default(algorithm: str, bucket_key: bool, key: str | None = None) -> dict[str, Any]:
    by_default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    return {"ServerSideEncryptionConfiguration": {
        "Rules": [{"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bucket_key}]}}


@recorded("copy-object-to-kms")
def test_a_copy_is_encrypted_as_it_asks(ask: Ask) -> None:
    body = b"hello world"
    ask.put_object(Key="mykey", Body=body)
    assert ask.get_object(Key="mykey") == read(body, '"5eb63bbbe01eeed093cb22bb8f5acdc3"',
                                               {"ServerSideEncryption": "AES256"})
    told = kms(bucket_key=True)
    answer = ask.copy_object(Key="copiedkey", CopySource={"Bucket": ask.bucket, "Key": "mykey"}, BucketKeyEnabled=True,
                             SSEKMSKeyId=KMS_KEY, ServerSideEncryption="aws:kms")
    assert answer == ok(CopyObjectResult={"ChecksumCRC32": crc32(body), **WHOLE, "ETag": A_NAME,
                                          "LastModified": A_TIME}, **told)
    assert ask.get_object(Key="copiedkey") == read(body, answer["CopyObjectResult"]["ETag"], told)


@recorded("copy-in-place-kms")
def test_a_copy_onto_itself_may_change_the_encryption_or_just_name_it(ask: Ask) -> None:
    key, body = "source-object", b"test"
    first = kms(bucket_key=True)
    answer = ask.put_object(Key=key, Body=body, ServerSideEncryption="aws:kms", BucketKeyEnabled=True,
                            SSEKMSKeyId=KMS_KEY)
    assert answer == put(body, first)
    assert ask.head_object(Key=key) == head(body, answer["ETag"], first)
    source = {"Bucket": ask.bucket, "Key": key}

    def copy(told: dict[str, Any], etag: Any, **params: str) -> str:
        copied = ask.copy_object(Key=key, CopySource=source, **params)
        assert copied == ok(CopyObjectResult={"ChecksumCRC32": crc32(body), **WHOLE, "ETag": etag,
                                              "LastModified": A_TIME}, **told)
        assert ask.head_object(Key=key) == head(body, copied["CopyObjectResult"]["ETag"], told)
        return str(ask.head_object(Key=key).get("SSEKMSKeyId"))

    # Neither the object's key nor its bucket key is taken over.
    assert KMS_KEY not in copy(kms(None), etag_not_of(body), ServerSideEncryption="aws:kms")
    plain, etag = {"ServerSideEncryption": "AES256"}, '"098f6bcd4621d373cade4e832627b4f6"'
    copy(plain, etag)
    copy(plain, etag, ServerSideEncryption="AES256")


@recorded("kms-default-key")
def test_kms_without_a_key_uses_the_same_one_in_all_buckets(ask: Ask) -> None:
    body, keys = b"test-sse", set()
    for bucket in (ask.bucket, new_bucket(ask.sdk)):
        at = {"Bucket": bucket, "Key": "test-sse-default-key"}
        answer = ask.put_object(**at, Body=body, ServerSideEncryption="aws:kms")
        assert answer == put(body, kms(None))
        assert ask.get_object(**at) == read(body, answer["ETag"], kms(None))
        keys.add(answer["SSEKMSKeyId"])
    assert ask.put_bucket_encryption(**default("aws:kms", True)) == ok()
    assert ask.get_bucket_encryption() == ok(**default("aws:kms", True))
    key = "test-sse-default-key-from-bucket"
    answer = ask.put_object(Key=key, Body=body, ServerSideEncryption="aws:kms")
    assert answer == put(body, kms(None, bucket_key=True))
    assert ask.get_object(Key=key) == read(body, answer["ETag"], kms(None, bucket_key=True))
    assert keys == {answer["SSEKMSKeyId"]}


@recorded("bucket-encryption-kms-key", "bucket-default-encryption-kms")
def test_what_a_bucket_encrypts_with_is_told_as_it_was_given_and_of_objects_by_its_arn(ask: Ask) -> None:
    body, before = b"test-sse", {"ServerSideEncryption": "AES256"}
    etag = '"42832cdec7083e70a9cd6f2d5852e004"'
    assert ask.put_object(Key="before", Body=body) == ok(ETag=etag, ChecksumCRC32=crc32(body), **WHOLE, **before)
    for bucket_key in (True, False):
        assert ask.put_bucket_encryption(**default("aws:kms", bucket_key, KMS_KEY)) == ok()
        assert ask.get_bucket_encryption() == ok(**default("aws:kms", bucket_key, KMS_KEY))
        assert ask.get_object(Key="before") == read(body, etag, before)
        told = kms(bucket_key=bucket_key)
        answer = ask.put_object(Key="after", Body=body)
        assert answer == put(body, told)
        assert ask.head_object(Key="after") == head(body, answer["ETag"], told)
        assert ask.get_object(Key="after") == read(body, answer["ETag"], told)


# --- Keys of the customer ---------------------------------------------------------------------------------------------

def customer_key(key: bytes) -> dict[str, str]:
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(key).decode(),
            "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(key).digest()).decode()}


def told(key: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name != "SSECustomerKey"}


KEY = customer_key(b"1234567890abcdef1234567890abcdef")
OTHER_KEY = customer_key(b"abcdef1234567890abcdef1234567890")
TEXT_OF_KEY = customer_key(KEY["SSECustomerKey"].encode())
"""What boto3 makes of KEY when it is to add the MD5 itself: the key is encoded once more, to 44 bytes."""

NEEDS_A_KEY = error(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct "
                                           "parameters must be provided to retrieve the object.")
WRONG_KEY = error(403, "AccessDenied", "Requests specifying Server Side Encryption with Customer provided keys must "
                                       "provide the correct secret key.")
WRONG_ALGORITHM = error(400, "InvalidEncryptionAlgorithmError",
                        "The Encryption request you specified is not valid. Supported value: AES256.",
                        ArgumentName="x-amz-server-side-encryption", ArgumentValue="KMS")


def wrong_argument(message: str, **fields: str) -> Answer:
    return error(400, "InvalidArgument", message, ArgumentName="x-amz-server-side-encryption", **fields)


@recorded("multipart-upload-sse-c")
def test_an_upload_with_a_customer_key_has_no_checksum(ask: Ask) -> None:
    key, body = "test-sse-c-multipart", b"a" * 5_242_881
    answer = ask.create_multipart_upload(Key=key, **KEY)
    assert answer == ok(Bucket=ask.bucket, Key=key, UploadId=AN_ID, **told(KEY))
    upload = {"Key": key, "UploadId": answer["UploadId"]}
    parts = []
    for number in (1, 2, 3):
        answer = ask.upload_part(**upload, PartNumber=number, Body=body, **KEY)
        assert answer == ok(ETag=etag_not_of(body), ChecksumCRC32="NRU+Sw==", **told(KEY))
        parts.append(part(number, answer))
    etags = [listed["ETag"] for listed in parts]
    assert len(set(etags)) == 3
    # To list and to complete needs no key.
    assert ask.list_parts(**upload) == listed_parts(
        ask.bucket, upload, *({"ETag": etag, "Size": len(body)} for etag in etags))
    completed = ask.complete(upload, parts)
    assert completed == ok(Bucket=ask.bucket, Key=key, Location=location_of(ask.bucket, key),
                           ETag=some_text("an ETag of three parts", r'"[0-9a-f]{32}-3"'))

    assert ask.get_object(Key=key) == NEEDS_A_KEY
    assert ask.get_object(Key=key, **KEY) == ok(
        **unencrypted(PLAIN), Body=body * 3, ContentLength=15_728_643, ETag=completed["ETag"], **told(KEY))


@recorded("multipart-upload-sse-c-errors")
def test_the_parts_need_the_key_of_the_upload(ask: Ask) -> None:
    # Word for word the same whether the key is missing or not wanted.
    missing = error(400, "InvalidRequest", "The multipart upload initiate requested encryption. Subsequent part "
                                           "requests must include the appropriate encryption parameters.")
    upload = ask.begin("test-sse-c-multipart")
    put: dict[str, Any] = {"PartNumber": 1, "Body": b"testbody"}
    assert ask.upload_part(**upload, **put, **KEY) == missing
    ask.abort_multipart_upload(**upload)

    upload = ask.begin("test-sse-c-multipart", **KEY)
    assert ask.upload_part(**upload, **put) == missing
    assert ask.upload_part(**upload, **put, **OTHER_KEY) == error(
        400, "InvalidRequest", "The provided encryption parameters did not match the ones used originally.")


@recorded("put-object-sse-c-errors")
@pytest.mark.parametrize("params, refused", [
    ({**KEY, "SSECustomerAlgorithm": "KMS", "ServerSideEncryption": "AES256"}, wrong_argument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
        ArgumentValue="AES256")),
    ({**KEY, "SSECustomerAlgorithm": "KMS"}, WRONG_ALGORITHM),
    ({name: KEY[name] for name in ("SSECustomerKey", "SSECustomerKeyMD5")}, wrong_argument(
        "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption "
        "algorithm.")),
    (told(KEY), wrong_argument(
        "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret "
        "key.")),
    (TEXT_OF_KEY, wrong_argument("The secret key was invalid for the specified algorithm.")),
    (customer_key(b"1234567890"), wrong_argument("The secret key was invalid for the specified algorithm.")),
    ({**KEY, "SSECustomerKeyMD5": "aMwgiexXqwuPqIPjYFmIZQ=="}, wrong_argument(
        "The calculated MD5 hash of the key did not match the hash that was provided.")),
], ids=["both-kinds", "algorithm", "no-algorithm", "no-key", "44-bytes", "10-bytes", "md5"])
def test_a_put_with_a_wrong_customer_key_is_refused(ask: Ask, params: dict[str, str], refused: Answer) -> None:
    assert ask.put_object(Key="test-sse-c", Body=b"test_data", **params) == refused


@recorded("get-object-sse-c-errors")
def test_reading_needs_the_key(ask: Ask) -> None:
    key = "test-sse-c"
    assert ask.put_object(Key=key, Body=b"test_data", **KEY) == ok(
        ETag=etag_not_of(b"test_data"), ChecksumCRC32="qIrZrA==", **WHOLE, **told(KEY))
    assert ask.get_object(Key=key) == NEEDS_A_KEY
    assert ask.get_object(Key=key, **OTHER_KEY) == WRONG_KEY
    by_kms = {**KEY, "SSECustomerAlgorithm": "KMS"}
    assert ask.get_object(Key=key, **by_kms) == WRONG_ALGORITHM
    assert ask.head_object(Key=key, **by_kms) == error(400, "400", "Bad Request")
    assert ask.get_object_attributes(Key=key, ObjectAttributes=["ETag"], **by_kms) == WRONG_ALGORITHM
    assert ask.get_object(Key=key, **TEXT_OF_KEY) == WRONG_KEY
    assert ask.head_object(Key=key, **TEXT_OF_KEY) == error(403, "403", "Forbidden")
    # And two puts, whose recorded names say get.
    assert ask.put_object(Key=key, Body=b"", **customer_key(b"1234567890")) == wrong_argument(
        "The secret key was invalid for the specified algorithm.")
    assert ask.put_object(Key=key, Body=b"", **{**KEY, "SSECustomerKeyMD5": "aMwgiexXqwuPqIPjYFmIZQ=="}) == \
        wrong_argument("The calculated MD5 hash of the key did not match the hash that was provided.")


@recorded("put-sse-c-default-checksum")
def test_what_is_put_with_a_customer_key_and_no_checksum_gets_crc64nvme(ask: Ask, server: Server) -> None:
    key, body = "test-sse-c", b"test data.."
    put = put_unsigned(server, ask.bucket, key, body, {
        "x-amz-server-side-encryption-customer-algorithm": KEY["SSECustomerAlgorithm"],
        "x-amz-server-side-encryption-customer-key": KEY["SSECustomerKey"],
        "x-amz-server-side-encryption-customer-key-MD5": KEY["SSECustomerKeyMD5"]})
    assert from_http(put) == ok()
    checksum = {"ChecksumCRC64NVME": "qUVrWYOrIAM=", **WHOLE}
    head = ask.head_object(Key=key, ChecksumMode="ENABLED", **KEY)
    assert head == ok(**unencrypted(PLAIN), ETag=etag_not_of(body), ContentLength=11, **checksum, **told(KEY))
    assert ask.get_object(Key=key, **KEY) == {**head, "Body": body}
    assert ask.get_object_attributes(Key=key, ObjectAttributes=["ETag", "Checksum"], **KEY) == attributes(
        ETag=head["ETag"].strip('"'), Checksum=checksum)


@recorded("sse-c-versions-with-two-keys")
def test_each_version_has_its_key(ask: Ask) -> None:
    key = "test-versioning-sse-c"
    assert ask.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}) == ok()
    bodies = [(b"version1", KEY), (b"version2", OTHER_KEY)]
    versions = []
    for body, with_key in bodies:
        put = ask.put_object(Key=key, Body=body, **with_key)
        assert put == ok(ETag=etag_not_of(body), ChecksumCRC32=crc32(body), **WHOLE, **told(with_key), VersionId=AN_ID)
        versions.append(put)

    def of_version(index: int) -> Answer:
        (body, with_key), put = bodies[index], versions[index]
        return ok(**unencrypted(PLAIN), Body=body, ContentLength=8, ETag=put["ETag"], ChecksumCRC32=crc32(body),
                  **WHOLE, **told(with_key), VersionId=put["VersionId"])

    assert ask.get_object(Key=key, **OTHER_KEY) == of_version(1)
    assert ask.get_object(Key=key, VersionId=versions[1]["VersionId"], **OTHER_KEY) == of_version(1)
    assert ask.get_object(Key=key, VersionId=versions[0]["VersionId"], **OTHER_KEY) == WRONG_KEY
    assert ask.get_object(Key=key, VersionId=versions[0]["VersionId"], **KEY) == of_version(0)
