#include "failing_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <mutex>
#include <new>
#include <stdexcept>

namespace partsmith::storage::testing {

class FailingDatabase::Vfs {
 public:
  explicit Vfs(PowerFailure* watcher)
      : watcher_(watcher), name_(fmt::format("failing-{}", static_cast<const void*>(this))) {
    vfs_ = *system_;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    if (::sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("SQLite takes no VFS");
  }
  ~Vfs() { ::sqlite3_vfs_unregister(&vfs_); }
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;

  const std::string& name() const { return name_; }
  void fail_when(Verdict verdict) {
    const std::scoped_lock lock(mutex_);
    verdict_ = std::move(verdict);
  }
  void hold(const std::string& call, std::shared_ptr<Gate> gate) {
    const std::scoped_lock lock(mutex_);
    held_call_ = call;
    gate_ = std::move(gate);
  }

 private:
  /// As SQLite allocates it, with the system's file right behind.
  struct File {
    sqlite3_file base;
    Vfs* vfs;
    std::string path;
    bool names_folder_with_sync;  ///< a new log's name is synced with its first bytes
    int last_errno;               ///< as the system's VFS keeps it

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  };

  int verdict(const char* call, const std::string& path) {
    std::unique_lock lock(mutex_);
    if (const auto gate = gate_; gate && call == held_call_) {
      lock.unlock();
      gate->pass();
      lock.lock();
    }
    const int number = verdict_ ? verdict_(call, path) : 0;
    return number;
  }
  PowerFailure* watcher_of(const std::string& path) const {
    return path.ends_with("-shm") ? nullptr : watcher_;  // made anew after a crash
  }

  static int open(sqlite3_vfs* made, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& vfs = *static_cast<Vfs*>(made->pAppData);
    File& opened = *new (file) File{{}, &vfs, name == nullptr ? "" : name, false, 0};
    opened.names_folder_with_sync = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & SQLITE_OPEN_WAL) != 0;
    int code = SQLITE_OK;
    const bool is_new = name != nullptr && !std::filesystem::exists(name);
    if (vfs.verdict("open", opened.path) != 0) {
      code = SQLITE_CANTOPEN;
    } else {
      code = vfs.system_->xOpen(vfs.system_, name, opened.real(), flags, out_flags);
    }
    if (code != SQLITE_OK) {
      if (opened.real()->pMethods != nullptr) opened.real()->pMethods->xClose(opened.real());
      opened.~File();
      file->pMethods = nullptr;
      return code;
    }
    if (auto* watcher = vfs.watcher_of(opened.path); watcher != nullptr && is_new) {
      watcher->created(opened.path);
    }
    file->pMethods = &methods;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* made, const char* name, int sync_folder) {
    auto& vfs = *static_cast<Vfs*>(made->pAppData);
    if (vfs.verdict("remove", name) != 0) return SQLITE_IOERR_DELETE;
    if (auto* watcher = vfs.watcher_of(name); watcher != nullptr && std::filesystem::exists(name)) {
      watcher->removing(name);
    }
    return vfs.system_->xDelete(vfs.system_, name, sync_folder);
  }

  static int close(sqlite3_file* file) {
    File& self = File::of(file);
    const int code = self.real()->pMethods->xClose(self.real());
    self.~File();
    return code;
  }

  static int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
    File& self = File::of(file);
    if (self.vfs->verdict("read", self.path) != 0) return SQLITE_IOERR_READ;
    return self.real()->pMethods->xRead(self.real(), into, count, offset);
  }

  static int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
    File& self = File::of(file);
    const auto refused = [&](int number) {
      self.last_errno = number;
      return number == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    };
    if (const int number = self.vfs->verdict("write", self.path); number != 0) return refused(number);
    const int half = count / 2;
    const auto* bytes = static_cast<const char*>(from);
    const auto& real = *self.real()->pMethods;
    if (const int code = real.xWrite(self.real(), bytes, half, offset); code != SQLITE_OK) return code;
    if (const int number = self.vfs->verdict("write on", self.path); number != 0) return refused(number);
    const int code = real.xWrite(self.real(), bytes + half, count - half, offset + half);
    if (code != SQLITE_OK) return code;
    // No system says that it has no room when it took everything.
    return self.vfs->verdict("written", self.path) != 0 ? SQLITE_IOERR_WRITE : SQLITE_OK;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    File& self = File::of(file);
    if (self.vfs->verdict("truncate", self.path) != 0) return SQLITE_IOERR_TRUNCATE;
    return self.real()->pMethods->xTruncate(self.real(), size);
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    File& self = File::of(file);
    if (self.vfs->verdict("sync", self.path) != 0) return SQLITE_IOERR_FSYNC;
    if (auto* watcher = self.vfs->watcher_of(self.path)) {
      watcher->synced(self.path);
      if (self.names_folder_with_sync) {
        watcher->folder_synced(std::filesystem::path(self.path).parent_path());
      }
      self.names_folder_with_sync = false;
    }
    return self.vfs->verdict("synced", self.path) != 0 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  }

  static int map(sqlite3_file* file, int region, int size, int extend, void volatile** mapped) {
    File& self = File::of(file);
    if (self.vfs->verdict("map", self.path) != 0) return SQLITE_IOERR_SHMMAP;
    return self.real()->pMethods->xShmMap(self.real(), region, size, extend, mapped);
  }

  static int control(sqlite3_file* file, int operation, void* argument) {
    File& self = File::of(file);
    if (operation == SQLITE_FCNTL_LAST_ERRNO && self.last_errno != 0) {
      *static_cast<int*>(argument) = self.last_errno;
      return SQLITE_OK;
    }
    return self.real()->pMethods->xFileControl(self.real(), operation, argument);
  }

  /// What never fails here: passed on as it is.
  template <auto Method, typename... Arguments>
  static int pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* real = File::of(file).real();
    return (real->pMethods->*Method)(real, arguments...);
  }

  static void barrier(sqlite3_file* file) {
    sqlite3_file* real = File::of(file).real();
    real->pMethods->xShmBarrier(real);
  }

  static constexpr sqlite3_io_methods methods{
      .iVersion = 2,  // without xFetch: no memory-mapped reading
      .xClose = close,
      .xRead = read,
      .xWrite = write,
      .xTruncate = truncate,
      .xSync = sync,
      .xFileSize = pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
      .xLock = pass<&sqlite3_io_methods::xLock, int>,
      .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
      .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
      .xFileControl = control,
      .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
      .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
      .xShmMap = map,
      .xShmLock = pass<&sqlite3_io_methods::xShmLock, int, int, int>,
      .xShmBarrier = barrier,
      .xShmUnmap = pass<&sqlite3_io_methods::xShmUnmap, int>,
      .xFetch = nullptr,
      .xUnfetch = nullptr};

  PowerFailure* watcher_;
  std::string name_;
  sqlite3_vfs* system_ = ::sqlite3_vfs_find(nullptr);
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  Verdict verdict_;
  std::string held_call_;
  std::shared_ptr<Gate> gate_;
};

FailingDatabase::FailingDatabase(PowerFailure* watcher) : vfs_(std::make_unique<Vfs>(watcher)) {}
FailingDatabase::~FailingDatabase() = default;

const std::string& FailingDatabase::vfs() const {
  return vfs_->name();
}

void FailingDatabase::fail_when(Verdict verdict) {
  vfs_->fail_when(std::move(verdict));
}

void FailingDatabase::hold(const std::string& call, std::shared_ptr<Gate> gate) {
  vfs_->hold(call, std::move(gate));
}

void FailingDatabase::fail(const std::string& call, int number) {
  fail_when([call, number](const std::string& made, const auto&) { return made == call ? number : 0; });
}

}  // namespace partsmith::storage::testing
