#include <fmt/format.h>

#include <partsmith/client/multipart.h>

#include "verbs/object_headers.h"
#include "verbs/open_uploads.h"
#include "verbs/text.h"
#include "verbs/transfers.h"

namespace partsmith::cli {
namespace {

/// With the parts that are there for all of the object.
VerbResult complete_as_it_is(const client::UploadAddress& upload, const ResumeOptions& options,
                             Session& session) {
  const client::S3Url url{upload.bucket, upload.key};
  const auto parts =
      client::persist(session.call_policy, [&] { return client::all_parts(session.client, upload); });
  if (!parts) return failed(url.text(), parts.error());
  if (parts->empty()) return failed(fmt::format("{}: the upload has no parts", url.text()));
  std::vector<client::ListedPart> listed;
  std::uint64_t bytes = 0;
  for (const auto& part : *parts) {
    listed.push_back({std::to_string(part.number), part.etag.quoted(), part.checksums});
    bytes += part.size;
  }
  auto request = client::complete_multipart_upload(upload, listed);
  const auto keys = customer_key_headers(options.transfer.sse_c_key);
  if (!keys) return std::unexpected(keys.error());
  request.headers = *keys;
  const auto completed =
      client::persist(session.call_policy, [&] { return client::complete_upload(session.client, request); });
  if (!completed) return failed(url.text(), completed.error());
  if (options.transfer.json) {
    print_json(
        {{"to", url.text()}, {"bytes", bytes}, {"parts", listed.size()}, {"etag", completed->etag.text()}});
  } else if (!options.transfer.quiet) {
    say("{}  {} in {} part{}\n", printable(url.text()), human_size(bytes), listed.size(),
        listed.size() == 1 ? "" : "s");
  }
  return {};
}

}  // namespace

VerbResult resume(const ResumeOptions& options, Session& session) {
  const auto url = object_url(options.url);
  if (!url) return std::unexpected(url.error());
  if (options.source.empty() != options.complete)
    return misused(
        "give the source of the upload, or --complete to take the parts that are there for all of it");
  const auto upload = open_upload(session, *url, options.upload_id);
  if (!upload) return std::unexpected(upload.error());
  if (options.complete) return complete_as_it_is(*upload, options, session);
  const auto source = place_of(options.source);
  if (!source) return std::unexpected(source.error());
  if (!std::holds_alternative<std::filesystem::path>(*source) &&
      !std::holds_alternative<client::RedisUrl>(*source))
    return misused("the source is a file or a Redis list");
  auto how = options.transfer;
  how.resume = true;
  Transfers transfers(how, {session, session.client}, Mode::copy, false, upload->upload_id);
  transfers.add({*source, *url});
  return transfers.finish();
}

}  // namespace partsmith::cli
