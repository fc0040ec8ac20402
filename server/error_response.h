#pragma once
/// Errors as S3 sends them: an XML document, or for HEAD and 304 nothing but the status.
/// Source: S3 API reference, "Error responses"; recordings.

#include <cstddef>
#include <string_view>

#include <partsmith/protocol/error.h>

#include "http/message.h"
#include "request_ids.h"

namespace partsmith::server {

/// Of the message and of each field: what is longer is cut. The longest text that is meant for a reader, the
/// bytes of a canonical request, fits. Escaped it takes up to six times as many.
inline constexpr std::size_t max_error_text_bytes = 25 * 1024;

/// `without_body`: as the answer to HEAD.
/// Of an answer to HEAD that isn't an object's: Amazon S3 sends it in chunks, of which there are none
/// (reported: brekkylab/backlot, measured 2026-09).
ChunkedBody no_chunks();

Response error_response(const protocol::S3Error& error, const RequestIds& ids, bool without_body);

}  // namespace partsmith::server
