#pragma once
/// What a completion told, for checks that go on with it.

#include <string>
#include <string_view>

#include <partsmith/client/multipart_requests.h>
#include <partsmith/conformance/context.h>

namespace partsmith::conformance::checks {

/// That a completion tells no ETag is another check's: what hangs on it proves nothing then.
inline std::string etag_told(const CheckContext& c, const Answer& completed) {
  auto etag = completed.text("ETag");
  if (etag.empty()) c.skip("the completion tells no ETag, as multipart.complete.one-part says");
  return etag;
}

/// The part is the only one of its upload, and what is completed of it reads as its text.
inline void expect_only_part(CheckContext& c, const client::UploadAddress& upload,
                             const client::ListedPart& part, std::string_view text) {
  c.send(client::list_parts(upload))
      .status(200)
      .elements("Part", 1)
      .element("Part/Size", std::to_string(text.size()))
      .element("Part/ETag", part.etag);
  c.complete(upload, {part});
  c.send(c.get()).status(200).body(text);
}

}  // namespace partsmith::conformance::checks
