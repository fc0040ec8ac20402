#include "upload_ids.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>

namespace partsmith::storage {
namespace {

// 8 bytes of number XOR the 8 random bytes that follow, more random bytes, 8 bytes of SHA-256 over all
// before.
constexpr std::size_t total = 96;
constexpr std::size_t number_size = 8;
constexpr std::size_t check_size = 8;
constexpr std::size_t checked = total - check_size;

using Check = std::array<std::uint8_t, check_size>;

Check check_of(ByteView id) {
  const Sha256 digest = sha256(id.first(checked));
  Check check{};
  std::copy_n(digest.begin(), check_size, check.begin());
  return check;
}

std::string random_id(ManifestId manifest, const FillRandom& random) {
  std::array<std::uint8_t, total> id{};
  random(std::span(id).subspan(number_size, checked - number_size));
  auto number = static_cast<std::uint64_t>(manifest);
  for (std::size_t i = number_size; i-- > 0; number >>= 8) {
    id[i] = static_cast<std::uint8_t>((number & 0xff) ^ id[number_size + i]);
  }
  const Check check = check_of(id);
  std::copy(check.begin(), check.end(), id.begin() + checked);
  return to_base64url(id);
}

}  // namespace

UploadId make_upload_id(ManifestId manifest, const FillRandom& random) {
  std::string id = random_id(manifest, random);
  while (id.starts_with('-'))
    id = random_id(manifest, random);  // a shell command would take it for an option
  return UploadId(std::move(id));
}

std::optional<ManifestId> manifest_of(std::string_view upload_id) {
  const auto id = from_base64url(upload_id);
  if (!id || id->size() != total) return std::nullopt;
  const Check check = check_of(*id);
  if (!std::equal(check.begin(), check.end(), id->begin() + checked)) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < number_size; ++i) {
    number = number << 8 | static_cast<std::uint64_t>((*id)[i] ^ (*id)[number_size + i]);
  }
  return static_cast<ManifestId>(number);
}

}  // namespace partsmith::storage
