/// What was signed may not be changed, sent late, or used for anything else: asked of parts, documents and
/// metadata, where one operation may look and another not.

#include "checks/again.h"
#include "checks/signing.h"
#include "checks/tags.h"

namespace partsmith::conformance::checks {
namespace {

using client::Signing;
using Prepare = std::function<client::S3Request(CheckContext&)>;

constexpr std::string_view query_api =
    "S3 API: Authenticating requests: Using query parameters; recording: "
    "presigned-wrong-signature-sigv4-path-style (of GetObject)";
constexpr std::string_view header_api = "S3 API: Authenticating requests, Authorization header";

void replace_in_target(client::HttpRequest& request, const std::string& from, const std::string& to) {
  const auto at = request.target.find(from);
  if (at == std::string::npos) throw std::logic_error("nothing to replace in a prepared request");
  request.target.replace(at, from.size(), to);
}

client::S3Request presigned(client::S3Request request) {
  request.signing = Signing::presigned;
  return request;
}

client::UploadAddress open_upload(const CheckContext& c) {
  return c.uploads().back();
}

void no_parts(CheckContext& c) {
  c.send(client::list_parts(open_upload(c))).status(200).elements("Part", 0);
}

/// A part's URL, signed for number 1, asked with another.
void other_number(CheckContext& c, Signing signing) {
  auto request = client::upload_part(c.create(), "1", "data");
  request.signing = signing;
  auto prepared = c.client().prepare(request);
  replace_in_target(prepared, "partNumber=1", "partNumber=2");
  c.send(prepared, request.key).error(403, "SignatureDoesNotMatch");
  no_parts(c);
}

/// So with the upload's ID: signed for one upload, asked of another of the key.
void other_upload(CheckContext& c, Signing signing) {
  const auto signed_for = c.create();
  const auto other = c.create();
  auto request = client::upload_part(signed_for, "1", "data");
  request.signing = signing;
  auto prepared = c.client().prepare(request);
  replace_in_target(prepared, signed_for.upload_id, other.upload_id);
  c.send(prepared, request.key).error(403, "SignatureDoesNotMatch");
  no_parts(c);
}

/// A URL for GET in the hands of who sends something else.
void other_method(CheckContext& c, const std::string& method) {
  c.put("object", "data");
  auto prepared = c.client().prepare(presigned(c.get()));
  prepared.method = method;
  if (method == "PUT") prepared.body = std::string("other");
  auto answer = c.send(prepared, c.key());
  if (method == "HEAD") {
    answer.status(403);
  } else {
    answer.error(403, "SignatureDoesNotMatch");
  }
  c.send(c.get()).status(200).body("data");
}

/// A URL for a part is none for the upload's end.
void part_url_for_abort(CheckContext& c) {
  const auto upload = c.create();
  auto prepared = c.client().prepare(presigned(client::upload_part(upload, "1", "")));
  prepared.method = "DELETE";
  c.send(prepared, upload.key).error(403, "SignatureDoesNotMatch");
  c.send(client::list_parts(upload)).status(200);
}

void valid_too_long(CheckContext& c, const Prepare& prepare) {
  auto request = presigned(prepare(c));
  request.presigned_seconds = 604'801;
  c.send(request).error(400, "AuthorizationQueryParametersError");
}

void valid_for_a_week(CheckContext& c) {
  auto request = presigned(client::upload_part(c.create(), "1", "data"));
  request.presigned_seconds = 604'800;
  c.send(request).status(200).header("ETag", "\"8d777f385d3dfec8815d20f7496026dc\"");
}

/// Signed for one body, sent with another of the same length.
void other_body(CheckContext& c, const client::S3Request& request, std::string body) {
  auto prepared = c.client().prepare(request);
  prepared.body = std::move(body);
  c.send(prepared, request.key).error(400, "XAmzContentSHA256Mismatch");
}

void other_completion(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  auto document = client::completion_document(std::vector{part});
  auto request = client::complete_multipart_upload(upload, std::vector{part});
  const auto at = document.find("<PartNumber>1<");
  document.replace(at, 14, "<PartNumber>2<");
  other_body(c, request, document);
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

void other_second_part(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  other_body(c, client::upload_part(upload, "2", "data"), "atad");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

/// Two hours behind the endpoint's clock.
void late(CheckContext& c, const Prepare& prepare) {
  auto request = prepare(c);
  const auto body = request.body.text() != nullptr ? *request.body.text() : std::string();
  request.signing = Signing::anonymous;
  auto prepared = c.client().prepare(request);
  const auto& options = c.client().options();
  const auto hash = to_hex(sha256(as_bytes(body)));
  protocol::sigv4::sign(prepared.headers, request.method, prepared.target, hash, options.credentials,
                        options.region, SystemClock().now() - std::chrono::hours(2));
  c.send(prepared, request.key).error(403, "RequestTimeTooSkewed");
}

void unsigned_metadata(CheckContext& c, const Prepare& prepare) {
  const auto request = prepare(c);
  auto prepared = c.client().prepare(request);
  prepared.headers.add("x-amz-meta-colour", "blue");
  c.send(prepared, request.key).error(403, "AccessDenied").field("HeadersNotSigned", "x-amz-meta-colour");
}

client::S3Request new_part(CheckContext& c) {
  return client::upload_part(c.create(), "1", "data");
}
client::S3Request new_upload(CheckContext& c) {
  return client::create_multipart_upload(c.bucket(), c.key());
}
client::S3Request new_completion(CheckContext& c) {
  const auto upload = c.create();
  return client::complete_multipart_upload(upload, std::vector{c.part(upload, 1, "data")});
}
client::S3Request new_object(CheckContext& c) {
  return putting(c, "object", "data");
}

Check late_check(std::string id, const std::string& operation, std::uint64_t requests, Prepare prepare) {
  return must(std::move(id), operation + " signed two hours ago is RequestTimeTooSkewed",
              "S3 API: Error responses (RequestTimeTooSkewed)", {requests, 16},
              [prepare = std::move(prepare)](CheckContext& c) { late(c, prepare); });
}

}  // namespace

void add_signed_again(std::vector<Check>& checks) {
  const std::string query(query_api);
  const std::string header(header_api);
  const std::string mismatch = "S3 API: Error responses (XAmzContentSHA256Mismatch)";
  const std::string too_long = "S3 API: Authenticating requests: Using query parameters (X-Amz-Expires)";
  const std::string not_signed =
      "inferred: recording: presigned-put-other-headers-sigv4 (by a URL); S3 API: Authenticating requests, "
      "Authorization header (SignedHeaders)";
  add_all(
      checks,
      {
          must("multipart.signed-for-another.number", "A part's number is signed in its header, too", header,
               {3, 4}, [](CheckContext& c) { other_number(c, Signing::header); }),
          must("multipart.signed-for-another.upload", "So is its upload's ID", header, {4, 4},
               [](CheckContext& c) { other_upload(c, Signing::header); }),
          must("multipart.signed-for-another.presigned-upload",
               "A URL presigned for one upload is of no use for another of the key", query, {4, 4},
               [](CheckContext& c) { other_upload(c, Signing::presigned); }),
          must("multipart.signed-for-another.presigned-abort", "A part's URL doesn't abort its upload", query,
               {3}, part_url_for_abort),
          must("object.presigned.get-is-no-head", "A URL presigned for GET is of no use for HEAD", query,
               {3, 12}, [](CheckContext& c) { other_method(c, "HEAD"); }),
          must("object.presigned.get-is-no-put", "Nor for PUT", query, {3, 16},
               [](CheckContext& c) { other_method(c, "PUT"); }),
          should("multipart.part.presigned-valid-too-long", "A part's URL is valid for a week at most",
                 too_long, {2, 4}, [](CheckContext& c) { valid_too_long(c, new_part); }),
          should("object.presigned.put-valid-too-long", "So is that of a put", too_long, {1, 4},
                 [](CheckContext& c) { valid_too_long(c, new_object); }),
          must("multipart.part.presigned-for-a-week",
               "A URL that is valid for exactly a week is none too many", too_long, {2, 4}, valid_for_a_week),
          must("multipart.part.sha256-wrong-of-second", "The second part's body is that which was signed",
               mismatch, {4, 12}, other_second_part),
          must("multipart.complete.sha256-wrong", "So is the list of parts", mismatch, {4, 8},
               other_completion),
          late_check("multipart.signature.late-part", "UploadPart", 2, new_part),
          late_check("multipart.signature.late-create", "CreateMultipartUpload", 1, new_upload),
          late_check("multipart.signature.late-complete", "CompleteMultipartUpload", 3, new_completion),
          late_check("object.signature.late-put", "PutObject", 1, new_object),
          late_check("object.signature.late-list", "ListObjectsV2", 1,
                     [](CheckContext& c) { return listing(c); }),
          should("object.signature.metadata-not-signed",
                 "Metadata that is added to a signed put is AccessDenied", not_signed, {1, 4},
                 [](CheckContext& c) { unsigned_metadata(c, new_object); }),
          should("multipart.signature.metadata-not-signed", "So it is to a signed Create", not_signed, {1},
                 [](CheckContext& c) { unsigned_metadata(c, new_upload); }),
      });
}

}  // namespace partsmith::conformance::checks
