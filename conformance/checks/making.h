#pragma once
/// Short forms in which the families say their checks and requests.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {

using Body = std::function<void(CheckContext&)>;

Check of_level(Level level, std::string_view id, std::string_view title, std::string_view source, Cost cost,
               Body body, std::vector<Need> needs = {});
/// Two of each, for a list of needs that is made in each of thousands of calls is code in each of them.
using Needs = std::initializer_list<Need>;
Check must(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
           Needs needs = {});
Check must(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
           const std::vector<Need>& needs);
Check should(std::string_view id, std::string_view title, std::string_view source, Cost cost,
             const Body& body, Needs needs = {});
Check should(std::string_view id, std::string_view title, std::string_view source, Cost cost,
             const Body& body, const std::vector<Need>& needs);
/// Also of what is only reported about requests that no client makes.
Check quirk(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
            Needs needs = {});
Check quirk(std::string_view id, std::string_view title, std::string_view source, Cost cost, const Body& body,
            const std::vector<Need>& needs);
void add_all(std::vector<Check>& checks, std::initializer_list<Check> more);
void add_all(std::vector<Check>& checks, std::vector<Check> more);

inline client::S3Request putting(const CheckContext& c, std::string_view name, client::Body body) {
  auto request = c.request("PUT", name);
  request.body = std::move(body);
  return request;
}
/// `from` as x-amz-copy-source says it: "bucket/key".
inline client::S3Request copying(const CheckContext& c, std::string_view to, std::string from) {
  auto request = c.request("PUT", to);
  request.header("x-amz-copy-source", std::move(from));
  return request;
}
inline std::string source_of(const CheckContext& c, std::string_view name) {
  return c.bucket() + '/' + c.key(name);
}
inline client::S3Request deleting(const CheckContext& c, std::string_view name = "object") {
  return c.request("DELETE", name);
}
inline client::S3Request of_bucket(std::string method, std::string bucket) {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = std::move(bucket);
  return request;
}
/// Of the check's own keys.
inline client::S3Request listing(const CheckContext& c, std::string_view below = {}) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("list-type", "2").parameter("prefix", c.key(below));
  return request;
}
inline client::S3Request listing_v1(const CheckContext& c, std::string_view below = {}) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("prefix", c.key(below));
  return request;
}
inline client::S3Request with_checksums(client::S3Request request) {
  request.header("x-amz-checksum-mode", "ENABLED");
  return request;
}

/// A service that says that it doesn't have a feature is none the worse at what it has.
inline void skip_where_missing(const CheckContext& c, const Answer& answer, std::string_view feature) {
  if (answer.answer().status == 501 || answer.text("Code") == "NotImplemented")
    c.not_offered("the endpoint has no " + std::string(feature));
}

/// Regions of S3 that are newer than Signature Version 4 refuse version 2, in these words; a server that does
/// so, too, is right.
inline void skip_where_v2_is_refused(const CheckContext& c, const Answer& answer) {
  if (answer.text("Message").contains("authorization mechanism you have provided is not supported"))
    c.skip("the endpoint refuses Signature Version 2 as S3's newer regions do");
}

/// A time as XML says it. S3 tells milliseconds, all of them 0; any client reads the others, too.
inline Answer& expect_time(Answer& answer, const std::string& path) {
  const auto time = answer.text(path);
  return answer.expect(has_form(time, iso_time_form), path + " as 2026-02-21T00:17:01.000Z",
                       '\'' + time + '\'', {"element fits", path, iso_time_form});
}

/// Of 10,000 buckets, as many as S3 gives an account: who ignores a prefix or a size of pages lists all.
inline constexpr std::uint64_t longest_list = 1'500'000;

inline constexpr std::string_view long_ago = "Wed, 21 Oct 2015 07:28:00 GMT";
inline constexpr std::string_view far_future = "Fri, 01 Jan 2100 00:00:00 GMT";

}  // namespace partsmith::conformance::checks
