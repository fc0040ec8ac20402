#pragma once
/// Reads multipart/form-data as it arrives: the fields before the file as texts, the file's bytes as they
/// come. What stands after the file is read past, as Amazon S3 does. Source: RFC 7578, RFC 2046 section 5.1;
/// S3 API reference, "POST Object".

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/encoding.h>

namespace partsmith::server {

/// The boundary that a Content-Type of multipart/form-data names; nothing for any other type.
std::optional<std::string> form_boundary(std::string_view content_type);

class FormReader {
 public:
  /// Each returns whether to go on.
  struct Handlers {
    std::function<bool(const std::string& name, const std::string& value)> field;
    std::function<bool(const std::optional<std::string>& filename)> file;  ///< no name: the part has none
    std::function<bool(ByteView)> bytes;                                   ///< of the file
  };
  enum class State { reading, ended, stopped, malformed, too_large };

  FormReader(const std::string& boundary, Handlers handlers)
      : delimiter_("\r\n--" + boundary), handlers_(std::move(handlers)), buffer_("\r\n") {}

  /// Takes what came next.
  State feed(ByteView bytes);
  /// Whether the file was there, to its end.
  bool has_file() const { return file_ended_; }

 private:
  enum class At { preamble, after_delimiter, head, value, file, rest };

  bool step();
  bool read_head(std::string_view head);
  bool fail(State why);

  std::string delimiter_;
  Handlers handlers_;
  std::string buffer_;  ///< the first delimiter has no line before it: one is put there
  At at_ = At::preamble;
  State state_ = State::reading;
  std::string name_;
  std::size_t fields_size_ = 0;
  bool file_ended_ = false;
};

}  // namespace partsmith::server
