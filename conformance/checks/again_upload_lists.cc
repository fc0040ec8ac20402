/// Lists of uploads: in pages of each size, from markers that are no key, encoded, and in the order they
/// began.

#include <algorithm>

#include "checks/again.h"
#include "checks/encoded.h"
#include "checks/making.h"
#include "checks/upload_listing.h"

namespace partsmith::conformance::checks {
namespace {

/// Uploads of one key, begun more than a second apart.
void oldest_first(CheckContext& c) {
  const auto first = c.create();
  c.wait(std::chrono::milliseconds(1'100));
  const auto second = c.create();
  auto answer = c.send(uploads(c));
  answer.status(200)
      .element("Upload[1]/UploadId", first.upload_id)
      .element("Upload[2]/UploadId", second.upload_id)
      .expect(answer.text("Upload[1]/Initiated") < answer.text("Upload[2]/Initiated"),
              "an upload that was initiated later",
              answer.text("Upload[1]/Initiated") + " and " + answer.text("Upload[2]/Initiated"), {"shown"});
}

void marker_is_no_key(CheckContext& c) {
  for (const auto* name : {"a", "c", "d"}) c.create(name);
  auto request = uploads(c);
  request.parameter("key-marker", c.key("b"));
  c.send(request)
      .status(200)
      .elements("Upload", 2)
      .element("Upload[1]/Key", c.key("c"))
      .element("Upload[2]/Key", c.key("d"));
}

void prefix_is_no_folder(CheckContext& c) {
  for (const auto* name : {"photo", "photos/1", "phrase"}) c.create(name);
  c.send(uploads(c, "pho"))
      .status(200)
      .elements("Upload", 2)
      .element("Upload[1]/Key", c.key("photo"))
      .element("Upload[2]/Key", c.key("photos/1"));
}

void long_delimiter(CheckContext& c) {
  for (const auto* name : {"a-1", "b--1", "b--2"}) c.create(name);
  auto request = uploads(c);
  request.parameter("delimiter", "--");
  c.send(request)
      .status(200)
      .elements("Upload", 1)
      .element("Upload/Key", c.key("a-1"))
      .element("CommonPrefixes/Prefix", c.key("b--"));
}

void all_encoded(CheckContext& c) {
  for (const auto* name : {"a b/1", "a b/2", "c d"}) c.create(name);
  auto request = uploads(c, "a ");
  request.parameter("encoding-type", "url")
      .parameter("max-uploads", "1")
      .parameter("key-marker", c.key("a a"));
  auto answer = c.send(request);
  answer.status(200).element("EncodingType", "url");
  for (const auto& [path, end] : {std::pair{"Upload/Key", "a+b/1"},
                                  {"Prefix", "a+"},
                                  {"KeyMarker", "a+a"},
                                  {"NextKeyMarker", "a+b/1"}}) {
    expect_encoded(answer, path, end);
  }
  auto groups = uploads(c, "a");
  groups.parameter("encoding-type", "url").parameter("delimiter", "/");
  auto grouped = c.send(groups);
  grouped.status(200);
  expect_encoded(grouped, "CommonPrefixes/Prefix", "a+b/");
}

/// Uploads of several keys, some in groups, in pages of each size.
void uploads_in_pages(CheckContext& c, unsigned size) {
  std::vector<std::string> ids;
  for (const auto* name : {"a", "a", "b/1", "b/2", "c", "c", "c"}) ids.push_back(c.create(name).upload_id);
  std::vector<std::string> found;
  std::string key_marker;
  std::string id_marker;
  const auto pages = (ids.size() + size - 1) / size;
  for (std::size_t page = 1; page <= pages; ++page) {
    auto request = uploads(c);
    request.parameter("max-uploads", std::to_string(size));
    if (page > 1) request.parameter("key-marker", key_marker).parameter("upload-id-marker", id_marker);
    auto answer = c.send(request);
    answer.status(200).element("IsTruncated", page == pages ? "false" : "true").required();
    for (std::size_t i = 1;; ++i) {
      auto id = answer.text("Upload[" + std::to_string(i) + "]/UploadId");
      if (id.empty()) break;
      found.push_back(std::move(id));
    }
    key_marker = answer.text("NextKeyMarker");
    id_marker = answer.text("NextUploadIdMarker");
    if (page < pages) continue;
    std::ranges::sort(ids);
    std::ranges::sort(found);
    answer.expect(found == ids, "over all pages each upload once", std::to_string(found.size()) + " uploads",
                  {"texts of pages sorted", "Upload/UploadId", lines(ids)});
  }
}

/// What the first page left out, the second does, too.
void second_page_below_a_prefix(CheckContext& c) {
  for (const auto* name : {"in/1", "in/2/a", "in/2/b", "in/3", "out"}) c.create(name);
  auto request = uploads(c, "in/");
  request.parameter("delimiter", "/").parameter("max-uploads", "1");
  auto first = c.send(request);
  first.status(200)
      .element("Upload/Key", c.key("in/1"))
      .element("IsTruncated", "true")
      .element("NextKeyMarker", c.key("in/1"))
      .has_element("NextUploadIdMarker")
      .required();
  auto rest = uploads(c, "in/");
  rest.parameter("delimiter", "/")
      .parameter("key-marker", first.text("NextKeyMarker"))
      .parameter("upload-id-marker", first.text("NextUploadIdMarker"));
  c.send(rest)
      .status(200)
      .elements("Upload", 1)
      .element("Upload/Key", c.key("in/3"))
      .elements("CommonPrefixes", 1)
      .element("CommonPrefixes/Prefix", c.key("in/2/"));
}

void one_of_two_completed(CheckContext& c) {
  const auto first = c.create();
  const auto second = c.create();
  c.complete(first, {c.part(first, 1, "data")});
  c.send(uploads(c)).status(200).elements("Upload", 1).element("Upload/UploadId", second.upload_id);
}

}  // namespace

void add_again_upload_lists(std::vector<Check>& checks) {
  const std::string list = "S3 API: ListMultipartUploads";
  add_all(checks, {
                      must("multipart.list-uploads.oldest-first",
                           "Uploads of one key are listed in the order they began", list, {3}, oldest_first),
                      must("multipart.list-uploads.marker-is-no-key", "A key marker need not be a key", list,
                           {4}, marker_is_no_key),
                      must("multipart.list-uploads.prefix-is-no-folder",
                           "A prefix need not end where a folder does", list, {4}, prefix_is_no_folder),
                      should("multipart.list-uploads.delimiter-two-letters",
                             "A delimiter may have two letters", list + " (delimiter)", {4}, long_delimiter),
                      should("multipart.list-uploads.all-encoded",
                             "With encoding-type=url keys, markers, prefix and groups are encoded",
                             list + " (encoding-type)", {5}, all_encoded),
                      must("multipart.list-uploads.second-page-below-a-prefix",
                           "The second page has the prefix and the delimiter of the first", list, {7},
                           second_page_below_a_prefix),
                      must("multipart.list-uploads.one-of-two-completed",
                           "Of two uploads of a key the one is listed", list, {5, 4}, one_of_two_completed),
                  });
  for (const auto& [size, requests] : {std::pair{1U, 14U}, {2U, 11U}, {3U, 10U}, {4U, 9U}, {7U, 8U}}) {
    checks.push_back(must("multipart.list-uploads.pages-of-" + std::to_string(size),
                          "In pages of " + std::to_string(size) + " each upload is listed once", list,
                          {requests}, [of = size](CheckContext& c) { uploads_in_pages(c, of); }));
  }
}

}  // namespace partsmith::conformance::checks
