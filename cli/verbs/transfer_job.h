#pragma once
/// One object on its way.

#include <vector>

#include <partsmith/client/key_listing.h>
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
  std::vector<client::VersionInList> versions = {};  ///< with --versions those of the source, oldest first
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
  bool there_already = false;   ///< nothing was to be done
  std::size_t versions = 0;     ///< with --versions, how many were made, delete markers among them
};

/// What is written to, and what is read from: the same client, or another service's.
struct Sides {
  Session& session;
  client::S3Client& source;

  bool are_one() const { return &source == &session.client; }
};

struct Transferring {
  const TransferOptions& options;
  Session& session;
  client::S3Client& source;  ///< what is read from: session.client, or another service's
  Progress& progress;
  client::Slots slots;
  std::string upload_id = {};  ///< the upload to go on with, when one is named
};

/// Whether its bytes pass through here though both its ends are services.
bool between_services(const Job& job, const Transferring& how);

std::expected<Transferred, VerbError> transfer(const Job& job, const Transferring& how);

/// What went wrong, and what became of the upload. `kept`: it was to stay open.
std::unexpected<VerbError> failed_upload(const Job& job, const client::UploadTrouble& trouble, bool kept);

/// Removes what a move came from.
VerbResult remove_source(const Place& from, const Transferring& how);

/// The size of what a transfer reads, as far as it is known before.
std::optional<std::uint64_t> known_size(const Place& from);

}  // namespace partsmith::cli
