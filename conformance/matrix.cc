#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

#include <partsmith/conformance/matrix.h>

namespace partsmith::conformance {
namespace {

using Json = nlohmann::ordered_json;

Standing standing_of(const Json& check) {
  const auto outcome = check.at("outcome").get<std::string>();
  if (outcome == "passed") return Standing::passed;
  if ((outcome == "failed" || outcome == "unsteady") && check.contains("deviation"))
    return Standing::expected;
  if (outcome == "failed") return check.value("text_alone", false) ? Standing::text : Standing::failed;
  if (outcome == "unsteady") return Standing::unsteady;
  if (outcome == "busy") return Standing::busy;
  if (outcome == "no-right") return Standing::no_right;
  if (outcome == "not-offered") return Standing::not_offered;
  if (outcome == "skipped") return Standing::skipped;
  if (outcome == "error") return Standing::error;
  throw std::invalid_argument(fmt::format("\"{}\" is no outcome", outcome));
}

/// Collects the rows of all runs.
class Reader {
 public:
  explicit Reader(std::size_t runs) : runs_(runs) {}

  void read(const NamedReport& report) {
    auto json = Json::parse(report.json);
    auto& label = json["label"];
    if (!label.is_string() || label.get<std::string>().empty()) label = report.name;
    const auto run = matrix_.runs.size();
    matrix_.runs.push_back({.label = label.get<std::string>(),
                            .endpoint = json.at("endpoint").get<std::string>(),
                            .started = json.at("started").get<std::string>(),
                            .json = {}});
    for (const auto& check : json.at("checks")) row_of(check).standings.at(run) = standing_of(check);
    matrix_.runs.back().json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  Matrix take() { return std::move(matrix_); }

 private:
  Matrix::Row& row_of(const Json& check) {
    const auto id = check.at("id").get<std::string>();
    const auto [place, is_new] = rows_.try_emplace(id, matrix_.rows.size());
    if (is_new) {
      matrix_.rows.push_back({.id = id,
                              .title = check.at("title").get<std::string>(),
                              .level = check.at("level").get<std::string>(),
                              .source = check.at("source").get<std::string>(),
                              .grade = check.value("grade", ""),
                              .standings = std::vector(runs_, Standing::absent)});
    }
    return matrix_.rows[place->second];
  }

  std::size_t runs_;
  Matrix matrix_;
  std::map<std::string, std::size_t> rows_;
};

}  // namespace

bool Matrix::Row::differs() const {
  const auto has = [this](auto... any) {
    return std::ranges::any_of(standings, [=](Standing s) { return ((s == any) || ...); });
  };
  return has(Standing::passed) &&
         has(Standing::failed, Standing::text, Standing::expected, Standing::unsteady, Standing::not_offered);
}

std::vector<std::string> regressions(const Matrix& matrix) {
  std::vector<std::string> ids;
  for (const auto& row : matrix.rows) {
    const auto now = row.standings.back();
    const bool differs = now == Standing::failed || now == Standing::text || now == Standing::unsteady ||
                         now == Standing::not_offered || now == Standing::expected;
    if (row.standings.front() == Standing::passed && differs) ids.push_back(row.id);
  }
  return ids;
}

std::size_t Matrix::count(std::size_t run, Standing standing) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows, [&](const Row& row) { return row.standings.at(run) == standing; }));
}

std::expected<Matrix, std::string> read_matrix(std::span<const NamedReport> reports) {
  Reader reader(reports.size());
  for (const auto& report : reports) {
    try {
      reader.read(report);
    } catch (const std::exception& error) {  // of the JSON library, or ours
      return std::unexpected(
          fmt::format("{} is no report of partsmith conform: {}", report.name, error.what()));
    }
  }
  return reader.take();
}

}  // namespace partsmith::conformance
