#include <fmt/format.h>

#include <algorithm>

#include <partsmith/client/objects.h>
#include <partsmith/values/limits.h>

#include "answer_document.h"
#include "listed_names.h"
#include "numbers.h"

namespace partsmith::client {
namespace {

using protocol::XmlElement;

Result<ObjectInList> read_object(const XmlElement& element, const ListedNames& names) {
  auto key = names.of(element, "Key");
  if (!key) return malformed_answer("an object in the listing has no readable Key");
  const auto size = whole_number(element.child_text("Size").value_or(""));
  if (!size) return malformed_answer("an object in the listing has no Size");
  return ObjectInList{
      *std::move(key), *size, ETag::from_client(element.child_text("ETag").value_or("")).text(),
      element.child_text("LastModified").value_or(""), element.child_text("StorageClass").value_or("")};
}

/// A checksum over parts ends in "-N", and no other has a '-'.
std::optional<Checksum> checksum_of_whole(const protocol::Headers& headers) {
  if (headers.value("x-amz-checksum-type") == to_string(ChecksumType::composite)) return std::nullopt;
  for (const auto& row : checksum_table()) {
    if (const auto text = headers.get(row.header)) return Checksum::from_base64(row.algorithm, *text);
  }
  return std::nullopt;
}

}  // namespace

bool ObjectFacts::etag_is_md5() const {
  return !headers.value("x-amz-server-side-encryption").starts_with("aws:kms") &&
         !headers.has("x-amz-server-side-encryption-customer-algorithm");
}

Result<std::vector<BucketInList>> read_buckets(const S3Answer& answer) {
  const auto document = answer_document(answer, "ListAllMyBucketsResult");
  if (!document) return std::unexpected(document.error());
  std::vector<BucketInList> buckets;
  const auto* list = document->child("Buckets");
  if (list == nullptr) return buckets;
  for (const auto& child : list->children) {
    auto name = child.child_text("Name");
    if (child.name != "Bucket" || !name) return malformed_answer("a bucket in the listing has no Name");
    buckets.push_back({*std::move(name), child.child_text("CreationDate").value_or(""),
                       child.child_text("BucketRegion").value_or("")});
  }
  return buckets;
}

Result<ObjectsPage> read_objects_page(const S3Answer& answer) {
  const auto document = answer_document(answer, "ListBucketResult");
  if (!document) return std::unexpected(document.error());
  const ListedNames names(*document);
  ObjectsPage page;
  for (const auto& child : document->children) {
    if (child.name == "CommonPrefixes") {
      auto prefix = names.of(child, "Prefix");
      if (!prefix) return malformed_answer("a common prefix in the listing cannot be read");
      page.common_prefixes.push_back(*std::move(prefix));
    }
    if (child.name != "Contents") continue;
    auto object = read_object(child, names);
    if (!object) return std::unexpected(object.error());
    page.objects.push_back(*std::move(object));
  }
  if (document->child_text("IsTruncated") != "true") return page;
  page.next = document->child_text("NextContinuationToken").value_or("");
  if (page.next.empty()) return malformed_answer("a truncated listing has no NextContinuationToken");
  return page;
}

Result<ObjectFacts> read_object_facts(const S3Answer& answer) {
  ObjectFacts facts;
  const auto size = whole_number(answer.headers.value("content-length"));
  if (!size) return malformed_answer("the answer to HEAD has no Content-Length");
  facts.size = *size;
  facts.etag = ETag::from_client(answer.headers.value("etag"));
  facts.parts =
      static_cast<std::uint32_t>(whole_number(answer.headers.value("x-amz-mp-parts-count")).value_or(0));
  facts.full_checksum = checksum_of_whole(answer.headers);
  facts.headers = answer.headers;
  return facts;
}

Result<std::vector<DeleteFailure>> read_delete_failures(const S3Answer& answer) {
  const auto document = answer_document(answer, "DeleteResult");
  if (!document) return std::unexpected(document.error());
  std::vector<DeleteFailure> failures;
  for (const auto& child : document->children) {
    if (child.name != "Error") continue;
    const auto* key = child.child("Key");
    failures.push_back({key == nullptr ? std::string() : key->text, child.child_text("Code").value_or(""),
                        child.child_text("Message").value_or("")});
  }
  return failures;
}

Result<std::vector<BucketInList>> all_buckets(S3Client& client, const CallPolicy& call_policy) {
  std::vector<BucketInList> buckets;
  std::string token;
  while (true) {
    auto request = list_buckets();
    if (!token.empty()) request.parameter("continuation-token", token);
    const auto answer = call(client, request, call_policy);
    if (!answer) return std::unexpected(answer.error());
    auto page = read_buckets(*answer);
    if (!page) return page;
    std::ranges::move(*page, std::back_inserter(buckets));
    auto next = answer->document()->child_text("ContinuationToken").value_or("");
    if (next.empty()) return buckets;
    if (next == token) return malformed_answer("the listing's pages do not advance");
    token = std::move(next);
  }
}

Result<void> each_objects_page(S3Client& client, const S3Request& listing, const CallPolicy& call_policy,
                               const std::function<bool(const ObjectsPage&)>& each) {
  std::string token;
  while (true) {
    auto request = listing;
    if (!token.empty()) request.parameter("continuation-token", token);
    const auto answer = call(client, request, call_policy);
    if (!answer) return std::unexpected(answer.error());
    const auto page = read_objects_page(*answer);
    if (!page) return std::unexpected(page.error());
    if (!each(*page) || page->next.empty()) return {};
    if (page->next == token) return malformed_answer("the listing's pages do not advance");
    token = page->next;
  }
}

Result<ObjectFacts> object_facts(S3Client& client, const S3Request& head, const CallPolicy& call_policy) {
  const auto answer = call(client, head, call_policy);
  if (!answer) return std::unexpected(answer.error());
  return read_object_facts(*answer);
}

Result<std::vector<DeleteFailure>> delete_keys(S3Client& client, const std::string& bucket,
                                               std::span<const std::string> keys,
                                               const CallPolicy& call_policy) {
  std::vector<DeleteFailure> failures;
  bool together = true;
  while (!keys.empty()) {
    const auto batch = keys.first(std::min(keys.size(), together ? limits::max_delete_keys : 1));
    const auto answer = call(
        client, together ? delete_objects(bucket, batch) : delete_object(bucket, batch.front()), call_policy);
    if (!answer) {
      const bool missing = together && answer.error().failure && answer.error().failure->status == 501;
      if (!missing) return std::unexpected(answer.error());
      together = false;
      continue;
    }
    if (together) {
      auto failed = read_delete_failures(*answer);
      if (!failed) return failed;
      std::ranges::move(*failed, std::back_inserter(failures));
    }
    keys = keys.subspan(batch.size());
  }
  return failures;
}

}  // namespace partsmith::client
