#pragma once
/// Where it is known from that Amazon S3 does what a check says: links that a reader can open, and how good
/// that knowledge is.

#include <string>
#include <string_view>
#include <vector>

namespace partsmith::conformance {

enum class Grade {
  recorded,    ///< an answer of Amazon S3 was recorded: docs/s3-truth.md has the case
  documented,  ///< API reference, user guide or an RFC say it in words
  reported,    ///< somebody measured or met it, and said so in public
  inferred     ///< it follows from what is said elsewhere, as far as anybody can tell
};

std::string_view to_string(Grade grade);

struct Link {
  std::string text;  ///< as the source has it
  std::string url;
};

struct Source {
  Grade grade = Grade::inferred;  ///< of the best of them
  std::vector<Link> links;
};

/// "recording: a-case (a-step); S3 API: UploadPart, Error responses (InvalidArgument); user guide: A title;
/// reported: minio#1; RFC 9110, 14.1.2"; behind "inferred: " what it follows from. Throws
/// std::invalid_argument for what names no page, issue or case.
Source read_source(std::string_view text);

}  // namespace partsmith::conformance
