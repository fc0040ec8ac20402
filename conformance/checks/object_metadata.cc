/// Metadata, storage classes and response headers of objects.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

/// A header of a put that GET and HEAD answer.
Check system(std::string name, std::string header, std::string value) {
  return must("object.metadata." + name, header + " comes back on GET and HEAD",
              "recording: put-get-system-metadata-headers; S3 API: PutObject (" + header + ")", {3, 12},
              [=](CheckContext& c) {
                c.put("object", "abc123", {{header, value}});
                c.send(c.get()).status(200).header(header, value).body("abc123");
                c.send(c.head()).status(200).header(header, value);
              });
}

void names_in_lower_case(CheckContext& c) {
  c.put("object", "foo", {{"x-amz-meta-TEST_META_1", "foo"}, {"x-amz-meta-__meta_2", "bar"}});
  auto answer = c.send(c.head());
  answer.status(200).header("x-amz-meta-test_meta_1", "foo").header("x-amz-meta-__meta_2", "bar");
  for (const auto& [name, value] : answer.answer().headers) {
    if (value == "foo")
      answer.expect(name.ends_with("test_meta_1"), "the name in lower case", name,
                    {"header named", "", "*test_meta_1"});
  }
}

/// A value as RFC 2047 would encode it, and what S3 makes of it.
Check word(std::string name, std::string title, std::string sent, std::string told) {
  return quirk("object.metadata.word-" + name, std::move(title),
               name == "bad-base64" ? "recording: user-metadata-rfc2047-bad-base64"
                                    : "recording: user-metadata-rfc2047",
               {2}, [sent, told](CheckContext& c) {
                 c.put("object", "", {{"x-amz-meta-value", sent}});
                 c.send(c.head()).status(200).header("x-amz-meta-value", told);
               });
}

void utf_8_system_metadata(CheckContext& c) {
  const std::string disposition = "attachment; filename=\"test_—_file%E2%80%94_é_2.pdf\"";
  c.put("test", "",
        {{"Content-Disposition", disposition}, {"Cache-Control", "ÄMÄZÕÑ S3"}, {"Content-Language", "de"}});
  c.send(c.get("test"))
      .status(200)
      .header("Content-Disposition", disposition)
      .header("Cache-Control", "ÄMÄZÕÑ S3")
      .header("Content-Language", "de");
}

void several(CheckContext& c) {
  c.put("object", "a",
        {{"x-amz-meta-b", "2"}, {"x-amz-meta-a", "1"}, {"x-amz-meta-c", "with spaces, and commas"}});
  c.send(c.get())
      .status(200)
      .header("x-amz-meta-a", "1")
      .header("x-amz-meta-b", "2")
      .header("x-amz-meta-c", "with spaces, and commas");
}

void too_large(CheckContext& c) {
  c.send(putting(c, "object", "a").header("x-amz-meta-value", std::string(2048, 'v')))
      .error(400, "MetadataTooLarge")
      .message("Your metadata headers exceed the maximum allowed metadata size");
  c.send(c.get()).error(404, "NoSuchKey");
}

void just_fits(CheckContext& c) {
  const std::string value(2048 - std::string_view("value").size(), 'v');
  c.put("object", "a", {{"x-amz-meta-value", value}});
  c.send(c.head()).status(200).header("x-amz-meta-value", value);
}

void aws_chunked_is_not_kept(CheckContext& c) {
  auto request = putting(c, "object", "data");
  request.payload = client::Payload::unsigned_trailer;
  request.trailer = ChecksumAlgorithm::crc32;
  request.header("Content-Encoding", "gzip");
  c.send(request).status(200);
  c.send(c.head()).status(200).header("Content-Encoding", "gzip");
}

Check storage_class(const std::string& name) {
  std::string dashed = protocol::lower_case(name);
  for (auto& character : dashed) {
    if (character == '_') character = '-';
  }
  const bool archived = name == "GLACIER" || name == "DEEP_ARCHIVE";
  return must("object.storage-class." + dashed,
              "An object of class " + name +
                  (archived             ? " can't be read"
                   : name == "STANDARD" ? " tells it only among the attributes"
                                        : " tells it"),
              "recording: put-get-storage-class-" + dashed, {3, archived ? 9U : 18U},
              [name, archived](CheckContext& c) {
                c.put("object", "body-test", {{"x-amz-storage-class", name}});
                auto attributes = c.get();
                attributes.parameter("attributes").header("x-amz-object-attributes", "StorageClass");
                c.send(attributes).status(200).element("StorageClass", name);
                auto answer = c.send(c.get());
                if (archived) {
                  answer.error(403, "InvalidObjectState")
                      .message("The operation is not valid for the object's storage class")
                      .field("StorageClass", name);
                } else if (name == "STANDARD") {
                  answer.status(200).no_header("x-amz-storage-class").body("body-test");
                } else {
                  answer.status(200).header("x-amz-storage-class", name).body("body-test");
                }
              });
}

void outposts(CheckContext& c, client::S3Request request) {
  request.header("x-amz-storage-class", "OUTPOSTS");
  c.send(request)
      .error(400, "InvalidStorageClass")
      .message("The storage class you specified is not valid")
      .field("StorageClassRequested", "OUTPOSTS");
}

}  // namespace

void add_object_metadata(std::vector<Check>& checks) {
  add_all(
      checks,
      {
          system("content-type", "Content-Type", "image/png"),
          system("content-language", "Content-Language", "de"),
          system("content-disposition", "Content-Disposition", "attachment; filename=\"foo.jpg\""),
          system("cache-control", "Cache-Control", "no-cache"),
          system("content-encoding", "Content-Encoding", "gzip"),
          system("expires", "Expires", "Wed, 21 Oct 2015 07:28:00 GMT"),
          system("website-redirect", "x-amz-website-redirect-location", "/elsewhere"),
          system("user", "x-amz-meta-colour", "blue"),
          must("object.metadata.several", "Several metadata come back, whatever their order",
               "user guide: Working with object metadata", {2, 2}, several),
          must("object.metadata.names", "Names of user metadata come back in lower case",
               "recording: user-metadata-names", {2, 3}, names_in_lower_case),
          should("object.metadata.system-utf-8", "System metadata beyond ASCII comes back as the same bytes",
                 "recording: system-metadata-non-ascii", {2}, utf_8_system_metadata),
          word("ascii-base64", "An encoded word of ASCII comes back decoded", "=?UTF-8?B?YWJj?=", "abc"),
          word("ascii-q", "A \"Q\" word of ASCII comes back decoded",
               "=?UTF-8?Q?actually-ascii?=", "actually-ascii"),
          word("non-ascii", "An encoded word beyond ASCII comes back encoded",
               "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="),
          word("binary", "An encoded word of control characters comes back encoded",
               "=?UTF-8?B?AAECAw==?=", "=?UTF-8?B?AAECAw==?="),
          word("bad-base64", "A word with bad base64 is decoded to rubbish, and that encoded",
               "=?UTF-8?B?=GGG?=", "=?UTF-8?B?77+9Ye+/vQ==?="),
          must("object.metadata.too-large", "User metadata beyond 2 KB is MetadataTooLarge",
               "user guide: Working with object metadata (2 KB); S3 API: Error responses (MetadataTooLarge)",
               {2, 1}, too_large),
          should("object.metadata.just-fits",
                 "2 KB of user metadata are taken, names without their prefix and values counted",
                 "user guide: Working with object metadata (2 KB)", {2, 1}, just_fits),
          must("object.metadata.aws-chunked", "aws-chunked is not kept in Content-Encoding",
               "recording: put-checksum-with-content-encoding-gzip (put-object)", {2, 60},
               aws_chunked_is_not_kept),
          storage_class("STANDARD"),
          storage_class("STANDARD_IA"),
          storage_class("ONEZONE_IA"),
          storage_class("INTELLIGENT_TIERING"),
          storage_class("GLACIER_IR"),
          storage_class("REDUCED_REDUNDANCY"),
          storage_class("GLACIER"),
          storage_class("DEEP_ARCHIVE"),
          should("object.storage-class.outposts", "The class OUTPOSTS is InvalidStorageClass in a bucket",
                 "recording: put-storage-class-outposts (put-object-outposts)", {1, 1},
                 [](CheckContext& c) { outposts(c, putting(c, "object", "a")); }),
          should("multipart.create.storage-class-outposts",
                 "The class OUTPOSTS is InvalidStorageClass for an upload",
                 "recording: put-storage-class-outposts (create-multipart-outposts-exc)", {1},
                 [](CheckContext& c) { outposts(c, client::create_multipart_upload(c.bucket(), c.key())); }),
      });
}

}  // namespace partsmith::conformance::checks
