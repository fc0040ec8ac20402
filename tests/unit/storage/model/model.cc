#include "model.h"

#include <fmt/format.h>

#include <algorithm>

#include "store_fixture.h"

namespace partsmith::storage::testing {

ModelBytes ModelBytes::of(std::string text) {
  ModelBytes bytes;
  const std::size_t size = text.size();
  if (size > 0) bytes.slices.push_back({std::make_shared<const std::string>(std::move(text)), 0, size});
  return bytes;
}

std::string ModelBytes::text() const {
  std::string text;
  for (const Slice& slice : slices) text.append(*slice.run, slice.offset, slice.length);
  return text;
}

std::uint64_t ModelBytes::size() const {
  std::uint64_t size = 0;
  for (const Slice& slice : slices) size += slice.length;
  return size;
}

ModelBytes ModelBytes::range(std::uint64_t offset, std::uint64_t length) const {
  ModelBytes range;
  for (const Slice& slice : slices) {
    if (offset >= slice.length) {
      offset -= slice.length;
      continue;
    }
    const std::uint64_t taken = std::min<std::uint64_t>(length, slice.length - offset);
    if (taken > 0) range.slices.push_back({slice.run, slice.offset + offset, taken});
    length -= taken;
    offset = 0;
  }
  return range;
}

void ModelBytes::append(const ModelBytes& other) {
  slices.insert(slices.end(), other.slices.begin(), other.slices.end());
}

ModelBytes ModelObject::bytes() const {
  ModelBytes all;
  for (const auto& [number, part] : parts) all.append(part.bytes);
  return all;
}

const ModelBucket* Model::bucket(const BucketName& name) const {
  const auto found = buckets.find(name.text());
  return found == buckets.end() ? nullptr : &found->second;
}

ModelBucket* Model::bucket(const BucketName& name) {
  const auto found = buckets.find(name.text());
  return found == buckets.end() ? nullptr : &found->second;
}

const ModelObject* Model::object(const BucketName& name, const ObjectKey& key) const {
  const ModelBucket* in = bucket(name);
  if (in == nullptr) return nullptr;
  const auto found = in->versions.find(key.text());
  if (found == in->versions.end() || found->second.front().marker) return nullptr;
  return &found->second.front();
}

const ModelObject* Model::version(const BucketName& name, const ObjectKey& key, const VersionId& id) const {
  const auto found = bucket(name)->versions.find(key.text());
  if (found == bucket(name)->versions.end()) return nullptr;
  const auto one = std::ranges::find(found->second, id, &ModelObject::version);
  return one == found->second.end() ? nullptr : &*one;
}

const ModelObject* Model::completed(const UploadRef& ref) const {
  const auto found = bucket(ref.bucket)->versions.find(ref.key.text());
  if (found == bucket(ref.bucket)->versions.end()) return nullptr;
  const auto one = std::ranges::find(found->second, std::optional(ref.id), &ModelObject::upload);
  return one == found->second.end() ? nullptr : &*one;
}

void Model::add_version(const BucketName& name, const ObjectKey& key, ModelObject object) {
  auto& versions = bucket(name)->versions[key.text()];
  if (object.version.is_null()) {
    const bool superseded = std::ranges::any_of(
        versions, [&](const ModelObject& one) { return one.version.is_null() && one.born > object.born; });
    if (superseded) return;
    std::erase_if(versions, [](const ModelObject& one) { return one.version.is_null(); });
  }
  const auto older =
      std::ranges::find_if(versions, [&](const ModelObject& one) { return one.born < object.born; });
  versions.insert(older, std::move(object));
}

void Model::remove_version(const BucketName& name, const ObjectKey& key, const VersionId& id) {
  const auto found = bucket(name)->versions.find(key.text());
  if (found == bucket(name)->versions.end()) return;
  const auto removed =
      std::erase_if(found->second, [&](const ModelObject& one) { return one.version == id; });
  for (ModelUpload& upload : bucket(name)->uploads) {
    const bool unversioned = bucket(name)->versioning == Versioning::unversioned;
    if (removed > 0 && unversioned && upload.key == key.text()) upload.key_deleted = true;
  }
  if (found->second.empty()) bucket(name)->versions.erase(found);
}

ModelUpload* Model::upload(const UploadRef& ref) {
  ModelBucket* in = bucket(ref.bucket);
  if (in == nullptr) return nullptr;
  for (ModelUpload& upload : in->uploads) {
    if (upload.key == ref.key.text() && upload.id == ref.id) return &upload;
  }
  return nullptr;
}

const ModelUpload* Model::upload(const UploadRef& ref) const {
  const ModelBucket* in = bucket(ref.bucket);
  if (in == nullptr) return nullptr;
  for (const ModelUpload& upload : in->uploads) {
    if (upload.key == ref.key.text() && upload.id == ref.id) return &upload;
  }
  return nullptr;
}

void Model::end_upload(const UploadRef& ref) {
  std::erase_if(bucket(ref.bucket)->uploads, [&](const ModelUpload& upload) { return upload.id == ref.id; });
}

std::optional<StoreErrorCode> Model::refuses(const BucketName& name) const {
  if (bucket(name) == nullptr) return StoreErrorCode::no_such_bucket;
  return std::nullopt;
}

std::optional<StoreErrorCode> Model::refuses(const UploadRef& ref) const {
  if (const auto refused = refuses(ref.bucket)) return refused;
  if (upload(ref) == nullptr) return StoreErrorCode::no_such_upload;
  return std::nullopt;
}

std::optional<StoreErrorCode> Model::refuses(const BucketName& name, const ObjectKey& key,
                                             const WriteCondition& condition) const {
  if (const auto refused = refuses(name)) return refused;
  const ModelObject* existing = object(name, key);
  if (condition.must_not_exist && existing != nullptr) return StoreErrorCode::precondition_failed;
  if (!condition.must_match) return std::nullopt;
  if (existing == nullptr) return StoreErrorCode::no_such_key;
  if (existing->etag != *condition.must_match) return StoreErrorCode::precondition_failed;
  return std::nullopt;
}

namespace {

std::optional<std::string> group_of(const std::string& key, const std::string& prefix,
                                    const std::string& delimiter) {
  if (delimiter.empty()) return std::nullopt;
  const auto found = key.find(delimiter, prefix.size());
  if (found == std::string::npos) return std::nullopt;
  return key.substr(0, found + delimiter.size());
}

}  // namespace

ObjectPage Model::list_objects(const BucketName& name, const ObjectQuery& query,
                               std::vector<std::string>& keys) const {
  ObjectPage page;
  std::uint32_t given = 0;
  if (query.limit == 0) return page;
  for (const auto& [key, versions] : bucket(name)->versions) {
    if (!key.starts_with(query.prefix) || versions.front().marker) continue;
    const auto group = group_of(key, query.prefix, query.delimiter);
    const std::string entry = group.value_or(key);
    if (!query.start_after.empty() && entry <= query.start_after) continue;
    if (group && !page.common_prefixes.empty() && page.common_prefixes.back() == entry) continue;
    page.truncated = given == query.limit;
    if (page.truncated) break;
    ++given;
    (group ? page.common_prefixes : keys).push_back(entry);
    page.next = entry;
  }
  return page;
}

VersionPage Model::list_versions(const BucketName& name, const VersionQuery& query,
                                 std::vector<std::string>& ids) const {
  VersionPage page;
  std::uint32_t given = 0;
  if (query.limit == 0) return page;
  for (const auto& [key, versions] : bucket(name)->versions) {
    if (!key.starts_with(query.prefix)) continue;
    const auto group = group_of(key, query.prefix, query.delimiter);
    bool behind_marker = query.key_marker.empty() || group.value_or(key) > query.key_marker;
    if (!behind_marker && (group || key != query.key_marker)) continue;
    for (const ModelObject& one : versions) {
      if (!behind_marker) {
        behind_marker = query.version_marker == one.version;
        continue;
      }
      if (group && !page.common_prefixes.empty() && page.common_prefixes.back() == *group) continue;
      page.truncated = given == query.limit;
      if (page.truncated) return page;
      ++given;
      page.next_key_marker = group.value_or(key);
      page.next_version_marker.reset();
      if (group) {
        page.common_prefixes.push_back(*group);
      } else {
        ids.push_back(key + ' ' + one.version.text());
        page.next_version_marker = one.version;
      }
    }
  }
  return page;
}

UploadPage Model::list_uploads(const BucketName& name, const UploadQuery& query,
                               std::vector<std::string>& ids) const {
  UploadPage page;
  std::uint32_t given = 0;
  if (query.limit == 0) return page;
  const auto place = [&](const std::string& id) {
    return std::ranges::find_if(begun, [&](const UploadRef& ref) { return ref.id.text() == id; });
  };
  const auto marker = place(query.upload_id_marker);
  auto uploads = bucket(name)->uploads;
  std::ranges::stable_sort(uploads, {}, &ModelUpload::key);
  for (const ModelUpload& upload : uploads) {
    if (!upload.key.starts_with(query.prefix)) continue;
    const auto group = group_of(upload.key, query.prefix, query.delimiter);
    const std::string entry = group.value_or(upload.key);
    if (!query.key_marker.empty() && entry <= query.key_marker) {
      const bool behind_marker = marker != begun.end() && place(upload.id.text()) > marker;
      if (group || entry != query.key_marker || !behind_marker) continue;
    }
    if (group && !page.common_prefixes.empty() && page.common_prefixes.back() == entry) continue;
    page.truncated = given == query.limit;
    if (page.truncated) break;
    ++given;
    if (group) {
      page.common_prefixes.push_back(entry);
    } else {
      ids.push_back(upload.id.text());
    }
    page.next_key_marker = entry;
    page.next_upload_id_marker = group ? "" : upload.id.text();
  }
  return page;
}

std::set<Run> Model::runs() const {
  std::set<Run> found;
  const auto add = [&](const auto& parts) {
    for (const auto& [number, part] : parts) {
      for (const Slice& slice : part.bytes.slices) found.insert(slice.run);
    }
  };
  for (const auto& [name, bucket] : buckets) {
    for (const auto& [key, versions] : bucket.versions) {
      for (const ModelObject& one : versions) add(one.parts);
    }
    for (const ModelUpload& upload : bucket.uploads) add(upload.parts);
  }
  return found;
}

namespace {

std::string short_text(const std::string& bytes) {
  return fmt::format("{} {}", bytes.size(), etag_of(bytes).text().substr(0, 8));
}

std::int64_t number_of(TimePoint time) {
  return time.time_since_epoch().count() % 1'000'000;
}

std::string part_line(std::uint32_t number, std::uint64_t revision, std::uint64_t size, const ETag& etag,
                      TimePoint modified) {
  return fmt::format("    part {} revision {} size {} {} at {}\n", number, revision, size,
                     etag.text().substr(0, 8), number_of(modified));
}

std::string marker_line(const std::string& key, const VersionId& version, bool latest, TimePoint modified) {
  return fmt::format("  marker {} {}{} at {}\n", key, version.text(), latest ? "*" : "", number_of(modified));
}

std::string colour_of(const ObjectAttributes& attributes) {
  return attributes.user_metadata.empty() ? "" : attributes.user_metadata.front().second;
}

}  // namespace

std::string picture(const Model& model) {
  std::string shown;
  for (const auto& [name, bucket] : model.buckets) {
    shown += fmt::format("bucket {} {}\n", name, static_cast<int>(bucket.versioning));
    for (const auto& [key, versions] : bucket.versions) {
      for (const ModelObject& object : versions) {
        const bool latest = &object == &versions.front();
        if (object.marker) {
          shown += marker_line(key, object.version, latest, object.modified);
          continue;
        }
        shown += fmt::format("  object {} {}{} {} {} {} at {} by {}\n", key, object.version.text(),
                             latest ? "*" : "", short_text(object.bytes().text()),
                             object.etag.text().substr(0, 8), object.colour, number_of(object.modified),
                             object.upload ? object.upload->text().substr(0, 8) : "");
        for (const auto& [number, part] : object.parts) {
          shown += part_line(number, part.revision, part.bytes.size(), part.etag, part.modified);
        }
      }
    }
    auto uploads = bucket.uploads;
    std::ranges::stable_sort(uploads, {}, &ModelUpload::key);
    for (const ModelUpload& upload : uploads) {
      shown += fmt::format("  upload {} {} {} at {}\n", upload.key, upload.id.text().substr(0, 8),
                           upload.colour, number_of(upload.initiated));
      for (const auto& [number, part] : upload.parts) {
        shown += part_line(number, part.revision, part.bytes.size(), part.etag, part.modified);
      }
    }
  }
  return shown;
}

std::string picture(Store& store) {
  std::string shown;
  for (const BucketInfo& bucket : must(store.buckets("", "", 1000)).buckets) {
    shown += fmt::format("bucket {} {}\n", bucket.name.text(), static_cast<int>(bucket.versioning));
    for (const ObjectInfo& listed : must(store.list_versions(bucket.name, {})).versions) {
      if (listed.delete_marker) {
        shown += marker_line(listed.key.text(), listed.version, listed.latest, listed.modified);
        continue;
      }
      const auto lease = must(store.open_object(bucket.name, listed.key, listed.version));
      const ObjectInfo& object = lease->info();
      shown += fmt::format("  object {} {}{} {} {} {} at {} by {}\n", object.key.text(),
                           object.version.text(), object.latest ? "*" : "",
                           short_text(StoreFixture::read_all(*lease)), object.etag.text().substr(0, 8),
                           colour_of(object.attributes), number_of(object.modified),
                           object.upload_id ? object.upload_id->text().substr(0, 8) : "");
      for (const PartInfo& part : must(lease->parts(0, 1000))) {
        shown += part_line(part.number.value(), part.revision, part.size, part.etag, part.modified);
      }
    }
    for (const UploadInfo& upload : must(store.list_uploads(bucket.name, {})).uploads) {
      shown += fmt::format("  upload {} {} {} at {}\n", upload.key.text(), upload.id.text().substr(0, 8),
                           colour_of(upload.attributes), number_of(upload.initiated));
      for (const PartInfo& part : must(store.parts({bucket.name, upload.key, upload.id}, 0, 1000)).parts) {
        shown += part_line(part.number.value(), part.revision, part.size, part.etag, part.modified);
      }
    }
  }
  return shown;
}

}  // namespace partsmith::storage::testing
