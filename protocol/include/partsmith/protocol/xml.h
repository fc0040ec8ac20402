#pragma once
/// Writing and reading S3's XML documents. Writing is ours, because S3 escapes what tinyxml2's printer
/// doesn't (CR as `&#13;`); reading is tinyxml2 with its traps closed: one root, text kept as it is,
/// namespaces ignored.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partsmith::protocol {

/// `http://s3.amazonaws.com/doc/2006-03-01/`
extern const std::string_view s3_namespace;

/// Builds one document: the declaration, then elements in the order of the calls. As S3 writes them, an
/// element with an empty text is `<Prefix></Prefix>`, an opened one that stays empty is `<Buckets/>`. Not
/// synchronised.
class XmlWriter {
 public:
  /// Begins with `<?xml version="1.0" encoding="UTF-8"?>\n` and the root; `xmlns` empty leaves the attribute
  /// out.
  explicit XmlWriter(std::string_view root, std::string_view xmlns = s3_namespace);

  XmlWriter& element(std::string_view name, std::string_view text);
  XmlWriter& element(std::string_view name, std::uint64_t number);
  XmlWriter& element(std::string_view name, bool value);
  template <std::unsigned_integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, std::uint64_t>)
  XmlWriter& element(std::string_view name, Number number) {
    return element(name, std::uint64_t{number});
  }
  XmlWriter& element(std::string_view name, const char* text) {
    return element(name, std::string_view(text));
  }
  /// Only when there is a text.
  XmlWriter& optional_element(std::string_view name, const std::optional<std::string>& text);
  /// Text directly inside what is open: `<LocationConstraint>eu-west-1</LocationConstraint>` as a root.
  XmlWriter& text(std::string_view text);
  XmlWriter& open(std::string_view name);
  /// With attributes as they stand in the document: `xsi:type="Group"`.
  XmlWriter& open(std::string_view name, std::string_view attributes);
  XmlWriter& close();

  /// Closes what is open and gives the document.
  std::string finish();

 private:
  void begin(std::string_view name);

  std::string text_;
  std::vector<std::string> open_;
  bool just_opened_ = false;
};

/// Text with &, <, >, ", CR and other control characters escaped as S3 does.
std::string xml_escaped(std::string_view text);

/// A parsed document as a tree of values. Elements keep their order; names lose their prefix.
struct XmlElement {
  std::string name;
  std::string text;  ///< all text and CDATA directly inside, joined; white space kept
  std::vector<XmlElement> children;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< but for declarations of namespaces

  const XmlElement* child(std::string_view child_name) const;
  /// The child's text, trimmed of white space at both ends; nothing when there is no such child.
  std::optional<std::string> child_text(std::string_view child_name) const;
  /// Nothing when there is no such attribute.
  std::optional<std::string> attribute(std::string_view attribute_name) const;
};

/// Nothing when the text is not one well-formed document.
std::optional<XmlElement> parse_xml(std::string_view text);

}  // namespace partsmith::protocol
