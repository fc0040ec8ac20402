#include <fmt/format.h>

#include "model_steps.h"

// The steps that only look.

namespace partsmith::storage::testing {

void ModelRun::read_lease(const Step& step) {
  if (leases_.empty()) return;
  const Lease& held = pick(leases_, step.where);
  const std::string all = held.object.bytes().text();
  const Range range = range_of(step, all.size());
  std::string text(range.length, '\0');
  const auto count =
      held.lease->read(range.offset, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
  if (!agrees(count, {})) return;
  if (*count != range.length || text != all.substr(range.offset, range.length))
    disagree("a lease reads other bytes");
  const auto ordinal = static_cast<std::uint32_t>(1 + step.how % 5);
  const auto part = held.lease->part(ordinal);
  if (!agrees(part, {})) return;
  expect_equal("the number of parts", part->has_value(), ordinal <= held.object.parts.size());
  if (!*part) return;
  const auto expected = std::next(held.object.parts.begin(), ordinal - 1);
  std::uint64_t before = 0;
  for (auto one = held.object.parts.begin(); one != expected; ++one) before += one->second.bytes.size();
  expect_equal("a part's number", (*part)->part.number.value(), expected->first);
  expect_equal("a part's offset", (*part)->offset, before);
}

void ModelRun::list_objects(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  const ObjectQuery query{pick(prefixes, step.what), pick(delimiters, step.how),
                          step.how / 4 % 2 == 0 ? "" : pick(keys, step.where), step.how / 8 % 5};
  const auto page = store_->list_objects(bucket, query);
  if (!agrees(page, model_.refuses(bucket))) return;
  std::vector<std::string> expected_keys;
  std::vector<std::string> listed;
  const ObjectPage expected = model_.list_objects(bucket, query, expected_keys);
  for (const ObjectInfo& object : page->objects) listed.push_back(object.key.text());
  expect_same("keys", lines(listed), lines(expected_keys));
  expect_same("prefixes", lines(page->common_prefixes), lines(expected.common_prefixes));
  expect_equal("truncated", page->truncated, expected.truncated);
  expect_same("next", page->next, expected.next);
}

void ModelRun::list_versions(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  VersionQuery query;
  query.prefix = pick(prefixes, step.what);
  query.delimiter = pick(delimiters, step.how);
  query.limit = step.how / 8 % 5;
  if (step.how / 4 % 2 == 1) {
    const ObjectKey key = key_at(step.where);
    query.key_marker = key.text();
    const VersionId marker = version_at(bucket, key, step.what);
    const bool there = model_.bucket(bucket) != nullptr && model_.version(bucket, key, marker) != nullptr;
    if (there && step.what / 8 % 2 == 1) query.version_marker = marker;
  }
  const auto page = store_->list_versions(bucket, query);
  if (!agrees(page, model_.refuses(bucket))) return;
  std::vector<std::string> expected_ids;
  std::vector<std::string> listed;
  const VersionPage expected = model_.list_versions(bucket, query, expected_ids);
  for (const ObjectInfo& one : page->versions) listed.push_back(one.key.text() + ' ' + one.version.text());
  expect_same("versions", lines(listed), lines(expected_ids));
  expect_same("prefixes", lines(page->common_prefixes), lines(expected.common_prefixes));
  expect_equal("truncated", page->truncated, expected.truncated);
  expect_same("next key", page->next_key_marker, expected.next_key_marker);
  expect_same("next version", page->next_version_marker ? page->next_version_marker->text() : "",
              expected.next_version_marker ? expected.next_version_marker->text() : "");
}

void ModelRun::list_uploads(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  UploadQuery query;
  query.prefix = pick(prefixes, step.what);
  query.delimiter = pick(delimiters, step.how);
  query.limit = step.how / 8 % 5;
  if (step.how / 4 % 2 == 1) {
    const UploadRef ref = upload_at(step.where);
    query.key_marker = ref.key.text();
    if (step.what / 8 % 2 == 1) query.upload_id_marker = ref.id.text();
  }
  const auto page = store_->list_uploads(bucket, query);
  auto refusal = model_.refuses(bucket);
  const bool unknown_marker = !query.upload_id_marker.empty() && model_.begun.empty();
  if (!refusal && unknown_marker) refusal = StoreErrorCode::foreign_marker;
  if (!agrees(page, refusal)) return;
  std::vector<std::string> expected_ids;
  std::vector<std::string> listed;
  const UploadPage expected = model_.list_uploads(bucket, query, expected_ids);
  for (const UploadInfo& upload : page->uploads) listed.push_back(upload.id.text());
  expect_same("uploads", lines(listed), lines(expected_ids));
  expect_same("prefixes", lines(page->common_prefixes), lines(expected.common_prefixes));
  expect_equal("truncated", page->truncated, expected.truncated);
  expect_same("next key", page->next_key_marker, expected.next_key_marker);
  expect_same("next upload", page->next_upload_id_marker, expected.next_upload_id_marker);
}

void ModelRun::list_parts(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  const std::uint32_t after = step.what % 4;
  const std::uint32_t limit = 1 + step.how % 4;
  const auto page = store_->parts(ref, after, limit);
  if (!agrees(page, model_.refuses(ref))) return;
  std::vector<std::string> expected;
  std::vector<std::string> listed;
  for (const auto& [number, part] : model_.upload(ref)->parts) {
    if (number > after) expected.push_back(fmt::format("{} {}", number, part.revision));
  }
  for (const PartInfo& part : page->parts)
    listed.push_back(fmt::format("{} {}", part.number.value(), part.revision));
  expect_equal("truncated", page->truncated, expected.size() > limit);
  if (expected.size() > limit) expected.resize(limit);
  expect_same("parts", lines(listed), lines(expected));
}

/// At what one looks at without a listing.
void ModelRun::look(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  static_cast<void>(agrees(store_->upload(ref), model_.refuses(ref)));
  auto expected = model_.refuses(ref.bucket);
  if (!expected && model_.completed(ref) == nullptr) expected = StoreErrorCode::no_such_upload;
  static_cast<void>(agrees(store_->completed(ref), expected));
}

}  // namespace partsmith::storage::testing
