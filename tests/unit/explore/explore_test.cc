// Sequences are the same for the same seed, and what they show is reduced and compared by what it means.

#include <set>

#include "catch.h"
#include "generator.h"
#include "minted.h"
#include "observation.h"
#include "python_script.h"
#include "shrink.h"

using namespace partsmith;
using namespace partsmith::explore;

namespace {

Step step(std::uint64_t number, std::string_view operation, std::string method, std::string key = {}) {
  Step one;
  one.number = number;
  one.operation = operation;
  one.method = std::move(method);
  one.key = std::move(key);
  return one;
}

client::S3Answer answer(int status, std::string body = {}, protocol::Headers headers = {}) {
  client::S3Answer made;
  made.status = status;
  made.body = std::move(body);
  made.headers = std::move(headers);
  return made;
}

std::vector<std::string> lines(const std::vector<Step>& steps) {
  std::vector<std::string> all;
  for (const Step& one : steps) all.push_back(line_of(one));
  return all;
}

}  // namespace

TEST_CASE("the same seed makes the same sequence, another seed another") {
  CHECK(lines(Generator(7).sequence(40)) == lines(Generator(7).sequence(40)));
  CHECK(lines(Generator(7).sequence(40)) != lines(Generator(8).sequence(40)));
}

TEST_CASE("sequences have every operation that is explored") {
  std::set<std::string_view> operations;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const Step& one : Generator(seed).sequence(60)) operations.insert(one.operation);
  }
  CHECK(operations.size() == 22);
}

TEST_CASE("sequences read a key in each way before a change of it and behind it") {
  std::set<std::string_view> changed_between;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto steps = Generator(seed).sequence(60);
    for (std::size_t i = 1; i + 1 < steps.size(); ++i) {
      const bool read_before = steps[i - 1].operation == "ListMultipartUploads";
      const bool read_behind = steps[i + 1].operation == "HeadObject";
      if (read_before && read_behind) changed_between.insert(steps[i].operation);
    }
  }
  for (const auto* operation : {"PutObject", "CopyObject", "DeleteObject", "DeleteObjects"})
    CHECK(changed_between.contains(operation));
}

TEST_CASE("sequences ask for the next page of each listing, with what the first was asked with") {
  std::set<std::string_view> pages;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const Step& one : Generator(seed).sequence(60)) {
      for (const auto& [name, value] : one.query)
        if (value.starts_with("{token:") || value.starts_with("{key_marker:")) pages.insert(one.operation);
    }
  }
  CHECK(pages == std::set<std::string_view>{"ListMultipartUploads", "ListObjectVersions", "ListObjectsV2"});
}

TEST_CASE("that an owner is told is compared, and not who it is") {
  const Step list = step(5, "ListObjectsV2", "GET");
  Minted minted("b");
  const auto with = [&](const std::string& owner) {
    return observe(
        list,
        answer(200, "<ListBucketResult><Contents><Key>k</Key>" + owner + "</Contents></ListBucketResult>"),
        minted);
  };
  CHECK_FALSE(compare(list, with("<Owner><ID>me</ID></Owner>"), with("<Owner><ID>you</ID></Owner>")));
  CHECK(compare(list, with("<Owner><ID>me</ID></Owner>"), with("")));
}

TEST_CASE("what a server made is filled in, and what it didn't make stands as it is") {
  Minted minted("the-bucket");
  minted.learn(
      step(3, "CreateMultipartUpload", "POST"),
      answer(200,
             "<InitiateMultipartUploadResult><UploadId>id-of-3</UploadId></InitiateMultipartUploadResult>"));
  CHECK(minted.filled("{bucket} {upload:3} {upload:4} {x") == "the-bucket id-of-3 {upload:4} {x");
  CHECK(minted.name_of("id-of-3") == "{upload:3}");
}

TEST_CASE("a key that a listing goes on after is no name that the server made") {
  Minted minted("the-bucket");
  minted.learn(
      step(3, "ListMultipartUploads", "GET"),
      answer(200,
             "<ListMultipartUploadsResult><NextKeyMarker>z</NextKeyMarker></ListMultipartUploadsResult>"));
  CHECK(minted.filled("{key_marker:3}") == "z");
  CHECK_FALSE(minted.name_of("z"));
}

TEST_CASE("answers that differ in ids, dates, messages and owners alone are the same") {
  const Step list = step(5, "ListParts", "GET", "k");
  const auto seen = [&](const std::string& id, const std::string& date, const std::string& owner) {
    Minted minted("b-" + id);
    minted.learn(step(1, "CreateMultipartUpload", "POST"),
                 answer(200, "<InitiateMultipartUploadResult><UploadId>" + id +
                                 "</UploadId></InitiateMultipartUploadResult>"));
    return observe(list,
                   answer(200, "<ListPartsResult><Bucket>b-" + id + "</Bucket><UploadId>" + id +
                                   "</UploadId><Owner><ID>" + owner +
                                   "</ID></Owner><Part><PartNumber>1</PartNumber><LastModified>" + date +
                                   "</LastModified></Part></ListPartsResult>"),
                   minted);
  };
  CHECK_FALSE(compare(list, seen("x", "2026-01-01", "me"), seen("y", "2027-01-01", "you")));
}

TEST_CASE("a difference is named by its operation and its place, without the number of the element") {
  const Step list = step(5, "ListParts", "GET", "k");
  Minted minted("the-bucket");
  const auto part = [&](const std::string& etag) {
    return observe(list,
                   answer(200, "<ListPartsResult><Part><ETag>a</ETag></Part><Part><ETag>" + etag +
                                   "</ETag></Part></ListPartsResult>"),
                   minted);
  };
  const auto difference = compare(list, part("b"), part("c"));
  REQUIRE(difference);
  CHECK(difference->id == "ListParts xml ListPartsResult/Part/ETag");
  CHECK(difference->expected == "b");
  CHECK(difference->actual == "c");
}

TEST_CASE("refusals are compared by status and code, each two as a kind of their own") {
  const Step get = step(5, "GetObject", "GET", "k");
  Minted minted("the-bucket");
  const auto refused =
      observe(get, answer(404, "<Error><Code>NoSuchKey</Code><Message>one</Message></Error>"), minted);
  const auto other =
      observe(get, answer(404, "<Error><Code>NoSuchKey</Code><Message>two</Message></Error>"), minted);
  CHECK_FALSE(compare(get, refused, other));
  const auto difference = compare(get, refused, observe(get, answer(200, "bytes"), minted));
  REQUIRE(difference);
  CHECK(difference->id == "GetObject answer 404 NoSuchKey -> 200");
}

TEST_CASE("what a delete and a set of tags list is compared in any order") {
  const Step remove = step(5, "DeleteObjects", "POST");
  Minted minted("the-bucket");
  const std::string a = "<Deleted><Key>a</Key></Deleted>";
  const std::string b = "<Deleted><Key>b</Key></Deleted>";
  CHECK_FALSE(compare(remove,
                      observe(remove, answer(200, "<DeleteResult>" + a + b + "</DeleteResult>"), minted),
                      observe(remove, answer(200, "<DeleteResult>" + b + a + "</DeleteResult>"), minted)));
}

TEST_CASE("a sequence is reduced to the steps and the headers that it takes") {
  std::vector<Step> steps;
  for (std::uint64_t number = 1; number <= 20; ++number) {
    steps.push_back(step(number, "PutObject", "PUT", "k"));
    steps.back().headers = {{"a", "1"}, {"b", "2"}};
  }
  std::size_t asked = 0;
  const auto left = shrunk(steps, 1'000, [&](const std::vector<Step>& candidate) {
    ++asked;
    bool has_four = false;
    for (const Step& one : candidate) {
      const bool has_b =
          std::ranges::any_of(one.headers, [](const auto& header) { return header.first == "b"; });
      has_four = has_four || (one.number == 4 && has_b);
    }
    return has_four && candidate.back().number == 20;
  });
  REQUIRE(left.size() == 2);
  CHECK(left[0].number == 4);
  CHECK(left[0].headers == std::vector<std::pair<std::string, std::string>>{{"b", "2"}});
  CHECK(left[1].headers.empty());
  CHECK(asked < 200);
  asked = 0;
  shrunk(steps, 5, [&](const auto&) { return ++asked > 100; });
  CHECK(asked == 5);
}
