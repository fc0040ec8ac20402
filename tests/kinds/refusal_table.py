"""Single requests that Amazon S3 refuses, by the reports that quote it: what is wrong, and the whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from raw import Refused

UNSETTLED = "unsettled"
VERSITY = "reported: versitygw, which takes its errors from Amazon S3"
NOOBAA = "reported: noobaa-core#9969"


@dataclass(frozen=True)
class Case:
    what: str
    target: str
    """Method and target; {bucket} is a bucket with an object `object` of five bytes."""
    refused: Refused
    source: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def argument(message: str, name: str, value: str | None) -> Refused:
    fields = {"ArgumentName": name} | ({} if value is None else {"ArgumentValue": value})
    return Refused(400, "InvalidArgument", message, fields)


def invalid_request(message: str) -> Refused:
    return Refused(400, "InvalidRequest", message)


BODY = invalid_request("The request included a body. Requests of this type must not include a non-empty body.")
SOURCE = {"x-amz-copy-source": "{bucket}/object"}
KMS = "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
BOTH = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
MODE, UNTIL, HOLD = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"
NO_LOCK = invalid_request("Bucket is missing Object Lock Configuration")
KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def _locked(operation: str, target: str, extra: Mapping[str, str]) -> tuple[Case, ...]:
    def case(what: str, refused: Refused, source: str, **headers: str) -> Case:
        named = {{"mode": MODE, "until": UNTIL, "hold": HOLD}[name]: value for name, value in headers.items()}
        return Case(f"{operation}: {what}", target, refused, source, {**extra, **named})

    future = "2099-01-01T00:00:00Z"
    return (
        case("a mode without a date", argument(BOTH, UNTIL, None), "reported: versitygw#2028; recorded of buckets with Object Lock",
             mode="GOVERNANCE"),
        case("a date without a mode", argument(BOTH, MODE, None), "recorded of buckets with Object Lock", until=future),
        case("an unknown mode", argument("Unknown wormMode directive.", MODE, "abc"), "reported: versitygw#1736", mode="abc",
             until=future),
        case("a date that is none", argument("The retain until date must be provided in ISO 8601 format", UNTIL, "abc"),
             "reported: versitygw#1733", mode="GOVERNANCE", until="abc"),
        case("a date in the past", argument("The retain until date must be in the future!", UNTIL, "Tue Dec 31 16:00:00 PST 2019"),
             "recorded of PutObjectRetention", mode="GOVERNANCE", until="2020-01-01T00:00:00Z"),
        case("an unknown legal hold", argument("Legal Hold must be either of 'ON' or 'OFF'", HOLD, "wrong"),
             "reported: versitygw#1775", hold="wrong"),
        case("a retention, of a bucket without Object Lock", NO_LOCK, "recorded of PutObjectRetention", mode="COMPLIANCE",
             until=future),
        case("a legal hold, of a bucket without Object Lock", NO_LOCK, "recorded of PutObjectLegalHold", hold="OFF"),
    )


OF_HEADERS = (
    Case("CopyObject: a body", "PUT /{bucket}/copy", BODY, "reported: versitygw#1242, amazonka#118", SOURCE, b"x"),
    Case("UploadPartCopy: a body", "PUT /{bucket}/key?partNumber=1&uploadId=none", BODY, UNSETTLED, SOURCE, b"x"),
    Case("CopyObject: a source that is no percent-encoding", "PUT /{bucket}/copy",
         argument("Invalid copy source encoding", "x-amz-copy-source", "x-amz-copy-source"), VERSITY + "; the value: " + UNSETTLED,
         {"x-amz-copy-source": "{bucket}/%zz"}),
    Case("CopyObject: an unknown metadata directive", "PUT /{bucket}/copy",
         argument("Unknown metadata directive.", "x-amz-metadata-directive", "foo"), VERSITY,
         {**SOURCE, "x-amz-metadata-directive": "foo"}),
    Case("CopyObject: an unknown tagging directive", "PUT /{bucket}/copy",
         argument("Unknown tagging directive.", "x-amz-tagging-directive", "foo"), VERSITY,
         {**SOURCE, "x-amz-tagging-directive": "foo"}),
    Case("CreateBucket: an unknown ownership", "PUT /{bucket}-new",
         argument("Invalid x-amz-object-ownership header: All", "x-amz-object-ownership", None), VERSITY,
         {"x-amz-object-ownership": "All"}),
    Case("CreateBucket: an empty LocationConstraint", "PUT /{bucket}-new",
         Refused(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", {"LocationConstraint": ""}),
         "reported: versitygw#1644",
         body=b"<CreateBucketConfiguration><LocationConstraint></LocationConstraint></CreateBucketConfiguration>"),
    Case("PutObject: a KMS key beside no encryption", "PUT /{bucket}/key", argument(KMS, "x-amz-server-side-encryption", "null"),
         "reported: aws-cli#1431; the value: " + UNSETTLED, {KEY_ID: "abc"}),
    Case("PutObject: a KMS key beside AES256", "PUT /{bucket}/key", argument(KMS, "x-amz-server-side-encryption", "AES256"),
         "reported: amazonica#338; the value: " + UNSETTLED, {KEY_ID: "abc", "x-amz-server-side-encryption": "AES256"}),
    Case("CreateMultipartUpload: a KMS key beside no encryption", "POST /{bucket}/key?uploads",
         argument(KMS, "x-amz-server-side-encryption", "null"), "reported: aws-cli#1660; the value: " + UNSETTLED, {KEY_ID: "abc"}),
    Case("PutObject: aws-chunked and UNSIGNED-PAYLOAD", "PUT /{bucket}/key",
         argument("aws-chunked encoding is not supported when x-amz-content-sha256 UNSIGNED-PAYLOAD is supplied.",
                  "Content-Encoding", "gzip,aws-chunked"), "reported: litestream#889, versitygw#2427",
         {"Content-Encoding": "gzip,aws-chunked"}, b"x"),
    Case("GetObject: an override of another header", "GET /{bucket}/object?response-foo=x",
         argument("response-foo is not in the set of overridable response headers. Please refer to the S3 API documentation for a "
                  "complete list of overridable response headers.", "response-foo", "x"), "reported: versitygw#2075"),
    *_locked("PutObject", "PUT /{bucket}/key", {}),
    *_locked("CopyObject", "PUT /{bucket}/copy", SOURCE),
    *_locked("CreateMultipartUpload", "POST /{bucket}/key?uploads", {}),
)

SCOPE = "a/b/c/d/e"
ONE_SPACE = "Authorization header is invalid -- one and only one ' ' (space) required"
AUTHORIZATIONS = (
    ("one word", "foo", argument(ONE_SPACE, "Authorization", "foo"), VERSITY),
    ("one word that is the algorithm", "AWS4-HMAC-SHA256", argument(ONE_SPACE, "Authorization", "AWS4-HMAC-SHA256"), VERSITY),
    ("another scheme", "Bearer foo", argument("Unsupported Authorization Type", "Authorization", "Bearer foo"),
     "reported: versitygw#1705"),
    *((what, f"AWS4-HMAC-SHA256 {text}", Refused(400, "AuthorizationHeaderMalformed",
                                                 "The authorization header is malformed; " + message), VERSITY)
      for what, text, message in (
          ("two components", f"Credential={SCOPE},SignedHeaders=host",
           "the authorization header requires three components: Credential, SignedHeaders, and Signature."),
          ("a component without =", "Credential,SignedHeaders=host,Signature=0",
           'the authorization component "Credential" is malformed.'),
          ("another component", "Other=a,SignedHeaders=host,Signature=0", "missing Credential."),
          ("a credential that is none", "Credential=foo,SignedHeaders=host,Signature=0",
           'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
          ("another terminal", "Credential=k/20260221/us-east-1/s3/foo,SignedHeaders=host,Signature=0",
           'incorrect terminal "foo". This endpoint uses "aws4_request".'),
          ("a date in another form", "Credential=k/2026/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0",
           'incorrect date format "2026". This date in the credential must be in the format "yyyyMMdd".'),
      )),
)
"""What stands in the header Authorization; its answer; the source."""

EXPIRATION = "2099-01-01T00:00:00Z"


def policy(conditions: str) -> str:
    return f'{{"expiration": "{EXPIRATION}", "conditions": {conditions}}}'


POLICIES = (
    ("empty", "", "Expecting '{' but found End-of-Input"),
    ("no JSON", "{", "Invalid JSON."),
    ("no expiration", '{"conditions": []}', "Policy missing expiration."),
    ("an expiration that is no date", '{"expiration": "foo", "conditions": []}', "Invalid 'expiration' value: 'foo'"),
    ("no conditions", f'{{"expiration": "{EXPIRATION}"}}', "Policy missing conditions."),
    ("conditions that are no list", policy("{}"), "Invalid 'conditions' value: must be a List."),
    ("a condition that is a text", policy('["x"]'), "Invalid condition test: must be a List or Object."),
    ("an empty condition", policy("[[]]"), "Invalid Condition: missing operation identifier."),
    ("an unknown operation", policy('[["foo", "$key", "a"]]'), "Invalid Condition: unknown operation 'foo'."),
    ("eq of one argument", policy('[["eq", "$key"]]'), "Invalid eq: wrong number of arguments."),
    ("starts-with of three arguments", policy('[["starts-with", "$key", "a", "b"]]'),
     "Invalid starts-with: wrong number of arguments."),
    ("a range of one limit", policy('[["content-length-range", 1]]'), "Invalid content-length-range: wrong number of arguments."),
    ("an object of two properties", policy('[{"a": "b", "c": "d"}]'),
     "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
    ("an object whose value is a number", policy('[{"a": 1}]'), "Invalid Simple-Condition: value must be a string."),
)
"""Policies of forms, and what Amazon S3 says of them. Of two properties it is recorded."""


def rule(inside: str, scope: str = "<Filter><Prefix></Prefix></Filter>") -> str:
    return f"<Rule>{scope}<Status>Enabled</Status>{inside}</Rule>"


def _transition(days: int, storage_class: str) -> str:
    return f"<Transition><Days>{days}</Days><StorageClass>{storage_class}</StorageClass></Transition>"


def _noncurrent(days: int, storage_class: str) -> str:
    return (f"<NoncurrentVersionTransition><NoncurrentDays>{days}</NoncurrentDays><StorageClass>{storage_class}</StorageClass>"
            "</NoncurrentVersionTransition>")


DAY = "<Expiration><Days>1</Days></Expiration>"
MARKER = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
ABORT = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
MAY_2030 = "<Date>2030-05-01T00:00:00Z</Date>"
FIELDS = "; the fields: " + UNSETTLED


def _sizes(inside: str) -> str:
    return f"<Filter>{inside}</Filter>"


LIFECYCLES = (
    ("rules of a Prefix and then of a Filter", rule(DAY, "<Prefix>a</Prefix>") + rule(DAY),
     invalid_request("Filter element can only be used in Lifecycle V2."), "reported: ansible#53751"),
    ("rules of a Filter and then of a Prefix", rule(DAY) + rule(DAY, "<Prefix>a</Prefix>"),
     invalid_request("Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter."),
     "reported: terraform-provider-aws#23299"),
    ("newer versions beside a Prefix", rule(
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>1</NewerNoncurrentVersions>"
        "</NoncurrentVersionExpiration>", "<Prefix>a</Prefix>"),
     invalid_request("NewerNoncurrentVersions element can only be used in Lifecycle V2."),
     "reported: terraform-provider-aws#23228"),
    ("Prefixes that overlap", rule(DAY, "<Prefix></Prefix>") + rule(DAY, "<Prefix>a</Prefix>"),
     invalid_request("Found overlapping prefixes '' and 'a' for same action type 'Expiration'"), "reported: noobaa-core#8341"),
    ("no action", rule(""), invalid_request("At least one action needs to be specified in a rule"), "reported: mcaf-s3#46"),
    ("a delete marker and sizes", rule(MARKER, _sizes("<ObjectSizeGreaterThan>1</ObjectSizeGreaterThan>")),
     invalid_request("ExpiredObjectDeleteMarker cannot be specified with Object Size."), "reported: cloudposse#137"),
    ("an abort and sizes", rule(ABORT, _sizes("<ObjectSizeLessThan>9</ObjectSizeLessThan>")),
     invalid_request("AbortIncompleteMultipartUpload cannot be specified with Object Size."), "reported: cfn-lint#3554"),
    ("an abort and a tag", rule(ABORT, _sizes("<Tag><Key>a</Key><Value>b</Value></Tag>")),
     invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags."), "reported: terraform-aws-s3#109"),
    ("a size less than 0", rule(DAY, _sizes("<ObjectSizeLessThan>0</ObjectSizeLessThan>")),
     invalid_request("'ObjectSizeLessThan' should be between 1 and 1099511627776000."), "reported: terraform-provider-aws#41521"),
    ("sizes of which there are none",
     rule(DAY, _sizes("<And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>5</ObjectSizeLessThan></And>")),
     invalid_request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."), "reported: CloudFormation"),
    ("an expiration after no day", rule("<Expiration><Days>0</Days></Expiration>"),
     argument("'Days' for Expiration action must be a positive integer", "Days", "0"), "reported: CloudFormation" + FIELDS),
    ("a date in the middle of a day", rule("<Expiration><Date>2030-05-01T05:00:00Z</Date></Expiration>"),
     argument("'Date' must be at midnight GMT", "Date", "Tue Apr 30 22:00:00 PDT 2030"),
     "recorded; the form of the date: " + UNSETTLED),
    ("a transition after less than no day", rule(_transition(-1, "GLACIER")),
     argument("'Days' in Transition action must be nonnegative", "Days", "-1"), NOOBAA + ", scality/Arsenal#604" + FIELDS),
    ("a transition to STANDARD_IA after 29 days", rule(_transition(29, "STANDARD_IA")),
     argument("'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'", "Days", "29"),
     "reported: zenn (of ONEZONE_IA)" + FIELDS),
    ("two transitions to one class", rule(_transition(1, "GLACIER") + _transition(2, "GLACIER")),
     invalid_request("'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=)'"), NOOBAA),
    ("days and a date", rule("<Expiration>" + MAY_2030 + "</Expiration>" + _transition(1, "GLACIER")),
     invalid_request("Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter "
                     "'(prefix=)'"), NOOBAA),
    ("a colder class that is no later", rule(_transition(90, "GLACIER") + _transition(90, "DEEP_ARCHIVE")),
     argument("'Days' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for filter '(prefix=)' must be greater than "
              "'Days' in the 'Transition' action for StorageClass 'GLACIER' for filter '(prefix=)'", "Days", "90"), UNSETTLED),
    ("a colder class that is too early", rule(_transition(90, "GLACIER") + _transition(100, "DEEP_ARCHIVE")),
     argument("'Days' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for filter '(prefix=)' must be 90 days more than "
              "'filter '(prefix=)'' in the 'Transition' action for StorageClass 'GLACIER'", "Days", "100"),
     "reported: Terraform's quotation" + FIELDS),
    ("an expiration that is no later than a transition",
     rule(_transition(30, "GLACIER") + "<Expiration><Days>30</Days></Expiration>"),
     argument("'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the Transition action", "Days",
              "30"), NOOBAA + FIELDS),
    ("likewise of noncurrent versions", rule(
        _noncurrent(30, "GLACIER") + "<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays>"
        "</NoncurrentVersionExpiration>"),
     argument("'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix=)' must be greater than "
              "'NoncurrentDays' in the NoncurrentVersionTransition action", "NoncurrentDays", "30"), UNSETTLED),
    ("two rules of one ID", rule(DAY + "<ID>a</ID>") + rule(ABORT + "<ID>a</ID>"),
     argument("Rule ID must be unique. Found same ID for more than one rule", "ID", "a"), "reported: tiflash#9889" + FIELDS),
)
"""What is wrong with the rules; the rules; the answer; the source."""


def _cors(origin: str = "*", method: str = "GET", inside: str = "") -> str:
    return f"<CORSRule><AllowedOrigin>{origin}</AllowedOrigin><AllowedMethod>{method}</AllowedMethod>{inside}</CORSRule>"


CORS = (
    ("an empty method", _cors(method=""), invalid_request(
        "Found unsupported HTTP method in CORS config. Unsupported method is "), VERSITY),
    ("an exposed header that is none", _cors(inside="<ExposeHeader>x(y)</ExposeHeader>"),
     invalid_request('AllowedHeader "x(y)" contains invalid character.'), "reported: scality/cloudserver#497; " + VERSITY),
    ("an allowed header that is none", _cors(inside="<AllowedHeader>x/y</AllowedHeader>"),
     invalid_request('AllowedHeader "x/y" contains invalid character.'), VERSITY),
    ("101 rules", _cors() * 101, invalid_request("The number of CORS rules should not exceed allowed limit of 100 rules."),
     "reported: ceph#23434, scality/cloudserver"),
)

ORIGIN_NEEDED = Refused(400, "BadRequest", "Insufficient information. Origin request header needed.")


def _no_method(method: str) -> Refused:
    return Refused(400, "BadRequest", f"Invalid Access-Control-Request-Method: {method}")


def _forbidden(method: str) -> Refused:
    return Refused(403, "AccessForbidden", None, {"Method": method, "ResourceType": "BUCKET"})


BACKLOT = "reported: brekkylab/backlot (measured 2026-09)"
PREFLIGHTS: tuple[tuple[str, str | None, str | None, Refused], ...] = (
    ("no Origin", None, "GET", ORIGIN_NEEDED),
    ("an empty Origin", "", "GET", ORIGIN_NEEDED),
    ("no method", "http://a", None, _forbidden("OPTIONS")),
    ("an empty method", "http://a", "", _forbidden("OPTIONS")),
    *((f"the method {method}", "http://a", method, _forbidden(method))
      for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")),
    *((f"the method {method}", "http://a", method, _no_method(method))
      for method in ("put", "Get", "FOO", "TRACE", "CONNECT", "PROPFIND", "LINK")),
)
"""Asked of the service, of a bucket without rules, of one that isn't there, and of keys of both: the answers are the same but for
the text of AccessForbidden. Source of all: BACKLOT."""
