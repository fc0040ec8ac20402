#include "payload_digests.h"

namespace partsmith::server {

using protocol::ErrorCode;
using protocol::S3Error;

PayloadDigests::PayloadDigests(Md5Lanes& lanes, const PayloadDeclaration& declaration,
                               std::optional<ChecksumAlgorithm> also)
    : declared_(declaration.algorithm()), also_(also), md5_(lanes) {
  if (declaration.sha256) sha256_.emplace(DigestKind::sha256);
  if (declared_) checksummers_.emplace_back(*declared_);
  if (also_ && also_ != declared_) checksummers_.emplace_back(*also_);
}

void PayloadDigests::update(ByteView bytes) {
  md5_.update(bytes);
  if (sha256_) sha256_->update(bytes);
  for (Checksummer& checksummer : checksummers_) checksummer.update(bytes);
  size_ += bytes.size();
}

ReceivedPayload PayloadDigests::finish() {
  ReceivedPayload received;
  received.size = size_;
  const Md5 md5 = md5_.finish();
  received.md5.assign(md5.begin(), md5.end());
  for (Checksummer& checksummer : checksummers_) {
    const Checksum checksum = checksummer.finish();
    if (checksum.algorithm == declared_) received.declared = checksum;
    if (checksum.algorithm == also_) received.computed = checksum;
  }
  return received;
}

S3Result<void> check_md5(const PayloadDeclaration& declaration, const ReceivedPayload& received,
                         Md5Echo echo) {
  if (!declaration.content_md5 || *declaration.content_md5 == received.md5) return {};
  const Bytes& expected = *declaration.content_md5;
  return std::unexpected(
      S3Error(ErrorCode::BadDigest)
          .with("ExpectedDigest", echo == Md5Echo::hex ? to_hex(expected) : to_base64(expected))
          .with("CalculatedDigest", to_base64(received.md5)));
}

S3Result<void> check_checksum(const Checksum& given, const ReceivedPayload& received) {
  if (given == received.declared) return {};
  return std::unexpected(
      S3Error(ErrorCode::BadDigest, "The " + std::string(traits(given.algorithm).name) +
                                        " you specified did not match the calculated checksum."));
}

}  // namespace partsmith::server
