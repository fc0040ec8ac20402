#include "forward/forwarded_request.h"

#include <algorithm>
#include <array>
#include <vector>

#include <partsmith/protocol/sigv4.h>

#include "operations/copy_source.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;
using protocol::Slash;

constexpr auto of_the_connection = std::to_array<std::string_view>(
    {"connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
     "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"});

/// What the client's signature is made of; the upstream's own takes its place.
constexpr auto of_the_signature = std::to_array<std::string_view>(
    {"authorization", "date", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"});

/// How a body in chunks was wrapped on its way here.
constexpr auto of_the_chunks =
    std::to_array<std::string_view>({"x-amz-decoded-content-length", "x-amz-trailer"});

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

/// The names that `Connection` lists: of this connection, too.
std::vector<std::string> listed_in_connection(const protocol::Headers& headers) {
  std::vector<std::string> names;
  for (std::string_view line : headers.all("connection")) {
    while (!line.empty()) {
      const std::size_t comma = line.find(',');
      names.push_back(protocol::lower_case(protocol::trimmed(line.substr(0, comma))));
      line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
    }
  }
  return names;
}

/// What is left of Content-Encoding without the aws-chunked that wrapped the body on its way here.
std::string without_aws_chunked(std::string_view encodings) {
  std::string kept;
  while (!encodings.empty()) {
    const std::size_t comma = encodings.find(',');
    const std::string_view one = protocol::trimmed(encodings.substr(0, comma));
    if (!protocol::equal_ignoring_case(one, "aws-chunked") && !one.empty()) {
      if (!kept.empty()) kept += ", ";
      kept += one;
    }
    encodings = comma == std::string_view::npos ? std::string_view() : encodings.substr(comma + 1);
  }
  return kept;
}

/// x-amz-copy-source as the upstream names it.
S3Result<std::string> mapped_copy_source(const Visit& visit, const NameMap& names) {
  auto source = copy_source(visit);
  if (!source) return std::unexpected(std::move(source.error()));
  const auto place = names.place(visit.principal().access_key, source->bucket.text());
  if (!place)
    return std::unexpected(S3Error(ErrorCode::NoSuchBucket).with("BucketName", source->bucket.text()));
  std::string text =
      protocol::uri_encode(place->bucket + '/' + upstream_key(*place, source->key.text()), Slash::keep);
  const std::string_view said = visit.headers().value("x-amz-copy-source");
  if (const std::size_t version = said.rfind("?versionId="); version != std::string_view::npos)
    text += said.substr(version);
  return text;
}

S3Result<protocol::Headers> forwarded_headers(const Visit& visit, const NameMap& names) {
  const bool streamed =
      std::holds_alternative<StreamedPayload>(visit.payload()) && !visit.principal().is_anonymous();
  const auto listed = listed_in_connection(visit.request.headers);
  protocol::Headers kept;
  for (const auto& [name, value] : visit.headers()) {
    const std::string lower = protocol::lower_case(name);
    if (is_of_the_connection(lower)) continue;
    if (!visit.principal().is_anonymous() && is_one_of(lower, of_the_signature)) continue;
    if (streamed && is_one_of(lower, of_the_chunks)) continue;
    if (std::ranges::find(listed, lower) != listed.end()) continue;
    if (streamed && lower == "content-encoding") {
      if (std::string left = without_aws_chunked(value); !left.empty()) kept.add(name, std::move(left));
    } else if (lower == "x-amz-copy-source" && !names.is_identity()) {
      auto source = mapped_copy_source(visit, names);
      if (!source) return std::unexpected(std::move(source.error()));
      kept.add(name, *std::move(source));
    } else {
      kept.add(name, value);
    }
  }
  return kept;
}

/// Parameters that the client's signature is made of, and those that count as headers and stand there
/// already.
bool is_said_elsewhere(const std::string& name, bool signed_by_v2) {
  constexpr auto of_v2 = std::to_array<std::string_view>({"AWSAccessKeyId", "Expires", "Signature"});
  constexpr auto conditions = std::to_array<std::string_view>(
      {"if-match", "if-modified-since", "if-none-match", "if-unmodified-since"});
  const std::string lower = protocol::lower_case(name);
  return lower.starts_with("x-amz-") || is_one_of(lower, conditions) ||
         (signed_by_v2 && is_one_of(name, of_v2));
}

/// Parameters whose values are keys, or what keys begin with.
bool names_a_key(const Visit& visit, std::string_view parameter) {
  using enum OperationId;
  constexpr auto of_listings =
      std::to_array<std::string_view>({"key-marker", "marker", "prefix", "start-after"});
  const bool lists = visit.is(ListObjects) || visit.is(ListObjectsV2) || visit.is(ListObjectVersions) ||
                     visit.is(ListMultipartUploads);
  return lists && is_one_of(parameter, of_listings);
}

std::string forwarded_query(const Visit& visit, const std::optional<UpstreamPlace>& place) {
  const bool anonymous = visit.principal().is_anonymous();
  const bool signed_by_v2 = visit.query().has("AWSAccessKeyId");
  const std::string_view prefix = place ? std::string_view(place->key_prefix) : std::string_view();
  bool has_prefix = false;
  std::string text;
  const auto add = [&text](std::string_view name, const std::string* value) {
    if (!text.empty()) text += '&';
    text += protocol::uri_encode(name, Slash::encode);
    if (value != nullptr) text.append("=").append(protocol::uri_encode(*value, Slash::encode));
  };
  for (const auto& parameter : visit.query().parameters()) {
    if (!anonymous && is_said_elsewhere(parameter.name, signed_by_v2)) continue;
    const bool is_key = !prefix.empty() && names_a_key(visit, parameter.name);
    has_prefix = has_prefix || parameter.name == "prefix";
    std::string value = parameter.value;
    if (is_key && (parameter.name == "prefix" || !value.empty())) value.insert(0, prefix);
    add(parameter.name, parameter.has_value || is_key ? &value : nullptr);
  }
  if (!prefix.empty() && !has_prefix && names_a_key(visit, "prefix")) {
    const std::string value(prefix);
    add("prefix", &value);
  }
  return text;
}

}  // namespace

bool is_of_the_connection(std::string_view lower_name) {
  return is_one_of(lower_name, of_the_connection);
}

S3Result<std::optional<UpstreamPlace>> upstream_place(const Visit& visit, const NameMap& names) {
  const std::string access_key = visit.is_verified() ? visit.principal().access_key : std::string();
  if (names.is_by_access_key() && access_key.empty())
    return std::unexpected(S3Error(ErrorCode::AccessDenied));
  if (visit.address().scope == protocol::Scope::service) return std::nullopt;
  const std::string& bucket = visit.address().bucket;
  auto place = names.place(access_key, bucket);
  if (place) return place;
  if (visit.is(OperationId::CreateBucket)) return std::unexpected(S3Error(ErrorCode::AccessDenied));
  return std::unexpected(S3Error(ErrorCode::NoSuchBucket).with("BucketName", bucket));
}

S3Result<UpstreamRequest> forwarded_head(const Visit& visit, const NameMap& names,
                                         const std::optional<UpstreamPlace>& place) {
  UpstreamRequest request;
  request.method = visit.request.method;
  if (place) request.bucket = place->bucket;
  if (visit.address().scope == protocol::Scope::object)
    request.key = upstream_key(*place, visit.address().key);
  request.query = forwarded_query(visit, place);
  auto headers = forwarded_headers(visit, names);
  if (!headers) return std::unexpected(std::move(headers.error()));
  request.headers = *std::move(headers);
  return request;
}

}  // namespace partsmith::server
