#pragma once
/// One line per request. Headers, queries of presigned URLs and bodies never appear: secrets live there.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <partsmith/values/time.h>

namespace partsmith::server {

struct LogEntry {
  TimePoint time = {};
  std::string_view peer = {};
  std::string_view method = {};
  std::string_view path = {};       ///< raw, without the query
  std::string_view operation = {};  ///< S3's name, or empty when there is none
  std::string_view upload = {};     ///< `partNumber=3` and the like; empty for none
  int status = 0;
  std::string_view error = {};   ///< S3's code, or empty
  std::string_view detail = {};  ///< the cause behind an InternalError
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds took{};
  std::string_view request_id = {};
  bool cut = false;
};

/// `2026-02-21T00:18:10Z PUT /b/k UploadPart 200 in=6291456 out=0 12.3ms 4ZK…`: values of a line hold no space or newline.
std::string text_line(const LogEntry& entry);
std::string json_line(const LogEntry& entry);

}  // namespace partsmith::server
