/// The browser's form: an object from multipart/form-data, allowed by a signed policy in it. The file's bytes
/// go to disk as they come. Source: S3 API reference, "POST Object" and "Browser-Based Uploads Using POST";
/// recordings post-*.

#include <algorithm>

#include <partsmith/protocol/xml.h>
#include <partsmith/protocol/xml_bounds.h>
#include <partsmith/values/digest.h>

#include "authenticator.h"
#include "configuration/lifecycle.h"
#include "content.h"
#include "forms/form_fields.h"
#include "forms/form_reader.h"
#include "forms/post_policy.h"
#include "operations/answers.h"
#include "operations/object_headers.h"
#include "object_names.h"
#include "operations/operations.h"
#include "payload_digests.h"
#include "tags.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// `<Tagging>` of the form; another document has no tags (recorded: post-tagging-invalid).
S3Result<storage::NameValues> tags_of(const FormFields& fields) {
  storage::NameValues tags;
  const auto text = form_field(fields, "tagging");
  if (!text) return tags;
  constexpr protocol::XmlLimits most{.bytes = limits::max_form_bytes_before_file, .nodes = 1'000};
  const auto root = protocol::parse_xml(*text, most);
  if (!root) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  const protocol::XmlElement* set = root->child("TagSet");
  if (set == nullptr) return tags;
  for (const protocol::XmlElement& tag : set->children) {
    const protocol::XmlElement* key = tag.child("Key");
    const protocol::XmlElement* value = tag.child("Value");
    if (key == nullptr || value == nullptr) return std::unexpected(S3Error(ErrorCode::MalformedXML));
    tags.emplace_back(key->text, value->text);
  }
  if (auto ok = check_tags(tags, object_tag_rules); !ok) return std::unexpected(std::move(ok.error()));
  return tags;
}

/// A form on its way to an object.
class PostedObject {
 public:
  explicit PostedObject(Visit& visit) : visit_(visit) {}

  void take_field(const std::string& name, const std::string& value) { fields_.emplace_back(name, value); }
  /// The fields are there, the file follows: everything that can be refused without it is refused now.
  S3Result<void> begin_file(const std::optional<std::string>& filename);
  S3Result<void> take_bytes(ByteView bytes);
  Outcome finish();

 private:
  std::uint64_t max_size() const {
    const auto of_policy = policy_ ? policy_->max_size : std::nullopt;
    return std::min(of_policy.value_or(limits::max_put_size), limits::max_put_size);
  }
  S3Result<void> check_size() const;
  Response answer(const storage::ObjectInfo& object);

  Visit& visit_;
  FormFields fields_;
  std::optional<PostPolicy> policy_;  ///< nothing: nobody signed the form
  storage::ObjectAttributes attributes_;
  std::optional<CustomerKey> customer_key_;
  PayloadDeclaration declaration_;
  std::optional<PayloadDigests> digests_;
  std::optional<ContentWriter> writer_;
  std::uint64_t size_ = 0;
};

S3Result<ObjectKey> key_of(const FormFields& fields) {
  return object_key(*form_field(fields, "key"), [] {
    return invalid_argument("User key must have a length greater than 0.", "key", "").error();
  });
}

S3Result<void> PostedObject::begin_file(const std::optional<std::string>& filename) {
  if (auto ok = check_each_field_once(fields_); !ok) return ok;
  if (!form_field(fields_, "key")) return std::unexpected(missing_form_field("key"));
  auto principal = visit_.authenticator().verify_form(fields_);
  if (!principal) return std::unexpected(std::move(principal.error()));
  if (!principal->is_anonymous()) {
    auto policy = parse_post_policy(*form_field(fields_, "policy"));
    if (!policy) return std::unexpected(std::move(policy.error()));
    policy_ = std::move(*policy);
  }
  if (filename && !filename->empty()) {
    if (auto ok = insert_file_name(fields_, *filename); !ok) return ok;
  }
  if (policy_) {
    if (auto ok = check_post_policy(*policy_, fields_, visit_.bucket(), visit_.clock().now()); !ok) return ok;
  }

  auto key = key_of(fields_);
  if (!key) return std::unexpected(std::move(key.error()));
  auto headers = headers_of(fields_);
  if (!headers) return std::unexpected(std::move(headers.error()));
  visit_.take_form(*std::move(principal), *std::move(key), *std::move(headers));
  if (auto ok = visit_.authorise(visit_.operation().action, visit_.target()); !ok) return ok;
  auto customer = customer_key(visit_, KeyPurpose::write);
  if (!customer) return std::unexpected(std::move(customer.error()));
  customer_key_ = std::move(*customer);
  auto attributes = attributes_from(visit_, customer_key_, MetadataForm::text);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  attributes_ = std::move(*attributes);
  auto tags = tags_of(fields_);
  if (!tags) return std::unexpected(std::move(tags.error()));
  attributes_.tags = std::move(*tags);
  auto declaration = declared_digests(visit_.headers());
  if (!declaration) return std::unexpected(std::move(declaration.error()));
  declaration_ = *std::move(declaration);
  digests_.emplace(visit_.world().md5_lanes, declaration_,
                   declaration_.algorithm().value_or(ChecksumAlgorithm::crc64nvme));

  auto writer = ContentWriter::open(visit_, std::nullopt, customer_key_);
  if (!writer) return std::unexpected(std::move(writer.error()));
  writer_ = std::move(*writer);
  return {};
}

S3Result<void> PostedObject::take_bytes(ByteView bytes) {
  size_ += bytes.size();
  if (size_ > max_size()) return {};  // read past, for the error tells the whole size
  digests_->update(bytes);
  return writer_->write(bytes);
}

S3Result<void> PostedObject::check_size() const {
  if (size_ > max_size()) {
    return std::unexpected(S3Error(ErrorCode::EntityTooLarge)
                               .with("ProposedSize", std::to_string(size_))
                               .with("MaxSizeAllowed", std::to_string(max_size())));
  }
  if (policy_ && size_ < policy_->min_size) {
    return std::unexpected(S3Error(ErrorCode::EntityTooSmall)
                               .with("ProposedSize", std::to_string(size_))
                               .with("MinSizeAllowed", std::to_string(policy_->min_size)));
  }
  return {};
}

Outcome PostedObject::finish() {
  if (auto ok = check_size(); !ok) return std::unexpected(std::move(ok.error()));
  const ReceivedPayload received = digests_->finish();
  if (auto ok = check_md5(declaration_, received, Md5Echo::hex); !ok)
    return std::unexpected(std::move(ok.error()));
  if (declaration_.checksum) {
    if (auto ok = check_checksum(*declaration_.checksum, received); !ok)
      return std::unexpected(std::move(ok.error()));
  }
  const storage::ObjectDraft draft{
      .attributes = attributes_,
      .etag = writer_->etag(attributes_.encryption, received.md5),
      .checksum = ObjectChecksum{*received.computed, ChecksumType::full_object, 0},
      .condition = {}};
  const auto object =
      visit_.store().put_object(visit_.bucket(), visit_.key(), std::move(*writer_).content(), draft);
  if (!object) return refused(object.error(), visit_);
  return answer(*object);
}

/// Nothing where the form names none, or what is no URL of the web: Amazon S3 then acts as if the field
/// weren't there. A byte that no URL has could end the header, or the attribute that a page puts the URL
/// into.
std::optional<std::string_view> redirect_target(const FormFields& fields) {
  auto target = form_field(fields, "success_action_redirect");
  if (!target) target = form_field(fields, "redirect");
  if (!target) return std::nullopt;
  const std::size_t scheme = target->starts_with("http://") ? 7 : target->starts_with("https://") ? 8 : 0;
  const auto fits = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
           std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  };
  if (scheme == 0 || target->size() == scheme || !std::ranges::all_of(*target, fits)) return std::nullopt;
  return target;
}

Response PostedObject::answer(const storage::ObjectInfo& object) {
  const std::string etag = object.etag.quoted();
  Response response = empty_answer(204);
  const auto redirect = redirect_target(fields_);
  const std::string_view status = form_field(fields_, "success_action_status").value_or("");
  if (redirect) {
    const auto encoded = [](std::string_view text) {
      return protocol::uri_encode(text, protocol::Slash::encode);
    };
    response.status = 303;
    response.headers.add("Location", std::string(*redirect) +
                                         (redirect->find('?') == std::string_view::npos ? '?' : '&') +
                                         "bucket=" + encoded(object.bucket.text()) +
                                         "&key=" + encoded(object.key.text()) + "&etag=" + encoded(etag));
  } else if (status == "201") {
    protocol::XmlWriter document("PostResponse", "");
    document.element("Location", object_url(visit_, object.key))
        .element("Bucket", object.bucket.text())
        .element("Key", object.key.text())
        .element("ETag", etag);
    response = xml_answer(document);
    response.status = 201;
    response.headers.add("Location", object_url(visit_, object.key));
  } else {
    if (status == "200") response.status = 200;
    response.headers.add("Location", object_url(visit_, object.key));
  }
  if (!object.version.is_null()) add_version(response.headers, object);
  response.headers.add("ETag", etag);
  add_encryption(response.headers, object.attributes.encryption);
  add_checksum(response.headers, *object.checksum);
  add_expiration(response, visit_, object);
  return response;
}

}  // namespace

Outcome post_object(Visit& visit) {
  const auto boundary = form_boundary(visit.headers().value("content-type"));
  if (!boundary) {
    return std::unexpected(
        S3Error(ErrorCode::PreconditionFailed)
            .with("Condition", "Bucket POST must be of the enclosure-type multipart/form-data"));
  }
  if (!visit.request.body->length()) return std::unexpected(S3Error(ErrorCode::MissingContentLength));
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);

  // What stands before the file: as it came, as fields, with the file's name in it, and what small texts
  // cost.
  constexpr std::size_t form_memory = 8 * limits::max_form_bytes_before_file;
  auto held = visit.memory().reserve(form_memory);
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));

  PostedObject posted(visit);
  std::optional<S3Error> failure;
  const auto took = [&](S3Result<void> result) {
    if (!result) failure = std::move(result.error());
    return !failure.has_value();
  };
  FormReader reader(*boundary,
                    {.field =
                         [&](const std::string& name, const std::string& value) {
                           posted.take_field(name, value);
                           return true;
                         },
                     .file =
                         [&](const auto& filename) {
                           held->shrink_to(form_memory / 2);
                           return took(posted.begin_file(filename));
                         },
                     .bytes = [&](ByteView bytes) { return took(posted.take_bytes(bytes)); }});
  auto state = FormReader::State::reading;
  const auto read = visit.request.body->read([&](ByteView bytes) {
    state = reader.feed(bytes);
    return state == FormReader::State::reading || state == FormReader::State::ended;
  });
  if (failure) return std::unexpected(std::move(*failure));
  if (state == FormReader::State::too_large) return std::unexpected(too_much_before_file());
  if (state == FormReader::State::malformed) return std::unexpected(S3Error(ErrorCode::MalformedPOSTRequest));
  if (!read) {
    return std::unexpected(
        S3Error(read.error() == BodyError::timeout ? ErrorCode::RequestTimeout : ErrorCode::IncompleteBody));
  }
  if (state != FormReader::State::ended) return std::unexpected(S3Error(ErrorCode::MalformedPOSTRequest));
  if (!reader.has_file()) {
    return invalid_argument("POST requires exactly one file upload per request.", "file", "0");
  }
  return posted.finish();
}

}  // namespace partsmith::server
