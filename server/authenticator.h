#pragma once
/// Decides who a request is from, before one byte of its body is accepted.

#include <expected>
#include <string>

#include <partsmith/protocol/error.h>
#include <partsmith/values/time.h>

#include "addressing.h"
#include "call.h"
#include "forms/post_policy.h"
#include "http/message.h"

namespace partsmith::server {

/// The one key pair that a server knows, and how strictly it reads scopes.
struct AccessPolicy {
  std::string access_key;
  std::string secret_key;
  std::string region;
  bool strict_region = false;
};

/// Which regions a signature may be for. Amazon S3 has an endpoint for each and refuses every other; one that
/// stands in for all of them takes any name, but where a bucket is made: its region is the signature's
/// (aws-cli#2954).
enum class SignedRegion { any, of_aws };

class Authenticator {
 public:
  explicit Authenticator(AccessPolicy policy) : policy_(std::move(policy)) {}

  /// The identity that the request's signature proves: header or presigned, Signature V4 or (as S3's oldest
  /// regions still accept) V2. S3's error otherwise; a request that claims nothing is AccessDenied.
  /// AuthorizationHeaderMalformed (or AuthorizationQueryParametersError) with Region when the signature is
  /// for another region than `region` allows.
  std::expected<Identity, protocol::S3Error> authenticate(const Request& request, const Address& address,
                                                          TimePoint now, SignedRegion region) const;

  /// The identity that a POST form's fields prove: the policy is what is signed. AccessDenied when no field claims any.
  std::expected<Identity, protocol::S3Error> authenticate_form(const FormFields& fields) const;

  /// Whether the request claims any identity at all.
  static bool is_anonymous(const Request& request, const Address& address);

 private:
  std::expected<Identity, protocol::S3Error> signature_v4(const Request& request, const Address& address,
                                                          TimePoint now, bool presigned,
                                                          SignedRegion region) const;
  std::expected<Identity, protocol::S3Error> signature_v2(const Request& request, const Address& address, TimePoint now,
                                                          bool presigned) const;

  AccessPolicy policy_;
};

/// NotImplemented: partsmith has no Signature V4A.
protocol::S3Error unsupported_sigv4a();
/// InvalidArgument, of a POST form that lacks a field.
protocol::S3Error missing_form_field(std::string_view name);

}  // namespace partsmith::server
