#include <algorithm>
#include <array>
#include <memory>

#include "configuration/lifecycle.h"
#include "content.h"
#include "operations/answers.h"
#include "operations/archive.h"
#include "operations/conditions.h"
#include "operations/listing_parameters.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "operations/ranges.h"
#include "operations/stored_headers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr std::size_t read_size = 256 * limits::kib;

/// What of the object is answered.
struct Selection {
  std::optional<ByteRange> range;                       ///< nothing: all of it, as 200
  std::optional<storage::ObjectLease::PartRange> part;  ///< of ?partNumber
  bool partial() const { return range.has_value() || part.has_value(); }
};

struct Override {
  std::string_view parameter;
  std::string_view header;
};
constexpr auto overrides = std::to_array<Override>({
    {"response-cache-control", "cache-control"},
    {"response-content-disposition", "content-disposition"},
    {"response-content-encoding", "content-encoding"},
    {"response-content-language", "content-language"},
    {"response-content-type", "content-type"},
    {"response-expires", "expires"},
});

/// Reported: versitygw#2075.
S3Result<void> refuse_other_overrides(const Visit& visit) {
  for (const auto& parameter : visit.query().parameters()) {
    if (!parameter.name.starts_with("response-") ||
        std::ranges::find(overrides, parameter.name, &Override::parameter) != overrides.end()) {
      continue;
    }
    return invalid_argument(parameter.name +
                                " is not in the set of overridable response headers. Please refer to the S3 "
                                "API documentation for a complete list of overridable response headers.",
                            parameter.name, parameter.value);
  }
  return {};
}

/// What the request wants some headers of the answer to say. Who signs nothing can want nothing (reported:
/// floci#1098, which tried it on a public object of Amazon S3; aws-sdk-ruby#2273).
S3Result<storage::NameValues> overridden_headers(const Visit& visit) {
  if (auto ok = refuse_other_overrides(visit); !ok) return std::unexpected(std::move(ok.error()));
  storage::NameValues headers;
  for (const Override& row : overrides) {
    const auto text = visit.query().get(row.parameter);
    if (!text) continue;
    auto value = header_from_parameter(row.parameter, *text);
    if (!value) return std::unexpected(std::move(value.error()));
    headers.emplace_back(row.header, *std::move(value));
  }
  if (!headers.empty() && visit.principal().is_anonymous()) {
    return invalid_request("Request specific response headers cannot be used for anonymous GET requests.");
  }
  return headers;
}

/// Leading zeros are nothing.
std::optional<PartNumber> part_number_in(std::string_view text) {
  const std::size_t zeros = std::min(text.find_first_not_of('0'), text.size());
  return PartNumber::parse(text.substr(zeros));
}

/// ?partNumber, which is refused before the key is looked for (reported: brekkylab/backlot, measured
/// 2026-09).
S3Result<std::optional<PartNumber>> wanted_part(const Visit& visit) {
  const auto text = visit.query().get("partNumber");
  if (!text) return std::nullopt;
  if (visit.headers().has("range")) {
    return after_bucket(visit, S3Error(ErrorCode::InvalidRequest,
                                       "Cannot specify both Range header and partNumber query parameter"));
  }
  if (const auto number = part_number_in(*text)) return *number;
  return after_bucket(visit, S3Error(ErrorCode::InvalidArgument,
                                     "Part number must be an integer between 1 and 10000, inclusive")
                                 .with("ArgumentName", "partNumber")
                                 .with("ArgumentValue", std::string(*text)));
}

/// Any mode but ENABLED, in any letter case, is refused: after the range and the part that the object hasn't,
/// and by GET also of a key that isn't there (reported: brekkylab/backlot, measured 2026-09).
S3Result<void> check_checksum_mode(const Visit& visit) {
  const auto mode = visit.headers().get("x-amz-checksum-mode");
  if (!mode || protocol::equal_ignoring_case(*mode, "ENABLED")) return {};
  return invalid_request("Value for x-amz-checksum-mode header is invalid.");
}

S3Result<Selection> select_part(const Visit& visit, const storage::ObjectLease& lease, PartNumber number) {
  auto part = lease.part(number.value());
  if (!part) return refused(part.error(), visit);
  if (!*part) {
    return std::unexpected(S3Error(ErrorCode::InvalidPartNumber)
                               .with("ActualPartCount", std::to_string(lease.info().part_count))
                               .with("PartNumberRequested", std::to_string(number.value())));
  }
  Selection selection;
  if ((*part)->part.size != 0) selection.range = ByteRange{(*part)->offset, (*part)->part.size};
  selection.part = std::move(*part);
  return selection;
}

S3Result<Selection> select(const Visit& visit, const storage::ObjectLease& lease,
                           const std::optional<PartNumber>& part) {
  if (part) return select_part(visit, lease, *part);
  const auto header = visit.headers().get("range");
  if (!header) return Selection{};
  const auto if_range = visit.headers().get("if-range");
  if (if_range && !range_counts(*if_range, {lease.info().etag, lease.info().modified})) return Selection{};
  auto range = range_of(*header, lease.info().size);
  if (!range) return std::unexpected(std::move(range.error()));
  return Selection{*range, std::nullopt};
}

/// Checksums are told on request and for whole objects, of which a part that is the only one and a range of
/// all bytes are as good (of the range reported: brekkylab/backlot, measured 2026-09); of
/// another part, only when the object's is COMPOSITE (recorded: get-object-part, get-part-checksum-*,
/// multipart-checksum-composite-crc32).
void add_wanted_checksum(const Visit& visit, const storage::ObjectInfo& object, const Selection& selection,
                         protocol::Headers& headers) {
  if (!object.checksum ||
      !protocol::equal_ignoring_case(visit.headers().value("x-amz-checksum-mode"), "ENABLED")) {
    return;
  }
  const bool is_whole = object.part_count == 1 && object.checksum->type == ChecksumType::full_object;
  const bool is_all = !selection.part && selection.range && selection.range->length == object.size;
  if (!selection.partial() || (selection.part && is_whole) || is_all) {
    add_checksum(headers, *object.checksum);
  } else if (selection.part && selection.part->part.checksum &&
             object.checksum->type == ChecksumType::composite) {
    const Checksum& checksum = *selection.part->part.checksum;
    headers.add(std::string(traits(checksum.algorithm).header), checksum.base64());
    headers.add("x-amz-checksum-type", std::string(to_string(ChecksumType::composite)));
  }
}

/// Reads the object as the edge asks for bytes. Held by the answer until it is sent.
class AnsweredBytes {
 public:
  AnsweredBytes(std::shared_ptr<Visit> visit, ContentReader content, std::uint64_t first)
      : visit_(std::move(visit)), content_(std::move(content)), first_(first) {}

  ByteView run(std::uint64_t offset, std::size_t wanted) {
    buffer_.resize(std::min(wanted, read_size));
    const auto got = content_.read(first_ + offset, buffer_);
    if (!got) return broken_off(got.error(), ByteView());
    return ByteView(buffer_).first(*got);
  }
  std::optional<std::size_t> fill(BytePipe& pipe, std::uint64_t offset, std::size_t wanted) {
    const auto got = content_.read(first_ + offset, pipe, wanted);
    if (!got) return broken_off(got.error(), 0);
    return *got;
  }

 private:
  /// The edge cuts the connection: the client must not take what it has for the whole.
  template <typename Nothing>
  Nothing broken_off(const storage::StoreError& error, Nothing nothing) {
    visit_->note_cause(error.detail);
    return nothing;
  }

  std::shared_ptr<Visit> visit_;
  ContentReader content_;
  std::uint64_t first_;
  Bytes buffer_;
};

Outcome read_object(Visit& visit, bool head) {
  const auto overridden = overridden_headers(visit);
  if (!overridden) return std::unexpected(overridden.error());
  const auto key = customer_key(visit, KeyPurpose::read);
  if (!key) return std::unexpected(key.error());
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto part = wanted_part(visit);
  if (!part) return std::unexpected(part.error());
  auto lease = visit.store().open_object(visit.bucket(), visit.key(), *version);
  const auto mode = check_checksum_mode(visit);
  if (!lease) {
    if (!mode && !head) return after_bucket(visit, mode.error());
    return refused(lease.error(), visit);
  }
  const storage::ObjectInfo& object = (*lease)->info();
  if (auto ok = check_key_of_object(object.attributes.encryption, *key); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (auto ok = check_signed_for(visit, object.attributes.encryption); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (auto ok = check_read_conditions(visit, object); !ok) return std::unexpected(std::move(ok.error()));
  if (!head) {
    if (auto ok = check_can_be_read(visit, object); !ok) return std::unexpected(std::move(ok.error()));
  }
  const auto selection = select(visit, **lease, *part);
  if (!selection) return std::unexpected(selection.error());
  if (!mode) return std::unexpected(mode.error());

  Response response = empty_answer(selection->partial() ? 206 : 200);
  describe_object(response.headers, object);
  add_lock(response.headers, visit, object);
  add_restore(response.headers, visit, object);
  add_expiration(response, visit, object);
  add_wanted_checksum(visit, object, *selection, response.headers);
  if (selection->range) response.headers.add("Content-Range", selection->range->content_range(object.size));
  if (selection->part && object.multipart) {
    response.headers.add("x-amz-mp-parts-count", std::to_string(object.part_count));
  }
  for (const auto& [name, value] : *overridden) response.headers.set(name, value);

  const ByteRange all{0, selection->part ? 0 : object.size};  // a part of no bytes has no range
  const ByteRange range = selection->range.value_or(all);
  if (head) {
    response.announced_length = range.length;
  } else if (range.length != 0) {
    const auto reader = std::make_shared<AnsweredBytes>(visit.shared_from_this(),
                                                        ContentReader(std::move(*lease), *key), range.first);
    response.body = StreamedBody{
        range.length,
        [reader](std::uint64_t offset, std::size_t wanted) { return reader->run(offset, wanted); },
        [reader](BytePipe& pipe, std::uint64_t offset, std::size_t wanted) {
          return reader->fill(pipe, offset, wanted);
        }};
  }
  return response;
}

}  // namespace

Outcome get_object(Visit& visit) {
  return read_object(visit, false);
}

Outcome head_object(Visit& visit) {
  return read_object(visit, true);
}

}  // namespace partsmith::server
