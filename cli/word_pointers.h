#pragma once
/// Words as exec() and posix_spawn() want them.

#include <string>
#include <vector>

namespace partsmith::cli {

/// Ends with a null pointer. Points into `words`, which outlive it.
inline std::vector<char*> word_pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace partsmith::cli
