#include "conform_options.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <initializer_list>

#include "settings.h"

namespace partsmith::cli {
namespace {

/// The first of the variables that is set to something.
std::string from_environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

void add_endpoint(Settings& settings, ConformOptions& options) {
  settings.value("--endpoint", options.endpoint, "URL",
                 "Service to check: http(s)://host[:port] [AWS_ENDPOINT_URL]");
  settings.value("--access-key", options.access_key, "KEY", "Access key id [AWS_ACCESS_KEY_ID]");
  settings.value("--secret-key", options.secret_key, "SECRET", "Secret key [AWS_SECRET_ACCESS_KEY]");
  settings.value("--session-token", options.session_token, "TOKEN", "Session token [AWS_SESSION_TOKEN]");
  settings.value("--region", options.region, "REGION",
                 "Region to sign for [AWS_REGION] (default: us-east-1)");
  settings.toggle("--virtual-hosted", options.virtual_hosted,
                  "Put the bucket in the host name instead of the path");
  settings.value("--ca-file", options.ca_file, "FILE",
                 "Certificates to trust instead of the system's, as PEM");
  settings.toggle("--insecure", options.insecure, "Trust any certificate");
}

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
  Settings settings(*command);
  add_endpoint(settings, options);
  add_selection(*command, options);
  add_run(*command, options);
  return command;
}

void fill_from_aws_environment(ConformOptions& options) {
  if (options.endpoint.empty())
    options.endpoint = from_environment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (options.region.empty()) options.region = from_environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (options.region.empty()) options.region = "us-east-1";
  if (!options.access_key.empty() || !options.secret_key.empty()) return;
  options.access_key = from_environment({"AWS_ACCESS_KEY_ID"});
  options.secret_key = from_environment({"AWS_SECRET_ACCESS_KEY"});
  if (options.session_token.empty()) options.session_token = from_environment({"AWS_SESSION_TOKEN"});
}

}  // namespace partsmith::cli
