#pragma once
/// The stage `perform`: the only one that knows where the bytes live. Beside it, what the stages around it
/// ask of whoever has the buckets.

#include <optional>
#include <string>
#include <string_view>

#include "visit.h"

namespace partsmith::server {

/// Safe from any thread.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Carries out the visit's operation on its target. It may read the body, once, and promise an answer for
  /// later (Visit::answer_late).
  virtual Outcome perform(Visit& visit) = 0;

  /// Whether it says itself what is wrong with parameters and keys, and with this that asks for no operation.
  virtual bool judges(const Visit& visit) const = 0;

  /// The answer to OPTIONS, which nobody signs.
  virtual Outcome preflight(Visit& visit) = 0;
  /// Whether a CORS rule of the bucket allows pages of the origin to send requests of the method.
  virtual bool cors_allows(Visit& visit, std::string_view bucket, std::string_view origin,
                           std::string_view method) = 0;
  /// Adds what lets a page of another origin read the answer, where a rule allows it.
  virtual void let_pages_read(Visit& visit, Response& response) = 0;
  /// For errors that come before `perform`, and are others where there is no such bucket.
  virtual bool has_bucket(Visit& visit, const BucketName& bucket) = 0;
  /// Who has to own the bucket, or a copy's source, if the request says so: AccessDenied,
  /// InvalidBucketOwnerAWSAccountID. Source: S3 user guide, "Verifying bucket ownership with bucket owner
  /// condition".
  virtual S3Result<void> check_owner(const protocol::Headers& headers) = 0;
  /// The region that answers about the bucket name, made before `perform`; nothing where it isn't known.
  virtual std::optional<std::string> region_of(Visit& visit, const BucketName& bucket) = 0;
};

/// The operations (operations/) on the store of the visit's world. Refuses what partsmith doesn't have
/// (NotImplemented), what the world's vendor doesn't have, headers that the operation refuses, and answers
/// that the memory doesn't suffice for (SlowDown).
class LocalEngine final : public Engine {
 public:
  Outcome perform(Visit& visit) override;
  bool judges(const Visit&) const override { return false; }
  Outcome preflight(Visit& visit) override;
  bool cors_allows(Visit& visit, std::string_view bucket, std::string_view origin,
                   std::string_view method) override;
  void let_pages_read(Visit& visit, Response& response) override;
  bool has_bucket(Visit& visit, const BucketName& bucket) override;
  /// Everything here belongs to one account.
  S3Result<void> check_owner(const protocol::Headers& headers) override;
  std::optional<std::string> region_of(Visit& visit, const BucketName& bucket) override;
};

}  // namespace partsmith::server
