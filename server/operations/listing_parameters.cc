#include "operations/listing_parameters.h"

#include <charconv>
#include <limits>

#include <partsmith/values/encoding.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

constexpr std::string_view token_mark = "1";  // so that the format can change

bool stays(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '*' || c == '/';
}

}  // namespace

S3Result<std::uint32_t> number_parameter(const Call& call, std::string_view name, std::uint32_t absent,
                                         std::uint32_t most) {
  const auto text = call.query().get(name);
  if (!text || text->empty()) return absent;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size()) {
    return invalid_argument("Provided " + std::string(name) + " not an integer or within integer range",
                            std::string(name), std::string(*text));
  }
  if (number < 0 || number > std::numeric_limits<std::int32_t>::max()) {
    return invalid_argument("Argument " + std::string(name) + " must be an integer between 0 and 2147483647",
                            std::string(name), std::string(*text));
  }
  return number > most ? most : static_cast<std::uint32_t>(number);
}

std::string make_token(std::string_view key) {
  return to_base64url(as_bytes(std::string(token_mark) + std::string(key)));
}

S3Result<std::optional<std::string>> opaque_token(const Call& call, std::string_view name) {
  const auto text = call.query().get(name);
  if (!text) return std::nullopt;
  const auto bytes = from_base64url(*text);
  if (!bytes || !as_text(*bytes).starts_with(token_mark)) {
    return invalid_argument("The continuation token provided is incorrect", std::string(name), std::string(*text));
  }
  return std::string(as_text(*bytes).substr(token_mark.size()));
}

S3Result<NameEncoding> NameEncoding::of(const Call& call) {
  NameEncoding encoding;
  const auto type = call.query().get("encoding-type");
  if (!type || type->empty()) return encoding;
  if (*type != "url") {
    return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", std::string(*type));
  }
  encoding.url_ = true;
  return encoding;
}

std::string NameEncoding::operator()(std::string_view name) const {
  if (!url_) return std::string(name);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char character : name) {
    const auto c = static_cast<unsigned char>(character);
    if (stays(c)) {
      encoded += character;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return encoded;
}

}  // namespace partsmith::server
