#pragma once
/// A browser's form on its way to an object: what it says is verified here, whoever stores its file. Source:
/// S3 API reference, "POST Object" and "Browser-Based Uploads Using POST"; recordings post-*.

#include "forms/form_fields.h"

namespace partsmith::server {

/// Stores the file of one form.
class FormStore {
 public:
  virtual ~FormStore() = default;
  struct File {
    std::uint64_t most = 0;  ///< bytes that the policy allows
    std::uint64_t least = 0;
    /// As many as the file has if nothing stands after it, which only its end shows; nothing: something does.
    std::optional<std::uint64_t> expected_bytes = {};
  };
  /// Before anything of the form is read.
  virtual S3Result<void> prepare() { return {}; }
  /// The form may be posted, and the visit has what its fields say. Everything that can be refused without
  /// the file is refused now.
  virtual S3Result<void> begin(const FormFields& fields, const File& file) = 0;
  virtual S3Result<void> take(ByteView bytes) = 0;
  /// All has come, and is as large as allowed. 200 with an object's headers, as PutObject answers; any other
  /// answer is the form's, too.
  virtual Outcome end() = 0;
};

/// Reads the form and answers it.
Outcome receive_form(Visit& visit, FormStore& store);

}  // namespace partsmith::server
