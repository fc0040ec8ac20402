#pragma once
/// What a server has from the start: buckets, objects, open uploads.

#include <expected>
#include <filesystem>
#include <string>

#include <partsmith/storage/store.h>

namespace partsmith::cli {

/// From a folder, each folder in it becomes a bucket, each file below that an object whose key is its path
/// there; links aren't followed. From a file, what its JSON document says (docs/testing.md, "Data to begin
/// with"). Buckets that are there are added to. The error is one line.
std::expected<void, std::string> seed_store(const std::filesystem::path& seed, const std::string& region,
                                            storage::Store& store);

/// From the text of such a document. Files that it names are looked for in `folder`.
std::expected<void, std::string> seed_from_document(const std::string& text,
                                                    const std::filesystem::path& folder,
                                                    const std::string& region, storage::Store& store);

}  // namespace partsmith::cli
