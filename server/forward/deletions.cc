#include "forward/deletions.h"

#include <array>

#include <partsmith/protocol/xml.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

#include "payload.h"

namespace partsmith::server {

S3Result<void> put_mapped_deletions(const Visit& visit, const UpstreamPlace& place,
                                    UpstreamRequest& request) {
  if (auto ok = require_digest(visit); !ok) return ok;
  const auto document = receive_document(visit);
  if (!document) return std::unexpected(document.error());
  const auto parsed = protocol::parse_xml(*document);
  if (!parsed || parsed->name != "Delete")
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::MalformedXML));
  protocol::XmlWriter mapped("Delete");
  for (const protocol::XmlElement& child : parsed->children) {
    if (child.name != "Object") {
      mapped.element(child.name, child.text);
      continue;
    }
    mapped.open("Object");
    for (const protocol::XmlElement& field : child.children) {
      mapped.element(field.name, field.name == "Key" ? upstream_key(place, field.text) : field.text);
    }
    mapped.close();
  }
  request.body = mapped.finish();
  request.headers.remove("content-md5");
  for (const ChecksumTraits& row : checksum_table()) request.headers.remove(row.header);
  request.headers.remove("x-amz-sdk-checksum-algorithm");
  request.headers.set("Content-MD5", to_base64(md5(as_bytes(*request.body))));
  request.payload_hash = to_hex(sha256(as_bytes(*request.body)));
  request.length = request.body->size();
  return {};
}

}  // namespace partsmith::server
