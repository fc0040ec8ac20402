#pragma once
/// S3's errors: one table of codes, and the error value that travels through the house.
/// Source: S3 API reference, "Error responses"; messages are as Amazon S3 sent them where recorded.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partsmith::protocol {

/// Each row: enumerator, HTTP status, message when the operation gives no other, whether the same request
/// sent again may succeed (and so whether SDKs send it again), the fields that the document has between
/// Message and RequestId ("?" behind a field that not every error of the code has), and how these fields are
/// known. No error has a Resource: 267 distinct documents of 34 codes that Amazon S3 sent have none,
/// recordings apart (reported: brekkylab/backlot, 2026-09). docs/errors.md shows the table.
#define PARTSMITH_S3_ERRORS(X)                                                                               \
  X(AccessControlListNotSupported, 400, "The bucket does not allow ACLs", false, "", "unsettled")            \
  X(AccessDenied, 403, "Access Denied",                                                                      \
    false, "HeadersNotSigned? Expires? ServerTime? X-Amz-Date? X-Amz-Expires?", "recorded")                  \
  X(AccessForbidden, 403, "CORSResponse: This CORS request is not allowed.",                                 \
    false, "Method ResourceType", "recorded")                                                                \
  X(AuthorizationHeaderMalformed, 400, "The authorization header is malformed.",                             \
    false, "Region?", "reported (aws-cli#2954)")                                                             \
  X(AuthorizationQueryParametersError, 400,                                                                  \
    "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "                 \
    "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",                                                 \
    false, "Region?", "recorded")                                                                            \
  X(BadDigest, 400, "The Content-MD5 you specified did not match what we received.",                         \
    false, "ExpectedDigest? CalculatedDigest?", "recorded")                                                  \
  X(BadRequest, 400, "An error occurred when parsing the HTTP request.", false, "", "recorded")              \
  X(BucketAlreadyExists, 409,                                                                                \
    "The requested bucket name is not available. The bucket namespace is shared by all users of the "        \
    "system. Please select a different name and try again.",                                                 \
    false, "BucketName", "S3 API: Error responses")                                                          \
  X(BucketAlreadyOwnedByYou, 409,                                                                            \
    "Your previous request to create the named bucket succeeded and you already own it.",                    \
    false, "BucketName", "recorded")                                                                         \
  X(BucketNotEmpty, 409, "The bucket you tried to delete is not empty", false, "BucketName", "recorded")     \
  X(ConditionalRequestConflict, 409,                                                                         \
    "The conditional request cannot succeed due to a conflicting operation against this resource.",          \
    false, "Condition Key", "recorded")                                                                      \
  X(EntityTooLarge, 400, "Your proposed upload exceeds the maximum allowed size",                            \
    false, "ProposedSize MaxSizeAllowed", "recorded")                                                        \
  X(EntityTooSmall, 400, "Your proposed upload is smaller than the minimum allowed size",                    \
    false, "ProposedSize MinSizeAllowed PartNumber? ETag?", "recorded")                                      \
  X(ExpiredToken, 400, "The provided token has expired.",                                                    \
    false, "Token-0?", "reported (awslabs/mountpoint-s3)")                                                   \
  X(IllegalLocationConstraintException, 400,                                                                 \
    "The unspecified location constraint is incompatible for the region specific endpoint this request "     \
    "was sent to.",                                                                                          \
    false, "", "recorded")                                                                                   \
  X(IllegalVersioningConfigurationException, 400, "The Versioning element must be specified",                \
    false, "", "unsettled")                                                                                  \
  X(IncompleteBody, 400, "The request body terminated unexpectedly",                                         \
    false, "NumberBytesExpected? NumberBytesProvided?", "unsettled")                                         \
  X(InternalError, 500, "We encountered an internal error. Please try again.", true, "", "unsettled")        \
  X(InvalidAccessKeyId, 403, "The AWS Access Key Id you provided does not exist in our records.",            \
    false, "AWSAccessKeyId", "S3 API: Error responses")                                                      \
  X(InvalidArgument, 400, "Invalid Argument", false, "ArgumentName? ArgumentValue?", "recorded")             \
  X(InvalidBucketAclWithBlockPublicAccessError, 400,                                                         \
    "Bucket cannot have public ACLs set with BlockPublicAccess enabled",                                     \
    false, "", "unsettled")                                                                                  \
  X(InvalidBucketAclWithObjectOwnership, 400,                                                                \
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",                        \
    false, "", "unsettled")                                                                                  \
  X(InvalidBucketName, 400, "The specified bucket is not valid.", false, "BucketName", "recorded")           \
  X(InvalidBucketOwnerAWSAccountID, 400,                                                                     \
    "The value of the expected bucket owner parameter must be an AWS Account ID...",                         \
    false, "", "recorded")                                                                                   \
  X(InvalidBucketState, 409, "The request is not valid with the current state of the bucket.",               \
    false, "", "recorded")                                                                                   \
  X(InvalidChunkSizeError, 403, "Only the last chunk is allowed to have a size less than 8192 bytes",        \
    false, "Chunk BadChunkSize", "unsettled")                                                                \
  X(InvalidDigest, 400, "The Content-MD5 you specified was invalid.", false, "Content-MD5", "recorded")      \
  X(InvalidEncryptionAlgorithmError, 400,                                                                    \
    "The Encryption request you specified is not valid. Supported value: AES256.",                           \
    false, "ArgumentName ArgumentValue", "recorded")                                                         \
  X(InvalidLocationConstraint, 400, "The specified location-constraint is not valid",                        \
    false, "LocationConstraint", "recorded")                                                                 \
  X(InvalidObjectState, 403, "The operation is not valid for the object's storage class",                    \
    false, "StorageClass", "recorded")                                                                       \
  X(InvalidPart, 400,                                                                                        \
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or "       \
    "the specified entity tag may not match the part's entity tag.",                                         \
    false, "UploadId? PartNumber? ETag?", "recorded")                                                        \
  X(InvalidPartNumber, 416, "The requested partnumber is not satisfiable",                                   \
    false, "PartNumberRequested ActualPartCount", "recorded")                                                \
  X(InvalidPartOrder, 400,                                                                                   \
    "The list of parts was not in ascending order. Parts must be ordered by part number.",                   \
    false, "UploadId", "unsettled")                                                                          \
  X(InvalidPolicyDocument, 400,                                                                              \
    "The content of the form does not meet the conditions specified in the policy document.",                \
    false, "", "recorded")                                                                                   \
  X(InvalidRange, 416, "The requested range is not satisfiable",                                             \
    false, "RangeRequested ActualObjectSize", "recorded")                                                    \
  X(InvalidRedirectLocation, 400,                                                                            \
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",                   \
    false, "", "reported (aws-cli#1130, scality/Arsenal#212)")                                               \
  X(InvalidRequest, 400, "Invalid Request", false, "", "recorded")                                           \
  X(InvalidStorageClass, 400, "The storage class you specified is not valid",                                \
    false, "StorageClassRequested", "recorded")                                                              \
  X(InvalidTag, 400, "The tag provided was not a valid tag.", false, "TagKey TagValue?", "recorded")         \
  X(InvalidToken, 400, "The provided token is malformed or otherwise invalid.",                              \
    false, "Token-0", "reported (awslabs/mountpoint-s3)")                                                    \
  X(InvalidURI, 400, "Couldn't parse the specified URI.", false, "", "unsettled")                            \
  X(KeyTooLongError, 400, "Your key is too long", false, "Size MaxSizeAllowed", "reported (versitygw#2080)") \
  X(KmsNotFoundException, 400, "Invalid keyId", false, "", "unsettled")                                      \
  X(MalformedACLError, 400,                                                                                  \
    "The XML you provided was not well-formed or did not validate against our published schema",             \
    false, "", "recorded")                                                                                   \
  X(MalformedContinuationToken, 400, "The continuation-token you provided invalid.",                         \
    false, "", "reported (brekkylab/backlot, 2026-09)")                                                      \
  X(MalformedPolicy, 400, "Policy has invalid resource", false, "", "reported (versitygw#648)")              \
  X(MalformedPOSTRequest, 400, "The body of your POST request is not well-formed multipart/form-data.",      \
    false, "", "unsettled")                                                                                  \
  X(MalformedXML, 400,                                                                                       \
    "The XML you provided was not well-formed or did not validate against our published schema",             \
    false, "", "recorded")                                                                                   \
  X(MalformedTrailerError, 400,                                                                              \
    "The request contained trailing data that was not well-formed or did not conform to our published "      \
    "schema.",                                                                                               \
    false, "", "unsettled")                                                                                  \
  X(MaxPostPreDataLengthExceeded, 400,                                                                       \
    "Your POST request fields preceeding the upload file was too large.",                                    \
    false, "MaxPostPreDataLengthBytes?", "reported (waynehoover/s3_direct_upload#45)")                       \
  X(MaxMessageLengthExceeded, 400, "Your request was too big.", false, "MaxMessageLengthBytes", "unsettled") \
  X(MetadataConfigurationNotFound, 404, "The metadata configuration was not found",                          \
    false, "BucketName", "reported (brekkylab/backlot, 2026-09)")                                            \
  X(MetadataTooLarge, 400, "Your metadata headers exceed the maximum allowed metadata size",                 \
    false, "Size MaxSizeAllowed", "unsettled")                                                               \
  X(MethodNotAllowed, 405, "The specified method is not allowed against this resource.",                     \
    false, "Method? ResourceType?", "recorded")                                                              \
  X(MissingContentLength, 411, "You must provide the Content-Length HTTP header.",                           \
    false, "", "reported (brekkylab/backlot, 2026-09)")                                                      \
  X(MissingRequestBodyError, 400, "Request Body is empty",                                                   \
    false, "", "reported (brekkylab/backlot, 2026-09)")                                                      \
  X(MissingSecurityHeader, 400, "Your request was missing a required header",                                \
    false, "MissingHeaderName", "recorded")                                                                  \
  X(NoLoggingStatusForKey, 400, "There is no such thing as the ?logging sub-resource for a key",             \
    false, "", "reported (brekkylab/backlot, 2026-09)")                                                      \
  X(NoSuchBucket, 404, "The specified bucket does not exist", false, "BucketName", "recorded")               \
  X(NoSuchBucketPolicy, 404, "The bucket policy does not exist", false, "BucketName", "recorded")            \
  X(NoSuchConfiguration, 404, "The specified configuration does not exist.", false, "", "recorded")          \
  X(NoSuchCORSConfiguration, 404, "The CORS configuration does not exist",                                   \
    false, "BucketName", "reported (brekkylab/backlot, 2026-09)")                                            \
  X(NoSuchKey, 404, "The specified key does not exist.", false, "Key", "recorded")                           \
  X(NoSuchLifecycleConfiguration, 404, "The lifecycle configuration does not exist",                         \
    false, "BucketName", "recorded")                                                                         \
  X(NoSuchObjectLockConfiguration, 404,                                                                      \
    "The specified object does not have a ObjectLock configuration", false, "", "recorded")                  \
  X(NoSuchTagSet, 404, "The TagSet does not exist", false, "BucketName", "recorded")                         \
  X(NoSuchPublicAccessBlockConfiguration, 404, "The public access block configuration was not found",        \
    false, "BucketName", "unsettled")                                                                        \
  X(NoSuchUpload, 404,                                                                                       \
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "        \
    "aborted or completed.",                                                                                 \
    false, "UploadId", "recorded")                                                                           \
  X(NoSuchVersion, 404, "The specified version does not exist.", false, "Key VersionId", "recorded")         \
  X(NoSuchWebsiteConfiguration, 404, "The specified bucket does not have a website configuration",           \
    false, "BucketName", "recorded")                                                                         \
  X(NotFound, 404, "Not Found", false, "", "partsmith's own")                                                \
  X(NotImplemented, 501, "A header you provided implies functionality that is not implemented",              \
    false, "Header?", "recorded")                                                                            \
  X(NotModified, 304, "Not Modified", false, "", "recorded")                                                 \
  X(ObjectLockConfigurationNotFoundError, 404, "Object Lock configuration does not exist for this bucket",   \
    false, "BucketName", "reported (brekkylab/backlot, 2026-09)")                                            \
  X(OperationAborted, 409,                                                                                   \
    "A conflicting conditional operation is currently in progress against this resource. Please try "        \
    "again.",                                                                                                \
    false, "", "unsettled")                                                                                  \
  X(OwnershipControlsNotFoundError, 404, "The bucket ownership controls were not found",                     \
    false, "BucketName", "recorded")                                                                         \
  X(PermanentRedirect, 301,                                                                                  \
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please "        \
    "send all future requests to this endpoint.",                                                            \
    false, "Endpoint? Bucket?", "unsettled")                                                                 \
  X(PreconditionFailed, 412, "At least one of the pre-conditions you specified did not hold",                \
    false, "Condition", "recorded")                                                                          \
  X(ReplicationConfigurationNotFoundError, 404, "The replication configuration was not found",               \
    false, "BucketName", "recorded")                                                                         \
  X(RequestHeaderSectionTooLarge, 400,                                                                       \
    "Your request header section exceeds the maximum allowed request header section size.",                  \
    false, "", "unsettled")                                                                                  \
  X(RequestTimeout, 400,                                                                                     \
    "Your socket connection to the server was not read from or written to within the timeout period. "       \
    "Idle connections will be closed.",                                                                      \
    true, "", "unsettled")                                                                                   \
  X(RequestTimeTooSkewed, 403, "The difference between the request time and the current time is too large.", \
    false, "RequestTime ServerTime MaxAllowedSkewMilliseconds", "unsettled")                                 \
  X(ServiceUnavailable, 503, "Service is unable to handle request.", true, "", "unsettled")                  \
  X(SignatureDoesNotMatch, 403,                                                                              \
    "The request signature we calculated does not match the signature you provided. Check your key and "     \
    "signing method.",                                                                                       \
    false,                                                                                                   \
    "AWSAccessKeyId? StringToSign? SignatureProvided? StringToSignBytes? CanonicalRequest? "                 \
    "CanonicalRequestBytes?",                                                                                \
    "recorded")                                                                                              \
  X(SlowDown, 503, "Please reduce your request rate.", true, "", "unsettled")                                \
  X(UnexpectedContent, 400, "This request does not support content", false, "", "recorded")                  \
  X(UnresolvableGrantByEmailAddress, 400,                                                                    \
    "The e-mail address you provided does not match any account on record.", false, "", "unsettled")         \
  X(UserKeyMustBeSpecified, 400, "User key must be specified.",                                              \
    false, "", "reported (brekkylab/backlot, 2026-09)")                                                      \
  X(V1APIsNotAllowed, 405,                                                                                   \
    "The V1 GetBucketMetadataTableConfiguration API operation isn't available for this account. Use the "    \
    "corresponding V2 GetBucketMetadataConfiguration API operation instead.",                                \
    false, "Method", "reported (brekkylab/backlot, 2026-09)")                                                \
  X(XAmzContentChecksumMismatch, 400,                                                                        \
    "The provided 'x-amz-checksum' header does not match what was computed.",                                \
    false, "", "unsettled")                                                                                  \
  X(XAmzContentSHA256Mismatch, 400,                                                                          \
    "The provided 'x-amz-content-sha256' header does not match what was computed.",                          \
    false, "ClientComputedContentSHA256 S3ComputedContentSHA256", "reported (brekkylab/backlot, 2026-09)")

enum class ErrorCode {
#define PARTSMITH_ENUMERATOR(name, status, message, retry, fields, source) name,
  PARTSMITH_S3_ERRORS(PARTSMITH_ENUMERATOR)
#undef PARTSMITH_ENUMERATOR
};

struct ErrorTraits {
  ErrorCode code;
  std::string_view name;     ///< as in <Code>
  int status;                ///< HTTP status
  std::string_view message;  ///< the usual text of <Message>
  bool retryable;            ///< whether SDKs send the same request again
  std::string_view
      fields;  ///< "Key VersionId": the document's further elements; "Region?" is not always there
  std::string_view
      source;  ///< of the fields: "recorded", a report or a page of S3's documentation, "unsettled"
};

std::span<const ErrorTraits> error_table();
const ErrorTraits& traits(ErrorCode code);

/// An S3 error on its way to the client. `fields` are the extra elements of the error document, in order;
/// `headers` stand beside it.
struct S3Error {
  ErrorCode code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string log_detail;  ///< the cause behind an InternalError, for the log only

  /// With the table's message.
  S3Error(ErrorCode error_code) : S3Error(error_code, std::string(traits(error_code).message)) {}  // NOLINT
  S3Error(ErrorCode error_code, std::string text) : code(error_code), message(std::move(text)) {}

  S3Error with(std::string name, std::string value) && {
    fields.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
  S3Error with_header(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
  int status() const { return traits(code).status; }
};

}  // namespace partsmith::protocol
