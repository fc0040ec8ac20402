#pragma once
/// `perform` by forwarding: each operation is signed anew and carried out by an upstream. What can't be
/// forwarded, as the configuration of a bucket of which only a prefix is ours, is NotImplemented.

#include "engine.h"
#include "forward/name_map.h"

namespace partsmith::server {

struct XmlNames;

/// Who may do what the upstream says, also to those who sign nothing.
class UpstreamDecides final : public Policy {
 public:
  S3Result<void> check(const Principal&, std::string_view, const Target&,
                       const Circumstances&) const override {
    return {};
  }
};

class ForwardingEngine final : public Engine {
 public:
  /// `upstream` outlives it.
  ForwardingEngine(Upstream& upstream, NameMap names) : upstream_(upstream), names_(std::move(names)) {}

  Outcome perform(Visit& visit) override;
  /// The upstream does, where names aren't mapped or the request stays within a bucket or a key. Methods that
  /// S3 hasn't go no further: HTTP gives some a meaning of their own.
  bool judges(const Visit& visit) const override;
  /// The upstream's own answer.
  Outcome preflight(Visit& visit) override;
  /// By the rules that the upstream has now.
  bool cors_allows(Visit& visit, std::string_view bucket, std::string_view origin,
                   std::string_view method) override;
  /// Nothing: the upstream's answer says it.
  void let_pages_read(Visit&, Response&) override {}
  bool has_bucket(Visit& visit, const BucketName& bucket) override;
  /// The upstream knows who owns what.
  S3Result<void> check_owner(const protocol::Headers&) override { return {}; }
  std::optional<std::string> region_of(Visit&, const BucketName&) override { return std::nullopt; }

 private:
  Outcome forward(Visit& visit, const std::optional<UpstreamPlace>& place);
  /// Where the place has other names than the client's, or the answer says where it is.
  std::optional<XmlNames> names_for(const Visit& visit, const std::optional<UpstreamPlace>& place) const;
  /// A request of the gateway's own, and its answer's body: of 64 KiB at most.
  struct Told {
    int status = 0;
    std::string body = {};
  };
  std::expected<Told, UpstreamFailure> ask(const Visit& visit, UpstreamRequest request);

  Upstream& upstream_;
  const NameMap names_;
};

}  // namespace partsmith::server
