"""Every right that an ACL can give to everyone × what asks for it.

Source: S3 user guide, "Access control list (ACL) overview", mapping of ACL permissions and access policy permissions;
"Controlling ownership of objects and disabling ACLs"; "Blocking public access". Recorded: anonymous-get-public-object,
delete-objects-anonymous, cors-method-matching.
"""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIONS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")


@dataclass(frozen=True)
class Asked:
    """`by`: what the ACL of the bucket or the object has to grant; nothing: no ACL does."""

    name: str
    method: str
    target: str
    of: str = ""
    by: str = ""
    body: bytes = b""


GRANTS = b"""<AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList></AccessControlList></AccessControlPolicy>"""

ASKED = (
    Asked("ListObjects", "GET", "", "bucket", "READ"),
    Asked("ListObjectsV2", "GET", "?list-type=2", "bucket", "READ"),
    Asked("HeadBucket", "HEAD", "", "bucket", "READ"),
    Asked("ListObjectVersions", "GET", "?versions", "bucket", "READ"),
    Asked("ListMultipartUploads", "GET", "?uploads", "bucket", "READ"),
    Asked("PutObject", "PUT", "/new", "bucket", "WRITE", b"x"),
    Asked("DeleteObject", "DELETE", "/other", "bucket", "WRITE"),
    Asked("GetBucketAcl", "GET", "?acl", "bucket", "READ_ACP"),
    Asked("PutBucketAcl", "PUT", "?acl", "bucket", "WRITE_ACP", GRANTS),
    Asked("GetObject", "GET", "/key", "object", "READ"),
    Asked("HeadObject", "HEAD", "/key", "object", "READ"),
    Asked("GetObject of a version", "GET", "/key?versionId=null", "object", "READ"),
    Asked("GetObjectAcl", "GET", "/key?acl", "object", "READ_ACP"),
    Asked("PutObjectAcl", "PUT", "/key?acl", "object", "WRITE_ACP", GRANTS),
    Asked("GetBucketLocation", "GET", "?location"),
    Asked("GetBucketVersioning", "GET", "?versioning"),
    Asked("GetBucketCors", "GET", "?cors"),
    Asked("DeleteBucket", "DELETE", ""),
    Asked("GetObjectTagging", "GET", "/key?tagging"),
    Asked("DeleteObject of a version", "DELETE", "/key?versionId=null"),
    Asked("CreateMultipartUpload", "POST", "/new?uploads"),
)
