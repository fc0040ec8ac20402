#pragma once
/// What a completion told, for checks that go on with it.

#include <string>

#include <partsmith/conformance/context.h>

namespace partsmith::conformance::checks {

/// That a completion tells no ETag is another check's: what hangs on it proves nothing then.
inline std::string etag_told(const CheckContext& c, const Answer& completed) {
  auto etag = completed.text("ETag");
  if (etag.empty()) c.skip("the completion tells no ETag, as multipart.complete.one-part says");
  return etag;
}

}  // namespace partsmith::conformance::checks
