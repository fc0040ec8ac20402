/// `mc ready ALIAS` of health checks, and `mc mb FOLDER/BUCKET`, which makes a folder that is a bucket when
/// the server starts (drop_in.h).

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "health.h"
#include "stand_ins/stand_ins.h"
#include "standard_streams.h"

namespace partsmith::cli {
namespace {

int refuse(const std::string& message) {
  tell_line("mc: " + message);
  return 1;
}

int make_folder_of_bucket(const std::string& path) {
  if (!path.starts_with('/') && !path.starts_with('.'))
    return refuse(fmt::format("{}: here a bucket is made as a folder of the server's, with a path", path));
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return refuse(fmt::format("{}: {}", path, error.message()));
  return 0;
}

}  // namespace

int minio_client(std::span<const std::string> arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    if (argument == "--with-lock")
      return refuse(
          "--with-lock: a folder has no object lock; `--bucket NAME:locked` makes a bucket that has");
    if (!argument.starts_with('-')) words.push_back(argument);
  }
  if (words.size() == 2 && words.front() == "ready") {
    const auto well = health({.url = {},
                              .ca_file = {},
                              .insecure = std::ranges::count(arguments, "--insecure") > 0,
                              .quiet = true});
    if (!well) return refuse(well.error());
    return 0;
  }
  if (words.size() == 2 && words.front() == "mb") return make_folder_of_bucket(words.back());
  return refuse(
      "of mc this image has `mc ready ALIAS` and `mc mb FOLDER/BUCKET` alone; minio/mc and partsmith's own "
      "commands do the rest");
}

}  // namespace partsmith::cli
