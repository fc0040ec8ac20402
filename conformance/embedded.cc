#include "embedded.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace partsmith::conformance {

std::string embedded_file(std::string_view name) {
  const auto files = embedded_files();
  const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
  if (file == files.end()) throw std::logic_error("not part of the program: " + std::string(name));
  std::string text(file->size, '\0');
  uLongf size = text.size();
  const auto bytes = reinterpret_cast<Bytef*>(text.data());
  if (uncompress(bytes, &size, file->compressed.data(), file->compressed.size()) != Z_OK ||
      size != file->size)
    throw std::logic_error("damaged in the program: " + std::string(name));
  return text;
}

}  // namespace partsmith::conformance
