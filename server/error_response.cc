#include "error_response.h"

#include <partsmith/protocol/xml.h>

namespace partsmith::server {

Response error_response(const protocol::S3Error& error, std::string_view resource, const RequestIds& ids,
                        bool without_body) {
  const protocol::ErrorTraits& row = traits(error.code);
  Response response;
  response.status = row.status;
  if (row.status == 304) {
    for (const auto& [name, value] : error.fields) response.headers.add(name, value);
    return response;
  }
  for (const auto& [name, value] : error.headers) response.headers.add(name, value);
  response.headers.add("Content-Type", "application/xml");
  if (without_body) return response;

  protocol::XmlWriter document("Error", "");
  document.element("Code", row.name).element("Message", error.message);
  for (const auto& [name, value] : error.fields) document.element(name, value);
  if (row.names_resource) document.element("Resource", resource);
  document.element("RequestId", ids.request_id).element("HostId", ids.host_id);
  response.body = document.finish();
  return response;
}

}  // namespace partsmith::server
