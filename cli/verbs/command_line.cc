#include "verbs/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "conform_interruption.h"
#include "connection_options.h"
#include "option_values.h"
#include "source_connection.h"
#include "standard_streams.h"
#include "verbs/transfer.h"
#include "verbs/transfer_manual.h"

namespace partsmith::cli {
namespace {

void add_urls(CLI::App& command, std::vector<std::string>& urls, const char* help) {
  command.add_option("url", urls, help)->required()->type_name("s3://…");
}
void add_url(CLI::App& command, std::string& url, const char* help) {
  command.add_option("url", url, help)->required()->type_name("s3://…");
}

CLI::Option* add_age(CLI::App& command, std::optional<std::int64_t>& seconds) {
  return command
      .add_option("--older-than", seconds,
                  "Only uploads that began at least this long ago: 90s, 30m, 12h, 7d")
      ->type_name("TIME")
      ->transform(a_time());
}

void mb_options(CLI::App& command, MbOptions& options) {
  add_urls(command, options.urls, "Buckets to make");
}

void rb_options(CLI::App& command, RbOptions& options) {
  add_urls(command, options.urls, "Buckets to remove");
  command.add_flag("--force", options.force, "First delete its objects and abort its uploads");
}

void ls_options(CLI::App& command, LsOptions& options) {
  command.add_option("url", options.url, "Bucket or prefix; without it the buckets are listed")
      ->type_name("s3://…");
  command.add_flag("-r,--recursive", options.recursive, "Everything below, not only one level");
  command.add_flag("-H,--human", options.human, "Print sizes as 1.5 MiB");
  command.add_flag("--summary", options.summary, "How many objects and bytes, at the end");
  command.add_flag("--json", options.json, "Print one JSON object per line");
}

void rm_options(CLI::App& command, RmOptions& options) {
  add_urls(command, options.urls, "Objects to delete; with -r: folders or buckets, with all their objects");
  command.add_flag("-r,--recursive", options.recursive, "Delete everything below s3://BUCKET/PREFIX/");
  command.add_flag("-n,--dry-run", options.dry_run, "Print what would be deleted, and delete nothing");
  command.add_flag("-q,--quiet", options.quiet, "Print nothing");
}

void cat_options(CLI::App& command, CatOptions& options) {
  add_urls(command, options.urls, "Objects, written to stdout one after the other");
  auto* range =
      command.add_option("--range", options.range, "Only these bytes: 0-99, 100- or -100 (the last 100)")
          ->type_name("BYTES");
  command.add_option("--part", options.part, "Only this part of an object that was uploaded in parts")
      ->type_name("N")
      ->check(whole_number(1, 10000))
      ->excludes(range);
}

void stat_options(CLI::App& command, StatOptions& options) {
  add_urls(command, options.urls, "Objects or buckets");
  command.add_flag("--parts", options.parts, "Show the parts of the object, too");
  command.add_flag("--json", options.json, "Print one JSON object per line");
}

void presign_options(CLI::App& command, PresignOptions& options) {
  add_url(command, options.url, "Object");
  command.add_option("-X,--method", options.method, "The method that the URL allows")
      ->check(one_of({"GET", "PUT", "HEAD", "DELETE"}))
      ->capture_default_str();
  command.add_option("--expires", options.expires, "How long the URL is valid, at most 7d (1h)")
      ->type_name("TIME")
      ->transform(a_time());
  command.add_option("--upload-id", options.upload_id, "The upload that a part is put to")->type_name("ID");
  command.add_option("--part-number", options.part, "The number of the part that is put")
      ->type_name("N")
      ->check(whole_number(1, 10000));
  command
      .add_option("--header", options.headers,
                  "Header that the request must have: 'Content-Type: text/plain'; repeatable")
      ->type_name("HEADER")
      ->allow_extra_args(false);
}

void uploads_options(CLI::App& command, UploadsOptions& options) {
  add_url(command, options.url, "Bucket or prefix");
  add_age(command, options.older_than);
  command.add_flag("--json", options.json, "Print one JSON object per line");
}

void parts_options(CLI::App& command, PartsOptions& options) {
  add_url(command, options.url, "Key of the upload");
  command.add_option("--upload-id", options.upload_id, "The upload, if the key has several")->type_name("ID");
  command.add_flag("-H,--human", options.human, "Print sizes as 1.5 MiB");
  command.add_flag("--json", options.json, "Print one JSON object per line");
}

void abort_options(CLI::App& command, AbortOptions& options) {
  add_url(command, options.url, "Key of the upload; with -r a bucket or folder");
  auto* id = command.add_option("--upload-id", options.upload_id, "The upload, if the key has several")
                 ->type_name("ID");
  command.add_flag("--all", options.all, "All uploads of the key")->excludes(id);
  command.add_flag("-r,--recursive", options.recursive, "All uploads below s3://BUCKET/PREFIX/")
      ->excludes(id);
  add_age(command, options.older_than)->excludes(id);
  command.add_flag("-n,--dry-run", options.dry_run, "Print what would be aborted, and abort nothing");
}

void transfer_options(CLI::App& command, TransferOptions& options) {
  const std::string group = "Transfer";
  command.add_option("-j,--jobs", options.jobs, "How many parts and objects are transferred at a time")
      ->type_name("N")
      ->check(whole_number(1, 256))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--part-size", options.part_size,
                  "Size of the parts, 5MiB to 5GiB (8MiB); a file that isn't larger goes in one request, and "
                  "one of more than 10,000 parts gets larger parts")
      ->type_name("SIZE")
      ->transform(a_size(limits::min_part_size, limits::max_part_size))
      ->group(group);
  command.add_flag("-q,--quiet", options.quiet, "Print no progress, and no line per object")->group(group);
  command.add_flag("--json", options.json, "Print a JSON object instead of a line per object")->group(group);
  command
      .add_option("--sse-c-key", options.sse_c_key,
                  "File with the customer key of what is written or read: 32 bytes, or their base64")
      ->type_name("FILE")
      ->group(group);
}

/// In the order of the command line, which CLI11 tells only afterwards.
void filter_options(CLI::App& command, TransferOptions& options) {
  const auto includes = std::make_shared<std::vector<std::string>>();
  const auto excludes = std::make_shared<std::vector<std::string>>();
  const auto* include = command.add_option("--include", *includes, "With -r: take what matches; repeatable")
                            ->type_name("GLOB")
                            ->allow_extra_args(false);
  const auto* exclude = command.add_option("--exclude", *excludes, "With -r: skip what matches; repeatable")
                            ->type_name("GLOB")
                            ->allow_extra_args(false);
  command.final_callback([&command, &options, includes, excludes, include, exclude] {
    std::size_t included = 0;
    std::size_t excluded = 0;
    for (const auto* option : command.parse_order()) {
      if (option == include) options.filters.push_back({includes->at(included++), true});
      if (option == exclude) options.filters.push_back({excludes->at(excluded++), false});
    }
  });
}

void object_options(CLI::App& command, ObjectOptions& options) {
  const std::string group = "New objects";
  const auto text = [&](const char* flag, std::string& into, const char* what, const char* help) {
    command.add_option(flag, into, help)->type_name(what)->group(group);
  };
  text("--content-type", options.content_type, "TYPE", "Media type (guessed from the name)");
  command.add_flag("--no-guess-type", options.no_guess, "Send no media type")->group(group);
  text("--cache-control", options.cache_control, "TEXT", "Cache-Control");
  text("--content-disposition", options.content_disposition, "TEXT", "Content-Disposition");
  text("--content-encoding", options.content_encoding, "TEXT", "Content-Encoding");
  text("--content-language", options.content_language, "TEXT", "Content-Language");
  text("--expires", options.expires, "DATE", "Expires");
  command.add_option("--metadata", options.metadata, "Metadata, NAME=VALUE; repeatable")
      ->type_name("PAIR")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--tag", options.tags, "Tag, NAME=VALUE; repeatable")
      ->type_name("PAIR")
      ->allow_extra_args(false)
      ->group(group);
  text("--storage-class", options.storage_class, "CLASS", "STANDARD, STANDARD_IA, GLACIER …");
  text("--acl", options.acl, "ACL", "Canned ACL: private, public-read …");
  text("--sse", options.sse, "KIND", "Server-side encryption: AES256, aws:kms or aws:kms:dsse");
  text("--sse-kms-key-id", options.sse_kms_key_id, "ID", "KMS key");
}

void copying_options(CLI::App& command, TransferOptions& options) {
  command.add_option("path", options.paths, "Source and destination; several sources go into a folder")
      ->required()
      ->type_name("SOURCE… DESTINATION")
      ->expected(2, 1 << 20);
  command.add_flag("-r,--recursive", options.recursive, "Take everything in a folder, bucket or prefix");
  filter_options(command, options);
  command.add_flag("--no-follow-symlinks", options.no_follow_links,
                   "With -r: skip the symbolic links in folders");
  command.add_flag("-n,--dry-run", options.dry_run, "Print what would be done, and do nothing");
  command.add_flag("--no-overwrite", options.no_overwrite, "Fail if the destination exists");
  transfer_options(command, options);
  const std::string group = "Transfer";
  command
      .add_flag("--keep", options.keep,
                "Keep an interrupted or failed upload open, so that it can be resumed")
      ->group(group);
  command.add_flag("--resume", options.resume, "Continue the newest open upload of the key, if it has one")
      ->group(group);
  command
      .add_option("--expected-size", options.expected_size,
                  "How large stdin may become; the size of the parts is chosen for it")
      ->type_name("SIZE")
      ->transform(a_size())
      ->group(group);
  command
      .add_option("--checksum", options.checksum,
                  "Checksum to send: crc64nvme, crc32, crc32c, sha1, sha256 or none")
      ->type_name("ALGORITHM")
      ->check(one_of({"crc64nvme", "crc32", "crc32c", "sha1", "sha256", "none"}))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--copy-threshold", options.copy_threshold,
                  "Copy an object that is larger than this in parts (5GiB)")
      ->type_name("SIZE")
      ->transform(a_size(1, limits::max_put_size))
      ->group(group);
  command
      .add_option("--sse-c-source-key", options.sse_c_source_key,
                  "File with the customer key of the source of a copy")
      ->type_name("FILE")
      ->group(group);
  object_options(command, options.object);
  add_source_connection(command, options.source);
}

void cp_options(CLI::App& command, CpOptions& options) {
  copying_options(command, options);
  const std::string group = "Between buckets";
  command
      .add_flag("--versions", options.versions,
                "Copy all versions and delete markers, in their order, to a bucket that keeps versions")
      ->group(group);
  auto* verify =
      command
          .add_flag("--verify", options.verify,
                    "Afterwards compare what both sides have, and tell each difference; exit code 1 for any")
          ->group(group);
  command.add_flag("--verify-only", options.verify_only, "Compare, and copy nothing")
      ->excludes(verify)
      ->group(group);
}

void mv_options(CLI::App& command, MvOptions& options) {
  copying_options(command, options);
}

void resume_options(CLI::App& command, ResumeOptions& options) {
  add_url(command, options.url, "Key of the upload");
  command.add_option("source", options.source, "The file or redis:// list that is uploaded")
      ->type_name("SOURCE");
  command.add_option("--upload-id", options.upload_id, "The upload, if the key has several")->type_name("ID");
  command.add_flag("--complete", options.complete, "Complete the upload with the parts that it has");
  transfer_options(command, options.transfer);
}

}  // namespace

template <class Options>
void Verbs::add(CLI::App& program, const char* name, const char* description, const char* manual,
                VerbResult (*work)(const Options&, Session&), void (*add_options)(CLI::App&, Options&)) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(name, description);
  command->group("Client");
  verbs_.push_back({command, [options, work](Session& session) { return work(*options, session); }});
  add_options(*command, *options);
  command
      ->add_option("--attempts", attempts_,
                   "How many times a request is tried that fails for a passing reason")
      ->type_name("N")
      ->check(whole_number(1, 100))
      ->capture_default_str()
      ->group("Connection");
  add_connection(*command, connection_);
  command->footer(fmt::format("{}{}{}\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.", manual,
                              *manual == '\0' ? "" : "\n\n", connection_help));
}

Verbs::Verbs(CLI::App& program) {
  add(program, "mb", "Make buckets", "The bucket is made in the region of --region.", mb, mb_options);
  add(program, "rb", "Remove buckets", "", rb, rb_options);
  add(program, "ls", "List buckets or objects",
      "A prefix needn't end at a '/': s3://films/go lists gopher.mp4 too. Without -r, what lies deeper is "
      "reported as\n"
      "its folder (PRE). Times are UTC.",
      ls, ls_options);
  add(program, "cp", "Copy files, streams, Redis lists and objects", transfer_manual, cp, cp_options);
  static constexpr const char* move_manual =
      "As cp, and then the source is removed, if what the service returns shows that the copy is the same.\n"
      "`partsmith cp --help` describes sources, destinations and filters.";
  add(program, "mv", "Move files and objects", move_manual, mv, mv_options);
  add(program, "rm", "Delete objects",
      "-r takes the URL for a folder: s3://films/old deletes what begins with old/, and not older.mp4.", rm,
      rm_options);
  add(program, "cat", "Write objects to stdout",
      "If the connection breaks, the download continues where it broke. A whole object is compared with its\n"
      "checksum, or with its ETag if that is an MD5; if it differs, the exit code is 1.",
      cat, cat_options);
  add(program, "stat", "Show what is known of objects or buckets", "", stat, stat_options);
  add(program, "presign", "Make a URL that works without keys",
      "partsmith presign s3://films/gopher.mp4 --expires 1d\n"
      "partsmith presign -X PUT s3://films/gopher.mp4 --upload-id ID --part-number 1",
      presign, presign_options);
  add(program, "uploads", "List open uploads",
      "Prints when each upload began, its age, its id and its key, in the order of the keys.", uploads,
      uploads_options);
  add(program, "parts", "List the parts of an open upload",
      "Prints the number, size, time, ETag and checksums of each part.", parts, parts_options);
  add(program, "abort", "Abort open uploads and free their parts",
      "partsmith abort s3://films/gopher.mp4\n"
      "partsmith abort -r s3://films --older-than 7d",
      abort, abort_options);
  add(program, "resume", "Continue an open upload",
      "partsmith resume s3://films/gopher.mp4 gopher.mp4\n"
      "The source is read from its start; a part that the upload already has with the same bytes is not "
      "sent\n"
      "again. If resume is interrupted, the upload stays open.",
      resume, resume_options);
}

const Verbs::Verb* Verbs::chosen() const {
  const auto found = std::ranges::find_if(verbs_, [](const Verb& verb) { return verb.command->parsed(); });
  return found == verbs_.end() ? nullptr : &*found;
}

bool Verbs::asked() const {
  return chosen() != nullptr;
}

int Verbs::run() const {
  const auto fail = [](const VerbError& trouble) {
    std::fflush(stdout);
    tell_line("partsmith: " + trouble.line);
    return trouble.code;
  };
  const auto settings = settings_of(connection_);
  if (!settings) return fail({settings.error(), verb_misused});
  auto connection = client::resolve_connection(*settings, client::process_environment());
  if (!connection) return fail({connection.error(), verb_misused});
  const Interruption interruption("stopping; once more ends at once");  // before any other thread is made
  const SystemClock clock;
  client::S3Client client(std::move(connection->endpoint), std::move(connection->options), clock);
  Session session{client, clock, {}};
  session.call_policy.retries.attempts = attempts_;
  session.call_policy.stop = interruption.token();
  const auto done = chosen()->work(session);
  if (!done) return fail(done.error());
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return fail({"cannot write to stdout"});
  return verb_done;
}

}  // namespace partsmith::cli
