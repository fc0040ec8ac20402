#pragma once
/// The fields of ObjectAttributes that stand otherwise in JSON than in memory.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <partsmith/storage/types.h>

namespace partsmith::storage {

struct EncryptionFields {
  KmsEncryption kms;  ///< the algorithm of any encryption; the rest is empty but under KMS
  std::string customer_key_md5 = {};
};

inline EncryptionFields fields_of(const Encryption& encryption) {
  if (const auto* kms = std::get_if<KmsEncryption>(&encryption)) return {*kms};
  const auto* customer = std::get_if<CustomerKeyEncryption>(&encryption);
  return {{.algorithm = std::string(algorithm_of(encryption))},
          customer == nullptr ? std::string() : customer->key_md5};
}

inline Encryption encryption_from(EncryptionFields fields) {
  if (!fields.customer_key_md5.empty()) return CustomerKeyEncryption{std::move(fields.customer_key_md5)};
  if (fields.kms.algorithm.starts_with("aws:kms")) return std::move(fields.kms);
  return S3Encryption{};
}

inline std::int64_t seconds_from(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Nothing where the number is no time: a damaged column says anything.
inline std::optional<TimePoint> time_from_seconds(std::int64_t seconds) {
  constexpr std::int64_t end_of_year_9999 = 253'402'300'799;
  if (seconds < 0 || seconds > end_of_year_9999) return std::nullopt;
  return TimePoint(std::chrono::seconds(seconds));
}

inline std::string_view mode_name(Retention::Mode mode) {
  return mode == Retention::Mode::compliance ? "COMPLIANCE" : "GOVERNANCE";
}

/// Nothing where the name is no mode's, or the number no time.
inline std::optional<Retention> retention_from(std::string_view mode, std::int64_t milliseconds) {
  if (mode != "COMPLIANCE" && mode != "GOVERNANCE") return std::nullopt;
  const auto seconds = milliseconds < 0 ? std::nullopt : time_from_seconds(milliseconds / 1'000);
  if (!seconds) return std::nullopt;
  return Retention{mode == "COMPLIANCE" ? Retention::Mode::compliance : Retention::Mode::governance,
                   *seconds + std::chrono::milliseconds(milliseconds % 1'000)};
}

}  // namespace partsmith::storage
