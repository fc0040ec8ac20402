#pragma once
/// The house's own client for an emulator.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <partsmith/client/object_requests.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/emulator.h>
#include <partsmith/values/time.h>

namespace partsmith::test {

class EmulatorClient {
 public:
  explicit EmulatorClient(const Emulator& emulator) : EmulatorClient(emulator, emulator.access_key()) {}
  EmulatorClient(const Emulator& emulator, std::string access_key, client::HttpOptions http = {})
      : client_(*client::Endpoint::parse(emulator.endpoint_url()),
                {.credentials = {std::move(access_key), emulator.secret_key(), ""},
                 .region = emulator.region(),
                 .http = std::move(http)},
                clock_) {}

  client::S3Client& s3() { return client_; }

  /// One attempt. Throws when there is no answer.
  client::S3Answer send(const client::S3Request& request) {
    auto answer = client_.send(request);
    if (!answer) throw std::runtime_error(answer.error().detail);
    return *std::move(answer);
  }
  int put(const std::string& bucket, const std::string& key, const std::string& bytes = "bytes") {
    return send(client::put_object(bucket, key, bytes)).status;
  }
  int get(const std::string& bucket, const std::string& key) {
    return send(client::get_object(bucket, key)).status;
  }

 private:
  SystemClock clock_;
  client::S3Client client_;
};

/// What the emulator refuses to do, and "nothing was refused" when it does it.
template <class Act>
std::string refusal(Act act) {
  try {
    act();
    return "nothing was refused";
  } catch (const EmulatorError& error) {
    return error.what();
  }
}

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace partsmith::test
