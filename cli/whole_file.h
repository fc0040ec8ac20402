#pragma once
/// Files that others wait for, or trust: there whole or not at all, and nowhere but where they were asked
/// for.

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace partsmith::cli {

/// Writes a file (0644, as the umask lets it) by way of a new one beside it. Refuses a path at which there is
/// anything but a file: a link would lead the writing elsewhere. The error is one line without the path.
std::expected<void, std::string> write_whole_file(const std::filesystem::path& path, std::string_view text);

}  // namespace partsmith::cli
