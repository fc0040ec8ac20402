#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/objects.h>

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
                              return !takes(options.filters, name) || transfers.add(path, inside(to, name));
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

VerbResult add_objects(const S3Url& folder, const Place& to, const TransferOptions& options, Session& session,
                       Transfers& transfers) {
  const auto prefix = folder.folder();
  const bool to_files = std::holds_alternative<Path>(to);
  const auto add = [&](const client::ObjectInList& object) {
    const auto name = object.key.substr(prefix.size());
    const bool folder_marker = name.empty() || (to_files && name.ends_with('/') && object.size == 0);
    if (folder_marker || !takes(options.filters, name)) return true;
    if (to_files && !can_be_a_file(name)) {
      transfers.refuse({fmt::format("{}: its key cannot be the name of a file",
                                    printable(S3Url{folder.bucket, object.key}.text()))});
      return true;
    }
    return transfers.add(S3Url{folder.bucket, object.key}, inside(to, name));
  };
  const auto listed = client::each_objects_page(
      session.client, client::list_objects(folder.bucket, prefix, ""), session.call_policy,
      [&](const client::ObjectsPage& page) { return std::ranges::all_of(page.objects, add); });
  if (!listed) return failed(folder.text(), listed.error());
  return {};
}

VerbResult check(const Place& from, const Place& to, const TransferOptions& options, Mode mode) {
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
  return {};
}

std::expected<Place, VerbError> destination(const Place& from, const Place& to, const std::string& to_text) {
  if (!is_folder(to, to_text)) return to;
  const auto name = last_name(from);
  if (name.empty())
    return misused(fmt::format("{} is a folder, and the source has no name: name the destination", to_text));
  return inside(to, name);
}

bool same(const Place& a, const Place& b) {
  const auto* left = std::get_if<S3Url>(&a);
  const auto* right = std::get_if<S3Url>(&b);
  return left != nullptr && right != nullptr && *left == *right;
}

VerbResult add_one(const std::string& from_text, const std::string& to_text, const TransferOptions& options,
                   Session& session, Mode mode, Transfers& transfers) {
  const auto from = place_of(from_text);
  if (!from) return std::unexpected(from.error());
  const auto to = place_of(to_text);
  if (!to) return std::unexpected(to.error());
  if (auto ok = check(*from, *to, options, mode); !ok) return ok;
  if (options.recursive) {
    if (const auto* url = std::get_if<S3Url>(&*from))
      return add_objects(*url, *to, options, session, transfers);
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
  if (mode == Mode::move && same(*from, *exact))
    return misused(fmt::format("{} is where it is already", from_text));
  transfers.add(*from, *exact);
  return {};
}

VerbResult run(const TransferOptions& options, Session& session, Mode mode) {
  if (options.paths.size() < 2) return misused("it needs a source and a destination");
  const auto& to = options.paths.back();
  const std::vector<std::string> sources(options.paths.begin(), options.paths.end() - 1);
  if (sources.size() > 1) {
    const auto place = place_of(to);
    if (!place) return std::unexpected(place.error());
    if (!is_folder(*place, to)) return misused(fmt::format("several sources need a folder: {}/", to));
  }
  Transfers transfers(options, session, mode, options.recursive || sources.size() > 1);
  VerbResult added;
  for (const auto& from : sources) {
    added = add_one(from, to, options, session, mode, transfers);
    if (!added) break;
  }
  auto done = transfers.finish();
  return added ? done : added;
}

}  // namespace

VerbResult cp(const CpOptions& options, Session& session) {
  return run(options, session, Mode::copy);
}

VerbResult mv(const MvOptions& options, Session& session) {
  return run(options, session, Mode::move);
}

}  // namespace partsmith::cli
