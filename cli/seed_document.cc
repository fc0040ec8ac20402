#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

#include <partsmith/client/content_type.h>
#include <partsmith/values/bucket_naming.h>

#include "seed.h"
#include "seed_content.h"

namespace partsmith::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What is wrong with the document, as one line. Caught in seed_from_document().
class Wrong : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One object of the document, of which only certain members are known. Says where it stands when one of
/// them is wrong.
class Members {
 public:
  Members(const Json& json, std::string place, std::initializer_list<std::string_view> names)
      : json_(json), place_(std::move(place)) {
    if (!json.is_object()) fail("an object is wanted");
    for (const auto& [name, value] : json.items()) {
      if (std::ranges::find(names, name) == names.end())
        fail(fmt::format("\"{}\" is not known; there are {}", name, fmt::join(names, ", ")));
    }
  }

  [[noreturn]] void fail(std::string_view why) const { throw Wrong(fmt::format("{}: {}", place_, why)); }
  const std::string& place() const { return place_; }
  bool has(const char* name) const { return json_.contains(name); }

  std::string text(const char* name, const std::string& otherwise = {}) const {
    if (!has(name)) return otherwise;
    if (!json_[name].is_string()) fail(fmt::format("\"{}\" must be a text", name));
    return json_[name].get<std::string>();
  }
  std::optional<std::uint64_t> number(const char* name) const {
    if (!has(name)) return std::nullopt;
    if (!json_[name].is_number_unsigned()) fail(fmt::format("\"{}\" must be a whole number", name));
    return json_[name].get<std::uint64_t>();
  }
  storage::NameValues pairs(const char* name) const {
    storage::NameValues all;
    if (!has(name)) return all;
    if (!json_[name].is_object()) fail(fmt::format("\"{}\" must be an object of texts", name));
    for (const auto& [key, value] : json_[name].items()) {
      if (!value.is_string()) fail(fmt::format("\"{}\" of \"{}\" must be a text", key, name));
      all.emplace_back(key, value.get<std::string>());
    }
    return all;
  }
  std::vector<Json> list(const char* name) const {
    if (!has(name)) return {};
    if (!json_[name].is_array()) fail(fmt::format("\"{}\" must be a list", name));
    return json_[name].get<std::vector<Json>>();
  }

 private:
  const Json& json_;
  std::string place_;
};

/// Throws what the store says.
template <typename T>
T must(std::expected<T, std::string> result, const Members& members) {
  if (!result) members.fail(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}
template <typename T>
T must(storage::Result<T> result, const Members& members) {
  if (!result) members.fail(result.error().detail);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

bool is_header_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

class DocumentSeed {
 public:
  DocumentSeed(fs::path folder, const std::string& region, storage::Store& store)
      : folder_(std::move(folder)), region_(region), store_(store) {}

  void add(const Json& document) const {
    const Members root(document, "the document", {"buckets"});
    if (!root.has("buckets") || !document["buckets"].is_object()) root.fail("\"buckets\" must be an object");
    for (const auto& [name, bucket] : document["buckets"].items()) add_bucket(name, bucket);
  }

 private:
  void add_bucket(const std::string& name, const Json& json) const {
    const Members members(json, name, {"region", "versioning", "objects", "uploads"});
    const auto bucket = BucketName::parse(name);
    if (!bucket) members.fail(*fault_of_bucket_name(name));
    const auto made = store_.create_bucket(*bucket, members.text("region", region_));
    if (!made && made.error().code != storage::StoreErrorCode::bucket_exists)
      members.fail(made.error().detail);
    if (const std::string versioning = members.text("versioning"); versioning == "enabled") {
      must(store_.set_versioning(*bucket, storage::Versioning::enabled), members);
    } else if (!versioning.empty()) {
      members.fail("\"versioning\" can be \"enabled\"");
    }
    for (const Json& object : members.list("objects")) add_object(*bucket, object);
    for (const Json& upload : members.list("uploads")) add_upload(*bucket, upload);
  }

  void add_object(const BucketName& bucket, const Json& json) const {
    const Members members(json, place_of(bucket, json),
                          {"key", "body", "file", "size", "content_type", "headers", "metadata", "tags"});
    const ObjectKey key = key_of(members);
    auto content = must(SeedContent::begin(store_, ChecksumAlgorithm::crc64nvme), members);
    fill(content, members);
    must(put_seed(store_, bucket, key, std::move(content), attributes_of(members)), members);
  }

  void add_upload(const BucketName& bucket, const Json& json) const {
    const Members members(
        json, place_of(bucket, json),
        {"key", "content_type", "headers", "metadata", "tags", "checksum_algorithm", "parts"});
    std::optional<ChecksumAlgorithm> algorithm;
    std::optional<ChecksumType> type;
    if (members.has("checksum_algorithm")) {
      algorithm = checksum_algorithm_by_name(members.text("checksum_algorithm"));
      if (!algorithm) members.fail("\"checksum_algorithm\" is none that S3 has");
      type = traits(*algorithm).default_type;
    }
    const auto upload =
        must(store_.create_upload(bucket, key_of(members), attributes_of(members), algorithm, type), members);
    for (const Json& part : members.list("parts")) {
      const Members of_part(part, members.place() + ", a part", {"number", "body", "file", "size"});
      const auto number = PartNumber::from(static_cast<std::int64_t>(of_part.number("number").value_or(0)));
      if (!number) of_part.fail("\"number\" must be from 1 to 10000");
      auto content =
          must(SeedContent::begin(store_, algorithm.value_or(ChecksumAlgorithm::crc64nvme)), of_part);
      fill(content, of_part);
      const storage::PartFacts facts{.etag = content.etag(), .checksum = content.checksum()};
      must(store_.put_part({bucket, upload.key, upload.id}, *number, content.content(), facts), of_part);
    }
  }

  static std::string place_of(const BucketName& bucket, const Json& json) {
    const bool named = json.is_object() && json.contains("key") && json["key"].is_string();
    return fmt::format("{}/{}", bucket.text(), named ? json["key"].get<std::string>() : "?");
  }

  static ObjectKey key_of(const Members& members) {
    const auto key = ObjectKey::parse(members.text("key"));
    if (!key) members.fail("\"key\" must be a key: 1 to 1024 bytes of UTF-8");
    return *key;
  }

  /// One of: a text, a file, so many zeros.
  void fill(SeedContent& content, const Members& members) const {
    const int given = static_cast<int>(members.has("body")) + static_cast<int>(members.has("file")) +
                      static_cast<int>(members.has("size"));
    if (given > 1) members.fail("of \"body\", \"file\" and \"size\" only one");
    if (members.has("file")) {
      const fs::path file = folder_ / members.text("file");
      if (const auto added = content.add_file(file); !added)
        members.fail(fmt::format("{}: {}", file.string(), added.error()));
    } else if (const auto size = members.number("size")) {
      if (*size > limits::max_part_size) members.fail("\"size\" is 5 GiB at most");
      must(content.add_zeros(*size), members);
    } else {
      must(content.add(as_bytes(members.text("body"))), members);
    }
  }

  static storage::ObjectAttributes attributes_of(const Members& members) {
    static constexpr auto known = std::to_array<std::string_view>(
        {"cache-control", "content-disposition", "content-encoding", "content-language", "expires"});
    storage::ObjectAttributes attributes;
    const std::string by_name(client::content_type_of(members.text("key")));
    attributes.headers = {{"content-type", members.text("content_type", by_name)}};
    for (auto& [name, value] : members.pairs("headers")) {
      if (std::ranges::find(known, name) == known.end())
        members.fail(fmt::format("\"headers\" has \"{}\"; there are {}", name, fmt::join(known, ", ")));
      attributes.headers.emplace_back(name, value);
    }
    attributes.user_metadata = members.pairs("metadata");
    attributes.tags = members.pairs("tags");
    check(attributes, members);
    return attributes;
  }

  /// What S3 refuses, and an answer's head could not say.
  static void check(const storage::ObjectAttributes& attributes, const Members& members) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : attributes.user_metadata) {
      const auto is_token = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      };
      if (name.empty() || !std::ranges::all_of(name, is_token))
        members.fail(fmt::format("\"metadata\": \"{}\" is no name: a-z, 0-9, -, _ and . are allowed", name));
      bytes += name.size() + value.size();
    }
    if (bytes > limits::max_user_metadata_bytes) members.fail("\"metadata\" has more than 2 KiB");
    for (const auto& pairs : {attributes.headers, attributes.user_metadata}) {
      for (const auto& [name, value] : pairs) {
        if (!is_header_text(value)) members.fail(fmt::format("\"{}\" has a control character", name));
      }
    }
    if (attributes.tags.size() > 10) members.fail("more than 10 tags");
    for (const auto& [name, value] : attributes.tags) {
      if (name.empty() || name.size() > 128 || value.size() > 256)
        members.fail(fmt::format("tag \"{}\": 1 to 128 bytes of a key and at most 256 of a value", name));
    }
  }

  fs::path folder_;
  const std::string& region_;
  storage::Store& store_;
};

}  // namespace

std::expected<void, std::string> seed_from_document(const std::string& text, const fs::path& folder,
                                                    const std::string& region, storage::Store& store) {
  try {
    DocumentSeed(folder, region, store).add(Json::parse(text));
    return {};
  } catch (const Json::parse_error&) {
    return std::unexpected("it is no JSON");
  } catch (const Wrong& wrong) {
    return std::unexpected(wrong.what());
  }
}

}  // namespace partsmith::cli
