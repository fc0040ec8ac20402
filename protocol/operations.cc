#include <algorithm>
#include <array>

#include <partsmith/protocol/operations.h>

namespace partsmith::protocol {

namespace {

using enum Scope;
using enum Support;

constexpr auto table = std::to_array<OperationRow>({
#define PARTSMITH_OPERATION(name, method, scope, query, header, action, support, note) \
  {OperationId::name, #name, method, scope, query, header, action, support, note},
#include <partsmith/protocol/operation_rows.inc>
#undef PARTSMITH_OPERATION
});

}  // namespace

std::span<const OperationRow> operation_table() {
  return table;
}

const OperationRow& operation(OperationId id) {
  return table[static_cast<std::size_t>(id)];
}

const OperationRow* operation_by_name(std::string_view name) {
  const auto found = std::ranges::find(table, name, &OperationRow::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace partsmith::protocol
