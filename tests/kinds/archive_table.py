"""Objects of each storage class, as they were put and as they are restored: who reads them, and what is told."""

from __future__ import annotations

from raw import Refused

RECORDED = "recorded"
GUIDE = "user guide: Restoring an archived object"
API = "S3 API: ListObjectsV2 (RestoreStatus)"

CLASSES = ("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER",
           "DEEP_ARCHIVE")
ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")
UNKNOWN = ("OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FOO", "standard", "")
"""InvalidStorageClass of PutObject and CreateMultipartUpload. Recorded of the first; unsettled of the others."""


def not_valid(storage_class: str, message: str = "The operation is not valid for the object's storage class") -> Refused:
    return Refused(403, "InvalidObjectState", message, {"StorageClass": storage_class})


SOURCE = "Operation is not valid for the source object's storage class"
NOT_RESTORABLE = "Restore is not allowed for the object's current storage class"

# What reads an object, what an archived one answers, and the source.
READERS = (
    ("GetObject", "The operation is not valid for the object's storage class", RECORDED),
    ("CopyObject, as source", SOURCE, "reported: s3cmd#193"),
    ("UploadPartCopy, as source", SOURCE, "unsettled: as CopyObject's"),
)

OPTIONAL = "x-amz-optional-object-attributes"
LISTINGS = ("list-type=2", "", "versions")
