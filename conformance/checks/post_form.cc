#include "checks/post_form.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv2.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/values/encoding.h>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view boundary = "partsmith-conform-form-boundary";
constexpr std::string_view name_of_the_file = "${filename}";

std::string json(std::string_view text) {
  return nlohmann::json(text).dump();
}

std::string equals(std::string_view name, std::string_view value) {
  return '{' + json(name) + ": " + json(value) + '}';
}

/// The condition on a key, which the name of the file may end.
std::string key_condition(const std::string& key) {
  if (!key.ends_with(name_of_the_file)) return equals("key", key);
  return condition("starts-with", "$key", key.substr(0, key.size() - name_of_the_file.size()));
}

std::string document(TimePoint expiration, const std::vector<std::string>& conditions) {
  std::string text = "{\"expiration\": " + json(protocol::iso8601(expiration)) + ", \"conditions\": [";
  for (const auto& one : conditions) text += (text.ends_with('[') ? "" : ", ") + one;
  return text + "]}";
}

std::string body_of(const PostForm& form, const PostForm::Fields& fields) {
  const std::string line = "--" + std::string(boundary);
  std::string body;
  for (const auto& [name, value] : fields) {
    body += line + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  body += line + "\r\nContent-Disposition: form-data; name=\"file\"";
  if (form.filename)
    body += "; filename=\"" + *form.filename + "\"\r\nContent-Type: application/octet-stream";
  return body + "\r\n\r\n" + form.file + "\r\n" + line + "--\r\n";
}

}  // namespace

std::string condition(std::string_view rule, std::string_view name, std::string_view value) {
  return '[' + json(rule) + ", " + json(name) + ", " + json(value) + ']';
}

PostForm& PostForm::field(std::string name, std::string value) {
  conditions.push_back(condition("eq", '$' + name, value));
  fields.emplace_back(std::move(name), std::move(value));
  return *this;
}

SignedForm sign(CheckContext& c, const PostForm& form) {
  const auto& options = c.client().options();
  const auto& credentials = options.credentials;
  const TimePoint now = SystemClock().now();
  const std::string date = protocol::amz_date(now);
  const protocol::sigv4::Scope scope{date.substr(0, 8), options.region, "s3"};

  PostForm::Fields signing;
  if (form.signature == FormSignature::v4) {
    signing = {{"x-amz-algorithm", std::string(protocol::sigv4::algorithm)},
               {"x-amz-credential", credentials.access_key + '/' + scope.text()},
               {"x-amz-date", date}};
  }
  if (!credentials.session_token.empty())
    signing.emplace_back("x-amz-security-token", credentials.session_token);
  auto conditions = form.conditions;
  conditions.push_back(equals("bucket", c.bucket()));
  conditions.push_back(key_condition(form.key));
  for (const auto& [name, value] : signing) conditions.push_back(equals(name, value));

  SignedForm made;
  made.policy = to_base64(as_bytes(document(now + form.valid, conditions)));
  if (form.signature == FormSignature::v4) {
    made.signature =
        protocol::sigv4::signature(protocol::sigv4::signing_key(credentials.secret_key, scope), made.policy);
  } else {
    made.signature = protocol::sigv2::signature(credentials.secret_key, made.policy);
    signing.emplace_back("AWSAccessKeyId", credentials.access_key);
  }
  made.policy.resize(made.policy.size() - form.policy_cut);
  signing.emplace_back("policy", made.policy);
  signing.emplace_back(form.signature == FormSignature::v4 ? "x-amz-signature" : "signature", made.signature);

  PostForm::Fields fields{{"key", form.key}};
  fields.insert(fields.end(), form.fields.begin(), form.fields.end());
  fields.insert(fields.end(), signing.begin(), signing.end());
  std::erase_if(fields, [&](const auto& field) { return field.first == form.left_out; });

  c.touches(form.key);
  made.request = of_bucket("POST", c.bucket());
  made.request.signing = client::Signing::anonymous;
  made.request.header("Content-Type", "multipart/form-data; boundary=" + std::string(boundary));
  made.request.body = body_of(form, fields);
  return made;
}

Answer post(CheckContext& c, const PostForm& form) {
  auto answer = c.send(sign(c, form).request);
  skip_where_missing(c, answer, "POST forms");
  if (form.signature == FormSignature::v2) skip_where_v2_is_refused(c, answer);
  if (answer.answer().status == 405) c.not_offered("the endpoint has no POST forms");
  return answer;
}

PostForm abcdef(const CheckContext& c) {
  return {.key = c.key(), .file = "abcdef"};
}

void expect_abcdef(CheckContext& c) {
  c.send(c.get()).status(200).header("ETag", abcdef_etag).body("abcdef");
}

PostForm redirected(const CheckContext& c, std::string_view to, std::string condition) {
  auto form = abcdef(c);
  form.fields = {{"success_action_redirect", std::string(to)}};
  form.conditions = {std::move(condition)};
  return form;
}

PostForm with_metadata(const CheckContext& c) {
  auto form = abcdef(c);
  form.fields = {{"x-amz-meta-test-1", "test-meta-1"},
                 {"x-amz-meta-TEST-2", "test-meta-2"},
                 {"Content-Type", "text/plain"},
                 {"Expires", protocol::http_date(SystemClock().now() + std::chrono::minutes(10))}};
  return form;
}

void expect_metadata(CheckContext& c, const PostForm& form) {
  auto answer = c.send(c.head());
  answer.status(200);
  for (const auto& [name, value] : form.fields) answer.header(name, value);
}

}  // namespace partsmith::conformance::checks
