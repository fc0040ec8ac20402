/// What a page of a listing is asked with holds on the next page, and where one ends the next one begins.

#include <algorithm>

#include <partsmith/protocol/uri.h>

#include "checks/again.h"
#include "checks/configuration.h"
#include "checks/encoded.h"
#include "checks/listing.h"
#include "checks/upload_listing.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string v2_api = "S3 API: ListObjectsV2";
const std::string v1_api = "S3 API: ListObjects";
const std::string versions_api = "S3 API: ListObjectVersions";
const std::string uploads_api = "S3 API: ListMultipartUploads";

/// One of the four listings of a bucket, page by page.
struct Listing {
  std::string id;
  std::string api;
  std::string limit;
  std::string entry;
  std::function<client::S3Request(const CheckContext&, std::string_view below)> request;
  /// How the next page is asked for: parameter, and the element of this page that it takes.
  std::vector<std::pair<std::string, std::string>> next;
  std::vector<Need> needs = {};
};

/// The request that enables versions, where the listing needs them.
std::uint64_t enabling(const Listing& listing) {
  return std::ranges::find(listing.needs, Need::versioning) == listing.needs.end() ? 0 : 1;
}

std::vector<Listing> listings() {
  return {{"object.list",
           v2_api,
           "max-keys",
           "Contents",
           listing,
           {{"continuation-token", "NextContinuationToken"}}},
          {"object.list-v1", v1_api, "max-keys", "Contents", listing_v1, {{"marker", "NextMarker"}}},
          {"versions.list",
           versions_api,
           "max-keys",
           "Version",
           [](const CheckContext& c, std::string_view below) {
             auto request = of_bucket("GET", c.bucket());
             request.parameter("versions", "").parameter("prefix", c.key(below));
             return request;
           },
           {{"key-marker", "NextKeyMarker"}, {"version-id-marker", "NextVersionIdMarker"}},
           {Need::own_bucket, Need::versioning}},
          {"multipart.list-uploads",
           uploads_api,
           "max-uploads",
           "Upload",
           uploads,
           {{"key-marker", "NextKeyMarker"}, {"upload-id-marker", "NextUploadIdMarker"}}}};
}

void make(CheckContext& c, const Listing& l, const std::vector<std::string_view>& names) {
  if (!l.needs.empty()) enable(c);
  for (const auto name : names) {
    if (l.entry == "Upload") {
      c.create(name);
    } else {
      c.put(name, "data");
    }
  }
}

/// Pages of `size` entries and groups: each has the next of `expected`, in order.
void expect_pages(CheckContext& c, const Listing& l, const client::S3Request& first, std::size_t size,
                  const std::vector<std::string>& expected, std::string_view delimiter) {
  auto request = first;
  request.parameter(l.limit, std::to_string(size));
  for (std::size_t at = 0; at < expected.size(); at += size) {
    auto answer = c.send(request);
    answer.status(200);
    const std::size_t end = std::min(at + size, expected.size());
    std::size_t keys = 0;
    std::size_t groups = 0;
    for (std::size_t i = at; i < end; ++i) {
      const bool group = !delimiter.empty() && expected[i].ends_with(delimiter);
      const auto number = std::to_string(group ? ++groups : ++keys);
      answer.element(group ? "CommonPrefixes[" + number + "]/Prefix" : l.entry + '[' + number + "]/Key",
                     c.key(expected[i]));
    }
    answer.elements(l.entry, keys).elements("CommonPrefixes", groups);
    answer.element("IsTruncated", end < expected.size() ? "true" : "false").required();
    request = first;
    request.parameter(l.limit, std::to_string(size));
    for (const auto& [parameter, element] : l.next) {
      auto text = answer.text(element);
      // Recorded without next markers where a group ends a page of uploads.
      if (text.empty() && element != "NextContinuationToken" && parameter.ends_with("marker") &&
          !parameter.contains("id"))
        text = c.key(expected[end - 1]);
      if (!text.empty()) request.parameter(parameter, text);
    }
  }
}

/// Pages of any size tell each key and group once, in order.
Check whole(const Listing& l, std::string id, std::string title,
            std::initializer_list<std::string_view> names, std::string below, std::string delimiter,
            std::vector<std::string> expected) {
  const std::vector<std::string_view> kept(names);
  return must(
      l.id + '.' + std::move(id), std::move(title), l.api + " (IsTruncated)",
      {kept.size() + expected.size() + (expected.size() + 1) / 2 + 1 + enabling(l), kept.size() * 8},
      [=](CheckContext& c) {
        make(c, l, kept);
        auto request = l.request(c, below);
        if (!delimiter.empty()) request.parameter("delimiter", delimiter);
        for (const std::size_t size : {1U, 2U, 1000U}) expect_pages(c, l, request, size, expected, delimiter);
      },
      l.needs);
}

/// What was asked with the first page holds for the second.
Check encoded_pages(const Listing& l) {
  return must(
      l.id + ".encoded-pages", "encoding-type holds for keys, groups, markers and delimiter of each page",
      l.api + " (EncodingType)", {6 + enabling(l), 16},
      [l](CheckContext& c) {
        make(c, l, {"a b/1", "a c", "a d", "a e"});
        auto request = l.request(c, "a ");
        request.parameter("delimiter", "/").parameter("encoding-type", "url");
        const auto is_encoded = [&](Answer& answer) {
          for (const auto* element :
               {"Prefix", "NextKeyMarker", "KeyMarker", "NextMarker", "Marker", "StartAfter"}) {
            const auto text = answer.text(element);
            answer.expect(!text.contains(' '), std::string(element) + " encoded", text,
                          {"element lacks", element, " "});
          }
          for (const auto* element : {"/Key", "[2]/Key"}) {
            const auto path = l.entry + element;
            const auto text = answer.text(path);
            answer.expect(!text.contains(' '), path + " encoded", text, {"element lacks", path, " "});
          }
          const std::string group = "CommonPrefixes/Prefix";
          const auto text = answer.text(group);
          answer.expect(!text.contains(' '), group + " encoded", text, {"element lacks", group, " "});
        };
        request.parameter(l.limit, "2");
        auto first = c.send(request);
        first.status(200).element("IsTruncated", "true").element("EncodingType", "url").required();
        is_encoded(first);
        auto next = l.request(c, "a ");
        next.parameter("delimiter", "/").parameter("encoding-type", "url").parameter(l.limit, "2");
        next.parameter(l.next[0].first, l.next[0].first == "continuation-token"
                                            ? first.text("NextContinuationToken")
                                            : c.key("a c"));
        auto second = c.send(next);
        second.status(200).element("EncodingType", "url").elements(l.entry, 2).elements("CommonPrefixes", 0);
        is_encoded(second);
      },
      l.needs);
}

/// A delimiter that needs encoding is told encoded.
Check encoded_delimiter(const Listing& l) {
  return must(
      l.id + ".encoded-delimiter", "encoding-type holds for the delimiter", l.api + " (EncodingType)",
      {2 + enabling(l), 8},
      [l](CheckContext& c) {
        make(c, l, {"a&b"});
        auto request = l.request(c, "");
        request.parameter("delimiter", "&").parameter("encoding-type", "url");
        auto answer = c.send(request);
        answer.status(200).element("Delimiter", "%26");
        expect_encoded(answer, "CommonPrefixes/Prefix", "a%26");
      },
      l.needs);
}

void start_after_encoded(CheckContext& c) {
  c.put("a b", "data");
  c.put("a c", "data");
  auto request = listing(c);
  request.parameter("encoding-type", "url").parameter("start-after", c.key("a b"));
  auto answer = c.send(request);
  const auto told = answer.text("StartAfter");
  answer.status(200)
      .elements("Contents", 1)
      .expect(!told.contains(' '), "StartAfter encoded", told, {"element lacks", "StartAfter", " "});
}

void owner_on_each_page(CheckContext& c) {
  put_all(c, {"a", "b", "c"});
  auto request = listing(c);
  request.parameter("fetch-owner", "true").parameter("max-keys", "2");
  auto first = c.send(request);
  first.status(200)
      .elements("Contents", 2)
      .element("IsTruncated", "true")
      .has_element("Contents[2]/Owner/ID")
      .required();
  request.parameter("continuation-token", first.text("NextContinuationToken"));
  c.send(request).status(200).elements("Contents", 1).has_element("Contents/Owner/ID");
}

void start_after_with_delimiter(CheckContext& c) {
  put_all(c, {"a/1", "b", "c/1", "d"});
  auto v2 = listing(c);
  v2.parameter("delimiter", "/").parameter("start-after", c.key("b"));
  c.send(v2)
      .status(200)
      .elements("Contents", 1)
      .element("Contents/Key", c.key("d"))
      .elements("CommonPrefixes", 1)
      .element("CommonPrefixes/Prefix", c.key("c/"));
  auto v1 = listing_v1(c);
  v1.parameter("delimiter", "/").parameter("marker", c.key("b"));
  c.send(v1)
      .status(200)
      .elements("Contents", 1)
      .element("Contents/Key", c.key("d"))
      .elements("CommonPrefixes", 1);
}

/// A start that is no key: the pages behind it leave nothing out.
void start_after_no_key(CheckContext& c) {
  put_all(c, {"a", "b", "c", "d", "e"});
  auto request = listing(c);
  request.parameter("max-keys", "2").parameter("start-after", c.key("Z"));
  auto first = c.send(request);
  first.status(200)
      .elements("Contents", 2)
      .element("Contents[1]/Key", c.key("a"))
      .element("Contents[2]/Key", c.key("b"))
      .element("IsTruncated", "true")
      .required();
  request.parameter("continuation-token", first.text("NextContinuationToken"));
  c.send(request).status(200).element("Contents[1]/Key", c.key("c")).element("Contents[2]/Key", c.key("d"));
}

void token_again(CheckContext& c) {
  put_all(c, {"a", "b", "c"});
  auto request = listing(c);
  request.parameter("max-keys", "2");
  auto first = c.send(request);
  first.status(200).elements("Contents", 2).element("IsTruncated", "true").required();
  request.parameter("continuation-token", first.text("NextContinuationToken"));
  c.send(request).status(200).elements("Contents", 1).element("Contents/Key", c.key("c"));
  c.send(request).status(200).elements("Contents", 1).element("Contents/Key", c.key("c"));
}

void each_version_its_own(CheckContext& c) {
  enable(c);
  c.put("object", "the first", {{"x-amz-storage-class", "STANDARD_IA"}});
  c.put("object", "2nd");
  c.put("other", "x");
  c.send(versions_of(c))
      .status(200)
      .elements("Version", 3)
      .element("Version[1]/Size", "3")
      .element("Version[1]/StorageClass", "STANDARD")
      .element("Version[1]/ETag", '"' + to_hex(md5(as_bytes("2nd"))) + '"')
      .element("Version[2]/Size", "9")
      .element("Version[2]/StorageClass", "STANDARD_IA")
      .element("Version[2]/ETag", '"' + to_hex(md5(as_bytes("the first"))) + '"')
      .element("Version[3]/Size", "1")
      .element("Version[3]/IsLatest", "true");
}

/// Dates of versions are theirs; a second has to pass.
void each_version_its_date(CheckContext& c) {
  enable(c);
  c.put("object", "first");
  auto before = c.send(versions_of(c));
  const auto date = before.text("Version/LastModified");
  c.put("pause", "x");
  c.wait(std::chrono::milliseconds(1'100));
  c.put("object", "second");
  auto after = c.send(versions_of(c));
  after.status(200)
      .elements("Version", 3)
      .element("Version[1]/Size", "6")
      .element("Version[2]/Size", "5")
      .required()
      .element("Version[2]/LastModified", date);
  const auto newer = after.text("Version[1]/LastModified");
  after.expect(newer != date, "another date of the newer version", newer, {.about = "shown"});
}

/// Two versions and a marker between them, page by page.
void pages_between_versions(CheckContext& c) {
  enable(c);
  std::vector<std::string> ids{version_of(c.put("a", "1"))};
  ids.push_back(version_of(c.send(deleting(c, "a"))));
  ids.push_back(version_of(c.put("a", "2")));
  ids.push_back(version_of(c.put("b", "3")));
  const std::vector<std::string> order{ids[2], ids[1], ids[0], ids[3]};
  auto request = versions_of(c);
  request.parameter("max-keys", "1");
  std::string key_marker;
  std::string id_marker;
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto page = request;
    if (i > 0) page.parameter("key-marker", key_marker).parameter("version-id-marker", id_marker);
    auto answer = c.send(page);
    const bool marker = i == 1;
    answer.status(200)
        .elements("Version", marker ? 0 : 1)
        .elements("DeleteMarker", marker ? 1 : 0)
        .element(marker ? "DeleteMarker/VersionId" : "Version/VersionId", order[i])
        .element(marker ? "DeleteMarker/IsLatest" : "Version/IsLatest", i == 0 || i == 3 ? "true" : "false")
        .element("IsTruncated", i == 3 ? "false" : "true")
        .required();
    key_marker = answer.text("NextKeyMarker");
    id_marker = answer.text("NextVersionIdMarker");
  }
}

void checksum_on_each_page(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-checksum-algorithm", "SHA256"}});
  for (unsigned number = 1; number <= 2; ++number) {
    const auto body = std::to_string(number);
    c.part(upload, number, body,
           {{"x-amz-checksum-sha256", base64_checksum(ChecksumAlgorithm::sha256, body)}});
  }
  auto request = client::list_parts(upload);
  request.parameter("max-parts", "1");
  c.send(request).status(200).element("ChecksumAlgorithm", "SHA256").element("ChecksumType", "COMPOSITE");
  request.parameter("part-number-marker", "1");
  c.send(request)
      .status(200)
      .element("ChecksumAlgorithm", "SHA256")
      .element("ChecksumType", "COMPOSITE")
      .element("Part/ChecksumSHA256", base64_checksum(ChecksumAlgorithm::sha256, "2"));
}

}  // namespace

void add_pages_apart(std::vector<Check>& checks) {
  for (const auto& l : listings()) {
    checks.push_back(encoded_pages(l));
    checks.push_back(encoded_delimiter(l));
    checks.push_back(whole(l, "pages-of-half-a-name",
                           "A prefix that ends within a folder's name finds all such folders, in any pages",
                           {"data/a/1", "data/a/2", "data/ab/3", "data/b/4"}, "data/a", "",
                           {"data/a/1", "data/a/2", "data/ab/3"}));
    checks.push_back(whole(l, "pages-of-a-name-and-its-group",
                           "A key and the group of its name are both told, in any pages",
                           {"a", "a/1", "a/2", "b", "c/1", "c0"}, "", "/", {"a", "a/", "b", "c/", "c0"}));
    checks.push_back(whole(l, "pages-of-another-delimiter",
                           "A delimiter of another letter groups, in any pages", {"a-1", "a-2", "b", "c-1"},
                           "", "-", {"a-", "b", "c-"}));
  }
  add_all(
      checks,
      {must("object.list.start-after-told-encoded", "encoding-type holds for StartAfter",
            v2_api + " (EncodingType)", {3, 8}, start_after_encoded),
       must("object.list.owner-on-each-page", "fetch-owner holds for each page", v2_api + " (FetchOwner)",
            {5, 12}, owner_on_each_page),
       must("object.list.start-after-with-delimiter", "A start counts where keys are grouped, too",
            v2_api + " (StartAfter); ListObjects (Marker)", {6, 16}, start_after_with_delimiter),
       must("object.list.pages-behind-no-key", "Pages behind a start that is no key leave none out",
            v2_api + " (StartAfter, ContinuationToken)", {7, 20}, start_after_no_key),
       must("object.list.token-again", "A page may be asked for again", v2_api + " (ContinuationToken)",
            {6, 12}, token_again),
       must("versions.list.each-its-own", "Each version is listed with its own size, ETag and class",
            versions_api, {5, 13}, each_version_its_own, {Need::own_bucket, Need::versioning}),
       must("versions.list.each-its-date", "Each version is listed with its own date", versions_api, {6, 12},
            each_version_its_date, {Need::own_bucket, Need::versioning}),
       must("versions.list.pages-between-versions",
            "A page may end between two versions of a key, and a marker is one of its entries",
            versions_api + " (NextVersionIdMarker)", {9, 3}, pages_between_versions,
            {Need::own_bucket, Need::versioning}),
       must("multipart.list-parts.checksum-on-each-page", "Each page of parts tells the upload's checksum",
            "S3 API: ListParts", {5, 2}, checksum_on_each_page)});
}

}  // namespace partsmith::conformance::checks
