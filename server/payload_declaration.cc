#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <partsmith/protocol/headers.h>

#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// The length of a body that is said to come aws-chunked is x-amz-decoded-content-length, though it is taken
/// as it is where the chunks mean nothing.
bool names_streaming(const PayloadSignature& payload) {
  if (const auto* whole = std::get_if<SignedPayload>(&payload)) {
    return protocol::streaming_payload(whole->text).has_value();
  }
  return std::holds_alternative<StreamedPayload>(payload);
}

S3Result<std::optional<std::uint64_t>> decoded_length(const Visit& visit, bool streaming) {
  const RequestBody& body = *visit.request.body;
  if (streaming) {
    const auto header = visit.headers().get("x-amz-decoded-content-length");
    const auto length = header ? parse_length(*header) : std::nullopt;
    if (!length) return std::unexpected(S3Error(ErrorCode::MissingContentLength));
    return length;
  }
  if (!body.framed()) return std::unexpected(S3Error(ErrorCode::MissingContentLength));
  if (!body.length())
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", "Transfer-Encoding"));
  return body.length();
}

S3Result<std::optional<Bytes>> content_md5(const protocol::Headers& headers) {
  const auto text = headers.get("content-md5");
  if (!text) return std::nullopt;
  auto bytes = from_base64(*text);
  if (!bytes || bytes->size() != Md5{}.size()) {
    return std::unexpected(S3Error(ErrorCode::InvalidDigest).with("Content-MD5", std::string(*text)));
  }
  return bytes;
}

std::unexpected<S3Error> several_checksums() {
  return std::unexpected(
      S3Error(ErrorCode::InvalidRequest,
              "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."));
}

/// The checksums that x-amz-trailer announces. Commas at the end of the list are nothing, an empty name is
/// none that S3 knows.
S3Result<std::vector<ChecksumAlgorithm>> announced_trailers(const protocol::Headers& headers) {
  std::vector<ChecksumAlgorithm> found;
  const auto names = headers.get("x-amz-trailer");
  if (!names) return found;
  std::string_view rest = protocol::trimmed(*names);
  while (rest.ends_with(',')) rest.remove_suffix(1);
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = rest.find(',');
    const auto algorithm = checksum_algorithm_by_header(protocol::trimmed(rest.substr(0, comma)));
    if (!algorithm) {
      return std::unexpected(S3Error(ErrorCode::InvalidRequest,
                                     "The value specified in the x-amz-trailer header is not supported"));
    }
    found.push_back(*algorithm);
    if (comma != std::string_view::npos) rest.remove_prefix(comma + 1);
  }
  return found;
}

constexpr std::string_view checksum_prefix = "x-amz-checksum-";

/// The headers that begin like a checksum's and are none.
bool is_about_checksums(std::string_view suffix) {
  return std::ranges::any_of(
      std::array<std::string_view, 3>{"algorithm", "type", "mode"},
      [&](std::string_view name) { return protocol::equal_ignoring_case(name, suffix); });
}

/// What SDKs name beside a checksum must be its algorithm, in any letter case, and never stands alone
/// (reported: versitygw#1593, #1598, #1659).
S3Result<void> check_named_algorithm(const protocol::Headers& headers,
                                     const PayloadDeclaration& declaration) {
  const auto name = headers.get("x-amz-sdk-checksum-algorithm");
  if (!name || name->empty()) return {};
  const auto named = checksum_algorithm_by_name(*name);
  const auto given = declaration.algorithm();
  if (named && !given) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidRequest,
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
                "x-amz-trailer headers were found."));
  }
  if (named && named == given) return {};
  return std::unexpected(
      S3Error(ErrorCode::InvalidRequest, "Value for x-amz-sdk-checksum-algorithm header is invalid."));
}

/// Checksums in headers, one at most, are known already. Source: openstack/swift's tests of Amazon S3
/// (test/s3api/test_input_errors.py), versitygw#1657.
S3Result<void> take_trailer(const protocol::Headers& headers, PayloadDeclaration& declaration) {
  const auto announced = announced_trailers(headers);
  if (!announced) return std::unexpected(announced.error());
  if (announced->empty()) return {};
  if (announced->size() > 1) return several_checksums();
  if (declaration.checksum) {
    return std::unexpected(S3Error(ErrorCode::InvalidRequest, "Expecting a single x-amz-checksum- header"));
  }
  declaration.trailer = announced->front();
  return {};
}

}  // namespace

S3Result<std::optional<Checksum>> declared_checksum(const protocol::Headers& headers) {
  std::optional<Checksum> found;
  const ChecksumTraits* malformed = nullptr;
  int count = 0;
  for (const auto& [name, text] : headers) {
    if (name.size() < checksum_prefix.size() ||
        !protocol::equal_ignoring_case(std::string_view(name).substr(0, checksum_prefix.size()),
                                       checksum_prefix) ||
        is_about_checksums(std::string_view(name).substr(checksum_prefix.size()))) {
      continue;
    }
    const auto algorithm = checksum_algorithm_by_header(name);
    if (!algorithm) {  // reported: versitygw#1104
      return std::unexpected(
          S3Error(ErrorCode::InvalidRequest,
                  "The algorithm type you specified in x-amz-checksum- header is invalid."));
    }
    ++count;
    found = Checksum::from_base64(*algorithm, text);
    if (!found) malformed = &traits(*algorithm);
  }
  if (count > 1) return several_checksums();
  if (malformed != nullptr) {
    return std::unexpected(S3Error(ErrorCode::InvalidRequest,
                                   "Value for " + std::string(malformed->header) + " header is invalid."));
  }
  return found;
}

S3Result<PayloadDeclaration> declared_digests(const protocol::Headers& headers) {
  PayloadDeclaration declaration;
  auto md5 = content_md5(headers);
  if (!md5) return std::unexpected(std::move(md5.error()));
  declaration.content_md5 = *std::move(md5);
  auto checksum = declared_checksum(headers);
  if (!checksum) return std::unexpected(std::move(checksum.error()));
  declaration.checksum = *std::move(checksum);
  return declaration;
}

S3Result<PayloadDeclaration> declared_payload(const Visit& visit, std::uint64_t max_size,
                                              ChecksumHeader meaning) {
  PayloadDeclaration declaration;
  const auto* streamed = std::get_if<StreamedPayload>(&visit.payload());
  // Amazon S3 asks for the length of a body in chunks behind its digests (reported: brekkylab/backlot,
  // measured 2026-09).
  const bool in_chunks = names_streaming(visit.payload());
  const auto length = decoded_length(visit, in_chunks);
  if (!length && !in_chunks) return std::unexpected(length.error());
  if (length) declaration.length = *length;
  if (declaration.length > max_size) {
    return std::unexpected(S3Error(ErrorCode::EntityTooLarge)
                               .with("ProposedSize", std::to_string(*declaration.length))
                               .with("MaxSizeAllowed", std::to_string(max_size)));
  }
  auto md5 = content_md5(visit.headers());
  if (!md5) return std::unexpected(md5.error());
  declaration.content_md5 = std::move(*md5);

  if (meaning == ChecksumHeader::of_body) {
    auto checksum = declared_checksum(visit.headers());
    if (!checksum) return std::unexpected(checksum.error());
    declaration.checksum = std::move(*checksum);
  }

  if (auto ok = take_trailer(visit.headers(), declaration); !ok)
    return std::unexpected(std::move(ok.error()));
  if (meaning == ChecksumHeader::of_body) {
    if (auto ok = check_named_algorithm(visit.headers(), declaration); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
  }
  if (!length) return std::unexpected(length.error());
  // A body whose form has a trailer may do without one (reported: versitygw#1632), no other has any.
  if (declaration.trailer && !(streamed != nullptr && streamed->form.trailer)) {
    return std::unexpected(S3Error(ErrorCode::MalformedTrailerError));
  }
  if (const auto* whole = std::get_if<SignedPayload>(&visit.payload()))
    declaration.sha256 = from_hex(whole->text).value_or(Bytes{});
  return declaration;
}

/// What is wrong with the checksum that there is comes first (reported: brekkylab/backlot, measured 2026-09,
/// of DeleteObjects).
S3Result<void> require_digest(const Visit& visit) {
  PayloadDeclaration declaration;
  auto checksum = declared_checksum(visit.headers());
  if (!checksum) return std::unexpected(std::move(checksum.error()));
  declaration.checksum = *std::move(checksum);
  if (!visit.headers().has("x-amz-trailer")) {
    if (auto ok = check_named_algorithm(visit.headers(), declaration); !ok) return ok;
  }
  if (declaration.checksum || visit.headers().has("content-md5")) return {};
  return std::unexpected(
      S3Error(ErrorCode::InvalidRequest,
              "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"));
}

}  // namespace partsmith::server
