#pragma once
/// The media type that goes with a file's name.

#include <string_view>

namespace partsmith::client {

/// By the last extension, in any case; `binary/octet-stream`, S3's own default, for any other.
std::string_view content_type_of(std::string_view name);

}  // namespace partsmith::client
