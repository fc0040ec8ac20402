#pragma once
/// The verbs of the client: what each can be told, and the function that does it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verbs/session.h"

namespace partsmith::cli {

struct MbOptions {
  std::vector<std::string> urls;
};
VerbResult mb(const MbOptions& options, Session& session);

struct RbOptions {
  std::vector<std::string> urls;
  bool force = false;
};
VerbResult rb(const RbOptions& options, Session& session);

struct LsOptions {
  std::string url;
  bool recursive = false;
  bool human = false;
  bool summary = false;
  bool json = false;
};
VerbResult ls(const LsOptions& options, Session& session);

struct RmOptions {
  std::vector<std::string> urls;
  bool recursive = false;
  bool dry_run = false;
  bool quiet = false;
};
VerbResult rm(const RmOptions& options, Session& session);

struct CatOptions {
  std::vector<std::string> urls;
  std::string range;
  std::optional<std::uint32_t> part;
};
VerbResult cat(const CatOptions& options, Session& session);

struct StatOptions {
  std::vector<std::string> urls;
  bool parts = false;
  bool json = false;
};
VerbResult stat(const StatOptions& options, Session& session);

struct PresignOptions {
  std::string url;
  std::string method = "GET";
  std::int64_t expires = 3600;
  std::string upload_id;
  std::optional<std::uint32_t> part;
  std::vector<std::string> headers;
};
VerbResult presign(const PresignOptions& options, Session& session);

struct UploadsOptions {
  std::string url;
  std::optional<std::int64_t> older_than;
  bool json = false;
};
VerbResult uploads(const UploadsOptions& options, Session& session);

struct PartsOptions {
  std::string url;
  std::string upload_id;
  bool human = false;
  bool json = false;
};
VerbResult parts(const PartsOptions& options, Session& session);

struct AbortOptions {
  std::string url;
  std::string upload_id;
  bool recursive = false;
  bool all = false;
  std::optional<std::int64_t> older_than;
  bool dry_run = false;
};
VerbResult abort(const AbortOptions& options, Session& session);

}  // namespace partsmith::cli
