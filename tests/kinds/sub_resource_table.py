"""Every sub-resource × bucket and key × method: what Amazon S3 answers. The measurements were made against a bucket that
doesn't exist: a method that the sub-resource has is then NoSuchBucket, any other MethodNotAllowed before the bucket is
looked for, with the type and the methods named here."""

from __future__ import annotations

from dataclasses import dataclass

BACKLOT = "reported: brekkylab/backlot (measured 2026-09)"

METHODS = ("HEAD", "DELETE", "POST", "GET", "PUT")
"""In the order of Allow."""


@dataclass(frozen=True)
class SubResource:
    name: str
    type: str
    methods: tuple[str, ...]
    source: str = BACKLOT

    @property
    def allow(self) -> str:
        return ", ".join(method for method in METHODS if method in self.methods)


def _row(name: str, type: str, methods: str, source: str = BACKLOT) -> SubResource:
    return SubResource(name, type, tuple(methods.split()), source)


AT_BUCKET = (
    _row("abac", "BUCKET_ABAC", "GET PUT"),
    _row("accelerate", "ACCELERATE", "GET PUT"),
    _row("acl", "ACL", "GET PUT"),
    _row("analytics", "ANALYTICS", "GET PUT DELETE"),
    _row("cors", "CORS", "GET PUT DELETE"),
    _row("delete", "MULTI_OBJECT_DELETE", "POST"),
    _row("encryption", "ENCRYPTION", "GET PUT DELETE"),
    _row("intelligent-tiering", "INTELLIGENT_TIERING", "GET PUT DELETE"),
    _row("inventory", "INVENTORY", "GET PUT DELETE"),
    _row("lifecycle", "LIFECYCLE", "GET PUT DELETE"),
    _row("location", "LOCATION", "GET"),
    _row("logging", "LOGGING_STATUS", "GET PUT"),
    _row("metadataAnnotationTable", "BUCKET_METADATA_ANNOTATION_TABLE_CONFIGURATION", "PUT"),
    _row("metadataConfiguration", "BUCKET_METADATA_CONFIGURATION", "GET POST DELETE"),
    _row("metadataInventoryTable", "BUCKET_METADATA_INVENTORY_TABLE_CONFIGURATION", "PUT"),
    _row("metadataJournalTable", "BUCKET_METADATA_JOURNAL_TABLE_CONFIGURATION", "PUT"),
    _row("metadataTable", "BUCKET_METADATA_TABLE_CONFIGURATION", "GET POST DELETE"),
    _row("metrics", "METRICS", "GET PUT DELETE"),
    _row("notification", "NOTIFICATION", "GET PUT"),
    _row("object-lock", "OBJECT_LOCK_CONFIGURATION", "GET PUT"),
    _row("ownershipControls", "OWNERSHIP_CONTROLS", "GET PUT DELETE"),
    _row("policy", "BUCKETPOLICY", "GET PUT DELETE", BACKLOT + "; the type: filestack-js#55"),
    _row("policyStatus", "POLICY_STATUS", "GET"),
    _row("publicAccessBlock", "PUBLIC_ACCESS_BLOCK", "GET PUT DELETE"),
    _row("replication", "REPLICATION", "GET PUT DELETE"),
    _row("requestPayment", "REQUEST_PAYMENT", "GET PUT"),
    _row("restore", "RESTORE", "POST"),
    _row("tagging", "TAGGING", "GET PUT DELETE"),
    _row("uploadId", "UPLOAD", "GET POST DELETE"),
    _row("uploads", "UPLOADS", "GET POST"),
    _row("versioning", "VERSIONING", "GET PUT"),
    _row("versions", "BUCKETVERSIONS", "GET"),
    _row("website", "WEBSITE", "GET PUT DELETE"),
)
OF_OBJECTS = (
    _row("acl", "ACL", "GET PUT"),
    _row("annotation", "OBJECT_ANNOTATIONS", "GET PUT DELETE", "S3 API model: the methods; " + BACKLOT),
    _row("attributes", "OBJECT_ATTRIBUTES", "GET"),
    _row("encryption", "OBJECT_ENCRYPTION", "PUT"),
    _row("legal-hold", "OBJECT_LOCK_LEGALHOLD", "GET PUT"),
    _row("restore", "RESTORE", "POST"),
    _row("retention", "OBJECT_LOCK_RETENTION", "GET PUT"),
    _row("select", "SELECT", "POST"),
    _row("tagging", "OBJECT_TAGGING", "GET PUT DELETE"),
    _row("uploadId", "UPLOAD", "GET POST DELETE", BACKLOT + "; versitygw#1236"),
    _row("uploads", "UPLOADS", "GET POST"),
)
ANSWERED_AT_KEYS = ("accelerate", "cors", "delete", "inventory", "lifecycle", "location", "logging", "notification", "policy",
                    "replication", "requestPayment", "versioning", "versions", "website")
"""Those of buckets that a key's path answers as the bucket's, whatever the key."""
IGNORED_AT_KEYS = ("abac", "analytics", "intelligent-tiering", "metadataConfiguration", "metadataTable", "metrics",
                   "object-lock", "ownershipControls", "policyStatus", "publicAccessBlock")
AT_KEY = (*OF_OBJECTS, *(row for row in AT_BUCKET if row.name in ANSWERED_AT_KEYS))
IGNORED_AT_BUCKETS = ("annotation", "attributes", "legal-hold", "retention")

# A request, and what answers it: status, code, message, where it isn't the rule of the tables.
SPECIAL = (
    ("GET", "/{bucket}/key?logging", 400, "NoLoggingStatusForKey",
     "There is no such thing as the ?logging sub-resource for a key", BACKLOT),
    ("GET", "/{bucket}/key?versions", 400, "InvalidRequest",
     "There is no such thing as the ?versions sub-resource for a key", BACKLOT),
    ("GET", "/{bucket}/key?uploads", 400, "InvalidRequest", "Key is not expected for the GET method ?uploads subresource", BACKLOT),
    ("GET", "/{bucket}?uploadId=x", 400, "InvalidRequest", "A key must be specified", BACKLOT),
    ("POST", "/{bucket}?uploadId=x", 400, "InvalidRequest", "A key must be specified", BACKLOT),
    ("DELETE", "/{bucket}?uploadId=x", 400, "InvalidRequest", "A key must be specified", BACKLOT),
    ("POST", "/{bucket}?restore", 400, "UserKeyMustBeSpecified", "User key must be specified.", BACKLOT),
    ("GET", "/{bucket}?torrent", 405, "MethodNotAllowed", None, BACKLOT),
    ("GET", "/{bucket}/key?torrent", 405, "MethodNotAllowed", None, BACKLOT),
    ("GET", "/{bucket}?partNumber=1", 400, "InvalidRequest", "Object must have a valid key name.", BACKLOT),
    ("PUT", "/{bucket}?partNumber=", 400, "InvalidRequest", "Object must have a valid key name.", BACKLOT),
    ("GET", "/{bucket}?partNumber=1&max-keys=abc", 400, "InvalidRequest", "Object must have a valid key name.", BACKLOT),
    ("PUT", "/{bucket}/key?partNumber=1", 400, "InvalidArgument", "This operation does not accept partNumber without uploadId",
     "reported: versitygw#1237"),
    ("GET", "/{bucket}?acl&versioning", 400, "InvalidArgument", "Conflicting query string parameters: acl, versioning", BACKLOT),
    ("GET", "/{bucket}?versioning&acl", 400, "InvalidArgument", "Conflicting query string parameters: acl, versioning", BACKLOT),
    ("GET", "/{bucket}?uploads&versioning", 400, "InvalidArgument", "Conflicting query string parameters: uploads, versioning",
     BACKLOT),
    ("PUT", "/{bucket}?tagging&delete", 400, "InvalidArgument", "Conflicting query string parameters: delete, tagging", BACKLOT),
    ("GET", "/{bucket}/key?acl&uploads", 400, "InvalidArgument", "Conflicting query string parameters: acl, uploads", BACKLOT),
    ("GET", "/{bucket}/key?acl&location", 400, "InvalidArgument", "Conflicting query string parameters: acl, location", BACKLOT),
    ("GET", "/{bucket}/key?partNumber=1&tagging", 400, "InvalidArgument",
     "Conflicting query string parameters: partNumber, tagging", BACKLOT),
    ("GET", "/{bucket}?acl&partNumber=1", 400, "InvalidArgument", "Conflicting query string parameters: acl, partNumber", BACKLOT),
    ("GET", "/{bucket}?versionId=null", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("GET", "/{bucket}?list-type=2&versionId=", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("GET", "/{bucket}?versioning&versionId=x", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("PUT", "/{bucket}?tagging&versionId=x", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("DELETE", "/{bucket}?versionId=x", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("GET", "/{bucket}?acl&versionId=x", 400, "InvalidArgument", "Invalid version id specified", BACKLOT),
    ("PUT", "/{bucket}?acl&versionId=x", 400, "InvalidArgument", "Invalid version id specified", BACKLOT),
    ("GET", "/{bucket}/key?location&versionId=null", 400, "InvalidArgument", "This operation does not accept a version-id.", BACKLOT),
    ("GET", "/{bucket}/key?uploadId=x&versionId=null", 400, "InvalidArgument", "This operation does not accept a version-id.",
     BACKLOT),
    ("GET", "/{bucket}?website=x", 400, "InvalidArgument", "The website parameter must not have a value", BACKLOT),
    ("GET", "/{bucket}/key?website=x", 400, "InvalidArgument", "The website parameter must not have a value", BACKLOT),
    ("POST", "/{bucket}", 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", BACKLOT),
    ("TRACE", "/{bucket}", 400, "BadRequest", "An error occurred when parsing the HTTP request.", BACKLOT),
    ("PROPFIND", "/{bucket}/key", 400, "BadRequest", "An error occurred when parsing the HTTP request.", BACKLOT),
)
PLAIN = (  # methods that a service, a bucket or an object hasn't, whatever sub-resource is named at the service
    ("HEAD", "/", "SERVICE", "GET"), ("POST", "/", "SERVICE", "GET"), ("PUT", "/?acl", "SERVICE", "GET"),
    ("DELETE", "/", "SERVICE", "GET"), ("PATCH", "/?versioning", "SERVICE", "GET"),
    ("PATCH", "/{bucket}", "BUCKET", "HEAD, DELETE, POST, GET, PUT"),
    ("PATCH", "/{bucket}/key", "OBJECT", "HEAD, DELETE, GET, PUT"), ("POST", "/{bucket}/key", "OBJECT", "HEAD, DELETE, GET, PUT"),
    ("PATCH", "/{bucket}/key?partNumber=1&uploadId=x", "PART", "PUT"), ("GET", "/{bucket}/key?uploadId=x&partNumber=1", "PART", "PUT"),
    ("HEAD", "/{bucket}?partNumber=1&uploadId=x", "PART", "PUT"),
)
PLAIN_SOURCE = BACKLOT + "; versitygw#1810"
