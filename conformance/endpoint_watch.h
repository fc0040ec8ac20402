#pragma once
/// Whether the endpoint is still there. A server that falls may be started again by whoever keeps it; one
/// that stays away, is full, silent or always busy ends the run.

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include <partsmith/client/s3_client.h>

namespace partsmith::conformance {

/// Safe from any thread.
class EndpointWatch {
 public:
  struct Settings {
    std::string bucket;       ///< where it is looked for
    bool owns_bucket = true;  ///< the run's own, made anew when the server has forgotten it
    unsigned jobs = 1;
    int attempts = 1;  ///< of a request that the endpoint is too busy for
    std::stop_token stop = {};
  };

  EndpointWatch(client::S3Client& client, Settings settings)
      : client_(client), settings_(std::move(settings)) {}

  void begins(const std::string& check);
  void ends(const std::string& check);

  bool is_there() { return look().has_value(); }
  /// A check found nobody there, after so many falls that it knew of when it began. Waits for the server to
  /// come back; false when it doesn't: it is lost then, for this reason.
  bool comes_back(unsigned falls_before, const std::string& why);
  unsigned falls() const;
  /// The run's own bucket isn't there any more: what one check asked for, or what the server made of it, took
  /// it from the others. It is made again.
  bool made_bucket_again();

  /// "the endpoint " and how; the first reason counts.
  void lose(const std::string& how);
  /// Empty: it isn't lost.
  std::string lost() const;

  /// A server that answers nothing any more, or is always too busy, would keep every further check waiting,
  /// too.
  void note_patience(bool timed_out, const std::string& busy);

 private:
  /// The status that its bucket has there, 0 if that isn't told; none where nobody listens.
  std::optional<int> look();
  bool has_come_back();
  std::string running() const;

  client::S3Client& client_;
  const Settings settings_;
  std::mutex waiting_;  ///< held by the one that waits for the server; the others wait for that one
  mutable std::mutex mutex_;
  std::multiset<std::string> running_;  ///< checks; this and what follows is guarded by mutex_
  std::string ran_then_;                ///< when it fell last
  unsigned falls_ = 0;
  std::string lost_;
  unsigned silent_ = 0;  ///< checks in a row that waited in vain
  unsigned busy_ = 0;    ///< checks in a row that heard of nothing else
};

}  // namespace partsmith::conformance
