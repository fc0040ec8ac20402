#pragma once
/// The shortest sequence that still shows a difference.

#include <functional>
#include <vector>

#include "step.h"

namespace partsmith::explore {

/// Leaves out steps before the last one, then headers and parameters of what stays, as long as `shows` is
/// true of the rest. `shows` is asked at most `most` times.
std::vector<Step> shrunk(std::vector<Step> steps, std::size_t most,
                         const std::function<bool(const std::vector<Step>&)>& shows);

}  // namespace partsmith::explore
