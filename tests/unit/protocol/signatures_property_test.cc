// Two requests that mean different things are never signed alike: otherwise a signature for the one serves
// for the other.
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include <partsmith/protocol/path.h>
#include <partsmith/protocol/sigv2.h>
#include <partsmith/protocol/sigv4.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

/// Few letters, so that pairs are often nearly alike, and those that separators are made of among them.
std::string some_text(const std::string& letters, int most) {
  return *rc::gen::resize(most, rc::gen::container<std::string>(rc::gen::elementOf(letters)));
}

struct Made {
  std::string method;
  std::string path;   ///< raw
  std::string query;  ///< raw
  Headers headers;
  std::vector<std::string> names;  ///< signed with V4
  std::string payload;
};

const std::vector<std::string>& header_names() {
  static const std::vector<std::string> names = {"content-md5", "content-type", "x-amz-a", "x-amz-b"};
  return names;
}

std::string some_query() {
  static const std::vector<std::string> names = {
      "acl",     "versionId",    "uploads",     "prefix",           "x-amz-a",
      "X-Amz-B", "content-type", "x-amz-a%3Ab", "response-expires", "ac%6C"};
  static const std::vector<std::string> values = {
      "", "=", "=1", "=1%26acl", "=1%0Ax-amz-b:2", "=a+b", "=a%20b", "=a%2Bb", "=1%26acl%3D", "=%2F", "=/"};
  std::string query;
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
    if (!query.empty()) query += '&';
    query += *rc::gen::elementOf(names) + *rc::gen::elementOf(values);
  }
  return query;
}

Made some_request() {
  Made made;
  made.method = *rc::gen::element<std::string>("GET", "PUT");
  made.path = "/" + some_text("b/+", 4) + *rc::gen::element<std::string>("", "%2B", "%2F", "%20", "%0A");
  made.query = some_query();
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
    std::string name = *rc::gen::elementOf(header_names());
    if (*rc::gen::arbitrary<bool>()) name.front() = static_cast<char>(name.front() - 'a' + 'A');
    made.headers.add(name, some_text("1, :", 4));
  }
  for (const auto& name : header_names()) {
    if (*rc::gen::arbitrary<bool>()) made.names.push_back(name);
  }
  made.payload = *rc::gen::element<std::string>("UNSIGNED-PAYLOAD", std::string(sigv4::empty_sha256));
  return made;
}

/// The pair that a property compares: one, and another made from it by few changes, or wholly another.
std::pair<Made, Made> some_pair() {
  const Made one = some_request();
  Made other = some_request();
  if (*rc::gen::arbitrary<bool>()) other.method = one.method;
  if (*rc::gen::inRange(0, 4) != 0) other.path = one.path;
  if (*rc::gen::inRange(0, 4) != 0) other.query = one.query;
  if (*rc::gen::inRange(0, 4) != 0) other.headers = one.headers;
  if (*rc::gen::inRange(0, 4) != 0) other.names = one.names;
  if (*rc::gen::inRange(0, 4) != 0) other.payload = one.payload;
  return {one, other};
}

std::string folded(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

/// All lines of that name as one field.
std::string joined(const Headers& headers, std::string_view name, bool fold) {
  std::string text;
  bool first = true;
  for (const auto value : headers.all(name)) {
    if (!first) text += ',';
    first = false;
    text += fold ? folded(value) : std::string(trimmed(value));
  }
  return text;
}

using Pairs = std::multiset<std::pair<std::string, std::string>>;

struct MeaningV4 {
  std::string method, path;
  Pairs query;
  std::map<std::string, std::string> headers;
  std::string payload;
  bool operator==(const MeaningV4&) const = default;
};

MeaningV4 meaning_v4(const Made& made) {
  MeaningV4 meaning{made.method, *decode_path(made.path), {}, {}, made.payload};
  const Query query = *Query::parse(made.query);
  for (const auto& parameter : query.parameters()) meaning.query.emplace(parameter.name, parameter.value);
  for (const auto& name : made.names) meaning.headers[name] = joined(made.headers, name, true);
  return meaning;
}

std::string signed_v4(const Made& made) {
  return sigv4::canonical_request(
      {made.method, made.path, made.query, &made.headers, made.names, made.payload});
}

/// What V2 protects: the rest is documented to be outside of it.
struct MeaningV2 {
  std::string method, path, md5, type;
  std::map<std::string, std::string> amz;
  Pairs resource;
  bool operator==(const MeaningV2&) const = default;
};

std::string header_else_parameter(const Made& made, const Query& query, std::string_view name) {
  return std::string(made.headers.has(name) ? made.headers.value(name) : query.get(name).value_or(""));
}

/// Of the other sub-resources the name alone is signed.
bool has_signed_value(const std::string& name) {
  static const std::set<std::string> names{"annotationName", "partNumber", "select-type",
                                           "storageClass",   "uploadId",   "versionId"};
  return name.starts_with("response-") || names.contains(name);
}

MeaningV2 meaning_v2(const Made& made, const Query& query) {
  MeaningV2 meaning{made.method,
                    made.path,
                    header_else_parameter(made, query, "content-md5"),
                    header_else_parameter(made, query, "content-type"),
                    {},
                    {}};
  for (const char* name : {"x-amz-a", "x-amz-b"}) {
    if (made.headers.has(name)) meaning.amz[name] = joined(made.headers, name, false);
  }
  for (const auto& parameter : query.parameters()) {
    const std::string lower = lower_case(parameter.name);
    if (lower.starts_with("x-amz-")) meaning.amz.try_emplace(lower, trimmed(parameter.value));
    if (sigv2::is_subresource(parameter.name)) {
      const bool counts = parameter.has_value && has_signed_value(parameter.name);
      meaning.resource.emplace(parameter.name, counts ? "=" + parameter.value : "");
    }
  }
  return meaning;
}

}  // namespace

TEST_CASE("Requests that mean different things are signed differently (V4)") {
  CHECK(rc::check([] {
    const auto [one, other] = some_pair();
    const bool same = meaning_v4(one) == meaning_v4(other);
    RC_CLASSIFY(same);
    RC_ASSERT((signed_v4(one) == signed_v4(other)) == same);
  }));
}

TEST_CASE("Requests that mean different things are signed differently, or refused (V2)") {
  CHECK(rc::check([] {
    const auto [one, other] = some_pair();
    const Query query = *Query::parse(one.query);
    const Query other_query = *Query::parse(other.query);
    const sigv2::SignedRequest what{one.method, one.path, "", query, one.headers, "date"};
    const sigv2::SignedRequest other_what{other.method, other.path, "", other_query, other.headers, "date"};
    RC_PRE(!sigv2::ambiguous_name(what) && !sigv2::ambiguous_name(other_what));
    const bool same = meaning_v2(one, query) == meaning_v2(other, other_query);
    RC_CLASSIFY(same);
    RC_ASSERT((sigv2::string_to_sign(what) == sigv2::string_to_sign(other_what)) == same);
  }));
}

}  // namespace partsmith::protocol
