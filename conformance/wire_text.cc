#include "wire_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include <partsmith/values/encoding.h>
#include <partsmith/values/names.h>

namespace partsmith::conformance {
namespace {

/// An Authorization without its signature is of use; a session token is a secret altogether.
std::string shown_value(std::string_view name, const std::string& value) {
  if (protocol::equal_ignoring_case(name, "authorization")) {
    return value.substr(0, value.find("Signature=")) + "Signature=…";
  }
  if (protocol::equal_ignoring_case(name, "x-amz-security-token")) return "…";
  return value;
}

std::string shown_target(const std::string& target) {
  std::string shown = target;
  for (const std::string_view name : {"X-Amz-Signature=", "X-Amz-Security-Token="}) {
    const auto at = shown.find(name);
    if (at == std::string::npos) continue;
    const auto begin = at + name.size();
    const auto end = std::min(shown.find('&', begin), shown.size());
    shown.replace(begin, end - begin, "…");
  }
  return shown;
}

/// The value of a field of multipart/form-data, to be replaced by what `shown` makes of it.
void show_field(std::string& form, std::string_view name,
                const std::function<std::string(std::string)>& shown) {
  const auto at = form.find(fmt::format("name=\"{}\"\r\n\r\n", name));
  if (at == std::string::npos) return;
  const auto begin = form.find("\r\n\r\n", at) + 4;
  const auto end = std::min(form.find("\r\n--", begin), form.size());
  form.replace(begin, end - begin, shown(form.substr(begin, end - begin)));
}

/// A form without its secrets, its policy decoded.
std::string form_text(std::string form) {
  for (const std::string_view name : {"x-amz-security-token", "x-amz-signature", "signature"})
    show_field(form, name, [](const std::string&) { return std::string("…"); });
  show_field(form, "policy", [](const std::string& policy) {
    const auto decoded = from_base64(policy);
    return decoded ? fmt::format("(base64 of) {}", as_text(*decoded)) : policy;
  });
  std::erase(form, '\r');
  return form;
}

std::string body_text(const client::Body& body, bool is_form) {
  if (body.length() == 0) return {};
  const std::string* text = body.text();
  if (text == nullptr) return fmt::format("\n({} bytes, aws-chunked)\n", body.length());
  if (is_form) return fmt::format("\n{}\n", printable(form_text(*text)));
  return fmt::format("\n{}\n", printable(*text));
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  if (!is_utf8(text)) return fmt::format("({} bytes that are no text)", text.size());
  std::string shown;
  const bool cut = text.size() > limit;
  const bool monotonous = cut && text.find_first_not_of(text[0]) == std::string_view::npos;
  if (monotonous) return fmt::format("({} times '{}')", text.size(), text[0]);
  for (const char c : text.substr(0, limit)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control && c != '\n') {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  if (!cut) return shown;
  while (!is_utf8(shown)) shown.pop_back();
  return shown + fmt::format("… ({} bytes in all)", text.size());
}

std::string request_text(const client::HttpRequest& request) {
  auto text = fmt::format("{} {}\n", request.method, shown_target(request.target));
  for (const auto& [name, value] : request.headers)
    text += fmt::format("{}: {}\n", name, shown_value(name, value));
  const bool is_form = request.headers.value("content-type").starts_with("multipart/form-data");
  return text + body_text(request.body, is_form);
}

std::string answer_text(const client::S3Answer& answer) {
  auto text = fmt::format("{}\n", answer.status);
  for (const auto& [name, value] : answer.headers)
    text += fmt::format("{}: {}\n", name, printable(value, 500));
  if (!answer.body.empty()) text += fmt::format("\n{}\n", printable(answer.body));
  return text;
}

}  // namespace partsmith::conformance
