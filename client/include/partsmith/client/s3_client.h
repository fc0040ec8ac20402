#pragma once
/// Addresses and signs S3 requests, sends them, and reads errors as values.

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/error.h>
#include <partsmith/client/http_client.h>
#include <partsmith/client/s3_request.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/values/time.h>

namespace partsmith::client {

struct S3Answer {
  int status = 0;
  protocol::Headers headers;
  std::string body;
  std::uint64_t body_length = 0;
  std::uint64_t excess = 0;  ///< see HttpAnswer

  bool ok() const { return status >= 200 && status < 300; }
  /// The body as a document, when it is one.
  std::optional<protocol::XmlElement> document() const { return protocol::parse_xml(body); }
  /// What the error document says; nothing for a 2xx. A body that is no error document gives the status
  /// alone.
  std::optional<S3Failure> failure() const;
  /// The same, for the operations that may answer 200 and an error document (Complete and copies).
  std::optional<S3Failure> failure_even_in_200() const;
};
/// What came over any connection.
std::expected<S3Answer, ClientError> s3_answer(std::expected<HttpAnswer, ClientError> answer);

struct S3ClientOptions {
  protocol::sigv4::Credentials credentials = {};  ///< an empty access key: every request is anonymous
  std::string region = "us-east-1";
  HttpOptions http = {};
  /// When an answer says that the bucket is in another region or for now at another host, the request is sent
  /// again, there. The region is remembered. Off, every answer is the caller's.
  bool follow_regions = false;
};

/// Safe from any thread.
class S3Client {
 public:
  /// `clock` outlives the client.
  S3Client(Endpoint endpoint, S3ClientOptions options, const Clock& clock);
  ~S3Client();
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;

  /// One attempt (but see follow_regions); any status is an answer.
  std::expected<S3Answer, ClientError> send(const S3Request& request);
  /// The body of a 2xx answer goes to the sink.
  std::expected<S3Answer, ClientError> send(const S3Request& request, const HttpClient::Sink& sink);
  std::expected<S3Answer, ClientError> send(const HttpRequest& request);

  /// The request as it goes on the wire: addressed, signed, its body encoded.
  HttpRequest prepare(const S3Request& request) const;
  /// The URL that anyone may use for this request. Its headers must be sent along.
  std::string presigned_url(const S3Request& request) const;

  /// Of the bucket as far as answers have told it (see follow_regions), else the one of the options.
  std::string region_of(const std::string& bucket) const;
  const Endpoint& endpoint() const { return endpoint_; }
  const S3ClientOptions& options() const { return options_; }

 private:
  using Send = std::function<std::expected<HttpAnswer, ClientError>(const HttpRequest&)>;
  std::expected<S3Answer, ClientError> follow(const S3Request& request, const Send& send);
  /// Whether the answer names another region than the one that was thought to be the bucket's.
  bool learn_region(const S3Request& request, const S3Answer& answer);
  void remember_region(const std::string& bucket, std::string_view region);
  Endpoint endpoint_in(const std::string& region) const;
  HttpRequest prepare(const S3Request& request, const Endpoint& endpoint, const std::string& region,
                      const std::optional<Origin>& instead) const;

  Endpoint endpoint_;
  S3ClientOptions options_;
  const Clock& clock_;
  HttpClient http_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> regions_;  ///< of buckets, as answers told them; guarded by mutex_
};

}  // namespace partsmith::client
