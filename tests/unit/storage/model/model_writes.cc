#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model_steps.h"

// The steps that change what the store has, or what is held of it.

namespace partsmith::storage::testing {
namespace {

// Around what decides where bytes go: nothing, the database, a file, more than one buffer.
constexpr std::array<std::size_t, 8> sizes{1, 0, 100, 8192, 8193, 20'000, 65'537, 150'000};

std::string content_of(std::uint32_t what) {
  std::string text(pick(sizes, what), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] =
        static_cast<char>('!' + (i * 7 + i / 251 + what / sizes.size()) % 90);  // no two offsets look alike
  }
  return text;
}

}  // namespace

Result<ModelRun::Body> ModelRun::receive(const Step& step) {
  if (step.how / 8 % 4 == 3 && !bodies_.empty()) {  // one that has long been arriving
    Body body = std::move(bodies_.back());
    bodies_.pop_back();
    return body;
  }
  const std::string text = content_of(step.what);
  auto writer =
      store_.store().new_blob(step.how % 2 == 0 ? std::optional<std::uint64_t>(text.size()) : std::nullopt);
  if (!writer) return std::unexpected(writer.error());
  const std::size_t piece = 1 + (step.how * 7919) % 70'000;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (auto written = (*writer)->write(as_bytes(std::string_view(text).substr(at, piece))); !written) {
      return std::unexpected(written.error());
    }
  }
  return Body{std::move(*writer), ModelBytes::of(text)};
}

void ModelRun::create_bucket(const Step& step) {
  const BucketName name = bucket_at(step.where);
  std::optional<StoreErrorCode> expected;
  if (model_.bucket(name) != nullptr) expected = StoreErrorCode::bucket_exists;
  if (agrees(store_->create_bucket(name, "r"), expected)) model_.buckets[name.text()] = {};
}

void ModelRun::delete_bucket(const Step& step) {
  const BucketName name = bucket_at(step.where);
  auto expected = model_.refuses(name);
  if (!expected && !model_.bucket(name)->versions.empty()) expected = StoreErrorCode::bucket_not_empty;
  if (agrees(store_->delete_bucket(name), expected)) model_.buckets.erase(name.text());
}

void ModelRun::put_into_object(const Step& step, Content content, const ModelBytes& bytes) {
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  ObjectDraft draft = StoreFixture::draft(bytes.text());
  draft.attributes.user_metadata = {{"colour", fmt::format("colour{}", step.how)}};
  draft.condition = condition(step, bucket, key);
  const auto expected = model_.refuses(bucket, key, draft.condition);
  const auto made = store_->put_object(bucket, key, std::move(content), draft);
  if (!agrees(made, expected)) return;
  ModelObject object;
  object.parts[1] = {bytes, 1, draft.etag, store_.clock().now()};
  object.etag = draft.etag;
  object.colour = fmt::format("colour{}", step.how);
  object.modified = store_.clock().now();
  object.version = made->version;
  object.born = ++model_.births;
  expect_equal("size", made->size, bytes.size());
  expect_equal("whether it is the null version", made->version.is_null(),
               model_.bucket(bucket)->versioning != Versioning::enabled);
  model_.add_version(bucket, key, std::move(object));
}

void ModelRun::put_into_part(const UploadRef& ref, const Step& step, Content content,
                             const ModelBytes& bytes) {
  const auto number = static_cast<std::uint32_t>(1 + step.what / 8 % 4);
  const ETag etag = etag_of(bytes.text());
  const auto made = store_->put_part(ref, part_number(number), std::move(content), {etag, {}});
  if (!agrees(made, model_.refuses(ref))) return;
  ModelUpload* upload = model_.upload(ref);
  for (const auto& [other, part] : upload->parts) {
    if (part.revision >= made->revision) disagree("a revision was given out twice");
  }
  upload->parts[number] = {bytes, made->revision, etag, store_.clock().now()};
}

void ModelRun::put_object(const Step& step) {
  auto body = receive(step);
  if (!agrees(body, {})) return;
  put_into_object(step, Content::written(std::move(body->writer)), body->bytes);
}

void ModelRun::put_part(const Step& step) {
  auto body = receive(step);
  if (!agrees(body, {})) return;
  put_into_part(upload_at(step.where), step, Content::written(std::move(body->writer)), body->bytes);
}

void ModelRun::copy_object(const Step& step) {
  if (leases_.empty()) return;
  const Lease& source = pick(leases_, step.what);
  const Range range = range_of(step, source.lease->info().size);
  put_into_object(step, Content::shared(*source.lease, range.offset, range.length),
                  source.object.bytes().range(range.offset, range.length));
}

void ModelRun::copy_part(const Step& step) {
  if (leases_.empty()) return;
  const Lease& source = pick(leases_, step.what);
  const Range range = range_of(step, source.lease->info().size);
  put_into_part(upload_at(step.where), step, Content::shared(*source.lease, range.offset, range.length),
                source.object.bytes().range(range.offset, range.length));
}

void ModelRun::delete_object(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  const auto must_match = condition(step, bucket, key).must_match;
  auto expected = model_.refuses(bucket);
  const ModelObject* existing = model_.object(bucket, key);
  if (!expected && must_match && existing == nullptr) expected = StoreErrorCode::no_such_key;
  if (existing != nullptr && must_match && *must_match != existing->etag) {
    expected = StoreErrorCode::precondition_failed;
  }
  const auto done = store_->delete_object(bucket, key, must_match);
  if (!agrees(done, expected)) return;
  const Versioning versioning = model_.bucket(bucket)->versioning;
  const bool marks = versioning != Versioning::unversioned;
  expect_equal("whether there is a marker", done->delete_marker, marks);
  if (!marks) {
    if (versioning == Versioning::unversioned) model_.remove_version(bucket, key, VersionId::null());
    return;
  }
  expect_equal("whether it is the null marker", done->version->is_null(),
               versioning == Versioning::suspended);
  ModelObject marker;
  marker.marker = true;
  marker.version = *done->version;
  marker.born = ++model_.births;
  marker.modified = store_.clock().now();
  model_.add_version(bucket, key, std::move(marker));
}

void ModelRun::delete_version(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  const VersionId id = version_at(bucket, key, step.what);
  const auto expected = model_.refuses(bucket);
  const ModelObject* existing = expected ? nullptr : model_.version(bucket, key, id);
  const auto done = store_->delete_object(bucket, key, {}, id);
  if (!agrees(done, expected)) return;
  expect_equal("whether it was a marker", done->delete_marker, existing != nullptr && existing->marker);
  model_.remove_version(bucket, key, id);
}

void ModelRun::set_versioning(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  const Versioning versioning = step.how % 2 == 0 ? Versioning::enabled : Versioning::suspended;
  if (agrees(store_->set_versioning(bucket, versioning), model_.refuses(bucket))) {
    model_.bucket(bucket)->versioning = versioning;
  }
}

void ModelRun::create_upload(const Step& step) {
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  ObjectAttributes attributes;
  attributes.user_metadata = {{"colour", fmt::format("colour{}", step.how)}};
  const auto made = store_->create_upload(bucket, key, attributes, {}, {});
  if (!agrees(made, model_.refuses(bucket))) return;
  const UploadRef ref{bucket, key, made->id};
  for (const UploadRef& other : model_.begun) {
    if (other.id == ref.id) disagree("an upload id was given out twice");
  }
  model_.begun.push_back(ref);
  model_.bucket(bucket)->uploads.push_back(
      {key.text(), made->id, fmt::format("colour{}", step.how), store_.clock().now(), {}, ++model_.births});
}

void ModelRun::complete(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  ObjectDraft draft = StoreFixture::draft(fmt::format("multipart {}", step.what));
  draft.condition = condition(step, ref.bucket, ref.key);
  auto expected = model_.refuses(ref);
  if (!expected) expected = model_.refuses(ref.bucket, ref.key, draft.condition);
  const ModelObject* existing = model_.object(ref.bucket, ref.key);
  if (!expected && draft.condition.must_match && existing->born > model_.upload(ref)->born) {
    expected = StoreErrorCode::conflict;
  }
  const bool key_deleted = model_.upload(ref) != nullptr && model_.upload(ref)->key_deleted;
  if (!expected && draft.condition.must_not_exist && key_deleted) expected = StoreErrorCode::conflict;
  ModelObject object;
  std::vector<Store::PartRevision> named;
  if (const ModelUpload* upload = model_.upload(ref)) {
    for (const auto& [number, part] : upload->parts) {
      if (step.what >> number & 1U) continue;
      named.push_back({part_number(number), part.revision});
      object.parts[number] = part;
    }
    object.colour = upload->colour;
    object.modified = upload->initiated;
    object.born = upload->born;
  }
  const bool stale = step.how / 8 % 4 == 3;
  if (stale && !named.empty()) named.back().revision += 1;
  if (named.empty()) named.push_back({part_number(9), 1});
  if (!expected && (stale || object.parts.empty())) expected = StoreErrorCode::parts_changed;
  const auto made = store_->complete(ref, named, draft);
  if (!agrees(made, expected)) return;
  object.etag = draft.etag;
  object.upload = ref.id;
  object.version = made->version;
  model_.end_upload(ref);
  if (key_deleted && object.version.is_null()) return;
  model_.add_version(ref.bucket, ref.key, std::move(object));
}

void ModelRun::abort(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  const auto aborted = store_->abort(ref);
  const auto expected = model_.refuses(ref);
  if (aborted && expected == StoreErrorCode::no_such_upload) return;  // it ended of late (ended_uploads.h)
  if (agrees(aborted, expected)) model_.end_upload(ref);
}

void ModelRun::open_lease(const Step& step) {
  if (leases_.size() >= 4) return;
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  auto expected = model_.refuses(bucket);
  std::optional<VersionId> version;
  if (step.how % 2 == 1) version = version_at(bucket, key, step.what);
  const ModelObject* object = expected  ? nullptr
                              : version ? model_.version(bucket, key, *version)
                                        : model_.object(bucket, key);
  if (!expected && object == nullptr) {
    expected = version ? StoreErrorCode::no_such_version : StoreErrorCode::no_such_key;
  }
  if (!expected && object->marker) expected = StoreErrorCode::is_delete_marker;
  auto opened = store_->open_object(bucket, key, version);
  if (agrees(opened, expected)) leases_.push_back({std::move(*opened), *object});
}

void ModelRun::drop_lease(const Step& step) {
  if (leases_.empty()) return;
  leases_.erase(leases_.begin() + static_cast<std::ptrdiff_t>(step.where % leases_.size()));
}

void ModelRun::begin_body(const Step& step) {
  if (bodies_.size() >= 2) return;
  auto body = receive({step.kind, step.where, step.what, step.how % 8});
  if (agrees(body, {})) bodies_.push_back(std::move(*body));
}

}  // namespace partsmith::storage::testing
