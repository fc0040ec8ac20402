#pragma once
/// Keeps web pages out while the secret key is one that every page knows. A page of any site can make a
/// browser on this machine send requests here, signed with the default keys. So the server answers only to
/// names that lead here whatever an attacker's DNS says, serves pages of other origins as far as a bucket's
/// CORS rules let it, and gives browsers documents in a sandbox, where their scripts have no part in this
/// server's origin. What programs send (no Origin, no Sec-Fetch-*) is answered as ever. Sources: Fetch
/// standard, "CORS protocol"; W3C "Fetch Metadata Request Headers"; CSP 3, "sandbox". SECURITY.md has the
/// whole.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "addressing.h"
#include "http/message.h"
#include "outcome.h"

namespace partsmith::server {

struct PageRules {
  bool known_secret = false;  ///< the guard is in force
  /// Further names to answer to, without port or brackets; compared without regard to case.
  std::vector<std::string> allowed_hosts = {};
  bool trust_pages = false;  ///< documents come without a sandbox
};

/// Whether a CORS rule of the bucket allows pages of the origin to send requests of the method.
using CorsAllows =
    std::function<bool(std::string_view bucket, std::string_view origin, std::string_view method)>;

/// Safe from any thread.
class PageGuard {
 public:
  explicit PageGuard(PageRules rules) : rules_(std::move(rules)) {}

  /// AccessForbidden when Host is a name that somebody else could let lead here (DNS rebinding).
  S3Result<void> check_host(const Request& request) const;

  /// AccessForbidden when a page of another origin asks for partsmith's own endpoints, whatever the secret.
  static S3Result<void> check_control(const Request& request);

  /// AccessForbidden when a page of another origin asks for what it may not do. It may do what a CORS rule of
  /// the bucket (of a copy's source, too) allows its origin; a person may follow a link to an object; and
  /// pages of this machine may embed objects (GET, HEAD). A preflight changes nothing, and is always let
  /// through.
  S3Result<void> check_page(const Request& request, const Address& address, const CorsAllows& allows) const;

  /// Puts a document that could run scripts into a sandbox, when a browser asked for it.
  void contain(Response& response, const Request& request) const;

 private:
  PageRules rules_;
};

}  // namespace partsmith::server
