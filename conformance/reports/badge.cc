#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

#include <partsmith/conformance/reports.h>

namespace partsmith::conformance {
namespace {

constexpr std::string_view label = "S3 conformance";

struct Badge {
  std::string message;
  std::string_view colour;  ///< in hexadecimal digits
};

/// Of what clients rely on, since a rounded sum of everything would hide it.
Badge badge_of(const RunResult& result) {
  std::size_t passed = 0;
  std::size_t judged = 0;
  bool all_must = true;
  for (const auto& score : result.scores()) {
    passed += score.passed;
    judged += score.judged;
    if (score.level == Level::must) all_must = all_must && score.passed == score.judged;
  }
  if (judged == 0) return {"unknown", "9f9f9f"};
  const auto message = fmt::format("{} of {}", passed, judged);
  if (passed == judged) return {message, "2ea44f"};
  return {message, all_must ? "97a900" : "c9510c"};
}

/// In pixels, of Verdana at 11: enough to lay a badge out.
std::size_t width_of(std::string_view text) {
  constexpr std::size_t margin = 10;
  std::size_t tenths = 0;
  for (const char c : text) tenths += c == ' ' || c == 'i' || c == 'l' || c == 'f' || c == 't' ? 42 : 70;
  return tenths / 10 + margin;
}

}  // namespace

std::string badge_json(const RunResult& result) {
  const auto [message, colour] = badge_of(result);
  const nlohmann::ordered_json json{
      {"schemaVersion", 1}, {"label", label}, {"message", message}, {"color", colour}};
  return json.dump() + '\n';
}

std::string badge_svg(const RunResult& result) {
  const auto [message, colour] = badge_of(result);
  const auto left = width_of(label);
  const auto right = width_of(message);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" aria-label=\"{1}: "
      "{2}\">"
      "<title>{1}: {2}</title>"
      "<clipPath id=\"r\"><rect width=\"{0}\" height=\"20\" rx=\"3\"/></clipPath>"
      "<g clip-path=\"url(#r)\"><rect width=\"{3}\" height=\"20\" fill=\"#444\"/>"
      "<rect x=\"{3}\" width=\"{4}\" height=\"20\" fill=\"#{5}\"/></g>"
      "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
      "font-size=\"11\">"
      "<text x=\"{6}\" y=\"14\">{1}</text><text x=\"{7}\" y=\"14\">{2}</text></g></svg>\n",
      left + right, label, message, left, right, colour, left / 2, left + right / 2);
}

}  // namespace partsmith::conformance
