#pragma once
/// The body as the chosen payload form sends it.

#include <partsmith/client/body.h>
#include <partsmith/client/s3_request.h>
#include <partsmith/protocol/aws_chunked.h>

namespace partsmith::client {

/// The form's name in x-amz-content-sha256, or nothing for those that are no aws-chunked form.
std::optional<std::string_view> streaming_form(Payload payload);

/// Adds the headers that an aws-chunked body needs: Content-Encoding, x-amz-decoded-content-length,
/// x-amz-trailer. Those that the request states itself stay.
void add_encoding_headers(protocol::Headers& headers, const S3Request& request);

/// The aws-chunked body, encoded while it is sent. `signing` for the signed forms.
Body encode_payload(const S3Request& request, std::optional<protocol::ChunkSigning> signing);

}  // namespace partsmith::client
