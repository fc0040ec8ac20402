#pragma once
/// DeleteObjects where keys have a prefix at the upstream: the one request whose document names keys.

#include "forward/name_map.h"
#include "visit.h"

namespace partsmith::server {

/// Reads and verifies the document, and puts it into the request with the upstream's keys, signed whole and
/// with a digest of its own. MalformedXML, and what receive_document() refuses.
S3Result<void> put_mapped_deletions(const Visit& visit, const UpstreamPlace& place, UpstreamRequest& request);

}  // namespace partsmith::server
