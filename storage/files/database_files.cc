#include "files/database_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace partsmith::storage {
namespace {

constexpr const char* journal_name = "partsmith.db-journal";
constexpr std::array all_names{database_name, "partsmith.db-wal", "partsmith.db-shm", journal_name};

/// With which a journal ends that names a super-journal (SQLite, pager.c: readSuperJournal()).
constexpr std::array<std::uint8_t, 8> super_journal_end{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

std::string path_of(const Folder& folder, std::string_view name) {
  return (folder.path() / name).string();
}

std::unexpected<std::string> unreadable(const FileError& error) {
  return std::unexpected(error.to_store_error().detail);
}

std::expected<void, std::string> check_journal(Folder& folder, std::uint64_t size) {
  std::array<std::uint8_t, super_journal_end.size()> end{};
  if (size < end.size()) return {};
  const auto journal = folder.open(journal_name);
  if (!journal) return unreadable(journal.error());
  const auto count = (*journal)->read(size - end.size(), end);
  if (!count) return unreadable(count.error());
  if (end != super_journal_end) return {};
  return std::unexpected(
      fmt::format("{} names another journal, as none of partsmith's does", path_of(folder, journal_name)));
}

}  // namespace

std::expected<void, std::string> check_database_files(Folder& folder) {
  for (const std::string_view name : all_names) {
    const auto facts = folder.look(name);
    if (!facts) {
      if (facts.error().number == ENOENT) continue;
      return unreadable(facts.error());
    }
    if (facts->kind != FileFacts::Kind::file) {
      return std::unexpected(
          fmt::format("{} is no plain file with one name: links are not followed", path_of(folder, name)));
    }
    if (name != journal_name) continue;
    if (auto harmless = check_journal(folder, facts->size); !harmless) return harmless;
  }
  return {};
}

std::expected<void, std::string> prepare_database_files(Folder& folder) {
  if (auto plain = check_database_files(folder); !plain) return plain;
  for (const std::string_view name : all_names) {
    const auto facts = folder.look(name);
    if (!facts || facts->is_private) continue;
    if (auto done = folder.make_private(name); !done) return unreadable(done.error());
  }
  if (folder.look(database_name)) return {};
  if (auto made = folder.create(database_name); !made) return unreadable(made.error());
  return {};
}

std::expected<void, StoreError> check_still_named(Folder& folder, const FileFacts& database) {
  const auto named = folder.look_by_path(database_name);
  if (!named) return std::unexpected(named.error().to_store_error());
  if (named->is_same_file(database)) return {};
  return std::unexpected(StoreError{
      StoreErrorCode::io, fmt::format("{} was replaced by another file", path_of(folder, database_name))});
}

}  // namespace partsmith::storage
