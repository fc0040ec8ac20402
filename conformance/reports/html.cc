#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

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

/// What the page doesn't show, and what it shows once: expectations of the same answer follow each other.
nlohmann::ordered_json for_page(nlohmann::ordered_json report, bool alone, std::set<std::string>& told) {
  for (auto& check : report["checks"]) {
    const bool is_new = told.insert(check["id"].get<std::string>()).second;
    for (const auto* known : {"title", "source", "level", "needs", "spent"}) {
      if (!is_new) check.erase(known);
    }
    check.erase("cleaning");
    check.erase("milliseconds");
    if (!alone) check.erase("reproduce");  // a run's own page has it; in that of many it would be most of the page
    if (!check.contains("failures")) continue;
    auto& failures = check["failures"];
    for (std::size_t i = failures.size(); i-- > 1;) {
      const auto& before = failures[i - 1];
      if (failures[i]["sent"] != before["sent"] || failures[i]["received"] != before["received"]) continue;
      failures[i].erase("sent");
      failures[i].erase("received");
    }
  }
  return report;
}

}  // namespace

std::string html_report(std::span<const std::string> json_reports) {
  std::string data = "{\"runs\":[";
  std::set<std::string> told;
  for (const auto& report : json_reports) {
    if (&report != json_reports.data()) data += ',';
    const auto shown = for_page(nlohmann::ordered_json::parse(report), json_reports.size() == 1, told);
    data += script_safe(shown.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
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
