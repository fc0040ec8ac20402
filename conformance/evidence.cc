#include "evidence.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/uri.h>

namespace partsmith::conformance {
namespace {

/// The parameters that make another operation of a request.
constexpr auto telling_parameters = std::to_array<std::string_view>({"accelerate",
                                                                     "acl",
                                                                     "attributes",
                                                                     "cors",
                                                                     "delete",
                                                                     "encryption",
                                                                     "legal-hold",
                                                                     "lifecycle",
                                                                     "list-type",
                                                                     "location",
                                                                     "logging",
                                                                     "notification",
                                                                     "object-lock",
                                                                     "ownershipControls",
                                                                     "partNumber",
                                                                     "policy",
                                                                     "publicAccessBlock",
                                                                     "replication",
                                                                     "requestPayment",
                                                                     "restore",
                                                                     "retention",
                                                                     "select",
                                                                     "tagging",
                                                                     "uploadId",
                                                                     "uploads",
                                                                     "versionId",
                                                                     "versioning",
                                                                     "versions",
                                                                     "website"});

bool is_of_object(std::string_view path, const client::HttpRequest& request, const std::string& bucket) {
  const bool in_host = request.origin.host.starts_with(bucket + '.') ||
                       request.headers.value("host").starts_with(bucket + '.');
  if (in_host) return path.size() > 1;
  const auto slash = path.find('/', 1);
  return slash != std::string_view::npos && slash + 1 < path.size();
}

/// A form says in its body who sends it, and a preflight nowhere.
bool is_unsigned(const client::HttpRequest& request, std::string_view query) {
  return request.method != "POST" && request.method != "OPTIONS" && !request.headers.has("authorization") &&
         !query.contains("Signature=");
}

}  // namespace

std::string operation_of(const client::HttpRequest& request, const std::string& bucket) {
  const auto split = protocol::split_target(request.target);
  auto text = request.method + (is_of_object(split.path, request, bucket) ? " object" : " bucket");
  std::set<std::string> told;
  for (std::string_view query = split.query; !query.empty();) {
    const auto end = query.find('&');
    const auto piece = query.substr(0, end);
    const auto name = piece.substr(0, piece.find('='));
    if (std::ranges::find(telling_parameters, name) != telling_parameters.end()) told.emplace(name);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  for (const auto& name : told) text += " ?" + name;
  if (request.headers.has("x-amz-copy-source")) text += " copied";
  if (is_unsigned(request, split.query)) text += unsigned_mark;
  return text;
}

void Evidence::note_success(const std::string& operation) {
  const std::scoped_lock lock(mutex_);
  allowed_.insert(operation);
}

bool Evidence::was_allowed(const std::string& operation) const {
  const std::scoped_lock lock(mutex_);
  return allowed_.contains(operation);
}

void Evidence::note_code(const std::string& code) {
  const std::scoped_lock lock(mutex_);
  codes_.insert(code);
}

bool Evidence::was_told(const std::string& code) const {
  const std::scoped_lock lock(mutex_);
  return codes_.contains(code);
}

bool Evidence::may_list() const {
  return was_allowed("GET bucket") || was_allowed("GET bucket ?list-type");
}

void Evidence::note_wait(bool helped) {
  const std::scoped_lock lock(mutex_);
  vain_waits_ = helped ? 0 : vain_waits_ + 1;
}

bool Evidence::waits_are_vain() const {
  constexpr unsigned enough = 6;
  const std::scoped_lock lock(mutex_);
  return vain_waits_ >= enough;
}

void Allowance::give(const Cost& unspent) {
  const std::scoped_lock lock(mutex_);
  if (requests_) *requests_ += unspent.requests;
  if (bytes_) *bytes_ += unspent.bytes;
}

bool Allowance::take(const Cost& cost) {
  const std::scoped_lock lock(mutex_);
  if ((requests_ && *requests_ < cost.requests) || (bytes_ && *bytes_ < cost.bytes)) return false;
  if (requests_) *requests_ -= cost.requests;
  if (bytes_) *bytes_ -= cost.bytes;
  return true;
}

}  // namespace partsmith::conformance
