#pragma once
/// Files that are part of the program: cmake/PartsmithEmbed.cmake writes them into a source.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace partsmith::conformance {

struct EmbeddedFile {
  std::string_view name;                      ///< relative to this folder: "profiles/minio.json"
  std::span<const unsigned char> compressed;  ///< in zlib's format
  std::size_t size;                           ///< of its text
};

std::span<const EmbeddedFile> embedded_files();

/// Its text. Throws std::logic_error when there is none of that name.
std::string embedded_file(std::string_view name);

}  // namespace partsmith::conformance
