#include "bad_heads.h"

#include <algorithm>
#include <array>

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

struct BadHeadRow {
  HttpEdge::BadHead::Kind kind;
  ErrorCode code;
  std::string_view message = {};  ///< empty: the code's own
  std::string_view cause = {};
};

const BadHeadRow& row_of(HttpEdge::BadHead::Kind kind) {
  using Kind = HttpEdge::BadHead::Kind;
  static constexpr auto rows = std::to_array<BadHeadRow>({
      {Kind::malformed, ErrorCode::BadRequest, {}, "malformed head"},
      {Kind::too_large, ErrorCode::RequestHeaderSectionTooLarge},
      {Kind::missing_host, ErrorCode::BadRequest, {}, "no Host"},
      {Kind::conflicting_framing, ErrorCode::BadRequest, {}, "conflicting framing"},
      {Kind::timeout, ErrorCode::RequestTimeout},
      {Kind::no_memory, ErrorCode::SlowDown},
      {Kind::tls, ErrorCode::BadRequest, "You spoke TLS to a port that speaks plain HTTP. Use http:// here.",
       "TLS spoken to the plain HTTP port"},
      {Kind::plain_text, ErrorCode::BadRequest,
       "You spoke plain HTTP to a port that speaks TLS. Use https:// here.",
       "plain HTTP spoken to the TLS port"},
  });
  return *std::ranges::find(rows, kind, &BadHeadRow::kind);
}

}  // namespace

S3Error bad_head_error(HttpEdge::BadHead::Kind kind) {
  const BadHeadRow& row = row_of(kind);
  S3Error error = row.message.empty() ? S3Error(row.code) : S3Error(row.code, std::string(row.message));
  error.log_detail = row.cause;
  return error;
}

}  // namespace partsmith::server
