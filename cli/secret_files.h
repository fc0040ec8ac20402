#pragma once
/// Secrets that lie in files, and who else may read those.

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace partsmith::cli {

/// The first line of a file, without its end: at most 1 KiB. Pipes will do. The error is one line fit for a
/// person.
std::expected<std::string, std::string> read_secret(const std::filesystem::path& path);

/// A line that warns of a file which every user of the machine may read; nothing when that isn't so. It is no
/// reason to refuse the file: secrets that are mounted into a container often are 0644, and nobody else lives
/// there.
std::optional<std::string> warning_about(const std::filesystem::path& secret);

/// Keeps other processes of this user from reading the memory of this one (ptrace, /proc/PID/mem), and the
/// system from writing it to a core file. Not in builds with a sanitizer, which needs that itself.
void keep_memory_private();

}  // namespace partsmith::cli
