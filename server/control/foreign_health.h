#pragma once
/// The paths at which MinIO, LocalStack and S3Mock tell that they are well: files written for those ask
/// there. Only unsigned requests without a query: `minio` and `favicon.ico` may be buckets.

#include <string>

#include <partsmith/server/init_report.h>

#include "http/message.h"

namespace partsmith::server {

bool is_foreign_health(const Request& request);

/// What the answers tell.
struct ForeignHealth {
  const std::string& version;
  InitReport init = {};
  bool ready = true;
};

/// Whether the answer depends on `ready`. `request` is one that is_foreign_health() told.
bool asks_for_readiness(const Request& request);

/// 200 with what is read there; 503 where readiness is asked for and the server isn't ready. `request` is one
/// that is_foreign_health() told.
Response foreign_health_answer(const Request& request, const ForeignHealth& health);

}  // namespace partsmith::server
