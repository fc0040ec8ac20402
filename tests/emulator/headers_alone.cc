#include <partsmith/emulator.h>

/// Who uses them without C++20 names the members.
partsmith::FaultRule lost_complete() {
  partsmith::FaultRule rule;
  rule.match.operations = {"CompleteMultipartUpload"};
  rule.when = partsmith::FaultWhen::after_commit;
  rule.fault = partsmith::faults::Reset{};
  return rule;
}
