#include <fmt/format.h>

#include <partsmith/scripts/python_script.h>

#include "python_text.h"

namespace partsmith::scripts {
namespace {

constexpr const char* head =
#include "script_head.inc"
    ;

/// A literal, or None.
std::string optional_text(const std::optional<std::string>& text) {
  return text ? python_text(*text) : "None";
}

std::string pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string result = "[";
  for (const auto& [name, value] : list)
    result += fmt::format("{}({}, {})", result.size() > 1 ? ", " : "", python_text(name), python_text(value));
  return result + ']';
}

std::string query_text(const Step& step) {
  std::string result = "[";
  for (const auto& [name, value] : step.query) {
    result +=
        fmt::format("{}({}, {})", result.size() > 1 ? ", " : "", python_text(name), optional_text(value));
  }
  return result + ']';
}

std::string_view signing_of(const Step& step) {
  if (step.signed_v2) return "v2";
  switch (step.signing) {
    case client::Signing::presigned:
      return "presigned";
    case client::Signing::anonymous:
      return "anonymous";
    case client::Signing::header:
      break;
  }
  return "header";
}

std::string_view name_of(client::Payload payload) {
  switch (payload) {
    case client::Payload::unsigned_whole:
      return "unsigned";
    case client::Payload::unsigned_trailer:
      return "trailer";
    case client::Payload::signed_chunks:
      return "chunks";
    case client::Payload::signed_chunks_trailer:
      return "chunks-trailer";
    case client::Payload::signed_whole:
      break;
  }
  return "signed";
}

std::string pieces_text(const Step& step) {
  std::string text = "[";
  for (const auto& piece : step.body_pieces) {
    if (text.size() > 1) text += ", ";
    if (const auto* kept = std::get_if<0>(&piece)) {
      text += fmt::format("({}, {})", kept->first, kept->second);
    } else {
      text += python_text(std::get<1>(piece));
    }
  }
  return text + ']';
}

std::string changes_text(const Step& step) {
  std::string text = "[";
  const auto add = [&text](std::string_view what, const std::string& where, const std::string& to) {
    text +=
        fmt::format("{}({}, {}, {})", text.size() > 1 ? ", " : "", python_text(what), where, python_text(to));
  };
  if (!step.body_pieces.empty()) add("body", pieces_text(step), "");
  for (const auto& [what, where, to] : step.changes) add(what, python_text(where), to);
  for (const auto& [offset, to] : step.changed_bytes) add("byte", std::to_string(offset), to);
  return text + ']';
}

std::string doubts_text(const Step& step) {
  std::string text = "[";
  for (const auto& names : step.doubts) {
    text += text.size() > 1 ? ", [" : "[";
    for (const auto& name : names) text += (name == names.front() ? "" : ", ") + python_text(name);
    text += ']';
  }
  return text + ']';
}

std::string claims_text(const Step& step) {
  std::string text = "[";
  for (const auto& [claim, expected, found] : step.claims) {
    text += fmt::format("\n        ({}, {}, {},\n         {},\n         {}),", python_text(claim.about),
                        python_text(claim.name), python_text(claim.value), python_text(expected),
                        python_text(found));
  }
  return text + ']';
}

std::string step_text(const Step& step) {
  std::string text = fmt::format("    {{\"number\": {}, \"operation\": {}, \"method\": {}", step.number,
                                 python_text(step.operation), python_text(step.method));
  const auto add = [&text](std::string_view name, const std::string& value) {
    text += fmt::format(", \"{}\": {}", name, value);
  };
  if (step.bucket != "{bucket}") add("bucket", python_text(step.bucket));
  if (!step.key.empty()) add("key", python_text(step.key));
  if (!step.query.empty()) add("query", query_text(step));
  if (!step.headers.empty()) add("headers", pairs(step.headers));
  if (!step.body.empty()) add("body", python_text(step.body));
  if (signing_of(step) != "header") add("signing", python_text(signing_of(step)));
  if (step.payload != client::Payload::signed_whole) add("payload", python_text(name_of(step.payload)));
  if (step.chunk_bytes != Step().chunk_bytes) add("chunk_bytes", std::to_string(step.chunk_bytes));
  if (step.trailer) {
    add("trailer",
        fmt::format("({}, {})", python_text(step.trailer->first), python_text(step.trailer->second)));
  }
  if (step.expires != Step().expires) add("expires", std::to_string(step.expires));
  if (step.age.count() != 0) add("age", std::to_string(step.age.count()));
  if (step.by_stranger) add("by_stranger", "True");
  if (step.by_other) add("by_other", "True");
  if (step.policy) add("policy", python_text(*step.policy));
  if (!step.changes.empty() || !step.changed_bytes.empty() || !step.body_pieces.empty())
    add("changes", changes_text(step));
  if (step.after.count() != 0)
    add("wait", fmt::format("{:.1f}", std::chrono::duration<double>(step.after).count()));
  if (step.together) add("together", std::to_string(*step.together));
  if (step.around > 0) add("around", std::to_string(step.around));
  if (step.head_only) add("head_only", "True");
  if (step.cut_after) add("cut_after", std::to_string(*step.cut_after));
  if (step.then) {
    add("then", fmt::format("({}, {}, {})", step.then->status, pairs(step.then->headers),
                            python_text(step.then->body)));
  }
  if (!step.doubts.empty()) add("doubts", doubts_text(step));
  if (!step.claims.empty()) add("claims", claims_text(step));
  return text + "},\n";
}

}  // namespace

std::string_view common_part() {
  return head;
}

std::string python_script(const Purpose& purpose, const std::vector<Step>& steps) {
  const bool virtual_hosted = purpose.endpoint.place("bucket", "").path == "/";
  std::string script = fmt::format(
      "#!/usr/bin/env python3\n"
      "\"\"\"{}\n\n"
      "It makes a bucket and removes it, and needs Python alone. Keys come from AWS_ACCESS_KEY_ID and\n"
      "AWS_SECRET_ACCESS_KEY, another endpoint or region from AWS_ENDPOINT_URL and AWS_REGION. Exit code: 0 "
      "when all is as\n"
      "expected, 1 when something isn't, 2 when a person has to look.\n\"\"\"\n"
      "DEFAULT_ENDPOINT = {}\nDEFAULT_REGION = {}\nVIRTUAL_HOSTED = {}\nBUCKET_PREFIX = {}\n",
      in_docstring(purpose.about), python_text(purpose.endpoint.url()), python_text(purpose.region),
      virtual_hosted ? "True" : "False", python_text(purpose.bucket_prefix));
  script += head;
  script += "STEPS = [\n";
  for (const Step& step : steps) script += step_text(step);
  return script + "]\nif __name__ == \"__main__\":\n    sys.exit(run(STEPS))\n";
}

}  // namespace partsmith::scripts
