#pragma once
/// What a run learns about an endpoint, whichever check met it, and what it may still spend. Safe from any
/// thread.

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <partsmith/client/http_client.h>
#include <partsmith/conformance/check.h>

namespace partsmith::conformance {

/// What a request asks for, as permissions tell requests apart: "PUT object ?tagging", "GET bucket ?uploads",
/// "GET object unsigned".
inline constexpr std::string_view unsigned_mark = " unsigned";
std::string operation_of(const client::HttpRequest& request, const std::string& bucket);

/// Which operations the key was ever allowed, and whether waiting for what was set to come in force helps.
class Evidence {
 public:
  void note_success(const std::string& operation);
  bool was_allowed(const std::string& operation) const;
  /// Whether an error ever had that code.
  void note_code(const std::string& code);
  bool was_told(const std::string& code) const;
  /// Without the right to list a bucket, S3 answers AccessDenied for keys that aren't there.
  bool may_list() const;
  /// A check waited for a setting to come in force; `helped`: it did. An endpoint that never does so keeps
  /// the others waiting in vain.
  void note_wait(bool helped);
  bool waits_are_vain() const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> allowed_;  ///< this and what follows is guarded by mutex_
  std::set<std::string> codes_;
  unsigned vain_waits_ = 0;  ///< since one helped
};

/// What a run may send beyond the cost that its checks state, for requests and checks that are made again:
/// what the user's limits leave.
class Allowance {
 public:
  Allowance(std::optional<std::uint64_t> requests, std::optional<std::uint64_t> bytes)
      : requests_(requests), bytes_(bytes) {}

  /// What a check stated and didn't need.
  void give(const Cost& unspent);
  /// False, and nothing taken, when there isn't so much.
  bool take(const Cost& cost);

 private:
  std::mutex mutex_;
  std::optional<std::uint64_t> requests_;  ///< none: no end of them; guarded by mutex_
  std::optional<std::uint64_t> bytes_;     ///< the same
};

}  // namespace partsmith::conformance
