#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <partsmith/conformance/reports.h>

#include "embedded.h"

namespace partsmith::conformance {
namespace {

std::string page_file(std::string_view name) {
  return std::string(embedded_file(fmt::format("reports/page/{}", name)));
}

void replace_once(std::string& text, std::string_view mark, std::string_view by) {
  const auto at = text.find(mark);
  if (at == std::string::npos) throw std::logic_error(fmt::format("the page has no {}", mark));
  text.replace(at, mark.size(), by);
}

/// Fit for a <script>: nothing that a server answered may end it.
std::string script_safe(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string html_report(std::span<const std::string> json_reports) {
  std::string data = "{\"runs\":[";
  for (const auto& report : json_reports) {
    if (&report != json_reports.data()) data += ',';
    data += script_safe(nlohmann::ordered_json::parse(report).dump());
  }
  data += "]}";
  std::string page = page_file("page.html");
  // The data last: it may hold any text, these marks too.
  replace_once(page, "@CSS@", page_file("page.css"));
  replace_once(page, "@JS@", page_file("page.js"));
  replace_once(page, "@DATA@", data);
  return page;
}

}  // namespace partsmith::conformance
