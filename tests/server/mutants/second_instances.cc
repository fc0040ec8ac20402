/// Servers that are right once: with one object, one part, in order, below a boundary, at one operation.

#include <map>
#include <mutex>
#include <set>

#include "edits.h"
#include "mutation.h"

namespace partsmith::test {
namespace {

using server::Request;
using server::Response;

std::string path_of(const Request& request) {
  return std::string(protocol::split_target(request.target).path);
}

std::string upload_of(const Asked& asked) {
  return std::string(asked.query.get("uploadId").value_or(""));
}

Response refusal(int status, const std::string& code) {
  Response response;
  response.status = status;
  response.body = "<Error><Code>" + code + "</Code></Error>";
  return response;
}

/// A handle without memory, for one operation.
Mutation at(std::string operation, std::string name, Handle handle, std::vector<std::string> only) {
  return {std::move(name),
          [=] {
            return Handle([=](const Asked& asked, Request& request, const Next& next) {
              return asked.operation == operation ? handle(asked, request, next) : next(request);
            });
          },
          std::move(only)};
}

Handle counts_what_was_sent() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::set<std::string>> numbers;  ///< of an upload
  };
  auto state = std::make_shared<State>();
  return [state](const Asked& asked, Request& request, const Next& next) {
    auto response = next(request);
    const std::scoped_lock lock(state->mutex);
    auto& numbers = state->numbers[upload_of(asked)];
    if (asked.operation == "UploadPart") numbers.emplace(asked.query.get("partNumber").value_or(""));
    if (asked.operation == "CompleteMultipartUpload" && response.status == 200) {
      auto& text = text_body(response);
      for (int count = 1; count < 9; ++count)
        replace_all(text, '-' + std::to_string(count) + "&quot;",
                    "-" + std::to_string(numbers.size()) + "&quot; ");
      replace_all(text, "&quot; ", "&quot;");
    }
    return response;
  };
}

/// A checksum of checksums that is right only when the parts came in order.
Handle composite_as_it_arrived() {
  struct State {
    std::mutex mutex;
    std::map<std::string, unsigned long> last;
    std::set<std::string> disordered;
  };
  auto state = std::make_shared<State>();
  return [state](const Asked& asked, Request& request, const Next& next) {
    auto response = next(request);
    const std::scoped_lock lock(state->mutex);
    const auto upload = upload_of(asked);
    if (asked.operation == "UploadPart") {
      const auto number = std::stoul(std::string(asked.query.get("partNumber").value_or("0")));
      if (state->last[upload] > number) state->disordered.insert(upload);
      state->last[upload] = number;
    }
    if (asked.operation == "CompleteMultipartUpload" && state->disordered.contains(upload)) {
      for (const auto* name : {"ChecksumCRC32", "ChecksumSHA256"}) change_elements(text_body(response), name);
    }
    return response;
  };
}

/// Conditions that don't see objects made of parts.
Handle blind_for_objects_of_parts(const std::string& operation, const std::string& header) {
  struct State {
    std::mutex mutex;
    std::set<std::string> of_parts;
  };
  auto state = std::make_shared<State>();
  return [=](const Asked& asked, Request& request, const Next& next) {
    const auto path = path_of(request);
    {
      const std::scoped_lock lock(state->mutex);
      if (asked.operation == operation && state->of_parts.contains(path) && request.headers.has(header)) {
        request.headers.remove(header);
        sign_again(request);
      }
    }
    auto response = next(request);
    const std::scoped_lock lock(state->mutex);
    if (asked.operation == "CompleteMultipartUpload" && response.status == 200) state->of_parts.insert(path);
    return response;
  };
}

/// Headers that a copy doesn't take along.
Handle copies_lose(const std::string& header) {
  struct State {
    std::mutex mutex;
    std::set<std::string> copies;
  };
  auto state = std::make_shared<State>();
  return [=](const Asked& asked, Request& request, const Next& next) {
    const auto path = path_of(request);
    auto response = next(request);
    const std::scoped_lock lock(state->mutex);
    if (asked.operation == "CopyObject" && response.status == 200) state->copies.insert(path);
    if (state->copies.contains(path)) response.headers.remove(header);
    return response;
  };
}

/// Whoever asks gets it, at this operation.
Response asks_nobody(const Asked&, Request& request, const Next& next) {
  for (const auto* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                           "X-Amz-SignedHeaders", "X-Amz-Signature"})
    drop_parameter(request, name);
  request.headers.set("Authorization", "none");
  if (!request.headers.has("x-amz-content-sha256"))
    request.headers.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  sign_again(request);
  return next(request);
}

Response never_expires(const Asked& asked, Request& request, const Next& next) {
  return asked.query.get("X-Amz-Expires") ? asks_nobody(asked, request, next) : next(request);
}

Response takes_wrong_etags_but_of_the_first(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  auto& text = text_body(response);
  if (text.contains("<Code>InvalidPart</Code>") && !text.contains("<PartNumber>1</PartNumber>")) {
    response.status = 200;
    text = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>";
  }
  return response;
}

Response unescaped(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  replace_all(text_body(response), "&amp;", "&");
  return response;
}

/// As if letters of any case were the same: what lies beside it is listed, too.
Response shortened_prefix(const Asked& asked, Request& request, const Next& next) {
  const std::string prefix(asked.query.get("prefix").value_or(""));
  const auto slash = prefix.rfind('/');
  if (slash != std::string::npos && slash + 1 < prefix.size()) {
    set_parameter(request, "prefix",
                  protocol::uri_encode(prefix.substr(0, slash + 1), protocol::Slash::encode));
    sign_again(request);
  }
  return next(request);
}

Response range_without_metadata(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  if (response.status != 206) return response;
  for (const auto* name : {"x-amz-meta-colour", "Cache-Control"}) response.headers.remove(name);
  return response;
}

Response last_of_a_thousand_is_lost(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  auto& text = text_body(response);
  std::size_t count = 0;
  for (auto at = text.find("<Contents>"); at != std::string::npos; at = text.find("<Contents>", at + 1))
    ++count;
  if (count == 1000) drop_last_element(text, "Contents");
  return response;
}

Response one_upload_of_a_moment(const Asked&, Request& request, const Next& next) {
  auto response = next(request);
  auto& text = text_body(response);
  const auto first = text.find("<Initiated>");
  const auto last = text.rfind("<Initiated>");
  if (first != last && text.substr(first, 30) == text.substr(last, 30)) drop_last_element(text, "Upload");
  return response;
}

Response few_parts(const Asked& asked, Request& request, const Next& next) {
  const auto number = std::stoul(std::string(asked.query.get("partNumber").value_or("0")));
  return number > 1000 && number < 9999 ? refusal(400, "InvalidArgument") : next(request);
}

Response small_chunks_only(const Asked&, Request& request, const Next& next) {
  const std::string length(request.headers.value("x-amz-decoded-content-length"));
  const bool large = !length.empty() && std::stoul(length) >= 300'000;
  return large ? refusal(400, "IncompleteBody") : next(request);
}

}  // namespace

std::vector<Mutation> mutations_of_second_instances() {
  std::vector<Mutation> mutations{
      {"the count in an ETag is that of the parts sent", counts_what_was_sent, {"multipart.complete.*"}},
      {"a composite checksum is in the order of arrival", composite_as_it_arrived, {"multipart.complete.*"}},
      {"copies lose Cache-Control", [] { return copies_lose("Cache-Control"); }, {"object.copy.*"}},
      at("CompleteMultipartUpload", "only the first part's ETag is compared",
         takes_wrong_etags_but_of_the_first, {"multipart.complete.*"}),
      at("ListMultipartUploads", "keys of uploads are told unescaped", unescaped,
         {"multipart.list-uploads.*"}),
      at("ListObjectsV2", "keys are listed unescaped", unescaped, {"object.list*"}),
      at("ListObjects", "keys are listed unescaped, in the old listing", unescaped, {"object.list*"}),
      at("DeleteObjects", "deleted keys are told unescaped", unescaped, {"object.delete-many.*"}),
      at("ListMultipartUploads", "a prefix of uploads is of any letter case", shortened_prefix,
         {"multipart.list-uploads.*"}),
      at("ListObjectsV2", "a prefix is of any letter case", shortened_prefix, {"object.list*"}),
      at("GetObject", "a range comes without metadata", range_without_metadata, {"object.range.*"}),
      at("ListObjectsV2", "the last of a page of 1,000 is lost", last_of_a_thousand_is_lost,
         {"object.list.*"}),
      at("ListMultipartUploads", "of a moment only one upload is listed", one_upload_of_a_moment,
         {"multipart.list-uploads.*"}),
      at("UploadPart", "parts beyond 1,000 are refused", few_parts, {"multipart.list-parts.*"}),
      at("UploadPart", "large bodies in chunks are refused", small_chunks_only, {"multipart.part.chunks-*"}),
  };
  for (const auto* operation : {"CompleteMultipartUpload", "PutObject"}) {
    for (const auto* header : {"If-None-Match", "If-Match"}) {
      mutations.push_back({std::string(operation) + " with " + header + " is blind for objects of parts",
                           [=] { return blind_for_objects_of_parts(operation, header); },
                           {"multipart.complete.*", "object.conditions.put.*"}});
    }
  }
  for (const auto* operation :
       {"CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload",
        "AbortMultipartUpload", "ListParts", "ListMultipartUploads", "PutObject", "GetObject", "HeadObject",
        "DeleteObject", "CopyObject", "ListObjectsV2", "ListObjects"}) {
    const std::string name(operation);
    mutations.push_back(
        at(name, name + " asks nobody who it is", asks_nobody, {"*.signed-wrongly.*", "*.unsigned.*"}));
    mutations.push_back(at(name, name + " by a presigned URL never expires", never_expires, {"*.expired.*"}));
  }
  return mutations;
}

}  // namespace partsmith::test
