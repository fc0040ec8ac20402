#pragma once
/// Deleting many objects.

#include <functional>
#include <span>
#include <string>

#include "verbs/session.h"

namespace partsmith::cli {

/// Deletes each object whose key begins with the prefix; `told` hears of the keys that are gone, a page at a
/// time, or with `dry_run` of those that would be. Fails, after having tried all of a page, with the first
/// refusal.
VerbResult delete_below(Session& session, const std::string& bucket, const std::string& prefix, bool dry_run,
                        const std::function<void(const std::string&)>& told);
/// All objects and open uploads.
VerbResult empty_bucket(Session& session, const std::string& bucket);

}  // namespace partsmith::cli
