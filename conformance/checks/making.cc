#include "checks/making.h"

namespace partsmith::conformance::checks {

Check of_level(Level level, std::string_view id, std::string_view title, std::string_view source, Cost cost,
               Body body, std::vector<Need> needs) {
  return {.id = std::string(id),
          .title = std::string(title),
          .level = level,
          .source = std::string(source),
          .cost = cost,
          .needs = std::move(needs),
          .body = std::move(body)};
}

Check must(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
           Needs needs) {
  return of_level(Level::must, id, title, source, cost, body, needs);
}

Check must(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
           const std::vector<Need>& needs) {
  return of_level(Level::must, id, title, source, cost, body, needs);
}

Check should(std::string_view id, std::string_view title, std::string_view source, Cost cost,
             const Body& body, Needs needs) {
  return of_level(Level::should, id, title, source, cost, body, needs);
}

Check should(std::string_view id, std::string_view title, std::string_view source, Cost cost,
             const Body& body, const std::vector<Need>& needs) {
  return of_level(Level::should, id, title, source, cost, body, needs);
}

Check quirk(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
            Needs needs) {
  return of_level(Level::quirk, id, title, source, cost, body, needs);
}

Check quirk(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
            const std::vector<Need>& needs) {
  return of_level(Level::quirk, id, title, source, cost, body, needs);
}

void add_all(std::vector<Check>& checks, std::initializer_list<Check> more) {
  checks.insert(checks.end(), more);
}

void add_all(std::vector<Check>& checks, std::vector<Check> more) {
  std::ranges::move(more, std::back_inserter(checks));
}

}  // namespace partsmith::conformance::checks
