#pragma once
/// Objects to files, in parallel ranges, proved before they get their name.

#include <filesystem>

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/object_reader.h>

namespace partsmith::client {

struct DownloadOptions {
  unsigned workers = 4;
  std::uint64_t part_size = std::uint64_t{8}
                            << 20;  ///< of a range; an object that isn't larger comes by one request
  CallPolicy call_policy = {};
  Slots slots = {};
  bool replace = true;  ///< a file that is there; else it is an error
  /// Told with the bytes that have come so far. Called from workers, never two at once.
  std::function<void(std::uint64_t)> progress = {};
};

/// Writes the object to the path: to a temporary file beside it, which is compared with the object's checksum
/// or ETag and then renamed. What is there and is no regular file (a pipe, a device) is written to as it is.
/// `get` addresses the object, `facts` are what HEAD told of it.
Result<Proof> download_object(S3Client& client, const S3Request& get, const ObjectFacts& facts,
                              const std::filesystem::path& path, const DownloadOptions& options);

/// The whole object in order; what HEAD told is compared at the end, after the sink has had it all.
Result<Proof> stream_object(S3Client& client, const S3Request& get, const ObjectFacts& facts,
                            const HttpClient::Sink& sink, const CallPolicy& call_policy);

}  // namespace partsmith::client
