#pragma once
/// Removes what a run made, and nothing else.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/conformance/check.h>
#include <partsmith/conformance/context.h>

namespace partsmith::conformance {

/// One thread at a time.
class Cleaner {
 public:
  explicit Cleaner(client::S3Client& client) : client_(client) {}

  /// The uploads and keys that a check may have left.
  void clean_after(const CheckContext& context);
  /// Whatever lies under the prefix, found by listing.
  void sweep(const std::string& bucket, const std::string& prefix);
  void delete_bucket(const std::string& bucket);

  const Cost& spent() const { return spent_; }
  /// What could not be removed, with the reason.
  const std::vector<std::string>& leftovers() const { return leftovers_; }

 private:
  void abort(const client::UploadAddress& upload);
  void delete_object(const std::string& bucket, const std::string& key);
  void sweep_objects(const std::string& bucket, const std::string& prefix);
  /// Sends; what isn't a success or one of the codes that mean "not there" is noted as left over.
  std::optional<client::S3Answer> send(const client::S3Request& request, std::string_view gone_code,
                                       const std::string& what);

  client::S3Client& client_;
  Cost spent_;
  std::vector<std::string> leftovers_;
};

}  // namespace partsmith::conformance
