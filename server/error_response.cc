#include "error_response.h"

#include <partsmith/protocol/xml_bounds.h>

namespace partsmith::server {

namespace {

/// Of each text: what a client sends comes back at most once in full, and six bytes for one where it is
/// escaped.
std::string echoed(std::string_view text) {
  return protocol::xml_readable(text.substr(0, max_error_text_bytes));
}

/// In errors a quote stands for itself, other than in listings (reported: tj/node-s3-policy#8,
/// waynehoover/s3_direct_upload#107). What the texts have of "&" is "&amp;" by now.
std::string with_plain_quotes(std::string document) {
  constexpr std::string_view written = "&quot;";
  for (std::size_t at = document.find(written); at != std::string::npos; at = document.find(written, at + 1))
    document.replace(at, written.size(), 1, '"');
  return document;
}

}  // namespace

ChunkedBody no_chunks() {
  return {[] { return std::string_view(); }};
}

Response error_response(const protocol::S3Error& error, const RequestIds& ids, bool without_body) {
  const protocol::ErrorTraits& row = traits(error.code);
  Response response;
  response.status = row.status;
  if (row.status == 304) {
    for (const auto& [name, value] : error.fields) response.headers.add(name, value);
    return response;
  }
  for (const auto& [name, value] : error.headers) response.headers.add(name, value);
  response.headers.add("Content-Type", "application/xml");
  if (without_body) {
    response.body = no_chunks();
    return response;
  }

  protocol::XmlWriter document("Error", "");
  document.element("Code", row.name).element("Message", echoed(error.message));
  for (const auto& [name, value] : error.fields) document.element(name, echoed(value));
  document.element("RequestId", ids.request_id).element("HostId", ids.host_id);
  response.body = with_plain_quotes(document.finish());
  return response;
}

}  // namespace partsmith::server
