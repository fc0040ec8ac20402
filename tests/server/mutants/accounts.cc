#include "accounts.h"

#include <partsmith/protocol/uri.h>
#include <partsmith/storage/store.h>

#include "account.h"
#include "edits.h"

namespace partsmith::test {
namespace {

constexpr const char* other_id = "b2d1f0c3a4958677b2d1f0c3a4958677b2d1f0c3a4958677b2d1f0c3a4958677";

bool is_by_other(const server::Request& request) {
  return request.headers.value("authorization").contains(std::string("Credential=") + other_account + '/');
}

std::string path_of(const server::Request& request) {
  return std::string(protocol::split_target(request.target).path);
}
std::string bucket_of(const std::string& path) {
  return path.substr(0, path.find('/', 1));
}

void become_nobody(server::Request& request) {
  request.headers.remove("authorization");
}

/// Of the account that the server knows.
void become_first(server::Request& request) {
  std::string authorization(request.headers.value("authorization"));
  replace_all(authorization, std::string("Credential=") + other_account + '/', "Credential=test/");
  request.headers.set("Authorization", authorization);
  sign_again(request);
}

server::Response document(int status, std::string text) {
  server::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/xml");
  response.body = std::move(text);
  return response;
}

}  // namespace

server::Response Accounts::answer(const Asked& asked, server::Request& request, const Next& next) {
  if (is_by_other(request)) return of_other(asked, request, next);
  note_what_first_does(asked, request);
  return next(request);
}

void Accounts::note_what_first_does(const Asked& asked, server::Request& request) {
  if (!request.headers.has("authorization")) return;
  const auto path = path_of(request);
  const std::scoped_lock lock(mutex_);
  note_grants(asked, request);
  if (asked.operation == "PutObject" || asked.operation == "DeleteObject") owned_.erase(path);
  if (asked.operation == "GetObject" && owned_.contains(path)) become_nobody(request);
}

void Accounts::note_grants(const Asked& asked, server::Request& request) {
  const auto path = path_of(request);
  const bool canned = request.headers.value("x-amz-acl") == "authenticated-read";
  const auto is_to_other = [&](const char* header) {
    return request.headers.value(header) == std::string("id=\"") + other_id + '"';
  };
  if (asked.operation == "PutObjectAcl" && (canned || is_to_other("x-amz-grant-read")))
    readable_.insert(path);
  const bool writes = asked.operation == "PutBucketAcl" && is_to_other("x-amz-grant-write");
  if (writes) writable_.insert(path);
  if (!writes && !is_to_other("x-amz-grant-read")) return;
  for (const auto* header : {"x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-full-control"})
    request.headers.remove(header);
  request.headers.set("x-amz-acl", "private");
  sign_again(request);
}

bool Accounts::is_granted(const Asked& asked, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (owned_.contains(path)) return asked.operation == "GetObject" || asked.operation == "GetObjectAcl";
  if (asked.operation == "GetObject") return readable_.contains(path);
  return asked.operation == "PutObject" && writable_.contains(bucket_of(path));
}

server::Response Accounts::of_other(const Asked& asked, server::Request& request, const Next& next) {
  const auto path = path_of(request);
  if (asked.operation == "ListBuckets") {
    return document(200, std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult "
                                     "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>") +
                             other_id + "</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>");
  }
  if (asked.operation == "CreateBucket") {
    return document(409,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>BucketAlreadyExists</Code>"
                    "<Message>The requested bucket name is not available.</Message></Error>");
  }
  if (!is_granted(asked, path)) {
    become_nobody(request);
    return next(request);
  }
  become_first(request);
  auto response = next(request);
  if (asked.operation == "PutObject" && response.status == 200) {
    const std::scoped_lock lock(mutex_);
    owned_.insert(path);
  }
  if (asked.operation == "GetObjectAcl") replace_all(text_body(response), server::owner_id, other_id);
  return response;
}

}  // namespace partsmith::test
