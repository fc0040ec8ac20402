#include "minted.h"

#include <fmt/format.h>

#include <array>

namespace partsmith::explore {
namespace {

/// What an answer's document may have for later steps.
struct Made {
  std::string_view element;
  std::string_view placeholder;
};
constexpr auto made_elements = std::to_array<Made>({{"UploadId", "upload"},
                                                    {"ETag", "etag"},
                                                    {"NextContinuationToken", "token"},
                                                    {"NextKeyMarker", "key_marker"},
                                                    {"NextUploadIdMarker", "upload_marker"},
                                                    {"NextVersionIdMarker", "version_marker"}});

}  // namespace

std::string Minted::filled(std::string_view text) const {
  std::string result;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    result += text.substr(0, open);
    const auto value = values_.find(name);
    if (name == "bucket") {
      result += bucket_;
    } else if (value != values_.end()) {
      result += value->second;
    } else {
      result += text.substr(open, close - open + 1);
    }
    text.remove_prefix(close + 1);
  }
  return result + std::string(text);
}

void Minted::learn(const Step& step, const client::S3Answer& answer) {
  if (!answer.ok()) return;
  if (const auto version = answer.headers.get("x-amz-version-id"))
    add(fmt::format("version:{}", step.number), std::string(*version));
  if (const auto etag = answer.headers.get("etag"))
    add(fmt::format("etag:{}", step.number), std::string(*etag));
  const auto document = answer.document();
  if (!document) return;
  for (const Made& made : made_elements) {
    if (const auto text = document->child_text(made.element); text && !text->empty())
      add(fmt::format("{}:{}", made.placeholder, step.number), *text);
  }
}

void Minted::add(std::string name, std::string value) {
  // ETags are made of bytes, and key markers are keys: both servers make the same. The null version is no id.
  const bool is_id = !name.starts_with("etag") && !name.starts_with("key_marker") && value != "null";
  if (is_id) names_.emplace(value, '{' + name + '}');
  values_.insert_or_assign(std::move(name), std::move(value));
}

std::optional<std::string> Minted::name_of(std::string_view value) const {
  const auto found = names_.find(value);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

std::string Minted::name_of_id(std::string_view value) {
  if (value.empty() || value == "null") return std::string(value);
  const auto [place, is_new] = names_.try_emplace(std::string(value));
  if (is_new) place->second = fmt::format("{{id {}}}", ++unnamed_);
  return place->second;
}

}  // namespace partsmith::explore
