#include "forms/form_reader.h"

#include <algorithm>
#include <utility>

#include <partsmith/protocol/field_syntax.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

constexpr std::string_view new_line = "\r\n";
constexpr std::size_t longest_boundary = 70;  // RFC 2046, 5.1.1

/// The quoted text that begins at the front, which is taken off; nothing when it doesn't end. Browsers write
/// a quote in a name as %22, clients as \".
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    value += text[at];
  }
  if (at >= text.size()) return std::nullopt;
  text.remove_prefix(at + 1);
  return value;
}

/// The one parameter of a header by that name, `name="value"` or `name=value`. Which one is meant isn't plain
/// when it is there twice, or a quotation doesn't end.
struct Parameter {
  std::optional<std::string> value = {};
  bool plain = true;
};

Parameter parameter(std::string_view header, std::string_view name) {
  Parameter found;
  for (std::size_t next = header.find(';'); next != std::string_view::npos; next = header.find(';')) {
    header.remove_prefix(next + 1);
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos) break;
    const bool wanted = protocol::equal_ignoring_case(protocol::trimmed(header.substr(0, equals)), name);
    header.remove_prefix(equals + 1);
    header.remove_prefix(std::min(header.find_first_not_of(" \t"), header.size()));
    auto value = header.starts_with('"')
                     ? take_quoted(header)
                     : std::optional(std::string(protocol::trimmed(header.substr(0, header.find(';')))));
    if (!value || (wanted && found.value)) return {.value = {}, .plain = false};
    if (wanted) found.value = std::move(value);
  }
  return found;
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
  const auto boundary = parameter(content_type, "boundary").value;
  if (!boundary || boundary->empty() || boundary->size() > longest_boundary) return std::nullopt;
  if (!protocol::is_field_value(*boundary)) return std::nullopt;
  return boundary;
}

FormReader::FormReader(const std::string& boundary, Handlers handlers)
    : delimiter_("\r\n--" + boundary), handlers_(std::move(handlers)), before_file_(new_line) {}

FormReader::State FormReader::feed(ByteView bytes) {
  std::string_view rest = as_text(bytes);
  constexpr std::size_t most = new_line.size() + limits::max_form_bytes_before_file;
  while (state_ == State::reading && at_ != At::file && !rest.empty()) {
    const std::string_view next = rest.substr(0, most - before_file_.size());
    if (next.empty()) {
      state_ = State::too_large;
      break;
    }
    before_file_ += next;
    rest.remove_prefix(next.size());
    while (state_ == State::reading && at_ != At::file && step()) {
    }
    if (at_ == At::file) {
      const std::string begun = before_file_.substr(read_);
      before_file_ = {};
      feed_file(begun);
    }
  }
  if (state_ == State::reading && at_ == At::file) feed_file(rest);
  return state_;
}

bool FormReader::fail(State why) {
  state_ = why;
  return false;
}

/// The text before the next `end`, which is taken too; nothing when more has to come first.
std::optional<std::string> FormReader::take_until(std::string_view end) {
  const std::size_t found = before_file_.find(end, std::max(read_, searched_));
  if (found == std::string::npos) {
    searched_ = before_file_.size() - std::min(before_file_.size(), end.size() - 1);
    return std::nullopt;
  }
  std::string text = before_file_.substr(read_, found - read_);
  read_ = searched_ = found + end.size();
  return text;
}

/// One step further through what stands before the file; false when more has to come first, or the state has
/// changed.
bool FormReader::step() {
  switch (at_) {
    case At::preamble: {
      if (!take_until(delimiter_)) return false;
      at_ = At::after_delimiter;
      return true;
    }
    case At::after_delimiter: {
      const std::string_view next = std::string_view(before_file_).substr(read_, 2);
      if (next.size() < 2) return false;
      if (next == "--") {
        at_ = At::rest;
        return fail(State::ended);
      }
      if (next != new_line) return fail(State::malformed);
      at_ = At::head;  // which begins with this line's end: it may have no lines of its own
      return true;
    }
    case At::head: {
      const auto head = take_until("\r\n\r\n");
      return head && read_head(*head);
    }
    case At::value: {
      const auto value = take_until(delimiter_);
      if (!value) return false;
      at_ = At::after_delimiter;
      return handlers_.field(name_, *value) || fail(State::stopped);
    }
    case At::file:
    case At::rest:
      break;
  }
  return false;
}

void FormReader::feed_file(std::string_view bytes) {
  const auto give = [&](std::string_view piece) {
    if (!piece.empty() && !handlers_.bytes(as_bytes(piece))) fail(State::stopped);
    return state_ == State::reading;
  };
  const auto end = [&] {
    file_ended_ = true;
    at_ = At::rest;
    fail(State::ended);
  };
  if (bytes.empty()) return;
  // A delimiter begins with a carriage return and has no other: what is held back is decided as a whole.
  if (!maybe_ending_.empty()) {
    const std::string_view more = bytes.substr(0, delimiter_.size() - maybe_ending_.size());
    if (delimiter_.compare(maybe_ending_.size(), more.size(), more) == 0) {
      maybe_ending_ += more;
      if (maybe_ending_.size() == delimiter_.size()) end();
      return;
    }
    if (!give(std::exchange(maybe_ending_, {}))) return;
  }
  if (const std::size_t found = bytes.find(delimiter_); found != std::string_view::npos) {
    if (give(bytes.substr(0, found))) end();
    return;
  }
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), delimiter_.size() - 1));
  const std::size_t last = tail.rfind('\r');
  const bool undecided = last != std::string_view::npos && delimiter_.starts_with(tail.substr(last));
  const std::size_t sure = bytes.size() - (undecided ? tail.size() - last : 0);
  maybe_ending_ = bytes.substr(sure);
  give(bytes.substr(0, sure));
}

/// The lines of a part's head, each after a line's end.
bool FormReader::read_head(std::string_view head) {
  std::optional<std::string_view> disposition;
  while (!head.empty()) {
    head.remove_prefix(new_line.size());
    const std::string_view line = head.substr(0, head.find(new_line));
    head.remove_prefix(line.size());
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !protocol::is_field_value(line)) return fail(State::malformed);
    if (!protocol::equal_ignoring_case(line.substr(0, colon), "Content-Disposition")) continue;
    if (disposition) return fail(State::malformed);
    disposition = protocol::trimmed(line.substr(colon + 1));
  }
  if (!disposition || !protocol::lower_case(*disposition).starts_with("form-data"))
    return fail(State::malformed);
  auto name = parameter(*disposition, "name");
  if (!name.value) return fail(State::malformed);
  name_ = *std::move(name.value);
  if (!protocol::equal_ignoring_case(name_, "file")) {
    at_ = At::value;
    return true;
  }
  auto filename = parameter(*disposition, "filename");
  if (!filename.plain) return fail(State::malformed);
  if (filename.value) filename.value = file_name(*std::move(filename.value));
  if (!handlers_.file(filename.value)) return fail(State::stopped);
  at_ = At::file;
  return true;
}

}  // namespace partsmith::server
