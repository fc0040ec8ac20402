#pragma once
/// What a check sent, as a shell script that anyone can run: curl signs, the user's keys come from the
/// environment.

#include <string>
#include <variant>
#include <vector>

#include <partsmith/client/http_client.h>
#include <partsmith/client/s3_request.h>

namespace partsmith::conformance {

class Reproduction {
 public:
  Reproduction(client::Endpoint endpoint, std::string region, std::string bucket)
      : endpoint_(std::move(endpoint)), region_(std::move(region)), bucket_(std::move(bucket)) {}

  void add(const client::S3Request& request) { steps_.emplace_back(request); }
  /// A request that was changed by hand after it was signed: curl can't send it.
  void add(const client::HttpRequest& request) { steps_.emplace_back(request.method + ' ' + request.target); }
  /// The request added last made this upload; later ones that name it use a variable.
  void created(std::string upload_id) { uploads_.push_back({steps_.size() - 1, std::move(upload_id)}); }

  std::string script() const;

 private:
  struct Upload {
    std::size_t step;
    std::string id;
  };

  std::string step_text(std::size_t index) const;
  std::string request_text(const client::S3Request& request) const;
  /// In double quotes, with variables for the bucket and the uploads.
  std::string quoted(std::string text) const;

  client::Endpoint endpoint_;
  std::string region_;
  std::string bucket_;
  std::vector<std::variant<client::S3Request, std::string>> steps_;
  std::vector<Upload> uploads_;
};

}  // namespace partsmith::conformance
