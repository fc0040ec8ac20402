#include <algorithm>
#include <initializer_list>

#include "answer_memory.h"
#include "operations/answers.h"
#include "operations/conditions.h"
#include "operations/object_lock.h"
#include "operations/operations.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

struct DeleteEntry {
  std::string key;
  std::optional<std::string> version_id;
  std::optional<ETag> etag;
};

struct DeleteDocument {
  std::vector<DeleteEntry> targets;
  bool quiet = false;
};

std::size_t count(const protocol::XmlElement& element, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count(element.children, name, &protocol::XmlElement::name));
}

bool holds_only(const protocol::XmlElement& element, std::initializer_list<std::string_view> names) {
  return std::ranges::all_of(element.children, [&](const protocol::XmlElement& child) {
    return std::ranges::find(names, child.name) != names.end();
  });
}

/// Amazon S3 takes no element that its schema doesn't have, nor one twice. Source: S3 API reference,
/// DeleteObjects; reported (brekkylab/backlot, measured 2026-09).
bool follows_schema(const protocol::XmlElement& root) {
  if (root.name != "Delete" || !holds_only(root, {"Object", "Quiet"}) || count(root, "Quiet") > 1)
    return false;
  return std::ranges::all_of(root.children, [](const protocol::XmlElement& element) {
    return element.name == "Quiet" ||
           (holds_only(element, {"Key", "VersionId", "ETag"}) && count(element, "Key") == 1 &&
            count(element, "VersionId") <= 1 && count(element, "ETag") <= 1);
  });
}

/// Source: S3 API reference, DeleteObjects: 1 to 1,000 keys.
std::optional<DeleteDocument> parse(const std::string& text) {
  const auto root = protocol::parse_xml(text);
  if (!root || !follows_schema(*root)) return std::nullopt;
  DeleteDocument document;
  document.quiet = protocol::equal_ignoring_case(root->child_text("Quiet").value_or(""), "true");
  for (const protocol::XmlElement& element : root->children) {
    if (element.name != "Object") continue;
    const protocol::XmlElement* key = element.child("Key");
    if (key == nullptr) return std::nullopt;
    DeleteEntry target{key->text, element.child_text("VersionId"), {}};
    if (const auto etag = element.child_text("ETag")) target.etag = named_etag(*etag);
    document.targets.push_back(std::move(target));
  }
  if (document.targets.empty() || document.targets.size() > limits::max_delete_keys) return std::nullopt;
  return document;
}

S3Result<storage::Deletion> delete_one(const Visit& visit, const DeleteEntry& target) {
  const auto key = ObjectKey::parse(target.key);
  // Empty it would have been refused with the whole document, which is UTF-8.
  if (!key) return std::unexpected(S3Error(ErrorCode::KeyTooLongError));
  std::optional<VersionId> version;
  if (target.version_id) {
    version = VersionId::parse(*target.version_id);
    if (!version) return std::unexpected(S3Error(ErrorCode::NoSuchVersion));
    if (target.etag) return std::unexpected(S3Error(ErrorCode::NotImplemented));
  }
  const ObjectTarget object{visit.bucket(), *key};
  const std::string_view action = version ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
  if (auto ok = visit.authorise(action, object); !ok) return std::unexpected(std::move(ok.error()));
  const auto override = lock_override(visit, object);
  if (!override) return std::unexpected(override.error());
  auto deleted = visit.store().delete_object(visit.bucket(), *key, target.etag, version, *override);
  if (!deleted) return refused(deleted.error(), visit, object);
  return *std::move(deleted);
}

}  // namespace

Outcome delete_objects(Visit& visit) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  if (auto ok = require_digest(visit); !ok) return std::unexpected(std::move(ok.error()));
  std::optional<S3Error> mismatch;
  auto text = receive_document(visit, mismatch);
  if (!text) return std::unexpected(text.error());
  if (auto ok = refuse_bypass_without_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto request = parse(*text);
  if (!request) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  if (std::ranges::find(request->targets, "", &DeleteEntry::key) != request->targets.end()) {
    return std::unexpected(S3Error(ErrorCode::UserKeyMustBeSpecified));
  }
  if (mismatch) return std::unexpected(*std::move(mismatch));
  text->was_read();
  const auto held = memory_for_answer(visit, longest_listing);
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));

  protocol::XmlWriter document("DeleteResult");
  for (const DeleteEntry& target : request->targets) {
    const auto deleted = delete_one(visit, target);
    if (deleted && request->quiet) continue;
    document.open(deleted ? "Deleted" : "Error").element("Key", target.key);
    if (target.version_id) document.element("VersionId", *target.version_id);
    if (deleted && deleted->delete_marker) {
      document.element("DeleteMarker", true).element("DeleteMarkerVersionId", deleted->version->text());
    } else if (!deleted) {
      document.element("Code", traits(deleted.error().code).name).element("Message", deleted.error().message);
    }
    document.close();
  }
  return xml_answer(document);
}

}  // namespace partsmith::server
