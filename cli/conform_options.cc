#include "conform_options.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <partsmith/conformance/profile.h>

#include "connection_options.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

void add_selection(CLI::App& command, ConformOptions& options) {
  command.add_option("--only", options.only, "Only checks whose id matches, with * and ?; repeatable")
      ->type_name("GLOB");
  command.add_option("--skip", options.skip, "No checks whose id matches; repeatable")->type_name("GLOB");
  command
      .add_option("--level", options.level,
                  "must: only what clients rely on; should: that and more; quirk: all")
      ->check(CLI::IsMember({"must", "should", "quirk"}))
      ->capture_default_str();
  command.add_flag("--list", options.list, "Tell the checks, run none");
  command.add_flag("--dry-run", options.dry_run, "Tell what would run and what it would cost, send nothing");
}

void add_run(CLI::App& command, ConformOptions& options) {
  command.add_option("--jobs", options.jobs, "Checks at a time")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--bucket", options.bucket, "Stay in this bucket, under a prefix; without it one is made")
      ->type_name("NAME");
  command
      .add_option("--budget", options.budget, "Skip checks that would send and receive more bytes: 500MiB")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  command
      .add_option_function<unsigned>(
          "--timeout", [&options](unsigned seconds) { options.timeout = std::chrono::seconds(seconds); },
          "Wait so long for the next byte of an answer, and twice as long for all of it (60)")
      ->check(CLI::Range(1, 3600))
      ->type_name("SECONDS");
  command.add_option("--max-requests", options.max_requests, "Skip checks that would send more requests")
      ->type_name("N");
}

void add_reports(CLI::App& command, ConformOptions& options) {
  command.add_option("--label", options.label, "What reports call the server (default: its endpoint)")->type_name("TEXT");
  command.add_option("--json", options.json, "Write the result as JSON to FILE; - instead of the text")
      ->type_name("FILE");
  command.add_option("--junit", options.junit, "The same as JUnit XML, for CI")->type_name("FILE");
  command.add_option("--html", options.html, "The same as one page for people")->type_name("FILE");
  command.add_option("--markdown", options.markdown, "The same as Markdown")->type_name("FILE");
}

void add_profiles(CLI::App& command, ConformOptions& options) {
  command
      .add_option("--profile", options.profile,
                  fmt::format("Fail only on what this profile doesn't expect: a FILE, or one of {}",
                              fmt::join(conformance::profile_names(), ", ")))
      ->type_name("NAME|FILE");
  command
      .add_option("--record-profile", options.record_profile,
                  "Write a profile of what fails now to FILE, keeping the reasons that --profile gives")
      ->type_name("FILE");
}

void add_sweep(CLI::App& command, ConformOptions& options) {
  CLI::Option* sweep = command.add_flag("--sweep", options.sweep,
                                        "Run no check; remove the buckets that earlier runs left, or what they left in --bucket");
  command
      .add_option_function<std::uint64_t>(
          "--older-than", [&options](std::uint64_t minutes) { options.older_than = std::chrono::minutes(minutes); },
          "With --sweep: leave runs alone that began later, for they may still be running")
      ->needs(sweep)
      ->type_name("MINUTES");
}

}  // namespace

CLI::App* add_conform(CLI::App& program, ConformOptions& options) {
  CLI::App* command =
      program.add_subcommand("conform", "Check an endpoint against the multipart behaviour of Amazon S3");
  command->footer(
      "Exit code 0: no check failed, or none beyond the profile. 1: some did. 2: wrong usage, or no such endpoint. 130: interrupted.\n"
      "Everything made lies under partsmith-conform/ and is removed, after Ctrl-C too; a second Ctrl-C ends "
      "at once.");
  add_connection(*command, options.connection, "--aws-profile");
  Settings(*command)
      .toggle("--virtual-hosted", options.virtual_hosted, "As --addressing virtual")
      ->group("Connection");
  add_selection(*command, options);
  add_run(*command, options);
  add_reports(*command, options);
  add_profiles(*command, options);
  add_sweep(*command, options);
  return command;
}

CLI::App* add_conform_diff(CLI::App& conform, DiffOptions& options) {
  CLI::App* command = conform.add_subcommand("diff", "Put the JSON reports of several runs side by side");
  command->footer("Tells the checks in which the runs differ. Exit code 0: done. 2: a file is no such report.");
  command->add_option("reports", options.reports, "Reports written by --json")->required()->expected(2, 64)->type_name("FILE");
  command->add_flag("--all", options.all, "Tell the checks in which they agree too");
  command->add_option("--html", options.html, "Write the matrix as one page for people to FILE")->type_name("FILE");
  command->add_option("--markdown", options.markdown, "The same as Markdown")->type_name("FILE");
  return command;
}

}  // namespace partsmith::cli
