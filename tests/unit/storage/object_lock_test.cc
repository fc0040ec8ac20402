// Versions that are retained or held, and the buckets that have such.

#include "versioned_store.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

using enum Retention::Mode;
using std::chrono::hours;

constexpr std::array all_overrides{LockOverride::none, LockOverride::governance, LockOverride::everything};

ObjectAttributes retained(const std::optional<Retention>& retention) {
  ObjectAttributes attributes;
  attributes.retention = retention;
  return attributes;
}
ObjectAttributes held() {
  ObjectAttributes attributes;
  attributes.legal_hold = true;
  return attributes;
}

class LockedStore : public VersionedStore {
 public:
  TimePoint in(hours time) { return store().clock().now() + time; }
  VersionId put_with(const ObjectAttributes& attributes, const std::optional<Retention>& by_default = {}) {
    ObjectDraft draft = StoreFixture::draft("text");
    draft.attributes = attributes;
    draft.default_retention = by_default;
    return must(store()->put_object(bucket(), object_key("key"), store().content("text"), draft)).version;
  }
  void hold(const VersionId& version, bool on) {
    must(store()->change_attributes(bucket(), object_key("key"), version,
                                    [&](ObjectAttributes& attributes) { attributes.legal_hold = on; }));
  }
  std::optional<StoreErrorCode> removal(const VersionId& version,
                                        LockOverride override = LockOverride::none) {
    return refusal(store()->delete_object(bucket(), object_key("key"), {}, version, override));
  }
  ObjectAttributes attributes(const VersionId& version) {
    return must(store()->object(bucket(), object_key("key"), version)).attributes;
  }
};

}  // namespace

TEST_CASE("a version that is retained is deleted when its time has come, or by whom its mode lets") {
  struct Case {
    Retention::Mode mode;
    LockOverride weakest;  ///< that deletes it before
  };
  const auto [mode, weakest] =
      GENERATE(Case{governance, LockOverride::governance}, Case{compliance, LockOverride::everything});
  LockedStore store;
  for (const LockOverride override : all_overrides) {
    const VersionId version = store.put_with(retained(Retention{mode, store.in(hours(1))}));
    const bool deletes = override >= weakest;
    CHECK(store.removal(version, override) ==
          (deletes ? std::nullopt : std::optional(StoreErrorCode::locked)));
    if (deletes) continue;
    store.store().clock().advance(hours(1) - std::chrono::milliseconds(1));
    CHECK(store.removal(version, override) == StoreErrorCode::locked);
    store.store().clock().advance(std::chrono::milliseconds(1));
    CHECK(store.removal(version, override) == std::nullopt);
  }
  CHECK(store.list().empty());
}

TEST_CASE("a version that is held is deleted once it is held no longer, or by who empties the store") {
  LockedStore store;
  const VersionId version = store.put_with(held());
  CHECK(store.removal(version) == StoreErrorCode::locked);
  CHECK(store.removal(version, LockOverride::governance) == StoreErrorCode::locked);
  store.hold(version, false);
  CHECK(store.removal(version) == std::nullopt);
  const VersionId another = store.put_with(held());
  CHECK(store.removal(another, LockOverride::everything) == std::nullopt);
}

TEST_CASE("a version that is locked is hidden by a marker and by newer versions") {
  LockedStore store;
  const VersionId locked = store.put_with(retained(Retention{compliance, store.in(hours(1))}));
  const Deletion marker = store.remove("key");
  CHECK(marker.delete_marker);
  store.put("key", "newer");
  CHECK(store.list() == Lines{"key=5*", "key=gone", "key=4"});
  CHECK(store.remove("key", marker.version).delete_marker);
  CHECK(store.read("key", locked) == "text");
}

TEST_CASE("a version that names no retention has the default, put or completed") {
  LockedStore store;
  const Retention by_default{governance, store.in(hours(5))};
  const Retention own{compliance, store.in(hours(1))};
  CHECK(store.attributes(store.put_with({}, by_default)).retention == by_default);
  CHECK(store.attributes(store.put_with(retained(own), by_default)).retention == own);

  for (const auto& [named, kept] :
       {std::pair(std::optional<Retention>(), by_default), std::pair(std::optional(own), own)}) {
    const UploadInfo upload =
        must(store.store()->create_upload(store.bucket(), object_key("key"), retained(named), {}, {}));
    const UploadRef ref{upload.bucket, upload.key, upload.id};
    const PartInfo part = must(store.store().part(ref, 1, "text"));
    ObjectDraft draft = StoreFixture::draft("text");
    draft.default_retention = by_default;
    const Store::PartRevision named_part{part.number, part.revision};
    const ObjectInfo object = must(store.store()->complete(ref, std::span(&named_part, 1), draft));
    CHECK(store.attributes(object.version).retention == kept);
  }
}

TEST_CASE("locks are there after a restart, and in what a snapshot brings back") {
  LockedStore store;
  const Retention retention{compliance, store.in(hours(1))};
  ObjectAttributes both = held();
  both.retention = retention;
  const VersionId version = store.put_with(both);
  must(store.store()->take_snapshot("s"));
  store.store().reopen();
  CHECK(store.removal(version) == StoreErrorCode::locked);
  CHECK(store.removal(version, LockOverride::everything) == std::nullopt);
  must(store.store()->restore_snapshot("s"));
  CHECK(store.removal(version) == StoreErrorCode::locked);
  CHECK(store.attributes(version).retention == retention);
  CHECK(store.attributes(version).legal_hold == true);
  must(store.store()->remove_snapshot("s"));
}

TEST_CASE("an object lock is for a bucket whose versions are enabled, and they stay so") {
  auto store = StoreFixture::with_bucket();
  const auto lock = [&] {
    return refusal((*store)->set_bucket_document(store->bucket, BucketDocument::object_lock, "<a/>"));
  };
  const auto set = [&](Versioning versioning) {
    return refusal((*store)->set_versioning(store->bucket, versioning));
  };
  CHECK(lock() == StoreErrorCode::lock_needs_versions);
  must((*store)->set_versioning(store->bucket, Versioning::suspended));
  CHECK(lock() == StoreErrorCode::lock_needs_versions);
  must((*store)->set_versioning(store->bucket, Versioning::enabled));
  CHECK(lock() == std::nullopt);
  CHECK(set(Versioning::suspended) == StoreErrorCode::lock_needs_versions);
  CHECK(set(Versioning::enabled) == std::nullopt);
  CHECK(must((*store)->bucket(store->bucket)).versioning == Versioning::enabled);
}
