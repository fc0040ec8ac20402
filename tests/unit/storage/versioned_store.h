#pragma once
/// A store whose bucket has versions, and short ways to say what tests of them say often.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consistency.h"
#include "store_fixture.h"

namespace partsmith::storage::testing {

class VersionedStore {
 public:
  VersionedStore() { set(Versioning::enabled); }

  void set(Versioning versioning) { must(store()->set_versioning(bucket(), versioning)); }
  StoreFixture& store() { return *store_; }
  const BucketName& bucket() const { return store_->bucket; }

  VersionId put(std::string_view key, std::string_view text) { return must(store_->put(key, text)).version; }
  Deletion remove(std::string_view key, const std::optional<VersionId>& version = {}) {
    return must(store()->delete_object(bucket(), object_key(key), {}, version));
  }
  std::string read(std::string_view key, const std::optional<VersionId>& version = {}) {
    return StoreFixture::read_all(*must(store()->open_object(bucket(), object_key(key), version)));
  }
  std::optional<StoreErrorCode> refused(std::string_view key, const std::optional<VersionId>& version = {}) {
    return refusal(store()->object(bucket(), object_key(key), version));
  }

  /// Each version as `key=size`, or `key=gone` for a delete marker; `*` after the latest, `n` after null.
  std::vector<std::string> list(const VersionQuery& query = {}) {
    std::vector<std::string> lines;
    for (const ObjectInfo& one : must(store()->list_versions(bucket(), query)).versions)
      lines.push_back(line(one));
    return lines;
  }
  static std::string line(const ObjectInfo& one) {
    return one.key.text() + "=" + (one.delete_marker ? "gone" : std::to_string(one.size)) +
           (one.version.is_null() ? "n" : "") + (one.latest ? "*" : "");
  }
  std::vector<std::string> visible() {
    std::vector<std::string> keys;
    for (const ObjectInfo& one : must(store()->list_objects(bucket(), {})).objects) keys.push_back(line(one));
    return keys;
  }

  ~VersionedStore() {
    store_->close();
    CHECK(inconsistencies(store_->folder()).empty());
  }

 private:
  std::unique_ptr<StoreFixture> store_ = StoreFixture::with_bucket();
};

using Lines = std::vector<std::string>;

}  // namespace partsmith::storage::testing
