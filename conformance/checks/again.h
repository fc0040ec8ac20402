#pragma once
/// The families that ask again: of the second instance, at the boundary, after a change, at once, and of each
/// operation, what others ask once. docs/conformance/planted.md has the faulty servers that they are for.

#include <vector>

#include <partsmith/conformance/check.h>

namespace partsmith::conformance::checks {

void add_signed_again(std::vector<Check>& checks);
void add_again_keys(std::vector<Check>& checks);
void add_again_listings(std::vector<Check>& checks);
void add_again_uploads(std::vector<Check>& checks);
void add_again_upload_lists(std::vector<Check>& checks);
void add_again_parts(std::vector<Check>& checks);
void add_again_reading(std::vector<Check>& checks);
void add_again_versions(std::vector<Check>& checks);
void add_again_writes(std::vector<Check>& checks);
void add_again_buckets(std::vector<Check>& checks);
void add_again_leftovers(std::vector<Check>& checks);
void add_again_inputs(std::vector<Check>& checks);
void add_seen_before(std::vector<Check>& checks);
void add_names_apart(std::vector<Check>& checks);
void add_pages_apart(std::vector<Check>& checks);
void add_beside(std::vector<Check>& checks);
void add_values_kept(std::vector<Check>& checks);
void add_digests_compared(std::vector<Check>& checks);
void add_conditions_beside(std::vector<Check>& checks);
void add_together(std::vector<Check>& checks);
void add_two_of_each(std::vector<Check>& checks);
void add_versions_told(std::vector<Check>& checks);

}  // namespace partsmith::conformance::checks
