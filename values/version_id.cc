#include <algorithm>
#include <span>

#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/version_id.h>

namespace partsmith {
namespace {

// 8 bytes of number XOR the 8 bytes of salt that follow, then 8 bytes of SHA-256 over both: 32 characters of
// base64url, of which '-' is written as '.', as Amazon S3's ids have it.
constexpr std::size_t half = 8;
constexpr std::size_t checked = 2 * half;
constexpr std::size_t total = 3 * half;

using Check = std::array<std::uint8_t, half>;

Check check_of(ByteView id) {
  const Sha256 digest = sha256(id.first(checked));
  Check check{};
  std::copy_n(digest.begin(), half, check.begin());
  return check;
}

}  // namespace

VersionId VersionId::of(std::int64_t number, const Salt& salt) {
  std::array<std::uint8_t, total> id{};
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = half; i-- > 0; rest >>= 8) {
    id[i] = static_cast<std::uint8_t>((rest & 0xff) ^ salt[i]);
    id[half + i] = salt[i];
  }
  const Check check = check_of(id);
  std::copy(check.begin(), check.end(), id.begin() + checked);
  std::string text = to_base64url(id);
  std::ranges::replace(text, '-', '.');
  return {std::move(text), number};
}

std::optional<VersionId> VersionId::parse(std::string_view text) {
  if (text == "null") return null();
  if (text.size() != total / 3 * 4 || text.find('-') != std::string_view::npos) return std::nullopt;
  std::string base64(text);
  std::ranges::replace(base64, '.', '-');
  const auto id = from_base64url(base64);
  if (!id || id->size() != total) return std::nullopt;
  const Check check = check_of(*id);
  if (!std::equal(check.begin(), check.end(), id->begin() + checked)) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < half; ++i) {
    number = number << 8 | static_cast<std::uint64_t>((*id)[i] ^ (*id)[half + i]);
  }
  if (static_cast<std::int64_t>(number) <= 0) return std::nullopt;
  return VersionId(std::string(text), static_cast<std::int64_t>(number));
}

}  // namespace partsmith
