"""What a bucket answers about what nobody configured, and can't configure here."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from answers import Answer, Ask, error, ok
from facts import no_such_bucket

NO_LOCK = error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")
MALFORMED = error(400, "MalformedXML",
                  "The XML you provided was not well-formed or did not validate against our published schema")
NO_CONFIGURATION = error(404, "NoSuchConfiguration", "The specified configuration does not exist.")
KINDS = pytest.mark.parametrize("kind", ["analytics", "intelligent_tiering", "inventory", "metrics"])


@KINDS
def test_there_are_none_of_the_configurations_that_have_ids(ask: Ask, kind: str) -> None:
    """Recorded in analytics-configurations, intelligent-tiering-configurations, inventory-crud,
    metrics-configuration-delete-twice, of configurations that are gone or never were."""
    assert getattr(ask, f"list_bucket_{kind}_configurations")() == ok(IsTruncated=False)
    for verb in ("get", "delete"):
        asked = getattr(ask, f"{verb}_bucket_{kind}_configuration")
        assert asked(Id="test") == NO_CONFIGURATION
        missing = f"fake-bucket-{uuid.uuid4().hex}"
        assert asked(Id="test", Bucket=missing) == no_such_bucket(missing)


def put_retention(ask: Ask, **params: Any) -> Answer:
    return ask.put_object_retention(**{"Key": "key", **params})


def put_hold(ask: Ask, **params: Any) -> Answer:
    return ask.put_object_legal_hold(**{"Key": "key", **params})


@pytest.mark.parametrize("put, get, document", [
    (put_retention, "get_object_retention",
     {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": "2031-01-01T00:00:00Z"}}),
    (put_hold, "get_object_legal_hold", {"LegalHold": {"Status": "ON"}})], ids=["retention", "legal-hold"])
def test_a_bucket_without_object_lock_says_so(ask: Ask, put: Any, get: str, document: dict[str, Any]) -> None:
    """Recorded in retention-errors and legal-hold-errors, which need buckets with Object Lock for the rest."""
    ask.put_object(Key="key", Body=b"test")
    assert put(ask, **document) == NO_LOCK
    assert put(ask) == MALFORMED  # an empty body is told first
    assert getattr(ask, get)(Key="key") == NO_LOCK
    missing = f"non-existing-bucket-{uuid.uuid4().hex}"
    assert put(ask, Bucket=missing, **document) == no_such_bucket(missing)
    assert getattr(ask, get)(Bucket=missing, Key="key") == no_such_bucket(missing)


def test_a_bucket_is_made_by_who_says_no_to_object_lock(ask: Ask) -> None:
    bucket = f"test-bucket-{uuid.uuid4().hex}"
    assert ask.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=False)["status"] == 200
