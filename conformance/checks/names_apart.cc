/// A key is what is signed and sent, decoded once: each operation, each parameter of a listing and each
/// document takes it so, and tells it so.

#include <partsmith/protocol/uri.h>

#include "checks/again.h"
#include "checks/configuration.h"
#include "checks/listing.h"
#include "checks/tags.h"
#include "checks/upload_listing.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string guide = "user guide: Naming Amazon S3 objects";

/// A key, and another for which a server may take it.
struct Names {
  std::string_view asked;
  std::string_view there;
};

constexpr Names alike[] = {
    {"a%20b", "a b"}, {"a+b", "a b"}, {"a%2Fb", "a/b"}, {"a%2Bb", "a+b"},
    {"a?b", "a"},     {"a#b", "a"},   {"a%3Fb", "a?b"}, {"A", "a"},
};

/// Of a key that isn't there nothing is told, though its like is there.
Check of_no_other(const std::string& id, std::string title, std::string api,
                  std::function<Answer(CheckContext&, std::string_view)> ask, bool document = true) {
  return must("object.key.no-other." + id, std::move(title), guide + "; S3 API: " + std::move(api),
              {2 * std::size(alike) + 8, 64}, [=](CheckContext& c) {
                for (const auto& [asked, there] : alike) {
                  c.put(there, "data", {{"x-amz-tagging", "n=1"}});
                  auto answer = ask(c, asked);
                  if (document) {
                    answer.error(404, "NoSuchKey");
                  } else {
                    answer.status(404);
                  }
                  c.send(deleting(c, there)).status(204);
                }
              });
}

client::S3Request with(client::S3Request request, std::string parameter) {
  request.parameter(std::move(parameter), "");
  return request;
}

/// A put, copy or deletion of the one leaves the other.
void only_this_is_written(CheckContext& c) {
  c.put("source", "new");
  for (const auto& [asked, there] : alike) {
    c.put(there, "there");
    c.send(copying(c, asked, source_of(c, "source"))).status(200);
    c.send(c.get(there)).status(200).body("there");
    c.send(c.get(asked)).status(200).body("new");
    c.send(deleting(c, asked)).status(204);
    c.send(c.get(there)).status(200).body("there");
    c.send(deleting(c, there)).status(204);
  }
}

void only_this_is_tagged(CheckContext& c) {
  for (const auto& [asked, there] : alike) {
    c.put(there, "there", {{"x-amz-tagging", "n=1"}});
    c.put(asked, "asked");
    const std::string document =
        "<Tagging "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>m</Key><Value>2</Value></Tag>"
        "</TagSet></Tagging>";
    auto request = with(c.request("PUT", asked), "tagging");
    request.header("Content-MD5", to_base64(md5(as_bytes(document))));
    request.body = document;
    auto answer = c.send(request);
    skip_where_missing(c, answer, "tags");
    answer.status(200);
    expect_tags(c, asked, {{"m", "2"}});
    expect_tags(c, there, {{"n", "1"}});
  }
}

void only_this_is_uploaded(CheckContext& c) {
  for (const auto& [asked, there] : alike) {
    c.put(there, "there");
    const auto upload = c.create(asked);
    c.complete(upload, {c.part(upload, 1, "asked")});
    c.send(c.get(there)).status(200).body("there");
    c.send(c.get(asked)).status(200).body("asked");
  }
}

/// A listing's parameter; the keys that it leaves of all.
struct Parameter {
  std::string listing;
  std::string name;
  std::string api;
  std::function<client::S3Request(const CheckContext&)> request;
  std::string entry;
  bool marker;  ///< keys behind it, instead of keys that begin like it
  std::vector<Need> needs;
};

constexpr std::string_view names_of_listing[] = {"a b", "a%20b", "a%2Bb", "a+b"};

Check parameter_apart(const Parameter& p) {
  return must(
      p.listing + ".undecoded." + p.name, p.name + " is decoded once: a percent or a plus sign is itself",
      "S3 API: " + p.api, {p.needs.empty() ? 8U : 9U, 32},
      [p](CheckContext& c) {
        if (!p.needs.empty()) enable(c);
        for (const auto name : names_of_listing) {
          if (p.entry == "Upload") {
            c.create(name);
          } else {
            c.put(name, "data");
          }
        }
        for (std::size_t i = 0; i < std::size(names_of_listing); ++i) {
          auto request = p.request(c);
          request.parameter(p.name, c.key(names_of_listing[i]));
          if (p.marker) request.parameter("prefix", c.prefix());
          auto listed = c.send(request);
          const std::size_t count = p.marker ? std::size(names_of_listing) - i - 1 : 1;
          listed.status(200).elements(p.entry, count);
          if (count > 0) listed.element(p.entry + "/Key", c.key(names_of_listing[p.marker ? i + 1 : i]));
        }
      },
      p.needs);
}

std::vector<Parameter> parameters() {
  const auto v2 = [](const CheckContext& c) {
    auto request = of_bucket("GET", c.bucket());
    request.parameter("list-type", "2");
    return request;
  };
  const auto v1 = [](const CheckContext& c) { return of_bucket("GET", c.bucket()); };
  const auto versions = [](const CheckContext& c) {
    auto request = of_bucket("GET", c.bucket());
    request.parameter("versions", "");
    return request;
  };
  const auto of_uploads = [](const CheckContext& c) { return client::list_multipart_uploads(c.bucket()); };
  const std::vector<Need> own{Need::own_bucket, Need::versioning};
  return {
      {"object.list", "prefix", "ListObjectsV2 (prefix)", v2, "Contents", false, {}},
      {"object.list", "start-after", "ListObjectsV2 (start-after)", v2, "Contents", true, {}},
      {"object.list-v1", "prefix", "ListObjects (prefix)", v1, "Contents", false, {}},
      {"object.list-v1", "marker", "ListObjects (marker)", v1, "Contents", true, {}},
      {"versions.list", "prefix", "ListObjectVersions (prefix)", versions, "Version", false, own},
      {"versions.list", "key-marker", "ListObjectVersions (key-marker)", versions, "Version", true, own},
      {"multipart.list-uploads", "prefix", "ListMultipartUploads (prefix)", of_uploads, "Upload", false, {}},
      {"multipart.list-uploads",
       "key-marker",
       "ListMultipartUploads (key-marker)",
       of_uploads,
       "Upload",
       true,
       {}}};
}

constexpr std::string_view marked_up = "a&b<c>\"d'";

void versions_of_markup(CheckContext& c) {
  enable(c);
  c.put(marked_up, "1");
  c.put(marked_up, "2");
  c.put("x&y/1", "data");
  auto all = versions_of(c);
  all.parameter("delimiter", "/");
  c.send(all)
      .status(200)
      .elements("Version", 2)
      .element("Version/Key", c.key(marked_up))
      .element("CommonPrefixes/Prefix", c.key("x&y/"));
  auto page = versions_of(c);
  page.parameter("max-keys", "1");
  auto first = c.send(page);
  first.status(200).element("IsTruncated", "true").element("NextKeyMarker", c.key(marked_up));
  page.parameter("key-marker", c.key(marked_up))
      .parameter("version-id-marker", first.text("NextVersionIdMarker"));
  c.send(page).status(200).element("KeyMarker", c.key(marked_up)).element("Version/Key", c.key(marked_up));
}

/// The delimiter comes back as it was asked for, and groups by all of it.
void delimiter_of_markup(CheckContext& c) {
  c.put("a&b1", "data");
  c.put("a&b2", "data");
  for (auto request : {listing(c), listing_v1(c)}) {
    request.parameter("delimiter", "&");
    c.send(request)
        .status(200)
        .element("Delimiter", "&")
        .elements("CommonPrefixes", 1)
        .element("CommonPrefixes/Prefix", c.key("a&"));
  }
}

/// Each refusal that tells a key tells it as it was asked for; that of tags with its bucket, as recorded.
void refusals_of_markup(CheckContext& c) {
  const auto key = c.key(marked_up);
  c.send(c.get(marked_up)).error(404, "NoSuchKey").field("Key", key);
  c.send(copying(c, "object", c.bucket() + '/' + protocol::uri_encode(key, protocol::Slash::keep)))
      .error(404, "NoSuchKey")
      .field("Key", key);
  auto tags = c.send(with(c.get(marked_up), "tagging"));
  skip_where_missing(c, tags, "tags");
  tags.error(404, "NoSuchKey").field("Key", c.bucket() + '/' + key);
}

/// A source is "bucket/key", each escaped or not, with a slash before it or without.
struct Source {
  std::string id;
  std::string title;
  std::function<std::string(const CheckContext&)> text;
};

constexpr std::string_view odd_source = "s+1%2B?v/&x";
constexpr std::string_view plainer_source = "s 1+?v/&x";

std::vector<Source> sources() {
  const auto escaped = [](const CheckContext& c) {
    return protocol::uri_encode(c.bucket() + '/' + c.key(odd_source), protocol::Slash::keep);
  };
  return {{"escaped", "A copy's source with all but its slashes escaped",
           [=](const CheckContext& c) { return escaped(c); }},
          {"slash-before", "A copy's source with a slash before its bucket",
           [=](const CheckContext& c) { return '/' + escaped(c); }},
          {"slashes-escaped", "A copy's source with its slashes escaped, too", [=](const CheckContext& c) {
             return c.bucket() + '/' + protocol::uri_encode(c.key(odd_source), protocol::Slash::encode);
           }}};
}

Check copy_of(const Source& source) {
  return must("object.copy.source-" + source.id, source.title, "S3 API: CopyObject (x-amz-copy-source)",
              {4, 20}, [source](CheckContext& c) {
                c.put(odd_source, "data");
                c.put(plainer_source, "another");
                c.send(copying(c, "object", source.text(c))).status(200).required();
                c.send(c.get()).status(200).body("data");
              });
}

Check part_of(const Source& source) {
  return must("multipart.copy.source-" + source.id, source.title + " (UploadPartCopy)",
              "S3 API: UploadPartCopy (x-amz-copy-source)", {6, 20}, [source](CheckContext& c) {
                c.put(odd_source, "data");
                c.put(plainer_source, "another");
                const auto upload = c.create();
                auto request = client::upload_part_copy(upload, "1", c.bucket(), "x");
                request.headers.set("x-amz-copy-source", source.text(c));
                auto copied = c.send(request);
                copied.status(200).required();
                c.complete(upload, {{"1", copied.text("ETag"), {}}});
                c.send(c.get()).status(200).body("data");
              });
}

}  // namespace

void add_names_apart(std::vector<Check>& checks) {
  const auto plainly = [](std::string method, std::string parameter) {
    return [=](CheckContext& c, std::string_view name) {
      auto request = c.request(method, name);
      if (!parameter.empty()) request.parameter(parameter, "");
      if (parameter == "attributes") request.header("x-amz-object-attributes", "ObjectSize");
      auto answer = c.send(request);
      skip_where_missing(c, answer, parameter.empty() ? "reads" : parameter);
      return answer;
    };
  };
  add_all(
      checks,
      {of_no_other("get", "A key is read, and not one that is like it", "GetObject", plainly("GET", "")),
       of_no_other("head", "HEAD is of a key, and not of one that is like it", "HeadObject",
                   plainly("HEAD", ""), false),
       of_no_other("tags", "Tags are of a key, and not of one that is like it", "GetObjectTagging",
                   plainly("GET", "tagging")),
       of_no_other("attributes", "Attributes are of a key, and not of one that is like it",
                   "GetObjectAttributes", plainly("GET", "attributes")),
       of_no_other("acl", "An ACL is of a key, and not of one that is like it", "GetObjectAcl",
                   plainly("GET", "acl")),
       of_no_other("copied", "A key is copied, and not one that is like it", "CopyObject",
                   [](CheckContext& c, std::string_view name) {
                     return c.send(
                         copying(c, "copy", protocol::uri_encode(source_of(c, name), protocol::Slash::keep)));
                   }),
       must("object.key.only-this.written", "A copy and a delete of a key leave one that is like it", guide,
            {7 * std::size(alike) + 1, 200}, only_this_is_written),
       must("object.key.only-this.tagged", "So do its tags", guide + "; S3 API: PutObjectTagging",
            {5 * std::size(alike), 100}, only_this_is_tagged, {Need::tagging}),
       must("object.key.only-this.uploaded", "So does an upload of it",
            guide + "; S3 API: CreateMultipartUpload", {6 * std::size(alike), 200}, only_this_is_uploaded),
       must("versions.list.key-xml",
            "Keys, groups and markers of markup come back as they are in a list of versions",
            guide + "; S3 API: ListObjectVersions", {7, 10}, versions_of_markup,
            {Need::own_bucket, Need::versioning}),
       must("object.list.delimiter-xml", "A delimiter of markup comes back as it is",
            "S3 API: ListObjectsV2; ListObjects", {4, 8}, delimiter_of_markup),
       should("object.key.refused-xml", "A refusal tells a key of markup as it is",
              guide + "; S3 API: Error responses", {3}, refusals_of_markup)});
  for (const auto& parameter : parameters()) checks.push_back(parameter_apart(parameter));
  for (const auto& source : sources()) {
    checks.push_back(copy_of(source));
    checks.push_back(part_of(source));
  }
}

}  // namespace partsmith::conformance::checks
