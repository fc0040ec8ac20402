#pragma once
/// Who looks at visits as they pass, or acts on them from outside of S3: log, journal, metrics, faults.

#include <optional>

#include "visit.h"

namespace partsmith::server {

/// Safe from any thread. Each function is called on the thread that serves the visit.
class Observer {
 public:
  virtual ~Observer() = default;
  /// The request is authorised, nothing of it is done and its body is unread. What is returned is the outcome
  /// in the operation's place.
  virtual std::optional<Outcome> before(Visit&) { return std::nullopt; }
  /// The operation has ended; if it succeeded, what it did stays done. Called once for each visit that came
  /// so far, late completions too. May put another outcome in its place.
  virtual void committed(Visit&, Outcome&) {}
  /// The answer is made, with its head and its body, of every visit. May change it.
  virtual void answering(Visit&, Response&) {}
  /// The visit has ended: its record, Visit::end(), is complete. Called once for each visit, whatever
  /// happened.
  virtual void sent(const Visit&) {}
};

}  // namespace partsmith::server
