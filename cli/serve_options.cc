#include "serve_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include <partsmith/conformance/profile.h>
#include <partsmith/server/server.h>

#include "option_values.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

/// What is about a store of this server's own.
constexpr auto of_a_store =
    std::to_array<const char*>({"--bucket", "--durability", "--early-completion", "--kms-key",
                                "--min-part-size", "--profile", "--quota", "--seed"});

void add_upstream(CLI::App& command, ServeOptions& options) {
  const std::string group = "Gateway";
  Settings settings(command);
  client::ConnectionSettings& connection = options.upstream.settings;
  CLI::Option* upstream =
      settings.value("--upstream", connection.endpoint, "URL",
                     "Serve the buckets of the S3 service there, with this server's keys, faults "
                     "and journal before it (docs/scale-out.md)");
  for (const char* name : of_a_store) upstream->excludes(command.get_option(name));
  const auto add = [&](CLI::Option* option) {
    option->group(group)->needs(upstream);
    return option;
  };
  upstream->group(group);
  add(settings.value("--upstream-access-key", connection.access_key, "KEY",
                     "Access key id of the upstream [AWS_ACCESS_KEY_ID]"));
  CLI::Option* secret = add(settings.value("--upstream-secret-key", connection.secret_key, "SECRET",
                                           "Its secret key; other users of the machine see it in the list of "
                                           "processes [AWS_SECRET_ACCESS_KEY]"));
  add(settings.value("--upstream-secret-key-file", options.upstream.secret_key_file, "FILE",
                     "File whose first line is the upstream's secret key"))
      ->excludes(secret);
  add(settings.value("--upstream-session-token", connection.session_token, "TOKEN",
                     "Session token of the upstream [AWS_SESSION_TOKEN]"));
  add(settings.value("--upstream-profile", connection.profile, "NAME",
                     "Profile of the AWS tools that has keys and region of the upstream [AWS_PROFILE]"));
  add(settings.value("--upstream-region", connection.region, "REGION",
                     "Region to sign for [AWS_REGION, AWS_DEFAULT_REGION] (us-east-1)"))
      ->check(a_region());
  add(settings.value("--upstream-addressing", connection.addressing, "STYLE",
                     "path, virtual (the bucket in the host name), or auto: virtual at Amazon S3 only"))
      ->check(one_of({"auto", "path", "virtual"}));
  add(settings.value("--upstream-ca-file", connection.ca_file, "FILE",
                     "Certificates to trust, as PEM, instead of the system's [AWS_CA_BUNDLE]"));
  add(settings.toggle("--upstream-insecure", connection.insecure, "Trust any certificate of the upstream"));
  add(settings.value("--upstream-timeout", options.upstream_timeout, "SECONDS",
                     "How long the upstream may be silent before a request is given up"))
      ->check(whole_number(1, 86'400));
  add(settings.value(
          "--upstream-bucket", options.upstream_buckets, "NAME=BUCKET[/PREFIX]",
          "Where a bucket is there, and what its keys begin with; a * on both sides stands for the rest of "
          "the names, as in *=team-*; repeatable. With one, only buckets that are named are there"))
      ->delimiter(',');
}

}  // namespace

CLI::App* add_serve(CLI::App& program, ServeOptions& options) {
  CLI::App* command = program.add_subcommand("serve", "Serve S3 from a folder of this machine");
  command->footer(
      "Each setting can also come from the environment variable named beside it; a flag wins.\n"
      "SIGTERM, SIGINT and SIGHUP end the server after the requests in flight, with exit code 0; one more "
      "ends these, too.\n"
      "Bad settings, a used port or an unusable folder: one line on stderr and exit code 1.");
  Settings settings(*command);
  settings.value("--host", options.host, "ADDRESS",
                 "Address to listen on; beyond loopback only with keys of your own");
  settings.value("--port", options.port, "PORT", "Port to listen on; 0 picks a free one")->check(a_port());
  CLI::Option* data =
      settings.value("--data", options.data, "DIR",
                     "Folder of the data (default: partsmith in $XDG_DATA_HOME or ~/.local/share)");
  settings.toggle("--ephemeral", options.ephemeral, "Keep the data in a temporary folder, removed at exit")
      ->excludes(data);
  settings
      .value("--durability", options.durability, "process|disk",
             "What acknowledged data survives: a killed server, or a power failure too")
      ->check(one_of({"process", "disk"}));
  settings
      .value("--quota", options.quota, "BYTES",
             "The most bytes that objects and parts may take, with a suffix as in 10GiB; more gets SlowDown "
             "(503)")
      ->transform(a_size());
  settings.value("--access-key", options.access_key, "KEY", "Access key id that clients sign with");
  CLI::Option* secret = settings.value(
      "--secret-key", options.secret_key, "SECRET",
      "Secret key that clients sign with; other users of the machine see it in the list of processes");
  settings
      .value("--secret-key-file", options.secret_key_file, "FILE", "File whose first line is the secret key")
      ->excludes(secret);
  settings.value("--session-token", options.session_token, "TOKEN",
                 "The only session token that is taken beside the access key (default: any, and none)");
  settings
      .value("--kms-key", options.kms_keys, "KEY",
             "A key that KMS has, by its ID, ARN or alias; any other is KMS.NotFoundException then; "
             "repeatable (default: every name is a key's)")
      ->delimiter(',');
  settings.toggle(
      "--accept-default-keys", options.accept_default_keys,
      "Listen beyond loopback also with keys that everybody knows, as in a container or a test network");
  settings
      .value(
          "--allow-host", options.allowed_hosts, "NAME",
          "Answer to this Host too, beside local names, while the secret key is the default one; repeatable")
      ->delimiter(',');
  settings.toggle("--trust-pages", options.trust_pages,
                  "Browsers may run the scripts of stored pages in the server's origin, also with the "
                  "default secret key");
  settings.value("--region", options.region, "REGION", "Region of the buckets made by --bucket")
      ->check(a_region());
  settings.toggle("--strict-region", options.strict_region, "Refuse signatures for any other region");
  settings.toggle(
      "--early-completion", options.early_completion,
      "Answer CompleteMultipartUpload as S3 answers long ones: 200 and white space, then result or error");
  settings.toggle("--no-public-access-block", options.no_public_access_block,
                  "Buckets block no public access unless told to, so that policies may open them at once");
  settings
      .value("--min-part-size", options.min_part_size, "BYTES",
             "The least that every part but the last must have, as in 1KiB (default: S3's 5 MiB)")
      ->transform(a_size());
  settings.value("--fault", options.faults, "RULE",
                 fmt::format("Fail on demand: a FILE of rules, JSON, or one of {}; repeatable",
                             fmt::join(server::fault_preset_names(), ", ")));
  settings.toggle("--world-per-access-key", options.world_per_access_key,
                  "Give each access key a world of its own (buckets, clock, faults, journal), made when it "
                  "is first used");
  settings.toggle("--no-control", options.no_control,
                  "Without the control API below /_partsmith/ (health stays)");
  settings.value("--control-token", options.control_token, "TOKEN",
                 "What the control API asks for; beyond loopback there is none without it");
  settings
      .value("--control-port", options.control_port, "PORT",
             "A port of its own for the control API; 0 picks a free one (default: the port of S3)")
      ->check(a_port());
  settings
      .value("--bucket", options.buckets, "NAME[:FLAG…]",
             "Bucket to make at start if it isn't there; FLAG: versioned, locked (Object Lock), public-read, "
             "public-write, public-read-write; repeatable")
      ->delimiter(',');
  settings.value("--seed", options.seed, "DIR|FILE",
                 "Fill buckets at start: a folder in DIR for each bucket, a file in it for each object; or "
                 "what the JSON in FILE says (docs/testing.md)");
  settings.value("--init-scripts", options.init_scripts, "DIR",
                 "Run the scripts in DIR/boot.d, start.d, ready.d and shutdown.d at these stages, as "
                 "LocalStack does (docs/migrate/localstack.md)");
  CLI::Option* certificate =
      settings.value("--tls-cert", options.tls_certificate, "FILE",
                     "Serve HTTPS with this certificate, followed by those that vouch for it (PEM)");
  CLI::Option* key = settings.value("--tls-key", options.tls_key, "FILE", "The key of --tls-cert (PEM)");
  certificate->needs(key);
  key->needs(certificate);
  settings
      .value(
          "--tls-self-signed", options.tls_self_signed, "FILE",
          "Serve HTTPS with a certificate made at the start, and write to FILE the CA certificate to trust")
      ->excludes(certificate);
  settings.value("--profile", options.profile, "NAME|FILE",
                 fmt::format("Take on a vendor's rules: a FILE, or one of {}",
                             fmt::join(conformance::profile_names(), ", ")));
  settings.value("--ready-file", options.ready_file, "FILE",
                 "Write JSON with url, port and pid to FILE once requests are accepted");
  settings.value("--log-format", options.log_format, "text|json", "Form of the line per request on stderr")
      ->check(one_of({"text", "json"}));
  settings.toggle("--quiet", options.quiet, "No line per request");
  add_upstream(*command, options);
  return command;
}

}  // namespace partsmith::cli
