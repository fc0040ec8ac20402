#pragma once
/// What Amazon S3 refuses of a request before it looks for the bucket and for who asks: parameters that can't
/// be read, or that belong to another operation. Source: reported (brekkylab/backlot, measured 2026-09).

#include <string_view>

#include "visit.h"

namespace partsmith::server {

/// InvalidArgument for the parameters of a listing that can't be read, those of the other listing of keys,
/// an empty version id, a bucket-region that isn't the endpoint's, and unknown names of attributes. The
/// visit has an operation; `endpoint` is the region that the client signs for.
S3Result<void> check_parameters(const Visit& visit, std::string_view endpoint);

/// What x-amz-object-attributes names, each one known.
struct WantedAttributes {
  bool etag = false;
  bool checksum = false;
  bool parts = false;
  bool storage_class = false;
  bool size = false;
  bool any() const { return etag || checksum || parts || storage_class || size; }
};
/// InvalidArgument for another name. Commas at the end of a list are nothing.
S3Result<WantedAttributes> wanted_attributes(const protocol::Headers& headers);

/// What an anonymous caller is told of an operation that none may do. Source: reported (brekkylab/backlot of
/// CreateBucket, which says so of any name; of the others versitygw, which takes its errors from Amazon S3).
protocol::S3Error anonymous_refusal(protocol::OperationId operation);

}  // namespace partsmith::server
