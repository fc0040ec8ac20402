#include <algorithm>
#include <array>
#include <utility>

#include <partsmith/client/content_type.h>
#include <partsmith/protocol/headers.h>

namespace partsmith::client {

std::string_view content_type_of(std::string_view name) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array rows{
      Row{"7z", "application/x-7z-compressed"},
      Row{"aac", "audio/aac"},
      Row{"avif", "image/avif"},
      Row{"avi", "video/x-msvideo"},
      Row{"bmp", "image/bmp"},
      Row{"bz2", "application/x-bzip2"},
      Row{"css", "text/css"},
      Row{"csv", "text/csv"},
      Row{"doc", "application/msword"},
      Row{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      Row{"epub", "application/epub+zip"},
      Row{"flac", "audio/flac"},
      Row{"gif", "image/gif"},
      Row{"gz", "application/gzip"},
      Row{"htm", "text/html"},
      Row{"html", "text/html"},
      Row{"ico", "image/vnd.microsoft.icon"},
      Row{"ics", "text/calendar"},
      Row{"jpeg", "image/jpeg"},
      Row{"jpg", "image/jpeg"},
      Row{"js", "text/javascript"},
      Row{"json", "application/json"},
      Row{"jsonl", "application/jsonl"},
      Row{"m4a", "audio/mp4"},
      Row{"md", "text/markdown"},
      Row{"mjs", "text/javascript"},
      Row{"mkv", "video/x-matroska"},
      Row{"mov", "video/quicktime"},
      Row{"mp3", "audio/mpeg"},
      Row{"mp4", "video/mp4"},
      Row{"mpeg", "video/mpeg"},
      Row{"odp", "application/vnd.oasis.opendocument.presentation"},
      Row{"ods", "application/vnd.oasis.opendocument.spreadsheet"},
      Row{"odt", "application/vnd.oasis.opendocument.text"},
      Row{"ogg", "audio/ogg"},
      Row{"otf", "font/otf"},
      Row{"parquet", "application/vnd.apache.parquet"},
      Row{"pdf", "application/pdf"},
      Row{"png", "image/png"},
      Row{"ppt", "application/vnd.ms-powerpoint"},
      Row{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      Row{"rtf", "application/rtf"},
      Row{"svg", "image/svg+xml"},
      Row{"tar", "application/x-tar"},
      Row{"tgz", "application/gzip"},
      Row{"tif", "image/tiff"},
      Row{"tiff", "image/tiff"},
      Row{"ttf", "font/ttf"},
      Row{"txt", "text/plain"},
      Row{"wasm", "application/wasm"},
      Row{"wav", "audio/wav"},
      Row{"webm", "video/webm"},
      Row{"webp", "image/webp"},
      Row{"woff", "font/woff"},
      Row{"woff2", "font/woff2"},
      Row{"xls", "application/vnd.ms-excel"},
      Row{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      Row{"xml", "application/xml"},
      Row{"xz", "application/x-xz"},
      Row{"yaml", "application/yaml"},
      Row{"yml", "application/yaml"},
      Row{"zip", "application/zip"},
      Row{"zst", "application/zstd"},
  };
  name.remove_prefix(name.find_last_of('/') + 1);
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos && dot > 0) {
    const auto extension = protocol::lower_case(name.substr(dot + 1));
    const auto found = std::ranges::find(rows, extension, &Row::first);
    if (found != rows.end()) return found->second;
  }
  return "binary/octet-stream";
}

}  // namespace partsmith::client
