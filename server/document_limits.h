#pragma once
/// What the XML document of a request may cost, by operation: checked before it is read into a tree.

#include <string_view>

#include <partsmith/protocol/xml_bounds.h>

namespace partsmith::server {

/// Of operations without a row of their own: a MiB and 16,000 nodes.
protocol::XmlLimits document_limits(std::string_view operation);

}  // namespace partsmith::server
