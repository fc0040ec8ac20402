#pragma once
/// What a transfer goes from and to.

#include <filesystem>
#include <string>
#include <variant>

#include <partsmith/client/redis_source.h>

#include "verbs/session.h"

namespace partsmith::cli {

/// "-": stdin or stdout.
struct StandardStream {};

using Place = std::variant<std::filesystem::path, StandardStream, client::S3Url, client::RedisUrl>;

/// By its looks: s3://, redis://, "-", else a path.
std::expected<Place, VerbError> place_of(const std::string& text);
std::string to_string(const Place& place);
/// The last piece of a path, key or list's name; empty when there is none.
std::string last_name(const Place& place);

/// Whether the text means a folder: it ends with '/', is a bucket, or a folder that is there.
bool is_folder(const Place& place, const std::string& text);
/// The place of that name (with slashes between) inside the folder.
Place inside(const Place& folder, const std::string& name);

}  // namespace partsmith::cli
