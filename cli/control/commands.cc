#include "control/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>

#include <partsmith/protocol/uri.h>

#include "text_file.h"

namespace partsmith::cli {
namespace {

using Json = nlohmann::ordered_json;
using Result = std::expected<int, std::string>;

/// What stands in the file, or on standard input for "-"; what begins like JSON is JSON itself.
std::expected<std::string, std::string> rules_text(const std::string& rule) {
  if (rule.starts_with('{') || rule.starts_with('[')) return rule;
  if (rule == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto text = read_text_file(rule);
  if (!text)
    return std::unexpected(
        fmt::format("{}: it is no preset, and the file can't be read: {}", rule, text.error()));
  return text;
}

std::string encoded(const std::string& text) { return protocol::uri_encode(text, protocol::Slash::encode); }

/// What the journal's commands filter by, each a flag.
struct Filters {
  std::string operation, method, bucket, key, upload_id, part_number, access_key, error, user_agent, acted,
      status, after;

  std::vector<std::pair<const char*, std::string*>> all() {
    return {{"operation", &operation}, {"method", &method},         {"bucket", &bucket},
            {"key", &key},             {"upload_id", &upload_id},   {"part_number", &part_number},
            {"access_key", &access_key}, {"error", &error},         {"user_agent", &user_agent},
            {"acted", &acted},         {"status", &status},         {"after", &after}};
  }
  void add_options(CLI::App& app) {
    for (const auto& [name, into] : all()) {
      if (std::string_view(name) == "operation") continue;
      std::string flag = fmt::format("--{}", name);
      std::ranges::replace(flag, '_', '-');
      app.add_option(flag, *into, fmt::format("Of those only of this {} (* and ? stand for others)", name))
          ->type_name("TEXT");
    }
  }
  std::string query() {
    std::string text;
    for (const auto& [name, value] : all()) {
      if (!value->empty()) text += fmt::format("{}{}={}", text.empty() ? "?" : "&", name, encoded(*value));
    }
    return text;
  }
};

std::string text_at(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  if (found == entry.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// A line of the journal for a person.
std::string line_of(const Json& entry) {
  std::string what = text_at(entry, "bucket");
  if (entry.contains("key")) what += "/" + text_at(entry, "key");
  if (entry.contains("part_number")) what += " part " + text_at(entry, "part_number");
  std::string line = fmt::format("{:>6} {} {:<24} {} {}", text_at(entry, "id"), text_at(entry, "time"),
                                 entry.value("operation", "").empty() ? "-" : text_at(entry, "operation"),
                                 what, text_at(entry, "status"));
  if (entry.contains("error")) line += " " + text_at(entry, "error");
  if (entry.contains("acted") && !entry["acted"].empty()) line += " " + entry["acted"].dump();
  if (entry.value("cut", false)) line += " cut";
  return line;
}

Result print(const std::expected<Json, std::string>& document) {
  if (!document) return std::unexpected(document.error());
  if (!document->is_null()) fmt::print("{}\n", document->dump(2));
  return 0;
}

}  // namespace

ControlCommands::ControlCommands(CLI::App& program) {
  add_faults(program);
  add_clock(program);
  add_journal(program);
  add_world(program);
}

void ControlCommands::add(CLI::App* app, Work work) {
  add_control_target(*app, target_);
  commands_.push_back({app, std::move(work)});
}

void ControlCommands::add_faults(CLI::App& program) {
  CLI::App* faults = program.add_subcommand("faults", "Make a running server fail on demand");
  faults->require_subcommand(1);
  CLI::App* list =
      faults->add_subcommand("ls", "List the rules, how often each matched and how often it acted");
  const auto json = std::make_shared<bool>(false);
  list->add_flag("--json", *json, "As the server has it");
  add(list, [json](ControlClient& server) -> Result {
    const auto document = server.ask("GET", "v1/faults");
    if (!document || *json) return print(document);
    for (const Json& rule : document->at("faults")) {
      fmt::print("{}  {} {}  matched {}, acted {}\n", text_at(rule, "name"),
                 text_at(rule.at("fault"), "type"), text_at(rule, "when"), text_at(rule, "matched"),
                 text_at(rule, "hits"));
    }
    return 0;
  });

  CLI::App* more =
      faults->add_subcommand("add", "Add rules: a preset's name, a file, JSON, or - for standard input");
  const auto rule = std::make_shared<std::string>();
  more->add_option("RULE", *rule, "Preset, file or JSON")->required();
  add(more, [rule](ControlClient& server) -> Result {
    const auto presets = server.ask("GET", "v1/fault-presets");
    if (!presets) return std::unexpected(presets.error());
    for (const Json& preset : presets->at("presets")) {
      if (text_at(preset, "name") == *rule)
        return print(server.ask("POST", "v1/faults", Json{{"preset", *rule}}.dump()));
    }
    const auto text = rules_text(*rule);
    if (!text) return std::unexpected(text.error());
    return print(server.ask("POST", "v1/faults", *text));
  });

  CLI::App* remove = faults->add_subcommand("rm", "Remove rules by name, or all of them");
  const auto names = std::make_shared<std::vector<std::string>>();
  const auto all = std::make_shared<bool>(false);
  remove->add_option("NAME", *names, "Rules to remove");
  remove->add_flag("--all", *all, "Remove every rule");
  add(remove, [names, all](ControlClient& server) -> Result {
    if (names->empty() != *all) return std::unexpected("names of rules are wanted, or --all");
    if (*all) return print(server.ask("DELETE", "v1/faults"));
    for (const std::string& name : *names) {
      if (const auto removed = server.ask("DELETE", "v1/faults/" + encoded(name)); !removed)
        return std::unexpected(fmt::format("{}: {}", name, removed.error()));
    }
    return 0;
  });

  CLI::App* presets =
      faults->add_subcommand("presets", "List the presets, what each shows, and which bugs it reproduces");
  add(presets, [](ControlClient& server) -> Result {
    const auto document = server.ask("GET", "v1/fault-presets");
    if (!document) return std::unexpected(document.error());
    for (const Json& preset : document->at("presets")) {
      fmt::print("{}\n    {}\n", text_at(preset, "name"), text_at(preset, "shows"));
      if (const std::string bugs = text_at(preset, "bugs"); !bugs.empty()) fmt::print("    {}\n", bugs);
    }
    return 0;
  });
}

void ControlCommands::add_clock(CLI::App& program) {
  CLI::App* clock = program.add_subcommand("clock", "Show or move the clock of a running server");
  clock->footer(
      "Dates, Last-Modified and the expiry of presigned URLs follow it; the signatures of clients don't.");
  const auto set = std::make_shared<std::string>();
  const auto advance = std::make_shared<std::string>();
  const auto freeze = std::make_shared<bool>(false);
  const auto unfreeze = std::make_shared<bool>(false);
  const auto reset = std::make_shared<bool>(false);
  clock->add_option("--set", *set, "Show this time from now on, as in 2026-11-30T12:00:00Z")
      ->type_name("TIME");
  clock->add_option("--advance", *advance, "Move it, as in 8d, 90s, 1h30m or -2h")->type_name("DURATION");
  CLI::Option* stop = clock->add_flag("--freeze", *freeze, "Let it stand");
  clock->add_flag("--unfreeze", *unfreeze, "Let it go on")->excludes(stop);
  clock->add_flag("--reset", *reset, "Show real time again");
  add(clock, [=](ControlClient& server) -> Result {
    Json change = Json::object();
    if (*reset) change["reset"] = true;
    if (!set->empty()) change["set"] = *set;
    if (!advance->empty()) change["advance"] = *advance;
    if (*freeze || *unfreeze) change["frozen"] = *freeze;
    return print(change.empty() ? server.ask("GET", "v1/clock")
                                : server.ask("POST", "v1/clock", change.dump()));
  });
}

void ControlCommands::add_journal(CLI::App& program) {
  CLI::App* journal =
      program.add_subcommand("journal", "See what a running server was asked, and assert on it");
  journal->require_subcommand(1);
  const auto filters = std::make_shared<Filters>();
  const auto json = std::make_shared<bool>(false);

  CLI::App* show = journal->add_subcommand("show", "The requests, the oldest first");
  show->add_option("OPERATION", filters->operation,
                   "Of those only of this operation (* and ? stand for others)");
  filters->add_options(*show);
  show->add_flag("--json", *json, "As JSON, with heads and times");
  add(show, [filters, json](ControlClient& server) -> Result {
    const auto document = server.ask("GET", "v1/journal" + filters->query());
    if (!document || *json) return print(document);
    for (const Json& entry : document->at("entries")) fmt::print("{}\n", line_of(entry));
    return 0;
  });

  CLI::App* har = journal->add_subcommand("har", "The requests as an HTTP Archive");
  har->add_option("OPERATION", filters->operation, "Of those only of this operation");
  filters->add_options(*har);
  add(har, [filters](ControlClient& server) -> Result {
    const std::string query = filters->query();
    const auto text = server.text("v1/journal" + query + (query.empty() ? "?" : "&") + "format=har");
    if (!text) return std::unexpected(text.error());
    fmt::print("{}\n", *text);
    return 0;
  });

  CLI::App* follow = journal->add_subcommand("follow", "Each request as it comes, a line of JSON each");
  follow->add_option("OPERATION", filters->operation, "Of those only of this operation");
  filters->add_options(*follow);
  add(follow, [filters](ControlClient& server) -> Result {
    const auto ended = server.stream("v1/journal/stream" + filters->query(), [](ByteView bytes) {
      const std::string_view text = as_text(bytes);
      if (text == "\n") return true;
      return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    });
    if (!ended) return std::unexpected(ended.error());
    return 0;
  });

  CLI::App* clear = journal->add_subcommand("clear", "Forget every request");
  add(clear, [](ControlClient& server) -> Result { return print(server.ask("DELETE", "v1/journal")); });

  CLI::App* expect =
      journal->add_subcommand("expect", "Exit with 0 if there were so many of such requests, else with 1");
  const auto numbers = std::make_shared<std::array<std::string, 3>>();
  const auto distinct = std::make_shared<std::string>();
  expect->add_option("OPERATION", filters->operation, "Of this operation (* and ? stand for others)")
      ->required();
  filters->add_options(*expect);
  expect->add_option("--count", (*numbers)[0], "Exactly so many")->type_name("N");
  expect->add_option("--at-least", (*numbers)[1], "At least so many (1 unless named)")->type_name("N");
  expect->add_option("--at-most", (*numbers)[2], "At most so many")->type_name("N");
  expect->add_option("--distinct", *distinct, "Count different values of this, as in part_number")
      ->type_name("FIELD");
  add(expect, [=](ControlClient& server) -> Result {
    Json expectation = Json::object();
    for (const auto& [name, value] : filters->all()) {
      if (!value->empty()) expectation[name] = *value;
    }
    constexpr std::array<const char*, 3> names = {"count", "at_least", "at_most"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!(*numbers)[i].empty()) expectation[names[i]] = (*numbers)[i];
    }
    if (!distinct->empty()) expectation["distinct"] = *distinct;
    const auto verdict = server.ask("POST", "v1/journal/expect", expectation.dump());
    if (!verdict) return std::unexpected(verdict.error());
    if (verdict->value("holds", false)) return 0;
    fmt::print(stderr, "{}", verdict->value("text", ""));
    return 1;
  });
}

void ControlCommands::add_world(CLI::App& program) {
  CLI::App* world =
      program.add_subcommand("world", "Empty the data of a running server, keep it, and put it back");
  world->require_subcommand(1);
  world->footer(
      "A snapshot keeps buckets, objects and open uploads, and shares their bytes. Without --world the\n"
      "default world is meant; with --world KEY that of an access key (serve --world-per-access-key).");
  add(world->add_subcommand("ls", "List the access keys that have worlds of their own"),
      [](ControlClient& server) -> Result {
        const auto document = server.ask("GET", "v1/worlds");
        if (!document) return std::unexpected(document.error());
        for (const Json& key : document->at("worlds")) fmt::print("{}\n", key.get<std::string>());
        return 0;
      });
  add(world->add_subcommand("reset", "Remove every bucket, rule and journal entry"),
      [](ControlClient& server) -> Result { return print(server.ask("POST", "v1/reset")); });
  const auto add_named = [&](const char* name, const char* what, const char* noun, const char* method,
                             const char* before, const char* after) {
    const auto word = std::make_shared<std::string>();
    CLI::App* command = world->add_subcommand(name, what);
    command->add_option(noun, *word, "Its name")->required();
    add(command, [=](ControlClient& server) -> Result {
      return print(server.ask(method, before + encoded(*word) + after));
    });
  };
  add_named("rm", "Remove the world of an access key", "KEY", "DELETE", "v1/worlds/", "");
  add_named("snapshot", "Keep what there is now, under a name", "NAME", "PUT", "v1/snapshots/", "");
  add_named("restore", "Put back what a snapshot keeps, and reset the rest", "NAME", "POST", "v1/snapshots/",
            "/restore");
  add_named("forget", "Remove a snapshot", "NAME", "DELETE", "v1/snapshots/", "");
  add(world->add_subcommand("snapshots", "List the snapshots"), [](ControlClient& server) -> Result {
    const auto document = server.ask("GET", "v1/snapshots");
    if (!document) return std::unexpected(document.error());
    for (const Json& one : document->at("snapshots"))
      fmt::print("{}  {}\n", text_at(one, "taken"), text_at(one, "name"));
    return 0;
  });
}

bool ControlCommands::asked() const {
  return std::ranges::any_of(commands_, [](const Command& command) { return command.app->parsed(); });
}

bool ControlCommands::named() const {
  return std::ranges::any_of(commands_, [](const Command& command) {
    const CLI::App* const group = command.app->get_parent();
    return command.app->parsed() || (group->get_parent() != nullptr && group->parsed());
  });
}

int ControlCommands::run() const {
  const auto fail = [](const std::string& message) {
    fmt::print(stderr, "partsmith: {}\n", message);
    return control_trouble;
  };
  auto server = ControlClient::at(target_);
  if (!server) return fail(server.error());
  for (const Command& command : commands_) {
    if (!command.app->parsed()) continue;
    const auto code = command.work(*server);
    return code ? *code : fail(code.error());
  }
  return 0;
}

}  // namespace partsmith::cli
