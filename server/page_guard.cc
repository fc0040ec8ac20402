#include "page_guard.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/uri.h>
#include <partsmith/server/local_names.h>

namespace partsmith::server {
namespace {

using protocol::equal_ignoring_case;
using protocol::ErrorCode;
using protocol::S3Error;

/// What a client says of itself, fit to be shown: printable ASCII, and not too much of it.
std::string shown(std::string_view text) {
  constexpr std::size_t most = 100;
  std::string result(text.substr(0, most));
  std::ranges::replace_if(result, [](char c) { return c < ' ' || c >= 0x7f; }, '?');
  return text.size() > most ? result + "..." : result;
}

std::unexpected<S3Error> forbidden(std::string message) {
  return std::unexpected(S3Error(ErrorCode::AccessForbidden, std::move(message)));
}

/// `http://localhost:3000` → `localhost:3000`; empty for "null" and for what isn't of the web.
std::string_view authority_of(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    const std::string_view rest = origin.substr(scheme.size());
    return rest.substr(0, rest.find('/'));
  }
  return {};
}

/// Whether a browser names another origin than this server's as the one that asks. Sec-Fetch-Site, which no
/// page can forge, is there on requests to loopback and over TLS; Origin on all but GET and HEAD, and on
/// those of fetch().
bool is_of_another_origin(const Request& request) {
  const auto site = request.headers.get("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") return true;
  const auto origin = request.headers.get("origin");
  if (!origin) return false;
  // A development server passes on what its own page sends, with the Host of where it sends it.
  if (site == "same-origin" && is_this_machine(host_name(authority_of(*origin)))) return false;
  const std::string own =
      (request.secure ? "https://" : "http://") + std::string(request.headers.value("host"));
  return !equal_ignoring_case(*origin, own);
}

/// A signature in the header: a browser sends that to another origin only after a preflight that allowed it.
/// Whoever sends one without being a browser is a program, which may write any Origin that it likes.
bool is_signed_by_a_program(const Request& request) {
  const std::string_view authorization = request.headers.value("authorization");
  return !request.headers.has("sec-fetch-site") &&
         (authorization.starts_with("AWS4-") || authorization.starts_with("AWS "));
}

/// The page's origin where a browser says it, else the address that it says it comes from, which no page can
/// forge.
std::string_view asking_authority(const Request& request) {
  const auto origin = request.headers.get("origin");
  return authority_of(origin ? *origin : request.headers.value("referer"));
}

/// The browser opens it in a tab of its own; the page that led there sees nothing of it.
bool is_followed_link(const Request& request) {
  return request.headers.value("sec-fetch-mode") == "navigate" &&
         request.headers.value("sec-fetch-dest") == "document" && !request.headers.has("origin");
}

/// x-amz-copy-source of the header or of a presigned query.
std::optional<std::string> copy_source_of(const Request& request, const Address& address) {
  constexpr std::string_view header = "x-amz-copy-source";
  if (const auto value = request.headers.get(header)) return std::string(*value);
  for (const auto& parameter : address.query.parameters()) {
    if (equal_ignoring_case(parameter.name, header)) return parameter.value;
  }
  return std::nullopt;
}

bool may_copy_from(std::string_view source, std::string_view origin, std::string_view own_bucket,
                   const CorsAllows& allows) {
  const auto decoded = protocol::percent_decode(source);
  if (!decoded) return false;
  std::string_view name = *decoded;
  if (name.starts_with('/')) name.remove_prefix(1);
  const std::string_view bucket = name.substr(0, name.find('/'));
  return bucket == own_bucket || allows(bucket, origin, "GET");
}

bool is_allowed_by_cors(const Request& request, const Address& address, const CorsAllows& allows) {
  const auto origin = request.headers.get("origin");
  if (!origin || !allows(address.bucket, *origin, request.method)) return false;
  const auto source = copy_source_of(request, address);
  return !source || may_copy_from(*source, *origin, address.bucket, allows);
}

/// Types of which no browser runs scripts, whole or up to the slash. (Scripts in PDF don't run in the origin
/// that the file is from, and a sandbox keeps Chromium from showing it.)
constexpr auto inert_types = std::to_array<std::string_view>(
    {"application/json", "application/octet-stream", "application/pdf", "application/zip", "audio/",
     "binary/octet-stream", "font/", "image/", "text/css", "text/csv", "text/plain", "video/"});

/// HTML, XML (with its style sheets), SVG, types that a browser doesn't know and guesses at, and whatever it
/// could read otherwise than we do ("image/png, text/html").
bool may_run_scripts(std::string_view content_type) {
  const std::string type =
      protocol::lower_case(protocol::trimmed(content_type.substr(0, content_type.find(';'))));
  constexpr std::string_view of_types = "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-/";
  if (content_type.contains(',') || type.find_first_not_of(of_types) != std::string::npos ||
      type.ends_with("+xml")) {
    return true;
  }
  return std::ranges::none_of(inert_types, [&](std::string_view inert) {
    return inert.ends_with('/') ? type.starts_with(inert) : type == inert;
  });
}

/// By every sign that there is, since an answer that its cache keeps from one request serves the next.
bool is_browser(const Request& request) {
  const auto& headers = request.headers;
  return headers.has("sec-fetch-site") || headers.has("sec-fetch-dest") ||
         headers.has("upgrade-insecure-requests") || headers.value("user-agent").starts_with("Mozilla/");
}

}  // namespace

S3Result<void> PageGuard::check_host(const Request& request) const {
  if (!rules_.known_secret) return {};
  const auto host = request.headers.get("host");
  if (!host) return {};  // HTTP/1.0 without one: no browser, no name
  const std::string_view name = host_name(*host);
  const bool is_ipv6 = name.starts_with('[') && name.ends_with(']');
  const std::string_view bare = is_ipv6 ? name.substr(1, name.size() - 2) : name;
  const auto is_name = [&](const std::string& allowed) { return equal_ignoring_case(allowed, bare); };
  if (is_local_name(name) || std::ranges::any_of(rules_.allowed_hosts, is_name)) return {};
  return forbidden(
      "The host \"" + shown(name) +
      "\" is no name of this machine. With the default secret key the server answers only to loopback "
      "addresses, localhost, names under localhost and names without a dot. Use one of these, start it "
      "with --allow-host " +
      shown(name) + ", or give it keys of your own (--secret-key-file).");
}

S3Result<void> PageGuard::check_control(const Request& request) {
  if (!is_of_another_origin(request)) return {};
  return forbidden("Pages of other origins may not use partsmith's own endpoints.");
}

S3Result<void> PageGuard::check_page(const Request& request, const Address& address,
                                     const CorsAllows& allows) const {
  if (!rules_.known_secret || request.method == "OPTIONS" || !is_of_another_origin(request) ||
      is_signed_by_a_program(request)) {
    return {};
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && (is_followed_link(request) || is_this_machine(host_name(asking_authority(request)))))
    return {};
  if (is_allowed_by_cors(request, address, allows)) return {};
  const std::string_view origin = request.headers.get("origin").value_or("another origin");
  return forbidden(
      "A page of " + shown(origin) +
      " may not do this. With the default secret key, a page may do what a CORS rule of the bucket allows "
      "its origin and this method (PutBucketCors). Make one, or give the server keys of your own "
      "(--secret-key-file).");
}

void PageGuard::contain(Response& response, const Request& request) const {
  // What a browser shows comes by one of these methods; a cached GET may get the headers of a HEAD.
  const bool shows = request.method == "GET" || request.method == "HEAD" || request.method == "POST";
  if (!rules_.known_secret || rules_.trust_pages || !shows || !is_browser(request)) return;
  if (may_run_scripts(response.headers.value("content-type"))) {
    response.headers.add("Content-Security-Policy", "sandbox");
  }
}

}  // namespace partsmith::server
