#pragma once
/// MD5 of bytes that come run by run. The runs of several streams can be digested at once, each in a lane of
/// the processor's vectors: a lone MD5 can't use them, for each of its steps waits for the one before.

#include <memory>
#include <span>

#include <partsmith/values/digest.h>

namespace partsmith {

/// How many streams are digested at once. `one` is OpenSSL; `four` is SSE2 or NEON, `eight` AVX2.
enum class Md5Width : std::size_t { one = 1, four = 4, eight = 8 };

/// What this processor has, from `one` up.
std::span<const Md5Width> md5_widths();
/// The last of them.
Md5Width widest_md5();

/// Movable, not copyable; one thread at a time. It can be used again from the start when it has finished.
class Md5Stream {
 public:
  Md5Stream();
  ~Md5Stream();
  Md5Stream(Md5Stream&&) noexcept;
  Md5Stream& operator=(Md5Stream&&) noexcept;

  /// By OpenSSL, on its own.
  void update(ByteView bytes);
  /// Of all bytes so far; the next update begins a new one.
  Md5 finish();

  struct Run;
  /// Each run goes to its stream, as by update(). No stream stands there twice. Any number of runs, of any
  /// lengths; best are as many as the width, of about one length.
  static void update_together(std::span<const Run> runs, Md5Width width = widest_md5()) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Md5Stream::Run {
  Md5Stream* stream;
  ByteView bytes;
};

}  // namespace partsmith
