#include "model_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "blob_writer.h"
#include "consistency.h"
#include "model_steps.h"

namespace partsmith::storage::testing {
namespace {

constexpr std::array<const char*, step_kinds> kind_names{
    "create_bucket",        "delete_bucket", "put_object", "copy_object", "delete_object", "delete_version",
    "set_versioning",       "create_upload", "put_part",   "copy_part",   "complete",      "abort",
    "open_lease",           "read_lease",    "drop_lease", "begin_body",  "drop_body",     "list_objects",
    "list_versions",        "list_uploads",  "list_parts", "look",        "reopen",        "fail_a_file_call",
    "fail_a_database_call", "set_quota"};
constexpr std::array<int, 4> failures{EIO, ENOSPC, EMFILE, EACCES};
constexpr std::array<int, 3> database_failures{EIO, ENOSPC, EROFS};

std::uint64_t bytes_of(const std::set<Run>& runs) {
  std::uint64_t bytes = 0;
  for (const Run& run : runs) bytes += run->size();
  return bytes;
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

VersionId ModelRun::version_at(const BucketName& bucket, const ObjectKey& key, std::uint32_t which) const {
  const ModelBucket* in = model_.bucket(bucket);
  if (in == nullptr) return VersionId::null();
  const auto found = in->versions.find(key.text());
  if (found == in->versions.end()) return VersionId::null();
  const std::size_t index = which % (found->second.size() + 1);
  return index == found->second.size() ? VersionId::null() : found->second[index].version;
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

// With two rows at once, most of what is freed is freed in steps.
ModelRun::ModelRun(Durability durability) : store_(durability, nullptr, 2) {
  // Objects of more than one part are freed after the answer.
  store_.set_large_object({.bytes = 60'000, .parts = 1});
  store_.reopen();
  store_.files().fail_when([this](const std::string&, const auto&) {
    const std::scoped_lock lock(calls_mutex_);
    if (comparing_) return 0;
    int number = judge_ ? judge_() : 0;
    if (calls_until_failure_ > 0 && --calls_until_failure_ == 0)
      number = pick(failures, number_of_failure_++);
    if (number != 0) failed_call_ = left_over_ = true;
    return number;
  });
  // In the writer's thread, too, while this one waits for it. Of SQLite's calls a judge sees those that sync:
  // a COMMIT, with `disk`.
  store_.database().fail_when([this](const std::string& call, const auto&) {
    const std::scoped_lock lock(calls_mutex_);
    if (comparing_) return 0;
    int number = judge_ && call == "sync" ? judge_() : 0;
    if (database_calls_until_failure_ > 0 && --database_calls_until_failure_ == 0) {
      number = pick(database_failures, number_of_failure_++);
    }
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
    case StepKind::delete_version:
      delete_version(step);
      break;
    case StepKind::set_versioning:
      set_versioning(step);
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
    case StepKind::list_versions:
      list_versions(step);
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
    case StepKind::fail_a_database_call:
      database_calls_until_failure_ = 1 + step.how % 16;
      break;
    case StepKind::set_quota:
      set_quota(step);
      break;
  }
  check_disk();
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

/// A little above what is there when everything that is held has been let go.
void ModelRun::set_quota(const Step& step) {
  quota_.reset();
  if (step.how % 4 != 0) quota_ = bytes_of(model_.runs()) + step.what * 1009;
  store_.set_quota(quota_);
  reopen();
}

void ModelRun::stop_failing() {
  judge_ = {};
  calls_until_failure_ = database_calls_until_failure_ = 0;
}

std::set<Run> ModelRun::readable_runs() const {
  std::set<Run> runs = model_.runs();
  for (const Lease& lease : leases_) {
    for (const auto& [number, part] : lease.object.parts) {
      for (const Slice& slice : part.bytes.slices) runs.insert(slice.run);
    }
  }
  return runs;
}

/// The disk holds what can still be read, and no other byte, and no more than it may.
void ModelRun::check_disk() {
  store_.catch_up();
  const std::set<Run> runs = readable_runs();
  std::uint64_t arriving = 0;
  for (const Body& body : bodies_) arriving += body.bytes.size();
  if (quota_ && bytes_of(runs) + arriving > *quota_) disagree("there are more bytes than the quota allows");
  if (left_over_ || !bodies_.empty()) return;
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
