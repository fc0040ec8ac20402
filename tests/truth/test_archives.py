"""Objects in archive classes, and their restored copies."""

from __future__ import annotations

from typing import Any

import pytest

from answers import Answer, Ask, error, ok, some_text
from facts import recorded

KEY = "archived"
RESTORED = some_text("a copy that is there", r'ongoing-request="false", expiry-date="[^"]+ 00:00:00 GMT"')


def put(ask: Ask, storage_class: str) -> None:
    assert ask.put_object(Key=KEY, Body=b"body data", StorageClass=storage_class)["status"] == 200


def restore(ask: Ask, days: int | None = 30, tier: str = "Bulk") -> Answer:
    request: dict[str, Any] = {"GlacierJobParameters": {"Tier": tier}}
    return ask.restore_object(Key=KEY, RestoreRequest={**request, **({"Days": days} if days else {})})


@recorded("deep-archive-get-and-restore")
def test_an_archived_object_is_read_once_it_is_restored(ask: Ask) -> None:
    put(ask, "DEEP_ARCHIVE")
    assert ask.get_object(Key=KEY) == error(
        403, "InvalidObjectState", "The operation is not valid for the object's storage class",
        StorageClass="DEEP_ARCHIVE", beside={"StorageClass": "DEEP_ARCHIVE"})
    assert "Restore" not in ask.head_object(Key=KEY)
    assert restore(ask) == ok(202)
    # Not recorded, for it took Amazon S3 hours; here the copy is there at once.
    assert ask.head_object(Key=KEY)["Restore"] == RESTORED
    read = ask.get_object(Key=KEY)
    assert (read["Body"], read["Restore"], read["StorageClass"]) == (b"body data", RESTORED, "DEEP_ARCHIVE")
    assert restore(ask) == ok(200)


def test_a_restored_object_is_a_source_of_copies_and_its_copy_is_not_restored(ask: Ask) -> None:
    put(ask, "GLACIER")
    source = {"Bucket": ask.bucket, "Key": KEY}
    assert ask.copy_object(Key="copy", CopySource=source)["Error"]["Code"] == "InvalidObjectState"
    assert restore(ask, 1, "Expedited") == ok(202)
    assert ask.copy_object(Key="copy", CopySource=source, StorageClass="GLACIER")["status"] == 200
    assert "Restore" not in ask.head_object(Key="copy")
    assert ask.get_object(Key="copy")["Error"]["Code"] == "InvalidObjectState"


NOT_ALLOWED = "Restore is not allowed for the object's current storage class"


@pytest.mark.parametrize("storage_class", ["STANDARD", "GLACIER_IR", "STANDARD_IA"])
def test_what_is_not_archived_is_not_restored(ask: Ask, storage_class: str) -> None:
    """Reported: moto pull request 4670, of STANDARD and without a document."""
    put(ask, storage_class)
    refusal = error(403, "InvalidObjectState", NOT_ALLOWED, StorageClass=storage_class,
                    beside={"StorageClass": storage_class})
    assert restore(ask) == refusal
    assert ask.restore_object(Key=KEY) == refusal


def test_days_are_not_for_intelligent_tiering(ask: Ask) -> None:
    """Reported: s3cmd issue 1377."""
    put(ask, "INTELLIGENT_TIERING")
    assert restore(ask) == error(
        400, "InvalidArgument", "INTELLIGENT_TIERING objects are not subject to restore expiry. Do not specify Days "
                                "when restoring this object")


@pytest.mark.parametrize("days, tier", [(None, "Bulk"), (1, "Fastest")], ids=["no-days", "unknown-tier"])
def test_a_malformed_restoration_is_refused(ask: Ask, days: int | None, tier: str) -> None:
    put(ask, "GLACIER")
    assert restore(ask, days, tier)["Error"]["Code"] == "MalformedXML"
    assert "Restore" not in ask.head_object(Key=KEY)


def test_only_an_object_is_restored(ask: Ask) -> None:
    assert restore(ask)["Error"]["Code"] == "NoSuchKey"
