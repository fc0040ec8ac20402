#include <tinyxml2.h>

#include <algorithm>

#include <partsmith/protocol/xml_bounds.h>

#include "xml_prepare.h"

namespace partsmith::protocol {

namespace {

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// Recurses no deeper than the limits of the document. False when it holds what is no element or text.
bool copy_element(const tinyxml2::XMLElement& from, XmlElement& to) {
  to.name = without_prefix(from.Name());
  for (const auto* attribute = from.FirstAttribute(); attribute != nullptr; attribute = attribute->Next()) {
    const std::string_view name = attribute->Name();
    if (name == "xmlns" || name.starts_with("xmlns:")) continue;
    to.attributes.emplace_back(without_prefix(name), attribute->Value());
  }
  for (const auto* node = from.FirstChild(); node != nullptr; node = node->NextSibling()) {
    if (const auto* text = node->ToText()) {
      to.text += text->Value();
    } else if (const auto* element = node->ToElement()) {
      if (!copy_element(*element, to.children.emplace_back())) return false;
    } else if (node->ToUnknown() != nullptr) {
      return false;
    }
  }
  return true;
}

/// tinyxml2 takes any number of roots, text beside them, and a DTD (an "unknown" node), without a word.
const tinyxml2::XMLElement* only_root(const tinyxml2::XMLDocument& document) {
  const tinyxml2::XMLElement* root = nullptr;
  for (const auto* node = document.FirstChild(); node != nullptr; node = node->NextSibling()) {
    if (const auto* element = node->ToElement()) {
      if (root != nullptr) return nullptr;
      root = element;
    } else if (const auto* text = node->ToText()) {
      if (text->CData() ||
          std::string_view(text->Value()).find_first_not_of(" \t\r\n") != std::string_view::npos) {
        return nullptr;
      }
    } else if (node->ToUnknown() != nullptr) {
      return nullptr;
    }
  }
  return root;
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  const auto found = std::ranges::find(children, child_name, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::optional<std::string> XmlElement::child_text(std::string_view child_name) const {
  const auto* found = child(child_name);
  if (found == nullptr) return std::nullopt;
  constexpr std::string_view white_space = " \t\r\n";
  const std::string_view all(found->text);
  const auto first = all.find_first_not_of(white_space);
  if (first == std::string_view::npos) return std::string{};
  return std::string(all.substr(first, all.find_last_not_of(white_space) - first + 1));
}

std::optional<std::string> XmlElement::attribute(std::string_view attribute_name) const {
  const auto found = std::ranges::find(attributes, attribute_name, &decltype(attributes)::value_type::first);
  return found == attributes.end() ? std::nullopt : std::optional(found->second);
}

std::optional<XmlElement> parse_xml(std::string_view text) {
  return parse_xml(text, XmlLimits{});
}

std::optional<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits) {
  if (!xml_fits(text, limits)) return std::nullopt;
  const auto prepared = prepare_xml(text);
  if (!prepared) return std::nullopt;
  tinyxml2::XMLDocument document(true, tinyxml2::PRESERVE_WHITESPACE);
  if (document.Parse(prepared->data(), prepared->size()) != tinyxml2::XML_SUCCESS) return std::nullopt;
  const auto* root = only_root(document);
  if (root == nullptr) return std::nullopt;
  XmlElement result;
  if (!copy_element(*root, result)) return std::nullopt;
  return result;
}

}  // namespace partsmith::protocol
