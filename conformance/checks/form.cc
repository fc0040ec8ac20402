/// POST forms: how they are signed, and what becomes of their fields.

#include <partsmith/protocol/uri.h>

#include "checks/making.h"
#include "checks/post_form.h"
#include "checks/tags.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view api = "S3 API: Browser-Based Uploads Using POST";
constexpr std::string_view url = "http://localhost.test/random";

void taken(CheckContext& c, FormSignature signature) {
  auto form = abcdef(c);
  form.signature = signature;
  post(c, form).status(204).no_decoration("Content-Type").body("");
  expect_abcdef(c);
}

void answer(CheckContext& c) {
  auto posted = post(c, abcdef(c));
  const auto location = posted.header_value("Location");
  posted.status(204)
      .header("ETag", abcdef_etag)
      .expect(location.starts_with("http"), "a Location, the URL of the object",
              location.empty() ? "no Location" : location, {"header fits", "Location", "http*"});
}

void checksum(CheckContext& c) {
  post(c, abcdef(c)).status(204);
  c.send(with_checksums(c.get()))
      .status(200)
      .header("Content-Type", "binary/octet-stream")
      .header("x-amz-checksum-crc64nvme", "Pact6XRTYyA=")
      .header("x-amz-checksum-type", "FULL_OBJECT");
}

void cut_policy(CheckContext& c, FormSignature signature) {
  auto form = abcdef(c);
  form.signature = signature;
  form.policy_cut = 2;
  const auto signed_form = sign(c, form);
  auto answer = c.send(signed_form.request);
  skip_where_missing(c, answer, "POST forms");
  if (signature == FormSignature::v2) skip_where_v2_is_refused(c, answer);
  answer.error(403, "SignatureDoesNotMatch")
      .field("AWSAccessKeyId", c.client().options().credentials.access_key)
      .field("StringToSign", signed_form.policy)
      .field("SignatureProvided", signed_form.signature)
      .has_element("StringToSignBytes");
  c.send(c.get()).error(404, "NoSuchKey");
}

void without_signature(CheckContext& c, FormSignature signature) {
  auto form = abcdef(c);
  form.signature = signature;
  form.left_out = signature == FormSignature::v2 ? "signature" : "x-amz-signature";
  const std::string name = signature == FormSignature::v2 ? "Signature" : "X-Amz-Signature";
  post(c, form)
      .error(400, "InvalidArgument")
      .message("Bucket POST must contain a field named '" + name +
               "'.  If it is specified, please check the order of the fields.")
      .field("ArgumentName", name)
      .field("ArgumentValue", "");
  c.send(c.get()).error(404, "NoSuchKey");
}

void tags(CheckContext& c, const std::string& document, const Tags& expected) {
  auto form = abcdef(c);
  form.field("tagging", document);
  post(c, form).status(204);
  expect_tags(c, "object", expected);
}

void tags_no_xml(CheckContext& c) {
  auto form = abcdef(c);
  form.field("tagging", "not-xml");
  post(c, form).error(400, "MalformedXML");
  c.send(c.get()).error(404, "NoSuchKey");
}

void metadata(CheckContext& c) {
  auto form = with_metadata(c);
  for (const auto& [name, value] : std::exchange(form.fields, {})) form.field(name, value);
  post(c, form).status(204);
  expect_metadata(c, form);
}

void metadata_not_ascii(CheckContext& c) {
  const std::string safe =
      "! \"#$%&'()*+,-./"
      "0123456789:;<>'?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  PostForm form{.key = c.key("test_unicode—_file.pdf"), .file = "test-body-tagging"};
  form.field("Content-Disposition", "filename=\"test_—_file%E2%80%94_é_2-.pdf\"")
      .field("Cache-Control", "non-ascii-%E2%80%94_—_é_")
      .field("x-amz-meta-nonascii", "ÄMÄZÕÑ S3")
      .field("x-amz-meta-nonascii-2", "test_—_file%E2%80%94_é_2👑.pdf")
      .field("x-amz-meta-safe-chars", safe)
      .field("x-amz-meta-utf-8", std::string("\0\1\2\3\4", 5))
      .field("x-amz-meta-q-encoded", "=?UTF-8?Q?actually-ascii?=")
      .field("x-amz-meta-b-encoded", "=?UTF-8?B?YWJj?=")
      .field("success_action_status", "201");
  auto posted = post(c, form);
  // Slashes in keys may be encoded or not: the recorded one has none.
  const auto name = protocol::uri_encode("test_unicode—_file.pdf", protocol::Slash::encode);
  posted.status(201).document("PostResponse");
  for (const bool of_header : {true, false}) {
    const auto location = of_header ? posted.header_value("Location") : posted.text("Location");
    posted.expect(location.ends_with(name), "a Location, header and element, that ends with " + name,
                  location.empty() ? "no Location" : location,
                  {of_header ? "header fits" : "element fits", "Location", '*' + name});
  }
  posted.element("Bucket", c.bucket())
      .element("Key", c.key("test_unicode—_file.pdf"))
      .element("ETag", "\"a7d8531d918474360de3e2eaeb110cda\"");
  c.send(c.head("test_unicode—_file.pdf"))
      .status(200)
      .header("Cache-Control", "non-ascii-%E2%80%94_ _\xe9_")
      .header("Content-Disposition", "filename=\"test_ _file%E2%80%94_\xe9_2-.pdf\"")
      .header("x-amz-meta-nonascii", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=")
      .header("x-amz-meta-nonascii-2",
              "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=F0=9F=91=91.pdf?=")
      .header("x-amz-meta-safe-chars", safe)
      .header("x-amz-meta-utf-8", "=?UTF-8?B?AAECAwQ=?=")
      .header("x-amz-meta-q-encoded", "=?UTF-8?Q?actually-ascii?=")
      .header("x-amz-meta-b-encoded", "=?UTF-8?B?YWJj?=");
}

void file_without_name(CheckContext& c) {
  PostForm form{.key = c.key(), .file = "test-body-file-as-field", .filename = std::nullopt};
  post(c, form).status(204);
  form.key = c.key("file-as-field-${filename}");
  form.file = "test-body-file-as-field-filename-replacement";
  post(c, form).status(204);
  c.send(listing(c))
      .status(200)
      .elements("Contents", 2)
      .element("Contents[1]/Key", c.key("file-as-field-${filename}"))
      .element("Contents[1]/ETag", "\"31ac3a102af06a3d79f0172d01158b49\"")
      .element("Contents[1]/ChecksumAlgorithm", "CRC64NVME")
      .element("Contents[2]/Key", c.key())
      .element("Contents[2]/ETag", "\"518feee9a33977e5047cda470999729a\"");
}

void file_name_in_key(CheckContext& c) {
  auto form = abcdef(c);
  form.key = c.key("${filename}");
  form.filename = "object";
  c.touches(c.key());
  post(c, form).status(204);
  expect_abcdef(c);
}

void status(CheckContext& c, const std::string& wanted) {
  auto form = abcdef(c);
  form.field("success_action_status", wanted);
  auto answer = post(c, form);
  if (wanted == "201") {
    answer.status(201)
        .document("PostResponse")
        .element("Bucket", c.bucket())
        .element("Key", c.key())
        .element("ETag", abcdef_etag)
        .has_element("Location");
  } else {
    answer.status(wanted == "200" ? 200 : 204).body("");
  }
  expect_abcdef(c);
}

void redirect_tells(CheckContext& c) {
  auto answer = post(c, redirected(c, url, condition("eq", "$success_action_redirect", url)));
  const auto location = answer.header_value("Location");
  const auto has = [&](const std::string& piece) {
    answer.expect(location.find(piece) != std::string::npos, "a Location with " + piece,
                  location.empty() ? "no Location" : location,
                  {"header fits", "Location", '*' + piece + '*'});
  };
  answer.status(303);
  has("bucket=" + c.bucket());
  has("key=" + protocol::uri_encode(c.key(), protocol::Slash::encode));
  has("etag=%22e80b5017098950fc58aad83c8c14978e%22");
}

std::vector<Check> of_tags() {
  const std::string one = "<Tag><Key>TagName</Key><Value>TagValue</Value></Tag>";
  const std::string two = "<Tag><Key>TagName2</Key><Value>TagValue2</Value></Tag>";
  const auto tag_set = [](const std::string& inner) {
    return "<Tagging><TagSet>" + inner + "</TagSet></Tagging>";
  };
  const std::vector<Need> needs{Need::post_forms, Need::tagging};
  return {
      must(
          "object.form.tags-single", "A form's tag becomes the object's", "recording: post-tagging-single",
          {2, 6}, [=](CheckContext& c) { tags(c, tag_set(one), {{"TagName", "TagValue"}}); }, needs),
      must(
          "object.form.tags-list", "A form may have several tags", "recording: post-tagging-list", {2, 6},
          [=](CheckContext& c) {
            tags(c, tag_set(one + two), {{"TagName", "TagValue"}, {"TagName2", "TagValue2"}});
          },
          needs),
      quirk(
          "object.form.tags-other-document", "Tags in another document are taken for none",
          "recording: post-tagging-invalid", {2, 6},
          [](CheckContext& c) { tags(c, "<InvalidXmlTagging></InvalidXmlTagging>", {}); }, needs),
      should("object.form.tags-no-xml", "Tags that are no XML are MalformedXML, and no object is made",
             "recording: post-tagging-notxml", {2, 6}, tags_no_xml, needs),
  };
}

}  // namespace

void add_form(std::vector<Check>& checks) {
  const std::string source(api);
  const std::vector<Need> needs{Need::post_forms};
  add_all(
      checks,
      {
          must(
              "object.form.taken", "A form signed by Signature Version 4 is taken: 204 without Content-Type",
              "recording: post-with-session-token", {2, 12},
              [](CheckContext& c) { taken(c, FormSignature::v4); }, needs),
          should(
              "object.form-v2.taken", "So is one signed by version 2",
              "recording: post-policy-eq (post-metadata)", {2, 12},
              [](CheckContext& c) { taken(c, FormSignature::v2); }, needs),
          must("object.form.answer", "The answer tells ETag and Location",
               source + ": POST Object (Response headers)", {1, 6}, answer, needs),
          must("object.form.checksum",
               "An object of a form gets CRC64NVME, and no other type than binary/octet-stream",
               "recording: post-policy-eq (final-object); post-policy-starts-with (get-object-1)", {2, 12},
               checksum, needs),
          must(
              "object.form.policy-cut",
              "A policy that isn't the one signed is SignatureDoesNotMatch, which repeats it",
              "recording: post-policy-malformed-sigv4", {2, 6},
              [](CheckContext& c) { cut_policy(c, FormSignature::v4); }, needs),
          should(
              "object.form-v2.policy-cut", "So it is with version 2",
              "recording: post-policy-malformed-sigv2", {2, 6},
              [](CheckContext& c) { cut_policy(c, FormSignature::v2); }, needs),
          must(
              "object.form.no-signature", "A form without its signature is InvalidArgument, naming the field",
              "recording: post-missing-signature-sigv4", {2, 6},
              [](CheckContext& c) { without_signature(c, FormSignature::v4); }, needs),
          should(
              "object.form-v2.no-signature", "So it is with version 2, whose field has another name",
              "recording: post-missing-signature-sigv2", {2, 6},
              [](CheckContext& c) { without_signature(c, FormSignature::v2); }, needs),
          must("object.form.metadata", "A form has metadata, with names in any letter case",
               "recording: post-metadata", {2, 6}, metadata, needs),
          should("object.form.metadata-not-ascii",
                 "What no Latin-1 header can say becomes a space, user metadata an encoded word; 201 has a "
                 "document",
                 "recording: post-non-ascii-metadata", {2, 17}, metadata_not_ascii, needs),
          must("object.form.file-without-name", "A file needs no name; ${filename} stays as it is then",
               "recording: post-file-without-filename", {3, 67}, file_without_name, needs),
          must("object.form.file-name", "${filename} in the key is the name of the file",
               source + ": HTML Form Fields (key)", {2, 12}, file_name_in_key, needs),
          must("object.form.redirect", "The redirection tells bucket, key and ETag",
               source + ": HTML Form Fields (success_action_redirect)", {1, 6}, redirect_tells, needs),
      });
  for (const auto* wanted : {"200", "201", "204", "404"}) {
    const std::string number(wanted);
    checks.push_back(must(
        "object.form.status-" + number,
        "success_action_status " + number + (number == "404" ? " means 204" : " is obeyed"),
        source + ": HTML Form Fields (success_action_status)" +
            (number == "201" ? "; recording: post-success-status-201" : ""),
        {2, 12}, [number](CheckContext& c) { status(c, number); }, needs));
  }
  add_all(checks, of_tags());
}

}  // namespace partsmith::conformance::checks
