#pragma once
/// AWS Signature Version 2 for S3, which its older regions still accept; boto3 presigns with it by default
/// for us-east-1. Source: S3 API reference, "Signing and authenticating REST requests (AWS signature version
/// 2)".

#include <array>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/time.h>

namespace partsmith::protocol::sigv2 {

struct Claim {
  std::string access_key;
  std::string signature;  ///< base64
  std::string date_text;  ///< the Date (or empty, with x-amz-date) or Expires line of the string to sign
  std::optional<TimePoint> signed_at;  ///< header form
  std::optional<TimePoint> expires;    ///< presigned form
};

/// From `Authorization: AWS AKID:signature`.
std::expected<Claim, S3Error> claim_from_header(const Headers& headers);
/// From AWSAccessKeyId, Signature and Expires.
std::expected<Claim, S3Error> claim_from_query(const Query& query);

struct SignedRequest {
  std::string_view method;
  std::string_view path;    ///< raw, as on the wire
  std::string_view bucket;  ///< of a virtual-hosted request, or empty
  const Query& query;
  const Headers& headers;
  std::string_view date_text;
};

/// Whether a query parameter is part of the resource that is signed: what tells one operation from another
/// (operation_table()), what names a version or part, and what changes the answer's headers.
bool is_subresource(std::string_view name);

/// The query parameter or header for which a request can't be signed with V2, because another request would
/// have the same string to sign: a line break in what is signed, a parameter that stands twice, or one whose
/// value goes on as another parameter (`versionId=1%26acl`). Nothing for every other request.
std::optional<std::string> ambiguous_name(const SignedRequest& request);

/// How clients write the same resource; Amazon S3 accepts each.
enum class ResourceForm {
  as_sent,         ///< `/b?uploads`, `/b/k?uploadId=`: as path and query stand, of most names without a value
  bare_empties,    ///< `/b/k?uploadId`: an empty value loses its '=' (minio-go)
  slash_ended,     ///< `/b/`: a bucket in path style (boto3)
  slash_and_bare,  ///< both
};
inline constexpr std::array resource_forms = {ResourceForm::as_sent, ResourceForm::bare_empties,
                                              ResourceForm::slash_ended, ResourceForm::slash_and_bare};

/// Injective on the requests for which ambiguous_name() is nothing, but for what V2 leaves unsigned: the
/// other headers and parameters, and whether a value stands in the query or in a header.
std::string string_to_sign(const SignedRequest& request, ResourceForm form = ResourceForm::as_sent);
/// Base64 of the HMAC-SHA1.
std::string signature(std::string_view secret_key, std::string_view string_to_sign);

}  // namespace partsmith::protocol::sigv2
