#pragma once
/// Connections for reading, made when first needed and kept. Safe from any thread.

#include <condition_variable>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <partsmith/storage/error.h>

#include "sqlite/connection.h"

namespace partsmith::storage {

class ReadPool {
 public:
  /// `verify`: asked of each new connection, whether it has opened the right file.
  using Verify = std::function<std::expected<void, StoreError>()>;
  ReadPool(std::filesystem::path database, std::string vfs, Verify verify)
      : database_(std::move(database)), vfs_(std::move(vfs)), verify_(std::move(verify)) {}

  /// A connection for one thread; it returns to the pool with this object.
  class Loan {
   public:
    Loan(ReadPool& pool, std::unique_ptr<sqlite::Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    ~Loan() {
      if (pool_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Loan(Loan&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Loan& operator=(Loan&&) = delete;
    sqlite::Connection& operator*() const { return *connection_; }
    sqlite::Connection* operator->() const { return connection_.get(); }

   private:
    ReadPool* pool_;
    std::unique_ptr<sqlite::Connection> connection_;
  };

  /// Waits when all connections are lent.
  std::expected<Loan, StoreError> take();

 private:
  void give_back(std::unique_ptr<sqlite::Connection> connection);

  static constexpr std::size_t most_connections = 16;
  std::filesystem::path database_;
  std::string vfs_;
  Verify verify_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<sqlite::Connection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace partsmith::storage
