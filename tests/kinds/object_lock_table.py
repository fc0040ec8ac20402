"""What is locked × what is tried, and single requests of buckets with Object Lock: what Amazon S3 answers, and how that is known.

A version is retained until {date}, or held, or both; what is tried with it is what a lock is there to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from raw import Refused

GUIDE = "user guide: Locking objects with Object Lock"
BYPASS = "user guide: Object Lock considerations (Bypassing governance mode)"
CEPH = "reported: ceph/s3-tests"
UNSETTLED = "unsettled"

DATE, LATER, SOONER = "2099-01-01T00:00:00Z", "2099-01-02T00:00:00Z", "2098-12-31T00:00:00Z"
MODES = ("GOVERNANCE", "COMPLIANCE")
OTHER = {"GOVERNANCE": "COMPLIANCE", "COMPLIANCE": "GOVERNANCE"}

STATES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "GOVERNANCE": {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": DATE},
    "COMPLIANCE": {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": DATE},
    "a legal hold": {"ObjectLockLegalHoldStatus": "ON"},
    "GOVERNANCE and a hold": {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": DATE, "ObjectLockLegalHoldStatus": "ON"},
}
"""How the version is locked: parameters of PutObject."""


@dataclass(frozen=True)
class Attempt:
    name: str
    bypass: bool = False
    retention: tuple[str, str] | None = None
    """The mode ("same" or "other") and date to be put; ("", "") takes the retention away. None: the version is deleted."""
    many: bool = False
    """By DeleteObjects."""


ATTEMPTS = (
    Attempt("delete"),
    Attempt("delete, bypassing", bypass=True),
    Attempt("delete among many", many=True),
    Attempt("delete among many, bypassing", bypass=True, many=True),
    Attempt("extend", retention=("same", LATER)),
    Attempt("put again", retention=("same", DATE)),
    Attempt("shorten", retention=("same", SOONER)),
    Attempt("shorten, bypassing", bypass=True, retention=("same", SOONER)),
    Attempt("another mode, later", retention=("other", LATER)),
    Attempt("another mode, later, bypassing", bypass=True, retention=("other", LATER)),
    Attempt("take away", retention=("", "")),
    Attempt("take away, bypassing", bypass=True, retention=("", "")),
)

FREE_OF_EACH = ("extend", "put again")
"""What no retention stops. A hold stops no change of a retention."""
SOURCES = {
    ("GOVERNANCE", "delete"): "recorded", ("GOVERNANCE", "delete, bypassing"): "recorded", ("COMPLIANCE", "delete"): "recorded",
    ("COMPLIANCE", "delete, bypassing"): "recorded", ("a legal hold", "delete"): "recorded",
    ("a legal hold", "delete among many"): "recorded", ("GOVERNANCE", "extend"): "recorded", ("GOVERNANCE", "shorten"): "recorded",
    ("COMPLIANCE", "shorten"): "recorded", ("COMPLIANCE", "another mode, later"): "recorded",
    ("GOVERNANCE", "take away, bypassing"): "recorded", ("GOVERNANCE", "shorten, bypassing"): BYPASS,
    ("GOVERNANCE", "another mode, later"): CEPH, ("GOVERNANCE", "another mode, later, bypassing"): CEPH,
    ("COMPLIANCE", "another mode, later, bypassing"): CEPH, ("GOVERNANCE", "delete among many"): CEPH,
    ("GOVERNANCE", "delete among many, bypassing"): CEPH, ("GOVERNANCE", "take away"): UNSETTLED,
    ("COMPLIANCE", "take away"): UNSETTLED, ("COMPLIANCE", "take away, bypassing"): UNSETTLED,
    ("nothing", "take away"): UNSETTLED, ("nothing", "take away, bypassing"): UNSETTLED,
    ("a legal hold", "take away"): UNSETTLED, ("a legal hold", "take away, bypassing"): UNSETTLED,
}


def is_done(state: str, attempt: Attempt) -> bool:
    if attempt.retention is None:
        return state == "nothing" or (state == "GOVERNANCE" and attempt.bypass)
    mode = STATES[state].get("ObjectLockMode")
    return mode is None or attempt.name in FREE_OF_EACH or (mode == "GOVERNANCE" and attempt.bypass)


LOCKED = Refused(403, "AccessDenied", "Access Denied because object protected by object lock.")
NO_XML = Refused(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")


def period(name: str, message: str) -> Refused:
    return Refused(400, "InvalidArgument", message, {"ArgumentName": name})


NOT_POSITIVE = "Default retention period must be a positive integer value."
TOO_LONG = "Default retention period is too long."
RULE = ("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode>{}"
        "</DefaultRetention></Rule></ObjectLockConfiguration>")

# A default retention's period, what it is answered (None: it is taken), and the source.
PERIODS: tuple[tuple[str, Refused | None, str], ...] = (
    ("<Days>1</Days>", None, "recorded"),
    ("<Days>36500</Days>", None, "user guide: Object Lock considerations"),
    ("<Years>100</Years>", None, "user guide: Object Lock considerations"),
    ("<Days>0</Days>", period("Days", NOT_POSITIVE), "reported: versitygw#1738"),
    ("<Days>-1</Days>", period("Days", NOT_POSITIVE), "reported: storj/edge#528 (the code)"),
    ("<Years>0</Years>", period("Years", NOT_POSITIVE), "reported: versitygw#1738, of Days"),
    ("<Years>-1</Years>", period("Years", NOT_POSITIVE), "reported: storj/edge#528 (the code)"),
    ("<Days>36501</Days>", period("Days", TOO_LONG), "user guide: Object Lock considerations; the answer: " + UNSETTLED),
    ("<Years>101</Years>", period("Years", TOO_LONG), "user guide: Object Lock considerations; the answer: " + UNSETTLED),
    ("<Days>one</Days>", NO_XML, UNSETTLED),
    ("<Days></Days>", NO_XML, UNSETTLED),
)


def no_digest(what: str) -> Refused:
    return Refused(400, "InvalidRequest",
                   f"Content-MD5 OR x-amz-checksum- HTTP header is required for Put {what} requests with Object Lock parameters")


RETAINED = {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": DATE}
HELD = {"x-amz-object-lock-legal-hold": "ON"}

# Writes without a digest of what they carry: what is locked by whom, and the source.
BARE: tuple[tuple[str, str, dict[str, str], bool, Refused | None, str], ...] = (
    # name, what is written, headers, whether the bucket retains by default, refusal, source
    ("PutObject, retained", "object", RETAINED, False, no_digest("Object"), "S3 API: PutObject (Content-MD5); reported: aws-sdk-php#1694"),
    ("PutObject, held", "object", HELD, False, no_digest("Object"), "reported: versitygw#1776"),
    ("PutObject, retained by default", "object", {}, True, no_digest("Object"), "reported: zio-s3#394, aws-sdk-php#1694"),
    ("PutObject, not locked", "object", {}, False, None, GUIDE),
    ("UploadPart of what is retained", "part", RETAINED, False, no_digest("Part"), "reported: s3cmd#1436, go-cloud#3249"),
    ("UploadPart of what is held", "part", HELD, False, no_digest("Part"), UNSETTLED),
    ("UploadPart, retained by default", "part", {}, True, no_digest("Part"), "reported: alpakka#2773"),
    ("UploadPart, not locked", "part", {}, False, None, GUIDE),
)
