#include "conform_options.h"

#include <CLI/CLI.hpp>

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
  command.add_option("--max-requests", options.max_requests, "Skip checks that would send more requests")
      ->type_name("N");
  command.add_option("--json", options.json, "Write the result as JSON to FILE; - instead of the text")
      ->type_name("FILE");
}

}  // namespace

CLI::App* add_conform(CLI::App& program, ConformOptions& options) {
  CLI::App* command =
      program.add_subcommand("conform", "Check an endpoint against the multipart behaviour of Amazon S3");
  command->footer(
      "Exit code 0: no check failed. 1: some did. 2: wrong usage, or no such endpoint. 130: interrupted.\n"
      "Everything made lies under partsmith-conform/ and is removed, after Ctrl-C too; a second Ctrl-C ends "
      "at once.");
  add_connection(*command, options.connection, "--aws-profile");
  Settings(*command)
      .toggle("--virtual-hosted", options.virtual_hosted, "As --addressing virtual")
      ->group("Connection");
  add_selection(*command, options);
  add_run(*command, options);
  return command;
}

}  // namespace partsmith::cli
