#include "conform_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <partsmith/conformance/profile.h>

#include "connection_options.h"
#include "option_values.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

void add_selection(CLI::App& command, ConformOptions& options) {
  command.add_option("--only", options.only, "Only checks whose id matches, with * and ?; repeatable")
      ->type_name("GLOB");
  command.add_option("--skip", options.skip, "No checks whose id matches; repeatable")->type_name("GLOB");
  command
      .add_option(
          "--level", options.level,
          "must: only what clients rely on; should: that and more; quirk: all that matters; text: wording "
          "and decoration, too")
      ->check(one_of({"must", "should", "quirk", "text"}))
      ->capture_default_str();
  command.add_flag(
      "--costly", options.costly,
      "Run the checks of 10,000 parts and of 4 GiB, too, which take gigabytes at an endpoint that "
      "copies bytes");
  command.add_flag("--list", options.list, "List the checks and run none");
  command.add_flag("--dry-run", options.dry_run,
                   "Print what would run and what it would cost, and send nothing");
}

/// Keys of another account, for the checks of what it may do.
void add_second_account(CLI::App& command, ConformOptions& options) {
  Settings settings(command);
  const char* const group = "Connection";
  CLI::Option* key = settings.value("--second-access-key", options.second_access_key, "KEY",
                                    "Access key id of another account, for the checks that need two");
  key->group(group);
  CLI::Option* secret = settings.value("--second-secret-key", options.second_secret_key, "SECRET",
                                       "Its secret key; other users of the machine see it in the list of "
                                       "processes");
  secret->group(group)->needs(key);
  settings
      .value("--second-secret-key-file", options.second_secret_key_file, "FILE",
             "File whose first line is its secret key")
      ->group(group)
      ->needs(key)
      ->excludes(secret);
}

void add_run(CLI::App& command, ConformOptions& options) {
  command.add_option("--jobs", options.jobs, "How many checks run at a time")
      ->check(whole_number(1, 256))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--bucket", options.bucket,
                  "Use this bucket only, under a prefix (a bucket is made for the run)")
      ->type_name("NAME");
  command
      .add_option("--budget", options.budget, "Skip checks that would send and receive more bytes: 500MiB")
      ->transform(a_size())
      ->type_name("SIZE");
  add_answer_timeout(command, options.timeout);
  command.add_option("--max-requests", options.max_requests, "Skip checks that would send more requests")
      ->check(whole_number())
      ->type_name("N");
}

void add_reports(CLI::App& command, ConformOptions& options) {
  command.add_option("--label", options.label, "The name of the server in reports (its endpoint)")
      ->type_name("TEXT");
  command.add_option("--json", options.json, "Write the result as JSON to FILE; - instead of the text")
      ->type_name("FILE");
  command.add_option("--junit", options.junit, "Write the result as JUnit XML to FILE, for CI")
      ->type_name("FILE");
  command.add_option("--html", options.html, "Write the result as an HTML page to FILE")->type_name("FILE");
  command.add_option("--markdown", options.markdown, "Write the result as Markdown to FILE, 1 MiB at most")
      ->type_name("FILE");
  command.add_option("--sarif", options.sarif, "Write the result as SARIF 2.1.0 to FILE, for code scanning")
      ->type_name("FILE");
  command
      .add_option("--badge", options.badge,
                  "Write a badge to FILE: .svg, a picture, or .json, for https://shields.io/endpoint")
      ->check([](const std::string& file) {
        const bool known = file.ends_with(".svg") || file.ends_with(".json");
        return known ? std::string()
                     : fmt::format("'{}' won't do: a FILE is wanted that ends in .svg or .json", file);
      })
      ->type_name("FILE");
  command
      .add_option("--scripts", options.scripts,
                  "Write for each failure a Python script that reproduces it to DIR, and nothing of it needs "
                  "partsmith")
      ->type_name("DIR");
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
  command
      .add_option(
          "--add-to-profile", options.add_to_profile,
          "Add this run to the profile FILE: what differs in it and not in those before, or the other "
          "way round, differs by chance")
      ->type_name("FILE");
}

void add_baseline(CLI::App& command, ConformOptions& options) {
  command
      .add_option("--baseline", options.baseline,
                  "Fail only on differences that aren't in FILE, in a check that fails already, too")
      ->type_name("FILE");
  command.add_flag(
      "--update-baseline", options.update_baseline,
      "Write the differences of this run to the --baseline FILE, keeping reasons, and fail on none");
  command.add_flag("--ci", options.ci,
                   "--baseline partsmith-baseline.json where it is or is updated; reports (JUnit, HTML, "
                   "JSON, SARIF, Markdown, "
                   "scripts) in the folder partsmith-report; a summary of the job on GitHub");
}

void add_sweep(CLI::App& command, ConformOptions& options) {
  CLI::Option* sweep = command.add_flag(
      "--sweep", options.sweep,
      "Run no check; remove the buckets that earlier runs left, or what they left in --bucket");
  command
      .add_option_function<std::uint64_t>(
          "--older-than",
          [&options](std::uint64_t minutes) { options.older_than = std::chrono::minutes(minutes); },
          "With --sweep: leave runs alone that began later, for they may still be running")
      ->needs(sweep)
      ->check(whole_number())
      ->type_name("MINUTES");
}

}  // namespace

CLI::App* add_conform(CLI::App& program, ConformOptions& options) {
  CLI::App* command =
      program.add_subcommand("conform", "Check an endpoint against the multipart behaviour of Amazon S3");
  command->footer(
      "Exit code 0: no check failed, or none beyond profile and baseline. 1: some did, or were unsteady. 2: "
      "wrong "
      "usage, no "
      "such endpoint, one that is gone, full or too busy, or nothing could be judged. 130: interrupted.\n"
      "A check that fails is run once more, alone.\n"
      "Everything made lies under partsmith-conform/ and is removed, after Ctrl-C too; a second Ctrl-C ends "
      "at once.");
  add_connection(*command, options.connection, "--aws-profile");
  Settings(*command)
      .toggle("--virtual-hosted", options.virtual_hosted, "The same as --addressing virtual")
      ->group("Connection");
  add_second_account(*command, options);
  add_selection(*command, options);
  add_run(*command, options);
  add_reports(*command, options);
  add_profiles(*command, options);
  add_baseline(*command, options);
  add_sweep(*command, options);
  return command;
}

CLI::App* add_conform_diff(CLI::App& conform, DiffOptions& options) {
  CLI::App* command = conform.add_subcommand("diff", "Compare the JSON reports of several runs");
  command->footer(
      "Prints the checks in which the runs differ. Exit code 0: done. 1: with --fail-on-regression, a check "
      "that passed in "
      "the first report differs in the last. 2: a file is no such report.");
  command->add_option("reports", options.reports, "Reports written by --json")
      ->required()
      ->expected(2, 64)
      ->type_name("FILE");
  command->add_flag(
      "--fail-on-regression", options.fail_on_regression,
      "Exit code 1 if a check that passes in the first report differs in the last, and tell which");
  command->add_flag("--all", options.all, "Print the checks in which they agree, too");
  command->add_option("--html", options.html, "Write the matrix as an HTML page to FILE")->type_name("FILE");
  command->add_option("--markdown", options.markdown, "Write the result as Markdown to FILE")
      ->type_name("FILE");
  return command;
}

}  // namespace partsmith::cli
