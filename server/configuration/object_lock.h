#pragma once
/// A bucket's Object Lock: that its versions can be locked, and how new ones are that don't say.
/// Source: S3 API reference, PutObjectLockConfiguration; S3 user guide, "Locking objects with Object Lock".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

#include "outcome.h"

namespace partsmith::server {

struct DefaultRetention {
  storage::Retention::Mode mode = storage::Retention::Mode::governance;
  std::uint32_t days = 0;   ///< either of them
  std::uint32_t years = 0;  ///< is 0

  storage::Retention of_version_made(TimePoint time) const;
};

struct ObjectLock {
  std::optional<DefaultRetention> default_retention = {};
};

std::string_view to_string(storage::Retention::Mode mode);
std::optional<storage::Retention::Mode> retention_mode(std::string_view name);

/// MalformedXML (recorded: object-lock-configuration-malformed); InvalidArgument: a period that isn't
/// positive, or is longer than a hundred years; NotImplemented: event holds.
S3Result<ObjectLock> parse_object_lock(std::string_view document);
std::string object_lock_document(const ObjectLock& lock);

}  // namespace partsmith::server
