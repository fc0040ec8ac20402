#pragma once
/// User metadata between header and store. A header carries ASCII, so S3 decodes RFC 2047's encoded words
/// before it stores a value and encodes what is not plain ASCII before it answers; a byte that is no ASCII is
/// taken for Latin-1. Source: recordings (user-metadata-rfc2047, user-metadata-rfc2047-bad-base64,
/// presigned-put-non-ascii-metadata); S3 user guide, "Working with object metadata".

#include <string>
#include <string_view>

namespace partsmith::server {

/// The UTF-8 text that a header's value says. A word that can't be decoded stays as it is; bytes that are no
/// text become U+FFFD.
std::string metadata_from_header(std::string_view value);

/// The header's value that says this UTF-8 text: the text itself when it is plain ASCII, else one encoded
/// word. Where most of it is ASCII the word has "Q", else "B".
std::string metadata_to_header(std::string_view text);

}  // namespace partsmith::server
