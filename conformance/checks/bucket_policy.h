#pragma once
/// Policies of buckets, as checks put them.

#include "checks/configuration.h"

namespace partsmith::conformance::checks {

/// One statement. `resources` are what follows the bucket's name in the ARN.
struct PolicyStatement {
  std::string actions;  ///< JSON
  std::vector<std::string> resources = {"/*"};
  std::string condition = {};  ///< JSON
  std::string effect = "Allow";
  std::string principal = "\"*\"";  ///< JSON
};

inline std::string statement_text(const CheckContext& c, const PolicyStatement& statement) {
  std::string resources;
  for (const std::string& resource : statement.resources) {
    if (!resources.empty()) resources += ',';
    resources += "\"arn:aws:s3:::" + c.bucket() + resource + '"';
  }
  if (statement.resources.size() > 1) resources = '[' + resources + ']';
  return "{\"Effect\":\"" + statement.effect + "\",\"Principal\":" + statement.principal +
         ",\"Action\":" + statement.actions + ",\"Resource\":" + resources +
         (statement.condition.empty() ? "" : ",\"Condition\":" + statement.condition) + '}';
}

inline std::string policy(const CheckContext& c, const std::vector<PolicyStatement>& statements) {
  std::string all;
  for (const PolicyStatement& statement : statements) {
    if (!all.empty()) all += ',';
    all += statement_text(c, statement);
  }
  return R"({"Version":"2012-10-17","Statement":[)" + all + "]}";
}

inline void block_nothing(CheckContext& c) {
  auto answer = c.send(configuration(c, "publicAccessBlock", "DELETE"));
  skip_where_missing(c, answer, "public access blocks");
  answer.status(204).required();
}

inline Answer put(CheckContext& c, const std::string& text) {
  auto answer = c.send_until(configuring(c, "policy", text), has_status(204));
  skip_where_missing(c, answer, "bucket policies");
  return answer;
}

/// Of a bucket that blocks nothing.
inline void set(CheckContext& c, const std::vector<PolicyStatement>& statements) {
  block_nothing(c);
  put(c, policy(c, statements)).status(204).required();
}

inline const PolicyStatement read_objects{R"("s3:GetObject")"};

inline PolicyStatement denying(PolicyStatement statement) {
  statement.effect = "Deny";
  return statement;
}
inline PolicyStatement of_objects(PolicyStatement statement, std::vector<std::string> resources) {
  statement.resources = std::move(resources);
  return statement;
}
inline PolicyStatement under(PolicyStatement statement, std::string condition) {
  statement.condition = std::move(condition);
  return statement;
}

inline client::S3Request blocking(const CheckContext& c, const std::string& what) {
  return configuring(c, "publicAccessBlock",
                     "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><" +
                         what + ">true</" + what + "></PublicAccessBlockConfiguration>");
}

}  // namespace partsmith::conformance::checks
