#pragma once
/// Random sequences: few keys, so that requests meet; boundaries rather than middles.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/values/checksum.h>

#include "step.h"

namespace partsmith::explore {

/// The same on every machine (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// Once in so many.
  bool once_in(std::uint64_t times) { return below(times) == 0; }
  template <typename List>
  const auto& one_of(const List& list) {
    return list[static_cast<std::size_t>(below(std::size(list)))];
  }

 private:
  std::uint64_t state_;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::vector<Step> sequence(std::size_t steps);

 private:
  struct Upload {
    std::uint64_t step;
    std::string key;
    std::optional<ChecksumAlgorithm> checksum = {};
    bool ended = false;
    std::map<std::uint64_t, Step> parts = {};  ///< by number, as they were last sent
  };

  Step step(std::string_view operation, std::string method, std::string key = {}) const;
  /// DeleteObjects of such elements.
  Step deletion(std::string_view elements) const;
  void add(Step one);
  void add_random();

  void versioning();
  void create_upload();
  void upload_part();
  void upload_part_copy();
  void complete();
  void abort();
  void list_parts();
  void list_uploads();
  void put_object();
  void copy_object();
  void read_object();
  void attributes();
  void delete_object();
  void delete_objects();
  void list_objects();
  void list_objects_v1();
  void list_versions();
  void tagging();
  void acl();
  void change_what_was_read();
  void read_all(const std::string& key);
  void plainly(Step one) { steps_.push_back(std::move(one)); }
  void list_of(const std::string& key, std::uint64_t upload);
  void many_keys();
  void many_parts();

  Upload* some_upload();
  std::string some_key();
  std::string some_version();
  std::string copy_source();
  void describe(Step& one);
  void body(Step& one, std::uint64_t size);
  void write_conditions(Step& one);
  void read_conditions(Step& one);
  void list_parameters(Step& one, std::string_view marker);
  void checksum(Step& one);

  Random random_;
  std::vector<Step> steps_;
  std::vector<std::string> chosen_;  ///< keys
  std::vector<Upload> uploads_;
  std::vector<std::pair<std::string, std::uint64_t>> writes_;  ///< keys, and the steps that made them
  bool versioned_ = false;
  std::uint64_t large_bodies_ = 0;
};

}  // namespace partsmith::explore
