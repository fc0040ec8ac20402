#pragma once
/// The condition `*`: an object must be there, whatever its ETag. It stands where the ETag of a condition
/// stands, as in HTTP; no object has this text for its own.

#include <partsmith/values/etag.h>

namespace partsmith::storage {

inline ETag any_etag() { return ETag::from_stored("*"); }

/// Whether an object of this ETag fulfils the condition.
inline bool fulfils(const ETag& condition, const ETag& object) {
  return condition == object || condition.text() == "*";
}

}  // namespace partsmith::storage
