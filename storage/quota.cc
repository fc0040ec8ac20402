#include "quota.h"

#include <fmt/format.h>

namespace partsmith::storage {

Result<void> Quota::admit(std::uint64_t total) const {
  if (!limit_ || total <= *limit_) return {};
  return std::unexpected(
      StoreError{StoreErrorCode::out_of_space,
                 fmt::format("the store would have {} bytes, its quota is {}", total, *limit_)});
}

Result<void> Quota::fit(std::uint64_t arriving) const {
  const auto total = [&] { return static_cast<std::uint64_t>(stored_.load()) + arriving; };
  if (auto fits = admit(total())) return fits;
  catch_up_();
  return admit(total());
}

Result<void> Quota::check(std::uint64_t more) const {
  return fit(arriving_.load() + more);
}

Result<void> Quota::reserve(std::uint64_t bytes) {
  auto fits = fit(arriving_ += bytes);
  if (!fits) arriving_ -= bytes;
  return fits;
}

}  // namespace partsmith::storage
