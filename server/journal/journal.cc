#include "journal/journal.h"

#include "faults/rule.h"
#include "names.h"

namespace partsmith::server {
namespace {

std::size_t size_of(const protocol::Headers& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers)
    bytes += sizeof(protocol::Headers::Field) + name.size() + value.size();
  return bytes;
}

/// About so much an entry takes: its head is there twice where a query adds to it, and its target in pieces.
std::size_t size_of(const Visit& visit) {
  return sizeof(Visit) + 3 * visit.request.target.size() + size_of(visit.headers()) +
         size_of(visit.request.headers) + size_of(visit.end().headers) + visit.end().message.size() +
         visit.end().cause.size();
}

bool fits(const std::string& glob, std::string_view text) { return glob.empty() || matches_glob(glob, text); }

std::string_view parameter(const Visit& visit, std::string_view name) {
  return visit.is_addressed() ? visit.query().get(name).value_or("") : "";
}

}  // namespace

void Journal::expect_entry() {
  const std::scoped_lock lock(mutex_);
  ++expected_;
}

void Journal::wait_for_expected(std::unique_lock<std::mutex>& lock) const {
  constexpr std::chrono::seconds patience{1};
  // Of those that are on their way now; more may come meanwhile.
  const std::uint64_t due = last_id_ + expected_;
  added_.wait_for(lock, patience, [&] { return last_id_ >= due || expected_ == 0; });
}

void Journal::add(TimePoint time, std::shared_ptr<const Visit> visit) {
  const std::size_t bytes = size_of(*visit);
  std::deque<Kept> forgotten;  // freed outside of the lock
  const std::scoped_lock lock(mutex_);
  if (expected_ > 0) --expected_;
  kept_.push_back({{++last_id_, time, std::move(visit)}, bytes});
  bytes_ += bytes;
  while (kept_.size() > most_entries || (bytes_ > most_bytes && kept_.size() > 1)) {
    bytes_ -= kept_.front().bytes;
    forgotten.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
  added_.notify_all();
}

void Journal::clear() {
  std::deque<Kept> forgotten;
  const std::scoped_lock lock(mutex_);
  forgotten.swap(kept_);
  bytes_ = 0;
}

std::vector<Journal::Entry> Journal::entries(const JournalFilter& filter, std::size_t limit) const {
  std::vector<Entry> all;
  {
    std::unique_lock lock(mutex_);
    wait_for_expected(lock);
    for (const Kept& kept : kept_) {
      if (kept.entry.id > filter.after) all.push_back(kept.entry);
    }
  }
  std::erase_if(all, [&](const Entry& entry) { return !is_of(filter, entry); });
  if (all.size() > limit) all.resize(limit);
  return all;
}

std::uint64_t Journal::last_id() const {
  const std::scoped_lock lock(mutex_);
  return last_id_;
}

bool Journal::wait_for(std::uint64_t id, std::chrono::milliseconds time, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  return added_.wait_for(lock, stop, time, [&] { return last_id_ > id; });
}

bool is_of(const JournalFilter& filter, const Journal::Entry& entry) {
  const Visit& visit = *entry.visit;
  const auto any_acted = [&] {
    for (const std::string& name : visit.acted()) {
      if (matches_glob(filter.acted, name)) return true;
    }
    return false;
  };
  const std::string_view bucket = visit.is_addressed() ? std::string_view(visit.address().bucket) : "";
  const std::string_view key = visit.is_addressed() ? std::string_view(visit.address().key) : "";
  return entry.id > filter.after && fits(filter.operation, visit.operation_name()) &&
         fits(filter.method, visit.request.method) && fits(filter.bucket, bucket) && fits(filter.key, key) &&
         fits(filter.upload_id, parameter(visit, "uploadId")) &&
         fits(filter.part_number, parameter(visit, "partNumber")) &&
         fits(filter.access_key, visit.is_verified() ? std::string_view(visit.principal().access_key) : "") &&
         fits(filter.error, visit.end().error) &&
         fits(filter.user_agent, visit.request.headers.value("user-agent")) &&
         (!filter.status || *filter.status == visit.end().status) && (filter.acted.empty() || any_acted());
}

}  // namespace partsmith::server
