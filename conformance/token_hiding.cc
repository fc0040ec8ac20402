#include "token_hiding.h"

#include <vector>

#include <partsmith/protocol/uri.h>
#include <partsmith/values/encoding.h>

namespace partsmith::conformance {
namespace {

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// What base64 makes of the token in the midst of something else, by how many bytes are before it (modulo 3),
/// without the characters that depend on its neighbours.
std::string in_base64(const std::string& token, std::size_t before) {
  const auto text = to_base64(as_bytes(std::string(before, ' ') + token));
  const std::size_t begin = before == 0 ? 0 : 4;
  return text.substr(begin, (token.size() + before) / 3 * 4 - begin);
}

/// "41 57 53", as errors show bytes.
std::string in_hex(const std::string& text) {
  std::string hex;
  for (const char c : text) hex += (hex.empty() ? "" : " ") + to_hex(as_bytes(std::string_view(&c, 1)));
  return hex;
}

std::vector<std::string> forms_of(const std::string& token) {
  std::vector<std::string> forms{token, protocol::uri_encode(token, protocol::Slash::encode)};
  for (const std::size_t before : {0U, 1U, 2U}) forms.push_back(in_base64(token, before));
  const auto texts = forms;
  for (const auto& text : texts) forms.push_back(in_hex(text));
  return forms;
}

}  // namespace

void hide_token(CheckResult& result, const std::string& token) {
  constexpr std::size_t shortest = 8;  // of a token that is one; another would blot out words
  if (token.size() < shortest || result.failures.empty()) return;
  for (const auto& form : forms_of(token)) {
    for (auto& failure : result.failures) {
      for (auto* text : {&failure.expected, &failure.actual, &failure.sent, &failure.received})
        replace_all(*text, form, "…");
    }
    replace_all(result.reproduce, form, "…");
    replace_all(result.script, form, "...");
  }
}

}  // namespace partsmith::conformance
