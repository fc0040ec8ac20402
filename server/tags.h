#pragma once
/// Tags of buckets and objects: the rules for them, and their XML document. Source: S3 API reference,
/// PutObjectTagging and PutBucketTagging; S3 user guide, "Categorizing your objects using tags".

#include <cstddef>
#include <string>
#include <string_view>

#include <partsmith/protocol/xml.h>
#include <partsmith/storage/types.h>

#include "visit.h"

namespace partsmith::server {

/// What differs between the two.
struct TagRules {
  std::size_t most;
  std::string_view too_many;  ///< S3's texts
  std::string_view reserved;
};
inline constexpr TagRules object_tag_rules{10, "Object tags cannot be greater than 10",
                                           "Your TagKey cannot be prefixed with aws:"};
inline constexpr TagRules bucket_tag_rules{50, "Bucket tag count cannot be greater than 50",
                                           "System tags cannot be added/updated by requester"};

/// Keys of 1 to 128 UTF-16 units and values of up to 256, of letters, digits, spaces and + - = . _ : / @,
/// each key once. BadRequest (too many), InvalidTag.
S3Result<void> check_tags(const storage::NameValues& tags, const TagRules& rules);

/// `<TagSet>`, or another element with `<Tag>`s in it. MalformedXML, and the errors of check_tags().
S3Result<storage::NameValues> parse_tags(const protocol::XmlElement& set, const TagRules& rules);
/// A document without a TagSet has no tags. MalformedXML, and the errors of check_tags().
S3Result<storage::NameValues> parse_tagging(std::string_view document, const TagRules& rules);
std::string tagging_document(const storage::NameValues& tags);

}  // namespace partsmith::server
