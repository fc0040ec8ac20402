#include <partsmith/client/call.h>

namespace partsmith::client {

Result<S3Answer> call(S3Client& client, const S3Request& request, const Patient& patient) {
  auto stoppable = request;
  stoppable.stop = patient.stop;
  return persist(patient, [&]() -> Result<S3Answer> {
    auto answer = client.send(stoppable);
    if (!answer) return answer;
    if (auto failure = answer->failure_even_in_200())
      return std::unexpected(ClientError(*std::move(failure)));
    return answer;
  });
}

}  // namespace partsmith::client
