#pragma once
/// What a fuzzer calls, one row a parser: the same harnesses run under libFuzzer (`./dev fuzz`) and, over
/// their seeds, some changes of these and all regressions, in every run of the tests.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partsmith::fuzz {

struct Harness {
  std::string_view name;
  std::size_t longest = 0;  ///< bytes of input that are worth trying
  /// Throws what must() throws, or whatever the parser threw that should throw nothing.
  void (*run)(std::string_view input) = nullptr;
  /// Inputs that are right, to begin from.
  std::vector<std::string> (*seeds)() = nullptr;
};

/// All of them.
std::span<const Harness> harnesses();
const Harness* find_harness(std::string_view name);

/// Throws std::logic_error unless it holds.
void must(bool holds, std::string_view what);

/// Takes the input apart: texts up to a line feed, and numbers.
class Input {
 public:
  explicit Input(std::string_view text) : rest_(text) {}
  std::string_view line();
  /// 0 to `most`; 0 at the input's end.
  std::size_t number(std::size_t most);
  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Each in the file of its name.
extern const std::vector<Harness> request_parsers;
extern const std::vector<Harness> signature_parsers;
extern const std::vector<Harness> document_parsers;
extern const std::vector<Harness> value_parsers;
extern const std::vector<Harness> client_parsers;
extern const std::vector<Harness> whole_servers;

}  // namespace partsmith::fuzz
