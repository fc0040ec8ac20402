#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <map>
#include <stdexcept>
#include <vector>

#include <partsmith/conformance/reports.h>
#include <partsmith/values/encoding.h>

#include "embedded.h"

namespace partsmith::conformance {
namespace {

std::string page_file(std::string_view name) {
  return embedded_file(fmt::format("reports/page/{}", name));
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

using Json = nlohmann::ordered_json;

/// Expectations of the same answer follow each other: it is shown once.
void tell_exchanges_once(Json& failures) {
  for (std::size_t i = failures.size(); i-- > 1;) {
    const auto& before = failures[i - 1];
    if (failures[i]["sent"] != before["sent"] || failures[i]["received"] != before["received"]) continue;
    failures[i].erase("sent");
    failures[i].erase("received");
  }
}

/// The runs, and each check once with what it came to in each of them: what is alike stands close together.
class PageData {
 public:
  explicit PageData(std::size_t runs) : runs_(runs) {}

  void add(Json report) {
    const auto run = data_["runs"].size();
    for (auto& check : report["checks"]) add(run, check);
    report.erase("checks");
    if (runs_ > 1) report.erase("script_common_part");
    data_["runs"].push_back(std::move(report));
  }
  std::string text() && {
    for (auto& check : checks_) data_["checks"].push_back(std::move(check));
    return data_.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  void add(std::size_t run, Json& check) {
    const auto [place, is_new] = places_.try_emplace(check.at("id").get<std::string>(), checks_.size());
    if (is_new) {
      Json known;
      for (const auto* name :
           {"id", "title", "level", "source", "grade", "links", "feature", "needs", "spent"}) {
        if (check.contains(name)) known[name] = std::move(check[name]);
      }
      known["results"] = Json::array();
      for (std::size_t i = 0; i < runs_; ++i) known["results"].push_back(nullptr);
      checks_.push_back(std::move(known));
    }
    Json result;
    for (const auto* name : {"outcome", "skip_reason", "defect", "deviation", "text_alone", "failures"}) {
      if (check.contains(name)) result[name] = std::move(check[name]);
    }
    if (result.contains("failures")) tell_exchanges_once(result["failures"]);
    // A run's own page has it; in that of many it would be most of the page.
    for (const auto* name : {"reproduce", "script"}) {
      if (runs_ == 1 && check.contains(name)) result[name] = std::move(check[name]);
    }
    checks_[place->second]["results"][run] = std::move(result);
  }

  std::size_t runs_;
  Json data_ = {{"runs", Json::array()}, {"checks", Json::array()}};
  std::vector<Json> checks_;
  std::map<std::string, std::size_t> places_;
};

/// In zlib's form and base64: a browser unpacks it, and of a dozen servers it is a tenth.
std::string packed(const std::string& text) {
  Bytes bytes(::compressBound(text.size()));
  auto size = static_cast<uLongf>(bytes.size());
  if (::compress2(bytes.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(),
                  Z_BEST_COMPRESSION) != Z_OK) {
    throw std::runtime_error("zlib could not compress the data of the page");
  }
  bytes.resize(size);
  return to_base64(bytes);
}

}  // namespace

std::string html_report(std::span<const std::string> json_reports) {
  PageData data(json_reports.size());
  for (const auto& report : json_reports) data.add(Json::parse(report));
  const auto text = std::move(data).text();
  const bool several = json_reports.size() > 1;
  std::string page = page_file("page.html");
  // The data last: it may hold any text, these marks too.
  replace_once(page, "@CSS@", page_file("page.css"));
  replace_once(page, "@JS@", page_file("page.js"));
  replace_once(page, "@TYPE@", several ? "application/x-deflate;base64" : "application/json");
  replace_once(page, "@DATA@", several ? packed(text) : script_safe(text));
  return page;
}

}  // namespace partsmith::conformance
