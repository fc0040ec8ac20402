#pragma once
/// The system's files, of which chosen calls fail. Nothing is really synced: no test pulls the plug.

#include <cerrno>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "files/file_system.h"
#include "power_failure.h"

namespace partsmith::storage::testing {

class FailingFiles final : public FileSystem {
 public:
  /// Asked before each call, with its name and path; an errno other than 0 is what the call answers.
  using Verdict = std::function<int(const std::string& call, const std::filesystem::path& path)>;

  /// `watcher` is told what would survive a power failure; it must outlive this object.
  explicit FailingFiles(PowerFailure* watcher = nullptr) : watcher_(watcher) {}

  void fail_when(Verdict verdict) {
    const std::scoped_lock lock(mutex_);
    verdict_ = std::move(verdict);
  }
  /// Every later call with this name fails.
  void fail(const std::string& call, int number) {
    fail_when([call, number](const std::string& made, const auto&) { return made == call ? number : 0; });
  }
  void work_again() { fail_when({}); }

  FileResult<std::unique_ptr<WritableFile>> create(const std::filesystem::path& file) override {
    if (auto failed = verdict("create", file)) return std::unexpected(*failed);
    auto made = real_->create(file);
    if (!made) return made;
    if (watcher_ != nullptr) watcher_->created(file);
    return std::make_unique<Writable>(*this, std::move(*made), file);
  }
  FileResult<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& file) override {
    if (auto failed = verdict("open", file)) return std::unexpected(*failed);
    return real_->open(file);
  }
  FileResult<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (auto failed = verdict("rename", from)) return std::unexpected(*failed);
    auto moved = real_->rename(from, to);
    if (moved && watcher_ != nullptr) watcher_->renamed(from, to);
    return moved;
  }
  FileResult<void> remove(const std::filesystem::path& file) override {
    if (auto failed = verdict("remove", file)) return std::unexpected(*failed);
    if (watcher_ != nullptr && std::filesystem::exists(file)) watcher_->removing(file);
    return real_->remove(file);
  }
  FileResult<void> make_folder(const std::filesystem::path& folder) override {
    if (auto failed = verdict("make_folder", folder)) return std::unexpected(*failed);
    return real_->make_folder(folder);
  }
  FileResult<std::vector<std::string>> list(const std::filesystem::path& folder) override {
    if (auto failed = verdict("list", folder)) return std::unexpected(*failed);
    return real_->list(folder);
  }
  FileResult<void> sync_folder(const std::filesystem::path& folder) override {
    if (auto failed = verdict("sync_folder", folder)) return std::unexpected(*failed);
    if (!std::filesystem::exists(folder))
      return std::unexpected(FileError{ENOENT, "sync " + folder.string()});
    if (watcher_ != nullptr) watcher_->folder_synced(folder);
    return {};
  }
  FileResult<std::uint64_t> room(const std::filesystem::path& folder) override { return real_->room(folder); }
  FileResult<std::unique_ptr<FolderLock>> lock(const std::filesystem::path& file) override {
    if (auto failed = verdict("lock", file)) return std::unexpected(*failed);
    return real_->lock(file);
  }

 private:
  class Writable final : public WritableFile {
   public:
    Writable(FailingFiles& files, std::unique_ptr<WritableFile> real, std::filesystem::path path)
        : files_(files), real_(std::move(real)), path_(std::move(path)) {}
    FileResult<void> write(ByteView bytes) override {
      if (auto failed = files_.verdict("write", path_)) return std::unexpected(*failed);
      // A disk that fills up takes some of the bytes first.
      const std::size_t half = bytes.size() / 2;
      if (auto written = real_->write(bytes.first(half)); !written) return written;
      if (auto failed = files_.verdict("write on", path_)) return std::unexpected(*failed);
      return real_->write(bytes.subspan(half));
    }
    FileResult<void> sync() override {
      if (auto failed = files_.verdict("sync", path_)) return std::unexpected(*failed);
      if (files_.watcher_ != nullptr) files_.watcher_->synced(path_);
      return {};
    }

   private:
    FailingFiles& files_;
    std::unique_ptr<WritableFile> real_;
    std::filesystem::path path_;
  };

  std::optional<FileError> verdict(const std::string& call, const std::filesystem::path& path) {
    const std::scoped_lock lock(mutex_);
    const int number = verdict_ ? verdict_(call, path) : 0;
    if (number == 0) return std::nullopt;
    return FileError{number, call + " " + path.string()};
  }

  PowerFailure* watcher_;
  std::unique_ptr<FileSystem> real_ = system_files();
  std::mutex mutex_;
  Verdict verdict_;
};

}  // namespace partsmith::storage::testing
