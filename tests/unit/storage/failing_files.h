#pragma once
/// The system's files, of which chosen calls fail. Nothing is really synced: no test pulls the plug.

#include <cerrno>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/file_system.h"
#include "gate.h"
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
  /// So much room is left on the disk, whatever it has.
  void say_room(std::uint64_t bytes) { said_room_ = bytes; }
  /// Every later call with this name passes the gate.
  void hold(const std::string& call, std::shared_ptr<Gate> gate) {
    const std::scoped_lock lock(mutex_);
    held_call_ = call;
    gate_ = std::move(gate);
  }

  FileResult<void> make_folder(const std::filesystem::path& folder) override {
    if (auto failed = verdict("make_folder", folder)) return std::unexpected(*failed);
    return real_->make_folder(folder);
  }
  FileResult<void> sync_folder(const std::filesystem::path& folder) override {
    if (auto failed = verdict("sync_folder", folder)) return std::unexpected(*failed);
    if (!std::filesystem::exists(folder))
      return std::unexpected(FileError{ENOENT, "sync " + folder.string()});
    if (watcher_ != nullptr) watcher_->folder_synced(folder);
    return {};
  }
  FileResult<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& folder) override {
    auto opened = real_->open_folder(folder);
    if (!opened) return opened;
    return std::make_unique<Failing>(*this, std::move(*opened));
  }

 private:
  class Failing final : public Folder {
   public:
    Failing(FailingFiles& files, std::unique_ptr<Folder> real) : files_(files), real_(std::move(real)) {}

    const std::filesystem::path& path() const override { return real_->path(); }
    FileResult<std::unique_ptr<WritableFile>> create(std::string_view inside) override {
      if (auto failed = verdict("create", inside)) return std::unexpected(*failed);
      auto made = real_->create(inside);
      if (!made) return made;
      if (files_.watcher_ != nullptr) files_.watcher_->created(whole(inside));
      return std::make_unique<Writable>(files_, std::move(*made), whole(inside));
    }
    FileResult<std::unique_ptr<ReadableFile>> open(std::string_view inside) override {
      if (auto failed = verdict("open", inside)) return std::unexpected(*failed);
      return real_->open(inside);
    }
    FileResult<void> rename(std::string_view from, std::string_view to) override {
      if (auto failed = verdict("rename", from)) return std::unexpected(*failed);
      auto moved = real_->rename(from, to);
      if (moved && files_.watcher_ != nullptr) files_.watcher_->renamed(whole(from), whole(to));
      return moved;
    }
    FileResult<void> remove(std::string_view inside) override {
      if (auto failed = verdict("remove", inside)) return std::unexpected(*failed);
      if (files_.watcher_ != nullptr && std::filesystem::exists(whole(inside)))
        files_.watcher_->removing(whole(inside));
      return real_->remove(inside);
    }
    FileResult<void> make_folder(std::string_view inside) override {
      if (auto failed = verdict("make_folder", inside)) return std::unexpected(*failed);
      return real_->make_folder(inside);
    }
    FileResult<std::vector<std::string>> list(std::string_view inside) override {
      if (auto failed = verdict("list", inside)) return std::unexpected(*failed);
      return real_->list(inside);
    }
    FileResult<void> sync_folder(std::string_view inside) override {
      return files_.sync_folder(inside.empty() ? path() : whole(inside));
    }
    FileResult<FileFacts> look(std::string_view inside) override { return real_->look(inside); }
    FileResult<FileFacts> look_by_path(std::string_view inside) override {
      return real_->look_by_path(inside);
    }
    FileResult<void> make_private(std::string_view inside) override { return real_->make_private(inside); }
    FileResult<std::uint64_t> room() override {
      const std::uint64_t said = files_.said_room_;
      return said == 0 ? real_->room() : said;
    }
    FileResult<std::unique_ptr<FolderLock>> lock() override {
      if (auto failed = verdict("lock", "lock")) return std::unexpected(*failed);
      return real_->lock();
    }

   private:
    std::filesystem::path whole(std::string_view inside) const { return path() / inside; }
    std::optional<FileError> verdict(const std::string& call, std::string_view inside) {
      return files_.verdict(call, whole(inside));
    }

    FailingFiles& files_;
    std::unique_ptr<Folder> real_;
  };

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
    std::unique_lock lock(mutex_);
    if (const auto gate = gate_; gate && call == held_call_) {
      lock.unlock();
      gate->pass();
      lock.lock();
    }
    const int number = verdict_ ? verdict_(call, path) : 0;
    if (number == 0) return std::nullopt;
    return FileError{number, call + " " + path.string()};
  }

  PowerFailure* watcher_;
  std::atomic<std::uint64_t> said_room_ = 0;
  std::unique_ptr<FileSystem> real_ = system_files();
  std::mutex mutex_;
  Verdict verdict_;
  std::string held_call_;
  std::shared_ptr<Gate> gate_;
};

}  // namespace partsmith::storage::testing
