"""What a bucket can be configured with, by boto3: CORS, encryption, lifecycle rules, tags; and what it can't."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from botocore.client import BaseClient

from support.s3 import new_bucket, refused

CORS_RULES = [
    {"ID": "app", "AllowedMethods": ["PUT", "GET"], "AllowedOrigins": ["https://*.example.com", "http://localhost:3000"],
     "AllowedHeaders": ["x-amz-*", "Content-Type"], "ExposeHeaders": ["ETag", "x-amz-id-2"], "MaxAgeSeconds": 0},
    {"AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]},
]
TAGS = [{"Key": "team", "Value": "films"}, {"Key": "empty", "Value": ""}]
RULES = [
    {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}},
    {"ID": "b", "Status": "Disabled", "Filter": {"And": {"Prefix": "x", "Tags": [{"Key": "k", "Value": "v"}],
                                                         "ObjectSizeGreaterThan": 5, "ObjectSizeLessThan": 9}},
     "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "GLACIER"}],
     "NoncurrentVersionTransitions": [{"NoncurrentDays": 7, "NewerNoncurrentVersions": 2, "StorageClass": "GLACIER"}],
     "NoncurrentVersionExpiration": {"NoncurrentDays": 9}},
    {"ID": "c", "Status": "Enabled", "Filter": {"Prefix": ""},
     "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
    {"ID": "d", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}},
     "Expiration": {"Date": datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)}},
    {"ID": "e", "Status": "Enabled", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
]
OLD_RULES = [{"ID": "f", "Status": "Enabled", "Prefix": "old/", "Expiration": {"ExpiredObjectDeleteMarker": True}}]


def test_cors_rules_come_back_as_they_were_put(s3: BaseClient, bucket: str) -> None:
    with refused("NoSuchCORSConfiguration", 404) as error:
        s3.get_bucket_cors(Bucket=bucket)
    assert error["BucketName"] == bucket
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": CORS_RULES})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == CORS_RULES
    for _ in range(2):
        answer = s3.delete_bucket_cors(Bucket=bucket)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("NoSuchCORSConfiguration", 404):
        s3.get_bucket_cors(Bucket=bucket)


@pytest.mark.parametrize("rule, code, message", [
    ({"AllowedMethods": ["GET", "PATCH"], "AllowedOrigins": ["*"]}, "InvalidRequest",
     "Found unsupported HTTP method in CORS config. Unsupported method is PATCH"),
    ({"AllowedMethods": ["GET"], "AllowedOrigins": ["http://*.*"]}, "InvalidRequest",
     'AllowedOrigin "http://*.*" can not have more than one wildcard.'),
    ({"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": ["x-*-*"]}, "InvalidRequest",
     'AllowedHeader "x-*-*" can not have more than one wildcard.'),
    ({"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["x-*"]}, "InvalidRequest",
     'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.'),
    ({"AllowedMethods": [], "AllowedOrigins": ["*"]}, "MalformedXML", None),
    ({"AllowedMethods": ["GET"], "AllowedOrigins": []}, "MalformedXML", None),
])
def test_a_wrong_cors_rule_is_refused(s3: BaseClient, bucket: str, rule: dict[str, Any], code: str,
                                      message: str | None) -> None:
    with refused(code, 400) as error:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert message in (None, error["Message"])
    with refused("NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=bucket)


@pytest.mark.parametrize("count, code", [(0, "MalformedXML"), (101, "InvalidRequest")])
def test_a_cors_configuration_has_1_to_100_rules(s3: BaseClient, bucket: str, count: int, code: str) -> None:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule] * 100})
    with refused(code, 400):
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule] * count})
    assert len(s3.get_bucket_cors(Bucket=bucket)["CORSRules"]) == 100


def test_tags_come_back_as_they_were_put(s3: BaseClient, bucket: str) -> None:
    with refused("NoSuchTagSet", 404) as error:
        s3.get_bucket_tagging(Bucket=bucket)
    assert error["BucketName"] == bucket
    answer = s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": TAGS})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == TAGS
    s3.delete_bucket_tagging(Bucket=bucket)
    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket=bucket)


@pytest.mark.parametrize("tags, code", [
    ([("a", "1"), ("a", "2")], "InvalidTag"), ([("aws:a", "1")], "InvalidTag"),
    ([("k" * 129, "1")], "InvalidTag"), ([("a", "v" * 257)], "InvalidTag"),
    ([(f"k{n}", "v") for n in range(51)], "BadRequest"),
])
def test_wrong_tags_are_refused(s3: BaseClient, bucket: str, tags: list[tuple[str, str]], code: str) -> None:
    with refused(code, 400):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})


def test_lifecycle_rules_come_back_as_they_were_put(s3: BaseClient, bucket: str) -> None:
    for rules in (OLD_RULES, RULES):
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
        assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket=bucket)
    with refused("NoSuchLifecycleConfiguration", 404):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)


def test_a_lifecycle_rule_without_an_id_gets_one(s3: BaseClient, bucket: str) -> None:
    rule = {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    first = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["ID"]
    assert len(first) > 20
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["ID"] == first


@pytest.mark.parametrize("changes, code", [
    ({"ID": "x" * 256}, "InvalidArgument"), ({"Status": "enabled"}, "MalformedXML"),
    ({"Expiration": {"Days": 0}}, "InvalidArgument"), ({"Expiration": {"Days": -1}}, "InvalidArgument"),
    ({"Expiration": {}}, "MalformedXML"), ({"Expiration": None}, "InvalidRequest"),
    ({"Prefix": "p"}, "MalformedXML"), ({"Filter": {"And": {"Prefix": "p"}}}, "MalformedXML"),
    ({"Transitions": [{"Days": 29, "StorageClass": "STANDARD_IA"}]}, "InvalidArgument"),
    ({"Transitions": [{"Days": 40, "StorageClass": "STANDARD"}]}, "MalformedXML"),
    ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 0}}, "InvalidArgument"),
    ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}, "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
     "InvalidRequest"),
])
def test_a_wrong_lifecycle_rule_is_refused(s3: BaseClient, bucket: str, changes: dict[str, Any], code: str) -> None:
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "p"}, "Expiration": {"Days": 1}, **changes}
    rule = {name: value for name, value in rule.items() if value is not None}
    with refused(code, 400):
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})


def test_two_lifecycle_rules_of_one_id_are_refused(s3: BaseClient, bucket: str) -> None:
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "p"}, "Expiration": {"Days": 1}}
    with refused("InvalidArgument", 400) as error:
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule, rule]})
    assert error["Message"] == "Rule ID must be unique. Found same ID for more than one rule"


def midnight_after(days: int) -> datetime.datetime:
    then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    return (then + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def test_answers_tell_when_an_object_expires(s3: BaseClient, bucket: str) -> None:
    rules = [{"ID": "rule one", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}},
             {"ID": "two", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Days": 1}},
             {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    expected = midnight_after(3).strftime('expiry-date="%a, %d %b %Y 00:00:00 GMT", rule-id="rule one"')
    put = s3.put_object(Bucket=bucket, Key="logs/a", Body=b"a")
    assert put["Expiration"] == expected
    assert s3.head_object(Bucket=bucket, Key="logs/a")["Expiration"] == expected
    assert s3.get_object(Bucket=bucket, Key="logs/a")["Expiration"] == expected
    copied = s3.copy_object(Bucket=bucket, Key="logs/b", CopySource=f"{bucket}/logs/a")
    assert copied["Expiration"] == expected
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="other", Body=b"a")
    tagged = s3.put_object(Bucket=bucket, Key="logs/c", Body=b"a", Tagging="k=v")
    assert 'rule-id="two"' in tagged["Expiration"]


def test_answers_tell_when_an_upload_is_aborted(s3: BaseClient, bucket: str) -> None:
    rules = [{"ID": "sweep", "Status": "Enabled", "Filter": {"Prefix": "u/"},
              "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    created = s3.create_multipart_upload(Bucket=bucket, Key="u/a")
    listed = s3.list_parts(Bucket=bucket, Key="u/a", UploadId=created["UploadId"])
    for answer in (created, listed):
        assert answer["AbortDate"] == midnight_after(2)
        assert answer["AbortRuleId"] == "sweep"
    assert "AbortDate" not in s3.create_multipart_upload(Bucket=bucket, Key="v")


def test_a_bucket_says_how_its_objects_are_encrypted(s3: BaseClient, bucket: str) -> None:
    def configuration() -> dict[str, Any]:
        return s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]

    unset = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    assert configuration() == unset
    key = "arn:aws:kms:us-east-1:000000000000:key/k"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
            "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert configuration() == rule

    put = s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    created = s3.create_multipart_upload(Bucket=bucket, Key="b")
    for answer in (put, created, s3.head_object(Bucket=bucket, Key="a")):
        assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"], answer["BucketKeyEnabled"]) == ("aws:kms", key, True)
    assert s3.put_object(Bucket=bucket, Key="c", Body=b"a", ServerSideEncryption="AES256")["ServerSideEncryption"] == "AES256"

    s3.delete_bucket_encryption(Bucket=bucket)
    assert configuration() == unset
    assert s3.put_object(Bucket=bucket, Key="a", Body=b"a")["ServerSideEncryption"] == "AES256"


def test_a_bucket_can_refuse_customer_keys(s3: BaseClient, bucket: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False,
            "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"] == [rule]
    with refused("AccessDenied", 403):
        s3.put_object(Bucket=bucket, Key="a", Body=b"a", SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32)


@pytest.mark.parametrize("rule", [
    {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "rot13"}},
    {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-X"]}},
])
def test_a_wrong_encryption_configuration_is_refused(s3: BaseClient, bucket: str, rule: dict[str, Any]) -> None:
    with refused("MalformedXML", 400):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


@pytest.mark.parametrize("operation, code", [
    ("get_bucket_policy", "NoSuchBucketPolicy"), ("get_bucket_policy_status", "NoSuchBucketPolicy"),
    ("get_bucket_website", "NoSuchWebsiteConfiguration"),
    ("get_bucket_replication", "ReplicationConfigurationNotFoundError"),
    ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"),
])
def test_what_cannot_be_set_is_not_there(s3: BaseClient, bucket: str, operation: str, code: str) -> None:
    with refused(code, 404) as error:
        getattr(s3, operation)(Bucket=bucket)
    assert error["BucketName"] == bucket
    with refused("NoSuchBucket", 404):
        getattr(s3, operation)(Bucket="no-such-bucket")


@pytest.mark.parametrize("operation, fields", [
    ("get_bucket_logging", {}), ("get_bucket_notification_configuration", {}),
    ("get_bucket_accelerate_configuration", {}), ("get_bucket_request_payment", {"Payer": "BucketOwner"}),
])
def test_what_cannot_be_set_is_empty(s3: BaseClient, bucket: str, operation: str, fields: dict[str, str]) -> None:
    answer = getattr(s3, operation)(Bucket=bucket)
    assert {name: value for name, value in answer.items() if name != "ResponseMetadata"} == fields


def test_configurations_end_with_their_bucket(s3: BaseClient) -> None:
    name = new_bucket(s3)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": TAGS})
    s3.delete_bucket(Bucket=name)
    s3.create_bucket(Bucket=name)
    with refused("NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=name)
