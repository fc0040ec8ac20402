#pragma once
/// Tags of objects, as the families speak of them.

#include <map>
#include <string>

#include <partsmith/conformance/context.h>

namespace partsmith::conformance::checks {

/// In no order: S3 promises none.
using Tags = std::map<std::string, std::string>;

client::S3Request getting_tags(const CheckContext& c, std::string_view name = "object");
/// Those of a TagSet document.
Tags tags_of(const Answer& answer);
/// GetObjectTagging, and what it has to tell.
Answer expect_tags(CheckContext& c, std::string_view name, const Tags& expected);

}  // namespace partsmith::conformance::checks
