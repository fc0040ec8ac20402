#include <stdexcept>

#include <partsmith/storage/store.h>

namespace partsmith::storage {

Content Content::written(std::unique_ptr<BlobWriter> writer) {
  if (!writer) throw std::invalid_argument("content without a writer");
  Content content;
  content.writer = std::move(writer);
  return content;
}

Content Content::shared(ObjectLease& source, std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t size = source.info().size;
  if (offset > size || length > size - offset)
    throw std::invalid_argument("shared content outside its source");
  Content content;
  content.source = &source;
  content.offset = offset;
  content.length = length;
  return content;
}

}  // namespace partsmith::storage
