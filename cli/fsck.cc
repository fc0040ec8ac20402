#include "fsck.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>

#include <partsmith/storage/fsck.h>

#include "data_folder.h"
#include "settings.h"

namespace partsmith::cli {
namespace {

using storage::FsckProblem;
using storage::FsckSummary;

void print_text(const FsckProblem& problem) {
  fmt::print("{}: {}{}\n", to_string(problem.kind), problem.what, problem.repaired ? " (repaired)" : "");
}

void print_text(const FsckSummary& summary, const std::filesystem::path& folder) {
  if (summary.in_use) {
    fmt::print("{} is in use: looked at read-only, leaving out what is on its way\n", folder.string());
  }
  fmt::print("{} objects, {} uploads, {} parts, {} blobs of {} bytes: {} problems, {} repaired\n",
             summary.objects, summary.uploads, summary.parts, summary.blobs, summary.bytes, summary.problems,
             summary.repaired);
}

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// One JSON document, written as the problems come: there may be many of them.
class JsonReport {
 public:
  explicit JsonReport(const std::filesystem::path& folder) : folder_(folder.string()) {}

  void add(const FsckProblem& problem) {
    fmt::print(
        "{}  {}", begun_ ? ",\n" : begin(),
        dump({{"kind", to_string(problem.kind)}, {"what", problem.what}, {"repaired", problem.repaired}}));
    begun_ = true;
  }
  void end(const FsckSummary& summary) {
    close();
    fmt::print(
        ",\n\"in_use\": {}, \"objects\": {}, \"uploads\": {}, \"parts\": {}, \"blobs\": {}, \"bytes\": {},\n",
        summary.in_use, summary.objects, summary.uploads, summary.parts, summary.blobs, summary.bytes);
    fmt::print("\"found\": {}, \"repaired\": {}, \"clean\": {}}}\n", summary.problems, summary.repaired,
               summary.problems == summary.repaired);
  }
  void end(const std::string& error) {
    close();
    fmt::print(",\n\"error\": {}}}\n", dump(error));
  }

 private:
  std::string begin() const { return fmt::format("{{\"folder\": {}, \"problems\": [\n", dump(folder_)); }
  void close() const { fmt::print("{}\n]", begun_ ? "" : begin()); }

  std::string folder_;
  bool begun_ = false;
};

int exit_code(const FsckSummary& summary) {
  return summary.problems == summary.repaired ? fsck_clean : fsck_problems;
}

}  // namespace

CLI::App* add_fsck(CLI::App& program, FsckOptions& options) {
  CLI::App* command =
      program.add_subcommand("fsck", "Check a data folder: compare the bytes on disk with the database");
  command->footer(
      "While a server has the folder open, fsck only reads it, in one snapshot; it leaves out what is being "
      "written.\n"
      "--repair needs the folder for itself. It removes files that no row names, blobs that nothing refers "
      "to,\n"
      "and rows that belong to no object and no upload; it corrects the counts of references and the total "
      "of\n"
      "bytes. It never changes an object, an upload or a part: it names those that have lost bytes, and you\n"
      "delete them or upload them again.\n"
      "Kinds of problems: database, rows, unreferenced, references, unused-blob, missing-bytes, "
      "orphan-file,\n"
      "total, content.\n"
      "Exit codes: 0 nothing is wrong, or everything was repaired; 1 something is wrong; 2 the folder could "
      "not be checked.");
  Settings settings(*command);
  settings.value("--data", options.data, "DIR",
                 "Folder of the data (default: partsmith in $XDG_DATA_HOME or ~/.local/share)");
  command->add_flag("--deep", options.deep,
                    "Read every byte again and compare it with its ETag and checksums");
  command->add_flag("--repair", options.repair, "Remove what nothing refers to, and correct the counts");
  command->add_flag("--json", options.json, "Write the report as one JSON document");
  return command;
}

std::expected<int, std::string> fsck(const FsckOptions& options) {
  const auto folder = DataFolder::lasting(options.data);
  if (!folder) return std::unexpected(folder.error());
  JsonReport report(folder->path());
  storage::FsckOptions wanted{.folder = folder->path(), .deep = options.deep, .repair = options.repair};
  wanted.tell = [&](const FsckProblem& problem) { options.json ? report.add(problem) : print_text(problem); };
  const auto summary = storage::fsck_local_store(wanted);
  if (!summary) {
    if (options.json) report.end(summary.error());
    return std::unexpected(summary.error());
  }
  options.json ? report.end(*summary) : print_text(*summary, folder->path());
  return exit_code(*summary);
}

}  // namespace partsmith::cli
