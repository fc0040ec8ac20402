#include <fmt/format.h>

#include <charconv>
#include <utility>

#include <partsmith/conformance/context.h>
#include <partsmith/values/names.h>

#include "wire_text.h"

namespace partsmith::conformance {
namespace {

/// "Part[2]" → its name and index from 0.
struct Segment {
  std::string_view name;
  std::size_t index = 0;
};

Segment parse_segment(std::string_view text) {
  const auto bracket = text.find('[');
  if (bracket == std::string_view::npos) return {text};
  std::size_t number = 1;
  std::from_chars(text.data() + bracket + 1, text.data() + text.size(), number);
  return {text.substr(0, bracket), number - 1};
}

const protocol::XmlElement* nth_child(const protocol::XmlElement& parent, const Segment& segment) {
  std::size_t seen = 0;
  for (const auto& child : parent.children) {
    if (child.name == segment.name && seen++ == segment.index) return &child;
  }
  return nullptr;
}

/// A header's value, whose bytes beyond ASCII need not be UTF-8: those are shown as \\xe9.
std::string header_text(std::string_view value) {
  if (is_utf8(value)) return printable(value, 300);
  std::string shown;
  for (const char c : value) {
    const bool beyond_ascii = static_cast<unsigned char>(c) > 0x7f;
    shown += beyond_ascii ? fmt::format("\\x{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return printable(shown, 300);
}

/// What no client sees: another name of XML, or none, or of bytes of which nobody said what they are; ranges
/// that work unannounced.
bool is_harmless(std::string_view name, std::string_view expected, std::optional<std::string_view> actual) {
  if (name == "Accept-Ranges") return !actual;
  if (name != "Content-Type") return false;
  if (expected == "application/xml") return !actual || actual->contains("/xml");
  return expected == "binary/octet-stream" && (!actual || *actual == "application/octet-stream");
}

/// Names of a request are for those who look into what went wrong.
Level level_of_presence(std::string_view header) {
  if (header == "x-amz-id-2") return Level::text;
  return header == "x-amz-request-id" ? Level::quirk : Level::must;
}

/// Clients read an element without anything as one that isn't there.
bool is_empty(const protocol::XmlElement* element) {
  return element == nullptr || (element->text.empty() && element->children.empty());
}

/// An empty text is what clients read from none, and STANDARD what they take an object without a class for.
Level level_of_absence(std::string_view path, std::string_view expected, const protocol::XmlElement* found) {
  if (expected.empty() && is_empty(found)) return Level::text;
  const bool is_usual = path.ends_with("StorageClass") && expected == "STANDARD";
  return is_usual && found == nullptr ? Level::quirk : Level::must;
}

/// Where the next page begins, of a page that is the last.
bool is_of_no_page(std::string_view path, const std::string& truncated) {
  return path.starts_with("Next") && path.ends_with("Marker") && truncated != "true";
}

std::string in_quotes(std::string_view text) {
  return '\'' + printable(text, 300) + '\'';
}

}  // namespace

Answer::Answer(const Answer& other) = default;
Answer::Answer(Answer&& other) noexcept = default;
Answer& Answer::operator=(const Answer& other) = default;
Answer& Answer::operator=(Answer&& other) noexcept = default;
Answer::~Answer() = default;

Answer::Answer(CheckContext& context, std::size_t exchange, client::S3Answer answer)
    : context_(&context), exchange_(exchange), answer_(std::move(answer)), document_(answer_.document()) {}

Answer& Answer::expect(bool holds, std::string expected, std::string actual, scripts::Claim claim) {
  if (holds) return *this;
  if (context_->fail(exchange_, std::move(expected), std::move(actual), in_error_text_, floor_,
                     std::move(claim)))
    failed_ = true;
  return *this;
}

Answer& Answer::at_most(Level level, const std::function<void()>& expectations) {
  const auto floor = std::exchange(floor_, std::max(floor_, level));
  expectations();
  floor_ = floor;
  return *this;
}

Answer& Answer::required() {
  if (failed_) context_->end();
  return *this;
}

Answer& Answer::status(int expected) {
  std::string actual = fmt::format("status {}", answer_.status);
  if (const auto failure = answer_.failure(); failure && !failure->code.empty())
    actual += ' ' + failure->code;
  return expect(answer_.status == expected, fmt::format("status {}", expected), std::move(actual),
                {.about = "status", .value = std::to_string(expected)});
}

Answer& Answer::error(int expected_status, std::string_view code) {
  status(expected_status);
  if (!document_ || document_->name != "Error") {
    return expect(false, fmt::format("an Error document with Code {}", code), "no Error document",
                  {.about = "root", .value = "Error"});
  }
  return element("Code", code);
}

Answer& Answer::message(std::string_view expected) {
  return at_most(Level::text, [&] { field("Message", expected); });
}

Answer& Answer::wording(std::string_view path, std::string_view expected) {
  return at_most(Level::text, [&] { element(path, expected); });
}

Answer& Answer::field(std::string_view name, std::string_view expected) {
  // Clients act on the code; hardly any on what else an error tells.
  in_error_text_ = true;
  at_most(Level::quirk, [&] { element(name, expected); });
  in_error_text_ = false;
  return *this;
}

Answer& Answer::header(std::string_view name, std::string_view expected) {
  const auto actual = answer_.headers.get(name);
  return at_most(is_harmless(name, expected, actual) ? Level::text : Level::must, [&] {
    expect(actual == expected, fmt::format("header {}: {}", name, header_text(expected)),
           actual ? fmt::format("{}: {}", name, header_text(*actual)) : fmt::format("no {}", name),
           {.about = "header is", .name = std::string(name), .value = std::string(expected)});
  });
}

Answer& Answer::decoration(std::string_view name, std::string_view expected) {
  return at_most(Level::text, [&] { header(name, expected); });
}

Answer& Answer::no_decoration(std::string_view name) {
  return at_most(Level::text, [&] { no_header(name); });
}

Answer& Answer::has_header(std::string_view name) {
  return at_most(level_of_presence(name), [&] {
    expect(answer_.headers.has(name), fmt::format("a header {}", name), fmt::format("no {}", name),
           {.about = "has header", .name = std::string(name)});
  });
}

Answer& Answer::no_header(std::string_view name) {
  return expect(!answer_.headers.has(name), fmt::format("no header {}", name),
                fmt::format("{}: {}", name, header_text(answer_.headers.value(name))),
                {.about = "no header", .name = std::string(name)});
}

Answer& Answer::body(std::string_view expected) {
  return expect(answer_.body == expected,
                fmt::format("a body of {} bytes: {}", expected.size(), in_quotes(expected)),
                fmt::format("{} bytes: {}", answer_.body.size(), in_quotes(answer_.body)),
                {.about = "body", .value = std::string(expected)});
}

Answer& Answer::document(std::string_view root) {
  return expect(document_ && document_->name == root, fmt::format("a {} document", root),
                document_ ? fmt::format("a {} document", document_->name) : "no XML document",
                {.about = "root", .value = std::string(root)});
}

Answer& Answer::element(std::string_view path, std::string_view expected) {
  const auto* found = find(path);
  const Level least = is_of_no_page(path, text("IsTruncated")) ? Level::quirk : Level::must;
  return at_most(std::max(least, level_of_absence(path, expected, found)), [&] {
    expect(found != nullptr && found->text == expected, fmt::format("{} {}", path, in_quotes(expected)),
           found != nullptr ? fmt::format("{} {}", path, in_quotes(found->text)) : fmt::format("no {}", path),
           {.about = "element", .name = std::string(path), .value = std::string(expected)});
  });
}

Answer& Answer::has_element(std::string_view path) {
  return expect(find(path) != nullptr, fmt::format("an element {}", path), fmt::format("no {}", path),
                {.about = "has element", .name = std::string(path)});
}

Answer& Answer::no_element(std::string_view path) {
  const auto* found = find(path);
  const bool tells_a_name = path.ends_with("DisplayName");  // which S3 told of everyone until 2025
  return at_most(is_empty(found) || tells_a_name ? Level::text : Level::must, [&] {
    expect(found == nullptr, fmt::format("no element {}", path),
           found == nullptr ? "" : fmt::format("{} {}", path, in_quotes(found->text)),
           {.about = "no element", .name = std::string(path)});
  });
}

Answer& Answer::elements(std::string_view name, std::size_t expected) {
  std::size_t actual = 0;
  if (document_) {
    for (const auto& child : document_->children) actual += child.name == name ? 1U : 0U;
  }
  return expect(document_ && actual == expected, fmt::format("{} × {}", expected, name),
                fmt::format("{} × {}", actual, name),
                {.about = "elements", .name = std::string(name), .value = std::to_string(expected)});
}

std::string Answer::text(std::string_view path) const {
  const auto* found = find(path);
  return found == nullptr ? std::string() : found->text;
}

const protocol::XmlElement* Answer::find(std::string_view path) const {
  if (!document_) return nullptr;
  const protocol::XmlElement* at = &*document_;
  while (at != nullptr && !path.empty()) {
    const auto slash = path.find('/');
    at = nth_child(*at, parse_segment(path.substr(0, slash)));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return at;
}

}  // namespace partsmith::conformance
