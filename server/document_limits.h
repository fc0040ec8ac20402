#pragma once
/// What the XML document of a request may cost, by operation: checked before it is read into a tree.

#include <partsmith/protocol/operations.h>
#include <partsmith/protocol/xml_bounds.h>

namespace partsmith::server {

/// Of operations without a row of their own: a MiB and 16,000 nodes.
protocol::XmlLimits document_limits(protocol::OperationId operation);

}  // namespace partsmith::server
