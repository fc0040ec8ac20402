#include "verbs/both_sides.h"

#include <fmt/format.h>

#include "verbs/text.h"

namespace partsmith::cli {
namespace {

using client::KeyInList;
using client::KeyListing;
using client::S3Url;

/// The keys below a folder that the filters take, by their names in it.
class Side {
 public:
  Side(client::S3Client& client, const S3Url& folder, const TransferOptions& options,
       const client::CallPolicy& policy)
      : folder_(folder),
        filters_(options.filters),
        listing_(client, folder.bucket, folder.folder(),
                 options.versions ? KeyListing::Of::versions : KeyListing::Of::objects, policy) {}

  VerbResult advance() {
    while (true) {
      auto found = listing_.next();
      if (!found) return failed(folder_.text(), found.error());
      key_.reset();
      if (!*found) return {};
      auto name = (*found)->key.substr(folder_.folder().size());
      if (began_ && name <= last_)
        return failed(fmt::format("{}: it does not list its keys in their order, so they cannot be compared",
                                  folder_.text()));
      began_ = true;
      last_ = name;
      if (name.empty() || !takes(filters_, name)) continue;
      key_ = **std::move(found);
      name_ = std::move(name);
      return {};
    }
  }

  bool ended() const { return !key_; }
  const std::string& name() const { return name_; }
  std::vector<client::VersionInList> versions() const { return key_->versions; }

 private:
  const S3Url& folder_;
  const std::vector<Filter>& filters_;
  KeyListing listing_;
  std::optional<KeyInList> key_;
  std::string name_;
  std::string last_;
  bool began_ = false;
};

}  // namespace

VerbResult compare_folders(const S3Url& from, const S3Url& to, const TransferOptions& options,
                           const Sides& sides, Transfers& transfers) {
  Side here(sides.source, from, options, sides.session.call_policy);
  Side there(sides.session.client, to, options, sides.session.call_policy);
  const auto only = [&](const S3Url& folder, const std::string& name, const S3Url& other) {
    transfers.refuse(
        {fmt::format("{}: it is not in {}", printable(S3Url{folder.bucket, folder.folder() + name}.text()),
                     printable(other.text()))});
  };
  if (auto begun = here.advance(); !begun) return begun;
  if (auto begun = there.advance(); !begun) return begun;
  while (!here.ended() || !there.ended()) {
    const bool only_here = there.ended() || (!here.ended() && here.name() < there.name());
    const bool only_there = here.ended() || (!there.ended() && there.name() < here.name());
    if (only_here) only(from, here.name(), to);
    if (only_there) only(to, there.name(), from);
    if (!only_here && !only_there &&
        !transfers.add({S3Url{from.bucket, from.folder() + here.name()},
                        S3Url{to.bucket, to.folder() + there.name()}, 0, here.versions()}))
      return {};
    if (!only_there) {
      if (auto more = here.advance(); !more) return more;
    }
    if (!only_here) {
      if (auto more = there.advance(); !more) return more;
    }
  }
  return {};
}

}  // namespace partsmith::cli
