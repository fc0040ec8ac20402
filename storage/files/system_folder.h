#pragma once
/// The system's Folder: every path is walked from the folder's own descriptor, a name at a time (openat with
/// O_NOFOLLOW). openat2 with RESOLVE_BENEATH would do the same in one call; it is not used because older
/// kernels and many sandboxes refuse it, the walk would be needed beside it, and no path here has more than
/// two folders, whose names are the store's.

#include <memory>

#include "files/file_system.h"

namespace partsmith::storage {

FileResult<std::unique_ptr<Folder>> open_system_folder(const std::filesystem::path& folder);

}  // namespace partsmith::storage
