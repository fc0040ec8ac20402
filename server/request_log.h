#pragma once
/// One line per request. Headers, queries of presigned URLs and bodies never appear: secrets live there.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <partsmith/server/server.h>
#include <partsmith/values/time.h>

#include "observer.h"

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
  std::string_view message = {};  ///< of the error
  std::string_view detail = {};  ///< the cause behind an InternalError
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds took{};
  std::string_view request_id = {};
  std::string_view upstream_id = {};  ///< of the same request, by the upstream that answered it
  bool cut = false;
};

/// `2026-02-21T00:18:10Z 127.0.0.1 PUT /b/k?partNumber=3&uploadId=VXBsb2Fk…aWQx UploadPart 404 NoSuchUpload
/// "The …" in=6291456 out=312 12.3ms 4ZK…`: only quoted values hold a space, none a quote or a newline.
/// Upload ids are shortened.
std::string text_line(const LogEntry& entry);
/// What an upstream answered has ` upstream=ITS-ID` behind our id. The same as an object, upload ids whole.
std::string json_line(const LogEntry& entry);

/// Writes the line of each visit, one at a time.
class RequestLog final : public Observer {
 public:
  using Write = std::function<void(std::string_view line)>;

  /// `clock` gives lines their times, and outlives the log.
  RequestLog(LogFormat format, Write write, const Clock& clock)
      : format_(format), write_(std::move(write)), clock_(clock) {}
  void answering(Visit& visit, Response& response) override;
  void sent(const Visit& visit) override;

 private:
  LogFormat format_;
  Write write_;
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace partsmith::server
