/// Values that are in order come back as they were given, whichever operation they came with.

#include <optional>

#include <partsmith/protocol/uri.h>

#include "checks/again.h"
#include "checks/completed.h"
#include "checks/making.h"
#include "checks/tags.h"

namespace partsmith::conformance::checks {
namespace {

const std::string metadata_guide = "user guide: Working with object metadata";
const std::string tags_guide = "user guide: Categorizing your objects using tags (restrictions on tags)";
constexpr std::string_view data_etag = "8d777f385d3dfec8815d20f7496026dc";

/// A value of a header, and why a server might change it.
struct Value {
  std::string id;
  std::string title;
  std::string name;
  std::string text;
};

std::vector<Value> values() {
  return {
      {"metadata-underscore", "Metadata whose name has an underscore is kept", "x-amz-meta-a_b", "1"},
      {"metadata-dot", "Metadata whose name has a dot is kept", "x-amz-meta-a.b", "1"},
      {"metadata-digits", "Metadata whose name is a number is kept", "x-amz-meta-1", "1"},
      {"metadata-like-a-header", "Metadata named like a header of the object is kept",
       "x-amz-meta-content-type", "text/other"},
      {"metadata-like-length", "Metadata named like the object's length is kept", "x-amz-meta-content-length",
       "7"},
      {"metadata-like-name", "Metadata named name is kept", "x-amz-meta-name", "a"},
      {"metadata-spaces", "Spaces within metadata are kept", "x-amz-meta-a", "b  c   d"},
      {"metadata-comma", "Metadata goes on behind a comma", "x-amz-meta-a", "b, c"},
      {"metadata-semicolon", "Metadata goes on behind a semicolon", "x-amz-meta-a", "b; c=d"},
      {"metadata-equals", "Metadata goes on behind an equals sign", "x-amz-meta-a", "b=c=="},
      {"metadata-percent", "A percent sequence in metadata is kept", "x-amz-meta-a", "a%20b%2Bc%41"},
      {"metadata-quotes", "Quotes around metadata are kept", "x-amz-meta-a", "\"quoted\""},
      {"metadata-markup", "Markup in metadata is kept", "x-amz-meta-a", "<b>&amp;</b>"},
      {"metadata-letter-case", "The letter case of metadata is kept", "x-amz-meta-a", "MiXed"},
      {"metadata-1500", "Metadata of 1,500 characters is kept", "x-amz-meta-a", repeated("0123456789", 150)},
      {"cache-control-list", "Cache-Control of several directives is kept", "Cache-Control",
       "public, max-age=60, s-maxage=5"},
      {"language-list", "Content-Language of several languages is kept", "Content-Language", "en, de-CH"},
      {"encoding-list", "Content-Encoding of several codings is kept", "Content-Encoding", "br, identity"},
      {"encoding-letter-case", "The letter case of Content-Encoding is kept", "Content-Encoding",
       "X-Partsmith"},
      {"disposition-names", "Content-Disposition with both forms of a name is kept", "Content-Disposition",
       "attachment; filename=\"a; b.txt\"; filename*=UTF-8''a%20b.txt"},
      {"type-letter-case", "The letter case of Content-Type is kept", "Content-Type",
       "Text/X-Partsmith; Charset=UTF-8"},
      {"type-of-a-word", "A Content-Type without a slash is kept", "Content-Type", "partsmith"}};
}

/// As a put, an upload, a copy and a put in a copy's REPLACE have it.
Check kept(const Value& value) {
  const bool metadata = value.name.starts_with("x-amz-meta-");
  return of_level(metadata ? Level::must : Level::should, "object.kept." + value.id,
                  value.title + ": by puts, uploads and copies",
                  metadata
                      ? metadata_guide
                      : "inferred: S3 API: PutObject (" + value.name + "); CreateMultipartUpload; CopyObject",
                  {11, 16}, [value](CheckContext& c) {
                    const auto told = [&](std::string_view name) {
                      c.send(c.head(name)).status(200).header(value.name, value.text);
                    };
                    c.put("object", "data", {{value.name, value.text}});
                    told("object");
                    c.send(c.get()).status(200).header(value.name, value.text);
                    const auto upload = c.create("parts", {{value.name, value.text}});
                    c.complete(upload, {c.part(upload, 1, "data")});
                    told("parts");
                    c.send(copying(c, "copy", source_of(c, "object"))).status(200);
                    told("copy");
                    auto replacing = copying(c, "replaced", source_of(c, "object"));
                    replacing.header("x-amz-metadata-directive", "REPLACE").header(value.name, value.text);
                    c.send(replacing).status(200);
                    told("replaced");
                  });
}

void thirty_of_metadata(CheckContext& c) {
  protocol::Headers many;
  for (int i = 1; i <= 30; ++i) many.add("x-amz-meta-n" + std::to_string(i), std::to_string(i * i));
  const auto told = [&](std::string_view name) {
    auto head = c.send(c.head(name));
    head.status(200);
    for (int i = 1; i <= 30; ++i) head.header("x-amz-meta-n" + std::to_string(i), std::to_string(i * i));
  };
  c.put("object", "data", many);
  told("object");
  const auto upload = c.create("parts", many);
  c.complete(upload, {c.part(upload, 1, "data")});
  told("parts");
}

/// What names no type has S3's own, whatever its key and its bytes look like.
void type_of_nothing(CheckContext& c) {
  for (const auto& [name, body] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"a.txt", "text"},
           {"a.html", "<html><body>x</body></html>"},
           {"a.json", "{}"},
           {"a.png", "\x89PNG\r\n"},
           {"plain", "<?xml?>"}}) {
    c.put(name, body);
    c.send(c.head(name)).status(200).header("Content-Type", "binary/octet-stream");
  }
  const auto upload = c.create("b.txt");
  c.complete(upload, {c.part(upload, 1, "text")});
  c.send(c.head("b.txt")).status(200).header("Content-Type", "binary/octet-stream");
}

void type_of_a_folder(CheckContext& c) {
  c.put("folder/", "", {{"Content-Type", "text/x-partsmith"}, {"x-amz-meta-a", "1"}});
  c.send(c.head("folder/"))
      .status(200)
      .header("Content-Type", "text/x-partsmith")
      .header("x-amz-meta-a", "1");
}

/// Too much of it is refused by all that take it.
void too_much_metadata(CheckContext& c, bool copy) {
  const auto much = repeated("0123456789", 210);
  client::S3Request request;
  if (copy) {
    c.put("source", "data");
    request = copying(c, "object", source_of(c, "source"));
    request.header("x-amz-metadata-directive", "REPLACE");
  } else {
    request = client::create_multipart_upload(c.bucket(), c.key());
  }
  c.send(request.header("x-amz-meta-a", much)).error(400, "MetadataTooLarge");
}

std::string many_tags(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i)
    text += (text.empty() ? "k" : "&k") + std::to_string(i) + '=' + std::to_string(i);
  return text;
}

void too_many_tags(CheckContext& c, bool copy) {
  client::S3Request request;
  if (copy) {
    c.put("source", "data");
    request = copying(c, "object", source_of(c, "source"));
    request.header("x-amz-tagging-directive", "REPLACE");
  } else {
    request = client::create_multipart_upload(c.bucket(), c.key());
  }
  auto answer = c.send(request.header("x-amz-tagging", many_tags(11)));
  skip_where_missing(c, answer, "tags");
  answer.status(400);
  c.send(c.head()).status(404);
}

void key_too_long(CheckContext& c, bool copy) {
  const auto name = repeated("k", 1'025 - c.prefix().size());
  if (copy) {
    c.put("source", "data");
    c.send(copying(c, name, source_of(c, "source"))).error(400, "KeyTooLongError");
  } else {
    c.send(client::create_multipart_upload(c.bucket(), c.key(name))).error(400, "KeyTooLongError");
  }
}

void class_unknown_of_a_copy(CheckContext& c) {
  c.put("source", "data");
  auto copy = copying(c, "object", source_of(c, "source"));
  c.send(copy.header("x-amz-storage-class", "FASTEST")).error(400, "InvalidStorageClass");
  c.send(c.head()).status(404);
}

client::S3Request putting_tags(const CheckContext& c, std::string_view pairs) {
  const auto document = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>" +
                        std::string(pairs) + "</TagSet></Tagging>";
  auto request = c.request("PUT", "object");
  request.parameter("tagging", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

const Tags odd_tags{{"Colour", "Blue"},           {"colour", "red"},
                    {"with space", "a  b"},       {"empty", ""},
                    {"long", repeated("v", 256)}, {"s:y+m-b=o._/@", "+-=._:/@"}};

void tags_kept(CheckContext& c, bool document) {
  if (document) {
    c.put("object", "data");
    std::string pairs;
    for (const auto& [key, value] : odd_tags)
      pairs += "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
    auto put = c.send(putting_tags(c, pairs));
    skip_where_missing(c, put, "tags");
    put.status(200).required();
  } else {
    std::string text;
    for (const auto& [key, value] : odd_tags) {
      text += (text.empty() ? "" : "&") + protocol::uri_encode(key, protocol::Slash::encode) + '=' +
              protocol::uri_encode(value, protocol::Slash::encode);
    }
    auto put = c.send(putting(c, "object", "data").header("x-amz-tagging", text));
    skip_where_missing(c, put, "tags");
    put.status(200).required();
  }
  expect_tags(c, "object", odd_tags);
}

/// Tags are beside the object: nothing else of it changes. A second has to pass.
void tags_change_nothing_else(CheckContext& c) {
  const auto upload = c.create("object", {{"x-amz-meta-n", "1"}, {"Content-Type", "text/x-partsmith"}});
  const auto etag = etag_told(c, c.complete(upload, {c.part(upload, 1, "data")}));
  const auto date = c.send(c.head()).header_value("Last-Modified");
  c.wait(std::chrono::milliseconds(1'100));
  const auto as_before = [&] {
    c.send(c.head())
        .status(200)
        .header("ETag", etag)
        .header("Last-Modified", date)
        .header("x-amz-meta-n", "1")
        .header("Content-Type", "text/x-partsmith");
    c.send(c.get()).status(200).body("data").header("ETag", etag);
    c.send(listing(c)).status(200).element("Contents/ETag", etag);
  };
  auto put = c.send(putting_tags(c, "<Tag><Key>a</Key><Value>1</Value></Tag>"));
  skip_where_missing(c, put, "tags");
  put.status(200).required();
  as_before();
  c.send(deleting(c).parameter("tagging", "")).status(204);
  as_before();
}

client::S3Request attributes(const CheckContext& c, std::initializer_list<std::string_view> names) {
  auto request = c.get();
  request.parameter("attributes");
  for (const auto name : names) request.header("x-amz-object-attributes", std::string(name));
  return request;
}

void attributes_of_nothing(CheckContext& c) {
  c.put("object", "");
  c.send(attributes(c, {"ETag,ObjectSize,StorageClass"}))
      .status(200)
      .has_header("Last-Modified")
      .element("ObjectSize", "0")
      .element("ETag", "d41d8cd98f00b204e9800998ecf8427e")
      .element("StorageClass", "STANDARD");
}

void attributes_one_by_one(CheckContext& c) {
  c.put("object", "data");
  c.send(attributes(c, {"ETag"}))
      .status(200)
      .element("ETag", data_etag)
      .no_element("ObjectSize")
      .no_element("StorageClass");
  c.send(attributes(c, {"ObjectSize"}))
      .status(200)
      .element("ObjectSize", "4")
      .no_element("ETag")
      .no_element("StorageClass");
  c.send(attributes(c, {"StorageClass"}))
      .status(200)
      .element("StorageClass", "STANDARD")
      .no_element("ETag")
      .no_element("ObjectSize");
}

// Ranges at the edges.

void last_byte(CheckContext& c) {
  c.put("object", "0123456789");
  for (const auto& method : {std::string("GET"), std::string("HEAD")}) {
    for (const auto* range : {"bytes=9-", "bytes=9-9", "bytes=-1", "bytes=9-100"}) {
      auto answer = c.send(c.request(method, "object").header("Range", range));
      answer.status(206).header("Content-Range", "bytes 9-9/10").header("Content-Length", "1");
      if (method == "GET") answer.body("9");
    }
  }
}

void only_byte(CheckContext& c) {
  c.put("object", "0");
  for (const auto* range : {"bytes=0-", "bytes=0-0", "bytes=-1"}) {
    c.send(c.get().header("Range", range)).status(206).header("Content-Range", "bytes 0-0/1").body("0");
  }
  c.send(c.get().header("Range", "bytes=1-")).error(416, "InvalidRange");
}

}  // namespace

void add_values_kept(std::vector<Check>& checks) {
  for (const auto& value : values()) checks.push_back(kept(value));
  const std::vector<Need> tagging{Need::tagging};
  add_all(
      checks,
      {must("object.kept.metadata-thirty", "Thirty headers of metadata are kept, by puts and uploads",
            metadata_guide, {6, 8}, thirty_of_metadata),
       must("object.kept.type-of-nothing",
            "What names no type is binary/octet-stream, whatever its key and its bytes",
            "S3 API: GetObject (Content-Type); recording: put-object-chunked-content-encoding", {14, 64},
            type_of_nothing),
       must("object.kept.folder", "An object whose key ends with a slash keeps its type and metadata",
            "S3 API: PutObject (Content-Type)", {2}, type_of_a_folder),
       must("multipart.create.metadata-too-large",
            "An upload with more than 2 KB of metadata is MetadataTooLarge",
            metadata_guide + " (2 KB); S3 API: Error responses (MetadataTooLarge)", {1},
            [](CheckContext& c) { too_much_metadata(c, false); }),
       must("object.copy.metadata-too-large", "So is a copy",
            metadata_guide + " (2 KB); S3 API: Error responses (MetadataTooLarge)", {2, 4},
            [](CheckContext& c) { too_much_metadata(c, true); }),
       must(
           "multipart.create.tags-too-many", "An upload with eleven tags is refused", tags_guide, {2},
           [](CheckContext& c) { too_many_tags(c, false); }, tagging),
       must(
           "object.copy.tags-too-many", "So is a copy", tags_guide, {3, 4},
           [](CheckContext& c) { too_many_tags(c, true); }, tagging),
       must("multipart.create.key-too-long", "An upload of a key of 1,025 bytes is KeyTooLongError",
            "user guide: Naming Amazon S3 objects; S3 API: Error responses (KeyTooLongError)", {1},
            [](CheckContext& c) { key_too_long(c, false); }),
       must("object.copy.key-too-long", "So is a copy to one",
            "user guide: Naming Amazon S3 objects; S3 API: Error responses (KeyTooLongError)", {2, 4},
            [](CheckContext& c) { key_too_long(c, true); }),
       must("object.copy.class-unknown", "A copy with an unknown storage class is InvalidStorageClass",
            "S3 API: CopyObject (StorageClass); Error responses (InvalidStorageClass)", {3, 4},
            class_unknown_of_a_copy),
       must(
           "object.tags.odd", "Tags that differ by letter case, are empty, long or of symbols are kept",
           tags_guide, {3, 4}, [](CheckContext& c) { tags_kept(c, true); }, tagging),
       must(
           "object.tags.odd-in-a-header", "So are those of a header",
           tags_guide + "; S3 API: PutObject (x-amz-tagging)", {2, 4},
           [](CheckContext& c) { tags_kept(c, false); }, tagging),
       must("object.tags.change-nothing-else", "Tags change neither date nor ETag nor metadata",
            "S3 API: PutObjectTagging; DeleteObjectTagging", {12, 16}, tags_change_nothing_else, tagging),
       must("object.attributes.of-nothing", "Attributes of an object without a byte",
            "S3 API: GetObjectAttributes", {2}, attributes_of_nothing),
       must("object.attributes.one-by-one", "Attributes that weren't asked for aren't told",
            "S3 API: GetObjectAttributes (x-amz-object-attributes)", {4, 4}, attributes_one_by_one),
       must("object.range.last-byte", "The last byte is a range, however it is asked for, to GET and HEAD",
            "S3 API: GetObject (Range); RFC 9110, 14.1.2", {9, 30}, last_byte),
       must("object.range.only-byte", "So is the only byte", "S3 API: GetObject (Range); RFC 9110, 14.1.2",
            {5, 8}, only_byte)});
}

}  // namespace partsmith::conformance::checks
