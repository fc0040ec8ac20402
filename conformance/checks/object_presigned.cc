/// Presigned URLs of objects, of Signature Version 4 and 2.

#include <partsmith/protocol/sigv2.h>
#include <partsmith/protocol/uri.h>

#include "checks/signing.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view mismatch_message =
    "The request signature we calculated does not match the signature you provided. Check your key and "
    "signing method.";

client::S3Request presigned(client::S3Request request) {
  request.signing = client::Signing::presigned;
  return request;
}

/// Signed with version 2. Path style only: the runner addresses so by default.
client::HttpRequest signed_v2(CheckContext& c, const client::S3Request& request, std::chrono::seconds valid) {
  auto unsigned_request = request;
  unsigned_request.signing = client::Signing::anonymous;
  auto prepared = c.client().prepare(unsigned_request);
  const auto& credentials = c.client().options().credentials;
  const auto expires = std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>((SystemClock().now() + valid).time_since_epoch())
          .count());
  const auto parts = protocol::split_target(prepared.target);
  const auto query = *protocol::Query::parse(parts.query);
  const bool in_host = parts.path.find(c.bucket()) == std::string_view::npos;
  const auto text =
      protocol::sigv2::string_to_sign({.method = request.method,
                                       .path = parts.path,
                                       .bucket = in_host ? std::string_view(c.bucket()) : std::string_view(),
                                       .query = query,
                                       .headers = prepared.headers,
                                       .date_text = expires});
  const auto signature = protocol::sigv2::signature(credentials.secret_key, text);
  prepared.target +=
      (parts.query.empty() ? '?' : '&') +
      ("AWSAccessKeyId=" + protocol::uri_encode(credentials.access_key, protocol::Slash::encode) +
       "&Signature=" + protocol::uri_encode(signature, protocol::Slash::encode) + "&Expires=" + expires);
  return prepared;
}

/// The bytes of a text as S3 shows them: "41 57 53".
std::string spaced_hex(std::string_view text) {
  std::string result;
  for (const char c : text) result += (result.empty() ? "" : " ") + to_hex(as_bytes(std::string_view(&c, 1)));
  return result;
}

void expect_mismatch(Answer answer) {
  answer.error(403, "SignatureDoesNotMatch").message(mismatch_message);
}

/// What helps whoever signs; clients go by the code.
void expect_what_was_signed(CheckContext& c, Answer answer) {
  answer.error(403, "SignatureDoesNotMatch")
      .element("AWSAccessKeyId", c.client().options().credentials.access_key)
      .has_element("SignatureProvided")
      .has_element("StringToSign");
  for (const std::string name : {"StringToSign", "CanonicalRequest"}) {
    if (const auto text = answer.text(name); !text.empty()) answer.element(name + "Bytes", spaced_hex(text));
  }
}

void get(CheckContext& c) {
  c.put("temp.txt", "123");
  c.send(presigned(c.get("temp.txt"))).status(200).no_header("x-amz-checksum-crc64nvme").body("123");
}

void put(CheckContext& c) {
  c.send(presigned(putting(c, "my-key", "something"))).status(200).body("");
  c.send(with_checksums(c.get("my-key")))
      .status(200)
      .header("ETag", "\"437b930db84b8079c2dd804a71936b5f\"")
      .header("x-amz-checksum-crc64nvme", "1BGd19PD4OU=")
      .body("something");
}

void deletes(CheckContext& c) {
  c.put("object", "123");
  c.send(presigned(deleting(c))).status(204);
  c.send(c.get()).error(404, "NoSuchKey");
}

void copy(CheckContext& c) {
  c.put("src", "something");
  c.send(presigned(copying(c, "dest", source_of(c, "src"))))
      .status(200)
      .element("ETag", "\"437b930db84b8079c2dd804a71936b5f\"");
}

void overrides(CheckContext& c) {
  c.put("object", "123");
  auto request = presigned(c.get());
  request.parameter("response-content-type", "text/plain");
  c.send(request).status(200).header("Content-Type", "text/plain").body("123");
}

void override_beyond_latin_1(CheckContext& c) {
  c.put("object", "");
  auto request = presigned(c.get());
  request.parameter("response-cache-control", "non-ascii-\xE2\x80\x94");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Header value cannot be represented using ISO-8859-1.")
      .field("ArgumentName", "response-cache-control")
      .field("ArgumentValue", "non-ascii-\xE2\x80\x94");
}

/// A condition that stands in the signed query counts as one in a header.
void condition_in_query(CheckContext& c, const std::string& name, const std::string& value) {
  c.put("object", "test");
  auto request = presigned(putting(c, "object", "again"));
  request.parameter(name, value);
  c.send(request).error(412, "PreconditionFailed");
  c.send(c.get()).status(200).body("test");
}

void other_method(CheckContext& c) {
  c.put("object", "123");
  auto prepared = c.client().prepare(presigned(c.get()));
  prepared.method = "DELETE";
  expect_mismatch(c.send(prepared, c.key()));
  c.send(c.get()).status(200).body("123");
}

void other_key(CheckContext& c) {
  c.put("one", "1");
  c.put("two", "2");
  auto prepared = c.client().prepare(presigned(c.get("one")));
  prepared.target.replace(prepared.target.find("/one?"), 5, "/two?");
  c.send(prepared)
      .error(403, "SignatureDoesNotMatch")
      .message(mismatch_message)
      .has_element("CanonicalRequest")
      .has_element("CanonicalRequestBytes");
}

void signed_header_left_out(CheckContext& c) {
  auto prepared =
      c.client().prepare(presigned(putting(c, "object", "data").header("Content-Encoding", "identity")));
  prepared.headers.set("Content-Encoding", "gzip");
  c.send(prepared, c.key()).error(403, "SignatureDoesNotMatch");
}

void unsigned_amz_header(CheckContext& c) {
  auto prepared = c.client().prepare(presigned(putting(c, "object", "data")));
  prepared.headers.add("x-amz-meta-colour", "blue");
  c.send(prepared, c.key())
      .error(403, "AccessDenied")
      .message("There were headers present in the request which were not signed")
      .field("HeadersNotSigned", "x-amz-meta-colour");
}

/// Headers of a body that is sent in chunks, where nobody signed them.
void unsigned_chunks(CheckContext& c) {
  auto prepared = c.client().prepare(presigned(putting(c, "object", "test")));
  prepared.headers.set("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  prepared.headers.set("x-amz-date", "20211122T191045Z");
  prepared.headers.set("x-amz-decoded-content-length", "test");
  c.send(prepared, c.key())
      .error(403, "AccessDenied")
      .message("There were headers present in the request which were not signed")
      .field("HeadersNotSigned", "x-amz-date, x-amz-decoded-content-length");
}

void unsigned_type(CheckContext& c) {
  auto prepared = c.client().prepare(presigned(putting(c, "object", "data")));
  prepared.headers.add("Content-Type", "text/xml");
  c.send(prepared, c.key()).status(200);
  c.send(c.head()).status(200).header("Content-Type", "text/xml");
}

void expired(CheckContext& c) {
  c.put("object", "123");
  c.send(signed_long_ago(c, c.get(), std::chrono::seconds(60), 2))
      .error(403, "AccessDenied")
      .message("Request has expired")
      .field("X-Amz-Expires", "2")
      .has_element("Expires")
      .has_element("ServerTime");
}

void still_valid(CheckContext& c) {
  c.put("object", "123");
  c.send(signed_long_ago(c, c.get(), std::chrono::seconds(3600), 7200)).status(200).body("123");
}

void valid_too_long(CheckContext& c) {
  c.put("object", "123");
  auto request = presigned(c.get());
  request.presigned_seconds = 604'801;
  c.send(request).error(400, "AuthorizationQueryParametersError");
}

void credential_encoded_twice(CheckContext& c) {
  c.put("foo-key", "foobar");
  auto prepared = c.client().prepare(presigned(c.get("foo-key")));
  for (auto at = prepared.target.find("%2F"); at != std::string::npos;
       at = prepared.target.find("%2F", at + 5)) {
    prepared.target.replace(at, 3, "%252F");
  }
  c.send(prepared)
      .error(400, "AuthorizationQueryParametersError")
      .message(
          "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
          "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
}

void metadata_in_query(CheckContext& c) {
  auto request = presigned(putting(c, "temp.txt", "123456"));
  request.parameter("x-amz-meta-foo", "bar-complicated-no-random")
      .parameter("x-amz-checksum-crc32", "AAAAAA==");
  c.send(request).status(200);
  c.send(with_checksums(c.head("temp.txt")))
      .status(200)
      .header("ETag", "\"e10adc3949ba59abbe56e057f20f883e\"")
      .header("x-amz-meta-foo", "bar-complicated-no-random")
      .header("x-amz-checksum-crc64nvme", "CVmbZh4IWzA=")
      .no_header("x-amz-checksum-crc32");
}

Answer send_v2(CheckContext& c, const client::HttpRequest& request, std::string_view key = {}) {
  auto answer = c.send(request, key);
  skip_where_v2_is_refused(c, answer);
  return answer;
}

void v2_get(CheckContext& c) {
  c.put("object", "something");
  send_v2(c, signed_v2(c, c.get(), std::chrono::seconds(60))).status(200).body("something");
}

void v2_metadata(CheckContext& c) {
  auto request = putting(c, "key-by-hostname", "content 123");
  request.header("x-amz-meta-foo", "bar");
  auto prepared = signed_v2(c, request, std::chrono::seconds(60));
  send_v2(c, prepared, c.key("key-by-hostname")).status(200).body("");
  c.send(c.head("key-by-hostname"))
      .status(200)
      .header("ETag", "\"0d9fa06a66933b40f615f530e59edd6b\"")
      .header("x-amz-meta-foo", "bar");
  prepared.headers.add("x-amz-meta-wrong", "wrong");
  expect_mismatch(send_v2(c, prepared, c.key("key-by-hostname")));
}

void v2_metadata_not_ascii(CheckContext& c) {
  auto request = putting(c, "key-non-ascii", "");
  request.parameter("x-amz-meta-foo", "non-ascii-%E2%80%94_—_é_");
  send_v2(c, signed_v2(c, request, std::chrono::seconds(60)), c.key("key-non-ascii")).status(200);
  c.send(c.head("key-non-ascii"))
      .status(200)
      .header("x-amz-meta-foo", "=?UTF-8?Q?non-ascii-%E2%80%94=5F=E2=80=94=5F=C3=A9=5F?=");
}

void v2_expired(CheckContext& c) {
  c.put("object", "something");
  send_v2(c, signed_v2(c, c.get(), std::chrono::seconds(-5)))
      .error(403, "AccessDenied")
      .message("Request has expired")
      .has_element("Expires")
      .has_element("ServerTime");
}

void v2_wrong_signature(CheckContext& c) {
  c.put("temp.txt", "123");
  auto prepared = signed_v2(c, c.get("temp.txt"), std::chrono::seconds(60));
  prepared.headers.add("Content-Type", "my-fake-content/type");
  expect_mismatch(send_v2(c, prepared));
}

void unknown_key(CheckContext& c) {
  auto prepared = c.client().prepare(c.get());
  auto authorization = std::string(prepared.headers.value("authorization"));
  const auto begin = authorization.find("Credential=") + 11;
  authorization.replace(begin, authorization.find('/', begin) - begin, "AKIAPARTSMITHNOSUCH0");
  prepared.headers.set("Authorization", authorization);
  c.send(prepared)
      .error(403, "InvalidAccessKeyId")
      .message("The AWS Access Key Id you provided does not exist in our records.")
      .field("AWSAccessKeyId", "AKIAPARTSMITHNOSUCH0");
}

void wrong_signature(CheckContext& c) {
  expect_mismatch(c.send(signed_wrongly(c, c.get())));
}

void clock_is_wrong(CheckContext& c) {
  auto unsigned_request = c.get();
  unsigned_request.signing = client::Signing::anonymous;
  auto prepared = c.client().prepare(unsigned_request);
  const auto& options = c.client().options();
  protocol::sigv4::sign(prepared.headers, "GET", prepared.target, protocol::sigv4::empty_sha256,
                        options.credentials, options.region, SystemClock().now() - std::chrono::hours(2));
  c.send(prepared)
      .error(403, "RequestTimeTooSkewed")
      .message("The difference between the request time and the current time is too large.")
      .field("MaxAllowedSkewMilliseconds", "900000")
      .has_element("RequestTime")
      .has_element("ServerTime");
}

}  // namespace

void add_object_presigned(std::vector<Check>& checks) {
  const std::string v4 =
      "recording: presigned-wrong-signature-sigv4-path-style, presigned-wrong-signature-sigv4-virtual-hosted";
  const std::string api = "S3 API: Authenticating requests: Using query parameters";
  add_all(
      checks,
      {
          must("object.presigned.get", "A presigned URL gives the object to anyone",
               "recording: presigned-get-headers-path-style; " + v4, {2, 6}, get),
          must("object.presigned.put", "A presigned URL takes an object from anyone, which gets CRC64NVME",
               "recording: presigned-put", {2, 18}, put),
          must("object.presigned.delete", "A delete can be presigned", v4 + " (delete-ok)", {3, 3}, deletes),
          must("object.presigned.copy", "A copy can be presigned, with its source as a signed header",
               "recording: presigned-copy", {2, 9}, copy),
          must("object.presigned.overrides", "A presigned URL may set headers of the answer",
               v4 + " (get-overrides-ok)", {2, 6}, overrides),
          should("object.presigned.override-beyond-latin-1",
                 "A header of the answer that isn't Latin-1 is InvalidArgument",
                 "recording: presigned-get-response-header-non-latin1", {2}, override_beyond_latin_1),
          should("object.presigned.if-none-match", "If-None-Match in a signed query counts",
                 "recording: presigned-put-if-none-match-in-query", {3, 13},
                 [](CheckContext& c) { condition_in_query(c, "If-None-Match", "*"); }),
          should(
              "object.presigned.if-match", "So does If-Match", "recording: presigned-put-if-match-in-query",
              {3, 13},
              [](CheckContext& c) { condition_in_query(c, "If-Match", "d41d8cd98f00b204e9800998ecf8427e"); }),
          must("object.presigned.other-method", "A URL presigned for GET doesn't delete", v4 + "; " + api,
               {3, 6}, other_method),
          must("object.presigned.other-key", "A URL presigned for one key is of no use for another",
               v4 + " (invalid-get-1); " + api, {3, 2}, other_key),
          must("object.presigned.signed-header-changed", "A signed header may not differ",
               "recording: presigned-put-other-headers-sigv4 (wrong-content-encoding-response)", {1, 4},
               signed_header_left_out),
          must("object.presigned.unsigned-amz-header",
               "An x-amz- header that wasn't signed is AccessDenied, and named",
               "recording: presigned-same-name-in-header-and-query (override-signed-qs)", {1, 4},
               unsigned_amz_header),
          should("object.presigned.unsigned-chunks", "Headers of a chunked body have to be signed",
                 "recording: presigned-put-streaming-headers-sigv4; presigned-put-streaming-headers-sigv2 "
                 "(likewise)",
                 {1, 4}, unsigned_chunks),
          should("object.presigned.unsigned-type", "A Content-Type that wasn't signed may be added",
                 "recording: presigned-put-other-headers-sigv4 (content-type-response)", {2, 4},
                 unsigned_type),
          must("object.presigned.expired", "A URL past its time is AccessDenied, telling the times",
               "recording: presigned-expired-sigv4", {2, 3}, expired),
          must("object.presigned.still-valid", "A URL made an hour ago works until its time is over",
               "recording: presigned-expired-sigv4 (get-again)", {2, 6}, still_valid),
          should("object.presigned.valid-too-long", "A URL may not be valid for more than a week",
                 api + " (X-Amz-Expires)", {2, 3}, valid_too_long),
          should("object.presigned.credential-encoded-twice",
                 "A credential encoded twice is AuthorizationQueryParametersError",
                 "recording: presigned-double-encoded-credential", {2, 6}, credential_encoded_twice),
          should("object.presigned.metadata-in-query",
                 "x-amz-meta- in the query is stored, a checksum there is not",
                 "recording: presigned-put-x-amz-in-query", {2, 6}, metadata_in_query),
          should("object.presigned-v2.get", "A URL of Signature Version 2 works",
                 "recording: presigned-expired-sigv2 (get-ok)", {2, 18}, v2_get),
          should("object.presigned-v2.metadata",
                 "Version 2 signs metadata headers; more of them are SignatureDoesNotMatch",
                 "recording: presigned-sigv2-put-metadata-run-1; presigned-sigv2-put-metadata-run-2", {3, 22},
                 v2_metadata),
          should("object.presigned-v2.metadata-not-ascii",
                 "Metadata beyond ASCII in the query comes back as an encoded word",
                 "recording: presigned-put-non-ascii-metadata", {2}, v2_metadata_not_ascii),
          should("object.presigned-v2.expired", "A URL of version 2 past its time is AccessDenied",
                 "recording: presigned-expired-sigv2 (expired-exception)", {2, 9}, v2_expired),
          should("object.presigned-v2.content-type", "Version 2 signs Content-Type, and its absence",
                 "recording: presigned-wrong-signature-sigv2-path-style, "
                 "presigned-wrong-signature-sigv2-virtual-hosted (invalid-get-1); "
                 "presigned-put-other-headers-sigv2",
                 {2, 3}, v2_wrong_signature),
          must("object.signature.unknown-key", "An access key that doesn't exist is InvalidAccessKeyId",
               "S3 API: Error responses (InvalidAccessKeyId)", {1}, unknown_key),
          should("object.signature.wrong-fields", "It tells what S3 signed",
                 v4 + "; S3 API: Error responses (SignatureDoesNotMatch)", {1},
                 [](CheckContext& c) { expect_what_was_signed(c, c.send(signed_wrongly(c, c.get()))); }),
          must("object.signature.wrong", "A wrong signature is SignatureDoesNotMatch",
               v4 + "; S3 API: Error responses (SignatureDoesNotMatch)", {1}, wrong_signature),
          must("object.signature.clock-is-wrong", "A request signed two hours ago is RequestTimeTooSkewed",
               "S3 API: Error responses (RequestTimeTooSkewed)", {1}, clock_is_wrong),
      });
}

}  // namespace partsmith::conformance::checks
