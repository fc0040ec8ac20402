#pragma once
/// Keys and prefixes in listings.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>

namespace partsmith::client {

/// As they are, whichever way the listing writes them.
class ListedNames {
 public:
  explicit ListedNames(const protocol::XmlElement& listing)
      : encoded_(listing.child_text("EncodingType") == "url") {}

  std::optional<std::string> of(const protocol::XmlElement& element, std::string_view child) const {
    // The text as it is: white space at its ends belongs to the key.
    const auto* found = element.child(child);
    if (found == nullptr) return std::nullopt;
    if (!encoded_) return found->text;
    auto text = found->text;
    std::ranges::replace(text, '+', ' ');
    return protocol::percent_decode(text);
  }

 private:
  bool encoded_;
};

}  // namespace partsmith::client
