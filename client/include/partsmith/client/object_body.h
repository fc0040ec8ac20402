#pragma once
/// The bytes of an object as the body of another request: they pass while they come, and none is held longer
/// than that.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <partsmith/client/object_reader.h>
#include <partsmith/values/digest.h>

namespace partsmith::client {

/// Looks at the bytes that a body gave, in order, and knows what they are expected to be.
class ContentWitness {
 public:
  struct Expected {
    std::optional<Checksum> checksum = {};
    std::string md5 = {};                            ///< in hexadecimal; empty: not known
    std::optional<ChecksumAlgorithm> computes = {};  ///< computed even if no checksum is expected
  };
  explicit ContentWitness(Expected expected) : expected_(std::move(expected)) {}

  /// At the start of each reading.
  void begin();
  void update(ByteView bytes);
  /// After a reading's last byte. The error says that other bytes came than expected.
  std::expected<void, std::string> end();

  /// Of the last reading that ended.
  std::string md5() const;
  std::optional<Checksum> checksum() const;

 private:
  Expected expected_;
  std::optional<Digest> digest_;
  std::optional<Checksummer> checksummer_;
  mutable std::mutex mutex_;  ///< guards what follows
  std::string md5_;
  std::optional<Checksum> checksum_;
};

/// The span's bytes, read anew each time that the body is opened. A connection that breaks is taken up where
/// it broke. When the witness says that other bytes came, the body has no end, so that nothing is stored. The
/// client outlives the body; `get` addresses the object, `facts` are what HEAD told of it.
Body object_body(S3Client& client, const S3Request& get, const ObjectFacts& facts, ByteSpan span,
                 const CallPolicy& call_policy, std::shared_ptr<ContentWitness> witness);

}  // namespace partsmith::client
