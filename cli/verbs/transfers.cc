#include "verbs/transfers.h"

#include <fmt/format.h>
#include <unistd.h>

#include "standard_streams.h"
#include "verbs/carrying.h"
#include "verbs/text.h"

namespace partsmith::cli {

Transfers::Transfers(const TransferOptions& options, const Sides& sides, Mode mode, bool many,
                     std::string upload_id)
    : options_(options),
      mode_(mode),
      many_(many),
      progress_(isatty(STDERR_FILENO) != 0 && !options.quiet),
      how_{options,
           sides.session,
           sides.source,
           progress_,
           std::make_shared<std::counting_semaphore<>>(options.jobs),
           std::move(upload_id)} {
  const unsigned workers = many ? options.jobs : 1;
  for (unsigned i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
}

bool Transfers::add(Job job) {
  std::unique_lock lock(mutex_);
  constexpr std::size_t most_waiting = 1000;
  changed_.wait(lock, [this] { return jobs_.size() < most_waiting || stopped(); });
  if (stopped()) return false;
  job.number = ++count_;
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  return true;
}

void Transfers::refuse(const VerbError& trouble) {
  const std::scoped_lock lock(mutex_);
  ++count_;
  note(trouble);
}

VerbResult Transfers::finish() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  workers_.clear();
  progress_.clear();
  if (failures_ == 0 && mode_ == Mode::verify && !options_.json)
    tell(fmt::format("{} compared, no difference\n", count_));
  if (failures_ == 0) return {};
  if (!many_ || first_->code == verb_interrupted) return std::unexpected(*first_);
  if (mode_ == Mode::verify) return failed(fmt::format("{} of {} differ", failures_, count_));
  return failed(
      fmt::format("{} of {} could not be {}", failures_, count_, mode_ == Mode::move ? "moved" : "copied"));
}

void Transfers::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    changed_.notify_all();
    lock.unlock();
    const auto done = run(job);
    if (done) continue;
    lock.lock();
    note(done.error());
  }
}

void Transfers::note(const VerbError& trouble) {
  ++failures_;
  if (!first_ || (first_->code != verb_interrupted && trouble.code == verb_interrupted)) first_ = trouble;
  if (!many_ || trouble.code == verb_interrupted) return;
  progress_.clear();
  tell_line("partsmith: " + trouble.line);
}

VerbResult Transfers::run(const Job& job) {
  if (stopped()) return std::unexpected(VerbError{"stopped", verb_interrupted});
  if (mode_ == Mode::verify) return run_comparison(job);
  if (options_.dry_run && !between_services(job, how_)) {
    tell(fmt::format("would {} {} -> {}\n", mode_ == Mode::move ? "move" : "copy", to_string(job.from),
                     to_string(job.to)));
    return {};
  }
  const auto done = transfer(job, how_);
  if (!done) return std::unexpected(done.error());
  if (options_.dry_run) {
    if (!done->there_already) {
      tell(fmt::format("would {} {} -> {}\n", mode_ == Mode::move ? "move" : "copy", to_string(job.from),
                       to_string(job.to)));
    }
    return {};
  }
  if (mode_ == Mode::move) {
    const bool shown = done->proof != client::Proof::size || done->inside_service || done->bytes == 0;
    if (!shown) {
      return failed(fmt::format(
          "{}: nothing that the service tells shows that {} is the same: it was copied, and not removed",
          to_string(job.from), to_string(job.to)));
    }
    if (auto removed = remove_source(job.from, how_); !removed) return removed;
  }
  if (!std::holds_alternative<StandardStream>(job.to)) tell(job, *done);
  return {};
}

VerbResult Transfers::run_comparison(const Job& job) {
  const auto found = compare(job, how_);
  if (!found) return std::unexpected(found.error());
  if (options_.json) {
    const std::scoped_lock lock(telling_);
    print_json({{"from", to_string(job.from)}, {"to", to_string(job.to)}, {"differences", *found}});
  }
  if (found->empty()) return {};
  return failed(printable(
      fmt::format("{} and {}: {}", to_string(job.from), to_string(job.to), fmt::join(*found, "; "))));
}

void Transfers::tell(const Job& job, const Transferred& done) {
  if (options_.json) {
    nlohmann::ordered_json line{
        {"from", to_string(job.from)}, {"to", to_string(job.to)}, {"bytes", done.bytes}};
    if (done.parts > 0) line["parts"] = done.parts;
    if (done.kept > 0) line["kept_parts"] = done.kept;
    if (options_.versions) line["versions"] = done.versions;
    if (done.there_already) line["there_already"] = true;
    line["etag"] = done.etag;
    if (!done.checksum.empty()) line["checksum"] = done.checksum;
    line["proof"] = client::to_string(done.proof);
    const std::scoped_lock lock(telling_);
    progress_.clear();
    print_json(line);
    return;
  }
  if (done.there_already) {
    tell(fmt::format("{} -> {}  there already\n", to_string(job.from), to_string(job.to)));
    return;
  }
  std::string parts;
  if (options_.versions)
    parts = fmt::format(" in {} version{}", done.versions, done.versions == 1 ? "" : "s");
  if (done.parts > 0) parts = fmt::format(" in {} part{}", done.parts, done.parts == 1 ? "" : "s");
  if (done.kept > 0) parts += fmt::format(", {} of them there already", done.kept);
  tell(fmt::format("{} -> {}  {}{}, same {}\n", to_string(job.from), to_string(job.to),
                   human_size(done.bytes), parts, client::to_string(done.proof)));
}

void Transfers::tell(const std::string& line) {
  if (options_.quiet) return;
  const std::scoped_lock lock(telling_);
  progress_.clear();
  say("{}", line);
}

}  // namespace partsmith::cli
