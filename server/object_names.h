#pragma once
/// An object's key as requests name it, and its URL as answers do.

#include <string>
#include <string_view>

#include "visit.h"

namespace partsmith::server {

/// KeyTooLongError with the sizes, or what `otherwise` gives for a key that is empty or not UTF-8.
S3Result<ObjectKey> object_key(std::string_view text, protocol::S3Error (*otherwise)());

/// The object's URL as the client addressed its bucket, with the key encoded whole:
/// `http://host/bucket/static%2Fgopher.mp4`. A Host that names nobody (it has characters of no authority) is
/// left out, and the URL is relative to the one asked for.
std::string object_url(const Visit& visit, const ObjectKey& key);

}  // namespace partsmith::server
