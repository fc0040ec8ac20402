#include "operations/answers.h"
#include "operations/marked_keys.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "payload.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// Replaces the tags of the version that is named, or of the latest.
Outcome set_tags(const Visit& visit, const std::optional<VersionId>& version, const storage::NameValues& tags,
                 int status) {
  const auto object =
      visit.store().change_attributes(visit.bucket(), visit.key(), version,
                                      [&](storage::ObjectAttributes& attributes) { attributes.tags = tags; });
  if (!object) return refused_at_marker(object.error(), visit);
  Response response = empty_answer(status);
  add_version(response.headers, *object);
  return response;
}

}  // namespace

Outcome get_object_tagging(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto object = visit.store().object(visit.bucket(), visit.key(), *version);
  const bool marked = !object && object.error().marker;
  if (!object && !marked &&
      (object.error().code == storage::StoreErrorCode::no_such_key ||
       object.error().code == storage::StoreErrorCode::no_such_version)) {
    // Here, and only here, the bucket is part of the key (recorded:
    // object-tagging-missing-bucket-or-key-and-bad-header; of versions reported: brekkylab/backlot, measured
    // 2026-09).
    auto missing = s3_error(object.error(), visit, visit.target());
    for (auto& [name, value] : missing.fields) {
      if (name == "Key") value = visit.bucket().text() + '/' + value;
    }
    return std::unexpected(std::move(missing));
  }
  if (!object) return refused_at_marker(object.error(), visit);
  Response response = untyped_answer(tagging_document(object->attributes.tags));
  add_version(response.headers, *object);
  return response;
}

Outcome put_object_tagging(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto tags = parse_tagging(*text, object_tag_rules);
  if (!tags) return std::unexpected(tags.error());
  return set_tags(visit, *version, *tags, 200);
}

Outcome delete_object_tagging(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  return set_tags(visit, *version, {}, 204);
}

}  // namespace partsmith::server
