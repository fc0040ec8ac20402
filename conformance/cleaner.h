#pragma once
/// Removes what a run made, and nothing else.

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/error.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/conformance/check.h>
#include <partsmith/conformance/context.h>

namespace partsmith::conformance {

/// Takes out of the texts about leftovers those about what lay in that bucket.
void forget_leftovers_in(const std::string& bucket, std::vector<std::string>& leftovers);

/// One thread at a time.
class Cleaner {
 public:
  /// From `stop` on nothing more is removed: what is left is told.
  explicit Cleaner(client::S3Client& client, std::stop_token stop = {})
      : client_(client), stop_(std::move(stop)) {}

  /// The uploads and keys that a check may have left.
  void clean_after(const CheckContext& context);
  /// Which keys may be removed.
  using Ours = std::function<bool(std::string_view key)>;

  /// Whatever lies under the prefix and is ours, found by listing: uploads, objects, and versions where there
  /// are some.
  void sweep(const std::string& bucket, const std::string& prefix, const Ours& ours);
  /// The same uploads, found by listing all of the bucket: some servers take the prefix of uploads for a key.
  void sweep_all_uploads(const std::string& bucket, const Ours& ours);
  /// All that lies under the prefix.
  void sweep(const std::string& bucket, const std::string& prefix);
  /// Whether it is gone; then nothing is left over in it, either.
  bool delete_bucket(const std::string& bucket);

  std::size_t objects() const { return objects_; }  ///< removed, versions included
  std::size_t uploads() const { return uploads_; }

  const Cost& spent() const { return spent_; }
  /// What could not be removed, with the reason.
  const std::vector<std::string>& leftovers() const { return leftovers_; }

 private:
  void abort(const client::UploadAddress& upload);
  void delete_object(const std::string& bucket, const std::string& key, const std::string& version = {});
  bool unlock(client::S3Request version);
  std::vector<client::UploadAddress> list_uploads(const std::string& bucket, const std::string& prefix);
  void sweep_uploads(const std::string& bucket, const std::string& prefix, const Ours& ours);
  void sweep_objects(const std::string& bucket, const std::string& prefix, const Ours& ours);
  void sweep_folders(const std::string& bucket, const std::string& prefix, const Ours& ours);
  void sweep_versions(const std::string& bucket, const std::string& prefix, const Ours& ours);
  /// Sends; what isn't a success or one of the codes that mean "not there" is noted as left over.
  std::optional<client::S3Answer> send(const client::S3Request& request, std::string_view gone_code,
                                       const std::string& what);
  /// Sends; nothing where there is no success, which isn't noted.
  std::optional<client::S3Answer> ask(client::S3Request request);

  client::S3Client& client_;
  std::stop_token stop_;
  Cost spent_;
  std::size_t objects_ = 0;
  std::size_t uploads_ = 0;
  std::vector<std::string> leftovers_;
  std::optional<client::ClientError> silence_;  ///< the server didn't answer in time: it is asked no more
};

}  // namespace partsmith::conformance
