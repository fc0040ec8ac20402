#pragma once
/// Requests by the keys of another account.

#include "checks/making.h"

namespace partsmith::conformance::checks {

/// Whose the keys are, by their canonical IDs.
struct Accounts {
  std::string own;
  std::string other;
};
/// What two_accounts() costs.
inline constexpr Cost of_two_accounts{2, 100'000};

/// Two keys of one account may do the same: then the endpoint doesn't offer what the check is about.
Accounts two_accounts(CheckContext& c);

}  // namespace partsmith::conformance::checks
