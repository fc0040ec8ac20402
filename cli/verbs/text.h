#pragma once
/// Sizes, ages and JSON as the verbs print them.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <partsmith/values/encoding.h>
#include <partsmith/values/time.h>

namespace partsmith::cli {

/// To stdout. That it could not be written is asked of stdout at the end.
template <class... Values>
void say(fmt::format_string<Values...> form, Values&&... values) {
  const auto text = fmt::format(form, std::forward<Values>(values)...);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

/// Bytes to stdout.
class StandardOutput {
 public:
  /// False when they can't be written.
  bool write(ByteView bytes);
  /// Why not; empty: nothing went wrong.
  const std::string& trouble() const { return trouble_; }

 private:
  std::string trouble_;
};

/// "0 B", "12.3 KiB", "5 GiB".
std::string human_size(std::uint64_t bytes);
/// The two largest units: "3d 4h", "59s".
std::string human_time(std::chrono::seconds time);
/// Since the time that S3 told; nothing when it can't be read.
std::optional<std::chrono::seconds> age_of(std::string_view iso8601, TimePoint now);
/// "2026-02-21 00:18:10" of what listings and headers tell, or the text itself.
std::string plain_time(std::string_view iso8601);
/// One line, to stdout. Bytes that are no UTF-8 become replacement characters.
void print_json(const nlohmann::ordered_json& value);
/// Control characters of a key, which could do things to a terminal, as '?'.
std::string printable(std::string_view text);

}  // namespace partsmith::cli
