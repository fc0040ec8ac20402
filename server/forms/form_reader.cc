#include "forms/form_reader.h"

#include <algorithm>

#include <partsmith/protocol/headers.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

constexpr std::size_t max_part_head = 8 * 1024;

/// `name="value"` or `name=value` among the parameters of a header. Browsers write a quote in a name as %22,
/// clients as \".
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = header.substr(at + 1);
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view found = protocol::trimmed(rest.substr(0, equals));
    std::string value;
    std::size_t end = equals + 1;
    while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t')) ++end;
    if (end < rest.size() && rest[end] == '"') {
      for (++end; end < rest.size() && rest[end] != '"'; ++end) {
        if (rest[end] == '\\' && end + 1 < rest.size() && (rest[end + 1] == '"' || rest[end + 1] == '\\'))
          ++end;
        value += rest[end];
      }
      end = rest.find(';', end);
    } else {
      const std::size_t stop = rest.find(';', end);
      value = protocol::trimmed(rest.substr(end, stop == std::string_view::npos ? stop : stop - end));
      end = stop;
    }
    if (protocol::equal_ignoring_case(found, name)) return value;
    at = end == std::string_view::npos ? end : at + 1 + end;
  }
  return std::nullopt;
}

/// Internet Explorer sent whole paths; Amazon S3 takes the last piece.
std::string file_name(std::string name) {
  const std::size_t slash = name.find_last_of("/\\");
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
  if (!protocol::equal_ignoring_case(protocol::trimmed(content_type.substr(0, content_type.find(';'))),
                                     "multipart/form-data")) {
    return std::nullopt;
  }
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) return std::nullopt;
  return boundary;
}

FormReader::State FormReader::feed(ByteView bytes) {
  if (state_ != State::reading) return state_;
  if (at_ == At::rest) return state_;
  buffer_ += as_text(bytes);
  while (state_ == State::reading && step()) {
  }
  return state_;
}

bool FormReader::fail(State why) {
  state_ = why;
  return false;
}

/// One step further; false when more has to come first, or the state has changed.
bool FormReader::step() {
  switch (at_) {
    case At::preamble: {
      const std::size_t found = buffer_.find(delimiter_);
      if (found == std::string::npos) {
        return buffer_.size() > max_part_head ? fail(State::malformed) : false;
      }
      buffer_.erase(0, found + delimiter_.size());
      at_ = At::after_delimiter;
      return true;
    }
    case At::after_delimiter: {
      if (buffer_.size() < 2) return false;
      if (buffer_.starts_with("--")) {
        at_ = At::rest;
        return fail(State::ended);
      }
      if (!buffer_.starts_with("\r\n")) return fail(State::malformed);
      at_ = At::head;
      return true;
    }
    case At::head: {
      const std::size_t end = buffer_.find("\r\n\r\n");
      if (end == std::string::npos) return buffer_.size() > max_part_head ? fail(State::malformed) : false;
      const std::string head = buffer_.substr(0, end + 2);
      buffer_.erase(0, end + 4);
      return read_head(head);
    }
    case At::value: {
      const std::size_t end = buffer_.find(delimiter_);
      const std::size_t size = end == std::string::npos ? buffer_.size() : end;
      if (fields_size_ + size > limits::max_form_fields_bytes) return fail(State::too_large);
      if (end == std::string::npos) return false;
      fields_size_ += end;
      const std::string value = buffer_.substr(0, end);
      buffer_.erase(0, end + delimiter_.size());
      at_ = At::after_delimiter;
      return handlers_.field(name_, value) || fail(State::stopped);
    }
    case At::file: {
      const std::size_t end = buffer_.find(delimiter_);
      std::size_t ready = end;
      if (end == std::string::npos) ready = buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1);
      if (ready != 0 && !handlers_.bytes(as_bytes(buffer_).first(ready))) return fail(State::stopped);
      buffer_.erase(0, ready);
      if (end == std::string::npos) return false;
      file_ended_ = true;
      at_ = At::rest;
      return fail(State::ended);
    }
    case At::rest:
      break;
  }
  return false;
}

bool FormReader::read_head(std::string_view head) {
  std::string_view disposition;
  head.remove_prefix(2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return fail(State::malformed);
    if (protocol::equal_ignoring_case(line.substr(0, colon), "Content-Disposition")) {
      disposition = protocol::trimmed(line.substr(colon + 1));
    }
    head.remove_prefix(end + 2);
  }
  auto name = parameter(disposition, "name");
  if (!name || !protocol::lower_case(disposition).starts_with("form-data")) return fail(State::malformed);
  name_ = std::move(*name);
  if (!protocol::equal_ignoring_case(name_, "file")) {
    at_ = At::value;
    return true;
  }
  auto filename = parameter(disposition, "filename");
  if (filename) filename = file_name(std::move(*filename));
  if (!handlers_.file(filename)) return fail(State::stopped);
  at_ = At::file;
  return true;
}

}  // namespace partsmith::server
