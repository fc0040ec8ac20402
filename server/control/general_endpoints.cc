#include <nlohmann/json.hpp>

#include "control/answers.h"
#include "control/endpoints.h"
#include "control/metrics.h"
#include "control/openapi.h"

namespace partsmith::server {
namespace {

/// It may have to be asked, which takes as long as it lets one wait.
Upstream::Health health_of(const Asked& asked) {
  const Away away(asked.visit.request.place);
  return asked.server.upstream->health();
}

}  // namespace

Response health(const Asked& asked) {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - asked.server.started;
  nlohmann::ordered_json told{
      {"status", "ok"}, {"version", asked.server.version}, {"uptime_seconds", uptime.count()}};
  if (asked.server.upstream == nullptr) return json_answer(told);
  const Upstream::Health upstream = health_of(asked);
  told["upstream"] = {{"url", asked.server.upstream->url()}, {"reached", upstream.reached}};
  if (upstream.reached) return json_answer(told);
  told["status"] = "upstream down";
  told["upstream"]["cause"] = upstream.cause;
  Response response = json_answer(told);
  response.status = 503;
  return response;
}

Response metrics(const Asked& asked) {
  std::string text = asked.server.metrics.text(asked.server.version);
  if (asked.server.upstream == nullptr) {
    const auto totals = asked.world->store.totals();
    if (!totals) return error_answer(500, totals.error().detail);
    text += Metrics::text(*totals);
  } else {
    text += asked.server.upstream->metrics();
  }
  Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  return response;
}

Response openapi(const Asked& asked) {
  return json_text_answer(openapi_document(asked.server.version));
}

}  // namespace partsmith::server
