#pragma once
/// One object on its way.

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/object_reader.h>

#include "verbs/place.h"
#include "verbs/progress.h"
#include "verbs/transfer.h"

namespace partsmith::cli {

struct Job {
  Place from;
  Place to;
  std::uint64_t number = 0;
};

/// What came of it.
struct Transferred {
  std::uint64_t bytes = 0;
  std::uint32_t parts = 0;
  std::uint32_t kept = 0;
  std::string etag;
  std::string checksum;  ///< "CRC64NVME …", or empty
  client::Proof proof = client::Proof::size;
  bool inside_service = false;  ///< copied there: no byte came here
};

struct Transferring {
  const TransferOptions& options;
  Session& session;
  Progress& progress;
  client::Slots slots;
  std::string upload_id = {};  ///< the upload to go on with, when one is named
};

std::expected<Transferred, VerbError> transfer(const Job& job, const Transferring& how);

/// Removes what a move came from.
VerbResult remove_source(const Place& from, const Transferring& how);

/// The size of what a transfer reads, as far as it is known before.
std::optional<std::uint64_t> known_size(const Place& from);

}  // namespace partsmith::cli
