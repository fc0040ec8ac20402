#pragma once
/// A sequence as a Python script that needs nothing but Python: it makes a bucket of its own, sends the
/// requests, shows the answers, and removes the bucket.

#include <string>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/explore/explore.h>

#include "step.h"

namespace partsmith::explore {

/// `difference` is what the answers to the last step differ in. The keys come from the environment.
std::string python_script(const client::S3Client& endpoint, const std::vector<Step>& steps,
                          const Difference& difference);

}  // namespace partsmith::explore
