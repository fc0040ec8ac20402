#include "step.h"

#include <fmt/format.h>

namespace partsmith::explore {
namespace {

constexpr std::size_t longest_shown = 200;

std::string shortened(std::string_view text) {
  if (text.size() <= longest_shown) return std::string(text);
  return fmt::format("{}… ({} bytes)", text.substr(0, longest_shown), text.size());
}

}  // namespace

std::string filler(std::uint64_t seed, std::uint64_t size) {
  const std::string period = fmt::format("{}:", seed);
  std::string text;
  text.reserve(size + period.size());
  while (text.size() < size) text += period;
  text.resize(size);
  return text;
}

std::string line_of(const Step& step) {
  std::string line = fmt::format("{:>3} {} {} /{{bucket}}{}{}", step.number, step.operation, step.method,
                                 step.key.empty() ? "" : "/", step.key);
  char separator = '?';
  for (const auto& [name, value] : step.query) {
    line += fmt::format("{}{}{}{}", separator, name, value.empty() ? "" : "=", value);
    separator = '&';
  }
  for (const auto& [name, value] : step.headers) line += fmt::format("  {}: {}", name, value);
  if (!step.text.empty()) line += "  " + shortened(step.text);
  if (step.size > 0) line += fmt::format("  {} bytes", step.size);
  if (step.payload == client::Payload::signed_chunks) line += "  in signed chunks";
  if (step.payload == client::Payload::unsigned_whole) line += "  UNSIGNED-PAYLOAD";
  if (step.signing == client::Signing::presigned) line += "  presigned";
  if (step.signing == client::Signing::anonymous) line += "  unsigned";
  if (step.late) line += "  signed two hours ago";
  if (step.by_stranger) line += "  signed with a wrong key";
  return line;
}

}  // namespace partsmith::explore
