#pragma once
/// An upstream's XML answer with the names that clients use: passes through in runs, with as much held as one
/// name takes. Which elements are names is a table (xml_rewriter.cc).

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "forward/name_map.h"

namespace partsmith::server {

struct XmlNames {
  const NameMap& map;
  std::string access_key = {};
  std::string bucket = {};  ///< as the client says it; empty: of the service
  UpstreamPlace place = {};
  std::string location = {};      ///< of the object, as the client addresses it
  bool keys_are_encoded = false;  ///< encoding-type=url
};

class XmlRewriter {
 public:
  /// What `names` refers to outlives it.
  explicit XmlRewriter(XmlNames names) : names_(std::move(names)) {}

  /// What comes of the next run. Empty where a name isn't whole yet.
  std::string feed(std::string_view run);
  /// What is left at the document's end.
  std::string finish();
  /// Whether the document is none that S3 sends: a name or a tag longer than any, or elements too deep in
  /// each other. What came until then was right.
  bool failed() const { return failed_; }

 private:
  void take_tag(std::string_view tag, std::string& out);
  void begin(std::string_view name, std::string_view tag, std::string& out);
  void end(std::string_view tag, std::string& out);
  /// Where the text goes: into the name that is being gathered, or out.
  void pass(std::string_view text, std::string& out);
  std::string renamed(std::string_view text) const;
  std::string listed_buckets() const;

  XmlNames names_;
  std::vector<std::string> path_;  ///< of open elements
  std::string pending_;            ///< a tag that isn't whole yet
  std::size_t gathering_ = 0;      ///< the depth of the element whose text is gathered; 0: none
  std::string gathered_;
  bool failed_ = false;
};

}  // namespace partsmith::server
