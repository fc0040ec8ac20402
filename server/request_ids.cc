#include "request_ids.h"

#include <array>
#include <span>
#include <string_view>

#include <partsmith/values/encoding.h>
#include <partsmith/values/random.h>

namespace partsmith::server {

RequestIds new_request_ids() {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // 32 letters: no bias
  std::array<std::uint8_t, 16 + 56> random{};
  fill_random(random);

  RequestIds ids;
  for (const std::uint8_t byte : std::span(random).first<16>())
    ids.request_id += alphabet[byte % alphabet.size()];
  ids.host_id = to_base64(std::span(random).subspan<16>());
  return ids;
}

}  // namespace partsmith::server
