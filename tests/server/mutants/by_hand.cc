/// Servers that forget, mix up, or take what they must refuse.

#include <map>
#include <mutex>
#include <set>

#include <partsmith/protocol/sigv4.h>

#include "edits.h"
#include "mutation.h"

namespace partsmith::test {
namespace {

using server::Request;
using server::Response;

std::string header_value(const Response& response, std::string_view name) {
  return std::string(response.headers.value(name));
}

bool is_part(const Asked& asked) {
  return asked.operation == "UploadPart";
}

std::string path_of(const Request& request) {
  return std::string(protocol::split_target(request.target).path);
}

/// A handle without memory.
std::function<Handle()> always(Handle handle) {
  return [handle = std::move(handle)] { return handle; };
}

/// Says yes to an operation and does nothing.
Mutation does_nothing(std::string name, std::string operation, int status, std::vector<std::string> only) {
  return {std::move(name), always([=](const Asked& asked, Request& request, const Next& next) {
            if (asked.operation != operation) return next(request);
            Response response;
            response.status = status;
            return response;
          }),
          std::move(only)};
}

/// Nothing of a body is kept: the part, or object, is as if it had been another.
Handle first_write_wins(const std::string& operation) {
  struct State {
    std::mutex mutex;
    std::map<std::string, Response> first;
  };
  auto state = std::make_shared<State>();
  return [state, operation](const Asked& asked, Request& request, const Next& next) {
    if (asked.operation != operation) return next(request);
    const auto place = request.target;
    {
      const std::scoped_lock lock(state->mutex);
      if (const auto known = state->first.find(place); known != state->first.end()) return known->second;
    }
    auto response = next(request);
    if (response.status < 300) {
      const std::scoped_lock lock(state->mutex);
      state->first.emplace(place, response);
    }
    return response;
  };
}

/// Every creation of an upload of one key answers the same upload.
Handle one_upload_per_key() {
  struct State {
    std::mutex mutex;
    std::map<std::string, Response> first;
  };
  auto state = std::make_shared<State>();
  return [state](const Asked& asked, Request& request, const Next& next) {
    if (asked.operation != "CreateMultipartUpload") return next(request);
    const std::scoped_lock lock(state->mutex);
    const auto path = path_of(request);
    if (const auto known = state->first.find(path); known != state->first.end()) return known->second;
    return state->first.emplace(path, next(request)).first->second;
  };
}

/// The second answer to Complete is NoSuchUpload.
Handle completes_once() {
  struct State {
    std::mutex mutex;
    std::set<std::string> done;
  };
  auto state = std::make_shared<State>();
  return [state](const Asked& asked, Request& request, const Next& next) {
    auto response = next(request);
    if (asked.operation != "CompleteMultipartUpload" || response.status != 200) return response;
    const std::scoped_lock lock(state->mutex);
    if (state->done.insert(request.target).second) return response;
    response.status = 404;
    response.body = std::string("<Error><Code>NoSuchUpload</Code></Error>");
    return response;
  };
}

/// An upload ID is good for any key: the path is that of the creation.
Handle any_key_of_an_upload() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> path_of_upload;
  };
  auto state = std::make_shared<State>();
  return [state](const Asked& asked, Request& request, const Next& next) {
    if (asked.operation == "CreateMultipartUpload") {
      auto response = next(request);
      auto& text = text_body(response);
      const auto begin = text.find("<UploadId>") + 10;
      const std::scoped_lock lock(state->mutex);
      state->path_of_upload[text.substr(begin, text.find("</UploadId>") - begin)] = path_of(request);
      return response;
    }
    const std::string id(asked.query.get("uploadId").value_or(""));
    std::string path;
    {
      const std::scoped_lock lock(state->mutex);
      if (const auto known = state->path_of_upload.find(id); known != state->path_of_upload.end())
        path = known->second;
    }
    if (!path.empty() && path != path_of(request)) {
      request.target.replace(0, path_of(request).size(), path);
      sign_again(request);
    }
    return next(request);
  };
}

/// Part numbers that `wrong` names are refused, or made another.
Mutation part_number(std::string name, std::string wrong, std::string instead,
                     std::vector<std::string> only) {
  return {std::move(name), always([=](const Asked& asked, Request& request, const Next& next) {
            if ((is_part(asked) || asked.operation == "UploadPartCopy") &&
                asked.query.get("partNumber") == wrong) {
              set_parameter(request, "partNumber", instead);
              sign_again(request);
            }
            return next(request);
          }),
          std::move(only)};
}

/// A page is longer than it may be.
Mutation longer_pages(std::string name, std::string operation, std::string parameter,
                      std::vector<std::string> only) {
  return {std::move(name), always([=](const Asked& asked, Request& request, const Next& next) {
            const auto limit = asked.query.get(parameter);
            if (asked.operation == operation && limit && !limit->empty() &&
                limit->find_first_not_of("0123456789") == std::string_view::npos) {
              set_parameter(request, parameter, std::to_string(std::stoul(std::string(*limit)) + 1));
              sign_again(request);
            }
            return next(request);
          }),
          std::move(only)};
}

/// Any signature will do, whoever sends and whatever was signed.
Response takes_any_signature(const Asked&, Request& request, const Next& next) {
  const std::string hash(request.headers.value("x-amz-content-sha256"));
  if (hash.starts_with("STREAMING-AWS4")) return next(request);
  for (const auto* name :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
        "X-Amz-Signature", "AWSAccessKeyId", "Signature", "Expires"}) {
    drop_parameter(request, name);
  }
  if (!request.headers.has("authorization")) {
    request.headers.add("Authorization", "none");
    request.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  }
  if (hash.empty() && !request.headers.has("x-amz-content-sha256")) {
    request.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  }
  sign_again(request);
  return next(request);
}

/// The body isn't what was signed, and nobody minds.
Response takes_any_payload(const Asked&, Request& request, const Next& next) {
  const std::string hash(request.headers.value("x-amz-content-sha256"));
  if (!hash.starts_with("STREAMING") && request.headers.has("authorization")) {
    request.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    sign_again(request);
  }
  return next(request);
}

/// ETags of completed uploads are random, as some vendors have them.
Response etag_without_a_count(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  if (auto etag = header_value(response, "etag"); etag.find('-') != std::string::npos) {
    response.headers.set("ETag", etag.substr(0, etag.find('-')) + '"');
  }
  if (response.headers.value("content-type") == "application/xml") {
    auto& text = text_body(response);
    for (int count = 1; count < 4; ++count)
      replace_all(text, '-' + std::to_string(count) + "&quot;</ETag>", "&quot;</ETag>");
  }
  return response;
}

/// A policy comes back with another effect.
Response denying_policy(const Asked& asked, Request& request, const Next& next) {
  auto response = next(request);
  if (asked.operation == "GetBucketPolicy") replace_all(text_body(response), "Allow", "Deny");
  return response;
}

/// What is told has its lists of one.
Response policy_with_lists(const Asked& asked, Request& request, const Next& next) {
  auto response = next(request);
  if (asked.operation == "GetBucketPolicy")
    replace_all(text_body(response), "\"s3:GetObject\"", "[\"s3:GetObject\"]");
  return response;
}

}  // namespace

std::vector<Mutation> mutations_by_hand() {
  std::vector<Mutation> mutations{
      does_nothing("abort says yes and does nothing", "AbortMultipartUpload", 204, {"multipart.*"}),
      does_nothing("a deleted object stays", "DeleteObject", 204, {"object.*", "multipart.complete.*"}),
      does_nothing("objects deleted together stay", "DeleteObjects", 200, {"object.delete*"}),
      {"a part sent again is not kept", [] { return first_write_wins("UploadPart"); }, {"multipart.*"}},
      {"a policy put again is not kept",
       [] { return first_write_wins("PutBucketPolicy"); },
       {"bucket.policy.*"}},
      {"a policy comes back denying", always(denying_policy), {"bucket.policy.*"}},
      {"a policy comes back with lists of one", always(policy_with_lists), {"bucket.policy.*"}},
      {"an object put again is not kept", [] { return first_write_wins("PutObject"); }, {"object.*"}},
      {"a key has one upload at a time", one_upload_per_key, {"multipart.*"}},
      {"an upload is completed once only", completes_once, {"multipart.complete.*"}},
      {"an upload ID is good for any key",
       any_key_of_an_upload,
       {"multipart.no-such-upload.*", "multipart.complete.*"}},
      part_number("part 10,000 is refused", "10000", "10001", {"multipart.part.*", "multipart.number.*"}),
      part_number("part 10,001 is taken", "10001", "10000", {"multipart.part.*", "multipart.number.*"}),
      part_number("part 0 is taken", "0", "1", {"multipart.part.*", "multipart.copy.*"}),
      longer_pages("a page of parts has one more", "ListParts", "max-parts", {"multipart.list-parts.*"}),
      longer_pages("a page of uploads has one more", "ListMultipartUploads", "max-uploads",
                   {"multipart.list-uploads.*"}),
      longer_pages("a page of objects has one more", "ListObjectsV2", "max-keys", {"object.list*"}),
      longer_pages("a page of objects has one more, in the old listing", "ListObjects", "max-keys",
                   {"object.list*"}),
      {"any signature is taken", always(takes_any_signature), {"*"}},
      {"any payload is taken", always(takes_any_payload), {"*"}},
      {"ETags of uploads have no count", always(etag_without_a_count), {"multipart.*"}},
  };
  for (auto& mutation : mutations_of_second_instances()) mutations.push_back(std::move(mutation));
  return mutations;
}

}  // namespace partsmith::test
