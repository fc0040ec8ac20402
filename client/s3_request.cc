#include <partsmith/client/s3_request.h>

namespace partsmith::client {

S3Request::S3Request() = default;
S3Request::S3Request(const S3Request& other) = default;
S3Request::S3Request(S3Request&& other) noexcept = default;
S3Request& S3Request::operator=(const S3Request& other) = default;
S3Request& S3Request::operator=(S3Request&& other) noexcept = default;
S3Request::~S3Request() = default;

S3Request& S3Request::parameter(std::string name, std::optional<std::string> value) {
  query.push_back({std::move(name), std::move(value)});
  return *this;
}

S3Request& S3Request::header(std::string name, std::string value) {
  headers.add(std::move(name), std::move(value));
  return *this;
}

}  // namespace partsmith::client
