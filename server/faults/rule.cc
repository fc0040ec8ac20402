#include "faults/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include <partsmith/protocol/operations.h>

#include "names.h"
#include "whole_number.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::json;
using protocol::ErrorCode;

constexpr std::size_t most_rules = 1'000;  ///< of one document

constexpr auto whens =
    std::to_array<std::string_view>({"before", "during-request", "after-commit", "during-response"});

constexpr auto types = std::to_array<FaultTypeRow>({
    {FaultType::error, "error", "before after-commit", "code status message retry_after",
     "answers with S3's error instead; after-commit the work is done all the same"},
    {FaultType::error_in_200, "error-in-200", "before after-commit", "code message",
     "answers 200, white space, and an error as its document"},
    {FaultType::reset, "reset", "before during-request after-commit during-response", "after_bytes",
     "resets the connection (RST)"},
    {FaultType::close, "close", "before during-request after-commit during-response", "after_bytes",
     "closes the connection without (the rest of) an answer"},
    {FaultType::hang, "hang", "before during-request after-commit during-response", "after_bytes ms",
     "says nothing for that long, or until the server stops, and then resets the connection"},
    {FaultType::truncate, "truncate", "during-response", "after_bytes",
     "ends the body early, against its Content-Length"},
    {FaultType::corrupt, "corrupt", "during-response during-request", "after_bytes bit",
     "flips a bit of the body"},
    {FaultType::delay, "delay", "before during-request after-commit during-response", "after_bytes ms",
     "waits before it goes on"},
    {FaultType::throttle, "throttle", "during-response during-request", "bytes_per_second",
     "moves the body no faster"},
    {FaultType::slice, "slice", "during-response during-request", "bytes", "moves the body in small pieces"},
    {FaultType::wrong_etag, "wrong-etag", "after-commit", "", "answers with an ETag that is another's"},
    {FaultType::drop_header, "drop-header", "after-commit", "header", "leaves a header out of the answer"},
    {FaultType::late_commit, "late-commit", "before", "until answered",
     "takes the body, and does the work only after a later request to the same key: its retry, or the "
     "upload's "
     "completion or abort"},
    {FaultType::stale_listing, "stale-listing", "after-commit", "seconds",
     "leaves what is younger out of a listing"},
    {FaultType::redirect, "redirect", "before", "region", "redirects to another region (PermanentRedirect)"},
    {FaultType::expired_token, "expired-token", "before", "", "refuses the session's token (ExpiredToken)"},
    {FaultType::no_continue, "no-continue", "before", "",
     "never answers Expect: 100-continue, and reads the body if it comes"},
    {FaultType::part_lost, "part-lost", "before", "",
     "knows nothing of a part that Complete names (InvalidPart)"},
    {FaultType::upload_expired, "upload-expired", "before", "", "knows nothing of the upload (NoSuchUpload)"},
});

[[noreturn]] void refuse(std::string what) { throw std::invalid_argument(std::move(what)); }

[[noreturn]] void refuse_name(std::string_view what, std::string_view word,
                              std::span<const std::string_view> names) {
  refuse(unknown_name(what, word, names));
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

std::string text_of(std::string_view name, const Json& value) {
  if (!value.is_string()) refuse(fmt::format("\"{}\" must be a text", name));
  return value.get<std::string>();
}

std::uint64_t number_of(std::string_view name, const Json& value, std::uint64_t most = (1ULL << 63U) - 1) {
  const auto number = whole_number(value);
  if (!number || *number > most) {
    refuse(fmt::format("\"{}\" must be a whole number from 0 to {}", name, most));
  }
  return *number;
}

bool flag_of(std::string_view name, const Json& value) {
  if (!value.is_boolean()) refuse(fmt::format("\"{}\" must be true or false", name));
  return value.get<bool>();
}

/// 3, "3" or "2-5".
std::pair<std::uint32_t, std::uint32_t> part_numbers_of(const Json& value) {
  const auto wrong = [] { refuse("\"part_number\" must be a number, or a range such as \"2-5\""); };
  if (value.is_number()) {
    const auto number = static_cast<std::uint32_t>(number_of("part_number", value, 10'000));
    return {number, number};
  }
  if (!value.is_string()) wrong();
  const auto text = value.get<std::string>();
  const std::size_t dash = text.find('-');
  const auto number = [&](std::string_view digits) {
    std::uint32_t result = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) wrong();
    return result;
  };
  const std::string_view all = text;
  if (dash == std::string::npos) return {number(all), number(all)};
  return {number(all.substr(0, dash)), number(all.substr(dash + 1))};
}

/// Names are held against the table, where they are no globs.
std::vector<std::string> operations_of(const Json& value) {
  std::vector<std::string> operations;
  if (value.is_array()) {
    for (const Json& one : value) operations.push_back(text_of("operation", one));
  } else {
    operations.push_back(text_of("operation", value));
  }
  for (const std::string& operation : operations) {
    if (operation.find_first_of("*?") != std::string::npos || protocol::operation_by_name(operation))
      continue;
    std::vector<std::string_view> names;
    for (const auto& row : protocol::operation_table()) names.push_back(row.name);
    refuse_name("operation", operation, names);
  }
  return operations;
}

/// The parts of a match that are texts.
struct MatchText {
  std::string_view name;
  std::string FaultMatch::*text;
};
constexpr auto match_texts = std::to_array<MatchText>({
    {"method", &FaultMatch::method},
    {"bucket", &FaultMatch::bucket},
    {"key", &FaultMatch::key},
    {"upload_id", &FaultMatch::upload_id},
    {"access_key", &FaultMatch::access_key},
    {"region", &FaultMatch::region},
    {"user_agent", &FaultMatch::user_agent},
});

std::vector<std::string_view> match_names() {
  std::vector<std::string_view> names = {"operation", "part_number", "header", "attempt"};
  for (const MatchText& one : match_texts) names.push_back(one.name);
  return names;
}

FaultMatch match_of(const Json& value) {
  if (!value.is_object()) refuse("\"match\" must be an object");
  FaultMatch match;
  for (const auto& [name, part] : value.items()) {
    if (const auto* row = std::ranges::find(match_texts, name, &MatchText::name); row != match_texts.end()) {
      match.*row->text = text_of(name, part);
    } else if (name == "operation") {
      match.operations = operations_of(part);
    } else if (name == "part_number") {
      match.part_numbers = part_numbers_of(part);
    } else if (name == "attempt") {
      match.attempt = static_cast<std::uint32_t>(number_of(name, part, 1'000));
    } else if (name == "header") {
      if (!part.is_object()) refuse("\"header\" must be an object of names and values");
      for (const auto& [header, text] : part.items())
        match.headers.emplace_back(header, text_of(header, text));
    } else {
      refuse_name("match", name, match_names());
    }
  }
  return match;
}

ErrorCode code_of(const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& row : protocol::error_table()) {
    if (row.name == name) return row.code;
    names.push_back(row.name);
  }
  refuse_name("code", name, names);
}

void take_parameter(Fault& fault, std::string_view name, const Json& value) {
  constexpr std::uint64_t longest_wait = 24 * 60 * 60 * 1000ULL;
  if (name == "code") fault.code = code_of(text_of(name, value));
  if (name == "status") fault.status = static_cast<int>(number_of(name, value, 599));
  if (name == "message") fault.message = text_of(name, value);
  if (name == "retry_after") fault.retry_after = static_cast<std::uint32_t>(number_of(name, value, 86'400));
  if (name == "after_bytes") fault.after_bytes = number_of(name, value);
  if (name == "ms") fault.milliseconds = number_of(name, value, longest_wait);
  if (name == "bytes_per_second") fault.bytes_per_second = number_of(name, value);
  if (name == "bytes") fault.bytes = number_of(name, value);
  if (name == "bit") fault.bit = number_of(name, value, 7);
  if (name == "header") fault.header = text_of(name, value);
  if (name == "region") fault.region = text_of(name, value);
  if (name == "seconds") fault.seconds = number_of(name, value, 100ULL * 365 * 86'400);
  if (name == "answered") fault.answered = flag_of(name, value);
  if (name == "until") {
    static constexpr auto ends = std::to_array<std::string_view>({"retry", "complete", "abort"});
    fault.until = text_of(name, value);
    if (std::ranges::find(ends, fault.until) == ends.end()) refuse_name("until", fault.until, ends);
  }
}

void check(const Fault& fault) {
  if (fault.type == FaultType::throttle && fault.bytes_per_second == 0)
    refuse("a throttle needs \"bytes_per_second\"");
  if (fault.type == FaultType::slice && fault.bytes == 0) refuse("a slice needs \"bytes\" of 1 or more");
  if (fault.type == FaultType::delay && fault.milliseconds == 0) refuse("a delay needs \"ms\"");
  if (fault.type == FaultType::drop_header && fault.header.empty()) refuse("drop-header needs \"header\"");
  if (fault.status && *fault.status < 300) refuse("an error's \"status\" is 300 or more");
}

Fault fault_of(const Json& value) {
  if (!value.is_object() || !value.contains("type")) refuse("\"fault\" must be an object with a \"type\"");
  const std::string type = text_of("type", value["type"]);
  const auto row = std::ranges::find(types, type, &FaultTypeRow::name);
  if (row == types.end()) {
    std::vector<std::string_view> names;
    for (const auto& known : types) names.push_back(known.name);
    refuse_name("fault type", type, names);
  }
  Fault fault;
  fault.type = row->type;
  const auto parameters = words_of(row->parameters);
  for (const auto& [name, part] : value.items()) {
    if (name == "type") continue;
    if (std::ranges::find(parameters, name) == parameters.end())
      refuse_name(fmt::format("fault {}", type), name, parameters);
    take_parameter(fault, name, part);
  }
  check(fault);
  return fault;
}

FaultWhen when_of(const Fault& fault, const std::optional<std::string>& named) {
  const FaultTypeRow& row = row_of(fault.type);
  const auto possible = words_of(row.whens);
  const std::string_view name = named ? std::string_view(*named) : possible.front();
  const auto known = std::ranges::find(whens, name);
  if (known == whens.end()) refuse_name("when", name, whens);
  if (std::ranges::find(possible, name) == possible.end()) {
    refuse(fmt::format("{} can't act {}, but: {}", row.name, name, fmt::join(possible, ", ")));
  }
  return static_cast<FaultWhen>(known - whens.begin());
}

FaultRule rule_of(const Json& value) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"name", "match", "skip", "times", "probability", "seed", "ttl", "when", "fault"});
  if (!value.is_object() || !value.contains("fault")) refuse("a rule is an object with a \"fault\"");
  FaultRule rule;
  std::optional<std::string> when;
  for (const auto& [name, part] : value.items()) {
    if (name == "name") {
      rule.name = text_of(name, part);
    } else if (name == "match") {
      rule.match = match_of(part);
    } else if (name == "skip") {
      rule.skip = number_of(name, part);
    } else if (name == "times") {
      rule.times = number_of(name, part);
    } else if (name == "seed") {
      rule.seed = number_of(name, part);
    } else if (name == "ttl") {
      rule.ttl_seconds = number_of(name, part, 365ULL * 24 * 60 * 60);
    } else if (name == "probability") {
      if (!part.is_number() || part.get<double>() < 0 || part.get<double>() > 1)
        refuse("\"probability\" must be a number from 0 to 1");
      rule.probability = part.get<double>();
    } else if (name == "when") {
      when = text_of(name, part);
    } else if (name == "fault") {
      rule.fault = fault_of(part);
    } else {
      refuse_name("rule", name, names);
    }
  }
  rule.when = when_of(rule.fault, when);
  if (rule.name.empty()) rule.name = row_of(rule.fault.type).name;
  const auto characters = std::ranges::count_if(rule.name, [](char byte) { return (byte & 0xC0) != 0x80; });
  if (characters > 200 || rule.name.find('/') != std::string::npos)
    refuse("\"name\" must be of 200 characters at most, without '/'");
  return rule;
}

}  // namespace

std::span<const FaultTypeRow> fault_types() {
  return types;
}

const FaultTypeRow& row_of(FaultType type) {
  return *std::ranges::find(types, type, &FaultTypeRow::type);
}

std::string_view to_string(FaultWhen when) {
  return whens[static_cast<std::size_t>(when)];
}

std::expected<FaultRule, std::string> parse_fault_rule(const Json& rule) {
  try {
    return rule_of(rule);
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
}

std::expected<std::vector<FaultRule>, std::string> parse_fault_rules(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) return std::unexpected("the rules are no JSON");
  const Json list = document.is_array() ? document : Json::array({document});
  if (list.size() > most_rules) return std::unexpected(fmt::format("more than {} rules", most_rules));
  std::vector<FaultRule> rules;
  for (const Json& one : list) {
    auto rule = parse_fault_rule(one);
    if (!rule) return std::unexpected(std::move(rule.error()));
    rules.push_back(*std::move(rule));
  }
  return rules;
}

nlohmann::ordered_json to_json(const FaultRule& rule) {
  nlohmann::ordered_json json = {{"name", rule.name}};
  nlohmann::ordered_json match = nlohmann::ordered_json::object();
  const FaultMatch& of = rule.match;
  if (!of.operations.empty()) match["operation"] = of.operations;
  for (const MatchText& one : match_texts) {
    if (const std::string& text = of.*one.text; !text.empty()) match[std::string(one.name)] = text;
  }
  if (of.part_numbers)
    match["part_number"] = fmt::format("{}-{}", of.part_numbers->first, of.part_numbers->second);
  for (const auto& [name, value] : of.headers) match["header"][name] = value;
  if (of.attempt) match["attempt"] = *of.attempt;
  json["match"] = std::move(match);
  json["skip"] = rule.skip;
  if (rule.times) json["times"] = *rule.times;
  json["probability"] = rule.probability;
  json["seed"] = rule.seed;
  if (rule.ttl_seconds) json["ttl"] = *rule.ttl_seconds;
  json["when"] = to_string(rule.when);
  const Fault& fault = rule.fault;
  const FaultTypeRow& row = row_of(fault.type);
  nlohmann::ordered_json what = {{"type", row.name}};
  for (const std::string_view name : words_of(row.parameters)) {
    if (name == "code") what["code"] = traits(fault.code).name;
    if (name == "status" && fault.status) what["status"] = *fault.status;
    if (name == "message" && !fault.message.empty()) what["message"] = fault.message;
    if (name == "retry_after" && fault.retry_after) what["retry_after"] = *fault.retry_after;
    if (name == "after_bytes") what["after_bytes"] = fault.after_bytes;
    if (name == "ms") what["ms"] = fault.milliseconds;
    if (name == "bytes_per_second") what["bytes_per_second"] = fault.bytes_per_second;
    if (name == "bytes") what["bytes"] = fault.bytes;
    if (name == "bit") what["bit"] = fault.bit;
    if (name == "header") what["header"] = fault.header;
    if (name == "region") what["region"] = fault.region;
    if (name == "seconds") what["seconds"] = fault.seconds;
    if (name == "until") what["until"] = fault.until;
    if (name == "answered") what["answered"] = fault.answered;
  }
  json["fault"] = std::move(what);
  return json;
}

}  // namespace partsmith::server
