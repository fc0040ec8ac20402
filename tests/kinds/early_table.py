"""What Amazon S3 refuses before it knows who asks, and what it tells those who don't say.

Source of every row that names no other: brekkylab/backlot, whose authors sent these requests to Amazon S3 in 2026-09.
"""

from __future__ import annotations

import hashlib

from raw import Refused, digest

MEASURED = "reported: brekkylab/backlot (measured 2026-09)"
VERSITY = "reported: versitygw, which takes its errors from Amazon S3"


def argument(message: str, name: str, value: str | None = None) -> Refused:
    return Refused(400, "InvalidArgument", message, {"ArgumentName": name} | ({} if value is None else {"ArgumentValue": value}))


def md5(text: str) -> dict[str, str]:
    return digest(text.encode())


def no_number(name: str) -> Refused:
    return argument(f"Provided {name} not an integer or within integer range", name, "abc")


NAME = "Invalid attribute name specified."
PARAMETERS: tuple[tuple[str, dict[str, str], Refused], ...] = (
    ("GET /?max-buckets=abc", {}, no_number("max-buckets")),
    ("GET /?max-buckets=0", {}, argument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", "0")),
    ("GET /?bucket-region=eu-west-1", {}, argument(
        "Requests with bucket-region specified must be made to the corresponding regional endpoint", "bucket-region")),
    ("GET /?bucket-region=us-east-9", {}, argument("Argument value us-east-9 is not a valid AWS Region", "bucket-region")),
    ("GET /?bucket-region=us-east-9&max-buckets=abc", {}, no_number("max-buckets")),
    ("GET /{bucket}?versionId=x", {}, argument("This operation does not accept a version-id.", "versionId", "x")),
    ("GET /{bucket}?versionId=x&max-keys=-1", {}, argument("This operation does not accept a version-id.", "versionId", "x")),
    ("GET /{bucket}?max-keys=abc&versionId=x", {}, no_number("max-keys")),
    ("GET /{bucket}?versions&versionId=x&max-keys=abc", {}, no_number("max-keys")),
    ("GET /{bucket}?uploads&max-uploads=abc&versionId=x", {}, no_number("max-uploads")),
    ("GET /{bucket}?versionId=x&start-after=a", {},
     argument("startAfter only supported in REST.GET.BUCKET with list-type=2", "start-after")),
    ("GET /{bucket}?max-keys=abc", {}, no_number("max-keys")),
    ("GET /{bucket}?list-type=2&max-keys=abc", {}, no_number("max-keys")),
    ("GET /{bucket}?start-after=x", {}, argument("startAfter only supported in REST.GET.BUCKET with list-type=2", "start-after")),
    ("GET /{bucket}?continuation-token=x", {},
     argument("continuation-token only supported in REST.GET.BUCKET with list-type=2", "continuation-token")),
    ("GET /{bucket}?list-type=2&marker=x", {}, argument("Marker unsupported with REST.GET.BUCKET in list-type=2", "marker")),
    ("GET /{bucket}?versions&max-keys=abc", {}, no_number("max-keys")),
    ("GET /{bucket}?versions&version-id-marker=x", {},
     argument("A version-id marker cannot be specified without a key marker.", "version-id-marker", "x")),
    ("GET /{bucket}?uploads&max-uploads=abc", {}, no_number("max-uploads")),
    ("GET /{bucket}/key?uploadId=x&max-parts=abc", {}, no_number("max-parts")),
    ("GET /{bucket}/key?uploadId=x&part-number-marker=abc", {}, no_number("part-number-marker")),
    ("GET /{bucket}/key?versionId=", {}, argument("Version id cannot be the empty string", "versionId", "")),
    ("GET /{bucket}/key?tagging&versionId=", {}, argument("Version id cannot be the empty string", "versionId", "")),
    ("GET /{bucket}/key?attributes", {"x-amz-object-attributes": "garbage"}, argument(NAME, "x-amz-object-attributes", "garbage")),
    ("GET /{bucket}/key?attributes", {"x-amz-object-attributes": "etag,x"}, argument(NAME, "x-amz-object-attributes", "etag")),
)
"""Each asked by somebody, by nobody, with a wrong signature, and of a bucket that isn't there: the answer is the same."""

NOBODY_CALLS = "Anonymous users cannot invoke this API. Please authenticate."
OWNERSHIP = "s3:{}BucketOwnershipControls does not support Anonymous requests!"
ANONYMOUS: tuple[tuple[str, dict[str, str], str | None, str], ...] = (
    ("PUT /{bucket}-new", {}, NOBODY_CALLS, MEASURED),
    ("PUT /{bucket}?acl", {}, NOBODY_CALLS, VERSITY),
    ("PUT /{bucket}/key?acl", {}, NOBODY_CALLS, VERSITY),
    ("PUT /{bucket}/copy", {"x-amz-copy-source": "{bucket}/key"}, "Anonymous users cannot copy objects. Please authenticate.", VERSITY),
    ("POST /{bucket}/key?uploads", {}, "Anonymous users cannot initiate multipart uploads. Please authenticate.", VERSITY),
    ("GET /{bucket}?ownershipControls", {}, OWNERSHIP.format("Get"), VERSITY),
    ("PUT /{bucket}?ownershipControls", {}, OWNERSHIP.format("Put"), VERSITY),
    ("DELETE /{bucket}?ownershipControls", {}, OWNERSHIP.format("Put"), VERSITY),
    ("GET /{bucket}", {}, "Access Denied", "recorded (boto3's error)"),
    ("DELETE /{bucket}", {}, "Access Denied", VERSITY),
    ("GET /{bucket}/key", {}, "Access Denied", VERSITY),
    ("PUT /{bucket}/key", {}, "Access Denied", VERSITY),
    ("POST /{bucket}?delete", {}, "Access Denied", VERSITY),
)

NO_CLAIM = ("X-Amz-Signature=00", "AWSAccessKeyId=test", "Expires=9999999999&AWSAccessKeyId=x")
"""Queries that claim no signature."""

LIST_OF_ATTRIBUTES = "x-amz-object-attributes"
MISSING = "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty"
NO_PART = "Part number must be an integer between 1 and 10000, inclusive"
PART_AND_RANGE = Refused(400, "InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
NO_MODE = Refused(400, "InvalidRequest", "Value for x-amz-checksum-mode header is invalid.")
NO_SUCH_PART = Refused(416, "InvalidPartNumber", "The requested partnumber is not satisfiable",
                       {"ActualPartCount": "1", "PartNumberRequested": "2"})
BAD_VERSION = argument("Invalid version id specified", "versionId", "garbage")
NO_BUCKET = Refused(404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": "{bucket}-none"})
GARBAGE_MODE = {"x-amz-checksum-mode": "garbage"}
RANGE = {"Range": "bytes=0-1"}
ORDER: tuple[tuple[str, dict[str, str], Refused], ...] = (
    ("GET /{bucket}-none/key?versionId=garbage", {}, NO_BUCKET),
    ("GET /{bucket}-none/key?acl&versionId=garbage", {}, NO_BUCKET),
    ("GET /{bucket}-none/key?attributes", {}, NO_BUCKET),
    ("GET /{bucket}-none/key?attributes", {LIST_OF_ATTRIBUTES: ","}, NO_BUCKET),
    ("GET /{bucket}-none/key?partNumber=abc", {}, NO_BUCKET),
    ("GET /{bucket}-none/key?partNumber=1", RANGE, NO_BUCKET),
    ("GET /{bucket}-none/key", GARBAGE_MODE, NO_BUCKET),
    ("PUT /{bucket}-none/key?website=", {}, NO_BUCKET),
    ("GET /{bucket}/key?legal-hold&versionId=garbage", {}, BAD_VERSION),
    ("GET /{bucket}/key?attributes&versionId=garbage", {LIST_OF_ATTRIBUTES: "ETag"}, BAD_VERSION),
    ("GET /{bucket}/key?partNumber=1&versionId=garbage", RANGE, BAD_VERSION),
    ("GET /{bucket}/key?versionId=garbage", GARBAGE_MODE, BAD_VERSION),
    ("GET /{bucket}/key?attributes", {LIST_OF_ATTRIBUTES: ""}, argument(NAME, LIST_OF_ATTRIBUTES, "")),
    ("GET /{bucket}/key?attributes", {LIST_OF_ATTRIBUTES: ",ETag"}, argument(NAME, LIST_OF_ATTRIBUTES, "")),
    ("GET /{bucket}/key?attributes", {LIST_OF_ATTRIBUTES: "ETag,,ObjectSize"}, argument(NAME, LIST_OF_ATTRIBUTES, "")),
    ("GET /{bucket}/key?attributes", {LIST_OF_ATTRIBUTES: ","}, Refused(400, "InvalidRequest", MISSING)),
    ("GET /{bucket}/missing?partNumber=abc", {}, argument(NO_PART, "partNumber", "abc")),
    ("GET /{bucket}/missing?partNumber=1", RANGE, PART_AND_RANGE),
    ("GET /{bucket}/key?partNumber=abc", RANGE, PART_AND_RANGE),
    ("GET /{bucket}/key?partNumber=1", {"Range": ""}, PART_AND_RANGE),
    ("GET /{bucket}/missing?partNumber=2", {},
     Refused(404, "NoSuchKey", "The specified key does not exist.", {"Key": "missing"})),
    ("GET /{bucket}/key?partNumber=02", {}, NO_SUCH_PART),
    ("GET /{bucket}/key?partNumber=00", {}, argument(NO_PART, "partNumber", "00")),
    ("GET /{bucket}/key?partNumber=2", GARBAGE_MODE, NO_SUCH_PART),
    ("GET /{bucket}/key?partNumber=abc", GARBAGE_MODE, argument(NO_PART, "partNumber", "abc")),
    ("GET /{bucket}/key", {**GARBAGE_MODE, "Range": "bytes=999-"},
     Refused(416, "InvalidRange", "The requested range is not satisfiable",
             {"RangeRequested": "bytes=999-", "ActualObjectSize": "5"})),
    ("GET /{bucket}/key", GARBAGE_MODE, NO_MODE),
    ("GET /{bucket}/key", {"x-amz-checksum-mode": ""}, NO_MODE),
    ("GET /{bucket}/missing", GARBAGE_MODE, NO_MODE),
    ("GET /{bucket}/missing?versionId=null", GARBAGE_MODE, NO_MODE),
    ("GET /{bucket}/missing?tagging&versionId=null", {},
     Refused(404, "NoSuchVersion", "The specified version does not exist.", {"Key": "{bucket}/missing", "VersionId": "null"})),
)
"""Signed requests that are wrong in two ways, or of what isn't there."""

DOCUMENT = "<Delete><Object><Key>none</Key></Object></Delete>"
NO_DIGEST = Refused(400, "InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
NO_ALGORITHM = Refused(400, "InvalidRequest", "The algorithm type you specified in x-amz-checksum- header is invalid.")
NO_CRC32 = Refused(400, "InvalidRequest", "Value for x-amz-checksum-crc32 header is invalid.")
ALONE = Refused(400, "InvalidRequest", "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
                                       "x-amz-trailer headers were found.")
OTHER_ALGORITHM = Refused(400, "InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.")
SEVERAL = Refused(400, "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
NO_MD5 = Refused(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {"Content-MD5": "garbage"})
NO_LENGTH = Refused(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
IN_CHUNKS = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
NO_XML = Refused(400, "MalformedXML",
                 "The XML you provided was not well-formed or did not validate against our published schema")
NO_KEY_DOCUMENT = "<Delete><Object><Key/></Object></Delete>"
WRONG_MD5 = md5("another document")
WRONG_CRC32 = {"x-amz-checksum-crc32": "AAAAAA=="}
WRONG_SHA256 = {"x-amz-content-sha256": "0" * 64}
OTHER_MD5 = Refused(400, "BadDigest", "The Content-MD5 you specified did not match what we received.",
                    {"ExpectedDigest": WRONG_MD5["Content-MD5"], "CalculatedDigest": md5(DOCUMENT)["Content-MD5"]})
TWO = {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA=="}
WRITES: tuple[tuple[str, dict[str, str], str, Refused], ...] = (
    ("POST /{bucket}?delete", {}, DOCUMENT, NO_DIGEST),
    ("POST /{bucket}?delete", {"x-amz-checksum-type": "FULL_OBJECT"}, DOCUMENT, NO_DIGEST),
    ("POST /{bucket}?delete", {"x-amz-checksum-foo": "x"}, "", NO_ALGORITHM),
    ("POST /{bucket}?delete", {"x-amz-sdk-checksum-algorithm": "CRC32"}, DOCUMENT, ALONE),
    ("POST /{bucket}?delete", {"x-amz-checksum-crc32": "garbage"}, "", NO_CRC32),
    ("POST /{bucket}?delete", {"x-amz-checksum-crc32": "garbage", "Content-MD5": "garbage"}, DOCUMENT, NO_CRC32),
    ("POST /{bucket}?delete", TWO, DOCUMENT, SEVERAL),
    ("POST /{bucket}?delete", WRONG_MD5, "<Delete/>", NO_XML),
    ("POST /{bucket}?delete", WRONG_CRC32, "<Delete/>", NO_XML),
    ("POST /{bucket}?delete", {**md5("<Delete/>"), **WRONG_SHA256}, "<Delete/>", NO_XML),
    ("POST /{bucket}?delete", WRONG_MD5, NO_KEY_DOCUMENT, Refused(400, "UserKeyMustBeSpecified", "User key must be specified.")),
    ("POST /{bucket}?delete", WRONG_MD5, "", Refused(400, "MissingRequestBodyError", "Request Body is empty")),
    ("POST /{bucket}?delete", WRONG_MD5, DOCUMENT, OTHER_MD5),
    ("POST /{bucket}?delete", {**WRONG_MD5, **WRONG_SHA256}, DOCUMENT, OTHER_MD5),
    ("POST /{bucket}?delete", {**WRONG_CRC32, **WRONG_SHA256}, DOCUMENT,
     Refused(400, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")),
    ("POST /{bucket}?delete", {**md5(DOCUMENT), **WRONG_SHA256}, DOCUMENT, Refused(
        400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.",
        {"ClientComputedContentSHA256": "0" * 64, "S3ComputedContentSHA256": hashlib.sha256(DOCUMENT.encode()).hexdigest()})),
    *(("PUT /{bucket}/new", {"Content-MD5": "garbage", **more}, "hello", NO_MD5)
      for more in ({}, {"x-amz-checksum-crc32": "garbage"}, {"x-amz-checksum-foo": "AAAAAA=="}, TWO, IN_CHUNKS)),
    *(("PUT /{bucket}/new", {**wrong, **IN_CHUNKS}, "hello", refused)
      for wrong, refused in (({"x-amz-checksum-foo": "AAAAAA=="}, NO_ALGORITHM), (TWO, SEVERAL),
                             ({"x-amz-checksum-crc32": "garbage"}, NO_CRC32), ({"x-amz-sdk-checksum-algorithm": "CRC32"}, ALONE),
                             ({"x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-crc32c": "AAAAAA=="}, OTHER_ALGORITHM),
                             ({}, NO_LENGTH))),
    ("PUT /{bucket}-none/key?tagging", {"x-amz-content-sha256": "0" * 64}, "<Tagging><TagSet/></Tagging>", NO_BUCKET),
)
"""Writes that are wrong in what they say of their bodies."""
