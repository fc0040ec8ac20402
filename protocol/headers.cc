#include <algorithm>

#include <partsmith/protocol/headers.h>

namespace partsmith::protocol {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
  // The name is copied first: it may be a view into the field that goes.
  std::string kept_name(name);
  remove(kept_name);
  add(std::move(kept_name), std::move(value));
}

void Headers::remove(std::string_view name) {
  const std::string kept_name(name);
  std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.first, kept_name); });
}

bool Headers::has(std::string_view name) const {
  return get(name).has_value();
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [field_name, field_value] : fields_) {
    if (equal_ignoring_case(field_name, name)) return field_value;
  }
  return std::nullopt;
}

std::string_view Headers::value(std::string_view name) const {
  return get(name).value_or(std::string_view{});
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field_name, field_value] : fields_) {
    if (equal_ignoring_case(field_name, name)) values.push_back(field_value);
  }
  return values;
}

}  // namespace partsmith::protocol
