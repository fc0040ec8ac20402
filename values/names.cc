#include <algorithm>
#include <array>
#include <charconv>

#include <partsmith/values/bucket_naming.h>
#include <partsmith/values/names.h>

namespace partsmith {
namespace {

constexpr std::array<std::string_view, 3> reserved_prefixes = {"xn--", "sthree-", "amzn-s3-demo-"};
constexpr std::array<std::string_view, 5> reserved_suffixes = {"-s3alias", "--ol-s3", ".mrap", "--x-s3",
                                                               "--table-s3"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}
bool is_bucket_character(char c) {
  return is_letter_or_digit(c) || c == '.' || c == '-';
}

/// Four runs of digits between dots, whatever their values.
bool looks_like_ipv4(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; }) &&
         std::ranges::count(text, '.') == 3;
}

/// The reserved prefix that the name has, or empty.
std::string_view reserved_prefix(std::string_view name) {
  const auto found =
      std::ranges::find_if(reserved_prefixes, [&](auto prefix) { return name.starts_with(prefix); });
  return found == reserved_prefixes.end() ? std::string_view() : *found;
}

std::string_view reserved_suffix(std::string_view name) {
  const auto found =
      std::ranges::find_if(reserved_suffixes, [&](auto suffix) { return name.ends_with(suffix); });
  return found == reserved_suffixes.end() ? std::string_view() : *found;
}

struct NamingRule {
  bool (*breaks)(std::string_view);
  std::string (*says)(std::string_view);
};

/// In the order in which they are told.
constexpr std::array<NamingRule, 7> naming_rules = {{
    {[](std::string_view text) { return text.size() < 3 || text.size() > 63; },
     [](std::string_view text) {
       return "it has " + std::to_string(text.size()) + (text.size() == 1 ? " character" : " characters") +
              ", and a bucket's name has 3 to 63";
     }},
    {[](std::string_view text) { return !std::ranges::all_of(text, is_bucket_character); },
     [](std::string_view) {
       return std::string("a bucket's name has lower-case letters, digits, '.' and '-' only");
     }},
    {[](std::string_view text) {
       return !is_letter_or_digit(text.front()) || !is_letter_or_digit(text.back());
     },
     [](std::string_view) {
       return std::string("a bucket's name begins and ends with a letter or a digit");
     }},
    {[](std::string_view text) { return text.contains(".."); },
     [](std::string_view) { return std::string("a bucket's name has no two dots in a row"); }},
    {[](std::string_view text) { return looks_like_ipv4(text); },
     [](std::string_view) { return std::string("a bucket's name isn't an IPv4 address"); }},
    {[](std::string_view text) { return !reserved_prefix(text).empty(); },
     [](std::string_view text) {
       return "Amazon S3 reserves names that begin with " + std::string(reserved_prefix(text));
     }},
    {[](std::string_view text) { return !reserved_suffix(text).empty(); },
     [](std::string_view text) {
       return "Amazon S3 reserves names that end with " + std::string(reserved_suffix(text));
     }},
}};

const NamingRule* broken_rule(std::string_view text) {
  const auto found =
      std::ranges::find_if(naming_rules, [&](const NamingRule& rule) { return rule.breaks(text); });
  return found == naming_rules.end() ? nullptr : &*found;
}

/// The length of the well-formed UTF-8 sequence that the text begins with, 0 if there is none. The bounds of
/// the second byte keep out overlong forms, surrogates and what lies above U+10FFFF (Unicode, table 3-7).
std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (byte(i) < 0x80 || byte(i) > 0xBF) return false;
    }
    return true;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  return continues(2, length) ? length : 0;
}

}  // namespace

std::optional<BucketName> BucketName::parse(std::string_view text) {
  if (broken_rule(text) != nullptr) return std::nullopt;
  return BucketName(std::string(text));
}

std::optional<std::string> fault_of_bucket_name(std::string_view text) {
  const NamingRule* rule = broken_rule(text);
  if (rule == nullptr) return std::nullopt;
  return rule->says(text);
}

std::optional<ObjectKey> ObjectKey::parse(std::string_view text, Error* why) {
  const auto refuse = [why](Error error) {
    if (why != nullptr) *why = error;
    return std::nullopt;
  };
  if (text.empty()) return refuse(Error::empty);
  if (text.size() > limits::max_key_bytes) return refuse(Error::too_long);
  if (!is_utf8(text)) return refuse(Error::not_utf8);
  return ObjectKey(std::string(text));
}

std::optional<PartNumber> PartNumber::from(std::int64_t number) {
  if (number < 1 || number > limits::max_part_number) return std::nullopt;
  return PartNumber(static_cast<std::uint32_t>(number));
}

std::optional<PartNumber> PartNumber::parse(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return from(number);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace partsmith
