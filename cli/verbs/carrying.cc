#include "verbs/carrying.h"

#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/object_carrier.h>

#include "verbs/object_headers.h"
#include "verbs/text.h"

namespace partsmith::cli {
namespace {

using client::ObjectAt;
using client::ObjectFacts;
using client::S3Url;
using client::VersionInList;
using Lines = std::vector<std::string>;

bool is_missing(const client::ClientError& error) {
  return error.failure && error.failure->status == 404;
}

/// What is copied, and the headers of a request that makes the same of it elsewhere.
struct Original {
  ObjectAt at;
  ObjectFacts facts;
  protocol::Headers headers;
};

class Carrier {
 public:
  Carrier(const Job& job, const Transferring& how)
      : job_(job), from_(std::get<S3Url>(job.from)), to_(std::get<S3Url>(job.to)), how_(how) {}

  std::expected<Transferred, VerbError> carry_current() {
    const auto original = look_at({});
    if (!original) return std::unexpected(original.error());
    const auto found = differences_from(*original, {});
    if (!found) return std::unexpected(found.error());
    if (*found && (*found)->empty()) return there_already(*original);
    return carry(*original);
  }

  /// The destination's versions must be the first of the source's, as an interrupted copy leaves them.
  std::expected<Transferred, VerbError> carry_versions() {
    const auto there = versions_there();
    if (!there) return std::unexpected(there.error());
    if (there->size() > job_.versions.size()) return failed(others_are_there());
    for (std::size_t i = 0; i < there->size(); ++i) {
      const auto same = compare_version(job_.versions[i], (*there)[i]);
      if (!same) return std::unexpected(same.error());
      if (!same->empty()) return failed(others_are_there());
    }
    Transferred all;
    all.versions = job_.versions.size() - there->size();
    all.there_already = all.versions == 0;
    all.proof = client::Proof::checksum;
    for (std::size_t i = there->size(); i < job_.versions.size(); ++i) {
      if (auto done = add_version(job_.versions[i], all); !done) return std::unexpected(done.error());
    }
    return all;
  }

  std::expected<Lines, VerbError> compare_current() {
    const auto original = look_at({});
    if (!original) return std::unexpected(original.error());
    auto found = differences_from(*original, {});
    if (!found) return std::unexpected(found.error());
    if (!*found) return Lines{"it is not there"};
    return **std::move(found);
  }

  std::expected<Lines, VerbError> compare_versions() {
    const auto there = versions_there();
    if (!there) return std::unexpected(there.error());
    Lines lines;
    if (there->size() != job_.versions.size()) {
      lines.push_back(
          fmt::format("versions and delete markers: {} and {}", job_.versions.size(), there->size()));
    }
    const auto count = std::min(there->size(), job_.versions.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto found = compare_version(job_.versions[i], (*there)[i]);
      if (!found) return std::unexpected(found.error());
      for (const auto& line : *found) lines.push_back(fmt::format("version {}, {}", i + 1, line));
    }
    return lines;
  }

 private:
  const client::CallPolicy& policy() const { return how_.session.call_policy; }

  std::string others_are_there() const {
    return fmt::format("{}: it has other versions than the first of {}, and they cannot be put in order",
                       to_string(job_.to), to_string(job_.from));
  }

  std::expected<std::vector<VersionInList>, VerbError> versions_there() {
    auto there = client::versions_of_key(how_.session.client, to_.bucket, to_.key, policy());
    if (!there) return failed(to_.text(), there.error());
    return *std::move(there);
  }

  std::expected<Original, VerbError> look_at(const std::string& version_id) {
    const auto& said = how_.options.object;
    auto keys = customer_key_headers(how_.options.sse_c_source_key);
    if (!keys) return std::unexpected(keys.error());
    Original original{{how_.source, from_, version_id, *std::move(keys)}, {}, {}};
    auto facts = client::object_facts(original.at.client, original.at.addressed(client::head_object({}, {})),
                                      policy());
    if (!facts) return failed(from_.text(), facts.error());
    original.facts = *std::move(facts);

    const bool replaces = states_metadata(said);
    if (!replaces) original.headers = client::described_headers(original.facts);
    if (const auto storage_class = original.facts.headers.get("x-amz-storage-class"))
      original.headers.set("x-amz-storage-class", std::string(*storage_class));
    if (said.tags.empty()) {
      const auto tags = client::tags_of(original.at, original.facts, policy());
      if (!tags) return failed(from_.text(), tags.error());
      if (!tags->empty()) original.headers.set("x-amz-tagging", *tags);
    }
    const auto stated = object_headers(said, replaces ? to_.key : std::string());
    if (!stated) return std::unexpected(stated.error());
    for (const auto& [name, value] : *stated) original.headers.set(name, value);
    return original;
  }

  /// Nothing: there is no such object.
  std::expected<std::optional<Lines>, VerbError> differences_from(const Original& original,
                                                                  const std::string& version_id) {
    auto keys = customer_key_headers(how_.options.sse_c_key);
    if (!keys) return std::unexpected(keys.error());
    const ObjectAt there{how_.session.client, to_, version_id, *std::move(keys)};
    const auto facts =
        client::object_facts(there.client, there.addressed(client::head_object({}, {})), policy());
    if (!facts && is_missing(facts.error())) return std::nullopt;
    if (!facts) return failed(to_.text(), facts.error());
    const auto tags = client::tags_of(there, *facts, policy());
    if (!tags) return failed(to_.text(), tags.error());
    return client::differences(original.facts, original.headers, *facts, *tags);
  }

  std::expected<Lines, VerbError> compare_version(const VersionInList& here, const VersionInList& there) {
    const auto kind = [](const VersionInList& version) {
      return version.delete_marker ? "a delete marker" : "an object";
    };
    if (here.delete_marker != there.delete_marker)
      return Lines{fmt::format("{} and {}", kind(here), kind(there))};
    if (here.delete_marker) return Lines{};
    const auto original = look_at(here.id);
    if (!original) return std::unexpected(original.error());
    auto found = differences_from(*original, there.id);
    if (!found) return std::unexpected(found.error());
    if (!*found) return Lines{"it is not there"};
    return **std::move(found);
  }

  VerbResult add_version(const VersionInList& version, Transferred& all) {
    if (version.delete_marker) {
      if (how_.options.dry_run) return {};
      const auto gone =
          client::call(how_.session.client, client::delete_object(to_.bucket, to_.key), policy());
      if (!gone) return failed(to_.text(), gone.error());
      return {};
    }
    const auto original = look_at(version.id);
    if (!original) return std::unexpected(original.error());
    const auto one = carry(*original);
    if (!one) return std::unexpected(one.error());
    all.bytes += one->bytes;
    all.etag = one->etag;
    if (one->proof > all.proof) all.proof = one->proof;  // the weakest
    return {};
  }

  Transferred there_already(const Original& original) const {
    Transferred result;
    result.bytes = original.facts.size;
    result.etag = original.facts.etag.text();
    result.proof = original.facts.full_checksum ? client::Proof::checksum : client::Proof::etag;
    result.there_already = true;
    return result;
  }

  std::expected<Transferred, VerbError> carry(const Original& original) {
    const auto& options = how_.options;
    if (options.dry_run) return Transferred();
    client::CarryOptions carrying;
    carrying.headers = original.headers;
    auto keys = customer_key_headers(options.sse_c_key);
    if (!keys) return std::unexpected(keys.error());
    carrying.key_headers = *std::move(keys);
    if (options.no_overwrite) carrying.conditions.add("If-None-Match", "*");
    carrying.part_size = options.part_size;
    carrying.workers = options.jobs;
    carrying.call_policy = policy();
    carrying.slots = how_.slots;
    how_.progress.expect(original.facts.size);
    carrying.progress = [&, before = carried_](std::uint64_t bytes) {
      how_.progress.reach(job_.number, before + bytes);
    };
    const auto stored = client::carry_object(original.at, original.facts, how_.session.client, to_, carrying);
    if (!stored) return failed_upload(job_, stored.error(), false);
    carried_ += stored->bytes;
    Transferred result{stored->bytes, stored->parts, 0, stored->etag.text(), {}, stored->proof};
    if (stored->checksum)
      result.checksum =
          fmt::format("{} {}", traits(stored->checksum->algorithm).name, stored->checksum->base64());
    return result;
  }

  const Job& job_;
  const S3Url& from_;
  const S3Url& to_;
  const Transferring& how_;
  std::uint64_t carried_ = 0;
};

}  // namespace

std::expected<Transferred, VerbError> carry(const Job& job, const Transferring& how) {
  Carrier carrier(job, how);
  return how.options.versions ? carrier.carry_versions() : carrier.carry_current();
}

std::expected<std::vector<std::string>, VerbError> compare(const Job& job, const Transferring& how) {
  Carrier carrier(job, how);
  return how.options.versions ? carrier.compare_versions() : carrier.compare_current();
}

}  // namespace partsmith::cli
