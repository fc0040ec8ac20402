#include "faults/faulty_bodies.h"

#include <algorithm>
#include <chrono>

namespace partsmith::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::chrono::hours until_the_end{24 * 365};

milliseconds wait_of(const Fault& fault) {
  return fault.type == FaultType::hang && fault.milliseconds == 0 ? milliseconds(until_the_end)
                                                                  : milliseconds(fault.milliseconds);
}

/// So long the bytes take at the fault's rate.
nanoseconds time_of(std::uint64_t bytes, const Fault& fault) {
  return nanoseconds(static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 /
                                               static_cast<double>(fault.bytes_per_second)));
}

/// So many bytes are moved at once: a tenth of a second's, of a throttle.
std::size_t pace_of(const Fault& fault, std::size_t most) {
  const std::uint64_t wanted = fault.type == FaultType::slice ? fault.bytes : fault.bytes_per_second / 10;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(wanted, 1, most));
}

std::uint8_t flipped(std::uint8_t byte, const Fault& fault) {
  return static_cast<std::uint8_t>(byte ^ (1U << fault.bit));
}

/// A chunked body can't end too early: what is to be cut is made whole first, and gets a length. Only
/// completions come so.
void gather_if_cut(Response& response, const Fault& fault) {
  using enum FaultType;
  const bool cuts =
      fault.type == truncate || fault.type == close || fault.type == reset || fault.type == hang;
  const auto* chunked = std::get_if<ChunkedBody>(&response.body);
  if (!cuts || chunked == nullptr) return;
  std::string whole;
  for (std::string_view run = chunked->next(); !run.empty(); run = chunked->next()) whole += run;
  response.body = std::move(whole);
}

/// One run of an answer's body after the other, of whatever kind the body is.
class Runs {
 public:
  explicit Runs(std::variant<std::string, StreamedBody, ChunkedBody> body) : body_(std::move(body)) {}

  /// Nothing where the body's end can't be known.
  std::optional<std::uint64_t> length() const {
    if (const auto* text = std::get_if<std::string>(&body_)) return text->size();
    if (const auto* streamed = std::get_if<StreamedBody>(&body_)) return streamed->length;
    return std::nullopt;
  }
  /// Empty at the end, and where the body can't go on.
  ByteView at(std::uint64_t offset, std::size_t wanted) {
    if (const auto* text = std::get_if<std::string>(&body_)) {
      return as_bytes(std::string_view(*text).substr(static_cast<std::size_t>(offset), wanted));
    }
    return std::get<StreamedBody>(body_).produce(offset, wanted);
  }
  std::string_view next_chunk() { return std::get<ChunkedBody>(body_).next(); }

 private:
  std::variant<std::string, StreamedBody, ChunkedBody> body_;
};

/// An answer's body through the fault.
class FaultyAnswer {
 public:
  FaultyAnswer(Runs inner, std::shared_ptr<Visit> visit, const Fault& fault)
      : inner_(std::move(inner)), visit_(std::move(visit)), fault_(fault) {}

  ByteView run_at(std::uint64_t offset, std::size_t wanted) {
    if (!may_go_on(offset, wanted)) return {};
    return changed(offset, inner_.at(offset, wanted));
  }
  std::string_view next_chunk() {
    if (pending_.empty()) {
      chunk_ = inner_.next_chunk();
      pending_ = chunk_;
      if (pending_.empty()) return {};
    }
    std::size_t wanted = pending_.size();
    if (!may_go_on(sent_, wanted)) return {};
    const ByteView run = changed(sent_, as_bytes(pending_.substr(0, wanted)));
    pending_.remove_prefix(run.size());
    sent_ += run.size();
    return as_text(run);
  }

 private:
  /// Waits as the fault wants it, and says how much may be sent; false: nothing more.
  bool may_go_on(std::uint64_t offset, std::size_t& wanted) {
    switch (fault_.type) {
      case FaultType::truncate:
      case FaultType::close:
      case FaultType::reset:
        return limited(offset, wanted);
      case FaultType::hang:
        if (limited(offset, wanted)) return true;
        visit_->wait(wait_of(fault_));
        return false;
      case FaultType::delay:
        if (!acted_ && !limited(offset, wanted)) {
          acted_ = true;
          return visit_->wait(wait_of(fault_));
        }
        return true;
      case FaultType::throttle:
        wanted = pace_of(fault_, wanted);
        return visit_->wait(time_of(wanted, fault_));
      case FaultType::slice:
        wanted = pace_of(fault_, wanted);
        return true;
      default:
        return true;
    }
  }
  bool limited(std::uint64_t offset, std::size_t& wanted) const {
    if (offset >= fault_.after_bytes) return false;
    wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, fault_.after_bytes - offset));
    return true;
  }
  ByteView changed(std::uint64_t offset, ByteView run) {
    const bool here = fault_.after_bytes >= offset && fault_.after_bytes < offset + run.size();
    if (fault_.type != FaultType::corrupt || !here) return run;
    copy_.assign(run.begin(), run.end());
    auto& byte = copy_[static_cast<std::size_t>(fault_.after_bytes - offset)];
    byte = flipped(byte, fault_);
    return copy_;
  }

  Runs inner_;
  std::shared_ptr<Visit> visit_;
  const Fault fault_;
  bool acted_ = false;
  std::string chunk_;  ///< the run of a chunked body that is being sent
  std::string_view pending_;
  std::uint64_t sent_ = 0;
  Bytes copy_;
};

}  // namespace

std::expected<void, BodyError> FaultyRequestBody::read(const Sink& sink) {
  return inner_.read([&](ByteView run) {
    const bool paced = fault_.type == FaultType::throttle || fault_.type == FaultType::slice;
    return paced ? pass_paced(run, sink) : pass(run, sink);
  });
}

bool FaultyRequestBody::pass(ByteView run, const Sink& sink) {
  const bool here = !acted_ && fault_.after_bytes < passed_ + run.size();
  const auto before = here ? static_cast<std::size_t>(fault_.after_bytes - passed_) : run.size();
  passed_ += run.size();
  if (!here) return sink(run);
  acted_ = true;
  if (before > 0 && !sink(run.first(before))) return false;
  const ByteView rest = run.subspan(before);
  switch (fault_.type) {
    case FaultType::corrupt: {
      Bytes copy(rest.begin(), rest.end());
      copy.front() = flipped(copy.front(), fault_);
      return sink(copy);
    }
    case FaultType::delay:
      return visit_.wait(wait_of(fault_)) && sink(rest);
    case FaultType::hang:
      visit_.wait(wait_of(fault_));
      return false;
    default:  // reset, close
      return false;
  }
}

bool FaultyRequestBody::pass_paced(ByteView run, const Sink& sink) {
  while (!run.empty()) {
    const std::size_t size = pace_of(fault_, run.size());
    if (fault_.type == FaultType::throttle && !visit_.wait(time_of(size, fault_))) return false;
    if (!sink(run.first(size))) return false;
    run = run.subspan(size);
  }
  return true;
}

std::expected<void, BodyError> HeldBody::read(const Sink& sink) {
  if (bytes_->empty() || sink(as_bytes(*bytes_))) return {};
  return std::unexpected(BodyError::stopped);
}

void make_faulty(Response& response, const std::shared_ptr<Visit>& visit, const Fault& fault) {
  response.reset_when_cut = fault.type == FaultType::reset || fault.type == FaultType::hang;
  gather_if_cut(response, fault);
  const bool is_chunked = std::holds_alternative<ChunkedBody>(response.body);
  Runs inner(std::move(response.body));
  const auto length = inner.length();
  const auto faulty = std::make_shared<FaultyAnswer>(std::move(inner), visit, fault);
  if (is_chunked) {
    response.body = ChunkedBody{[faulty] { return faulty->next_chunk(); }};
  } else {
    response.body = StreamedBody{*length, [faulty](std::uint64_t offset, std::size_t wanted) {
                                   return faulty->run_at(offset, wanted);
                                 }};
  }
}

}  // namespace partsmith::server
