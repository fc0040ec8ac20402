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
/// sent again may succeed (and so whether SDKs send it again).
#define PARTSMITH_S3_ERRORS(X)                                                                               \
  X(AccessControlListNotSupported, 400, "The bucket does not allow ACLs", false, true)                       \
  X(AccessDenied, 403, "Access Denied", false, false)                                                        \
  X(AccessForbidden, 403, "CORSResponse: This CORS request is not allowed.", false, false)                   \
  X(AuthorizationHeaderMalformed, 400, "The authorization header is malformed.", false, true)                \
  X(AuthorizationQueryParametersError, 400,                                                                  \
    "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "                 \
    "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",                                                 \
    false, false)                                                                                            \
  X(BadDigest, 400, "The Content-MD5 you specified did not match what we received.", false, false)           \
  X(BadRequest, 400, "An error occurred when parsing the HTTP request.", false, true)                        \
  X(BucketAlreadyExists, 409,                                                                                \
    "The requested bucket name is not available. The bucket namespace is shared by all users of the "        \
    "system. "                                                                                               \
    "Please select a different name and try again.",                                                         \
    false, true)                                                                                             \
  X(BucketAlreadyOwnedByYou, 409,                                                                            \
    "Your previous request to create the named bucket succeeded and you already own it.", false, false)      \
  X(BucketNotEmpty, 409, "The bucket you tried to delete is not empty", false, true)                         \
  X(ConditionalRequestConflict, 409,                                                                         \
    "The conditional request cannot succeed due to a conflicting operation against this resource.", false,   \
    true)                                                                                                    \
  X(EntityTooLarge, 400, "Your proposed upload exceeds the maximum allowed size", false, true)               \
  X(EntityTooSmall, 400, "Your proposed upload is smaller than the minimum allowed size", false, false)      \
  X(ExpiredToken, 400, "The provided token has expired.", false, true)                                       \
  X(IllegalLocationConstraintException, 400,                                                                 \
    "The unspecified location constraint is incompatible for the region specific endpoint this request was " \
    "sent to.",                                                                                              \
    false, false)                                                                                            \
  X(IllegalVersioningConfigurationException, 400, "The Versioning element must be specified", false, true)   \
  X(IncompleteBody, 400, "The request body terminated unexpectedly", false, true)                            \
  X(InternalError, 500, "We encountered an internal error. Please try again.", true, true)                   \
  X(InvalidAccessKeyId, 403, "The AWS Access Key Id you provided does not exist in our records.", false,     \
    true)                                                                                                    \
  X(InvalidArgument, 400, "Invalid Argument", false, false)                                                  \
  X(InvalidBucketAclWithBlockPublicAccessError, 400,                                                         \
    "Bucket cannot have public ACLs set with BlockPublicAccess enabled", false, true)                        \
  X(InvalidBucketAclWithObjectOwnership, 400,                                                                \
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", false, true)           \
  X(InvalidBucketName, 400, "The specified bucket is not valid.", false, false)                              \
  X(InvalidBucketOwnerAWSAccountID, 400,                                                                     \
    "The value of the expected bucket owner parameter must be an AWS Account ID...", false, false)           \
  X(InvalidChunkSizeError, 403, "Only the last chunk is allowed to have a size less than 8192 bytes", false, \
    false)                                                                                                   \
  X(InvalidDigest, 400, "The Content-MD5 you specified was invalid.", false, false)                          \
  X(InvalidEncryptionAlgorithmError, 400,                                                                    \
    "The Encryption request you specified is not valid. Supported value: AES256.", false, false)             \
  X(InvalidLocationConstraint, 400, "The specified location-constraint is not valid", false, false)          \
  X(InvalidObjectState, 403, "The operation is not valid for the object's storage class", false, false)      \
  X(InvalidPart, 400,                                                                                        \
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "   \
    "specified entity tag may not match the part's entity tag.",                                             \
    false, false)                                                                                            \
  X(InvalidPartNumber, 416, "The requested partnumber is not satisfiable", false, false)                     \
  X(InvalidPartOrder, 400,                                                                                   \
    "The list of parts was not in ascending order. Parts must be ordered by part number.", false, true)      \
  X(InvalidPolicyDocument, 400,                                                                              \
    "The content of the form does not meet the conditions specified in the policy document.", false, false)  \
  X(InvalidRange, 416, "The requested range is not satisfiable", false, false)                               \
  X(InvalidRequest, 400, "Invalid Request", false, false)                                                    \
  X(InvalidStorageClass, 400, "The storage class you specified is not valid", false, false)                  \
  X(InvalidTag, 400, "The tag provided was not a valid tag.", false, true)                                   \
  X(InvalidToken, 400, "The provided token is malformed or otherwise invalid.", false, true)                 \
  X(InvalidURI, 400, "Couldn't parse the specified URI.", false, true)                                       \
  X(KeyTooLongError, 400, "Your key is too long", false, true)                                               \
  X(MalformedACLError, 400,                                                                                  \
    "The XML you provided was not well-formed or did not validate against our published schema", false,      \
    true)                                                                                                    \
  X(MalformedPOSTRequest, 400, "The body of your POST request is not well-formed multipart/form-data.",      \
    false, false)                                                                                            \
  X(MalformedXML, 400,                                                                                       \
    "The XML you provided was not well-formed or did not validate against our published schema", false,      \
    false)                                                                                                   \
  X(MalformedTrailerError, 400,                                                                              \
    "The request contained trailing data that was not well-formed or did not conform to our published "      \
    "schema.",                                                                                               \
    false, true)                                                                                             \
  X(MaxPostPreDataLengthExceeded, 400, "Your POST request fields preceding the upload file were too large.", \
    false, false)                                                                                            \
  X(MaxMessageLengthExceeded, 400, "Your request was too big.", false, true)                                 \
  X(MetadataTooLarge, 400, "Your metadata headers exceed the maximum allowed metadata size", false, true)    \
  X(MethodNotAllowed, 405, "The specified method is not allowed against this resource.", false, true)        \
  X(MissingContentLength, 411, "You must provide the Content-Length HTTP header.", false, true)              \
  X(MissingRequestBodyError, 400, "Request Body is empty", false, true)                                      \
  X(MissingSecurityHeader, 400, "Your request was missing a required header", false, true)                   \
  X(NoSuchBucket, 404, "The specified bucket does not exist", false, false)                                  \
  X(NoSuchBucketPolicy, 404, "The bucket policy does not exist", false, false)                               \
  X(NoSuchCORSConfiguration, 404, "The CORS configuration does not exist", false, false)                     \
  X(NoSuchKey, 404, "The specified key does not exist.", false, false)                                       \
  X(NoSuchLifecycleConfiguration, 404, "The lifecycle configuration does not exist", false, false)           \
  X(NoSuchTagSet, 404, "The TagSet does not exist", false, false)                                            \
  X(NoSuchPublicAccessBlockConfiguration, 404,                                                               \
    "The public access block configuration was not found", false, true)                                      \
  X(NoSuchUpload, 404,                                                                                       \
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "        \
    "aborted or "                                                                                            \
    "completed.",                                                                                            \
    false, false)                                                                                            \
  X(NoSuchVersion, 404, "The specified version does not exist.", false, true)                                \
  X(NoSuchWebsiteConfiguration, 404, "The specified bucket does not have a website configuration", false,    \
    false)                                                                                                   \
  X(NotFound, 404, "Not Found", false, true)                                                                 \
  X(NotImplemented, 501, "A header you provided implies functionality that is not implemented", false, true) \
  X(NotModified, 304, "Not Modified", false, true)                                                           \
  X(ObjectLockConfigurationNotFoundError, 404, "Object Lock configuration does not exist for this bucket",   \
    false, false)                                                                                            \
  X(OperationAborted, 409,                                                                                   \
    "A conflicting conditional operation is currently in progress against this resource. Please try again.", \
    false, true)                                                                                             \
  X(OwnershipControlsNotFoundError, 404, "The bucket ownership controls were not found", false, true)        \
  X(PermanentRedirect, 301,                                                                                  \
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send "   \
    "all "                                                                                                   \
    "future requests to this endpoint.",                                                                     \
    false, true)                                                                                             \
  X(PreconditionFailed, 412, "At least one of the pre-conditions you specified did not hold", false, false)  \
  X(ReplicationConfigurationNotFoundError, 404, "The replication configuration was not found", false, false) \
  X(RequestHeaderSectionTooLarge, 400,                                                                       \
    "Your request header section exceeds the maximum allowed request header section size.", false, true)     \
  X(RequestTimeout, 400,                                                                                     \
    "Your socket connection to the server was not read from or written to within the timeout period. Idle "  \
    "connections will be closed.",                                                                           \
    true, true)                                                                                              \
  X(RequestTimeTooSkewed, 403, "The difference between the request time and the current time is too large.", \
    false, true)                                                                                             \
  X(ServiceUnavailable, 503, "Service is unable to handle request.", true, true)                             \
  X(SignatureDoesNotMatch, 403,                                                                              \
    "The request signature we calculated does not match the signature you provided. Check your key and "     \
    "signing "                                                                                               \
    "method.",                                                                                               \
    false, false)                                                                                            \
  X(SlowDown, 503, "Please reduce your request rate.", true, true)                                           \
  X(XAmzContentChecksumMismatch, 400,                                                                        \
    "The provided 'x-amz-checksum' header does not match what was computed.", false, true)                   \
  X(XAmzContentSHA256Mismatch, 400,                                                                          \
    "The provided 'x-amz-content-sha256' header does not match what was computed.", false, true)

enum class ErrorCode {
#define PARTSMITH_ENUMERATOR(name, status, message, retry, resource) name,
  PARTSMITH_S3_ERRORS(PARTSMITH_ENUMERATOR)
#undef PARTSMITH_ENUMERATOR
};

struct ErrorTraits {
  ErrorCode code;
  std::string_view name;     ///< as in <Code>
  int status;                ///< HTTP status
  std::string_view message;  ///< the usual text of <Message>
  bool retryable;            ///< whether SDKs send the same request again
  bool names_resource;       ///< whether the document has a Resource element
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
