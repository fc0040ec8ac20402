"""Deletions that ask for what only a bucket with Object Lock has."""

from __future__ import annotations

from answers import Ask, error
from facts import recorded


@recorded("bypass-governance-without-object-lock")
def test_nothing_is_deleted_in_spite_of_a_lock_that_is_not_there(ask: Ask) -> None:
    key = "test-delete-no-lock"
    ask.put_object(Key=key, Body=b"test")
    refusal = error(400, "InvalidArgument", "x-amz-bypass-governance-retention is only applicable to Object Lock "
                                            "enabled buckets.", ArgumentName="x-amz-bypass-governance-retention")
    assert ask.delete_object(Key=key, BypassGovernanceRetention=True) == refusal
    assert ask.delete_object(Key=key, BypassGovernanceRetention=False) == refusal
    assert ask.delete_objects(Delete={"Objects": [{"Key": key}]}, BypassGovernanceRetention=True) == refusal
    assert ask.head_object(Key=key)["status"] == 200
