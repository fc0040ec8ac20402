#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/multipart.h>

#include "verbs/open_uploads.h"
#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

using client::S3Url;
using client::UploadInList;

bool old_enough(const UploadInList& upload, const std::optional<std::int64_t>& seconds, TimePoint now) {
  if (!seconds) return true;
  const auto age = age_of(upload.initiated, now);
  return age && age->count() >= *seconds;
}

void print(const UploadInList& upload, bool json, TimePoint now) {
  const auto age = age_of(upload.initiated, now);
  if (json) {
    nlohmann::ordered_json line{
        {"key", upload.key}, {"upload_id", upload.upload_id}, {"initiated", upload.initiated}};
    if (age) line["age_seconds"] = age->count();
    print_json(line);
    return;
  }
  say("{}  {:>8}  {}  {}\n", plain_time(upload.initiated), age ? human_time(*age) : "?", upload.upload_id,
      printable(upload.key));
}

void print(const client::PartInList& part, const PartsOptions& options) {
  if (options.json) {
    nlohmann::ordered_json line{{"part", part.number},
                                {"size", part.size},
                                {"etag", part.etag.text()},
                                {"last_modified", part.last_modified}};
    for (const auto& [name, value] : part.checksums) line[name] = value;
    print_json(line);
    return;
  }
  std::string checksums;
  for (const auto& [name, value] : part.checksums) checksums += fmt::format("  {} {}", name, value);
  say("{:>5}  {:>12}  {}  {}{}\n", part.number,
      options.human ? human_size(part.size) : std::to_string(part.size), plain_time(part.last_modified),
      part.etag.text(), checksums);
}

/// What `abort` is to end: the uploads of one key, or of all keys below a prefix.
std::expected<std::vector<UploadInList>, VerbError> chosen(const AbortOptions& options, const S3Url& url,
                                                         Session& session) {
  auto found = uploads_below(session, url.bucket, options.recursive ? url.folder() : url.key);
  if (!found) return found;
  std::erase_if(*found, [&](const UploadInList& upload) {
    return (!options.recursive && upload.key != url.key) ||
           !old_enough(upload, options.older_than, session.clock.now());
  });
  if (!options.recursive && !options.all && found->size() > 1) {
    return misused(fmt::format("{} has {} open uploads: choose one with --upload-id, or give --all",
                               url.text(), found->size()));
  }
  if (!options.recursive && found->empty() && !options.older_than)
    return failed(fmt::format("{}: no open upload", url.text()));
  return found;
}

}  // namespace

std::expected<std::vector<UploadInList>, VerbError> uploads_below(Session& session, const std::string& bucket,
                                                                const std::string& prefix) {
  auto found = client::persist(session.call_policy,
                               [&] { return client::all_uploads(session.client, bucket, prefix); });
  if (!found) return failed(S3Url{bucket, prefix}.text(), found.error());
  return *std::move(found);
}

std::expected<client::UploadAddress, VerbError> open_upload(Session& session, const S3Url& url,
                                                          const std::string& upload_id) {
  if (!upload_id.empty()) return client::UploadAddress{url.bucket, url.key, upload_id};
  auto found = uploads_below(session, url.bucket, url.key);
  if (!found) return std::unexpected(found.error());
  std::erase_if(*found, [&](const UploadInList& upload) { return upload.key != url.key; });
  if (found->empty()) return failed(fmt::format("{}: no open upload", url.text()));
  if (found->size() > 1)
    return misused(
        fmt::format("{} has {} open uploads: choose one with --upload-id (`partsmith uploads {}` tells them)",
                    url.text(), found->size(), url.text()));
  return client::UploadAddress{url.bucket, url.key, found->front().upload_id};
}

VerbResult uploads(const UploadsOptions& options, Session& session) {
  const auto url = any_url(options.url);
  if (!url) return std::unexpected(url.error());
  const auto found = uploads_below(session, url->bucket, url->key);
  if (!found) return std::unexpected(found.error());
  const auto now = session.clock.now();
  for (const auto& upload : *found) {
    if (old_enough(upload, options.older_than, now)) print(upload, options.json, now);
  }
  return {};
}

VerbResult parts(const PartsOptions& options, Session& session) {
  const auto url = object_url(options.url);
  if (!url) return std::unexpected(url.error());
  const auto upload = open_upload(session, *url, options.upload_id);
  if (!upload) return std::unexpected(upload.error());
  const auto found =
      client::persist(session.call_policy, [&] { return client::all_parts(session.client, *upload); });
  if (!found) return failed(url->text(), found.error());
  for (const auto& part : *found) print(part, options);
  return {};
}

VerbResult abort(const AbortOptions& options, Session& session) {
  const auto url = options.recursive ? any_url(options.url) : object_url(options.url);
  if (!url) return std::unexpected(url.error());
  std::vector<UploadInList> doomed{{url->key, options.upload_id, ""}};
  if (options.upload_id.empty()) {
    auto found = chosen(options, *url, session);
    if (!found) return std::unexpected(found.error());
    doomed = *std::move(found);
  }
  for (const auto& upload : doomed) {
    const S3Url object{url->bucket, upload.key};
    if (!options.dry_run) {
      const auto aborted = client::persist(session.call_policy, [&] {
        return client::abort_upload(session.client, {url->bucket, upload.key, upload.upload_id});
      });
      if (!aborted) return failed(object.text(), aborted.error());
    }
    say("{} {}  {}\n", options.dry_run ? "would abort" : "aborted", printable(object.text()),
        upload.upload_id);
  }
  return {};
}

}  // namespace partsmith::cli
