#include <stdexcept>

#include <partsmith/protocol/xml.h>

namespace partsmith::protocol {

const std::string_view s3_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

namespace {

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
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
    } else if (byte < 0x20 && c != '\t' && c != '\n') {
      // XML 1.0 has no way to write these. S3 writes the reference all the same, and clients that expect them
      // ask for encoding-type=url.
      out += "&#x";
      if (byte >= 0x10) out += digits[byte >> 4];
      out += digits[byte & 0x0F];
      out += ';';
    } else {
      out += c;
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
  begin(name);
  this->text(text);
  return close();
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

std::string xml_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  append_escaped(result, text);
  return result;
}

}  // namespace partsmith::protocol
