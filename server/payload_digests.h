#pragma once
/// Every digest that one body needs, fed together, and compared with what the client declared of it. For
/// bodies, files of forms, whatever becomes an object or a part.

#include <vector>

#include "md5_lanes.h"
#include "payload.h"

namespace partsmith::server {

class PayloadDigests {
 public:
  /// `also` names an algorithm to compute besides the declared one. `lanes` outlives it.
  PayloadDigests(Md5Lanes& lanes, const PayloadDeclaration& declaration,
                 std::optional<ChecksumAlgorithm> also);

  void update(ByteView bytes);
  std::uint64_t size() const { return size_; }
  /// Of a signed payload. Once.
  Bytes sha256() { return sha256_->finish(); }
  /// The rest. Once.
  ReceivedPayload finish();

 private:
  std::optional<ChecksumAlgorithm> declared_;
  std::optional<ChecksumAlgorithm> also_;
  Md5Lanes::Upload md5_;
  std::optional<Digest> sha256_;
  std::vector<Checksummer> checksummers_;
  std::uint64_t size_ = 0;
};

/// Content-MD5: BadDigest.
S3Result<void> check_md5(const PayloadDeclaration& declaration, const ReceivedPayload& received,
                         Md5Echo echo);
/// The checksum that the client gave against the one computed: BadDigest.
S3Result<void> check_checksum(const Checksum& given, const ReceivedPayload& received);

}  // namespace partsmith::server
