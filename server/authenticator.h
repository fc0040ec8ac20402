#pragma once
/// Verifies who a request is from, before one byte of its body is accepted.

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include <partsmith/protocol/error.h>
#include <partsmith/values/time.h>

#include "addressing.h"
#include "authorisation.h"
#include "claim.h"
#include "forms/post_policy.h"
#include "http/message.h"
#include "payload_signature.h"
#include "signing_keys.h"

namespace partsmith::server {

/// The one key pair that a server knows, and how strictly it reads scopes.
struct AccessPolicy {
  std::string access_key;  ///< empty: any, each with the same secret
  std::string secret_key;
  std::string session_token = {};  ///< that goes along with the key; empty: any is taken
  std::string region;
  bool strict_region = false;
};

/// Which regions a signature may be for. Amazon S3 has an endpoint for each and refuses every other; one that
/// stands in for all of them takes any name, but where a bucket is made: its region is the signature's
/// (aws-cli#2954).
enum class SignedRegion { any, of_aws };

/// What a signature proves.
struct Proof {
  Principal principal = {};
  PayloadSignature payload = {};
};

class Authenticator {
 public:
  explicit Authenticator(AccessPolicy policy) : policy_(std::move(policy)) {}

  /// Of who signs for none.
  std::string_view region() const { return policy_.region; }

  /// Signature V4 or (as S3's oldest regions still accept) V2, of a header or presigned; who claims nothing
  /// is anonymous. S3's error otherwise: AuthorizationHeaderMalformed (or AuthorizationQueryParametersError)
  /// with Region when the signature is for another region than `region` allows.
  S3Result<Proof> verify(const Claim& claim, const Request& request, const Address& address,
                         const Clock& clock, SignedRegion region) const;

  /// Who a POST form's fields prove to have signed it: the policy is what is signed. Without one it is
  /// nobody's. AccessDenied when no field claims a signature of it.
  S3Result<Principal> verify_form(const FormFields& fields) const;

 private:
  S3Result<Proof> signature_v4(const SignatureClaim& claim, const Request& request, const Address& address,
                               const Clock& clock, SignedRegion region) const;
  S3Result<Proof> signature_v2(const protocol::sigv2::Claim& claim, const Request& request,
                               const Address& address, const Clock& clock) const;

  /// InvalidToken, and InvalidAccessKeyId where none was sent, if the key goes along with another.
  S3Result<void> check_token(const std::string& access_key, std::optional<std::string_view> sent) const;

  bool knows(std::string_view access_key) const {
    return policy_.access_key.empty() ? !access_key.empty() : access_key == policy_.access_key;
  }

  AccessPolicy policy_;
  std::unique_ptr<SigningKeys> keys_ = std::make_unique<SigningKeys>();
};

/// As a header or in the query of a presigned URL; none: there is none.
std::optional<std::string_view> session_token_of(const Request& request, const protocol::Query& query);

/// InvalidArgument, of a POST form that lacks a field.
protocol::S3Error missing_form_field(std::string_view name);

}  // namespace partsmith::server
