#include <array>

#include <partsmith/protocol/error.h>

namespace partsmith::protocol {

namespace {

/// A code may have a dot, which no enumerator has.
constexpr std::string_view as_written(std::string_view enumerator) {
  return enumerator == "KmsNotFoundException" ? "KMS.NotFoundException" : enumerator;
}

// In the order of the enum, so that a code is its row's index.
constexpr auto table = std::to_array<ErrorTraits>({
#define PARTSMITH_ROW(name, status, message, retry, fields, source) \
  {ErrorCode::name, as_written(#name), status, message, retry, fields, source},
    PARTSMITH_S3_ERRORS(PARTSMITH_ROW)
#undef PARTSMITH_ROW
});

}  // namespace

std::span<const ErrorTraits> error_table() {
  return table;
}

const ErrorTraits& traits(ErrorCode code) {
  return table.at(static_cast<std::size_t>(code));
}

}  // namespace partsmith::protocol
