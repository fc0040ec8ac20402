#pragma once
/// Reading an object's bytes in order, going on after a broken connection, and proving them.

#include <memory>
#include <variant>

#include <partsmith/client/objects.h>

namespace partsmith::client {

/// What shows that bytes are those of the object.
enum class Proof {
  checksum,  ///< the checksum of the whole
  etag,      ///< the MD5s that the ETags are
  size       ///< only that there are as many: the service tells nothing that could be compared
};
std::string_view to_string(Proof proof);

/// Bytes of an object: at least one, or none at all of an empty one.
struct ByteSpan {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

/// What a Range header's text ("0-99", "100-", "-100") means for an object of that size. The error is one
/// line fit for a person.
std::expected<ByteSpan, std::string> span_of(std::string_view range, std::uint64_t size);

/// Compares all bytes of an object, given in order, with what HEAD told of it.
class ContentCheck {
 public:
  explicit ContentCheck(const ObjectFacts& facts);
  void update(ByteView bytes);
  /// Call once. An error of kind damaged when it is other content.
  Result<Proof> verdict();

 private:
  const ObjectFacts& facts_;
  std::uint64_t bytes_ = 0;
  std::optional<Checksummer> checksummer_;
  std::optional<Digest> md5_;
};

/// Sends the span's bytes to the sink, in order and each once. A connection that breaks is taken up where it
/// broke, as long as it is the same object; attempts count from the last progress. `get` addresses the
/// object.
Result<void> read_span(S3Client& client, const S3Request& get, const ObjectFacts& facts, ByteSpan span,
                       const HttpClient::Sink& sink, const CallPolicy& call_policy);

}  // namespace partsmith::client
