#include <algorithm>
#include <array>
#include <stdexcept>

#include <partsmith/protocol/xml.h>
#include <partsmith/protocol/xml_bounds.h>
#include <partsmith/values/names.h>

namespace partsmith::protocol {

const std::string_view s3_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// U+FFFE and U+FFFF, which XML excludes.
bool is_noncharacter(std::string_view sequence) {
  return sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
}

/// A sequence of UTF-8 that begins with a byte above 0x7f, or the one byte that is none.
std::size_t append_beyond_ascii(std::string& out, std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  const std::size_t announced = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const std::string_view sequence = rest.substr(0, announced);
  const std::size_t length = is_utf8(sequence) ? sequence.size() : 0;
  if (length == 0) {
    out += replacement;
  } else if (is_noncharacter(sequence)) {
    out += sequence.back() == '\xBE' ? "&#xfffe;" : "&#xffff;";
  } else {
    out += sequence;
  }
  return std::max<std::size_t>(length, 1);
}

/// The bytes that stand for themselves.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = true;
  for (const char c : {'&', '<', '>', '"'}) plain[static_cast<unsigned char>(c)] = false;
  plain['\t'] = plain['\n'] = true;
  return plain;
}();

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t end = i;
    while (end < text.size() && is_plain[static_cast<unsigned char>(text[end])]) ++end;
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) return;
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      i += append_beyond_ascii(out, text.substr(i)) - 1;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      // A bare CR would be read back as LF.
      out += "&#13;";
    } else {
      // XML 1.0 has no way to write these. S3 writes the reference all the same, and clients that expect them
      // ask for encoding-type=url.
      out += "&#x";
      if (byte >= 0x10) out += digits[byte >> 4];
      out += digits[byte & 0x0F];
      out += ';';
    }
  }
}

}  // namespace

XmlWriter::XmlWriter(std::string_view root, std::string_view xmlns)
    : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {
  begin(root);
  if (!xmlns.empty()) {
    text_.back() = ' ';
    text_ += "xmlns=\"";
    append_escaped(text_, xmlns);
    text_ += "\">";
  }
}

void XmlWriter::begin(std::string_view name) {
  text_ += '<';
  text_ += name;
  text_ += '>';
  open_.emplace_back(name);
  just_opened_ = true;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  append_escaped(text_, text);
  just_opened_ = false;
  return *this;
}

XmlWriter& XmlWriter::element(std::string_view name, std::string_view text) {
  // Without begin() and close(), which remember what is open: pages have thousands of these.
  text_ += '<';
  text_ += name;
  text_ += '>';
  append_escaped(text_, text);
  text_ += "</";
  text_ += name;
  text_ += '>';
  just_opened_ = false;
  return *this;
}

XmlWriter& XmlWriter::element(std::string_view name, std::uint64_t number) {
  return element(name, std::string_view(std::to_string(number)));
}

XmlWriter& XmlWriter::element(std::string_view name, bool value) {
  return element(name, std::string_view(value ? "true" : "false"));
}

XmlWriter& XmlWriter::optional_element(std::string_view name, const std::optional<std::string>& text) {
  return text ? element(name, std::string_view(*text)) : *this;
}

XmlWriter& XmlWriter::open(std::string_view name) {
  begin(name);
  return *this;
}

XmlWriter& XmlWriter::open(std::string_view name, std::string_view attributes) {
  begin(name);
  text_.back() = ' ';
  text_ += attributes;
  text_ += '>';
  return *this;
}

XmlWriter& XmlWriter::close() {
  if (open_.empty()) throw std::logic_error("XmlWriter: nothing is open");
  if (just_opened_) {
    text_.back() = '/';
    text_ += '>';
  } else {
    text_ += "</";
    text_ += open_.back();
    text_ += '>';
  }
  open_.pop_back();
  just_opened_ = false;
  return *this;
}

std::string XmlWriter::finish() {
  while (!open_.empty()) close();
  return std::move(text_);
}

std::string xml_readable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control = byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    if (control || is_noncharacter(text.substr(i, 3))) {
      result += replacement;
      if (!control) i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string xml_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  append_escaped(result, text);
  return result;
}

}  // namespace partsmith::protocol
