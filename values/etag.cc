#include <stdexcept>

#include <partsmith/values/etag.h>

namespace partsmith {

ETag ETag::of(const Md5& digest) {
  return ETag(to_hex(digest));
}

ETag ETag::of_parts(std::span<const ETag> parts) {
  Digest digest(DigestKind::md5);
  for (const ETag& part : parts) {
    const auto part_digest = from_hex(part.text());
    if (!part_digest || part_digest->size() != Md5{}.size()) {
      throw std::logic_error("a part's ETag is not an MD5: " + part.text());
    }
    digest.update(*part_digest);
  }
  return ETag(to_hex(digest.finish()) + '-' + std::to_string(parts.size()));
}

ETag ETag::from_client(std::string_view text) {
  const auto quoted = [](std::string_view t) {
    return t.size() >= 2 && t.starts_with('"') && t.ends_with('"');
  };
  if (text.starts_with("W/") && quoted(text.substr(2))) text.remove_prefix(2);
  if (quoted(text)) text = text.substr(1, text.size() - 2);
  return ETag(std::string(text));
}

ETag ETag::from_stored(std::string text) {
  return ETag(std::move(text));
}

}  // namespace partsmith
