/// Documents in bodies × their shapes: the cells of docs/kinds/bodies.md that have a source.

#include <optional>

#include "checks/acl.h"
#include "checks/configuration.h"

namespace partsmith::conformance::checks {
namespace {

const std::string space = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

struct Document {
  std::string id;
  std::string name;  ///< of the operation
  std::string resource;
  std::string root;
  std::string inside;  ///< {key}: a key of the check; {owner}: the account's ID
  std::string told;    ///< the element that tells it afterwards, and its text
  std::string text;
  std::vector<Need> needs = {};
  std::string code = "MalformedXML";
  bool of_object = false;
};

std::vector<Document> documents() {
  const std::vector<Need> own{Need::own_bucket};
  const auto own_and = [](Need need) { return std::vector<Need>{Need::own_bucket, need}; };
  const std::string tags = "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>";
  const std::string grants =
      "<Owner><ID>{owner}</ID></Owner><AccessControlList><Grant><Grantee "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:type=\"CanonicalUser\"><ID>{owner}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></"
      "AccessControlList>";
  return {
      {"object.delete-many.", "DeleteObjects", "delete", "Delete", "<Object><Key>{key}</Key></Object>",
       "Deleted/Key", "{key}"},
      {"bucket.tags.", "PutBucketTagging", "tagging", "Tagging", tags, "TagSet/Tag/Value", "b",
       own_and(Need::tagging)},
      {"object.tags.",
       "PutObjectTagging",
       "tagging",
       "Tagging",
       tags,
       "TagSet/Tag/Value",
       "b",
       {Need::tagging},
       "MalformedXML",
       true},
      {"bucket.cors.", "PutBucketCors", "cors", "CORSConfiguration",
       "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>",
       "CORSRule/AllowedMethod", "GET", own_and(Need::cors)},
      {"bucket.lifecycle.", "PutBucketLifecycleConfiguration", "lifecycle", "LifecycleConfiguration",
       "<Rule><ID>a</ID><Filter><Prefix>a</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</"
       "Days></"
       "Expiration></Rule>",
       "Rule/Expiration/Days", "1", own_and(Need::lifecycle)},
      {"bucket.encryption.", "PutBucketEncryption", "encryption", "ServerSideEncryptionConfiguration",
       "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></"
       "ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule>",
       "Rule/BucketKeyEnabled", "true", own_and(Need::encryption)},
      {"versions.state-", "PutBucketVersioning", "versioning", "VersioningConfiguration",
       "<Status>Enabled</Status>", "Status", "Enabled", own_and(Need::versioning)},
      {"bucket.ownership.", "PutBucketOwnershipControls", "ownershipControls", "OwnershipControls",
       "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>", "Rule/ObjectOwnership", "ObjectWriter",
       own},
      {"bucket.public-access.", "PutPublicAccessBlock", "publicAccessBlock", "PublicAccessBlockConfiguration",
       "<BlockPublicAcls>true</BlockPublicAcls>", "BlockPublicAcls", "true", own},
      {"bucket.acl.", "PutBucketAcl", "acl", "AccessControlPolicy", grants,
       "AccessControlList/Grant/Permission", "FULL_CONTROL", own_and(Need::acl), "MalformedACLError"},
      {"object.acl.", "PutObjectAcl", "acl", "AccessControlPolicy", grants,
       "AccessControlList/Grant/Permission", "FULL_CONTROL", own_and(Need::acl), "MalformedACLError", true},
      {"bucket.accelerate.", "PutBucketAccelerateConfiguration", "accelerate", "AccelerateConfiguration",
       "<Status>Enabled</Status>", "Status", "Enabled", own},
      {"bucket.request-payment.", "PutBucketRequestPayment", "requestPayment", "RequestPaymentConfiguration",
       "<Payer>Requester</Payer>", "Payer", "Requester", own},
  };
}

client::S3Request asking(const CheckContext& c, const Document& document, const std::string& method) {
  auto request = document.of_object ? c.request(method, "object") : of_bucket(method, c.bucket());
  return request.parameter(document.resource, "");
}

client::S3Request saying(const CheckContext& c, const Document& document, std::string text) {
  auto request = asking(c, document, document.resource == "delete" ? "POST" : "PUT");
  request.header("Content-MD5", to_base64(md5(as_bytes(text))));
  request.body = std::move(text);
  return request;
}

/// {owner} and {key} are this run's.
std::string filled(CheckContext& c, const Document& document, std::string text) {
  const auto fill = [&text](std::string_view name, const std::string& value) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  };
  fill("{key}", protocol::xml_escaped(c.key("none")));
  if (document.resource != "acl" || !text.contains("{owner}")) return text;
  allow_acls(c);
  auto request = of_bucket("GET", c.bucket());
  request.parameter("acl", "");
  auto told = c.send(request);
  told.status(200).has_element("Owner/ID").required();
  fill("{owner}", told.text("Owner/ID"));
  return text;
}

struct Shape {
  std::string id;
  std::string title;
  std::string before;  ///< of the document
  std::string attributes = space;
  bool apart = false;  ///< elements have white space between them
};

std::string shaped(const Document& document, const Shape& shape) {
  auto inside = document.inside;
  if (shape.apart) {
    for (auto at = inside.find("><"); at != std::string::npos; at = inside.find("><", at + 1))
      inside.insert(at + 1, "\n  ");
    inside = "\n  " + inside + '\n';
  }
  return shape.before + '<' + document.root + shape.attributes + '>' + inside + "</" + document.root + '>';
}

/// Of one request with the text, and what it needs before.
std::uint64_t requests_of(const Document& document, std::string_view text) {
  const std::uint64_t of_owner = text.contains("{owner}") ? of_allowing_acls.requests + 1 : 0;
  return 1 + (document.of_object ? 1 : 0) + of_owner;
}

Check taken(const Document& document, const Shape& shape, std::string_view source) {
  const bool acl = document.resource == "acl";
  return should(
      document.id + shape.id, document.name + " takes a document " + shape.title, source,
      {requests_of(document, document.inside) + (document.resource == "delete" ? 0 : 1), 1},
      [=](CheckContext& c) {
        if (document.of_object) c.put("object", "1");
        const auto text = filled(c, document, shaped(document, shape));
        auto answer = acl ? c.send_until(saying(c, document, text), has_status(200))
                          : c.send(saying(c, document, text));
        if (document.resource != "delete") skip_where_missing(c, answer, document.name);
        answer.status(document.name == "PutBucketTagging" ? 204 : 200).required();
        if (document.resource == "delete") {
          answer.document("DeleteResult").element(document.told, c.key("none"));
          return;
        }
        const auto is_told = [&](const Answer& told) { return told.text(document.told) == document.text; };
        c.send_until(asking(c, document, "GET"), is_told).status(200).element(document.told, document.text);
      },
      document.needs);
}

Check refused(const Document& document, const std::string& id, const std::string& title, std::string text,
              std::string_view source, const std::string& code) {
  return quirk(
      document.id + id, title + " is " + code + " to " + document.name, source,
      {requests_of(document, text), 1},
      [=](CheckContext& c) {
        if (document.of_object) c.put("object", "1");
        auto answer = c.send(saying(c, document, filled(c, document, text)));
        if (document.resource != "delete") skip_where_missing(c, answer, document.name);
        answer.error(400, code);
      },
      document.needs);
}

/// Of DeleteObjects alone, which was measured closely.
void add_deletions(std::vector<Check>& checks, const Document& deletion) {
  const std::string object = "<Object><Key>{key}</Key></Object>";
  const auto in_root = [](const std::string& inside) { return "<Delete>" + inside + "</Delete>"; };
  struct Refused {
    std::string id;
    std::string title;
    std::string text;
    std::string code = "MalformedXML";
  };
  for (const auto& row : std::vector<Refused>{
           {"empty", "An empty body", "", "MissingRequestBodyError"},
           {"empty-root", "A document without anything", "<Delete/>"},
           {"no-key", "An object without its key", in_root("<Object/>")},
           {"empty-key", "An empty key", in_root("<Object><Key></Key></Object>"), "UserKeyMustBeSpecified"},
           {"two-keys", "An object with two keys",
            in_root("<Object><Key>{key}</Key><Key>{key}</Key></Object>")},
           {"unknown-element", "An unknown element", in_root(object + "<Other/>")},
           {"unknown-of-an-object", "An unknown element of an object",
            in_root("<Object><Key>{key}</Key><Other/></Object>")},
           {"two-quiets", "A second Quiet", in_root("<Quiet>true</Quiet><Quiet>true</Quiet>" + object)},
           {"quiet-alone", "A Quiet without objects", in_root("<Quiet>true</Quiet>")},
           {"two-versions", "An object with two version IDs",
            in_root(
                "<Object><Key>{key}</Key><VersionId>null</VersionId><VersionId>null</VersionId></Object>")},
       })
    checks.push_back(refused(deletion, row.id, row.title, row.text, measured_by_backlot, row.code));
  checks.push_back(
      quirk(deletion.id + "quiet-behind", "Quiet counts behind the objects, too", measured_by_backlot, {1},
            [=](CheckContext& c) {
              c.send(saying(c, deletion, filled(c, deletion, in_root(object + "<Quiet>true</Quiet>"))))
                  .status(200)
                  .document("DeleteResult")
                  .no_element("Deleted");
            }));
  checks.push_back(
      quirk(deletion.id + "quiet-of-a-word", "A Quiet that is neither true nor false is taken for false",
            measured_by_backlot, {1}, [=](CheckContext& c) {
              c.send(saying(c, deletion, filled(c, deletion, in_root("<Quiet>perhaps</Quiet>" + object))))
                  .status(200)
                  .element("Deleted/Key", c.key("none"));
            }));
  checks.push_back(should(deletion.id + "1000", "A thousand objects are taken", measured_by_backlot,
                          {1, 400'000}, [=](CheckContext& c) {
                            const auto text =
                                filled(c, deletion, in_root("<Quiet>true</Quiet>" + repeated(object, 1000)));
                            c.send(saying(c, deletion, text)).status(200).document("DeleteResult");
                          }));
}

}  // namespace

void add_document_shapes(std::vector<Check>& checks) {
  const std::vector<Shape> of_all{
      {"document-declared", "with a declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"},
      {"document-apart", "with white space between its elements", "", space, true}};
  const std::vector<Shape> of_deletions{
      {"document-no-namespace", "without a namespace", "", ""},
      {"document-other-namespace", "of another namespace", "", " xmlns=\"urn:x\""}};
  for (const auto& document : documents()) {
    const std::string api = "S3 API: " + document.name;
    for (const auto& shape : of_all) checks.push_back(patient(taken(document, shape, api), 2));
    checks.push_back(refused(document, "document-no-xml", "A body that is no XML", "not XML",
                             measured_by_backlot, document.code));
    checks.push_back(refused(document, "document-other-root", "A document of another kind",
                             "<Other" + space + '>' + document.inside + "</Other>", measured_by_backlot,
                             document.code));
    if (document.resource != "delete") continue;
    for (const auto& shape : of_deletions) {
      auto check = patient(taken(document, shape, measured_by_backlot), 2);
      if (shape.id == "document-other-namespace") check.level = Level::quirk;  // no client sends it
      checks.push_back(std::move(check));
    }
    add_deletions(checks, document);
  }
}

}  // namespace partsmith::conformance::checks
