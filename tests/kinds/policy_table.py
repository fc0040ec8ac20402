"""What a bucket policy says × who asks for what, and policies that are none.

BUCKET stands for the bucket's name. Sources: IAM user guide, "IAM JSON policy elements reference", "Policy evaluation logic"; S3 user
guide, "Bucket policies for Amazon S3", "Blocking public access to your Amazon S3 storage", "The meaning of public".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Statement = Mapping[str, Any]

ANYONE = "*"
ACCOUNT = {"AWS": "arn:aws:iam::000000000000:root"}
ANOTHER = {"AWS": "arn:aws:iam::111122223333:root"}
OBJECTS = "arn:aws:s3:::BUCKET/*"
BUCKET = "arn:aws:s3:::BUCKET"


def allow(action: Any = "s3:GetObject", resource: Any = OBJECTS, principal: Any = ANYONE, **more: Any) -> Statement:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:GetObject", resource: Any = OBJECTS, principal: Any = ANYONE, **more: Any) -> Statement:
    return {**allow(action, resource, principal, **more), "Effect": "Deny"}


def without(statement: Statement, *names: str, **more: Any) -> Statement:
    return {**{name: value for name, value in statement.items() if name not in names}, **more}


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


@dataclass(frozen=True)
class Decision:
    name: str
    statements: tuple[Statement, ...]
    granted: bool
    by_account: bool = False
    method: str = "GET"
    target: str = "/key"
    headers: Mapping[str, str] = field(default_factory=dict)


def nobody(name: str, granted: bool, *statements: Statement, method: str = "GET", target: str = "/key", **headers: str) -> Decision:
    return Decision(name, statements, granted, False, method, target, {key.replace("_", "-"): text for key, text in headers.items()})


def account(name: str, granted: bool, *statements: Statement, method: str = "GET", target: str = "/key", **headers: str) -> Decision:
    return Decision(name, statements, granted, True, method, target, {key.replace("_", "-"): text for key, text in headers.items()})


NO_MATTER = allow("s3:GetBucketLocation", BUCKET)
"""Of an action that nobody asks for."""

DECISIONS = (
    # who
    nobody("Principal *", True, allow()),
    nobody('Principal {"AWS": "*"}', True, allow(principal={"AWS": "*"})),
    nobody("a list with *", True, allow(principal={"AWS": ["arn:aws:iam::111122223333:root", "*"]})),
    nobody("another account", False, allow(principal=ANOTHER)),
    nobody("the account", False, allow(principal=ACCOUNT)),
    nobody("a service", False, allow(principal={"Service": "logging.s3.amazonaws.com"})),
    nobody("NotPrincipal of the account", True, without(allow(), "Principal", NotPrincipal=ACCOUNT)),
    nobody("NotPrincipal *", False, without(allow(), "Principal", NotPrincipal="*"), NO_MATTER),
    account("allowed to another", True, allow(principal=ANOTHER)),
    account("denied to anyone", False, deny()),
    account("denied to the account", False, deny(principal=ACCOUNT)),
    account("denied to the account by its number", False, deny(principal={"AWS": "000000000000"})),
    account("denied to another", True, deny(principal=ANOTHER)),
    account("denied to all but the account", True, without(deny(), "Principal", NotPrincipal=ACCOUNT)),
    nobody("denied to all but the account", False, allow(), without(deny(), "Principal", NotPrincipal=ACCOUNT)),
    # what
    nobody("s3:*", True, allow("s3:*")),
    nobody("*", True, allow("*")),
    nobody("s3:Get*", True, allow("s3:Get*")),
    nobody("S3:GETOBJECT: letter case doesn't matter", True, allow("S3:GETOBJECT")),
    nobody("s3:GetObjec?", True, allow("s3:GetObjec?")),
    nobody("a list of actions", True, allow(["s3:PutObject", "s3:GetObject"])),
    nobody("another action", False, allow("s3:PutObject")),
    nobody("NotAction of another", True, without(allow(), "Action", NotAction="s3:PutObject")),
    nobody("NotAction of it", False, without(allow(), "Action", NotAction="s3:GetObject")),
    nobody("HEAD by s3:GetObject", True, allow(), method="HEAD"),
    nobody("a version by s3:GetObject", False, allow(), target="/key?versionId=null"),
    nobody("a version by s3:GetObjectVersion", True, allow("s3:GetObjectVersion"), target="/key?versionId=null"),
    nobody("a list by s3:ListBucket", True, allow("s3:ListBucket", BUCKET), target="?list-type=2"),
    nobody("a list by s3:GetObject", False, allow(), target="?list-type=2"),
    nobody("a put by s3:PutObject", True, allow("s3:PutObject"), method="PUT", target="/new"),
    nobody("a put over what another owns", True, allow("s3:PutObject"), method="PUT"),
    nobody("a deletion by s3:DeleteObject", True, allow("s3:DeleteObject"), method="DELETE"),
    nobody("tags by s3:GetObjectTagging", True, allow("s3:GetObjectTagging"), target="/key?tagging"),
    nobody("an upload, which needs an account", False, allow("s3:*"), method="POST", target="/new?uploads"),
    nobody("the policy by s3:GetBucketPolicy", True, allow("s3:GetBucketPolicy", BUCKET), target="?policy"),
    # of what
    nobody("a prefix", True, allow(resource="arn:aws:s3:::BUCKET/k*")),
    nobody("another prefix", False, allow(resource="arn:aws:s3:::BUCKET/K*")),
    nobody("a key with ?", True, allow(resource="arn:aws:s3:::BUCKET/ke?")),
    nobody("? is one character", False, allow(resource="arn:aws:s3:::BUCKET/key?")),
    nobody("a list of resources", True, allow(resource=["arn:aws:s3:::BUCKET/other", "arn:aws:s3:::BUCKET/key"])),
    nobody("NotResource", False, without(allow(), "Resource", NotResource="arn:aws:s3:::BUCKET/key")),
    nobody("NotResource of another", True, without(allow(), "Resource", NotResource="arn:aws:s3:::BUCKET/other")),
    # both
    nobody("what denies outweighs what allows", False, allow(), deny()),
    nobody("in either order", False, deny(), allow()),
    nobody("the denial of another key doesn't", True, allow(), deny(resource="arn:aws:s3:::BUCKET/other")),
    account("a copy's source is denied", False, deny(resource="arn:aws:s3:::BUCKET/key"), method="PUT", target="/copy",
            x_amz_copy_source="/BUCKET/key"),
    account("a part is denied as a put is", False, deny("s3:PutObject"), method="POST", target="/new?uploads"),
    account("a denied list", False, deny("s3:ListBucket", BUCKET), target="?list-type=2"),
    account("uploads stay listed", True, deny("s3:ListBucket", BUCKET), target="?uploads"),
    account("the policy can be read in spite of it", True, deny("s3:*", [BUCKET, OBJECTS]), target="?policy"),
    account("and deleted", True, deny("s3:*", [BUCKET, OBJECTS]), method="DELETE", target="?policy"),
    # when
    nobody("without TLS", False, allow(**when("Bool", "aws:SecureTransport", "true"))),
    nobody("SecureTransport false", True, allow(**when("Bool", "aws:SecureTransport", False))),
    account("denied without TLS", False, deny(**when("Bool", "aws:SecureTransport", "false"))),
    nobody("from here", True, allow(**when("IpAddress", "aws:SourceIp", "127.0.0.0/8"))),
    nobody("from elsewhere", False, allow(**when("IpAddress", "aws:SourceIp", "192.0.2.0/24"))),
    nobody("from one of two", True, allow(**when("IpAddress", "aws:SourceIp", ["192.0.2.0/24", "127.0.0.1"]))),
    nobody("not from here", False, allow(**when("NotIpAddress", "aws:SourceIp", "127.0.0.1/32"))),
    nobody("from a page", True, allow(**when("StringLike", "aws:Referer", "https://example.com/*")), Referer="https://example.com/a"),
    nobody("from another page", False, allow(**when("StringLike", "aws:Referer", "https://example.com/*")), Referer="https://example.org/"),
    nobody("from no page", False, allow(**when("StringLike", "aws:Referer", "https://example.com/*"))),
    nobody("not from a page, and from none", True, allow(**when("StringNotLike", "aws:Referer", "https://example.com/*"))),
    nobody("IfExists, and from none", True, allow(**when("StringLikeIfExists", "aws:Referer", "https://example.com/*"))),
    nobody("no referer at all", True, allow(**when("Null", "aws:Referer", "true"))),
    nobody("some referer", False, allow(**when("Null", "aws:Referer", "false"))),
    nobody("StringEqualsIgnoreCase", True, allow(**when("StringEqualsIgnoreCase", "aws:UserAgent", "PAGE")), User_Agent="page"),
    nobody("StringEquals", False, allow(**when("StringEquals", "aws:UserAgent", "PAGE")), User_Agent="page"),
    nobody("a list of one prefix", True, allow("s3:ListBucket", BUCKET, **when("StringEquals", "s3:prefix", "a/")), target="?prefix=a/"),
    nobody("a list of another", False, allow("s3:ListBucket", BUCKET, **when("StringEquals", "s3:prefix", "a/")), target="?prefix=b/"),
    nobody("a list of all", False, allow("s3:ListBucket", BUCKET, **when("StringEquals", "s3:prefix", "a/")), target="?list-type=2"),
    nobody("a short list", True, allow("s3:ListBucket", BUCKET, **when("NumericLessThanEquals", "s3:max-keys", "10")), target="?max-keys=10"),
    nobody("a longer one", False, allow("s3:ListBucket", BUCKET, **when("NumericLessThanEquals", "s3:max-keys", "10")),
           target="?max-keys=11"),
    account("without encryption", False, deny("s3:PutObject", **when("Null", "s3:x-amz-server-side-encryption", "true")), method="PUT"),
    account("with encryption", True, deny("s3:PutObject", **when("Null", "s3:x-amz-server-side-encryption", "true")), method="PUT",
            x_amz_server_side_encryption="AES256"),
    account("without If-None-Match", False, deny("s3:PutObject", **when("Null", "s3:if-none-match", "true")), method="PUT", target="/new"),
    account("with If-None-Match", True, deny("s3:PutObject", **when("Null", "s3:if-none-match", "true")), method="PUT", target="/new",
            If_None_Match="*"),
    account("by its number", False, deny(**when("StringEquals", "aws:PrincipalAccount", "000000000000"))),
    account("not the account", True, deny(**when("StringNotEquals", "aws:PrincipalAccount", "000000000000"))),
    account("by Signature V4", False, deny(**when("StringEquals", "s3:signatureversion", "AWS4-HMAC-SHA256"))),
    account("by a presigned URL alone", True, deny(**when("StringEquals", "s3:authType", "REST-QUERY-STRING"))),
    account("outside of a VPC", False, deny(**when("StringNotEquals", "aws:SourceVpce", "vpce-1a2b3c4d"))),
    nobody("both conditions", False, allow(Condition={"Bool": {"aws:SecureTransport": "false"},
                                                     "IpAddress": {"aws:SourceIp": "192.0.2.1"}})),
    nobody("letter case of a key doesn't matter", True, allow(**when("Bool", "AWS:securetransport", "false"))),
)


@dataclass(frozen=True)
class NoPolicy:
    name: str
    text: Any
    message: str | None
    """Nothing: NotImplemented."""
    source: str = "unsettled"


def statement(name: str, message: str | None, one: Statement, source: str = "unsettled") -> NoPolicy:
    return NoPolicy(name, {"Version": "2012-10-17", "Statement": [one]}, message, source)


MISMATCH = "Action does not apply to any resource(s) in statement"
BAD_ACTION = "Policy has invalid action"
BAD_RESOURCE = "Policy has invalid resource"
BAD_PRINCIPAL = "Invalid principal in policy"
NO_JSON = "Policies must be valid JSON and the first byte must be '{'"

NO_POLICIES = (
    NoPolicy("XML", "<Policy/>", NO_JSON, "reported: rusoto#1379"),
    NoPolicy("a file's name", "policy.json", NO_JSON, "reported: aws-cli#2779"),
    NoPolicy("a blank first", ' {"Statement":[]}', NO_JSON, "reported: cloud-gov/terraform-provision#574"),
    NoPolicy("a comma too many", '{"Version":"2012-10-17",}', "This policy contains invalid Json", "reported: versitygw#1156"),
    NoPolicy("a name twice", '{"Version":"2012-10-17","Version":"2012-10-17"}', "This policy contains invalid Json"),
    NoPolicy("another version", {"Version": "2006-03-01", "Statement": [allow()]}, "The policy must contain a valid version string"),
    NoPolicy("an unknown member", {"Statements": [], "Statement": [allow()]}, "Unknown field Statements"),
    NoPolicy("no statement", {"Version": "2012-10-17"}, "Missing required field Statement", "reported: versitygw#1176"),
    NoPolicy("an empty list of statements", {"Statement": []}, "Could not parse the policy: Statement is empty!"),
    NoPolicy("too long", {"Id": "x" * 20_480, "Statement": [allow()]}, "Policy exceeds the maximum allowed document size."),
    statement("no effect", "Missing required field Effect", without(allow(), "Effect")),
    statement("another effect", 'Invalid effect: "Permit"', without(allow(), Effect="Permit")),
    statement("no principal", "Missing required field Principal", without(allow(), "Principal")),
    statement("no action", "Missing required field Action", without(allow(), "Action")),
    statement("no resource", "Missing required field Resource", without(allow(), "Resource")),
    statement("an unknown element", "Unknown field Resources", without(allow(), Resources=OBJECTS)),
    statement("a name for a principal", BAD_PRINCIPAL, allow(principal="arn:aws:iam::111122223333:root"), "reported: ocs-ci#9098"),
    statement("a user's name", BAD_PRINCIPAL, allow(principal={"AWS": "user"}), "reported: ocs-ci#9098"),
    statement("another kind of principal", BAD_PRINCIPAL, allow(principal={"User": "*"})),
    statement("no action of S3's", BAD_ACTION, allow("invalid_action"), "reported: versitygw#650"),
    statement("an action that S3 hasn't", BAD_ACTION, allow("s3:FetchObject")),
    statement("another service's action", BAD_ACTION, allow("ec2:RunInstances")),
    statement("no ARN", BAD_RESOURCE, allow(resource="BUCKET/*"), "reported: versitygw#648"),
    statement("another bucket", BAD_RESOURCE, allow(resource="arn:aws:s3:::BUCKET-none/*"), "reported: aws-serverless-appsync-app#4"),
    statement("an action of objects on the bucket", MISMATCH, allow("s3:PutObject", BUCKET), "reported: versitygw#645"),
    statement("an action of buckets on objects", MISMATCH, allow("s3:ListBucket"), "reported: wandb/terraform-aws-wandb#156"),
    statement("one action of two", MISMATCH, allow(["s3:GetObject", "s3:ListBucket"]), "reported: humanmade/S3-Uploads#239"),
    statement("an address that is none", "Invalid policy syntax.", allow(**when("IpAddress", "aws:SourceIp", "localhost"))),
    statement("a policy variable", None, allow(resource="arn:aws:s3:::BUCKET/${aws:username}/*")),
    statement("a condition on tags", None, allow(**when("StringEquals", "s3:ExistingObjectTag/public", "yes"))),
    statement("a condition on dates", None, allow(**when("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"))),
)

LIMITED = allow(**when("IpAddress", "aws:SourceIp", "192.0.2.0/24"))

PUBLIC: tuple[tuple[str, Statement, bool], ...] = (
    ("anyone", allow(), True),
    ("the account", allow(principal=ACCOUNT), False),
    ("another account", allow(principal=ANOTHER), False),
    ("all but the account", without(allow(), "Principal", NotPrincipal=ACCOUNT), True),
    ("a denial", deny(), False),
    ("a range of addresses", LIMITED, False),
    ("all addresses", allow(**when("IpAddress", "aws:SourceIp", "0.0.0.0/0")), True),
    ("a range of /7", allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/7")), True),
    ("a range of /8", allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8")), False),
    ("all but a range", allow(**when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24")), True),
    ("a VPC endpoint", allow(**when("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d")), False),
    ("any VPC endpoint", allow(**when("StringLike", "aws:SourceVpce", "vpce-*")), True),
    ("a referer", allow(**when("StringLike", "aws:Referer", "https://example.com/*")), True),
    ("TLS", allow(**when("Bool", "aws:SecureTransport", "true")), True),
)
"""Whether the policy is public. Source: S3 user guide, "The meaning of public"."""
