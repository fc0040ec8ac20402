"""What a bucket answers about its configurations when nobody configured it, and what is told of HEAD.

Source of every row that names no other: brekkylab/backlot, whose authors sent these requests to Amazon S3 in us-east-1 on
2026-09-29.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from raw import Refused

MEASURED = "reported: brekkylab/backlot (measured 2026-09)"
MOTO = "reported: moto, whose test runs on Amazon S3"
XML = "application/xml"


@dataclass(frozen=True)
class Unset:
    """The answer to a GET: the names and texts of its elements, one below another, or an error with the bucket's name."""

    selector: str
    type: str | None
    root: str
    elements: Mapping[str, str]
    whole: bool = True
    """Whether there is nothing else."""

    def __str__(self) -> str:
        inside = ", ".join(f"{name} {text}" for name, text in self.elements.items()) or "empty"
        return f"200 {self.root}: {inside}" + ("" if self.whole else ", and more")


def _unset(selector: str, root: str, type: str | None = None, *, whole: bool = True, **elements: str) -> Unset:
    return Unset(selector, type, root, elements, whole)


def _list(selector: str, root: str) -> Unset:
    return _unset(selector, root, IsTruncated="false")


UNSET = (
    _unset("abac", "AbacStatus", Status="Disabled"),
    _unset("accelerate", "AccelerateConfiguration"),
    _unset("acl", "AccessControlPolicy", XML, whole=False, Permission="FULL_CONTROL"),
    _list("analytics", "ListBucketAnalyticsConfigurationsResult"),
    _unset("encryption", "ServerSideEncryptionConfiguration", whole=False, SSEAlgorithm="AES256", BucketKeyEnabled="false"),
    _list("intelligent-tiering", "ListIntelligentTieringConfigurationsResult"),
    _list("inventory", "ListInventoryConfigurationsResult"),
    _unset("location", "LocationConstraint", XML),
    _unset("logging", "BucketLoggingStatus", XML),
    _list("metrics", "ListMetricsConfigurationsResult"),
    _unset("notification", "NotificationConfiguration"),
    _unset("ownershipControls", "OwnershipControls", ObjectOwnership="BucketOwnerEnforced"),
    _unset("publicAccessBlock", "PublicAccessBlockConfiguration", BlockPublicAcls="true", IgnorePublicAcls="true",
           BlockPublicPolicy="true", RestrictPublicBuckets="true"),
    _unset("requestPayment", "RequestPaymentConfiguration", Payer="BucketOwner"),
    _unset("versioning", "VersioningConfiguration"),
)


def _missing(code: str, message: str) -> Refused:
    return Refused(404, code, message, {"BucketName": "{bucket}"})


MISSING = (
    ("cors", _missing("NoSuchCORSConfiguration", "The CORS configuration does not exist")),
    ("lifecycle", _missing("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")),
    ("metadataConfiguration", _missing("MetadataConfigurationNotFound", "The metadata configuration was not found")),
    ("metadataTable", Refused(405, "V1APIsNotAllowed", "The V1 GetBucketMetadataTableConfiguration API operation isn't available "
                              "for this account. Use the corresponding V2 GetBucketMetadataConfiguration API operation instead.",
                              {"Method": "GET"})),
    ("object-lock", _missing("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")),
    ("policy", _missing("NoSuchBucketPolicy", "The bucket policy does not exist")),
    ("policyStatus", _missing("NoSuchBucketPolicy", "The bucket policy does not exist")),
    ("replication", _missing("ReplicationConfigurationNotFoundError", "The replication configuration was not found")),
    ("tagging", _missing("NoSuchTagSet", "The TagSet does not exist")),
    ("website", _missing("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")),
)

LISTS = ("analytics", "intelligent-tiering", "inventory", "metrics")
NO_TOKEN = Refused(400, "MalformedContinuationToken", "The continuation-token you provided invalid.")
NO_CONFIGURATION = Refused(404, "NoSuchConfiguration", "The specified configuration does not exist.")
TOKENS = (("continuation-token=garbage", NO_TOKEN), ("id=&continuation-token=garbage", NO_TOKEN),
          ("id=x", NO_CONFIGURATION), ("id=x&continuation-token=garbage", NO_CONFIGURATION))

OF_OBJECTS = (("tagging", {}), ("attributes", {"x-amz-object-attributes": "ObjectSize"}))
"""Documents about objects that have no Content-Type either."""

RULE = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
NO_XML = Refused(400, "MalformedXML",
                 "The XML you provided was not well-formed or did not validate against our published schema")
RECORDED = "recorded of buckets with Object Lock"
LOCKS = (
    ("no body", "", Refused(400, "MissingRequestBodyError", "Request Body is empty"), MOTO),
    ("an empty root", "<ObjectLockConfiguration/>", NO_XML, RECORDED),
    ("not enabled", f"<ObjectLockConfiguration>{RULE}</ObjectLockConfiguration>", NO_XML, RECORDED),
    ("Days and Years", "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
     + RULE.replace("</Days>", "</Days><Years>1</Years>") + "</ObjectLockConfiguration>", NO_XML, RECORDED),
    ("a rule", f"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{RULE}</ObjectLockConfiguration>",
     Refused(409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"), MOTO),
)
"""Put to a bucket without versions."""

HEADS: tuple[tuple[str, int], ...] = (
    ("/{bucket}", 200), ("/{bucket}-none", 404), ("/{bucket}/missing", 404), ("/{bucket}-none/key", 404),
    ("/{bucket}?versioning", 405), ("/{bucket}?acl&versioning", 400), ("/{bucket}?max-keys=abc", 400),
    ("/{bucket}-none?max-keys=abc", 400), ("/{bucket}-none?list-type=2&marker=x", 400), ("/{bucket}-none?start-after=x", 400),
    ("/{bucket}?encoding-type=bogus", 400), ("/{bucket}-none?encoding-type=bogus", 404),
    ("/{bucket}?list-type=2&continuation-token=garbage", 400), ("/{bucket}?max-keys=-1", 200), ("/{bucket}?partNumber=1", 400),
)
"""Sent in chunks, of which there are none, as XML; an object's own answers (200 and 206) have the object's length and type."""
