#pragma once
/// What an operation is given: the request, what was found out about it so far, and the world it acts in.

#include <expected>
#include <optional>
#include <string>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/protocol/error.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/server/vendor_rules.h>
#include <partsmith/storage/store.h>
#include <partsmith/values/names.h>
#include <partsmith/values/time.h>

#include "addressing.h"
#include "http/message.h"
#include "memory_budget.h"
#include "request_ids.h"

namespace partsmith::server {

/// One isolated universe: a store, a clock, memory for its requests, and where it is narrower than Amazon S3.
struct World {
  storage::Store& store;
  const Clock& clock;
  VendorRules rules = {};
  bool completes_early = false;  ///< ServerOptions::early_completion
  MemoryBudget& memory;
};

/// Who asks, as the signature proved.
struct Identity {
  std::string access_key;
  std::string region;          ///< that the client signed for: the endpoint that it believes to speak to
  std::string content_sha256;  ///< x-amz-content-sha256, or UNSIGNED-PAYLOAD
  std::optional<protocol::ChunkSigning> chunk_signing;  ///< for signed streaming payloads
};

/// The account that owns everything here. S3 gives a canonical user id of 64 hex digits.
inline constexpr const char* owner_id = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
inline constexpr const char* owner_display_name = "partsmith";
inline constexpr const char* account_number = "000000000000";  ///< of the same account, as ARNs have it

class Authenticator;

struct Call {
  Request& request;
  const Address& address;
  const protocol::OperationRow& operation;
  const Identity& identity;
  World& world;
  const BucketName* bucket = nullptr;  ///< set for bucket and object scope
  const ObjectKey* key = nullptr;      ///< set for object scope
  const RequestIds* ids = nullptr;     ///< of the answer
  const Authenticator* authenticator = nullptr;  ///< set for PostObject, whose form says who asks

  const protocol::Headers& headers() const { return request.headers; }
  const protocol::Query& query() const { return address.query; }
  storage::Store& store() const { return world.store; }
  const VendorRules& rules() const { return world.rules; }
  MemoryBudget& memory() const { return world.memory; }
};

using Outcome = std::expected<Response, protocol::S3Error>;

template <typename T>
using S3Result = std::expected<T, protocol::S3Error>;

}  // namespace partsmith::server
