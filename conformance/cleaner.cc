#include "cleaner.h"

#include <fmt/format.h>

#include <ranges>

#include <partsmith/client/multipart.h>
#include <partsmith/client/retry.h>
#include <partsmith/conformance/runner.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>

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
/// And one that makes folders up.
constexpr std::size_t max_folders = 1000;

}  // namespace

std::optional<client::S3Answer> Cleaner::send(const client::S3Request& request, std::string_view gone_code,
                                              const std::string& what) {
  const auto answer = client::with_retries({}, stop_, [&]() -> client::Result<client::S3Answer> {
    if (silence_) return std::unexpected(*silence_);
    ++spent_.requests;
    auto stoppable = request;
    stoppable.stop = stop_;
    auto sent = client_.send(stoppable);
    if (!sent) {
      // Who doesn't answer in time would keep us waiting for every key.
      if (sent.error().kind == client::ErrorKind::timeout) {
        silence_ = client::ClientError(client::ErrorKind::stopped, sent.error().detail);
      }
      return sent;
    }
    spent_.bytes += request.body.length() + sent->body_length;
    auto failure = sent->failure();
    const bool is_gone = failure && (failure->code == gone_code || failure->code == "NoSuchBucket");
    if (failure && !is_gone) return std::unexpected(client::ClientError(*std::move(failure)));
    return sent;
  });
  if (answer) return *answer;
  leftovers_.push_back(fmt::format("{}: {}", what, answer.error().detail));
  return std::nullopt;
}

void Cleaner::abort(const client::UploadAddress& upload) {
  const auto what = fmt::format("upload {} of {}/{}", upload.upload_id, upload.bucket, upload.key);
  if (send(client::abort_multipart_upload(upload), "NoSuchUpload", what)) ++uploads_;
}

void Cleaner::delete_object(const std::string& bucket, const std::string& key, const std::string& version) {
  if (key.empty()) return;  // it would delete the bucket
  auto request = request_to("DELETE", bucket, key);
  auto what = fmt::format("object {}/{}", bucket, key);
  if (!version.empty()) {
    request.parameter("versionId", version);
    what += fmt::format(" version {}", version);
  }
  if (!version.empty()) {
    if (ask(request)) {
      ++objects_;
      return;
    }
    if (unlock(request)) request.header("x-amz-bypass-governance-retention", "true");
  }
  if (send(request, "NoSuchKey", what)) ++objects_;
}

/// Whether the version may have been locked: only then its deletion is asked to bypass what retains it.
bool Cleaner::unlock(client::S3Request version) {
  version.method = "PUT";
  version.parameter("legal-hold");
  version.body =
      "<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>OFF</Status></LegalHold>";
  version.header("Content-MD5", to_base64(md5(as_bytes(*version.body.text()))));
  return ask(std::move(version)).has_value();
}

void Cleaner::clean_after(const CheckContext& context) {
  for (const auto& upload : context.uploads()) abort(upload);
  for (const auto& key : context.touched_keys()) delete_object(context.bucket(), key);
  // What else is in them was there before: then they stay, and are told.
  for (const auto& bucket : context.made_buckets()) {
    if (ask(request_to("DELETE", bucket, {}))) continue;
    sweep(bucket, std::string(root_prefix));
    delete_bucket(bucket);
  }
}

void Cleaner::sweep(const std::string& bucket, const std::string& prefix) {
  // A server may not honour the prefix: what isn't under it stays.
  sweep(bucket, prefix, [&](std::string_view key) { return key.starts_with(prefix); });
}

void Cleaner::sweep(const std::string& bucket, const std::string& prefix, const Ours& ours) {
  sweep_uploads(bucket, prefix, ours);
  sweep_objects(bucket, prefix, ours);
  sweep_folders(bucket, prefix, ours);
  sweep_versions(bucket, prefix, ours);
}

std::vector<client::UploadAddress> Cleaner::list_uploads(const std::string& bucket,
                                                         const std::string& prefix) {
  const auto what = fmt::format("uploads under {}/{}", bucket, prefix);
  std::vector<client::UploadAddress> found;
  client::UploadsPage last;
  for (int page = 0; page < max_pages; ++page) {
    auto request = client::list_multipart_uploads(bucket);
    if (!prefix.empty())
      request.parameter("prefix", prefix);  // who takes it for a key has none that is empty
    if (page > 0) {
      request.parameter("key-marker", last.next_key_marker)
          .parameter("upload-id-marker", last.next_upload_id_marker);
    }
    const auto answer = send(request, "NoSuchUpload", what);  // so some say that there is none
    if (!answer || answer->failure()) return found;
    auto listed = client::read_uploads_page(*answer);
    if (!listed) {
      leftovers_.push_back(fmt::format("{}: {}", what, listed.error().detail));
      return found;
    }
    for (const auto& upload : listed->uploads) found.push_back({bucket, upload.key, upload.upload_id});
    if (!listed->truncated) return found;
    const bool advances = listed->next_key_marker != last.next_key_marker ||
                          listed->next_upload_id_marker != last.next_upload_id_marker;
    if (!advances) break;
    last = *std::move(listed);
  }
  leftovers_.push_back(what + ": their listing has no end");
  return found;
}

void Cleaner::sweep_uploads(const std::string& bucket, const std::string& prefix, const Ours& ours) {
  // A marker may have to be there still when the next page is asked for: first all are listed.
  for (const auto& upload : list_uploads(bucket, prefix)) {
    if (ours(upload.key)) abort(upload);
  }
}

void Cleaner::sweep_all_uploads(const std::string& bucket, const Ours& ours) {
  sweep_uploads(bucket, {}, ours);
}

void Cleaner::sweep_objects(const std::string& bucket, const std::string& prefix, const Ours& ours) {
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
      if (ours(key)) delete_object(bucket, key);
    }
    if (document->child_text("IsTruncated") != "true") return;
    const auto next = document->child_text("NextContinuationToken").value_or("");
    if (next.empty() || next == token) break;
    token = next;
  }
  leftovers_.push_back(what + ": their listing has no end");
}

std::optional<client::S3Answer> Cleaner::ask(client::S3Request request) {
  request.stop = stop_;
  const auto answer = client::with_retries({}, stop_, [&]() -> client::Result<client::S3Answer> {
    if (silence_) return std::unexpected(*silence_);
    ++spent_.requests;
    auto sent = client_.send(request);
    if (!sent && sent.error().kind == client::ErrorKind::timeout)
      return std::unexpected(client::ClientError(client::ErrorKind::stopped, sent.error().detail));
    auto failure = sent ? sent->failure() : std::nullopt;
    if (failure) return std::unexpected(client::ClientError(*std::move(failure)));
    return sent;
  });
  return answer ? std::optional(*answer) : std::nullopt;
}

/// A server that keeps keys as files may leave the folders of a key that it refused: they are listed as
/// common prefixes of nothing, and keep the bucket from being deleted. Who deletes a folder's own key removes
/// it.
void Cleaner::sweep_folders(const std::string& bucket, const std::string& prefix, const Ours& ours) {
  std::vector<std::string> found;  // each behind the one that it lies in
  std::vector<std::string> unseen{prefix};
  while (!unseen.empty() && found.size() < max_folders) {
    const std::string folder = std::move(unseen.back());
    unseen.pop_back();
    auto request = request_to("GET", bucket, {});
    request.parameter("list-type", "2").parameter("prefix", folder).parameter("delimiter", "/");
    const auto answer = ask(std::move(request));
    const auto document = answer ? answer->document() : std::nullopt;
    if (!document) return;
    for (const auto& child : document->children) {
      if (child.name != "CommonPrefixes") continue;
      const std::string name = child.child_text("Prefix").value_or("");
      if (!name.starts_with(folder) || name.size() == folder.size() || !ours(name)) continue;
      found.push_back(name);
      unseen.push_back(name);
    }
  }
  for (const auto& folder : std::views::reverse(found)) ask(request_to("DELETE", bucket, folder));
}

/// Where a bucket keeps versions, a deleted object is still there, and costs. A server without versions
/// refuses the listing, and so may S3 a key that needn't see them: then there is nothing to be done.
void Cleaner::sweep_versions(const std::string& bucket, const std::string& prefix, const Ours& ours) {
  std::string key_marker;
  std::string version_marker;
  for (int page = 0; page < max_pages; ++page) {
    auto request = request_to("GET", bucket, {});
    request.parameter("versions").parameter("prefix", prefix);
    if (!key_marker.empty())
      request.parameter("key-marker", key_marker).parameter("version-id-marker", version_marker);
    const auto answer = ask(std::move(request));
    if (!answer) return;
    const auto document = answer->document();
    if (!document) return;  // not everybody calls it ListVersionsResult
    for (const auto& child : document->children) {
      if (child.name != "Version" && child.name != "DeleteMarker") continue;
      const auto key = child.child_text("Key").value_or("");
      if (ours(key)) delete_object(bucket, key, child.child_text("VersionId").value_or(""));
    }
    if (document->child_text("IsTruncated") != "true") return;
    const auto next_key = document->child_text("NextKeyMarker").value_or("");
    const auto next_version = document->child_text("NextVersionIdMarker").value_or("");
    if (next_key.empty() || (next_key == key_marker && next_version == version_marker)) return;
    key_marker = next_key;
    version_marker = next_version;
  }
}

bool Cleaner::delete_bucket(const std::string& bucket) {
  if (!send(request_to("DELETE", bucket, {}), "NoSuchBucket", "bucket " + bucket)) return false;
  forget_leftovers_in(bucket, leftovers_);
  return true;
}

void forget_leftovers_in(const std::string& bucket, std::vector<std::string>& leftovers) {
  // All of them name bucket and key, and a run's bucket has a name like no other.
  std::erase_if(leftovers, [&](const std::string& text) { return text.contains(' ' + bucket + '/'); });
}

}  // namespace partsmith::conformance
