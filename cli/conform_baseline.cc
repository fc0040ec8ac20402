#include "conform_baseline.h"

#include <fmt/format.h>

#include <filesystem>

#include "standard_streams.h"
#include "text_file.h"
#include "whole_file.h"

namespace partsmith::cli {

std::expected<conformance::Baseline, std::string> read_baseline(const ConformOptions& options) {
  const auto& file = options.baseline;
  if (file.empty()) {
    if (options.update_baseline) return std::unexpected("--update-baseline needs --baseline FILE or --ci");
    return conformance::Baseline{};
  }
  std::error_code unknown;
  if (options.update_baseline && !std::filesystem::exists(file, unknown)) return conformance::Baseline{};
  const auto text = read_text_file(file);
  if (!text) {
    return std::unexpected(
        fmt::format("--baseline {}: {} (--update-baseline makes the file)", file.string(), text.error()));
  }
  auto baseline = conformance::parse_baseline(*text);
  if (!baseline) return std::unexpected(fmt::format("--baseline {}: {}", file.string(), baseline.error()));
  return baseline;
}

std::expected<void, std::string> hold_against_baseline(const ConformOptions& options,
                                                       const conformance::Baseline& known,
                                                       conformance::RunResult& result) {
  if (options.baseline.empty()) return {};
  if (!options.update_baseline) {
    conformance::apply(known, result);
    return {};
  }
  if (result.stopped || !result.lost.empty()) {
    tell_line(options.baseline.string() + " is left as it is: the run ended early");
    conformance::apply(known, result);
    return {};
  }
  const auto text = conformance::record_baseline(result, known);
  if (const auto written = write_whole_file(options.baseline, text); !written)
    return std::unexpected(fmt::format("cannot write {}: {}", options.baseline.string(), written.error()));
  const auto now = conformance::parse_baseline(text);
  if (!now) return std::unexpected(now.error());
  conformance::apply(*now, result);
  return {};
}

}  // namespace partsmith::cli
