#pragma once
/// The credentials and instant of the examples in the S3 API reference.

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv4.h>

namespace partsmith::protocol::documented {

inline constexpr std::string_view access_key = "AKIAIOSFODNN7EXAMPLE";
inline constexpr std::string_view secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view amz_date = "20130524T000000Z";

inline sigv4::Credentials credentials() {
  return {std::string(access_key), std::string(secret_key), ""};
}
inline sigv4::Scope scope() {
  return {"20130524", "us-east-1", "s3"};
}
inline Sha256 key() {
  return sigv4::signing_key(secret_key, scope());
}
inline TimePoint now() {
  return parse_amz_date(amz_date).value();
}

}  // namespace partsmith::protocol::documented
