#pragma once
/// Reads multipart/form-data as it arrives: the fields before the file as texts, the file's bytes as they
/// come. What stands after the file is read past, as Amazon S3 does. Source: RFC 7578, RFC 2046 section 5.1;
/// S3 API reference, "POST Object".
///
/// Memory: what comes before the file's first byte, whatever it is (preamble, boundaries, heads of parts,
/// fields), is at most limits::max_form_bytes_before_file; of the file as much as a delimiter is held. Time:
/// each byte is searched once.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/encoding.h>

namespace partsmith::server {

/// The boundary that a Content-Type of multipart/form-data names: 1 to 70 characters, none of them a control.
/// Nothing for any other type.
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

  FormReader(const std::string& boundary, Handlers handlers);

  /// Takes what came next.
  State feed(ByteView bytes);
  /// Once the file has begun, how many bytes stand before its first one.
  std::size_t bytes_before_file() const { return read_ - line_put_before; }
  /// Whether the file was there, to its end.
  bool has_file() const { return file_ended_; }

 private:
  enum class At { preamble, after_delimiter, head, value, file, rest };

  bool step();
  bool read_head(std::string_view head);
  std::optional<std::string> take_until(std::string_view end);
  void feed_file(std::string_view bytes);
  bool fail(State why);

  static constexpr std::size_t line_put_before = 2;  ///< of before_file_

  std::string delimiter_;
  Handlers handlers_;
  std::string before_file_;    ///< the first delimiter has no line before it: one is put there
  std::size_t read_ = 0;       ///< of that, how much is behind us
  std::size_t searched_ = 0;   ///< and up to where the text awaited now doesn't begin
  std::string maybe_ending_;   ///< of the file: what may be the beginning of a delimiter
  At at_ = At::preamble;
  State state_ = State::reading;
  std::string name_;
  bool file_ended_ = false;
};

}  // namespace partsmith::server
