#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/multipart.h>
#include <partsmith/client/objects.h>

#include "verbs/emptying.h"
#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

using client::S3Url;

VerbResult delete_page(Session& session, const std::string& bucket, const client::ObjectsPage& page,
                       bool dry_run, const std::function<void(const std::string&)>& told) {
  std::vector<std::string> keys;
  for (const auto& object : page.objects) keys.push_back(object.key);
  if (dry_run || keys.empty()) {
    std::ranges::for_each(keys, told);
    return {};
  }
  const auto failures = client::delete_keys(session.client, bucket, keys, session.call_policy);
  if (!failures) return failed(S3Url{bucket, ""}.text(), failures.error());
  for (const auto& key : keys) {
    if (std::ranges::find(*failures, key, &client::DeleteFailure::key) == failures->end()) told(key);
  }
  if (failures->empty()) return {};
  const auto& first = failures->front();
  return failed(fmt::format("{}: {}: {} ({} keys could not be deleted)", S3Url{bucket, first.key}.text(),
                            first.code, first.message, failures->size()));
}

VerbResult remove_one(const S3Url& url, Session& session) {
  const auto done =
      client::call(session.client, client::delete_object(url.bucket, url.key), session.call_policy);
  if (!done) return failed(url.text(), done.error());
  return {};
}

}  // namespace

VerbResult delete_below(Session& session, const std::string& bucket, const std::string& prefix, bool dry_run,
                        const std::function<void(const std::string&)>& told) {
  VerbResult result;
  const auto listed = client::each_objects_page(session.client, client::list_objects(bucket, prefix, ""),
                                                session.call_policy, [&](const client::ObjectsPage& page) {
                                                  result = delete_page(session, bucket, page, dry_run, told);
                                                  return result.has_value();
                                                });
  if (!listed) return failed(S3Url{bucket, prefix}.text(), listed.error());
  return result;
}

VerbResult empty_bucket(Session& session, const std::string& bucket) {
  if (auto emptied = delete_below(session, bucket, "", false, [](const std::string&) {}); !emptied)
    return emptied;
  const auto uploads = client::all_uploads(session.client, bucket, "");
  // A service that has no listing of uploads may still delete the bucket, or say why not.
  if (!uploads && uploads.error().failure && uploads.error().failure->status == 501) return {};
  if (!uploads) return failed(S3Url{bucket, ""}.text(), uploads.error());
  for (const auto& upload : *uploads) {
    const auto aborted = client::persist(session.call_policy, [&] {
      return client::abort_upload(session.client, {bucket, upload.key, upload.upload_id});
    });
    if (!aborted) return failed(S3Url{bucket, upload.key}.text(), aborted.error());
  }
  return {};
}

VerbResult rm(const RmOptions& options, Session& session) {
  for (const auto& text : options.urls) {
    const auto url = options.recursive ? any_url(text) : object_url(text);
    if (!url) return std::unexpected(url.error());
    const auto tell = [&](const std::string& key) {
      if (options.quiet) return;
      say("{} {}\n", options.dry_run ? "would delete" : "deleted", printable(S3Url{url->bucket, key}.text()));
    };
    if (options.recursive) {
      if (auto done = delete_below(session, url->bucket, url->folder(), options.dry_run, tell); !done)
        return done;
      continue;
    }
    if (!options.dry_run) {
      if (auto done = remove_one(*url, session); !done) return done;
    }
    tell(url->key);
  }
  return {};
}

}  // namespace partsmith::cli
