#pragma once
/// Where the parts of an object begin that was uploaded in parts.

#include <optional>
#include <vector>

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/object_likeness.h>
#include <partsmith/client/object_reader.h>

namespace partsmith::client {

struct PartOfObject {
  ByteSpan span;
  std::optional<Checksum> checksum = {};  ///< of the part, where the service tells it
};

struct BoundaryOptions {
  std::uint64_t part_size;  ///< of an object that is too large for one request
  unsigned workers;
  const CallPolicy& call_policy;
  const Slots& slots;
};

/// None of an object that was not uploaded in parts. Where the service doesn't tell them: as many as the ETag
/// says, of a size that tools use.
Result<std::vector<PartOfObject>> parts_of_object(const ObjectAt& object, const ObjectFacts& facts,
                                                  const BoundaryOptions& options);

}  // namespace partsmith::client
