#pragma once
/// What files written for other local S3 servers say, as settings of `partsmith serve`: MinIO's command line,
/// and the variables of MinIO, LocalStack, S3Mock and moto. One table has all of them (docs/migrate tells it
/// by server).

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partsmith::cli {

/// How a foreign value becomes ours.
enum class Meaning {
  same,     ///< as it is
  address,  ///< `HOST:PORT`, `:PORT` (every address) or several of them separated by commas, of which the
            ///< first counts
  buckets,  ///< names separated by commas or spaces; what follows a colon is MinIO's anonymous policy
  file,     ///< a file that holds the value
};

struct ForeignSetting {
  std::string_view server;    ///< whose it is: "MinIO"
  std::string_view variable;  ///< "MINIO_ROOT_USER"
  std::string_view
      setting;  ///< the flag it stands for: "--access-key"; for an address "--host", and "--port" with it
  Meaning meaning;
};

std::span<const ForeignSetting> foreign_settings();

/// A setting taken from a foreign variable, or a part of it that could not be: told in the log at the start.
using Notes = std::vector<std::string>;

/// Sets `PARTSMITH_…` for each foreign variable that has a value, where that is not set itself. For the start
/// of the program, before there are threads.
Notes adopt_foreign_environment();

/// `server /data --address :9000 --console-address :9001`, as MinIO is started, as arguments of `serve`;
/// `arguments` are those after the word `server`. What partsmith has no counterpart for is left out and
/// noted. As with MinIO, it listens on every address unless told otherwise, with the keys minioadmin. After
/// adopt_foreign_environment().
struct Adopted {
  std::vector<std::string> arguments;
  Notes notes;
};
std::expected<Adopted, std::string> adopt_minio_command(std::span<const std::string> arguments);

}  // namespace partsmith::cli
