#pragma once
/// A second account before a server that knows one: as much of it as the checks of other accounts need.

#include <mutex>
#include <set>
#include <string>

#include "mutation.h"

namespace partsmith::test {

/// The access key of the second account; its secret is that of the tests.
inline constexpr const char* other_account = "another";

/// Nobody's requests are what another account's are to a server of one account, until something was granted.
/// Safe from any thread.
class Accounts {
 public:
  server::Response answer(const Asked& asked, server::Request& request, const Next& next);

 private:
  server::Response of_other(const Asked& asked, server::Request& request, const Next& next);
  void note_what_first_does(const Asked& asked, server::Request& request);
  /// Takes what is granted to the second account out of a request of the first.
  void note_grants(const Asked& asked, server::Request& request);
  bool is_granted(const Asked& asked, const std::string& path);

  std::mutex mutex_;
  // What follows is guarded by mutex_.
  std::set<std::string> readable_;  ///< paths of objects
  std::set<std::string> writable_;  ///< of buckets
  std::set<std::string> owned_;     ///< of objects that the second account wrote
};

}  // namespace partsmith::test
