#include <nlohmann/json.hpp>

#include "control/answers.h"
#include "control/endpoints.h"
#include "control/metrics.h"
#include "control/openapi.h"

namespace partsmith::server {

Response health(const Asked& asked) {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - asked.server.started;
  return json_answer(
      {{"status", "ok"}, {"version", asked.server.version}, {"uptime_seconds", uptime.count()}});
}

Response metrics(const Asked& asked) {
  const auto totals = asked.world->store.totals();
  if (!totals) return error_answer(500, totals.error().detail);
  Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = asked.server.metrics.text(asked.server.version, *totals);
  return response;
}

Response openapi(const Asked& asked) {
  return json_text_answer(openapi_document(asked.server.version));
}

}  // namespace partsmith::server
