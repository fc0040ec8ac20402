"""Policies of buckets: put, told, deleted."""

from __future__ import annotations

import json

import pytest

from answers import Answer, Ask, error, ok
from facts import recorded

ACCOUNT = "000000000000"
DENIED = error(403, "AccessDenied", "Access Denied")


@pytest.fixture
def policy(ask: Ask) -> str:
    """Lets everybody get objects, of a bucket that blocks no policy."""
    assert ask.delete_public_access_block() == ok(204)
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Action": "s3:GetObject", "Effect": "Allow", "Resource": f"arn:aws:s3:::{ask.bucket}/*", "Principal": {"AWS": "*"}}]})


def missing(bucket: str) -> Answer:
    return error(404, "NoSuchBucketPolicy", "The bucket policy does not exist", BucketName=bucket)


def told(ask: Ask) -> Answer:
    return ok(Policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject",'
                     f'"Resource":"arn:aws:s3:::{ask.bucket}/*"}}]}}')


@recorded("put-bucket-policy", "get-bucket-policy")
def test_a_policy_comes_back_with_its_members_in_order(ask: Ask, policy: str) -> None:
    assert ask.get_bucket_policy() == missing(ask.bucket)
    assert ask.put_bucket_policy(Policy=policy) == ok(204)
    assert ask.get_bucket_policy() == told(ask)
    assert ask.get_bucket_policy(ExpectedBucketOwner=ACCOUNT) == told(ask)
    assert ask.get_bucket_policy(ExpectedBucketOwner="000000000002") == DENIED


@recorded("bucket-policy-put-get-delete", "delete-bucket-policy")
def test_a_policy_is_deleted_also_twice(ask: Ask, policy: str) -> None:
    assert ask.put_bucket_policy(Policy=policy) == ok(204)
    for _ in range(2):
        assert ask.delete_bucket_policy() == ok(204)
        assert ask.get_bucket_policy() == missing(ask.bucket)


@recorded("put-bucket-policy-expected-owner")
def test_a_policy_of_another_owner_is_not_put(ask: Ask, policy: str) -> None:
    assert ask.put_bucket_policy(Policy=policy, ExpectedBucketOwner="000000000002") == DENIED
    assert ask.get_bucket_policy() == missing(ask.bucket)
    assert ask.put_bucket_policy(Policy=policy, ExpectedBucketOwner=ACCOUNT) == ok(204)


@recorded("delete-bucket-policy-expected-owner")
def test_a_policy_of_another_owner_is_not_deleted(ask: Ask, policy: str) -> None:
    assert ask.put_bucket_policy(Policy=policy) == ok(204)
    assert ask.delete_bucket_policy(ExpectedBucketOwner="000000000002") == DENIED
    assert ask.delete_bucket_policy(ExpectedBucketOwner="invalid") == error(
        400, "InvalidBucketOwnerAWSAccountID", "The value of the expected bucket owner parameter must be an AWS Account ID... [invalid]")
    assert ask.get_bucket_policy() == told(ask)
    assert ask.delete_bucket_policy(ExpectedBucketOwner=ACCOUNT) == ok(204)
