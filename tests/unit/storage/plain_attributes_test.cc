// Attributes as JSON by the fast way and by a library's: one text, one meaning.

#include "plain_attributes.h"

#include <random>

#include "attributes_json.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;

namespace {

class AnyAttributes {
 public:
  explicit AnyAttributes(unsigned seed) : random_(seed) {}

  ObjectAttributes next() {
    ObjectAttributes attributes;
    attributes.headers = pairs();
    attributes.user_metadata = pairs();
    attributes.tags = pairs();
    attributes.storage_class = text();
    if (below(3) == 0) attributes.acl = text();
    if (below(3) == 0) attributes.restored_until = TimePoint(std::chrono::seconds(below(2'000'000'000)));
    if (below(3) == 0) attributes.legal_hold = below(2) == 0;
    if (below(3) == 0) {
      attributes.retention =
          Retention{below(2) == 0 ? Retention::Mode::governance : Retention::Mode::compliance,
                    TimePoint(std::chrono::milliseconds(below(2'000'000'000)))};
    }
    if (below(3) == 0) attributes.encryption = KmsEncryption{"aws:kms", text(), text(), below(2) == 0};
    if (below(3) == 0) attributes.encryption = CustomerKeyEncryption{"md5" + text()};
    return attributes;
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_()) % limit; }
  NameValues pairs() {
    NameValues pairs(below(4));
    for (auto& [name, value] : pairs) {
      name = text();
      value = text();
    }
    return pairs;
  }
  /// Mostly what needs no escape.
  std::string text() {
    std::string text(below(12), 'x');
    for (char& c : text) c = static_cast<char>(' ' + below('~' - ' ' + 1));
    std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
    if (below(40) == 0) text += std::string("\"\\\n\x7F\xC3\xA9\xE9/\0", 9).substr(below(9), 1 + below(2));
    return text;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("attributes are the same text by the fast way as by the library") {
  AnyAttributes any(GENERATE(1U, 2U, 3U));
  int plain_ones = 0;
  for (int time = 0; time < 2'000; ++time) {
    const ObjectAttributes attributes = any.next();
    const std::string text = any_json(attributes);
    CHECK(to_json(attributes) == text);
    const auto plain = plain_json(attributes);
    if (plain) CHECK(*plain == text);
    plain_ones += plain ? 1 : 0;
    const auto back = attributes_from_plain_json(text);
    if (back) CHECK(any_json(*back) == text);
    CHECK(back.has_value() == plain.has_value());
    CHECK(any_json(attributes_from_any_json(text).value()) == text);
  }
  CHECK(plain_ones > 500);
  CHECK(plain_ones < 1'900);
}

TEST_CASE("text that was changed is read by the fast way as by the library, or left to it") {
  ObjectAttributes attributes;
  attributes.headers = {{"content-type", "text/plain"}, {"a", "b"}};
  attributes.acl = "acl";
  attributes.restored_until = TimePoint(std::chrono::days(20'000));
  attributes.legal_hold = true;
  attributes.retention = Retention{Retention::Mode::compliance, TimePoint(std::chrono::days(20'000))};
  const std::string text = any_json(attributes);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char instead : std::string_view("\"\\{}[],:0x- ")) {
      std::string changed = text;
      changed[at] = instead;
      const auto fast = attributes_from_plain_json(changed);
      const auto slow = attributes_from_any_json(changed);
      if (fast && slow) CHECK(any_json(*fast) == any_json(*slow));
      // A number that begins with 0 is none to the library.
      const auto has = [&](const char* number) { return changed.contains(number); };
      if (fast && !slow) CHECK((has("\"restored_until\":0") || has("\"until_ms\":0")));
    }
    CHECK_FALSE(attributes_from_plain_json(text.substr(0, at)));
  }
}

TEST_CASE("a time of attributes that no calendar has is damage") {
  const std::string seconds = GENERATE("-1", "253402300800", "9223372036854775807");
  std::string text = any_json(ObjectAttributes{});
  text.insert(text.find(",\"storage_class\""), ",\"restored_until\":" + seconds);
  CHECK_FALSE(attributes_from_json(text));
}

TEST_CASE("a retention of another mode, or until a time that no calendar has, is damage") {
  const std::string retention =
      GENERATE(R"({"mode":"NONE","until_ms":1})", R"({"mode":"COMPLIANCE","until_ms":-1})",
               R"({"mode":"COMPLIANCE","until_ms":253402300800000})", R"({"mode":"COMPLIANCE"})");
  std::string text = any_json(ObjectAttributes{});
  text.insert(text.find(",\"storage_class\""), ",\"retention\":" + retention);
  CHECK_FALSE(attributes_from_json(text));
}
