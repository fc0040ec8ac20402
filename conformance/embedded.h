#pragma once
/// Files that are part of the program: cmake/PartsmithEmbed.cmake writes them into a source.

#include <span>
#include <string_view>

namespace partsmith::conformance {

struct EmbeddedFile {
  std::string_view name;  ///< relative to this folder: "profiles/minio.json"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

/// Throws std::logic_error when there is none of that name.
std::string_view embedded_file(std::string_view name);

}  // namespace partsmith::conformance
