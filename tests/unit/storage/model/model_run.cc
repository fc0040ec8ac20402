#include "model_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "blob_writer.h"
#include "consistency.h"

namespace partsmith::storage::testing {
namespace {

constexpr std::array<const char*, step_kinds> kind_names{
    "create_bucket", "delete_bucket", "put_object",      "copy_object",  "delete_object", "create_upload",
    "put_part",      "copy_part",     "complete",        "abort",        "open_lease",    "read_lease",
    "drop_lease",    "begin_body",    "drop_body",       "list_objects", "list_uploads",  "list_parts",
    "look",          "reopen",        "fail_a_file_call"};
constexpr std::array<const char*, 2> bucket_names{"bucket-a", "bucket-b"};
constexpr std::array<const char*, 7> keys{"a", "a/", "a/b", "a/c", "b", "b/a/c", "\xC3\xA9"};
constexpr std::array<const char*, 5> prefixes{"", "a", "a/", "b", "x"};
constexpr std::array<const char*, 4> delimiters{"", "/", "a", "/a"};
// Around what decides where bytes go: nothing, the database, a file, more than one buffer.
constexpr std::array<std::size_t, 8> sizes{1, 0, 100, 8192, 8193, 20'000, 65'537, 150'000};
constexpr std::array<int, 4> failures{EIO, ENOSPC, EMFILE, EACCES};

template <typename Choices>
const auto& pick(const Choices& choices, std::uint32_t number) {
  return choices[number % choices.size()];
}

std::string content_of(std::uint32_t what) {
  std::string text(pick(sizes, what), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] =
        static_cast<char>('!' + (i * 7 + i / 251 + what / sizes.size()) % 90);  // no two offsets look alike
  }
  return text;
}

[[noreturn]] void disagree(const std::string& what) {
  throw Disagreement(what);
}

void expect_same(const std::string& what, const std::string& store, const std::string& model) {
  if (store != model) disagree(fmt::format("{}:\n--- store\n{}\n--- model\n{}", what, store, model));
}

template <typename T>
void expect_equal(const char* what, const T& store, const T& model) {
  if (!(store == model)) disagree(fmt::format("{} differs", what));
}

std::string lines(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& line : list) text += line + "\n";
  return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << kind_names[static_cast<std::size_t>(step.kind)] << '{' << step.where << ", " << step.what
             << ", " << step.how << '}';
}

BucketName ModelRun::bucket_at(std::uint32_t where) const {
  return bucket_name(pick(bucket_names, where / 32));
}
ObjectKey ModelRun::key_at(std::uint32_t where) const {
  return object_key(pick(keys, where));
}

UploadRef ModelRun::upload_at(std::uint32_t where) const {
  if (model_.begun.empty()) return {bucket_at(where), key_at(where), UploadId("never begun")};
  // One of the latest, for those are the ones that are open.
  const std::size_t back = where % std::min<std::size_t>(model_.begun.size(), 8);
  return model_.begun[model_.begun.size() - 1 - back];
}

WriteCondition ModelRun::condition(const Step& step, const BucketName& bucket, const ObjectKey& key) const {
  WriteCondition condition;
  if (step.how % 8 == 5) condition.must_not_exist = true;
  if (step.how % 8 == 6) condition.must_match = etag_of("another");
  if (step.how % 8 == 7) {
    const ModelObject* existing = model_.object(bucket, key);
    condition.must_match = existing == nullptr ? etag_of("none") : existing->etag;
  }
  return condition;
}

/// True when both did it. A refusal that only an injected failure explains is one, and nothing has happened.
template <typename T>
bool ModelRun::agrees(const Result<T>& result, const std::optional<StoreErrorCode>& expected) {
  const auto refused = refusal(result);
  if (refused == expected) return !expected;
  if (refused && failed_call_) {
    if (*refused == StoreErrorCode::damaged)
      disagree("a failed call was told as damage: " + result.error().detail);
    return false;
  }
  disagree(
      fmt::format("the store says {} and the model {}",
                  refused ? std::string(to_string(*refused)) + " (" + result.error().detail + ")" : "yes",
                  expected ? to_string(*expected) : "yes"));
}

ModelRun::ModelRun(Durability durability) : store_(durability) {
  store_.files().fail_when([this](const std::string&, const auto&) {
    if (comparing_) return 0;
    int number = judge_ ? judge_() : 0;
    if (calls_until_failure_ > 0 && --calls_until_failure_ == 0)
      number = pick(failures, number_of_failure_++);
    if (number != 0) failed_call_ = left_over_ = true;
    return number;
  });
}

void ModelRun::judge_calls(std::function<int()> judge) {
  judge_ = std::move(judge);
}

void ModelRun::run(const Step& step) {
  store_.clock().advance(std::chrono::milliseconds(1));
  failed_call_ = false;
  switch (step.kind) {
    case StepKind::create_bucket:
      create_bucket(step);
      break;
    case StepKind::delete_bucket:
      delete_bucket(step);
      break;
    case StepKind::put_object:
      put_object(step);
      break;
    case StepKind::copy_object:
      copy_object(step);
      break;
    case StepKind::delete_object:
      delete_object(step);
      break;
    case StepKind::create_upload:
      create_upload(step);
      break;
    case StepKind::put_part:
      put_part(step);
      break;
    case StepKind::copy_part:
      copy_part(step);
      break;
    case StepKind::complete:
      complete(step);
      break;
    case StepKind::abort:
      abort(step);
      break;
    case StepKind::open_lease:
      open_lease(step);
      break;
    case StepKind::read_lease:
      read_lease(step);
      break;
    case StepKind::drop_lease:
      drop_lease(step);
      break;
    case StepKind::begin_body:
      begin_body(step);
      break;
    case StepKind::drop_body:
      if (!bodies_.empty()) bodies_.pop_back();
      break;
    case StepKind::list_objects:
      list_objects(step);
      break;
    case StepKind::list_uploads:
      list_uploads(step);
      break;
    case StepKind::list_parts:
      list_parts(step);
      break;
    case StepKind::look:
      look(step);
      break;
    case StepKind::reopen:
      reopen();
      break;
    case StepKind::fail_a_file_call:
      calls_until_failure_ = 1 + step.how % 6;
      break;
  }
  check_disk();
}

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
  if (!expected && !model_.bucket(name)->objects.empty()) expected = StoreErrorCode::bucket_not_empty;
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
  expect_equal("size", made->size, bytes.size());
  model_.bucket(bucket)->objects[key.text()] = std::move(object);
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

namespace {

struct Range {
  std::uint64_t offset;
  std::uint64_t length;
};

Range range_of(const Step& step, std::uint64_t size) {
  if (step.how / 8 % 2 == 0) return {0, size};
  const std::uint64_t offset = step.what * 977 % (size + 1);
  return {offset, step.how * 3539 % (size - offset + 1)};
}

}  // namespace

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
  if (existing != nullptr && must_match && *must_match != existing->etag) {
    expected = StoreErrorCode::precondition_failed;
  }
  if (agrees(store_->delete_object(bucket, key, must_match), expected)) {
    model_.bucket(bucket)->objects.erase(key.text());
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
      {key.text(), made->id, fmt::format("colour{}", step.how), store_.clock().now(), {}});
}

void ModelRun::complete(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  ObjectDraft draft = StoreFixture::draft(fmt::format("multipart {}", step.what));
  draft.condition = condition(step, ref.bucket, ref.key);
  auto expected = model_.refuses(ref);
  if (!expected) expected = model_.refuses(ref.bucket, ref.key, draft.condition);
  ModelObject object;
  std::vector<Store::PartRevision> named;
  if (const ModelUpload* upload = model_.upload(ref)) {
    for (const auto& [number, part] : upload->parts) {
      if (step.what >> number & 1U) continue;
      named.push_back({part_number(number), part.revision});
      object.parts[number] = part;
    }
    object.colour = upload->colour;
  }
  const bool stale = step.how / 8 % 4 == 3;
  if (stale && !named.empty()) named.back().revision += 1;
  if (named.empty()) named.push_back({part_number(9), 1});
  if (!expected && (stale || object.parts.empty())) expected = StoreErrorCode::parts_changed;
  const auto made = store_->complete(ref, named, draft);
  if (!agrees(made, expected)) return;
  object.etag = draft.etag;
  object.upload = ref.id;
  object.modified = store_.clock().now();
  model_.end_upload(ref);
  model_.bucket(ref.bucket)->objects[ref.key.text()] = std::move(object);
}

void ModelRun::abort(const Step& step) {
  const UploadRef ref = upload_at(step.where);
  if (agrees(store_->abort(ref), model_.refuses(ref))) model_.end_upload(ref);
}

void ModelRun::open_lease(const Step& step) {
  if (leases_.size() >= 4) return;
  const BucketName bucket = bucket_at(step.where);
  const ObjectKey key = key_at(step.where);
  const ModelObject* object = model_.object(bucket, key);
  auto expected = model_.refuses(bucket);
  if (!expected && object == nullptr) expected = StoreErrorCode::no_such_key;
  auto opened = store_->open_object(bucket, key);
  if (agrees(opened, expected)) leases_.push_back({std::move(*opened), *object});
}

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

void ModelRun::drop_lease(const Step& step) {
  if (leases_.empty()) return;
  leases_.erase(leases_.begin() + static_cast<std::ptrdiff_t>(step.where % leases_.size()));
}

void ModelRun::begin_body(const Step& step) {
  if (bodies_.size() >= 2) return;
  auto body = receive({step.kind, step.where, step.what, step.how % 8});
  if (agrees(body, {})) bodies_.push_back(std::move(*body));
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
  if (!agrees(page, model_.refuses(bucket))) return;
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
  const ModelObject* object = model_.object(ref.bucket, ref.key);
  if (!expected && (object == nullptr || object->upload != ref.id)) expected = StoreErrorCode::no_such_upload;
  static_cast<void>(agrees(store_->completed(ref), expected));
}

void ModelRun::reopen() {
  leases_.clear();
  bodies_.clear();
  store_.close();
  failed_call_ = false;
  try {
    store_.open();
  } catch (const std::runtime_error& error) {
    if (!failed_call_) disagree(std::string("the store does not open: ") + error.what());
    stop_failing();
    store_.open();
    failed_call_ = false;
  }
  left_over_ = failed_call_;
  comparing_ = true;
  expect_same("after opening", picture(store_.store()), picture(model_));
  comparing_ = false;
}

void ModelRun::stop_failing() {
  judge_ = {};
  calls_until_failure_ = 0;
}

/// The disk holds what can still be read, and no other byte.
void ModelRun::check_disk() {
  if (left_over_ || !bodies_.empty()) return;
  std::set<Run> runs = model_.runs();
  for (const Lease& lease : leases_) {
    for (const auto& [number, part] : lease.object.parts) {
      for (const Slice& slice : part.bytes.slices) runs.insert(slice.run);
    }
  }
  std::uint64_t expected = 0;
  for (const Run& run : runs) {
    if (run->size() > LocalBlobWriter::inline_limit) expected += run->size();
  }
  if (const auto stored = store_.stored_bytes(); stored != expected) {
    disagree(fmt::format("the disk holds {} bytes, and {} are needed", stored, expected));
  }
}

void ModelRun::finish() {
  stop_failing();
  reopen();
  check_disk();
  store_.close();
  expect_same("on disk", lines(inconsistencies(store_.folder())), "");
  store_.open();
}

}  // namespace partsmith::storage::testing
