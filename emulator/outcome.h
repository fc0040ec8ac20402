#pragma once
/// What the rooms below tell as values is thrown here.

#include <expected>
#include <string>
#include <utility>

#include <partsmith/emulator.h>

namespace partsmith {

/// The value; an error as EmulatorError, with what it is about before it.
template <class Value>
Value value_or_throw(const std::string& about, std::expected<Value, std::string> outcome) {
  if (!outcome) throw EmulatorError(about + ": " + outcome.error());
  return *std::move(outcome);
}
inline void value_or_throw(const std::string& about, const std::expected<void, std::string>& outcome) {
  if (!outcome) throw EmulatorError(about + ": " + outcome.error());
}

}  // namespace partsmith
