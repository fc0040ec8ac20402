/// Listings of objects: the second page, a marker that is no key, other delimiters, and orders that a map, a
/// file system or a language would have.

#include "checks/again.h"
#include "checks/listing.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string v2_api = "S3 API: ListObjectsV2";
const std::string v1_api = "S3 API: ListObjects";

/// Of each `entry` of a page.
std::vector<std::string> texts_of(const Answer& answer, const std::string& entry,
                                  const std::string& element) {
  std::vector<std::string> texts;
  for (std::size_t i = 1;; ++i) {
    auto text = answer.text(entry + '[' + std::to_string(i) + "]/" + element);
    if (text.empty()) return texts;
    texts.push_back(std::move(text));
  }
}

std::vector<std::string> keys_of(const Answer& answer) {
  return texts_of(answer, "Contents", "Key");
}

std::vector<std::string> groups_of(const Answer& answer) {
  return texts_of(answer, "CommonPrefixes", "Prefix");
}

void expect_keys(CheckContext& c, Answer answer, const std::vector<std::string>& names) {
  std::vector<std::string> keys;
  std::string told;
  for (const auto& name : names) {
    keys.push_back(c.key(name));
    told += (told.empty() ? "" : ", ") + keys.back();
  }
  std::string actual;
  for (const auto& key : keys_of(answer)) actual += (actual.empty() ? "" : ", ") + key;
  answer.status(200).expect(keys_of(answer) == keys, "the keys " + told, actual.empty() ? "none" : actual,
                            {"texts", "Contents/Key", lines(keys)});
}

client::S3Request either(const CheckContext& c, bool v2, std::string_view below = {}) {
  return v2 ? listing(c, below) : listing_v1(c, below);
}

struct Page {
  std::vector<std::string> keys;
  std::vector<std::string> groups;
};

/// Keys and common prefixes stand in one order, and count alike.
std::vector<Page> pages_of(const CheckContext& c, const std::vector<std::string>& keys,
                           const std::vector<std::string>& groups, unsigned size) {
  std::vector<std::pair<std::string, bool>> entries;  // and whether it is a common prefix
  for (const auto& name : keys) entries.emplace_back(c.key(name), false);
  for (const auto& name : groups) entries.emplace_back(c.key(name), true);
  std::ranges::sort(entries);
  std::vector<Page> pages((entries.size() + size - 1) / size);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& page = pages[i / size];
    (entries[i].second ? page.groups : page.keys).push_back(entries[i].first);
  }
  return pages;
}

void expect_page(Answer& answer, const Page& page) {
  const auto keys = keys_of(answer);
  const auto groups = groups_of(answer);
  auto texts = page.keys;
  texts.insert(texts.end(), page.groups.begin(), page.groups.end());
  answer.expect(keys == page.keys && groups == page.groups,
                "the page's " + std::to_string(page.keys.size()) + " keys and " +
                    std::to_string(page.groups.size()) + " common prefixes, in order",
                std::to_string(keys.size()) + " keys and " + std::to_string(groups.size()) +
                    " common prefixes, or others",
                {"texts", "Contents/Key CommonPrefixes/Prefix", lines(texts)});
}

/// All keys of a listing in pages, with what ends each.
void in_pages(CheckContext& c, bool v2, const std::string& below, const std::string& delimiter,
              const std::vector<std::string>& keys, const std::vector<std::string>& groups, unsigned size) {
  std::string marker;
  const auto pages = pages_of(c, keys, groups, size);
  for (const auto& page : pages) {
    const bool last = &page == &pages.back();
    auto request = either(c, v2, below);
    request.parameter("max-keys", std::to_string(size));
    if (!delimiter.empty()) request.parameter("delimiter", delimiter);
    if (!marker.empty()) request.parameter(v2 ? "continuation-token" : "marker", marker);
    auto answer = c.send(request);
    answer.status(200).element("Prefix", c.key(below)).element("IsTruncated", last ? "false" : "true");
    expect_page(answer, page);
    if (v2) answer.element("KeyCount", std::to_string(page.keys.size() + page.groups.size()));
    answer.required();  // what comes behind a wrong page tells of nothing
    if (last) return;
    marker = v2                                   ? answer.text("NextContinuationToken")
             : !answer.text("NextMarker").empty() ? answer.text("NextMarker")
             : page.keys.empty()                  ? std::string()
                                                  : page.keys.back();
    answer
        .expect(!marker.empty(), "what the next page begins behind", "nothing",
                {"has element", v2 ? "NextContinuationToken" : "Contents"})
        .required();
  }
}

const std::vector<std::string_view> tree{"a/1", "a/2", "b", "c/1", "c/2", "d", "e/1", "z/other"};

void make_tree(CheckContext& c) {
  for (const auto name : tree) c.put("t/" + std::string(name), "x");
  c.put("u", "x");
}

Check pages(bool v2, unsigned size, bool grouped) {
  const std::uint64_t on_pages = grouped ? 6 : 8;
  const std::uint64_t requests = 9 + (on_pages + size - 1) / size;
  const std::string family = v2 ? "object.list." : "object.list-v1.";
  const auto id = std::string(grouped ? "tree-of-groups" : "tree") + "-by-" + std::to_string(size);
  return must(family + id,
              "Pages of " + std::to_string(size) + (grouped ? " with a delimiter" : "") +
                  " keep prefix and order to the last",
              (v2 ? v2_api + " (continuation-token)" : v1_api + " (marker)"), {requests, 16},
              [=](CheckContext& c) {
                make_tree(c);
                if (grouped) {
                  in_pages(c, v2, "t/", "/", {"t/b", "t/d"}, {"t/a/", "t/c/", "t/e/", "t/z/"}, size);
                  return;
                }
                std::vector<std::string> keys;
                for (const auto name : tree) keys.push_back("t/" + std::string(name));
                in_pages(c, v2, "t/", "", keys, {}, size);
              });
}

/// Keys put in one order, listed in that of their bytes.
struct Order {
  std::string id;
  std::string title;
  std::vector<std::string> keys;  ///< as they are to be listed
};

Check order(const Order& order, bool v2) {
  return must((v2 ? "object.list.order-" : "object.list-v1.order-") + order.id, order.title,
              v2 ? v2_api : v1_api, {order.keys.size() + 1, order.keys.size()}, [=](CheckContext& c) {
                for (auto name = order.keys.rbegin(); name != order.keys.rend(); ++name) c.put(*name, "x");
                expect_keys(c, c.send(either(c, v2)), order.keys);
              });
}

void put_each(CheckContext& c, const std::vector<std::string>& names) {
  for (const auto& name : names) c.put(name, "x");
}

Check begins_behind(bool v2, std::string id, std::string title, std::string marker,
                    std::vector<std::string> rest) {
  return must((v2 ? "object.list.start-after-" : "object.list-v1.marker-") + id, std::move(title),
              v2 ? v2_api + " (start-after)" : v1_api + " (marker)", {5, 4}, [=](CheckContext& c) {
                put_each(c, {"a", "b", "d", "e"});
                auto request = either(c, v2);
                request.parameter(v2 ? "start-after" : "marker", c.key(marker));
                auto answer = c.send(request);
                answer.element("IsTruncated", "false");  // that the marker is repeated, another check tells
                expect_keys(c, answer, rest);
              });
}

Check delimited(bool v2, std::string id, std::string delimiter, std::vector<std::string> names,
                std::vector<std::string> keys, std::vector<std::string> groups) {
  return must((v2 ? "object.list.delimiter-" : "object.list-v1.delimiter-") + id,
              "A delimiter '" + delimiter + "' groups at itself alone",
              (v2 ? v2_api : v1_api) + " (delimiter)", {names.size() + 1, names.size()},
              [=](CheckContext& c) {
                put_each(c, names);
                auto request = either(c, v2);
                request.parameter("delimiter", delimiter);
                auto answer = c.send(request);
                answer.element("Delimiter", delimiter).elements("CommonPrefixes", groups.size());
                for (std::size_t i = 0; i < groups.size(); ++i)
                  answer.element("CommonPrefixes[" + std::to_string(i + 1) + "]/Prefix", c.key(groups[i]));
                if (v2) answer.element("KeyCount", std::to_string(keys.size() + groups.size()));
                expect_keys(c, answer, keys);
              });
}

void owners_of_all(CheckContext& c) {
  put_each(c, {"a", "b", "c"});
  auto request = listing(c);
  request.parameter("fetch-owner", "true");
  c.send(request)
      .status(200)
      .has_element("Contents[1]/Owner/ID")
      .has_element("Contents[2]/Owner/ID")
      .has_element("Contents[3]/Owner/ID");
}

void folder_object(CheckContext& c, bool v2) {
  put_each(c, {"f/", "f/1"});
  expect_keys(c, c.send(either(c, v2)), {"f/", "f/1"});
  auto below = either(c, v2, "f/");
  below.parameter("delimiter", "/");
  auto answer = c.send(below);
  answer.elements("CommonPrefixes", 0);
  expect_keys(c, answer, {"f/", "f/1"});
}

void encoded_plus(CheckContext& c, bool v2) {
  put_each(c, {"a+b", "c d"});
  auto request = either(c, v2);
  request.parameter("encoding-type", "url");
  auto answer = c.send(request);
  const auto first = answer.text("Contents[1]/Key");
  const auto second = answer.text("Contents[2]/Key");
  answer.status(200)
      .expect(first.ends_with("a%2Bb"), "the first key ends with a%2Bb", first,
              {"element fits", "Contents[1]/Key", "*a%2Bb"})
      .expect(second.ends_with("c+d") || second.ends_with("c%20d"), "the second key ends with c+d", second,
              {"element fits", "Contents[2]/Key", "*c*d"});
}

void etags_of_parts(CheckContext& c, bool v2) {
  for (const auto* name : {"one", "two"}) {
    const auto upload = c.create(name);
    c.complete(upload, {c.part(upload, 1, name)});
  }
  auto answer = c.send(either(c, v2));
  answer.status(200);
  for (const auto* path : {"Contents[1]/ETag", "Contents[2]/ETag"}) {
    const auto etag = answer.text(path);
    answer.expect(etag.size() == 36 && etag.ends_with("-1\""), std::string(path) + " of one part, -1", etag,
                  {"element fits", path, "\"*-1\""});
  }
}

void overwritten(CheckContext& c, bool v2) {
  c.put("a", "first");
  c.put("b", "first");
  const auto etag = c.put("a", "the second").header_value("ETag");
  c.send(either(c, v2))
      .status(200)
      .element("Contents[1]/Size", "10")
      .element("Contents[1]/ETag", etag)
      .element("Contents[2]/Size", "5");
}

void deleted_of_many(CheckContext& c, bool v2) {
  put_each(c, {"a", "b", "c"});
  c.send(deleting(c, "b")).status(204);
  expect_keys(c, c.send(either(c, v2)), {"a", "c"});
}

void prefix_is_no_folder(CheckContext& c, bool v2) {
  put_each(c, {"photo", "photos/1", "phrase", "x"});
  expect_keys(c, c.send(either(c, v2, "pho")), {"photo", "photos/1"});
  expect_keys(c, c.send(either(c, v2, "photos/1")), {"photos/1"});
}

void no_keys_wanted(CheckContext& c) {
  put_each(c, {"a"});
  auto request = listing_v1(c);
  request.parameter("max-keys", "0");
  c.send(request).status(200).elements("Contents", 0).element("IsTruncated", "false");
}

/// 1,001 keys: a full page, and one more.
void a_thousand_and_one(CheckContext& c) {
  constexpr std::size_t count = 1'001;
  for (std::size_t i = 0; i < count;) {
    std::vector<client::S3Request> requests;
    for (; i < count && requests.size() < 50; ++i)
      requests.push_back(putting(c, "k" + std::to_string(10'000 + i), "x"));
    for (auto& answer : c.send_together(requests)) answer.status(200).required();
  }
  auto first = c.send(listing(c));
  first.status(200)
      .elements("Contents", 1'000)
      .element("KeyCount", "1000")
      .element("IsTruncated", "true")
      .required();
  auto rest = listing(c);
  rest.parameter("continuation-token", first.text("NextContinuationToken"));
  auto second = c.send(rest);
  second.element("IsTruncated", "false").element("KeyCount", "1");
  expect_keys(c, second, {"k11000"});
}

/// Of a bucket that never had versions, too.
void full_page_of_versions(CheckContext& c) {
  put_each(c, {"a", "b"});
  auto request = versions_of(c);
  request.parameter("max-keys", "2");
  c.send(request).status(200).elements("Version", 2).element("IsTruncated", "false");
}

}  // namespace

void add_again_listings(std::vector<Check>& checks) {
  const std::vector<Order> orders{
      {"letter-case", "Upper case comes before lower case", {"A", "B", "Z", "a", "b"}},
      {"folders", "A slash comes where its byte stands", {"a", "a-", "a.", "a/b", "a/c", "a0", "ab"}},
      {"utf-16",
       "A character beyond the basic plane comes after one that is in it",
       {"\xC3\xA9", "\xEF\xBD\xA1", "\xF0\x9F\x98\x80"}},
      {"numbers", "Numbers are texts", {"1", "10", "100", "2", "20"}},
      {"length", "A key comes before those that begin with it", {"a", "a b", "aa", "aaa"}},
  };
  for (const bool v2 : {true, false}) {
    const std::string family = v2 ? "object.list." : "object.list-v1.";
    const std::string api = v2 ? v2_api : v1_api;
    for (const unsigned size : {1U, 2U, 3U, 7U}) checks.push_back(pages(v2, size, false));
    for (const unsigned size : {1U, 2U, 3U, 5U}) checks.push_back(pages(v2, size, true));
    for (const auto& one : orders) checks.push_back(order(one, v2));
    checks.push_back(begins_behind(v2, "a-key", "The key itself is left out", "b", {"d", "e"}));
    checks.push_back(begins_behind(v2, "no-key", "It need not be a key", "c", {"d", "e"}));
    checks.push_back(
        begins_behind(v2, "before-all", "It may come before all keys", "A", {"a", "b", "d", "e"}));
    checks.push_back(begins_behind(v2, "behind-all", "It may come after all keys", "z", {}));
    checks.push_back(delimited(v2, "dash", "-", {"a-1", "a-2", "b/c", "d"}, {"b/c", "d"}, {"a-"}));
    checks.push_back(delimited(v2, "two-letters", "--", {"a-1", "b--1", "b--2", "c"}, {"a-1", "c"}, {"b--"}));
    checks.push_back(delimited(v2, "space", " ", {"a 1", "a 2", "b"}, {"b"}, {"a "}));
    checks.push_back(delimited(v2, "at-the-end", "/", {"a/", "b", "c/1"}, {"b"}, {"a/", "c/"}));
    const auto either_way = [&](const std::string& id, std::string title, Cost cost,
                                void (*body)(CheckContext&, bool)) {
      checks.push_back(must(family + id, std::move(title), api, cost, [=](CheckContext& c) { body(c, v2); }));
    };
    either_way("folder-object", "A key that ends in a slash is a key like others", {4, 2}, folder_object);
    either_way("etags-of-parts", "Each object of parts is listed with its own ETag", {7, 6}, etags_of_parts);
    either_way("overwritten", "An overwritten object is listed as it is now", {4, 20}, overwritten);
    either_way("deleted-of-many", "A deleted key is gone, its neighbours stay", {5, 3}, deleted_of_many);
    either_way("prefix-is-no-folder", "A prefix need not end where a folder does", {6, 4},
               prefix_is_no_folder);
    either_way("encoded-plus", "With encoding-type=url a plus sign is %2B, and a space isn't", {3, 2},
               encoded_plus);
  }
  checks.push_back(must("object.list.owners-of-all", "fetch-owner tells the owner of each key",
                        v2_api + " (fetch-owner)", {4, 3}, owners_of_all));
  checks.push_back(should("object.list-v1.max-keys-zero", "max-keys=0 lists nothing and is not truncated",
                          "reported: brekkylab/backlot (measured 2026-09)", {2, 1}, no_keys_wanted));
  checks.push_back(must("object.list-versions.full-page",
                        "A page that has just all versions is not truncated",
                        "S3 API: ListObjectVersions (IsTruncated)", {3, 2}, full_page_of_versions));
  checks.push_back(must("object.list.1001-keys", "1,001 keys are two pages", v2_api + " (max-keys)",
                        {1'003, 1'001}, a_thousand_and_one));
}

}  // namespace partsmith::conformance::checks
