#pragma once
/// Steps that mean something in any state, and a run of them on a store and on the model at once.

#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "model.h"
#include "store_fixture.h"

namespace partsmith::storage::testing {

enum class StepKind {
  create_bucket,
  delete_bucket,
  put_object,
  copy_object,
  delete_object,
  delete_version,
  set_versioning,
  create_upload,
  put_part,
  copy_part,
  complete,
  abort,
  open_lease,
  read_lease,
  drop_lease,
  begin_body,
  drop_body,
  list_objects,
  list_versions,
  list_uploads,
  list_parts,
  look,
  reopen,
  fail_a_file_call,
  fail_a_database_call,
  set_quota,
};
inline constexpr int step_kinds = static_cast<int>(StepKind::set_quota) + 1;

/// What the numbers choose depends on the state: the third of the open uploads, the second key, … So any
/// sequence of steps is one that can be run, and a shorter one with smaller numbers too: that is what
/// shrinking needs.
struct Step {
  StepKind kind{};
  std::uint32_t where = 0;  ///< bucket and key, or the upload, or the lease
  std::uint32_t what = 0;   ///< content
  std::uint32_t how = 0;    ///< conditions, choices
};
std::ostream& operator<<(std::ostream& out, const Step& step);

/// The store did something else than the model.
struct Disagreement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ModelRun {
 public:
  explicit ModelRun(Durability durability);

  StoreFixture& store() { return store_; }
  const Model& model() const { return model_; }
  /// Runs the step and compares its answer. A step that met an injected failure, or the quota, may be refused
  /// with it, and then nothing has happened.
  void run(const Step& step);
  /// Decides the fate of each call on files, and of each sync of the database, in their order; 0 lets it
  /// pass.
  void judge_calls(std::function<int()> judge);
  /// Ends all that is held, closes, and opens with files that work: everything must be there, and nothing
  /// else.
  void finish();

 private:
  struct Lease {
    std::unique_ptr<ObjectLease> lease;
    ModelObject object;
  };
  struct Body {
    std::unique_ptr<BlobWriter> writer;
    ModelBytes bytes;
  };

  BucketName bucket_at(std::uint32_t where) const;
  ObjectKey key_at(std::uint32_t where) const;
  UploadRef upload_at(std::uint32_t where) const;
  /// One of the key's versions, or the null version, which may not be there.
  VersionId version_at(const BucketName& bucket, const ObjectKey& key, std::uint32_t which) const;
  WriteCondition condition(const Step& step, const BucketName& bucket, const ObjectKey& key) const;
  Result<Body> receive(const Step& step);
  template <typename T>
  bool agrees(const Result<T>& result, const std::optional<StoreErrorCode>& expected);

  void create_bucket(const Step& step);
  void delete_bucket(const Step& step);
  void put_object(const Step& step);
  void copy_object(const Step& step);
  void delete_object(const Step& step);
  void delete_version(const Step& step);
  void set_versioning(const Step& step);
  void create_upload(const Step& step);
  void put_part(const Step& step);
  void copy_part(const Step& step);
  void complete(const Step& step);
  void abort(const Step& step);
  void open_lease(const Step& step);
  void read_lease(const Step& step);
  void drop_lease(const Step& step);
  void begin_body(const Step& step);
  void list_objects(const Step& step);
  void list_versions(const Step& step);
  void list_uploads(const Step& step);
  void list_parts(const Step& step);
  void look(const Step& step);
  void reopen();
  void set_quota(const Step& step);
  void stop_failing();
  std::set<Run> readable_runs() const;
  void check_disk();
  void put_into_part(const UploadRef& ref, const Step& step, Content content, const ModelBytes& bytes);
  void put_into_object(const Step& step, Content content, const ModelBytes& bytes);

  StoreFixture store_;
  Model model_;
  std::vector<Lease> leases_;
  std::vector<Body> bodies_;
  std::mutex calls_mutex_;  ///< what is freed after the answer makes calls in a thread of its own
  std::function<int()> judge_;
  bool comparing_ = false;  ///< calls are not judged
  std::uint32_t number_of_failure_ = 0;
  std::uint32_t calls_until_failure_ = 0;  ///< 0: none is planned
  std::uint32_t database_calls_until_failure_ = 0;
  std::optional<std::uint64_t> quota_;
  bool failed_call_ = false;  ///< in this step
  bool left_over_ = false;    ///< a failed call may have left a file to the next start
};

}  // namespace partsmith::storage::testing
