/// Headers and parameters that a request is refused for, with the words of the refusal.

#include <optional>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr const char* errors_of_versitygw =
    "reported: versity/versitygw (which takes its errors from Amazon S3)";

enum class Operation { put, copy, create };

struct Refused {
  std::string id;
  std::string title;
  std::string source;
  Operation operation;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string message;
  std::string argument;
  std::optional<std::string> value{};
};

client::S3Request asking(const CheckContext& c, Operation operation) {
  switch (operation) {
    case Operation::put:
      return putting(c, "object", "1");
    case Operation::copy:
      return copying(c, "copy", source_of(c, "object"));
    case Operation::create:
      break;
  }
  return c.request("POST", "object").parameter("uploads", "");
}

Check refusal(const Refused& row) {
  const bool copies = row.operation == Operation::copy;
  const bool locks = row.argument.starts_with("x-amz-object-lock");
  return quirk(row.id, row.title, row.source, copies ? Cost{2, 1} : Cost{1, 1}, [=](CheckContext& c) {
    if (copies) c.put("object", "1");
    auto request = asking(c, row.operation);
    for (const auto& [name, value] : row.headers) request.headers.set(name, value);
    auto answer = c.send(request);
    if (locks) skip_where_missing(c, answer, "Object Lock");
    answer.error(400, "InvalidArgument").message(row.message).field("ArgumentName", row.argument);
    if (row.value) answer.field("ArgumentValue", *row.value);
  });
}

std::vector<Refused> of_locks() {
  const std::string mode = "x-amz-object-lock-mode";
  const std::string until = "x-amz-object-lock-retain-until-date";
  const std::string hold = "x-amz-object-lock-legal-hold";
  struct Way {
    std::string family;
    std::string name;
    Operation operation;
  };
  const std::vector<Way> ways{{"object.lock-headers.", "A put", Operation::put},
                              {"object.copy.lock-headers.", "A copy", Operation::copy},
                              {"multipart.create.lock-headers.", "An upload", Operation::create}};
  std::vector<Refused> table;
  for (const auto& way : ways) {
    table.push_back({way.family + "mode-alone",
                     way.name + " with a mode and no date is InvalidArgument",
                     "reported: versitygw#2028",
                     way.operation,
                     {{mode, "GOVERNANCE"}},
                     until + " and " + mode + " must both be supplied",
                     until});
    table.push_back({way.family + "mode-unknown",
                     way.name + " with an unknown mode is InvalidArgument",
                     "reported: versitygw#1736",
                     way.operation,
                     {{mode, "abc"}, {until, "2099-01-01T00:00:00Z"}},
                     "Unknown wormMode directive.",
                     mode,
                     "abc"});
    table.push_back({way.family + "no-date",
                     way.name + " retained until what is no date is InvalidArgument",
                     "reported: versitygw#1733",
                     way.operation,
                     {{mode, "GOVERNANCE"}, {until, "abc"}},
                     "The retain until date must be provided in ISO 8601 format",
                     until,
                     "abc"});
    table.push_back({way.family + "hold-unknown",
                     way.name + " with an unknown legal hold is InvalidArgument",
                     "reported: versitygw#1775",
                     way.operation,
                     {{hold, "wrong"}},
                     "Legal Hold must be either of 'ON' or 'OFF'",
                     hold,
                     "wrong"});
  }
  return table;
}

std::vector<Refused> of_copies_and_keys() {
  const std::string kms =
      "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
      "aws:kms";
  const std::string encryption = "x-amz-server-side-encryption";
  const std::string key_id = encryption + "-aws-kms-key-id";
  return {
      {"object.copy.source-encoding",
       "A copy's source that is no percent-encoding is InvalidArgument",
       errors_of_versitygw,
       Operation::copy,
       {{"x-amz-copy-source", "bucket/%zz"}},
       "Invalid copy source encoding",
       "x-amz-copy-source"},
      {"object.copy.tagging-directive-unknown",
       "A copy with an unknown tagging directive is InvalidArgument",
       errors_of_versitygw,
       Operation::copy,
       {{"x-amz-tagging-directive", "foo"}},
       "Unknown tagging directive.",
       "x-amz-tagging-directive",
       "foo"},
      {"object.kms-key-alone",
       "A put with a KMS key and no encryption is InvalidArgument",
       "reported: aws/aws-cli#1431",
       Operation::put,
       {{key_id, "abc"}},
       kms,
       encryption},
      {"object.kms-key-beside-aes256",
       "A put with a KMS key beside AES256 is InvalidArgument",
       "reported: mcohen01/amazonica#338",
       Operation::put,
       {{key_id, "abc"}, {encryption, "AES256"}},
       kms,
       encryption},
      {"multipart.create.kms-key-alone",
       "An upload with a KMS key and no encryption is InvalidArgument",
       "reported: aws/aws-cli#1660",
       Operation::create,
       {{key_id, "abc"}},
       kms,
       encryption},
  };
}

void unknown_override(CheckContext& c) {
  c.put("object", "1");
  auto request = c.get();
  request.parameter("response-foo", "x");
  c.send(request)
      .error(400, "InvalidArgument")
      .message(
          "response-foo is not in the set of overridable response headers. Please refer to the S3 API "
          "documentation for a complete list of overridable response headers.")
      .field("ArgumentName", "response-foo")
      .field("ArgumentValue", "x");
}

void attributes_unnamed(CheckContext& c) {
  c.put("object", "1");
  auto request = c.get();
  request.parameter("attributes", "");
  c.send(request)
      .error(400, "InvalidRequest")
      .message(
          "The x-amz-object-attributes header specifying the attributes to be retrieved is either "
          "missing or empty");
}

void size_of_a_word(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  auto request = client::complete_multipart_upload(upload, std::vector{part});
  request.header("x-amz-mp-object-size", "size");
  c.send(request)
      .error(400, "InvalidRequest")
      .message("Value for x-amz-mp-object-size header is invalid: 'size'");
}

/// Of puts, copies and uploads alike.
Check wrong_redirect(const std::string& family, const std::string& what, Operation operation) {
  return should(family + "redirect-to-a-word", what + " that redirects to a word is InvalidRedirectLocation",
                "reported: aws-cli#1130", {2, 2}, [operation](CheckContext& c) {
                  c.put("object", "1");
                  c.send(asking(c, operation).header("x-amz-website-redirect-location", "foo"))
                      .error(400, "InvalidRedirectLocation")
                      .message(
                          "The website redirect location must have a prefix of 'http://' or 'https://' "
                          "or '/'.");
                });
}

void body_of_a_copy(CheckContext& c) {
  c.put("object", "1");
  auto request = copying(c, "copy", source_of(c, "object"));
  request.body = "x";
  c.send(request)
      .error(400, "InvalidRequest")
      .message("The request included a body. Requests of this type must not include a non-empty body.");
}

}  // namespace

void add_headers_refused(std::vector<Check>& checks) {
  for (const auto& row : of_locks()) checks.push_back(refusal(row));
  for (const auto& row : of_copies_and_keys()) checks.push_back(refusal(row));
  checks.push_back(quirk("object.get.override-unknown",
                         "An override of a header that can't be is InvalidArgument",
                         "reported: versitygw#2075", {2, 1}, unknown_override));
  checks.push_back(quirk("object.attributes.unnamed", "Attributes that aren't named are InvalidRequest",
                         "reported: versitygw#915", {2, 1}, attributes_unnamed));
  checks.push_back(quirk("multipart.complete.size-of-a-word",
                         "An object's size that is no number is InvalidRequest", "reported: versitygw#1398",
                         {3, 4}, size_of_a_word));
  checks.push_back(wrong_redirect("object.", "A put", Operation::put));
  checks.push_back(wrong_redirect("object.copy.", "A copy", Operation::copy));
  checks.push_back(wrong_redirect("multipart.create.", "An upload", Operation::create));
  checks.push_back(quirk("object.copy.body", "A copy with a body is InvalidRequest",
                         "reported: versitygw#1242", {2, 2}, body_of_a_copy));
}

}  // namespace partsmith::conformance::checks
