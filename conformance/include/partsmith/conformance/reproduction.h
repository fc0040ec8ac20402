#pragma once
/// What a check sent and what came back, so that anyone can send it again: as a Python script that tells
/// whether the endpoint still differs, and as a shell script where curl can do it. The user's keys come from
/// the environment.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/http_client.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/client/s3_request.h>
#include <partsmith/conformance/result.h>
#include <partsmith/values/time.h>

namespace partsmith::conformance {

/// One request of a check.
struct SentStep {
  client::S3Request request;  ///< of one that was changed after it was signed: what it was prepared from
  std::optional<client::HttpRequest> prepared = {};  ///< of such a one
  std::optional<client::HttpRequest> changed = {};   ///< and what was sent; without `prepared`, made by hand
  TimePoint at = {};
  std::chrono::milliseconds after{0};  ///< it waited so long for its turn
  std::optional<client::S3Answer> answer = {};
  std::optional<unsigned> together = {};  ///< sent at the same time as its neighbours of this number
  std::size_t around = 0;                 ///< so many of the next steps happened between its head and body
  bool by_other = false;                  ///< with the keys of another account
  bool without_length = false;            ///< no Content-Length told of its body
  bool head_only = false;                 ///< the body is never sent
  std::optional<std::size_t> cut_after =
      {};  ///< so many bytes of the body, after which the connection is reset
};

class Reproduction {
 public:
  Reproduction(client::Endpoint endpoint, client::S3ClientOptions options, std::string bucket)
      : endpoint_(std::move(endpoint)), options_(std::move(options)), bucket_(std::move(bucket)) {}

  /// A request that may be changed before it is sent.
  void prepared(const client::S3Request& request, const client::HttpRequest& as);
  SentStep& add(const client::S3Request& request);
  /// A request as it goes over the wire, perhaps one that was prepared.
  SentStep& add(const client::HttpRequest& request);
  /// The request that is added next waits so long.
  void wait(std::chrono::milliseconds time) { wait_ += time; }
  SentStep& step(std::size_t index) { return steps_[index]; }
  /// The request added last made this upload; later ones that name it use a variable.
  void created(std::string upload_id) { uploads_.push_back({steps_.size() - 1, std::move(upload_id)}); }

  /// For bash and curl 7.88 or later; empty where that curl can't send it all.
  std::string script() const;
  /// `about` is what the script says of itself. It looks at what `failures` tell. Empty where a request can't
  /// be described.
  std::string python(std::string_view about, std::span<const Failure> failures) const;

 private:
  struct Upload {
    std::size_t step;
    std::string id;
  };
  struct Prepared {
    client::S3Request request;
    client::HttpRequest as;
  };

  std::string step_text(std::size_t index) const;
  std::string request_text(const client::S3Request& request) const;
  /// In double quotes, with variables for the bucket and the uploads.
  std::string quoted(std::string text) const;

  client::Endpoint endpoint_;
  client::S3ClientOptions options_;
  std::string bucket_;
  std::vector<Prepared> prepared_;
  std::vector<SentStep> steps_;
  std::vector<Upload> uploads_;
  std::chrono::milliseconds wait_{0};
};

}  // namespace partsmith::conformance
