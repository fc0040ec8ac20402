#pragma once
/// Times as some of Amazon S3's errors tell them.

#include <string>

#include <partsmith/values/time.h>

namespace partsmith::server {

/// `Tue Dec 31 16:00:00 PST 2019`: the local time of Los Angeles, by the rules of summer time since 2007
/// (recorded: retention-errors).
std::string pacific_time(TimePoint time);

}  // namespace partsmith::server
