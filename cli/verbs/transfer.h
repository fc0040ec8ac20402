#pragma once
/// What cp, mv and resume can be told of transfers.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/values/limits.h>

#include "connection_options.h"
#include "verbs/filters.h"
#include "verbs/session.h"

namespace partsmith::cli {

/// What a new object is to have.
struct ObjectOptions {
  std::string content_type;
  bool no_guess = false;
  std::string cache_control;
  std::string content_disposition;
  std::string content_encoding;
  std::string content_language;
  std::string expires;
  std::vector<std::string> metadata;
  std::vector<std::string> tags;
  std::string storage_class;
  std::string acl;
  std::string sse;
  std::string sse_kms_key_id;
};

struct TransferOptions {
  std::vector<std::string> paths;  ///< sources, and the destination at the end
  bool recursive = false;
  bool no_follow_links = false;
  std::vector<Filter> filters;
  bool dry_run = false;
  bool no_overwrite = false;
  bool resume = false;
  bool keep = false;
  bool versions = false;     ///< from object to object: all of them, and delete markers
  bool verify = false;       ///< compare the two sides afterwards
  bool verify_only = false;  ///< compare them, and copy nothing
  bool quiet = false;
  bool json = false;
  unsigned jobs = 4;
  std::uint64_t part_size = 8 * limits::mib;
  std::optional<std::uint64_t> expected_size;
  std::uint64_t copy_threshold = limits::max_put_size;
  std::string checksum = "crc64nvme";
  std::string sse_c_key;         ///< file with a customer key, for what is written and read
  std::string sse_c_source_key;  ///< of the source of a copy
  ObjectOptions object;
  ConnectionOptions source;  ///< the service that is read from, when it is another
};

struct CpOptions : TransferOptions {};
struct MvOptions : TransferOptions {};
VerbResult cp(const CpOptions& options, Session& session);
VerbResult mv(const MvOptions& options, Session& session);

struct ResumeOptions {
  std::string url;
  std::string source;
  std::string upload_id;
  bool complete = false;
  TransferOptions transfer;
};
VerbResult resume(const ResumeOptions& options, Session& session);

}  // namespace partsmith::cli
