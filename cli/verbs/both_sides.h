#pragma once
/// Two folders of buckets, gone through side by side.

#include "verbs/transfers.h"

namespace partsmith::cli {

/// Adds each key that both have to what is compared, and notes those that only one has. Memory: a page of
/// each, however many keys there are.
VerbResult compare_folders(const client::S3Url& from, const client::S3Url& to, const TransferOptions& options,
                           const Sides& sides, Transfers& transfers);

}  // namespace partsmith::cli
