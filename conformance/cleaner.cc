#include "cleaner.h"

#include <fmt/format.h>

#include <partsmith/client/multipart.h>
#include <partsmith/client/retry.h>

namespace partsmith::conformance {
namespace {

client::S3Request request_to(std::string method, const std::string& bucket, const std::string& key) {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = bucket;
  request.key = key;
  return request;
}

/// A server whose listing never ends would keep us for ever.
constexpr int max_pages = 1000;

}  // namespace

std::optional<client::S3Answer> Cleaner::send(const client::S3Request& request, std::string_view gone_code,
                                              const std::string& what) {
  const auto answer = client::with_retries({}, {}, [&]() -> client::Result<client::S3Answer> {
    ++spent_.requests;
    auto sent = client_.send(request);
    if (!sent) return sent;
    spent_.bytes += request.body.length() + sent->body_length;
    auto failure = sent->failure();
    if (failure && failure->code != gone_code)
      return std::unexpected(client::ClientError(*std::move(failure)));
    return sent;
  });
  if (answer) return *answer;
  leftovers_.push_back(fmt::format("{}: {}", what, answer.error().detail));
  return std::nullopt;
}

void Cleaner::abort(const client::UploadAddress& upload) {
  send(client::abort_multipart_upload(upload), "NoSuchUpload",
       fmt::format("upload {} of {}/{}", upload.upload_id, upload.bucket, upload.key));
}

void Cleaner::delete_object(const std::string& bucket, const std::string& key) {
  send(request_to("DELETE", bucket, key), "NoSuchKey", fmt::format("object {}/{}", bucket, key));
}

void Cleaner::clean_after(const CheckContext& context) {
  for (const auto& upload : context.uploads()) abort(upload);
  for (const auto& key : context.touched_keys()) delete_object(context.bucket(), key);
}

void Cleaner::sweep(const std::string& bucket, const std::string& prefix) {
  ++spent_.requests;
  const auto uploads = client::all_uploads(client_, bucket, prefix);
  if (!uploads) {
    leftovers_.push_back(
        fmt::format("uploads under {}/{} cannot be listed: {}", bucket, prefix, uploads.error().detail));
  } else {
    for (const auto& upload : *uploads) {
      // A server may not honour the prefix: what isn't ours stays.
      if (upload.key.starts_with(prefix)) abort({bucket, upload.key, upload.upload_id});
    }
  }
  sweep_objects(bucket, prefix);
}

void Cleaner::sweep_objects(const std::string& bucket, const std::string& prefix) {
  const auto what = fmt::format("objects under {}/{}", bucket, prefix);
  std::string token;
  for (int page = 0; page < max_pages; ++page) {
    auto request = request_to("GET", bucket, {});
    request.parameter("list-type", "2").parameter("prefix", prefix);
    if (!token.empty()) request.parameter("continuation-token", token);
    const auto answer = send(request, {}, what);
    if (!answer) return;
    const auto document = answer->document();
    if (!document) {
      leftovers_.push_back(what + ": their listing is no XML document");
      return;
    }
    for (const auto& child : document->children) {
      if (child.name != "Contents") continue;
      const auto key = child.child_text("Key").value_or("");
      if (key.starts_with(prefix)) delete_object(bucket, key);
    }
    if (document->child_text("IsTruncated") != "true") return;
    token = document->child_text("NextContinuationToken").value_or("");
    if (token.empty()) break;
  }
  leftovers_.push_back(what + ": their listing has no end");
}

void Cleaner::delete_bucket(const std::string& bucket) {
  send(request_to("DELETE", bucket, {}), "NoSuchBucket", "bucket " + bucket);
}

}  // namespace partsmith::conformance
