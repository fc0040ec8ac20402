#pragma once
/// Finding uploads that were neither completed nor aborted.

#include <vector>

#include <partsmith/client/multipart.h>

#include "verbs/session.h"

namespace partsmith::cli {

std::expected<std::vector<client::UploadInList>, VerbError> uploads_below(Session& session,
                                                                        const std::string& bucket,
                                                                        const std::string& prefix);
/// The key's only open upload, or the one that is named.
std::expected<client::UploadAddress, VerbError> open_upload(Session& session, const client::S3Url& url,
                                                          const std::string& upload_id);

}  // namespace partsmith::cli
