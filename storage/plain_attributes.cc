#include "plain_attributes.h"

#include <algorithm>
#include <charconv>

#include "attribute_fields.h"

namespace partsmith::storage {
namespace {

bool needs_no_escape(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  bool plain() const { return plain_; }
  void raw(std::string_view json) { out_ += json; }
  void text(std::string_view text) {
    plain_ = plain_ && std::ranges::all_of(text, needs_no_escape);
    out_ += '"';
    out_ += text;
    out_ += '"';
  }
  void pairs(const NameValues& pairs) {
    out_ += '[';
    for (bool first = true; const auto& [name, value] : pairs) {
      out_ += first ? "[" : ",[";
      first = false;
      text(name);
      out_ += ',';
      text(value);
      out_ += ']';
    }
    out_ += ']';
  }

 private:
  std::string& out_;
  bool plain_ = true;
};

/// Goes on to the first thing that is not as expected, and knows then.
class Reader {
 public:
  explicit Reader(std::string_view json) : left_(json) {}

  bool complete() const { return plain_ && left_.empty(); }
  bool next(std::string_view json) {
    if (!plain_ || !left_.starts_with(json)) return false;
    left_.remove_prefix(json.size());
    return true;
  }
  void require(std::string_view json) { plain_ = next(json); }
  std::string text() {
    require("\"");
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if_not(left_, needs_no_escape) - left_.begin());
    std::string text(left_.substr(0, end));
    left_.remove_prefix(end);
    require("\"");
    return text;
  }
  bool boolean() {
    if (next("true")) return true;
    require("false");
    return false;
  }
  std::optional<TimePoint> time() {
    const auto time = time_from_seconds(number());
    plain_ = plain_ && time;
    return time;
  }
  std::optional<Retention> retention() {
    const std::string mode = text();
    require(R"(,"until_ms":)");
    const auto retention = retention_from(mode, number());
    plain_ = plain_ && retention;
    return retention;
  }
  NameValues pairs() {
    NameValues pairs;
    require("[");
    while (plain_ && !next("]")) {
      require(pairs.empty() ? "[" : ",[");
      std::string name = text();
      require(",");
      std::string value = text();
      require("]");
      pairs.emplace_back(std::move(name), std::move(value));
    }
    return pairs;
  }

 private:
  std::int64_t number() {
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    plain_ = plain_ && error == std::errc();
    return value;
  }

  std::string_view left_;
  bool plain_ = true;
};

}  // namespace

std::optional<std::string> plain_json(const ObjectAttributes& attributes) {
  std::string json;
  Writer writer(json);
  writer.raw("{");
  if (!attributes.acl.empty()) {
    writer.raw(R"("acl":)");
    writer.text(attributes.acl);
    writer.raw(",");
  }
  const EncryptionFields encryption = fields_of(attributes.encryption);
  writer.raw(R"("encryption":{"algorithm":)");
  writer.text(encryption.kms.algorithm);
  writer.raw(R"(,"bucket_key_enabled":)");
  writer.raw(encryption.kms.bucket_key_enabled ? "true" : "false");
  writer.raw(R"(,"customer_key_md5":)");
  writer.text(encryption.customer_key_md5);
  writer.raw(R"(,"kms_context":)");
  writer.text(encryption.kms.context);
  writer.raw(R"(,"kms_key_id":)");
  writer.text(encryption.kms.key_id);
  writer.raw(R"(},"headers":)");
  writer.pairs(attributes.headers);
  if (attributes.legal_hold) {
    writer.raw(R"(,"legal_hold":)");
    writer.raw(*attributes.legal_hold ? "true" : "false");
  }
  if (attributes.restored_until) {
    writer.raw(R"(,"restored_until":)");
    writer.raw(std::to_string(seconds_from(*attributes.restored_until)));
  }
  if (const auto& retention = attributes.retention) {
    writer.raw(R"(,"retention":{"mode":)");
    writer.text(mode_name(retention->mode));
    writer.raw(R"(,"until_ms":)");
    writer.raw(std::to_string(retention->until.time_since_epoch().count()));
    writer.raw("}");
  }
  writer.raw(R"(,"storage_class":)");
  writer.text(attributes.storage_class);
  writer.raw(R"(,"tags":)");
  writer.pairs(attributes.tags);
  writer.raw(R"(,"user_metadata":)");
  writer.pairs(attributes.user_metadata);
  writer.raw("}");
  if (!writer.plain()) return std::nullopt;
  return json;
}

std::optional<ObjectAttributes> attributes_from_plain_json(std::string_view text) {
  Reader reader(text);
  ObjectAttributes attributes;
  reader.require("{");
  if (reader.next(R"("acl":)")) {
    attributes.acl = reader.text();
    reader.require(",");
  }
  EncryptionFields encryption;
  reader.require(R"("encryption":{"algorithm":)");
  encryption.kms.algorithm = reader.text();
  reader.require(R"(,"bucket_key_enabled":)");
  encryption.kms.bucket_key_enabled = reader.boolean();
  reader.require(R"(,"customer_key_md5":)");
  encryption.customer_key_md5 = reader.text();
  reader.require(R"(,"kms_context":)");
  encryption.kms.context = reader.text();
  reader.require(R"(,"kms_key_id":)");
  encryption.kms.key_id = reader.text();
  reader.require(R"(},"headers":)");
  attributes.headers = reader.pairs();
  if (reader.next(R"(,"legal_hold":)")) attributes.legal_hold = reader.boolean();
  if (reader.next(R"(,"restored_until":)")) {
    attributes.restored_until = reader.time();
  }
  if (reader.next(R"(,"retention":{"mode":)")) {
    attributes.retention = reader.retention();
    reader.require("}");
  }
  reader.require(R"(,"storage_class":)");
  attributes.storage_class = reader.text();
  reader.require(R"(,"tags":)");
  attributes.tags = reader.pairs();
  reader.require(R"(,"user_metadata":)");
  attributes.user_metadata = reader.pairs();
  reader.require("}");
  if (!reader.complete()) return std::nullopt;
  attributes.encryption = encryption_from(std::move(encryption));
  return attributes;
}

}  // namespace partsmith::storage
