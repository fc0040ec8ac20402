#include <algorithm>
#include <charconv>

#include <partsmith/protocol/dates.h>

#include "operations/answers.h"
#include "operations/early_refusals.h"
#include "operations/listing_parameters.h"
#include "operations/object_headers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// A value that is no number of parts counts as absent (reported: versitygw#1806).
std::uint32_t max_parts(const Visit& visit) {
  const std::string_view text = visit.headers().value("x-amz-max-parts");
  std::int32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < 0)
    return limits::max_page;
  return std::min(static_cast<std::uint32_t>(number), limits::max_page);
}

S3Result<std::uint32_t> part_number_marker(const Visit& visit) {
  constexpr const char* name = "x-amz-part-number-marker";
  const auto text = visit.headers().get(name);
  if (!text || text->empty()) return 0;
  const auto number = PartNumber::parse(*text);
  if (!number && *text != "0") {
    return invalid_argument("Provided " + std::string(name) + " not an integer or within integer range", name,
                            std::string(*text));
  }
  return number ? number->value() : 0;
}

/// Parts are listed only when the object's checksum is COMPOSITE; otherwise there is just their number
/// (recorded: multipart-checksum-full-object-crc32, get-object-attributes).
S3Result<void> write_parts(const Visit& visit, const storage::ObjectLease& lease,
                           protocol::XmlWriter& document) {
  const storage::ObjectInfo& object = lease.info();
  const auto marker = part_number_marker(visit);
  if (!marker) return std::unexpected(marker.error());

  document.open("ObjectParts").element("PartsCount", object.part_count);
  if (object.checksum && object.checksum->type == ChecksumType::composite) {
    const std::uint32_t most = max_parts(visit);
    auto parts = lease.parts(*marker, most + 1);
    if (!parts) return refused(parts.error(), visit);
    const bool truncated = parts->size() > most;
    if (truncated) parts->pop_back();
    document.element("PartNumberMarker", *marker)
        .element("NextPartNumberMarker", parts->empty() ? 0 : parts->back().number.value())
        .element("MaxParts", most)
        .element("IsTruncated", truncated);
    for (const storage::PartInfo& part : *parts) {
      document.open("Part");
      if (part.checksum) document.element(traits(part.checksum->algorithm).element, part.checksum->base64());
      document.element("PartNumber", part.number.value()).element("Size", part.size).close();
    }
  }
  document.close();
  return {};
}

}  // namespace

Outcome get_object_attributes(Visit& visit) {
  const auto wanted = wanted_attributes(visit.headers());
  if (!wanted) return std::unexpected(wanted.error());
  const auto key = customer_key(visit, KeyPurpose::read);
  if (!key) return std::unexpected(key.error());
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  if (!wanted->any()) {
    return after_bucket(visit, S3Error(ErrorCode::InvalidRequest,
                                       "The x-amz-object-attributes header specifying the attributes to be "
                                       "retrieved is either missing or empty"));
  }
  const auto lease = visit.store().open_object(visit.bucket(), visit.key(), *version);
  if (!lease) return refused(lease.error(), visit);
  const storage::ObjectInfo& object = (*lease)->info();
  if (auto ok = check_key_of_object(object.attributes.encryption, *key); !ok) {
    return std::unexpected(std::move(ok.error()));
  }

  protocol::XmlWriter document("GetObjectAttributesResponse");
  if (wanted->etag) document.element("ETag", object.etag.text());  // here without quotes
  if (wanted->checksum && object.checksum) {
    document.open("Checksum")
        .element(traits(object.checksum->checksum.algorithm).element, object.checksum->checksum.base64())
        .element("ChecksumType", to_string(object.checksum->type))
        .close();
  }
  if (wanted->parts && object.multipart) {
    if (auto ok = write_parts(visit, **lease, document); !ok) return std::unexpected(std::move(ok.error()));
  }
  if (wanted->storage_class) document.element("StorageClass", object.attributes.storage_class);
  if (wanted->size) document.element("ObjectSize", object.size);

  Response response = untyped_answer(document.finish());
  response.headers.add("Last-Modified", protocol::http_date(object.modified));
  add_version(response.headers, object);
  return response;
}

}  // namespace partsmith::server
