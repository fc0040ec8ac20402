#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <partsmith/client/key_listing.h>

#include "answer_document.h"
#include "listed_names.h"
#include "numbers.h"

namespace partsmith::client {
namespace {

using protocol::XmlElement;

constexpr std::size_t most_versions = 100'000;  ///< of a key, all of which are held
constexpr int most_empty_pages = 1000;

Result<VersionInList> read_version(const XmlElement& element, bool delete_marker) {
  VersionInList version;
  version.id = element.child_text("VersionId").value_or("");
  if (version.id.empty()) return malformed_answer("a version in the listing has no VersionId");
  version.delete_marker = delete_marker;
  version.latest = element.child_text("IsLatest") == "true";
  version.last_modified = element.child_text("LastModified").value_or("");
  if (delete_marker) return version;
  const auto size = whole_number(element.child_text("Size").value_or(""));
  if (!size) return malformed_answer("a version in the listing has no Size");
  version.size = *size;
  version.etag = ETag::from_client(element.child_text("ETag").value_or("")).text();
  return version;
}

/// S3 lists the newest first. A service that lists versions apart from delete markers tells by the times
/// alone which came before which.
void order_oldest_first(std::vector<VersionInList>& versions) {
  const bool newest_first = versions.front().latest || std::ranges::none_of(versions, &VersionInList::latest);
  if (!newest_first)
    std::ranges::stable_sort(versions, std::ranges::greater(), &VersionInList::last_modified);
  std::ranges::reverse(versions);
}

}  // namespace

S3Request list_object_versions(std::string bucket, std::string_view prefix) {
  auto request = list_objects(std::move(bucket), prefix, "");
  std::erase_if(request.query, [](const auto& parameter) { return parameter.name == "list-type"; });
  return request.parameter("versions");
}

S3Request get_bucket_versioning(std::string bucket) {
  auto request = head_bucket(std::move(bucket));
  request.method = "GET";
  return request.parameter("versioning");
}

/// Keys with versions newest first; markers as they lead to the next page.
struct KeyListing::Page {
  std::deque<KeyInList> keys;
  std::string next;
  std::string next_id;
};

KeyListing::KeyListing(S3Client& client, std::string bucket, std::string prefix, Of of,
                       CallPolicy call_policy)
    : client_(client),
      bucket_(std::move(bucket)),
      prefix_(std::move(prefix)),
      of_(of),
      call_policy_(std::move(call_policy)) {}

Result<KeyListing::Page> KeyListing::read_objects(const S3Answer& answer) {
  auto objects = read_objects_page(answer);
  if (!objects) return std::unexpected(std::move(objects.error()));
  Page page;
  for (auto& object : objects->objects) {
    page.keys.push_back({std::move(object.key),
                         {{{}, false, true, object.size, std::move(object.etag), object.last_modified}}});
  }
  page.next = std::move(objects->next);
  return page;
}

Result<KeyListing::Page> KeyListing::read_versions(const S3Answer& answer) {
  const auto document = answer_document(answer, "ListVersionsResult");
  if (!document) return std::unexpected(document.error());
  const ListedNames names(*document);
  std::map<std::string, std::vector<VersionInList>> keys;  // some services list versions before markers
  for (const auto& child : document->children) {
    const bool delete_marker = child.name == "DeleteMarker";
    if (!delete_marker && child.name != "Version") continue;
    auto key = names.of(child, "Key");
    if (!key) return malformed_answer("a version in the listing has no readable Key");
    auto version = read_version(child, delete_marker);
    if (!version) return std::unexpected(std::move(version.error()));
    keys[*std::move(key)].push_back(*std::move(version));
  }
  Page page;
  for (auto& [key, versions] : keys) page.keys.push_back({key, std::move(versions)});
  if (document->child_text("IsTruncated") != "true") return page;
  page.next = names.of(*document, "NextKeyMarker").value_or("");
  page.next_id = document->child_text("NextVersionIdMarker").value_or("");
  if (page.next.empty()) return malformed_answer("a truncated listing has no NextKeyMarker");
  return page;
}

S3Request KeyListing::request() const {
  if (of_ == Of::objects) {
    auto listing = list_objects(bucket_, prefix_, "");
    if (!token_.empty()) listing.parameter("continuation-token", token_);
    return listing;
  }
  auto listing = list_object_versions(bucket_, prefix_);
  if (!token_.empty()) listing.parameter("key-marker", token_);
  if (!id_token_.empty()) listing.parameter("version-id-marker", id_token_);
  return listing;
}

Result<void> KeyListing::fetch() {
  for (int pages = 0; pages < most_empty_pages; ++pages) {
    const auto answer = call(client_, request(), call_policy_);
    if (!answer) return std::unexpected(answer.error());
    auto page = of_ == Of::objects ? read_objects(*answer) : read_versions(*answer);
    if (!page) return std::unexpected(std::move(page.error()));
    if (auto sound = look_at(*page); !sound) return sound;
    ended_ = page->next.empty();
    token_ = std::move(page->next);
    id_token_ = std::move(page->next_id);
    const bool more = !page->keys.empty();
    take(std::move(page->keys));
    if (more || ended_) return {};
  }
  return malformed_answer("the listing's pages are empty, and it does not end");
}

Result<void> KeyListing::look_at(const Page& page) {
  const bool same_token = !page.next.empty() && page.next == token_ && page.next_id == id_token_;
  const bool same_page =
      of_ == Of::objects && !page.keys.empty() && !token_.empty() && page.keys.front().key == first_key_;
  if (same_token || same_page) return malformed_answer("the listing's pages do not advance");
  for (const auto& found : page.keys) {
    if (!found.key.starts_with(prefix_) || found.key.empty())
      return malformed_answer("the listing has a key that does not begin with the prefix");
  }
  if (!page.keys.empty()) first_key_ = page.keys.front().key;
  if (of_ == Of::objects) return {};
  // What a key has would be copied twice, and in the wrong order.
  if (!keys_.empty() && !page.keys.empty() && page.keys.front().key < keys_.back().key)
    return malformed_answer("the listing of versions is not in the order of the keys");
  return {};
}

void KeyListing::take(std::deque<KeyInList> keys) {
  if (of_ == Of::versions && !keys_.empty() && !keys.empty() && keys.front().key == keys_.back().key) {
    std::ranges::move(keys.front().versions, std::back_inserter(keys_.back().versions));
    keys.pop_front();
  }
  std::ranges::move(keys, std::back_inserter(keys_));
}

Result<std::optional<KeyInList>> KeyListing::next() {
  // Only when another key has come it is known that the first one has no more versions.
  const std::size_t wanted = of_ == Of::versions ? 2 : 1;
  while (!ended_ && keys_.size() < wanted) {
    if (auto fetched = fetch(); !fetched) return std::unexpected(std::move(fetched.error()));
    if (!keys_.empty() && keys_.back().versions.size() > most_versions) {
      return malformed_answer(
          fmt::format("a key has more than {} versions, too many to be held", most_versions));
    }
  }
  if (keys_.empty()) return std::nullopt;
  auto found = std::move(keys_.front());
  keys_.pop_front();
  if (of_ == Of::versions) order_oldest_first(found.versions);
  return found;
}

Result<std::vector<VersionInList>> versions_of_key(S3Client& client, const std::string& bucket,
                                                   const std::string& key, const CallPolicy& call_policy) {
  // The key itself is the first of what begins with it.
  KeyListing listing(client, bucket, key, KeyListing::Of::versions, call_policy);
  auto found = listing.next();
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found || (*found)->key != key) return std::vector<VersionInList>();
  return std::move((*found)->versions);
}

}  // namespace partsmith::client
