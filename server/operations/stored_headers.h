#pragma once
/// The one table of headers that are stored with an object and answered with it, and what makes each valid,
/// wherever the text comes from: a request's head, a presigned query, a form, another object, a data folder
/// that an older partsmith wrote. docs/stored-headers.md has the table with its sources.

#include <array>
#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

#include "visit.h"

namespace partsmith::server {

struct StoredHeader {
  enum class Value {
    text,       ///< whatever a field can carry
    encodings,  ///< likewise; of a body that came so, without aws-chunked (reported: versitygw#2427)
    redirect,   ///< where a website's visitor is sent
  };

  std::string_view name;  ///< in lower case
  Value value = Value::text;
  bool copied = true;  ///< by CopyObject with the directive COPY
};

inline constexpr auto stored_headers = std::to_array<StoredHeader>({
    {.name = "content-type"},
    {.name = "content-encoding", .value = StoredHeader::Value::encodings},
    {.name = "cache-control"},
    {.name = "content-disposition"},
    {.name = "content-language"},
    {.name = "expires"},
    {.name = "x-amz-website-redirect-location", .value = StoredHeader::Value::redirect, .copied = false},
});

inline constexpr std::string_view user_metadata_prefix = "x-amz-meta-";
/// Of a name in lower case.
inline bool is_user_metadata(std::string_view name) { return name.starts_with(user_metadata_prefix); }

/// Those that the request names; without a Content-Type it is binary/octet-stream. Lines of one name have
/// been joined (header_lines.h). InvalidRedirectLocation.
S3Result<storage::NameValues> stored_headers_from(const protocol::Headers& headers);

/// What a copy keeps of its source's, beside what its request says of those that aren't copied.
storage::NameValues copied_headers(const storage::NameValues& of_source,
                                   const storage::NameValues& of_request);

/// Adds them to an answer. Names that are no token are left out and counted in x-amz-missing-meta, control
/// characters become spaces: a store may hold what would be refused today.
void add_stored(protocol::Headers& answer, const storage::ObjectAttributes& attributes);

/// How the text of a field stands in what is checked.
enum class FieldText {
  plain,    ///< its bytes are sent as they are
  encoded,  ///< user metadata, whose value is sent as an encoded word where it has to be
};

/// Whether a text that didn't arrive in a head may become a header: InvalidArgument for a name that is no
/// token, and for control characters in a plain value. Amazon S3's words for these aren't known.
S3Result<void> check_field(std::string_view name, std::string_view value, FieldText text);

/// The value of a parameter that becomes a header: in ISO-8859-1. InvalidArgument for what that doesn't have
/// (recorded: presigned-get-response-header-non-latin1) and for control characters.
S3Result<std::string> header_from_parameter(std::string_view parameter, std::string_view utf8);

}  // namespace partsmith::server
