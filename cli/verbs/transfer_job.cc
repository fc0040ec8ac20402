#include "verbs/transfer_job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include <partsmith/client/object_copier.h>
#include <partsmith/client/object_downloader.h>
#include <partsmith/client/object_uploader.h>

#include "verbs/carrying.h"
#include "verbs/object_headers.h"
#include "verbs/open_uploads.h"
#include "verbs/text.h"

namespace partsmith::cli {
namespace {

using client::RedisUrl;
using client::S3Url;
using Path = std::filesystem::path;

void add_all(protocol::Headers& into, const protocol::Headers& headers) {
  for (const auto& [name, value] : headers) into.add(name, value);
}

/// With an upload that stays open: a stream can be gone on with from a file, a copy can't.
std::string what_to_do(const Job& job) {
  if (std::holds_alternative<S3Url>(job.from)) return "abort " + to_string(job.to);
  const bool stream = std::holds_alternative<StandardStream>(job.from);
  return fmt::format("resume {} {}", to_string(job.to), stream ? "FILE" : to_string(job.from));
}

class Storing {
 public:
  Storing(const Job& job, const S3Url& to, const Transferring& how)
      : job_(job), to_(to), how_(how), part_size_(how.options.part_size) {}

  std::expected<Transferred, VerbError> run() {
    if (const auto prepared = prepare(); !prepared) return std::unexpected(prepared.error());
    const auto source = open();
    if (!source) return failed(source.error());
    const auto stored = client::store_object(how_.session.client, to_.bucket, to_.key, **source, options_);
    if (!stored) return failed_upload(job_, stored.error(), !options_.abort_on_failure);
    Transferred result{stored->bytes, stored->parts, stored->kept, stored->etag.text(), {}, stored->proof};
    if (stored->checksum)
      result.checksum =
          fmt::format("{} {}", traits(stored->checksum->algorithm).name, stored->checksum->base64());
    return result;
  }

 private:
  using Source = std::unique_ptr<client::PartSource>;

  VerbResult prepare() {
    const auto& options = how_.options;
    auto headers = object_headers(options.object, to_.key);
    if (!headers) return std::unexpected(headers.error());
    auto keys = customer_key_headers(options.sse_c_key);
    if (!keys) return std::unexpected(keys.error());
    add_all(*headers, *keys);
    options_.headers = *std::move(headers);
    options_.part_headers = *keys;
    options_.completion_headers = *keys;
    if (options.no_overwrite) options_.completion_headers.add("If-None-Match", "*");
    options_.workers = options.jobs;
    options_.retries = how_.session.call_policy.retries;
    options_.stop = how_.session.call_policy.stop;
    options_.slots = how_.slots;
    options_.checksum.reset();
    if (options.checksum != "none") options_.checksum = checksum_algorithm_by_name(options.checksum);
    options_.abort_on_failure = !options.keep;
    options_.progress = [this](std::uint64_t bytes) { how_.progress.reach(job_.number, bytes); };
    return options.resume ? find_begun() : VerbResult();
  }

  /// The upload to go on with: the one named, or the key's newest, if there is any.
  VerbResult find_begun() {
    auto id = how_.upload_id;
    if (id.empty()) {
      const auto open = uploads_below(how_.session, to_.bucket, to_.key);
      if (!open) return std::unexpected(open.error());
      std::string newest;
      for (const auto& upload : *open) {
        if (upload.key != to_.key || upload.initiated < newest) continue;
        newest = upload.initiated;
        id = upload.upload_id;
      }
    }
    if (id.empty()) return {};
    auto begun = client::begun_upload(how_.session.client, {to_.bucket, to_.key, id}, options_);
    if (!begun) return failed(to_.text(), begun.error());
    // Parts were of one size but the last: where one of them lies tells where the others do.
    for (const auto& part : begun->parts) largest_ = std::max(largest_, part.size);
    if (largest_ >= limits::min_part_size) part_size_ = largest_;
    options_.begun = *std::move(begun);
    options_.abort_on_failure = false;  // what was there before is not ours to throw away
    return {};
  }

  std::expected<Source, std::string> open() {
    if (const auto* path = std::get_if<Path>(&job_.from)) {
      auto file = client::FileSource::open(*path, part_size_);
      if (!file) return std::unexpected(file.error());
      return std::make_unique<client::FileSource>(*std::move(file));
    }
    if (const auto* url = std::get_if<RedisUrl>(&job_.from)) {
      auto list = client::RedisListSource::open(*url);
      if (!list) return std::unexpected(list.error());
      return std::make_unique<client::RedisListSource>(*std::move(list));
    }
    const auto needed = how_.options.expected_size.value_or(0) / limits::max_part_number + 1;
    return std::make_unique<client::StreamSource>(STDIN_FILENO, std::max(part_size_, needed),
                                                  how_.session.call_policy.stop);
  }

  const Job& job_;
  const S3Url& to_;
  const Transferring& how_;
  std::uint64_t part_size_;
  std::uint64_t largest_ = 0;
  client::MultipartUploadOptions options_;
};

struct SourceObject {
  client::S3Request get;
  client::ObjectFacts facts;
};

std::expected<SourceObject, VerbError> look_at(const S3Url& from, const std::string& key_file,
                                               const Transferring& how) {
  const auto keys = customer_key_headers(key_file);
  if (!keys) return std::unexpected(keys.error());
  auto head = client::head_object(from.bucket, from.key);
  add_all(head.headers, *keys);
  auto facts = client::object_facts(how.source, head, how.session.call_policy);
  if (!facts) return failed(from.text(), facts.error());
  auto get = client::get_object(from.bucket, from.key);
  add_all(get.headers, *keys);
  return SourceObject{std::move(get), *std::move(facts)};
}

std::expected<Transferred, VerbError> fetch(const Job& job, const S3Url& from, const Transferring& how) {
  const auto source = look_at(from, how.options.sse_c_key, how);
  if (!source) return std::unexpected(source.error());
  how.progress.expect(source->facts.size);
  auto& client = how.source;
  client::Result<client::Proof> proof = client::Proof::size;
  if (const auto* path = std::get_if<Path>(&job.to)) {
    client::DownloadOptions options{how.options.jobs, how.options.part_size,     how.session.call_policy,
                                    how.slots,        !how.options.no_overwrite, {}};
    options.progress = [&](std::uint64_t bytes) { how.progress.reach(job.number, bytes); };
    std::error_code error;
    if (path->has_parent_path()) std::filesystem::create_directories(path->parent_path(), error);
    if (error) return failed(fmt::format("{}: {}", path->parent_path().string(), error.message()));
    proof = client::download_object(client, source->get, source->facts, *path, options);
  } else {
    StandardOutput out;
    proof = client::stream_object(
        client, source->get, source->facts, [&out](ByteView bytes) { return out.write(bytes); },
        how.session.call_policy);
    if (!out.trouble().empty()) return failed(out.trouble());
  }
  if (!proof) return failed(to_string(job.from), proof.error());
  Transferred result{source->facts.size, 0, 0, source->facts.etag.text(), {}, *proof};
  if (const auto& checksum = source->facts.full_checksum)
    result.checksum = fmt::format("{} {}", traits(checksum->algorithm).name, checksum->base64());
  return result;
}

std::expected<client::CopyOptions, VerbError> copy_options(const S3Url& to, const Transferring& how) {
  const auto& options = how.options;
  client::CopyOptions result;
  result.replace_metadata = states_metadata(options.object);
  result.replace_tags = !options.object.tags.empty();
  auto headers = object_headers(options.object, result.replace_metadata ? to.key : std::string());
  if (!headers) return std::unexpected(headers.error());
  const auto key = customer_key_headers(options.sse_c_key);
  if (!key) return std::unexpected(key.error());
  const auto source_key = customer_key_headers(options.sse_c_source_key, true);
  if (!source_key) return std::unexpected(source_key.error());
  result.headers = *std::move(headers);
  add_all(result.key_headers, *key);
  add_all(result.key_headers, *source_key);
  if (options.no_overwrite) result.conditions.add("If-None-Match", "*");
  result.threshold = options.copy_threshold;
  result.workers = options.jobs;
  result.call_policy = how.session.call_policy;
  result.slots = how.slots;
  result.abort_on_failure = !options.keep;
  return result;
}

std::expected<Transferred, VerbError> copy(const Job& job, const S3Url& from, const S3Url& to,
                                         const Transferring& how) {
  const auto source = look_at(from, how.options.sse_c_source_key, how);
  if (!source) return std::unexpected(source.error());
  auto options = copy_options(to, how);
  if (!options) return std::unexpected(options.error());
  how.progress.expect(source->facts.size);
  options->progress = [&](std::uint64_t bytes) { how.progress.reach(job.number, bytes); };
  const auto stored = client::copy_object_to(how.session.client, from, source->facts, to, *options);
  if (!stored) return failed_upload(job, stored.error(), !options->abort_on_failure);
  Transferred result{stored->bytes, stored->parts, 0, stored->etag.text(), {}, stored->proof, true};
  if (stored->checksum)
    result.checksum =
        fmt::format("{} {}", traits(stored->checksum->algorithm).name, stored->checksum->base64());
  return result;
}

}  // namespace

std::unexpected<VerbError> failed_upload(const Job& job, const client::UploadTrouble& trouble, bool kept) {
  auto told = failed(to_string(job.to), trouble.error);
  auto& line = told.error().line;
  if (trouble.upload_id.empty()) return told;
  if (!kept && !trouble.abort) {
    line += "; the upload was aborted";
    return told;
  }
  if (trouble.abort) line += fmt::format("; it could not be aborted either ({})", trouble.abort->detail);
  line += fmt::format("; it stays open: partsmith {} --upload-id {}", what_to_do(job), trouble.upload_id);
  return told;
}

bool between_services(const Job& job, const Transferring& how) {
  return std::holds_alternative<S3Url>(job.from) && std::holds_alternative<S3Url>(job.to) &&
         (&how.source != &how.session.client || how.options.versions);
}

std::expected<Transferred, VerbError> transfer(const Job& job, const Transferring& how) {
  const auto* from = std::get_if<S3Url>(&job.from);
  const auto* to = std::get_if<S3Url>(&job.to);
  if (between_services(job, how)) return carry(job, how);
  if (from != nullptr && to != nullptr) return copy(job, *from, *to, how);
  if (from != nullptr) return fetch(job, *from, how);
  how.progress.expect(known_size(job.from));
  return Storing(job, *to, how).run();
}

VerbResult remove_source(const Place& from, const Transferring& how) {
  if (const auto* url = std::get_if<S3Url>(&from)) {
    const auto gone =
        client::call(how.source, client::delete_object(url->bucket, url->key), how.session.call_policy);
    if (!gone) return failed(url->text(), gone.error());
    return {};
  }
  const auto& path = std::get<Path>(from);
  std::error_code error;
  if (!std::filesystem::remove(path, error) && error)
    return failed(fmt::format("{}: {}", path.string(), error.message()));
  return {};
}

std::optional<std::uint64_t> known_size(const Place& from) {
  const auto* path = std::get_if<Path>(&from);
  if (path == nullptr) return std::nullopt;
  std::error_code error;
  const auto size = std::filesystem::file_size(*path, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(size);
}

}  // namespace partsmith::cli
