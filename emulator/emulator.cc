#include <mutex>

#include <partsmith/emulator.h>
#include <partsmith/server/server.h>
#include <partsmith/storage/ephemeral_folder.h>
#include <partsmith/storage/local_store.h>
#include <partsmith/values/bucket_naming.h>

#include "outcome.h"

namespace partsmith {
namespace {

using Done = std::expected<void, std::string>;

/// How long requests in flight may take to end with the emulator.
constexpr std::chrono::seconds grace{5};

Done make_bucket(storage::Store& store, const std::string& name, const std::string& region, bool versioned) {
  const auto bucket = BucketName::parse(name);
  if (!bucket) return std::unexpected("bucket " + name + ": " + std::string(*fault_of_bucket_name(name)));
  const auto made = store.create_bucket(*bucket, region);
  if (!made && made.error().code != storage::StoreErrorCode::bucket_exists) {
    return std::unexpected("bucket " + name + ": " + made.error().detail);
  }
  if (!versioned) return {};
  const auto set = store.set_versioning(*bucket, storage::Versioning::enabled);
  if (!set) return std::unexpected("bucket " + name + ": " + set.error().detail);
  return {};
}

Done make_buckets(storage::Store& store, const EmulatorOptions& options) {
  for (const std::string& name : options.buckets) {
    if (auto made = make_bucket(store, name, options.region, false); !made) return made;
  }
  for (const std::string& name : options.versioned_buckets) {
    if (auto made = make_bucket(store, name, options.region, true); !made) return made;
  }
  return {};
}

}  // namespace

class Emulator::Impl {
 public:
  explicit Impl(EmulatorOptions options) : options_(std::move(options)) {
    if (options_.access_key.empty() || options_.secret_key.empty()) {
      throw EmulatorError("emulator: access_key and secret_key must not be empty");
    }
    const storage::LocalStoreOptions of_stores = store_options();
    store_ = value_or_throw("emulator", storage::open_local_store(of_stores));
    value_or_throw("emulator", make_buckets(*store_, options_));
    server_.emplace(server_options(of_stores), *store_, clock_);
    value_or_throw("emulator", server_->start());
  }
  ~Impl() {
    if (server_) server_->stop(grace);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const EmulatorOptions& options() const { return options_; }
  const server::Server& server() const { return *server_; }

  std::shared_ptr<const server::WorldSteering> world(const std::string& access_key) const {
    auto world = std::make_shared<const server::WorldSteering>(server_->steer(access_key));
    try {
      world->store();  // makes it
    } catch (const std::runtime_error& error) {
      throw EmulatorError(error.what());
    }
    return world;
  }

  void reset(const server::WorldSteering& world) const {
    value_or_throw("reset", world.reset());
    value_or_throw("reset", make_buckets(*world.store(), options_));
  }

 private:
  storage::LocalStoreOptions store_options() {
    storage::LocalStoreOptions of_stores;
    of_stores.folder = data_folder();
    if (options_.durable) {
      of_stores.durability = storage::Durability::disk;
    } else if (temporary_) {
      of_stores.durability = storage::Durability::none;
    }
    of_stores.clock = &clock_;
    of_stores.quota = options_.quota;
    if (options_.log) of_stores.log = [this](std::string_view line) { log(line); };
    return of_stores;
  }

  std::filesystem::path data_folder() {
    if (!options_.folder.empty()) return std::filesystem::absolute(options_.folder);
    std::error_code error;
    const auto parent = std::filesystem::temp_directory_path(error);
    if (error) throw EmulatorError("emulator: no place for temporary data: " + error.message());
    storage::remove_abandoned_folders(parent);
    temporary_.emplace(value_or_throw("emulator", storage::EphemeralFolder::make_in(parent)));
    return temporary_->path() / "data";
  }

  server::ServerOptions server_options(const storage::LocalStoreOptions& of_stores) {
    server::ServerOptions result;
    result.port = options_.port;
    result.access_key = options_.access_key;
    result.secret_key = options_.secret_key;
    result.region = options_.region;
    result.strict_region = options_.strict_region;
    result.early_completion = options_.early_completion;
    if (options_.min_part_size) result.rules.minimum_part_bytes = *options_.min_part_size;
    if (!options_.https_ca_file.empty()) result.tls = {.ca_file = options_.https_ca_file};
    result.movable_clock = &clock_;
    result.version = PARTSMITH_VERSION;
    if (options_.log) result.log = [this](std::string_view line) { log(line); };
    if (options_.world_per_access_key) {
      result.open_world =
          server::worlds_in(of_stores.folder / "worlds", of_stores,
                            [this](storage::Store& store) { return make_buckets(store, options_); });
    }
    return result;
  }

  void log(std::string_view line) {
    const std::scoped_lock lock(log_mutex_);
    options_.log(line);
  }

  const EmulatorOptions options_;
  std::optional<storage::EphemeralFolder> temporary_;
  MovableClock clock_;
  std::mutex log_mutex_;
  std::unique_ptr<storage::Store> store_;
  std::optional<server::Server> server_;
};

Emulator::Emulator(EmulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

std::string Emulator::endpoint_url() const {
  return impl_->server().url();
}
std::uint16_t Emulator::port() const {
  return impl_->server().port();
}
const std::string& Emulator::access_key() const {
  return impl_->options().access_key;
}
const std::string& Emulator::secret_key() const {
  return impl_->options().secret_key;
}
const std::string& Emulator::region() const {
  return impl_->options().region;
}

EmulatorWorld Emulator::world() const {
  return world(access_key());
}

EmulatorWorld Emulator::world(std::string access_key) const {
  if (!impl_->options().world_per_access_key && access_key != this->access_key()) {
    throw EmulatorError("the world of " + access_key +
                        ": without world_per_access_key there is one world alone");
  }
  auto world = impl_->world(access_key);
  auto reset = [emulator = impl_.get(), world] { emulator->reset(*world); };
  return EmulatorWorld(std::move(access_key), std::move(world), std::move(reset));
}

}  // namespace partsmith
