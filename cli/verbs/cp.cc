#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include <partsmith/client/key_listing.h>

#include "source_connection.h"
#include "verbs/both_sides.h"
#include "verbs/folder_walk.h"
#include "verbs/text.h"
#include "verbs/transfers.h"

namespace partsmith::cli {
namespace {

using client::S3Url;
using Path = std::filesystem::path;

VerbResult add_files(const Path& folder, const Place& to, const TransferOptions& options,
                     Transfers& transfers) {
  const FolderWalk walk{.follow_links = !options.no_follow_links,
                        .file =
                            [&](const Path& path) {
                              const auto name = path.lexically_relative(folder).string();
                              return !takes(options.filters, name) || transfers.add({path, inside(to, name)});
                            },
                        .refuse =
                            [&](const Path& path, const std::string& why) {
                              if (!takes(options.filters, path.lexically_relative(folder).string())) return;
                              transfers.refuse({fmt::format("{}: {}", printable(path.string()), why)});
                            }};
  if (const auto walked = walk_folder(folder, walk); !walked) return failed(walked.error());
  return {};
}

/// A key could climb out of the folder, or name one.
bool can_be_a_file(const std::string& name) {
  const Path path(name);
  return !name.empty() && !path.is_absolute() && name.find('\0') == std::string::npos &&
         !name.ends_with('/') &&
         std::ranges::none_of(path, [](const Path& piece) { return piece == ".." || piece == "."; });
}

VerbResult add_objects(const S3Url& folder, const Place& to, const TransferOptions& options,
                       const Sides& sides, Transfers& transfers) {
  const auto prefix = folder.folder();
  const bool to_files = std::holds_alternative<Path>(to);
  client::KeyListing listing(
      sides.source, folder.bucket, prefix,
      options.versions ? client::KeyListing::Of::versions : client::KeyListing::Of::objects,
      sides.session.call_policy);
  while (true) {
    auto found = listing.next();
    if (!found) return failed(folder.text(), found.error());
    if (!*found) return {};
    auto& [key, versions] = **found;
    const auto name = key.substr(prefix.size());
    const bool folder_marker = name.empty() || (to_files && name.ends_with('/') && versions.back().size == 0);
    if (folder_marker || !takes(options.filters, name)) continue;
    const S3Url url{folder.bucket, key};
    if (to_files && !can_be_a_file(name)) {
      transfers.refuse({fmt::format("{}: its key cannot be the name of a file", printable(url.text()))});
      continue;
    }
    if (!transfers.add({url, inside(to, name), 0, std::move(versions)})) return {};
  }
}

/// What a copy between two services, or of versions, can't do.
VerbResult check_between(const TransferOptions& options, const Sides& sides, bool both_s3) {
  const bool compares = options.verify || options.verify_only;
  if ((options.versions || compares) && !both_s3)
    return misused("--versions and --verify are for copies from s3:// to s3://");
  if (options.verify && options.dry_run)
    return misused("--verify copies first: with --dry-run it is --verify-only");
  const bool between = both_s3 && (!sides.are_one() || options.versions);
  if (between && (options.resume || options.keep))
    return misused("--resume and --keep are for uploads of files and streams, and copies inside a service");
  return {};
}

/// Versions are kept in their order only where there are versions.
VerbResult check_keeps_versions(const S3Url& to, Session& session) {
  const auto answer =
      client::call(session.client, client::get_bucket_versioning(to.bucket), session.call_policy);
  if (!answer) return failed(to.text(), answer.error());
  const auto document = answer->document();
  if (document && document->child_text("Status") == "Enabled") return {};
  return failed(fmt::format("s3://{} keeps no versions: enable its versioning first", to.bucket));
}

VerbResult check(const Place& from, const Place& to, const TransferOptions& options, const Sides& sides,
                 Mode mode) {
  const bool from_s3 = std::holds_alternative<S3Url>(from);
  const bool to_s3 = std::holds_alternative<S3Url>(to);
  if (std::holds_alternative<client::RedisUrl>(to)) return misused("Redis can be a source only");
  if (!from_s3 && !to_s3) return misused("source or destination must be s3://BUCKET/KEY");
  const bool lasting = from_s3 || std::holds_alternative<Path>(from);
  if (mode == Mode::move && (!lasting || std::holds_alternative<StandardStream>(to)))
    return misused("mv moves files and objects only");
  if (options.resume && std::holds_alternative<StandardStream>(from))
    return misused("a stream cannot be read again: --resume needs a file or a Redis list");
  if (options.recursive && (!lasting || std::holds_alternative<StandardStream>(to)))
    return misused("-r needs folders on both sides");
  return check_between(options, sides, from_s3 && to_s3);
}

std::expected<Place, VerbError> destination(const Place& from, const Place& to, const std::string& to_text) {
  if (!is_folder(to, to_text)) return to;
  const auto name = last_name(from);
  if (name.empty())
    return misused(fmt::format("{} is a folder, and the source has no name: name the destination", to_text));
  return inside(to, name);
}

bool same(const Place& a, const Place& b, const Sides& sides) {
  if (!sides.are_one()) return false;
  const auto* left = std::get_if<S3Url>(&a);
  const auto* right = std::get_if<S3Url>(&b);
  return left != nullptr && right != nullptr && *left == *right;
}

VerbResult add_one(const std::string& from_text, const std::string& to_text, const TransferOptions& options,
                   const Sides& sides, Mode mode, Transfers& transfers) {
  Session& session = sides.session;
  const auto from = place_of(from_text);
  if (!from) return std::unexpected(from.error());
  const auto to = place_of(to_text);
  if (!to) return std::unexpected(to.error());
  if (auto ok = check(*from, *to, options, sides, mode); !ok) return ok;
  if (options.versions && mode != Mode::verify) {
    if (auto keeps = check_keeps_versions(std::get<S3Url>(*to), session); !keeps) return keeps;
  }
  if (options.recursive && mode == Mode::verify)
    return compare_folders(std::get<S3Url>(*from), std::get<S3Url>(*to), options, sides, transfers);
  if (options.recursive) {
    if (const auto* url = std::get_if<S3Url>(&*from))
      return add_objects(*url, *to, options, sides, transfers);
    return add_files(std::get<Path>(*from), *to, options, transfers);
  }
  if (const auto* url = std::get_if<S3Url>(&*from); url != nullptr && url->key.empty())
    return misused(fmt::format("{} is a bucket: -r takes all that is in it", from_text));
  std::error_code error;
  if (const auto* path = std::get_if<Path>(&*from);
      path != nullptr && std::filesystem::is_directory(*path, error))
    return misused(fmt::format("{} is a folder: -r takes all that is in it", from_text));
  const auto exact = destination(*from, *to, to_text);
  if (!exact) return std::unexpected(exact.error());
  if (mode == Mode::move && same(*from, *exact, sides))
    return misused(fmt::format("{} is where it is already", from_text));
  Job job{*from, *exact};
  if (options.versions) {
    const auto& url = std::get<S3Url>(*from);
    auto versions = client::versions_of_key(sides.source, url.bucket, url.key, session.call_policy);
    if (!versions) return failed(url.text(), versions.error());
    if (versions->empty()) return failed(fmt::format("{}: it has no versions", printable(url.text())));
    job.versions = *std::move(versions);
  }
  transfers.add(std::move(job));
  return {};
}

VerbResult run(const TransferOptions& options, const Sides& sides, Mode mode) {
  if (options.paths.size() < 2) return misused("it needs a source and a destination");
  const auto& to = options.paths.back();
  const std::vector<std::string> sources(options.paths.begin(), options.paths.end() - 1);
  if (sources.size() > 1) {
    const auto place = place_of(to);
    if (!place) return std::unexpected(place.error());
    if (!is_folder(*place, to)) return misused(fmt::format("several sources need a folder: {}/", to));
  }
  Transfers transfers(options, sides, mode, options.recursive || sources.size() > 1);
  VerbResult added;
  for (const auto& from : sources) {
    added = add_one(from, to, options, sides, mode, transfers);
    if (!added) break;
  }
  auto done = transfers.finish();
  return added ? done : added;
}

/// With the service that is read from.
VerbResult between(const TransferOptions& options, Session& session,
                   const std::function<VerbResult(const Sides&)>& work) {
  if (!says_source(options.source)) return work({session, session.client});
  auto connection = source_connection(options.source, session.client);
  if (!connection) return misused(connection.error());
  client::S3Client source(std::move(connection->endpoint), std::move(connection->options), session.clock);
  return work({session, source});
}

}  // namespace

VerbResult cp(const CpOptions& options, Session& session) {
  return between(options, session, [&](const Sides& sides) {
    if (!options.verify_only) {
      auto copied = run(options, sides, Mode::copy);
      if (!copied || !options.verify) return copied;
    }
    return run(options, sides, Mode::verify);
  });
}

VerbResult mv(const MvOptions& options, Session& session) {
  return between(options, session, [&](const Sides& sides) { return run(options, sides, Mode::move); });
}

}  // namespace partsmith::cli
