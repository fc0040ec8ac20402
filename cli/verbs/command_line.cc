#include "verbs/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "conform_interruption.h"
#include "connection_options.h"
#include "verbs/value_options.h"

namespace partsmith::cli {
namespace {

void add_urls(CLI::App& command, std::vector<std::string>& urls, const char* help) {
  command.add_option("url", urls, help)->required()->type_name("s3://…");
}
void add_url(CLI::App& command, std::string& url, const char* help) {
  command.add_option("url", url, help)->required()->type_name("s3://…");
}

void mb_options(CLI::App& command, MbOptions& options) {
  add_urls(command, options.urls, "Buckets to make");
}

void rb_options(CLI::App& command, RbOptions& options) {
  add_urls(command, options.urls, "Buckets to remove");
  command.add_flag("--force", options.force, "Delete the objects and abort the uploads in it first");
}

void ls_options(CLI::App& command, LsOptions& options) {
  command.add_option("url", options.url, "Bucket or prefix; without it the buckets are listed")
      ->type_name("s3://…");
  command.add_flag("-r,--recursive", options.recursive, "Everything below, not only one level");
  command.add_flag("-H,--human", options.human, "Sizes as 1.5 MiB");
  command.add_flag("--summary", options.summary, "How many objects and bytes, at the end");
  command.add_flag("--json", options.json, "One JSON object a line");
}

void rm_options(CLI::App& command, RmOptions& options) {
  add_urls(command, options.urls, "Objects; with -r folders or buckets, whose objects all go");
  command.add_flag("-r,--recursive", options.recursive, "Everything below s3://BUCKET/PREFIX/");
  command.add_flag("-n,--dry-run", options.dry_run, "Tell what would be deleted");
  command.add_flag("-q,--quiet", options.quiet, "Tell nothing");
}

void cat_options(CLI::App& command, CatOptions& options) {
  add_urls(command, options.urls, "Objects, written to stdout one after the other");
  auto* range =
      command.add_option("--range", options.range, "Only these bytes: 0-99, 100- or -100 (the last 100)")
          ->type_name("BYTES");
  command.add_option("--part", options.part, "Only this part of an object that was uploaded in parts")
      ->type_name("N")
      ->check(CLI::Range(1, 10000))
      ->excludes(range);
}

void stat_options(CLI::App& command, StatOptions& options) {
  add_urls(command, options.urls, "Objects or buckets");
  command.add_flag("--parts", options.parts, "The parts that the object was uploaded in, too");
  command.add_flag("--json", options.json, "One JSON object a line");
}

void presign_options(CLI::App& command, PresignOptions& options) {
  add_url(command, options.url, "Object");
  command.add_option("-X,--method", options.method, "What the URL allows")
      ->check(CLI::IsMember({"GET", "PUT", "HEAD", "DELETE"}))
      ->capture_default_str();
  add_duration(command, "--expires", options.expires, "How long the URL works, at most 7d (1h)");
  command.add_option("--upload-id", options.upload_id, "PUT of a part: of this upload")->type_name("ID");
  command.add_option("--part-number", options.part, "PUT of a part: this one")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  command
      .add_option("--header", options.headers,
                  "Header that must be sent along: 'Content-Type: text/plain'; repeatable")
      ->type_name("HEADER")
      ->allow_extra_args(false);
}

void uploads_options(CLI::App& command, UploadsOptions& options) {
  add_url(command, options.url, "Bucket or prefix");
  add_duration(command, "--older-than", options.older_than,
               "Only uploads begun that long ago: 90s, 30m, 12h, 7d");
  command.add_flag("--json", options.json, "One JSON object a line");
}

void parts_options(CLI::App& command, PartsOptions& options) {
  add_url(command, options.url, "Key of the upload");
  command.add_option("--upload-id", options.upload_id, "Which upload, when the key has several")
      ->type_name("ID");
  command.add_flag("-H,--human", options.human, "Sizes as 1.5 MiB");
  command.add_flag("--json", options.json, "One JSON object a line");
}

void abort_options(CLI::App& command, AbortOptions& options) {
  add_url(command, options.url, "Key of the upload; with -r a bucket or folder");
  auto* id = command.add_option("--upload-id", options.upload_id, "Which upload, when the key has several")
                 ->type_name("ID");
  command.add_flag("--all", options.all, "All uploads of the key")->excludes(id);
  command.add_flag("-r,--recursive", options.recursive, "All uploads below s3://BUCKET/PREFIX/")
      ->excludes(id);
  add_duration(command, "--older-than", options.older_than,
               "Only uploads begun that long ago: 90s, 30m, 12h, 7d")
      ->excludes(id);
  command.add_flag("-n,--dry-run", options.dry_run, "Tell what would be aborted");
}

}  // namespace

template <class Options>
void Verbs::add(CLI::App& program, const char* name, const char* description, const char* manual,
                VerbResult (*work)(const Options&, Session&), void (*add_options)(CLI::App&, Options&)) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(name, description);
  command->group("Client");
  add_options(*command, *options);
  command
      ->add_option("--attempts", attempts_,
                   "How often a request is tried when S3 or the network says that it may work later")
      ->type_name("N")
      ->check(CLI::Range(1, 100))
      ->capture_default_str()
      ->group("Connection");
  add_connection(*command, connection_);
  command->footer(fmt::format("{}{}{}\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.", manual,
                              *manual == '\0' ? "" : "\n\n", connection_help));
  verbs_.push_back({command, [options, work](Session& session) { return work(*options, session); }});
}

Verbs::Verbs(CLI::App& program) {
  add(program, "mb", "Make buckets", "The bucket is made in the region of --region.", mb, mb_options);
  add(program, "rb", "Remove buckets", "", rb, rb_options);
  add(program, "ls", "List buckets or objects",
      "A prefix needn't end at a '/': s3://films/go lists gopher.mp4 too. Without -r, what lies deeper is "
      "told as\n"
      "its folder (PRE). Times are UTC.",
      ls, ls_options);
  add(program, "rm", "Delete objects",
      "-r takes the URL for a folder: s3://films/old deletes what begins with old/, and not older.mp4.", rm,
      rm_options);
  add(program, "cat", "Write objects to stdout",
      "A connection that breaks is taken up where it broke. A whole object is compared with its checksum, "
      "or\n"
      "with its ETag where that is an MD5; if it differs, the exit code is 1.",
      cat, cat_options);
  add(program, "stat", "Tell all about objects or buckets", "", stat, stat_options);
  add(program, "presign", "Make a URL that needs no keys",
      "partsmith presign s3://films/gopher.mp4 --expires 1d\n"
      "partsmith presign -X PUT s3://films/gopher.mp4 --upload-id ID --part-number 1",
      presign, presign_options);
  add(program, "uploads", "List open uploads", "Begun, age, upload id and key of each, in the order of keys.",
      uploads, uploads_options);
  add(program, "parts", "List the parts of an open upload", "Number, size, time, ETag and checksums of each.",
      parts, parts_options);
  add(program, "abort", "Abort open uploads, freeing their parts",
      "partsmith abort s3://films/gopher.mp4\n"
      "partsmith abort -r s3://films --older-than 7d",
      abort, abort_options);
}

const Verbs::Verb* Verbs::chosen() const {
  const auto found = std::ranges::find_if(verbs_, [](const Verb& verb) { return verb.command->parsed(); });
  return found == verbs_.end() ? nullptr : &*found;
}

bool Verbs::asked() const {
  return chosen() != nullptr;
}

int Verbs::run() const {
  const auto fail = [](const Trouble& trouble) {
    std::fflush(stdout);
    fmt::print(stderr, "partsmith: {}\n", trouble.line);
    return trouble.code;
  };
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe or TLS connection is an error to tell
  auto connection = client::resolve_connection(connection_, client::process_environment());
  if (!connection) return fail({connection.error(), verb_misused});
  const Interruption interruption;  // before any other thread is made
  const SystemClock clock;
  client::S3Client client(std::move(connection->endpoint), std::move(connection->options), clock);
  Session session{client, clock, {}};
  session.patient.retries.attempts = attempts_;
  session.patient.stop = interruption.token();
  const auto done = chosen()->work(session);
  if (!done) return fail(done.error());
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return fail({"cannot write to stdout"});
  return verb_done;
}

}  // namespace partsmith::cli
