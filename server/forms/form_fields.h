#pragma once
/// The fields of a POST form that stand before its file, and what they mean as an object's headers.
/// Source: S3 API reference, "POST Object"; recordings post-*.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "visit.h"

namespace partsmith::server {

/// In order, names as they came. FormReader bounds their bytes.
using FormFields = std::vector<std::pair<std::string, std::string>>;

/// The first field of that name, whatever its letter case.
std::optional<std::string_view> form_field(const FormFields& fields, std::string_view name);

/// A field that counts twice would let the policy speak of one and the object be made from the other:
/// InvalidArgument. Names are compared in any letter case, and as the headers that they become. Unsettled on
/// Amazon S3. Fields that count for nothing (x-ignore-*) may be repeated.
S3Result<void> check_each_field_once(const FormFields& fields);

/// Puts the file's name where a field says ${filename}, but in the policy. What comes out is bounded like
/// what came: MaxPostPreDataLengthExceeded.
S3Result<void> insert_file_name(FormFields& fields, std::string_view filename);

/// The fields that speak of the object, as the headers of other operations. User metadata is UTF-8 as it
/// came; in other values what Latin-1 doesn't have becomes a space (recorded: post-non-ascii-metadata).
/// InvalidArgument for names and values that no head can carry.
S3Result<protocol::Headers> headers_of(const FormFields& fields);

/// `<Tagging>` of the form; another document has no tags (recorded: post-tagging-invalid). MalformedXML, and
/// the errors of check_tags().
S3Result<storage::NameValues> form_tags(const FormFields& fields);

/// Too much stands before the file.
protocol::S3Error too_much_before_file();

}  // namespace partsmith::server
