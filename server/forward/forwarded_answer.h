#pragma once
/// The upstream's answer on its way to the client: with its own status, ids, fields and errors, and without
/// what is of the upstream's connection. Short bodies are taken whole, so that the connection is free before
/// the client has read them; longer ones pass in runs.

#include <memory>
#include <optional>

#include "forward/xml_rewriter.h"
#include "visit.h"

namespace partsmith::server {

/// ServiceUnavailable when the upstream breaks off before anything of the answer is sent. `names`: what the
/// document calls things, where clients know them by other names.
Outcome forwarded_answer(Visit& visit, std::unique_ptr<UpstreamExchange> exchange,
                         const std::optional<XmlNames>& names);

/// The whole body of an answer, of `most` bytes at most.
UpstreamExchange::Result<std::string> read_whole(UpstreamExchange& exchange, std::size_t most);

}  // namespace partsmith::server
