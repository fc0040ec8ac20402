#pragma once
/// Small pieces that many answers are made of.

#include <string>

#include <partsmith/protocol/xml.h>

#include "account.h"
#include "store_errors.h"
#include "visit.h"

namespace partsmith::server {

inline Response empty_answer(int status) {
  Response response;
  response.status = status;
  return response;
}

inline Response xml_answer(protocol::XmlWriter& document) {
  Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = document.finish();
  return response;
}

/// Most documents that a bucket is configured with, and some of objects, have no Content-Type; those of
/// ACLs, location and logging have one (reported: brekkylab/backlot, measured 2026-09). They begin as XML,
/// which is what a browser then takes them for.
inline Response untyped_answer(std::string document) {
  Response response;
  response.body = std::move(document);
  return response;
}

/// A store's error as an operation's outcome.
inline std::unexpected<protocol::S3Error> refused(const storage::StoreError& error, const Visit& visit) {
  return std::unexpected(s3_error(error, visit, visit.target()));
}
/// The same where the error is about one of several resources.
inline std::unexpected<protocol::S3Error> refused(const storage::StoreError& error, const Visit& visit,
                                                  const Target& about) {
  return std::unexpected(s3_error(error, visit, about));
}

inline std::unexpected<protocol::S3Error> invalid_argument(std::string message, std::string name,
                                                           std::string value) {
  return std::unexpected(protocol::S3Error(protocol::ErrorCode::InvalidArgument, std::move(message))
                             .with("ArgumentName", std::move(name))
                             .with("ArgumentValue", std::move(value)));
}

inline std::unexpected<protocol::S3Error> invalid_request(std::string message) {
  return std::unexpected(protocol::S3Error(protocol::ErrorCode::InvalidRequest, std::move(message)));
}

/// `<Owner><ID>…</ID></Owner>`: Amazon S3 names no owner's display name any more (recorded 2026).
inline void write_owner(protocol::XmlWriter& document) {
  document.open("Owner").element("ID", owner_id).close();
}

inline void write_initiator(protocol::XmlWriter& document) {
  document.open("Initiator").element("ID", owner_id).element("DisplayName", owner_display_name).close();
}

}  // namespace partsmith::server
