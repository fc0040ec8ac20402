/// Buckets, as far as uploads need them; encryption by KMS.

#include "checks/configuration.h"
#include "run_id.h"

namespace partsmith::conformance::checks {
namespace {

/// A name that nobody has: derived from the check's own bucket.
std::string another(const CheckContext& c) {
  return c.bucket().substr(0, 50) + std::string(second_bucket_suffix);
}

Check bad_location(std::string name, std::string location, std::string recording) {
  return should("bucket.create.location-" + name,
                "In us-east-1 the location '" + location + "' is InvalidLocationConstraint",
                "recording: " + std::move(recording), {1},
                [location](CheckContext& c) {
                  if (!is_us_east_1(c)) c.skip("the endpoint's region isn't us-east-1");
                  c.send(creating_bucket(another(c), location))
                      .error(400, "InvalidLocationConstraint")
                      .message("The specified location-constraint is not valid")
                      .field("LocationConstraint", location);
                },
                {Need::own_bucket});
}

/// Elsewhere the error is another, and has no field.
Check location_elsewhere(std::string location, std::string recording) {
  return should(
      "bucket.create.elsewhere-" + location,
      "Outside us-east-1 the location '" + location + "' is IllegalLocationConstraintException",
      "recording: " + std::move(recording), {1},
      [location](CheckContext& c) {
        if (is_us_east_1(c)) c.skip("the endpoint's region is us-east-1");
        c.send(creating_bucket(another(c), location))
            .error(400, "IllegalLocationConstraintException")
            .message("The " + location +
                     " location constraint is incompatible for the region specific endpoint this request "
                     "was sent to.");
      },
      {Need::own_bucket, Need::other_region});
}

void unknown_ownership(CheckContext& c) {
  auto request = creating_bucket(another(c), location_of_region(c));
  request.header("x-amz-object-ownership", "All");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Invalid x-amz-object-ownership header: All")
      .field("ArgumentName", "x-amz-object-ownership");
}

void empty_location(CheckContext& c) {
  if (!is_us_east_1(c)) c.skip("the endpoint's region isn't us-east-1");
  auto request = creating_bucket(another(c));
  request.body =
      "<CreateBucketConfiguration><LocationConstraint></LocationConstraint></CreateBucketConfiguration>";
  c.send(request)
      .error(400, "InvalidLocationConstraint")
      .message("The specified location-constraint is not valid")
      .field("LocationConstraint", "");
}

/// The bucket's own name is free again, and on its way to be cleaned up.
void create_and_delete(CheckContext& c) {
  c.send(of_bucket("DELETE", c.bucket())).status(204).body("");
  c.send_until(of_bucket("HEAD", c.bucket()), has_status(404)).status(404).body("");
  auto created = c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200));
  if (created.text("Code") == "OperationAborted") c.skip("the name of a deleted bucket isn't free again yet");
  created.status(200).required();
  if (is_us_east_1(c)) created.header("Location", '/' + c.bucket());
  c.send_until(of_bucket("HEAD", c.bucket()), has_status(200)).status(200);
}

void old_name_of_eu_west_1(CheckContext& c) {
  if (c.client().options().region != "eu-west-1") c.skip("the endpoint's region isn't eu-west-1");
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  c.send_until(creating_bucket(c.bucket(), "EU"), has_status(200)).status(200).required();
  auto told = c.send(configuration(c, "location"));
  told.status(200).document("LocationConstraint");
  const auto root = told.answer().document();
  told.expect(root && root->text == "EU", "the location EU", root ? '\'' + root->text + '\'' : "no document",
              {"root text", "", "EU"});
  client::S3Request all;
  all.method = "GET";
  all.parameter("prefix", c.bucket());
  c.send(all)
      .status(200)
      .document("ListAllMyBucketsResult")
      .element("Buckets/Bucket/Name", c.bucket())
      .element("Buckets/Bucket/BucketRegion", "eu-west-1")
      .no_element("Buckets/Bucket[2]");
}

void head(CheckContext& c) {
  auto answer = c.send(of_bucket("HEAD", c.bucket()));
  answer.status(200)
      .header("x-amz-bucket-region", c.client().options().region)
      .decoration("x-amz-access-point-alias", "false")
      .decoration("Content-Type", "application/xml")
      .body("");
}

/// The partition differs: "arn:aws:s3:::name", "arn:aws-cn:s3:::name"…
void arn(CheckContext& c) {
  auto answer = c.send(of_bucket("HEAD", c.bucket()));
  const auto told = answer.header_value("x-amz-bucket-arn");
  answer.status(200).expect(told.starts_with("arn:") && told.ends_with(":s3:::" + c.bucket()),
                            "x-amz-bucket-arn: arn:aws:s3:::" + c.bucket(),
                            told.empty() ? "no x-amz-bucket-arn" : told,
                            {"header fits", "x-amz-bucket-arn", "arn:*:s3:::" + c.bucket()});
}

void head_missing(CheckContext& c) {
  c.send(of_bucket("HEAD", c.missing_bucket())).status(404).body("");
}

void not_empty(CheckContext& c) {
  c.put("object", "data");
  c.send(of_bucket("DELETE", c.bucket()))
      .error(409, "BucketNotEmpty")
      .message("The bucket you tried to delete is not empty");
  c.send(c.get()).status(200).body("data");
}

void existing(CheckContext& c) {
  if (is_us_east_1(c)) {
    c.send(creating_bucket(c.bucket(), "us-west-1"))
        .error(409, "BucketAlreadyOwnedByYou")
        .message("Your previous request to create the named bucket succeeded and you already own it.")
        .field("BucketName", c.bucket());
  } else {
    c.send(creating_bucket(c.bucket(), c.client().options().region))
        .error(409, "BucketAlreadyOwnedByYou")
        .field("BucketName", c.bucket());
  }
}

void upper_case(CheckContext& c) {
  c.send(creating_bucket("TESTUPPERCASE-PARTSMITH"))
      .error(400, "InvalidBucketName")
      .message("The specified bucket is not valid.")
      .field("BucketName", "TESTUPPERCASE-PARTSMITH");
}

void location(CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("location", "");
  const auto region = c.client().options().region;
  auto answer = c.send(request);
  answer.status(200).document("LocationConstraint");
  const auto root = answer.answer().document();
  answer.expect(root && root->text == (region == "us-east-1" ? "" : region),
                region == "us-east-1" ? "an empty LocationConstraint" : region,
                root ? '\'' + root->text + '\'' : "no document",
                {"root text", "", region == "us-east-1" ? "" : region});
}

void location_missing(CheckContext& c) {
  auto request = of_bucket("GET", c.missing_bucket());
  request.parameter("location", "");
  c.send(request).error(404, "NoSuchBucket").field("BucketName", c.missing_bucket());
}

/// Of an upload under KMS; without a key of its own the service's is used.
void kms(CheckContext& c) {
  auto request = client::create_multipart_upload(c.bucket(), c.key("test-sse-field-multipart"));
  request.header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true");
  auto created = c.send(request);
  if (created.answer().status == 400 || created.answer().status == 501) c.skip("the endpoint has no KMS");
  created.status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .required();
  const client::UploadAddress upload{c.bucket(), c.key("test-sse-field-multipart"), created.text("UploadId")};
  auto part = c.send(client::upload_part(upload, "1", "test-sse"));
  part.status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .expect(part.header_value("ETag") != '"' + to_hex(md5(as_bytes("test-sse"))) + '"',
              "an ETag that isn't the MD5", part.header_value("ETag"),
              {"header isn't", "ETag", '"' + to_hex(md5(as_bytes("test-sse"))) + '"'})
      .required();
  c.complete(upload, {{"1", part.header_value("ETag"), {}}})
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .no_element("ChecksumCRC64NVME");
  c.send(with_checksums(c.get("test-sse-field-multipart")))
      .status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .header("x-amz-checksum-crc64nvme", "Kr7StX/uFlQ=")
      .header("x-amz-checksum-type", "FULL_OBJECT")
      .body("test-sse");
}

/// An endpoint without KMS says so somehow.
Answer under_kms(CheckContext& c, client::S3Request request) {
  request.header("x-amz-server-side-encryption", "aws:kms");
  auto answer = c.send(request);
  if (answer.answer().status == 400 || answer.answer().status == 501) c.skip("the endpoint has no KMS");
  answer.status(200).header("x-amz-server-side-encryption", "aws:kms").required();
  return answer;
}

constexpr const char* kms_key = "x-amz-server-side-encryption-aws-kms-key-id";

void empty_token(CheckContext& c) {
  client::S3Request request;
  request.method = "GET";
  request.parameter("continuation-token", "").parameter("max-buckets", "1");
  c.send(request)
      .status(200)
      .document("ListAllMyBucketsResult")
      .has_element("Buckets/Bucket/Name")
      .no_element("Buckets/Bucket[2]");
}

void kms_default_key(CheckContext& c) {
  const auto key = under_kms(c, putting(c, "one", "test-sse")).has_header(kms_key).header_value(kms_key);
  under_kms(c, putting(c, "two", "test-sse")).header(kms_key, key);
  c.send(c.head("one")).status(200).header(kms_key, key);
}

void kms_copy(CheckContext& c) {
  c.put("object", "hello world");
  auto copy = under_kms(c, copying(c, "copy", source_of(c, "object"))
                               .header("x-amz-server-side-encryption-bucket-key-enabled", "true"));
  copy.has_header(kms_key).header("x-amz-server-side-encryption-bucket-key-enabled", "true");
  c.send(c.head("copy")).status(200).header(kms_key, copy.header_value(kms_key));
}

void kms_in_place(CheckContext& c) {
  under_kms(c, putting(c, "object", "test"));
  const auto onto_itself = [&] { return copying(c, "object", source_of(c, "object")); };
  under_kms(c, onto_itself()).document("CopyObjectResult");
  const std::string etag = "\"098f6bcd4621d373cade4e832627b4f6\"";
  c.send(onto_itself())
      .status(200)
      .decoration("x-amz-server-side-encryption", "AES256")
      .element("ETag", etag);
  c.send(onto_itself().header("x-amz-server-side-encryption", "AES256"))
      .status(200)
      .header("x-amz-server-side-encryption", "AES256")
      .element("ETag", etag);
  c.send(c.head()).status(200).decoration("x-amz-server-side-encryption", "AES256").no_header(kms_key);
}

}  // namespace

void add_bucket(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  add_all(
      checks,
      {
          must("bucket.head", "HEAD of a bucket tells its region",
               "recording: create-and-head-bucket (head_bucket_filtered_header); head-bucket-of-other-region",
               {1}, head, own),
          should("bucket.arn", "HEAD of a bucket tells its Amazon Resource Name",
                 "recording: create-and-head-bucket (head_bucket_filtered_header)", {1}, arn, own),
          must("bucket.head-missing", "HEAD of a missing bucket is 404 without a body",
               "recording: create-and-head-bucket (head_bucket_not_exist)", {1}, head_missing),
          must("bucket.delete-not-empty", "A bucket with an object in it is BucketNotEmpty",
               "S3 API: DeleteBucket, Error responses (BucketNotEmpty)", {3, 8}, not_empty, own),
          should("bucket.create-existing",
                 "A bucket that one owns is BucketAlreadyOwnedByYou, with another location too",
                 "recording: create-bucket-existing-name", {1}, existing, own),
          must("bucket.create-upper-case", "A name in upper case is InvalidBucketName",
               "recording: create-bucket-uppercase-name", {1}, upper_case, own),
          bad_location("us-east-1", "us-east-1",
                       "create-bucket-invalid-location-us-east-1-us-east-1; bucket-location-constraints"),
          bad_location("unknown", "foo", "create-bucket-invalid-location-us-east-1-foo"),
          bad_location("aws-global", "aws-global", "create-bucket-aws-global-us-east-1"),
          should("bucket.create.location-empty",
                 "In us-east-1 an empty location is InvalidLocationConstraint", "reported: versitygw#1644",
                 {1}, empty_location, own),
          should("bucket.create.ownership-unknown", "An unknown x-amz-object-ownership is InvalidArgument",
                 "reported: versity/versitygw (which takes its errors from Amazon S3)", {1},
                 unknown_ownership, own),
          location_elsewhere("bar", "create-bucket-invalid-location-eu-west-1-bar"),
          location_elsewhere("aws-global", "create-bucket-aws-global-us-west-1"),
          patient(quirk("bucket.create.eu",
                        "In eu-west-1 the location EU comes back as EU, though its region is eu-west-1",
                        "recording: create-bucket-eu", {4}, old_name_of_eu_west_1,
                        {Need::own_bucket, Need::other_region})),
          patient(must("bucket.create-and-delete",
                       "A deleted bucket is gone; a bucket that is made tells its Location",
                       "recording: create-and-head-bucket (create_bucket); list-and-delete-bucket", {4},
                       create_and_delete, own),
                  3),
          must("bucket.location", "The location of a bucket in us-east-1 is empty, elsewhere its region",
               "recording: bucket-location-constraints", {1}, location, own),
          must("bucket.location-missing", "The location of a missing bucket is NoSuchBucket",
               "recording: bucket-location-constraints (get-bucket-location-non-existent-bucket)", {1},
               location_missing),
          should("bucket.list.empty-token", "An empty continuation-token of ListBuckets counts as absent",
                 "recording: list-buckets-empty-continuation-token", {1, longest_list / 15}, empty_token,
                 own),
          should("object.kms.default-key", "Without a key named KMS takes one and the same",
                 "recording: kms-default-key", {3, 16}, kms_default_key),
          should("object.kms.copy", "A copy may be encrypted otherwise than its source",
                 "recording: copy-object-to-kms", {3, 11}, kms_copy),
          should("object.kms.in-place",
                 "A copy onto itself that takes the object out of KMS, or names its encryption, is accepted",
                 "recording: copy-in-place-kms", {5, 4}, kms_in_place),
          should("multipart.kms", "An upload under KMS tells so everywhere, and its ETags aren't MD5s",
                 "recording: multipart-upload-sse-kms", {4, 16}, kms),
      });
}

}  // namespace partsmith::conformance::checks
