"""KMS keys and session tokens that a server was told of (`--kms-key`, `--session-token`), and those that aren't there."""

from __future__ import annotations

from raw import Refused

UNSETTLED = "unsettled"
S3MOCK = "reported: adobe/S3Mock's tests on Amazon S3"
AWS_CLI = "reported: aws-cli#4507"
HADOOP = "reported: apache/hadoop's documentation of S3A"
MOUNTPOINT = "reported: awslabs/mountpoint-s3"

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:000000000000:key/{ID}"
ALIAS = "alias/films"
KNOWN = (ID, ALIAS)
"""What the server is told of."""


def unknown(text: str) -> Refused:
    return Refused(400, "KMS.NotFoundException", text)


# The key that a request names, what answers it (None: it is taken), and the source.
KEYS: tuple[tuple[str, str, Refused | None, str], ...] = (
    ("no key", "", None, "recorded: kms-default-key"),
    ("its ID", ID, None, "recorded: multipart-upload-sse-kms"),
    ("its ARN", ARN, None, "recorded: multipart-upload-sse-kms"),
    ("its alias", ALIAS, None, "S3 API: PutObject (x-amz-server-side-encryption-aws-kms-key-id)"),
    ("its alias' ARN", f"arn:aws:kms:us-east-1:000000000000:{ALIAS}", None, UNSETTLED),
    ("AWS's own", "alias/aws/s3", None, UNSETTLED),
    ("a name that is none", "none", unknown("Invalid keyId 'none'"), S3MOCK),
    ("AWS's own without alias/", "aws/s3", unknown("Invalid keyId 'aws/s3'"), AWS_CLI),
    ("another ARN", ARN.replace("1234abcd", "5678abcd"),
     unknown(f"Key '{ARN.replace('1234abcd', '5678abcd')}' does not exist"), HADOOP + "; botocore#2107 (of KMS itself)"),
    ("an ARN of another region", ARN.replace("us-east-1", "eu-west-2"), unknown("Invalid arn eu-west-2"),
     HADOOP + "; apache/hadoop pull request 4637"),
)

OPERATIONS = ("PutObject", "CopyObject", "CreateMultipartUpload", "POST Object")
"""Each is asked with each key."""

TOKEN = "the token"
TOKENS: tuple[tuple[str, str | None, Refused | None, str], ...] = (
    ("the token", TOKEN, None, "S3 API: Authenticating requests"),
    ("another token", "another", Refused(400, "InvalidToken", "The provided token is malformed or otherwise invalid.",
                                         {"Token-0": "another"}), MOUNTPOINT),
    ("an empty token", "", Refused(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", {"Token-0": ""}),
     UNSETTLED),
    ("no token", None, Refused(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
                               {"AWSAccessKeyId": "test"}), UNSETTLED),
)
WAYS = ("a header, Signature V4", "a presigned URL, Signature V4", "a header, Signature V2", "a presigned URL, Signature V2",
        "a form, Signature V4", "a form, Signature V2")
