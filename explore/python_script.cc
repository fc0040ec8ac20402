#include "python_script.h"

#include <fmt/format.h>

namespace partsmith::explore {
namespace {

constexpr const char* head =
#include "script_head.inc"
    ;

/// A literal of Python, ASCII alone.
std::string literal(std::string_view text) {
  std::string result = "b\"";
  bool ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", byte);
      ascii = ascii && byte < 0x80;
    }
  }
  result += '"';
  return ascii ? result.substr(1) : result + ".decode()";
}

std::string pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string result = "[";
  for (const auto& [name, value] : list)
    result += fmt::format("{}({}, {})", result.size() > 1 ? ", " : "", literal(name), literal(value));
  return result + ']';
}

std::string_view how_of(const Step& step) {
  if (step.signing == client::Signing::presigned) return "presigned";
  if (step.signing == client::Signing::anonymous) return "anonymous";
  if (step.payload == client::Payload::signed_chunks) return "chunks";
  return step.payload == client::Payload::unsigned_whole ? "unsigned" : "signed";
}

std::string step_text(const Step& step) {
  std::string text = fmt::format("    {{\"number\": {}, \"operation\": \"{}\", \"method\": \"{}\"",
                                 step.number, step.operation, step.method);
  if (!step.key.empty()) text += fmt::format(", \"key\": {}", literal(step.key));
  if (!step.query.empty()) text += fmt::format(", \"query\": {}", pairs(step.query));
  if (!step.headers.empty()) text += fmt::format(", \"headers\": {}", pairs(step.headers));
  if (!step.text.empty()) text += fmt::format(", \"text\": {}", literal(step.text));
  if (step.size > 0) text += fmt::format(", \"size\": {}, \"seed\": {}", step.size, step.seed);
  if (how_of(step) != "signed") text += fmt::format(", \"how\": \"{}\"", how_of(step));
  if (step.late) text += ", \"late\": True";
  if (step.by_stranger) text += ", \"by_stranger\": True";
  return text + "},\n";
}

}  // namespace

std::string python_script(const client::S3Client& endpoint, const std::vector<Step>& steps,
                          const Difference& difference) {
  std::string aspect = difference.id.substr(difference.id.find(' ') + 1);
  if (aspect.starts_with("answer ")) aspect = "answer";
  std::string script = fmt::format(
      "#!/usr/bin/env python3\n"
      "\"\"\"What `partsmith explore` found: {}\n\n"
      "It makes a bucket and removes it. Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The "
      "exit code is 1\n"
      "while the answer isn't the expected one; documents are shown.\n\"\"\"\n"
      "DEFAULT_ENDPOINT = {}\nDEFAULT_REGION = {}\n",
      difference.id, literal(endpoint.endpoint().url()), literal(endpoint.options().region));
  script += head;
  script += "STEPS = [\n";
  for (const Step& step : steps) script += step_text(step);
  return script +
         fmt::format("]\nsys.exit(run(STEPS, {}, {}))\n", literal(aspect), literal(difference.expected));
}

}  // namespace partsmith::explore
