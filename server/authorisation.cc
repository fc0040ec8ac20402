#include "authorisation.h"

namespace partsmith::server {

const BucketName* bucket_of(const Target& target) {
  if (const auto* bucket = std::get_if<BucketTarget>(&target)) return &bucket->bucket;
  if (const auto* object = std::get_if<ObjectTarget>(&target)) return &object->bucket;
  return nullptr;
}

std::string versioned(std::string_view action) {
  constexpr std::string_view object = "Object";
  const std::size_t at = action.find(object);
  if (at == std::string_view::npos || action.ends_with("Retention") || action.ends_with("LegalHold"))
    return std::string(action);
  const std::size_t end = at + object.size();
  return std::string(action.substr(0, end)) + "Version" + std::string(action.substr(end));
}

}  // namespace partsmith::server
