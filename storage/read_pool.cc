#include "read_pool.h"

#include <utility>

namespace partsmith::storage {

std::expected<ReadPool::Loan, StoreError> ReadPool::take() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return lent_ < most_connections; });
    ++lent_;
    if (!idle_.empty()) {
      Loan loan(*this, std::move(idle_.back()));
      idle_.pop_back();
      return loan;
    }
  }
  auto connection = sqlite::Connection::open(database_, sqlite::Connection::Mode::read, vfs_);
  auto right = connection ? verify_() : std::expected<void, StoreError>(std::unexpect, connection.error());
  if (!right) {
    give_back(nullptr);
    return std::unexpected(std::move(right.error()));
  }
  return Loan(*this, std::make_unique<sqlite::Connection>(std::move(*connection)));
}

void ReadPool::give_back(std::unique_ptr<sqlite::Connection> connection) {
  {
    const std::scoped_lock lock(mutex_);
    --lent_;
    if (connection) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace partsmith::storage
