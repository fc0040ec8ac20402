#pragma once
/// Bounds of XML: what reading a document may cost, and texts that any reader can read.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/xml.h>

namespace partsmith::protocol {

/// What a document may cost. Reading one takes, while it is read, up to six times its bytes and 300 bytes for
/// each node. The defaults are those of parse_xml(text): the largest answer of S3, ListBuckets with 10,000
/// buckets, has 50,000 nodes.
struct XmlLimits {
  std::size_t bytes = std::size_t{16} << 20U;
  std::size_t nodes = 80'000;     ///< elements, comments, CDATA sections and instructions
  std::size_t attributes = 16;    ///< of one element; tinyxml2 compares each with each
  std::size_t tag_bytes = 4'096;  ///< of one tag, with its name and attributes
  std::size_t depth = 32;         ///< S3's deepest document has six levels
};

/// Whether the text costs no more. Says nothing about whether it is well-formed. One pass, no memory.
bool xml_fits(std::string_view text, const XmlLimits& limits);

/// Nothing when the text is not one well-formed document, or exceeds the limits.
std::optional<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits);

/// The text with every character that XML 1.0 has no way to write as U+FFFD: control characters, U+FFFE,
/// U+FFFF. For errors, which hold whatever a client sent. Documents of S3 have a reference to such a
/// character all the same (net-amazon-s3#67, botocore#3496, minio-py#716), and clients that meet them ask for
/// encoding-type=url.
std::string xml_readable(std::string_view text);

}  // namespace partsmith::protocol
