#pragma once
/// What can be compared of an answer.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/explore/explore.h>

#include "minted.h"
#include "step.h"

namespace partsmith::explore {

/// Aspects and their values, in the order in which they are compared: "answer" (status and code), "header
/// etag", "length", "body", "xml ListPartsResult/Part[2]/ETag".
using Observation = std::vector<std::pair<std::string, std::string>>;

/// Of what the server made, the names that `minted` has; dates are "(date)"; messages, request ids, owners
/// and URLs are left out. Of a refusal status and code alone.
Observation observe(const Step& step, const client::S3Answer& answer, Minted& minted);

/// The first aspect that differs.
std::optional<Difference> compare(const Step& step, const Observation& expected, const Observation& actual);

}  // namespace partsmith::explore
