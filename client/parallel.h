#pragma once
/// The same for each number, several at a time.

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <partsmith/client/multipart_uploader.h>

namespace partsmith::client {

/// Calls `work` for 0 to count-1 from up to `workers` threads, each with a slot. The first error; after it
/// nothing is begun.
inline Result<void> for_each_index(std::uint64_t count, unsigned workers, const Slots& slots,
                                   const std::stop_token& stop,
                                   const std::function<Result<void>(std::uint64_t)>& work) {
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  std::optional<ClientError> failure;  // guarded by mutex
  const auto fail = [&](ClientError error) {
    const std::scoped_lock lock(mutex);
    if (!failure) failure = std::move(error);
    next = count;
  };
  const auto run = [&] {
    while (true) {
      if (slots) slots->acquire();
      const auto index = next++;
      if (index < count && stop.stop_requested()) {
        fail(ClientError(ErrorKind::stopped, "stopped"));
      } else if (index < count) {
        if (auto done = work(index); !done) fail(std::move(done.error()));
      }
      if (slots) slots->release();
      if (index >= count) return;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(std::max(workers, 1U), count); ++i)
      threads.emplace_back(run);
  }
  if (failure) return std::unexpected(*std::move(failure));
  return {};
}

}  // namespace partsmith::client
