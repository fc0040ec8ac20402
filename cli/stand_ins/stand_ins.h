#pragma once
/// The program under the names of others: files written for MinIO's image call `minio`, `mc`, `curl` and `sh`
/// there, to start the server and to ask whether it is well. The image has nothing but partsmith, under these
/// names too, and what they can is what such files ask of them (docs/migrate/minio.md has the table).

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace partsmith::cli {

/// Does what the program of that name would, where the name is that of a stand-in; `arguments` are those
/// after it. Nothing: it is none, or one that only starts the server (`minio`).
std::optional<int> stand_in(std::string_view name, std::span<const std::string> arguments);

/// Whether the name is one under which this program does anything but be itself.
bool is_stand_in(std::string_view name);

int curl(std::span<const std::string> arguments);
int minio_client(std::span<const std::string> arguments);
int shell(std::span<const std::string> arguments);

}  // namespace partsmith::cli
