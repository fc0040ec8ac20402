#pragma once
/// What a completion's document says of each part, before anything is made of it. Read by the library of XML,
/// or, where the document is written as SDKs write it, straight: of 10,000 parts the library takes a third of
/// what the completion costs. Both find the same (tests/unit/server/listed_texts_test.cc, and the fuzzer
/// `completion`).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/values/checksum.h>

namespace partsmith::server {

struct ListedTexts {
  std::optional<std::string> number;
  std::optional<std::string> etag;  ///< as written, with its quotes
  /// Those that aren't empty, in the order of checksum_table().
  std::vector<std::pair<ChecksumAlgorithm, std::string>> checksums;

  bool operator==(const ListedTexts&) const = default;
};

/// Any document; what is no part has neither number nor ETag. Nothing when it isn't a completion's.
std::optional<std::vector<ListedTexts>> listed_texts(std::string_view document);
/// One of elements without attributes, each once, whose texts need nothing decoded but `&quot;`. Nothing for
/// any other, which may well be a list of parts.
std::optional<std::vector<ListedTexts>> plain_listed_texts(std::string_view document);

}  // namespace partsmith::server
