/// Each operation looks at the signature: what is asked of one of them is asked of all.

#include <algorithm>
#include <iterator>

#include "checks/configuration.h"
#include "checks/other_account.h"
#include "checks/signing.h"
#include "checks/tags.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

using Prepare = std::function<client::S3Request(CheckContext&)>;
using Expect = std::function<void(CheckContext&)>;

/// An operation, with what there must be before it, and what must be as before when it is refused.
struct Operation {
  std::string family;
  std::string id;
  std::string name;
  unsigned requests;  ///< of the preparation
  Prepare prepare;
  unsigned looks = 0;
  Expect unchanged = {};
  /// A header of the operation would have to be signed, too, so that a URL alone can't ask for it.
  bool by_header = false;
  /// Its answer tells of each key whether it was refused, so that all of it may be a 200.
  bool by_key = false;
  bool own_bucket = false;
};

/// The upload that the preparation made.
client::UploadAddress only_upload(const CheckContext& c) {
  return c.uploads().back();
}

void still_open(CheckContext& c) {
  c.send(client::list_parts(only_upload(c))).status(200);
}

void still_there(CheckContext& c) {
  c.send(c.get()).status(200).body("data");
}

void not_there(CheckContext& c) {
  c.send(c.get()).error(404, "NoSuchKey");
}

client::S3Request of_object(CheckContext& c, const std::string& method) {
  c.put("object", "data");
  auto request = c.request(method, "object");
  if (method == "PUT") request.body = "other";
  return request;
}

client::S3Request about_object(CheckContext& c, const std::string& method, const std::string& sub_resource) {
  c.put("object", "data", {{"x-amz-tagging", "colour=blue"}});
  auto request = c.request(method, "object");
  request.parameter(sub_resource);
  return request;
}

client::S3Request deleting_object(CheckContext& c) {
  c.put("object", "data");
  const auto document = "<Delete><Object><Key>" + c.key() + "</Key></Object></Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

client::S3Request tagging_object(CheckContext& c) {
  auto request = about_object(c, "PUT", "tagging");
  const std::string document =
      "<Tagging><TagSet><Tag><Key>colour</Key><Value>red</Value></Tag></TagSet></Tagging>";
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

void still_tagged(CheckContext& c) {
  expect_tags(c, "object", {{"colour", "blue"}});
}

client::S3Request about_bucket(const CheckContext& c, std::string method, const std::string& sub_resource) {
  auto request = of_bucket(std::move(method), c.bucket());
  if (!sub_resource.empty()) request.parameter(sub_resource, "");
  return request;
}

std::vector<Operation> operations_beside_uploads() {
  const auto object = [](std::string how, std::string sub_resource) {
    return [=](CheckContext& c) { return about_object(c, how, sub_resource); };
  };
  const auto bucket = [](std::string how, std::string sub_resource) {
    return [=](CheckContext& c) { return about_bucket(c, how, sub_resource); };
  };
  const auto attributes = [](CheckContext& c) {
    auto request = about_object(c, "GET", "attributes");
    request.header("x-amz-object-attributes", "ETag");
    return request;
  };
  return {
      {"object", "delete-many", "DeleteObjects", 1, deleting_object, 1, still_there, false, true},
      {"object", "attributes", "GetObjectAttributes", 1, attributes, 0, {}, true},
      {"object", "tags-put", "PutObjectTagging", 1, tagging_object, 1, still_tagged},
      {"object", "tags-get", "GetObjectTagging", 1, object("GET", "tagging")},
      {"object", "tags-delete", "DeleteObjectTagging", 1, object("DELETE", "tagging"), 1, still_tagged},
      {"object", "acl-get", "GetObjectAcl", 1, object("GET", "acl")},
      {"bucket", "head", "HeadBucket", 0, bucket("HEAD", "")},
      {"bucket", "location", "GetBucketLocation", 0, bucket("GET", "location")},
      {"bucket", "versioning", "GetBucketVersioning", 0, bucket("GET", "versioning")},
      {"bucket", "acl-get", "GetBucketAcl", 0, bucket("GET", "acl")},
      {"versions", "list", "ListObjectVersions", 0, [](CheckContext& c) { return versions_of(c); }},
  };
}

/// What a bucket is set to is read, or deleted, by nobody else: it has a setting.
Operation about_setting(const std::string& method, const std::string& sub_resource, const std::string& name,
                        const std::string& document) {
  const bool deletes = method == "DELETE";
  Expect look;
  if (deletes) look = [=](CheckContext& c) { c.send(about_bucket(c, "GET", sub_resource)).status(200); };
  return {"bucket",
          sub_resource + (deletes ? "-delete" : "-get"),
          name,
          2,
          [=](CheckContext& c) {
            auto set = c.send(configuring(c, sub_resource, document));
            skip_where_missing(c, set, sub_resource);
            const auto status = set.answer().status;
            set.expect(status == 200 || status == 204, "200 or 204", std::to_string(status),
                       {"answer among", "", "200\n204"})
                .required();
            c.send(about_bucket(c, "GET", sub_resource)).status(200).required();
            return about_bucket(c, method, sub_resource);
          },
          deletes ? 1U : 0U,
          look,
          false,
          false,
          true};
}

/// A setting of which a bucket always has one: what is looked at afterwards is that it is as before.
Operation changed_setting(const std::string& id, const std::string& sub_resource, const std::string& name,
                          const std::string& document, const std::string& element) {
  return {"bucket",
          id,
          name,
          1,
          [=](CheckContext& c) {
            c.send(about_bucket(c, "HEAD", "")).status(200).required();
            return configuring(c, sub_resource, document);
          },
          1,
          [=](CheckContext& c) {
            auto now = c.send(about_bucket(c, "GET", sub_resource));
            if (now.answer().status == 200) now.no_element(element);
          },
          false,
          false,
          true};
}

/// A setting of a bucket that nobody may make. What is looked at afterwards is that there is none.
Operation setting(const std::string& sub_resource, const std::string& name, const std::string& document) {
  return {"bucket",
          sub_resource + "-put",
          name,
          1,
          [=](CheckContext& c) {
            c.send(about_bucket(c, "HEAD", "")).status(200).required();
            return configuring(c, sub_resource, document);
          },
          1,
          [=](CheckContext& c) { c.send(about_bucket(c, "GET", sub_resource)).status(404); },
          false,
          false,
          true};
}

std::vector<Operation> operations_that_set() {
  const std::string xmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  const auto removing = [](CheckContext& c) {
    c.send(about_bucket(c, "HEAD", "")).status(200).required();
    return about_bucket(c, "DELETE", "");
  };
  const auto bucket_is_there = [](CheckContext& c) { c.send(about_bucket(c, "HEAD", "")).status(200); };
  const auto cors = "<CORSConfiguration" + xmlns +
                    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
                    "</CORSConfiguration>";
  const auto tags = "<Tagging" + xmlns + "<TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
  const auto lifecycle =
      "<LifecycleConfiguration" + xmlns +
      "<Rule><ID>a</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>9"
      "</Days></Expiration></Rule></LifecycleConfiguration>";
  const auto acl = [](CheckContext& c) {
    auto request = about_object(c, "PUT", "acl");
    request.header("x-amz-acl", "private");
    return request;
  };
  const auto bucket_acl = [](CheckContext& c) {
    c.send(about_bucket(c, "HEAD", "")).status(200).required();
    return about_bucket(c, "PUT", "acl").header("x-amz-acl", "private");
  };
  return {
      setting("cors", "PutBucketCors", cors),
      setting("tagging", "PutBucketTagging", tags),
      setting("lifecycle", "PutBucketLifecycleConfiguration", lifecycle),
      about_setting("GET", "cors", "GetBucketCors", cors),
      about_setting("GET", "tagging", "GetBucketTagging", tags),
      about_setting("GET", "lifecycle", "GetBucketLifecycleConfiguration", lifecycle),
      about_setting("DELETE", "cors", "DeleteBucketCors", cors),
      about_setting("DELETE", "tagging", "DeleteBucketTagging", tags),
      about_setting("DELETE", "lifecycle", "DeleteBucketLifecycle", lifecycle),
      changed_setting(
          "versioning-put", "versioning", "PutBucketVersioning",
          "<VersioningConfiguration" + xmlns + "<Status>Enabled</Status></VersioningConfiguration>",
          "Status"),
      changed_setting("ownership-put", "ownershipControls", "PutBucketOwnershipControls",
                      "<OwnershipControls" + xmlns +
                          "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
                      "NoSuchElement"),
      changed_setting("public-block-put", "publicAccessBlock", "PutPublicAccessBlock",
                      "<PublicAccessBlockConfiguration" + xmlns +
                          "<BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>",
                      "NoSuchElement"),
      changed_setting(
          "encryption-put", "encryption", "PutBucketEncryption",
          "<ServerSideEncryptionConfiguration" + xmlns +
              "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
              "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
              "</ServerSideEncryptionConfiguration>",
          "NoSuchElement"),
      {"object", "acl-put", "PutObjectAcl", 1, acl},
      {"bucket", "acl-put", "PutBucketAcl", 1, bucket_acl, 0, {}, false, false, true},
      {"bucket", "delete", "DeleteBucket", 1, removing, 1, bucket_is_there, false, false, true},
  };
}

std::vector<Operation> operations() {
  const auto create = [](CheckContext& c) { return client::create_multipart_upload(c.bucket(), c.key()); };
  const auto part = [](CheckContext& c) { return client::upload_part(c.create(), "1", "data"); };
  const auto copy_part = [](CheckContext& c) {
    c.put("source", "data");
    return client::upload_part_copy(c.create(), "1", c.bucket(), c.key("source"));
  };
  const auto complete = [](CheckContext& c) {
    const auto upload = c.create();
    return client::complete_multipart_upload(upload, std::vector{c.part(upload, 1, "data")});
  };
  const auto abort = [](CheckContext& c) { return client::abort_multipart_upload(c.create()); };
  const auto list_parts = [](CheckContext& c) { return client::list_parts(c.create()); };
  const auto list_uploads = [](CheckContext& c) {
    auto request = client::list_multipart_uploads(c.bucket());
    request.parameter("prefix", c.prefix());  // of other checks there may be many
    return request;
  };
  const auto copy = [](CheckContext& c) {
    c.put("source", "data");
    return copying(c, "object", source_of(c, "source"));
  };
  const auto method = [](std::string name) { return [name](CheckContext& c) { return of_object(c, name); }; };
  return {
      {"multipart", "create", "CreateMultipartUpload", 0, create},
      {"multipart", "part", "UploadPart", 1, part, 1,
       [](CheckContext& c) { c.send(client::list_parts(only_upload(c))).status(200).elements("Part", 0); }},
      {"multipart", "copy", "UploadPartCopy", 2, copy_part, 1, still_open, true},
      {"multipart", "complete", "CompleteMultipartUpload", 2, complete, 1, not_there},
      {"multipart", "abort", "AbortMultipartUpload", 1, abort, 1, still_open},
      {"multipart", "list-parts", "ListParts", 1, list_parts},
      {"multipart", "list-uploads", "ListMultipartUploads", 0, list_uploads},
      {"object", "put", "PutObject", 1, method("PUT"), 1, still_there},
      {"object", "get", "GetObject", 1, method("GET")},
      {"object", "head", "HeadObject", 1, method("HEAD")},
      {"object", "delete", "DeleteObject", 1, method("DELETE"), 1, still_there},
      {"object", "copy", "CopyObject", 1, copy, 1, not_there, true},
      {"object", "list", "ListObjectsV2", 0, [](CheckContext& c) { return listing(c); }},
      {"object", "list-v1", "ListObjects", 0, [](CheckContext& c) { return listing_v1(c); }},
  };
}

/// What is asked of the operation, and its answer.
using Ask = std::function<Answer(CheckContext&, const client::S3Request&)>;

Check refused(const Operation& operation, const std::string& how, std::string title, std::string source,
              std::string_view code, Ask ask) {
  return must(
      operation.family + '.' + how + '.' + operation.id, std::move(title), std::move(source),
      {std::max(operation.requests, 1U) + 1 + operation.looks, 40},
      [=](CheckContext& c) {
        auto request = operation.prepare(c);
        const bool is_head = request.method == "HEAD";
        // Who refuses everybody looks at nothing.
        if (operation.requests == 0) c.send(request).status(200).required();
        auto answer = ask(c, request);
        if (is_head) {
          answer.status(403);
        } else if (operation.by_key && answer.text("Error/Code") == code) {
          answer.document("DeleteResult").elements("Deleted", 0);
        } else {
          answer.error(403, code);
        }
        if (operation.unchanged) operation.unchanged(c);
      },
      operation.own_bucket ? std::vector{Need::own_bucket} : std::vector<Need>{});
}

Check check_of(const Operation& operation, const std::string& how, std::string title, std::string source,
               std::string_view code,
               std::function<client::HttpRequest(CheckContext&, client::S3Request)> spoil) {
  return refused(operation, how, std::move(title), std::move(source), code,
                 [spoil = std::move(spoil)](CheckContext& c, const client::S3Request& request) {
                   return c.send(spoil(c, request), request.key);
                 });
}

Check refused_to_another(const Operation& operation) {
  auto check =
      refused(operation, "other-account",
              operation.name + " by another account is AccessDenied in a private bucket, and does nothing",
              "user guide: Identity and Access Management for Amazon S3", "AccessDenied",
              [](CheckContext& c, const client::S3Request& request) {
                two_accounts(c);
                return c.send_by_other(request);
              });
  check.cost += of_two_accounts;
  check.needs.push_back(Need::second_account);
  return check;
}

/// Those that no bucket of somebody's is asked about: nobody is told otherwise there.
void add_of_the_account(std::vector<Check>& checks) {
  const std::string source = "S3 API: Error responses (SignatureDoesNotMatch)";
  checks.push_back(must("bucket.signed-wrongly.list",
                        "ListBuckets with a wrong signature is SignatureDoesNotMatch", source, {1},
                        [](CheckContext& c) {
                          c.send(signed_wrongly(c, of_bucket("GET", ""))).error(403, "SignatureDoesNotMatch");
                        },
                        {Need::own_bucket}));
  checks.push_back(
      must("bucket.signed-wrongly.create",
           "CreateBucket with a wrong signature is SignatureDoesNotMatch, and makes none", source, {2},
           [](CheckContext& c) {
             c.send(signed_wrongly(c, creating_bucket(c.missing_bucket(), location_of_region(c))))
                 .error(403, "SignatureDoesNotMatch");
             c.send(of_bucket("HEAD", c.missing_bucket())).status(404);
           },
           {Need::own_bucket}));
}

}  // namespace

void add_signed(std::vector<Check>& checks) {
  add_of_the_account(checks);
  auto all = operations();
  std::ranges::move(operations_beside_uploads(), std::back_inserter(all));
  std::ranges::move(operations_that_set(), std::back_inserter(all));
  for (const auto& operation : all) {
    checks.push_back(check_of(
        operation, "signed-wrongly",
        operation.name + " with a wrong signature is SignatureDoesNotMatch, and does nothing",
        "S3 API: Error responses (SignatureDoesNotMatch)", "SignatureDoesNotMatch",
        [](CheckContext& c, const client::S3Request& request) { return signed_wrongly(c, request); }));
    checks.push_back(
        check_of(operation, "unsigned",
                 operation.name + " by nobody is AccessDenied in a private bucket, and does nothing",
                 "S3 API: Error responses (AccessDenied)", "AccessDenied",
                 [](CheckContext& c, client::S3Request request) {
                   request.signing = client::Signing::anonymous;
                   return c.client().prepare(request);
                 }));
    checks.push_back(refused_to_another(operation));
    if (operation.by_header) continue;
    checks.push_back(check_of(
        operation, "expired", operation.name + " by a URL past its time is AccessDenied, and does nothing",
        "S3 API: Authenticating requests: Using query parameters (X-Amz-Expires); recording: "
        "presigned-expired-sigv4 (of GetObject)",
        "AccessDenied", [](CheckContext& c, const client::S3Request& request) {
          return signed_long_ago(c, request, std::chrono::hours(1), 60);
        }));
  }
}

}  // namespace partsmith::conformance::checks
