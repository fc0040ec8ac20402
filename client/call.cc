#include <partsmith/client/call.h>

namespace partsmith::client {

Result<S3Answer> call(S3Client& client, const S3Request& request, const CallPolicy& call_policy) {
  auto stoppable = request;
  stoppable.stop = call_policy.stop;
  return persist(call_policy, [&]() -> Result<S3Answer> {
    auto answer = client.send(stoppable);
    if (!answer) return answer;
    if (auto failure = answer->failure_even_in_200())
      return std::unexpected(ClientError(*std::move(failure)));
    return answer;
  });
}

}  // namespace partsmith::client
