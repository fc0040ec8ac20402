#pragma once
/// Forms as browsers post them: multipart/form-data, with a policy that says what may be in them, and its
/// signature. Source: S3 API reference, "POST Object" and "Browser-Based Uploads Using POST".

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <partsmith/conformance/context.h>

namespace partsmith::conformance::checks {

enum class FormSignature { v2, v4 };

/// A form before it is signed, and what is spoilt in it afterwards.
struct PostForm {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  std::string key;  ///< whole, as in the form
  std::string file;
  std::optional<std::string> filename = "file";
  Fields fields = {};                        ///< beside the key and those of the signature
  std::vector<std::string> conditions = {};  ///< as JSON, beside those on bucket, key and signature
  FormSignature signature = FormSignature::v4;
  std::chrono::seconds valid = std::chrono::hours(1);
  std::string left_out = {};   ///< a field that isn't sent
  std::size_t policy_cut = 0;  ///< how many characters the policy loses at its end after it was signed

  /// A field, and the condition that it is as it is.
  PostForm& field(std::string name, std::string value);
};

/// ["eq", "$name", "value"], with `rule` "eq" or "starts-with".
std::string condition(std::string_view rule, std::string_view name, std::string_view value);

struct SignedForm {
  client::S3Request request;
  std::string policy;  ///< as sent, in base64
  std::string signature;
};

/// Signed with the keys of the run; a session token goes along as a field. The object of the form's key
/// counts as made.
SignedForm sign(CheckContext& c, const PostForm& form);
/// Sends it.
Answer post(CheckContext& c, const PostForm& form);

/// The form that most checks send, and its object.
constexpr std::string_view abcdef_etag = "\"e80b5017098950fc58aad83c8c14978e\"";
PostForm abcdef(const CheckContext& c);
void expect_abcdef(CheckContext& c);
/// The same with success_action_redirect, and one condition on it.
PostForm redirected(const CheckContext& c, std::string_view to, std::string condition);
/// The same with metadata, but without conditions on them.
PostForm with_metadata(const CheckContext& c);
void expect_metadata(CheckContext& c, const PostForm& form);

}  // namespace partsmith::conformance::checks
