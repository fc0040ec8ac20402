#include <fmt/format.h>

#include <partsmith/client/multipart_requests.h>
#include <partsmith/values/limits.h>

#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

std::expected<client::S3Request, VerbError> request_of(const PresignOptions& options,
                                                     const client::S3Url& url) {
  if (options.part.has_value() != !options.upload_id.empty())
    return misused("--upload-id and --part-number go together");
  client::S3Request request;
  if (options.part) {
    request =
        client::upload_part({url.bucket, url.key, options.upload_id}, std::to_string(*options.part), {});
  } else {
    request.method = options.method;
    request.bucket = url.bucket;
    request.key = url.key;
  }
  for (const auto& header : options.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0)
      return misused(fmt::format("'{}' is not 'Name: value'", header));
    request.header(std::string(protocol::trimmed(header.substr(0, colon))),
                   std::string(protocol::trimmed(header.substr(colon + 1))));
  }
  return request;
}

}  // namespace

VerbResult presign(const PresignOptions& options, Session& session) {
  const auto url = object_url(options.url);
  if (!url) return std::unexpected(url.error());
  if (session.client.options().credentials.access_key.empty()) return misused("a presigned URL needs keys");
  if (options.expires < 1 || options.expires > limits::max_presign_seconds)
    return misused("--expires: a time from 1s to 7d is wanted");
  auto request = request_of(options, *url);
  if (!request) return std::unexpected(request.error());
  request->presigned_seconds = options.expires;
  say("{}\n", session.client.presigned_url(*request));
  return {};
}

}  // namespace partsmith::cli
