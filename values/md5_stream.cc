// OpenSSL's EVP hides the state of a digest; its older functions, which the lanes need, show it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include <algorithm>
#include <array>

#include <partsmith/values/md5_stream.h>

#include "md5_kernels.h"

namespace partsmith {
namespace {

constexpr std::size_t most_lanes = 8;
/// Fewer streams are faster one after the other by OpenSSL: a step in vectors takes longer.
constexpr std::size_t least_lanes = 2;

struct Widths {
  std::array<Md5Width, 3> all{Md5Width::one};
  std::size_t count = 1;
};

bool has_avx2() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

const Widths& widths() {
  static const Widths found = [] {
    Widths widths;
    if (md5_kernel_of_four() != nullptr) widths.all[widths.count++] = Md5Width::four;
    if (md5_kernel_of_eight() != nullptr && has_avx2()) widths.all[widths.count++] = Md5Width::eight;
    return widths;
  }();
  return found;
}

/// Nothing for `one`.
Md5Kernel kernel_of(Md5Width width) {
  switch (width) {
    case Md5Width::eight:
      return md5_kernel_of_eight();
    case Md5Width::four:
      return md5_kernel_of_four();
    case Md5Width::one:
      break;
  }
  return nullptr;
}

void update(MD5_CTX& context, ByteView bytes) {
  MD5_Update(&context, bytes.data(), bytes.size());  // it can't fail
}

/// A run whose whole blocks are being digested in a lane.
struct Busy {
  MD5_CTX* context = nullptr;
  ByteView rest{};  ///< from the first byte that isn't digested on

  std::size_t blocks() const { return rest.size() / md5_block_bytes; }
};

/// Of the busy lanes at the front; the others do the first one's work again, for nothing.
void run(Md5Kernel kernel, std::span<Busy> busy, std::size_t width, std::size_t blocks) {
  std::array<Md5Lane, most_lanes> lanes;
  for (std::size_t i = 0; i < width; ++i) {
    const Busy& from = i < busy.size() ? busy[i] : busy.front();
    lanes[i] = {{from.context->A, from.context->B, from.context->C, from.context->D}, from.rest.data()};
  }
  kernel(lanes.data(), blocks);
  const std::uint64_t bits = std::uint64_t{8} * blocks * md5_block_bytes;
  for (std::size_t i = 0; i < busy.size(); ++i) {
    MD5_CTX& context = *busy[i].context;
    const std::uint64_t length = (std::uint64_t{context.Nh} << 32U) + context.Nl + bits;
    context.A = lanes[i].state[0];
    context.B = lanes[i].state[1];
    context.C = lanes[i].state[2];
    context.D = lanes[i].state[3];
    context.Nl = static_cast<MD5_LONG>(length);
    context.Nh = static_cast<MD5_LONG>(length >> 32U);
    busy[i].rest = busy[i].rest.subspan(blocks * md5_block_bytes);
  }
}

}  // namespace

struct Md5Stream::State {
  MD5_CTX context;
};

Md5Stream::Md5Stream() : state_(std::make_unique<State>()) {
  MD5_Init(&state_->context);
}
Md5Stream::~Md5Stream() = default;
Md5Stream::Md5Stream(Md5Stream&&) noexcept = default;
Md5Stream& Md5Stream::operator=(Md5Stream&&) noexcept = default;

void Md5Stream::update(ByteView bytes) {
  partsmith::update(state_->context, bytes);
}

Md5 Md5Stream::finish() {
  Md5 value{};
  MD5_Final(value.data(), &state_->context);
  MD5_Init(&state_->context);
  return value;
}

void Md5Stream::update_together(std::span<const Run> runs, Md5Width width) noexcept {
  const Md5Kernel kernel = kernel_of(width);
  const std::size_t lanes = static_cast<std::size_t>(width);
  std::array<Busy, most_lanes> busy;
  std::size_t count = 0;
  std::size_t next = 0;
  while (true) {
    for (; kernel != nullptr && count < lanes && next < runs.size(); ++next) {
      MD5_CTX& context = runs[next].stream->state_->context;
      const std::size_t begun = context.num;  // bytes of a block that isn't whole yet
      const std::size_t to_whole =
          begun == 0 ? 0 : std::min(md5_block_bytes - begun, runs[next].bytes.size());
      partsmith::update(context, runs[next].bytes.first(to_whole));
      busy[count++] = {&context, runs[next].bytes.subspan(to_whole)};
    }
    if (count < least_lanes) break;
    const std::span<Busy> used(busy.data(), count);
    const std::size_t blocks = std::ranges::min(used, {}, &Busy::blocks).blocks();
    if (blocks > 0) run(kernel, used, lanes, blocks);
    for (std::size_t i = 0; i < count;) {
      if (busy[i].blocks() > 0) {
        ++i;
        continue;
      }
      partsmith::update(*busy[i].context, busy[i].rest);
      busy[i] = busy[--count];
    }
  }
  for (const Busy& last : std::span(busy.data(), count)) partsmith::update(*last.context, last.rest);
  for (; next < runs.size(); ++next) runs[next].stream->update(runs[next].bytes);
}

std::span<const Md5Width> md5_widths() {
  return std::span(widths().all).first(widths().count);
}

Md5Width widest_md5() {
  return md5_widths().back();
}

}  // namespace partsmith
