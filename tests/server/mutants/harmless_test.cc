/// What XML leaves open: a server that writes the same document in another way is blamed for nothing.

#include <partsmith/conformance/catalogue.h>

#include "catch.h"
#include "edits.h"
#include "survey.h"

using namespace partsmith;

namespace {

constexpr const char* s3_namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

/// Every answer with another text in place of one.
test::Mutation rewritten(std::string from, std::string to) {
  return {.name = from + " becomes " + to, .handle = [from, to] {
            return [from, to](const test::Asked&, server::Request& request, const test::Next& next) {
              auto response = next(request);
              test::replace_all(test::text_body(response), from, to);
              return response;
            };
          }};
}

}  // namespace

TEST_CASE("Whoever writes the same document in another way of XML passes the checks of its form") {
  const auto checks = conformance::select(
      conformance::catalogue(), {.only = {"multipart.document-form.*", "multipart.error-document.*"}});
  REQUIRE_FALSE(checks.empty());
  const std::string second = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
  const test::Mutation ways[] = {
      rewritten(s3_namespace, s3_namespace + (' ' + second)),
      rewritten(s3_namespace, second + ' ' + s3_namespace),
      rewritten(s3_namespace, "xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/' "),
      rewritten("encoding=\"UTF-8\"", "encoding='utf-8'"),
      rewritten("?>\n", "?>"),
  };
  for (const auto& way : ways) {
    INFO(way.name);
    CHECK(test::failures(way, checks).empty());
  }
}

TEST_CASE("A namespace of S3's that isn't the document's own is none") {
  const auto checks = conformance::select(conformance::catalogue(), {.only = {"multipart.document-form.*"}});
  const auto others = rewritten(s3_namespace, "xmlns:s3=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  CHECK(test::failures(others, checks).size() == checks.size());
}
