#include "verbs/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "conform_interruption.h"
#include "connection_options.h"
#include "standard_streams.h"
#include "verbs/transfer.h"
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

void transfer_options(CLI::App& command, TransferOptions& options) {
  const std::string group = "Transfer";
  command.add_option("-j,--jobs", options.jobs, "Parts and objects on their way at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->group(group);
  add_size(command, "--part-size", options.part_size,
           "Size of parts, 5MiB to 5GiB, more where 10,000 wouldn't do; what isn't larger goes by one "
           "request (8MiB)")
      ->check(without_description(CLI::Range(limits::min_part_size, limits::max_part_size)))
      ->group(group);
  command.add_flag("-q,--quiet", options.quiet, "No progress, and no line per object")->group(group);
  command.add_flag("--json", options.json, "A JSON object per object instead of a line")->group(group);
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
  const auto* exclude =
      command.add_option("--exclude", *excludes, "With -r: leave out what matches; repeatable")
          ->type_name("GLOB")
          ->allow_extra_args(false);
  command.parse_complete_callback([&command, &options, includes, excludes, include, exclude] {
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
  text("--content-type", options.content_type, "TYPE", "Media type; else it is guessed by the name");
  command.add_flag("--no-guess-type", options.no_guess, "Leave the media type to the service")->group(group);
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
  text("--sse", options.sse, "KIND", "Encryption at the service: AES256, aws:kms or aws:kms:dsse");
  text("--sse-kms-key-id", options.sse_kms_key_id, "ID", "KMS key");
}

void copying_options(CLI::App& command, TransferOptions& options) {
  command.add_option("path", options.paths, "Source (more of them into a folder), and destination")
      ->required()
      ->type_name("SOURCE… DESTINATION")
      ->expected(2, 1 << 20);
  command.add_flag("-r,--recursive", options.recursive, "All that is in a folder, bucket or prefix");
  filter_options(command, options);
  command.add_flag("--no-follow-symlinks", options.no_follow_links, "With -r: leave links in folders out");
  command.add_flag("-n,--dry-run", options.dry_run, "Tell what would be done");
  command.add_flag("--no-overwrite", options.no_overwrite, "Fail where the destination is there already");
  transfer_options(command, options);
  const std::string group = "Transfer";
  command
      .add_flag("--keep", options.keep, "Leave an upload open that is interrupted or fails, to be resumed")
      ->group(group);
  command.add_flag("--resume", options.resume, "Go on with the key's newest open upload, if there is one")
      ->group(group);
  add_size(command, "--expected-size", options.expected_size,
           "Of stdin, when it may be huge: decides the size of parts")
      ->group(group);
  command
      .add_option("--checksum", options.checksum,
                  "Checksum to send: crc64nvme, crc32, crc32c, sha1, sha256 or none")
      ->type_name("ALGORITHM")
      ->check(CLI::IsMember({"crc64nvme", "crc32", "crc32c", "sha1", "sha256", "none"}))
      ->capture_default_str()
      ->group(group);
  add_size(command, "--copy-threshold", options.copy_threshold,
           "From object to object: a larger one is copied in parts (5GiB)")
      ->check(without_description(CLI::Range(std::uint64_t{1}, limits::max_put_size)))
      ->group(group);
  command
      .add_option("--sse-c-source-key", options.sse_c_source_key,
                  "File with the customer key of the source of a copy")
      ->type_name("FILE")
      ->group(group);
  object_options(command, options.object);
}

void cp_options(CLI::App& command, CpOptions& options) {
  copying_options(command, options);
}

void mv_options(CLI::App& command, MvOptions& options) {
  copying_options(command, options);
}

void resume_options(CLI::App& command, ResumeOptions& options) {
  add_url(command, options.url, "Key of the upload");
  command.add_option("source", options.source, "File or redis:// list that was being uploaded")
      ->type_name("SOURCE");
  command.add_option("--upload-id", options.upload_id, "Which upload, when the key has several")
      ->type_name("ID");
  command.add_flag("--complete", options.complete, "Complete the upload with the parts that are there");
  transfer_options(command, options.transfer);
}

constexpr const char* transfer_manual =
    "Sources and destinations: a file; - (stdin, stdout); s3://BUCKET/KEY; as a source also a Redis list:\n"
    "redis://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE/KEY, whose elements become parts, joined where they have "
    "less\n"
    "than 5 MiB. A destination that ends with '/', is a bucket or a folder keeps the source's name.\n"
    "-r takes what is in the folder (not the folder itself): `cp -r site s3://www` puts site/a.html at "
    "s3://www/a.html.\n"
    "Links are followed, unless --no-follow-symlinks; what can't be taken (a link to nowhere or round in a "
    "circle, "
    "a\n"
    "pipe) is reported, and the others go on. The last --include or --exclude that matches the path\n"
    "below the folder decides; where none does, it is taken, unless the first filter is an --include. '*' "
    "matches '/'.\n"
    "\n"
    "What was sent is compared with what the service has, what came with what it should be: by the checksum "
    "of the\n"
    "whole, else by ETags, else only by size; the line per object says which (\"same checksum\"). A download "
    "gets its\n"
    "name when it is whole and proved. From object to object the bytes stay in the service.\n"
    "Ctrl-C ends transfers and aborts uploads, unless --keep; `partsmith resume` or `cp --resume` goes on "
    "with one:\n"
    "parts that are there and hold the same bytes are not sent again. Memory: up to a part for each of "
    "--jobs, and\n"
    "two more for each object on its way; a file's parts of more than 16 MiB are read as they are sent.";

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
  add(program, "resume", "Go on with an open upload",
      "partsmith resume s3://films/gopher.mp4 gopher.mp4\n"
      "The source is read from its start; parts that are there and hold the same bytes are not sent again. "
      "When it is\n"
      "interrupted the upload stays open.",
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
