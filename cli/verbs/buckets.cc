#include <fmt/format.h>

#include <partsmith/client/multipart.h>
#include <partsmith/client/objects.h>

#include "verbs/emptying.h"
#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {

VerbResult mb(const MbOptions& options, Session& session) {
  for (const auto& text : options.urls) {
    const auto url = bucket_url(text);
    if (!url) return std::unexpected(url.error());
    const auto request = client::create_bucket(url->bucket, session.client.options().region);
    if (const auto made = client::call(session.client, request, session.call_policy); !made)
      return failed(url->text(), made.error());
    say("made {}\n", url->text());
  }
  return {};
}

VerbResult rb(const RbOptions& options, Session& session) {
  for (const auto& text : options.urls) {
    const auto url = bucket_url(text);
    if (!url) return std::unexpected(url.error());
    if (options.force) {
      if (const auto emptied = empty_bucket(session, url->bucket); !emptied) return emptied;
    }
    const auto removed =
        client::call(session.client, client::delete_bucket(url->bucket), session.call_policy);
    if (!removed) return failed(url->text(), removed.error());
    say("removed {}\n", url->text());
  }
  return {};
}

}  // namespace partsmith::cli
