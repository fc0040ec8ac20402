/// The answers of each multipart operation as a whole: headers, and the form of error documents.

#include <algorithm>
#include <regex>

#include <partsmith/protocol/xml.h>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view recording = "recording: multipart-and-list-parts";

void create(CheckContext& c) {
  c.send(client::create_multipart_upload(c.bucket(), c.key()))
      .status(200)
      .header("Content-Type", "application/xml")
      .decoration("x-amz-server-side-encryption", "AES256")
      .has_header("x-amz-request-id")
      .has_header("x-amz-id-2")
      .has_header("Date")
      .no_header("x-amz-version-id")
      .no_header("x-amz-abort-date");
}

void part(CheckContext& c) {
  const auto upload = c.create();
  c.send(client::upload_part(upload, "1", repeated("upload-part-1", 5))
             .header("x-amz-checksum-crc32", "axEe0A=="))
      .status(200)
      .header("ETag", "\"3237c18681adb6a9d843c733ce249480\"")
      .header("x-amz-checksum-crc32", "axEe0A==")
      .decoration("x-amz-server-side-encryption", "AES256")
      .header("Content-Length", "0")
      .no_decoration("Content-Type")
      .no_decoration("x-amz-checksum-type")
      .body("");
}

void complete(CheckContext& c) {
  const auto upload = c.create("a key/ä");
  auto completed = c.complete(upload, {c.part(upload, 1, "data")});
  const auto location = completed.text("Location");
  completed.header("Content-Type", "application/xml")
      .decoration("x-amz-server-side-encryption", "AES256")
      .element("Bucket", c.bucket())
      .element("Key", upload.key)
      .expect(location.starts_with("http") && location.find(c.bucket()) != std::string::npos &&
                  location.ends_with("%C3%A4"),
              "Location: the URL of the object, its key percent-encoded", '\'' + location + '\'',
              {"element fits", "Location", "http*" + c.bucket() + "*%C3%A4"});
}

void list_parts(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "one");
  c.part(upload, 2, "three");
  c.part(upload, 5, "seven!!");
  auto listed = c.send(client::list_parts(upload));
  listed.status(200)
      .header("Content-Type", "application/xml")
      .element("StorageClass", "STANDARD")
      .element("Part[1]/PartNumber", "1")
      .element("Part[1]/ETag", '"' + to_hex(md5(as_bytes("one"))) + '"')
      .element("Part[1]/Size", "3")
      .element("Part[2]/ETag", '"' + to_hex(md5(as_bytes("three"))) + '"')
      .element("Part[2]/Size", "5")
      .element("Part[3]/PartNumber", "5")
      .element("Part[3]/ETag", '"' + to_hex(md5(as_bytes("seven!!"))) + '"')
      .element("Part[3]/Size", "7")
      .element("NextPartNumberMarker", "5");
  for (const auto* number : {"1", "2", "3"})
    expect_time(listed, "Part[" + std::string(number) + "]/LastModified");
}

void list_uploads(CheckContext& c) {
  const auto one = c.create("1", {{"x-amz-checksum-algorithm", "CRC32"}});
  const auto two = c.create("2", {{"x-amz-checksum-algorithm", "SHA1"}});
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix());
  auto listed = c.send(request);
  listed.status(200)
      .header("Content-Type", "application/xml")
      .element("Upload[1]/UploadId", one.upload_id)
      .element("Upload[1]/StorageClass", "STANDARD")
      .element("Upload[1]/ChecksumAlgorithm", "CRC32")
      .element("Upload[2]/UploadId", two.upload_id)
      .element("Upload[2]/StorageClass", "STANDARD")
      .element("Upload[2]/ChecksumAlgorithm", "SHA1")
      .has_element("Upload[2]/Initiator/ID")
      .has_element("Upload[2]/Owner/ID")
      .element("NextKeyMarker", two.key)
      .element("NextUploadIdMarker", two.upload_id);
  expect_time(listed, "Upload[1]/Initiated");
  expect_time(listed, "Upload[2]/Initiated");
}

void attributes(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  auto request = c.get();
  request.parameter("attributes").header("x-amz-object-attributes", "ETag");
  auto answer = c.send(request);
  const auto time = answer.header_value("Last-Modified");
  answer.status(200)
      .expect(has_form(time, http_time_form), "Last-Modified as an HTTP date", '\'' + time + '\'',
              {"header fits", "Last-Modified", http_time_form})
      .no_header("x-amz-version-id")
      .no_header("x-amz-delete-marker")
      .element("ETag", "2068bfdec27f4616282c1124300f0ae6-1")
      .no_element("ObjectSize")
      .no_element("StorageClass");
}

void object(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  for (const auto* method : {"GET", "HEAD"}) {
    auto answer = c.send(c.request(method, "object"));
    const auto time = answer.header_value("Last-Modified");
    answer.status(200)
        .header("Accept-Ranges", "bytes")
        .header("Content-Type", "binary/octet-stream")
        .header("Content-Length", "4")
        .header("ETag", "\"2068bfdec27f4616282c1124300f0ae6-1\"")
        .decoration("x-amz-server-side-encryption", "AES256")
        .expect(has_form(time, http_time_form), "Last-Modified as an HTTP date", '\'' + time + '\'',
                {"header fits", "Last-Modified", http_time_form})
        .no_header("x-amz-checksum-crc64nvme");
  }
}

constexpr std::string_view xml_declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

/// XML has two kinds of quotation marks, and they mean the same.
std::string beginning_of(const Answer& answer) {
  auto text = answer.answer().body.substr(0, 500);
  std::ranges::replace(text, '\'', '"');
  return text;
}

/// The name of an encoding is the same in any letter case (XML 1.0, 4.3.3).
const scripts::Claim declaration_first{"body fits", "", "<?xml version=*1.0* encoding=*8*?>*"};

bool begins_with_declaration(const std::string& text) {
  return protocol::equal_ignoring_case(std::string_view(text).substr(0, xml_declaration.size()),
                                       xml_declaration);
}

/// The document of a NoSuchUpload, from each operation that gives it.
Check error_document(std::string name,
                     std::function<client::S3Request(const client::UploadAddress&)> request_of) {
  return must(
      "multipart.error-document." + name,
      "An error is an application/xml document with Code, Message and the request's IDs (" + name + ")",
      "S3 API: Error responses; recording: multipart-no-such-upload", {1, 4}, [request_of](CheckContext& c) {
        auto answer = c.send(request_of({c.bucket(), c.key(), "fakeid"}));
        answer.error(404, "NoSuchUpload")
            .message(no_such_upload_message)
            .field("UploadId", "fakeid")
            .header("Content-Type", "application/xml")
            .has_header("x-amz-request-id")
            .has_header("x-amz-id-2")
            .required()
            .element("RequestId", answer.header_value("x-amz-request-id"))
            .wording("HostId", answer.header_value("x-amz-id-2"));
        const auto beginning = beginning_of(answer);
        answer.expect(begins_with_declaration(beginning), "the XML declaration first",
                      beginning.substr(0, 40), declaration_first);
      });
}

/// Whether that is the namespace of the root, as its start tag says; others may be declared there, too.
bool is_in_s3_namespace(const std::string& beginning, const std::string& root) {
  const std::regex start_tag('<' + root +
                             R"((\s[^>]*)?\sxmlns\s*=\s*"http://s3\.amazonaws\.com/doc/2006-03-01/"[^>]*>)");
  return std::regex_search(beginning, start_tag);
}

/// Documents of success begin with the declaration and have S3's namespace: some clients insist on both.
Check document_form(std::string id, std::string name, std::string root,
                    std::function<client::S3Request(CheckContext&)> prepare, Cost cost) {
  return must("multipart.document-form." + id,
              "The document of " + root + " has the XML declaration and S3's namespace",
              "S3 API: " + name + " (Response Syntax); recording: multipart-and-list-parts", cost,
              [=](CheckContext& c) {
                auto answer = c.send(prepare(c));
                const auto beginning = beginning_of(answer);
                answer.status(200)
                    .document(root)
                    .expect(begins_with_declaration(beginning), "the XML declaration first",
                            beginning.substr(0, 40), declaration_first)
                    .expect(is_in_s3_namespace(beginning, root),
                            "the namespace " + std::string(protocol::s3_namespace), beginning,
                            {"namespace", "", std::string(protocol::s3_namespace)});
              });
}

/// Each bad value of a listing's number.
Check bad_number(std::string operation, std::string parameter, std::string name, std::string value) {
  const bool of_parts = operation == "list-parts";
  return should("multipart." + operation + ".bad-" + parameter + "-" + name,
                parameter + "=" + value + " is InvalidArgument",
                std::string(of_parts ? "S3 API: ListParts" : "S3 API: ListMultipartUploads") + " (" +
                    parameter + "), Error responses (InvalidArgument)",
                {of_parts ? 2U : 1U}, [=](CheckContext& c) {
                  auto request =
                      of_parts ? client::list_parts(c.create()) : client::list_multipart_uploads(c.bucket());
                  request.parameter(parameter, value);
                  if (!of_parts) request.parameter("prefix", c.prefix());
                  c.send(request)
                      .error(400, "InvalidArgument")
                      .field("ArgumentName", parameter)
                      .field("ArgumentValue", value);
                });
}

void more_parts_than_a_page(CheckContext& c) {
  auto request = client::list_parts(c.create());
  request.parameter("max-parts", "1001");
  c.send(request).status(200).element("MaxParts", "1000");
}

void more_uploads_than_a_page(CheckContext& c) {
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("max-uploads", "1001").parameter("prefix", c.prefix());
  c.send(request).status(200).element("MaxUploads", "1000").elements("Upload", 0);
}

void upload_marker_alone(CheckContext& c) {
  const auto upload = c.create();
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix()).parameter("upload-id-marker", upload.upload_id);
  c.send(request)
      .status(200)
      .element("UploadIdMarker", "")
      .elements("Upload", 1)
      .element("Upload/UploadId", upload.upload_id);
}

/// Nothing tells how to go on: a client takes the last common prefix itself.
void pages_of_groups(CheckContext& c) {
  for (const auto* name : {"a/1", "a/2", "b", "c/1"}) c.create(name);
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix()).parameter("delimiter", "/").parameter("max-uploads", "1");
  auto first = c.send(request);
  first.status(200)
      .element("IsTruncated", "true")
      .elements("Upload", 0)
      .element("CommonPrefixes/Prefix", c.key("a/"))
      .required();
  // Recorded without next markers, documented with them: both lead on.
  const auto next = first.text("NextKeyMarker");
  first.expect(next.empty() || next == c.key("a/"), "the prefix as NextKeyMarker, or none", next,
               {"element or none", "NextKeyMarker", c.key("a/")});
  request.parameter("key-marker", c.key("a/"));
  c.send(request)
      .status(200)
      .element("KeyMarker", c.key("a/"))
      .elements("CommonPrefixes", 0)
      .elements("Upload", 1)
      .element("Upload/Key", c.key("b"));
}

/// A marker within a common prefix passes the whole prefix over.
void marker_within_a_group(CheckContext& c) {
  for (const auto* name : {"a/1", "a/2", "b"}) c.create(name);
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix()).parameter("delimiter", "/").parameter("key-marker", c.key("a/1"));
  c.send(request)
      .status(200)
      .elements("CommonPrefixes", 0)
      .elements("Upload", 1)
      .element("Upload/Key", c.key("b"));
}

void foreign_upload_marker(CheckContext& c) {
  const auto other = c.create("b");
  c.create("a");
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.prefix())
      .parameter("key-marker", c.key("a"))
      .parameter("upload-id-marker", other.upload_id);
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Invalid uploadId marker")
      .field("ArgumentName", "upload-id-marker")
      .field("ArgumentValue", other.upload_id);
}

void uploads_of_a_missing_bucket(CheckContext& c) {
  c.send(client::list_multipart_uploads(c.missing_bucket()))
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

void uploads_unknown_encoding(CheckContext& c) {
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("encoding-type", "base64");
  c.send(request)
      .error(400, "InvalidArgument")
      .field("ArgumentName", "encoding-type")
      .field("ArgumentValue", "base64");
}

/// A storage class at creation, through to the object.
Check storage_class(const std::string& name, const std::string& dashed) {
  return must("multipart.create.storage-class." + dashed,
              "The class " + name + " of an upload is listed, and becomes the object's",
              "S3 API: CreateMultipartUpload (x-amz-storage-class); recording: put-get-storage-class-" +
                  dashed + " (of PutObject)",
              {5, 4}, [name](CheckContext& c) {
                const auto upload = c.create("object", {{"x-amz-storage-class", name}});
                c.send(client::list_parts(upload)).status(200).element("StorageClass", name);
                c.complete(upload, {c.part(upload, 1, "data")});
                c.send(c.head()).status(200).header("x-amz-storage-class", name);
              });
}

}  // namespace

void add_answers(std::vector<Check>& checks) {
  const std::string source(recording);
  const std::string api_uploads = "S3 API: ListMultipartUploads";
  add_all(
      checks,
      {
          must("multipart.create.headers",
               "Creating an upload answers XML, with the encryption among its headers",
               source + " (create-multipart)", {1}, create),
          must("multipart.part.headers",
               "A part answers ETag, checksum and encryption, and neither body nor Content-Type",
               source + " (upload-part)", {2, 65}, part),
          must("multipart.complete.headers", "Completing answers XML with the object's URL",
               source + " (complete-multipart)", {3, 4}, complete),
          must("multipart.list-parts.each-its-own",
               "Each part is listed with its own number, ETag, size and time",
               source + " (list-part-after-upload)", {5, 15}, list_parts),
          must("multipart.list-uploads.each-its-own",
               "Each upload is listed with its own class, algorithm and time", source + " (list-all-uploads)",
               {3}, list_uploads),
          must("multipart.attributes.headers",
               "The attributes come as XML with the time of the object, and only what was asked for",
               "recording: get-object-attributes", {4, 4}, attributes),
          must("multipart.complete.object-headers",
               "GET and HEAD of an object of parts answer what those of a plain one do",
               source + " (head-multipart-checksum, get-multipart-checksum)", {5, 8}, object),
          error_document(
              "upload-part",
              [](const client::UploadAddress& upload) { return client::upload_part(upload, "1", "data"); }),
          error_document("complete",
                         [](const client::UploadAddress& upload) {
                           // With a part: whether a list may be empty is another question.
                           return client::complete_multipart_upload(
                               upload, std::vector<client::ListedPart>{
                                           {"1", "\"8d777f385d3dfec8815d20f7496026dc\"", {}}});
                         }),
          error_document(
              "abort",
              [](const client::UploadAddress& upload) { return client::abort_multipart_upload(upload); }),
          error_document("list-parts",
                         [](const client::UploadAddress& upload) { return client::list_parts(upload); }),
          document_form("create", "CreateMultipartUpload", "InitiateMultipartUploadResult",
                        [](CheckContext& c) { return client::create_multipart_upload(c.bucket(), c.key()); },
                        {1}),
          document_form("list-parts", "ListParts", "ListPartsResult",
                        [](CheckContext& c) { return client::list_parts(c.create()); }, {2}),
          document_form("list-uploads", "ListMultipartUploads", "ListMultipartUploadsResult",
                        [](CheckContext& c) {
                          auto request = client::list_multipart_uploads(c.bucket());
                          request.parameter("prefix", c.prefix());
                          return request;
                        },
                        {1}),
          document_form("complete", "CompleteMultipartUpload", "CompleteMultipartUploadResult",
                        [](CheckContext& c) {
                          const auto upload = c.create();
                          return client::complete_multipart_upload(upload,
                                                                   std::vector{c.part(upload, 1, "data")});
                        },
                        {3, 4}),
          bad_number("list-parts", "max-parts", "negative", "-1"),
          bad_number("list-parts", "part-number-marker", "negative", "-1"),
          bad_number("list-parts", "part-number-marker", "word", "one"),
          bad_number("list-uploads", "max-uploads", "negative", "-1"),
          bad_number("list-uploads", "max-uploads", "word", "many"),
          bad_number("list-uploads", "max-uploads", "huge", "99999999999"),
          bad_number("list-parts", "max-parts", "huge", "99999999999"),
          must("multipart.list-parts.max-parts-1001",
               "No page has more than 1,000 parts, and MaxParts says so", "S3 API: ListParts (max-parts)",
               {2}, more_parts_than_a_page),
          must("multipart.list-uploads.max-uploads-1001",
               "No page has more than 1,000 uploads, and MaxUploads says so", api_uploads + " (max-uploads)",
               {1}, more_uploads_than_a_page),
          should("multipart.list-uploads.upload-id-marker-alone",
                 "Without a key-marker the upload-id-marker is ignored, and not shown",
                 "recording: list-uploads-key-and-upload-id-markers (list-multiparts-next-upload-only)", {2},
                 upload_marker_alone),
          should("multipart.list-uploads.pages-of-groups",
                 "A page may end in a common prefix; the prefix as key-marker goes on",
                 "recording: list-uploads-delimiter-markers; S3 API: ListMultipartUploads (NextKeyMarker)",
                 {6}, pages_of_groups),
          should("multipart.list-uploads.marker-within-a-group",
                 "A key-marker within a common prefix passes the whole prefix over",
                 "recording: list-uploads-delimiter-markers (list-multiparts-manual-first-file)", {4},
                 marker_within_a_group),
          should("multipart.list-uploads.foreign-marker",
                 "An upload-id-marker of another key is InvalidArgument",
                 "recording: list-uploads-key-and-upload-id-markers (list-multiparts-wrong-id-for-key)", {3},
                 foreign_upload_marker),
          must("multipart.list-uploads.missing-bucket", "Uploads of a missing bucket are NoSuchBucket",
               api_uploads + " (NoSuchBucket)", {1}, uploads_of_a_missing_bucket),
          should("multipart.list-uploads.encoding-type-unknown", "Another encoding-type is InvalidArgument",
                 api_uploads + " (encoding-type)", {1}, uploads_unknown_encoding),
          storage_class("STANDARD_IA", "standard-ia"),
          storage_class("ONEZONE_IA", "onezone-ia"),
          storage_class("INTELLIGENT_TIERING", "intelligent-tiering"),
          storage_class("GLACIER_IR", "glacier-ir"),
          storage_class("REDUCED_REDUNDANCY", "reduced-redundancy"),
          storage_class("GLACIER", "glacier"),
          storage_class("DEEP_ARCHIVE", "deep-archive"),
      });
}

}  // namespace partsmith::conformance::checks
