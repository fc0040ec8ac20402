#pragma once
/// What a crash can leave behind, put right at the start, in time proportional to what was in flight.

#include <partsmith/storage/store.h>

#include "engine.h"

namespace partsmith::storage {

/// Before anyone else uses the engine:
///  - manifests set aside for readers, who have all gone, are freed;
///  - each file in incoming/ moves to blobs/ when a row needs it, and is removed otherwise;
///  - files of blobs without references are removed.
Result<void> recover(Engine& engine);

}  // namespace partsmith::storage
