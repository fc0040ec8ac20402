"""Lifecycle configurations."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from answers import Answer, Ask, error, ok, some_text
from facts import PLAIN, recorded

WEEK = {"Expiration": {"Days": 7}, "ID": "wholebucket", "Status": "Enabled"}
MALFORMED = error(400, "MalformedXML",
                  "The XML you provided was not well-formed or did not validate against our published schema")


@recorded("lifecycle-gone-with-bucket")
def test_lifecycle_rules_end_with_their_bucket(ask: Ask) -> None:
    rules = [{**WEEK, "Filter": {"Prefix": ""}}]
    assert ask.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": rules})["status"] == 200
    assert ask.get_bucket_lifecycle_configuration() == ok(
        Rules=rules, TransitionDefaultMinimumObjectSize="all_storage_classes_128K")
    assert ask.delete_bucket()["status"] == 204
    assert ask.create_bucket()["status"] == 200
    assert ask.get_bucket_lifecycle_configuration() == error(
        404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", BucketName=ask.bucket)


@recorded("lifecycle-invalid-configurations")
@pytest.mark.parametrize("rule, refusal", [
    pytest.param({"Expiration": {"Days": 7}, "Status": "Enabled"}, MALFORMED, id="missing-id"),
    pytest.param(WEEK, MALFORMED, id="missing-filter"),
    pytest.param({**WEEK, "Filter": {}, "NoncurrentVersionExpiration": {}}, MALFORMED,
                 id="missing-noncurrent-version-expiration-data"),
    pytest.param({**WEEK, "Filter": {"And": {"Prefix": "test"}, "Prefix": ""}}, MALFORMED,
                 id="wrong-filter-and-plus-prefix"),
    pytest.param({**WEEK, "Filter": {"ObjectSizeGreaterThan": 500, "Prefix": ""}}, MALFORMED,
                 id="wrong-filter-and-and-object-size"),
    pytest.param({"Expiration": {"Date": datetime.datetime(2023, 1, 1, 2, 2, tzinfo=datetime.UTC)}, "ID": "wrong-data",
                  "Filter": {}, "Status": "Enabled"},
                 error(400, "InvalidArgument", "'Date' must be at midnight GMT", ArgumentName="Date",
                       ArgumentValue="Sat Dec 31 18:02:00 PST 2022"), id="wrong-data-no-midnight"),
    pytest.param({"ID": "duplicate-tag-keys", "Status": "Enabled", "Expiration": {"Days": 1},
                  "Filter": {"And": {"Tags": [{"Key": "testlifecycle", "Value": "positive"},
                                              {"Key": "testlifecycle", "Value": "positive-two"}]}}},
                 error(400, "InvalidRequest", "Duplicate Tag Keys are not allowed."), id="duplicate-tag-keys"),
    pytest.param({"ID": "expired-delete-marker-and-days", "Filter": {}, "Status": "Enabled",
                  "Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, MALFORMED,
                 id="expired-delete-marker-and-days"),
])
def test_wrong_lifecycle_rules_are_refused(ask: Ask, rule: dict[str, Any], refusal: Answer) -> None:
    assert ask.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": [rule]}) == refusal


@recorded("lifecycle-transition-default-minimum-size")
def test_the_minimum_size_of_transitions_is_kept_until_the_next_put(ask: Ask) -> None:
    rules = [{**WEEK, "Filter": {"Prefix": ""}}]

    def put(**minimum: str) -> Answer:
        return ask.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": rules}, **minimum)

    default = "all_storage_classes_128K"
    for given in ("varies_by_storage_class", None, default):
        named = {"TransitionDefaultMinimumObjectSize": given or default}
        assert put(**(named if given else {})) == ok(**named)
        assert ask.get_bucket_lifecycle_configuration() == ok(Rules=rules, **named)
    assert put(TransitionDefaultMinimumObjectSize="value") == error(
        400, "InvalidRequest", "Invalid TransitionDefaultMinimumObjectSize found: value")


@recorded("lifecycle-expiration-header-versioned")
def test_an_expiration_is_told_of_the_current_version_that_was_not_named(ask: Ask) -> None:
    key = "test-object-expiry"
    assert ask.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}) == ok()
    rule = {"ID": "rule2", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    assert ask.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": [rule]})["status"] == 200
    assert ask.get_bucket_lifecycle_configuration() == ok(
        Rules=[rule], TransitionDefaultMinimumObjectSize="all_storage_classes_128K")
    first, second = (ask.put_object(Key=key, Body=b"test")["VersionId"] for _ in range(2))

    def head(version: str, **fields: Any) -> Answer:
        return ok(**PLAIN, ContentLength=4, ETag='"098f6bcd4621d373cade4e832627b4f6"', VersionId=version, **fields)

    assert ask.head_object(Key=key, VersionId=first) == head(first)
    assert ask.head_object(Key=key, VersionId=second) == head(second)
    expiration = some_text("an expiration", r'expiry-date="[^"]+ 00:00:00 GMT", rule-id="rule2"')
    assert ask.head_object(Key=key) == head(second, Expiration=expiration)
