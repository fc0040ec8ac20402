/// Access control lists that are set: the three ways to say them, what is wrong with them, and what they let
/// everyone do. The bucket and the object are the same, but for where the request goes.

#include "checks/acl.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view log_delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
constexpr std::string_view no_group = "http://acs.amazonaws.com/groups/s3/FakeGroup";

/// Whose ACL it is.
enum class Of { bucket, object };

client::S3Request acl(const CheckContext& c, Of of, std::string method) {
  auto request =
      of == Of::bucket ? of_bucket(std::move(method), c.bucket()) : c.request(std::move(method), "object");
  request.parameter("acl", "");
  return request;
}

client::S3Request with_document(client::S3Request request, std::string document) {
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

std::string grant(std::string_view type, std::string_view element, std::string_view name,
                  std::string_view permission) {
  return "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"" +
         std::string(type) + "\"><" + std::string(element) + '>' + std::string(name) + "</" +
         std::string(element) + "></Grantee><Permission>" + std::string(permission) + "</Permission></Grant>";
}
std::string to_log_delivery(std::string_view permission) {
  return grant("Group", "URI", log_delivery, permission);
}

std::string policy(std::string_view owner, std::string_view grants) {
  const std::string owner_element = owner.empty() ? "" : "<Owner><ID>" + std::string(owner) + "</ID></Owner>";
  return "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + owner_element +
         "<AccessControlList>" + std::string(grants) + "</AccessControlList></AccessControlPolicy>";
}

/// Makes the object, and returns who owns it.
std::string owner(CheckContext& c, Of of) {
  if (of == Of::object) c.put("object", "");
  auto told = c.send(acl(c, of, "GET"));
  skip_where_missing(c, told, "ACLs");
  told.status(200).document("AccessControlPolicy").required();
  // Whether the owner is told is another check's; the first grant is the owner's, too.
  const auto id = told.text("Owner/ID");
  return id.empty() ? told.text("AccessControlList/Grant/Grantee/ID") : id;
}

void replaced(CheckContext& c, Of of) {
  const auto id = owner(c, of);
  allow_acls(c);
  c.send_until(acl(c, of, "PUT").header("x-amz-acl", "public-read"), has_status(200)).status(200).required();
  c.send(acl(c, of, "GET"))
      .status(200)
      .element("AccessControlList/Grant[1]/Grantee/ID", id)
      .element("AccessControlList/Grant[2]/Grantee/URI", "http://acs.amazonaws.com/groups/global/AllUsers")
      .element("AccessControlList/Grant[2]/Permission", "READ");
  c.send(acl(c, of, "PUT").header("x-amz-grant-read", "uri=\"" + std::string(log_delivery) + '"'))
      .status(200);
  c.send(acl(c, of, "GET"))
      .status(200)
      .element("AccessControlList/Grant[1]/Grantee/URI", log_delivery)
      .element("AccessControlList/Grant[1]/Permission", "READ")
      .no_element("AccessControlList/Grant[2]");
  c.send(with_document(acl(c, of, "PUT"), policy(id, grant("CanonicalUser", "ID", id, "FULL_CONTROL") +
                                                         to_log_delivery("WRITE"))))
      .status(200);
  c.send(acl(c, of, "GET"))
      .status(200)
      .element("AccessControlList/Grant[1]/Permission", "FULL_CONTROL")
      .element("AccessControlList/Grant[2]/Grantee/URI", log_delivery)
      .element("AccessControlList/Grant[2]/Permission", "WRITE");
}

/// One wrong ACL.
struct Wrong {
  std::string name;
  std::string title;
  std::function<client::S3Request(client::S3Request request, const std::string& owner)> spoil;
  std::string code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields = {};
};

auto by_header(std::string name, std::string value) {
  return [name = std::move(name), value = std::move(value)](client::S3Request request, const std::string&) {
    request.header(name, value);
    return request;
  };
}
/// `grants` of an owner, the right one unless named.
auto by_document(std::string grants, std::optional<std::string> named = {}) {
  return [grants = std::move(grants), named = std::move(named)](client::S3Request request,
                                                                const std::string& id) {
    return with_document(std::move(request), policy(named.value_or(id), grants));
  };
}
std::vector<std::pair<std::string, std::string>> argument(std::string name, std::string value) {
  return {{"ArgumentName", std::move(name)}, {"ArgumentValue", std::move(value)}};
}

std::vector<Wrong> wrong_acls() {
  const std::string uri(no_group);
  const std::string malformed =
      "The XML you provided was not well-formed or did not validate against our published schema";
  const std::string grant_to_log = "uri=\"" + std::string(log_delivery) + '"';
  return {
      {"canned", "An unknown canned ACL", by_header("x-amz-acl", "fake-acl"), "InvalidArgument", "",
       argument("x-amz-acl", "fake-acl")},
      {"group", "A grant to an unknown group", by_header("x-amz-grant-write", "uri=\"" + uri + '"'),
       "InvalidArgument", "Invalid group uri", argument("uri", uri)},
      {"grantee", "A grant to an unknown kind of grantee", by_header("x-amz-grant-write", "fakekey=\"1234\""),
       "InvalidArgument", "Argument format not recognized",
       argument("x-amz-grant-write", "fakekey=\"1234\"")},
      {"user", "A grant to an unknown user", by_header("x-amz-grant-write", "id=\"wrong-id\""),
       "InvalidArgument", "Invalid id", argument("id", "wrong-id")},
      {"no-owner", "A policy without an owner", by_document(to_log_delivery("WRITE"), ""),
       "MalformedACLError", malformed},
      {"permission", "An unknown permission", by_document(to_log_delivery("WRONG-PERMISSION")),
       "MalformedACLError", malformed},
      {"owner", "An unknown owner", by_document(to_log_delivery("FULL_CONTROL"), "wrong-id"),
       "InvalidArgument", "Invalid id", argument("CanonicalUser/ID", "wrong-id")},
      {"group-in-document", "A document's unknown group",
       by_document(grant("Group", "URI", no_group, "FULL_CONTROL")), "InvalidArgument", "Invalid group uri",
       argument("Group/URI", uri)},
      {"user-in-document", "A document's unknown user",
       by_document(grant("CanonicalUser", "ID", "wrong-id", "FULL_CONTROL")), "InvalidArgument", "Invalid id",
       argument("CanonicalUser/ID", "wrong-id")},
      {"type", "A grantee of an unknown type",
       by_document(grant("BadType", "ID", "wrong-id", "FULL_CONTROL")), "MalformedACLError", malformed},
      {"nothing",
       "Neither ACL nor grants nor a document",
       [](client::S3Request request, const std::string&) { return request; },
       "MissingSecurityHeader",
       "Your request was missing a required header",
       {{"MissingHeaderName", "x-amz-acl"}}},
      {"two-headers", "A canned ACL beside a grant",
       [grant_to_log](client::S3Request request, const std::string&) {
         request.header("x-amz-acl", "private").header("x-amz-grant-read", grant_to_log);
         return request;
       },
       "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed"},
      {"header-and-document", "A canned ACL beside a document",
       [](client::S3Request request, const std::string& id) {
         request.header("x-amz-acl", "private");
         return with_document(std::move(request),
                              policy(id, grant("CanonicalUser", "ID", id, "FULL_CONTROL")));
       },
       "UnexpectedContent", "This request does not support content"},
  };
}

/// ACLs of a new bucket are disabled; these errors come first.
Check refused(Of of, const Wrong& wrong) {
  const std::string kind = of == Of::bucket ? "bucket" : "object";
  const Cost cost = of == Of::bucket ? Cost{2} : Cost{3};
  return should(kind + ".acl.refused-" + wrong.name, wrong.title + " is " + wrong.code,
                "recording: " + kind + "-acl-errors", cost,
                [of, wrong](CheckContext& c) {
                  const auto id = owner(c, of);
                  auto answer = c.send(wrong.spoil(acl(c, of, "PUT"), id));
                  skip_where_missing(c, answer, "ACLs");
                  answer.error(400, wrong.code).message(wrong.message);
                  for (const auto& [name, value] : wrong.fields) answer.field(name, value);
                },
                {Need::own_bucket, Need::acl});
}

void delete_marker(CheckContext& c) {
  enable(c);
  c.put("object", "something");
  auto deleted = c.send(deleting(c));
  deleted.status(204).has_header("x-amz-version-id").required();
  const auto marker = version_of(deleted);
  const auto setting = [&] { return acl(c, Of::object, "PUT").header("x-amz-acl", "private"); };
  auto first = c.send(setting());
  skip_where_missing(c, first, "ACLs");
  first.error(405, "MethodNotAllowed").field("Method", "PUT").field("ResourceType", "DeleteMarker");
  c.send(acl(c, Of::object, "GET")).error(404, "NoSuchKey").field("Key", c.key());
  c.send(of_version(setting(), marker)).error(405, "MethodNotAllowed").field("Method", "PUT");
  c.send(of_version(acl(c, Of::object, "GET"), marker))
      .error(405, "MethodNotAllowed")
      .field("Method", "GET")
      .field("ResourceType", "DeleteMarker");
}

client::S3Request by_anyone(client::S3Request request) {
  request.signing = client::Signing::anonymous;
  return request;
}

void let_everyone(CheckContext& c, Of of, const std::string& canned) {
  auto set = c.send_until(acl(c, of, "PUT").header("x-amz-acl", canned), has_status(200));
  skip_where_missing(c, set, "ACLs");
  set.status(200).required();
}

void denied(CheckContext& c, client::S3Request request) {
  c.send(by_anyone(std::move(request))).error(403, "AccessDenied");
}

void public_object(CheckContext& c) {
  allow_acls(c);
  c.put("object", "something");
  c.put("other", "something else");
  let_everyone(c, Of::object, "public-read");
  c.send_until(by_anyone(c.get()), has_status(200)).status(200).body("something").required();
  c.send(by_anyone(c.head())).status(200).header("Content-Length", "9");
  denied(c, c.request("GET", "other"));
  denied(c, acl(c, Of::object, "GET"));
  denied(c, c.request("PUT", "object"));
  denied(c, c.request("DELETE", "object"));
  denied(c, of_bucket("GET", c.bucket()));
}

void private_again(CheckContext& c) {
  allow_acls(c);
  c.put("object", "something");
  let_everyone(c, Of::object, "public-read");
  c.send_until(by_anyone(c.get()), has_status(200)).status(200).required();
  c.put("object", "something new");
  denied(c, c.get());
}

void ignored(CheckContext& c) {
  allow_acls(c);
  c.put("object", "something");
  let_everyone(c, Of::object, "public-read");
  c.send_until(by_anyone(c.get()), has_status(200)).status(200).required();
  c.send(configuring(c, "publicAccessBlock",
                     "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                     "<IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>"))
      .status(200)
      .required();
  c.send_until(by_anyone(c.get()), has_status(403)).error(403, "AccessDenied");
}

void public_list(CheckContext& c) {
  allow_acls(c);
  c.put("object", "something");
  denied(c, c.request("GET", "missing"));
  let_everyone(c, Of::bucket, "public-read");
  c.send_until(by_anyone(of_bucket("GET", c.bucket())), has_status(200))
      .status(200)
      .element("Contents/Key", c.key())
      .required();
  denied(c, c.get());
  denied(c, c.request("PUT", "object"));
  c.send(by_anyone(c.request("GET", "missing"))).error(404, "NoSuchKey");
}

void public_write(CheckContext& c) {
  allow_acls(c);
  let_everyone(c, Of::bucket, "public-read-write");
  auto put = c.request("PUT", "object");
  put.body = "This body document";
  c.send_until(by_anyone(put), has_status(200)).status(200).required();
  c.send(by_anyone(of_bucket("GET", c.bucket()))).status(200).element("Contents/Key", c.key());
  c.send(by_anyone(c.request("DELETE", "object"))).status(204);
  c.send(of_bucket("GET", c.bucket())).status(200).no_element("Contents");
  denied(c, c.request("POST", "object").parameter("uploads", ""));
}

}  // namespace

void add_acl_set(std::vector<Check>& checks) {
  for (const Of of : {Of::bucket, Of::object}) {
    const std::string kind = of == Of::bucket ? "bucket" : "object";
    checks.push_back(patient(should(
        kind + ".acl.replaced", "An ACL is set by name, by headers or by a document, and replaced whole",
        "recording: " + kind + "-acl", {of == Of::bucket ? 9U : 10U},
        [of](CheckContext& c) { replaced(c, of); }, {Need::own_bucket, Need::acl})));
    for (const Wrong& wrong : wrong_acls()) checks.push_back(refused(of, wrong));
  }
  const std::vector<Need> needs{Need::own_bucket, Need::acl};
  const std::string mapping = "user guide: Access control list (ACL) overview";
  add_all(
      checks,
      {
          patient(should("object.acl.public-read", "Anybody reads a public object, and does nothing else",
                         "recording: anonymous-get-public-object", {12, 27}, public_object, needs)),
          patient(should("object.acl.private-again", "A new object of a public one's key is private", mapping,
                         {7, 22}, private_again, needs)),
          patient(should("object.acl.public-ignored",
                         "A public access block that ignores public ACLs takes back what they grant",
                         "user guide: Blocking public access to your Amazon S3 storage (IgnorePublicAcls)",
                         {7, 9}, ignored, needs)),
          patient(should("bucket.acl.public-read", "Anybody lists a public bucket, and reads nothing in it",
                         mapping, {9, 9}, public_list, needs)),
          patient(should("bucket.acl.public-write", "Anybody writes and deletes in a bucket of everyone",
                         "recording: delete-objects-anonymous", {8, 18}, public_write, needs)),
      });
  checks.push_back(should("object.acl.delete-marker",
                          "A delete marker has no ACL: PUT is 405, GET of the key 404",
                          "recording: object-acl-on-delete-marker", {7, 9}, delete_marker,
                          {Need::own_bucket, Need::versioning, Need::acl}));
}

}  // namespace partsmith::conformance::checks
