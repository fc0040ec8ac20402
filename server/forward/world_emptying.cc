#include "forward/world_emptying.h"

#include <fmt/format.h>

#include <algorithm>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/values/digest.h>

#include "forward/forwarded_answer.h"

namespace partsmith::server {
namespace {

using protocol::Slash;
using protocol::XmlElement;

template <typename T>
using Done = std::expected<T, std::string>;

constexpr std::size_t longest_answer = std::size_t{4} << 20U;  ///< a page of 500 of the longest keys
constexpr std::size_t most_buckets = 10'000;

struct Version {
  std::string key;
  std::string id;  ///< empty where the upstream has no versions
  bool operator==(const Version&) const = default;
};

struct OpenUpload {
  std::string key;
  std::string id;
};

std::string encoded(std::string_view text) {
  return protocol::uri_encode(text, Slash::encode);
}

class Emptying {
 public:
  Emptying(Upstream& upstream, const std::function<bool()>& stopped)
      : upstream_(upstream), stopped_(stopped) {}

  Done<std::vector<std::string>> buckets() {
    std::vector<std::string> names;
    std::string token;
    while (names.size() < most_buckets) {
      auto page = document(
          {.method = "GET", .query = token.empty() ? std::string() : "continuation-token=" + encoded(token)});
      if (!page) return std::unexpected(std::move(page.error()));
      if (const XmlElement* list = page->child("Buckets")) {
        for (const XmlElement& bucket : list->children)
          names.push_back(bucket.child_text("Name").value_or(""));
      }
      auto next = page->child_text("ContinuationToken").value_or("");
      if (next.empty()) return names;
      if (next == token) break;
      token = std::move(next);
    }
    return std::unexpected("the upstream's list of buckets does not end");
  }

  Done<void> empty(const UpstreamPlace& place) {
    if (auto done = abort_uploads(place); !done) return done;
    if (auto done = delete_versions(place); !done) return done;
    if (!place.key_prefix.empty()) return {};
    if (auto done = ask({.method = "DELETE", .bucket = place.bucket}); !done)
      return std::unexpected(std::move(done.error()));
    return {};
  }

 private:
  /// The body of a 2xx answer.
  Done<std::string> ask(UpstreamRequest request) {
    if (stopped_()) return std::unexpected("the server stops");
    const std::string what = fmt::format("{} {}", request.method, request.bucket);
    if (!request.body) request.body = std::string();
    request.length = request.body->size();
    request.payload_hash = to_hex(sha256(as_bytes(*request.body)));
    const auto exchange = upstream_.begin(request);
    if (!exchange) return std::unexpected(fmt::format("{}: {}", what, exchange.error().detail));
    const auto head = (*exchange)->answer();
    if (!head) return std::unexpected(fmt::format("{}: {}", what, head.error().detail));
    auto body = read_whole(**exchange, longest_answer);
    if (!body) return std::unexpected(fmt::format("{}: {}", what, body.error().detail));
    if (head->status >= 200 && head->status < 300) return *std::move(body);
    const auto error = protocol::parse_xml(*body);
    return std::unexpected(fmt::format("{}: {} {} {}", what, head->status,
                                       error ? error->child_text("Code").value_or("") : "",
                                       error ? error->child_text("Message").value_or("") : ""));
  }

  Done<XmlElement> document(UpstreamRequest request) {
    const std::string what = fmt::format("{} {}?{}", request.method, request.bucket, request.query);
    auto body = ask(std::move(request));
    if (!body) return std::unexpected(std::move(body.error()));
    auto parsed = protocol::parse_xml(*body);
    if (!parsed || parsed->name == "Error")
      return std::unexpected(fmt::format("{}: the answer is no listing", what));
    return *std::move(parsed);
  }

  /// A page from the start, for what was listed before is gone.
  Done<XmlElement> first_page(const UpstreamPlace& place, std::string_view what, std::string_view most) {
    return document({.method = "GET",
                     .bucket = place.bucket,
                     .query = fmt::format("{}&encoding-type=url&{}=500&prefix={}", what, most,
                                          encoded(place.key_prefix))});
  }

  /// As the listing writes it, decoded; nothing for a key that isn't below the prefix, which is not ours.
  static std::optional<std::string> key_of(const XmlElement& listing, const XmlElement& element,
                                           const UpstreamPlace& place) {
    std::string text = element.child("Key") == nullptr ? std::string() : element.child("Key")->text;
    if (listing.child_text("EncodingType") == "url") {
      std::ranges::replace(text, '+', ' ');
      auto decoded = protocol::percent_decode(text);
      if (!decoded) return std::nullopt;
      text = *std::move(decoded);
    }
    if (text.empty() || !text.starts_with(place.key_prefix)) return std::nullopt;
    return text;
  }

  Done<void> abort_uploads(const UpstreamPlace& place) {
    std::string last;
    while (true) {
      const auto page = first_page(place, "uploads", "max-uploads");
      if (!page) return std::unexpected(page.error());
      std::vector<OpenUpload> uploads;
      for (const XmlElement& child : page->children) {
        if (child.name != "Upload") continue;
        auto key = key_of(*page, child, place);
        if (!key) return std::unexpected("the upstream lists an upload that was not asked for");
        uploads.push_back({*std::move(key), child.child_text("UploadId").value_or("")});
      }
      if (uploads.empty()) return {};
      if (uploads.front().id == last)
        return std::unexpected(fmt::format("the upload {} is there after it was aborted", last));
      last = uploads.front().id;
      for (const OpenUpload& upload : uploads) {
        auto gone = ask({.method = "DELETE",
                         .bucket = place.bucket,
                         .key = upload.key,
                         .query = "uploadId=" + encoded(upload.id)});
        if (!gone) return std::unexpected(std::move(gone.error()));
      }
    }
  }

  Done<void> delete_versions(const UpstreamPlace& place) {
    Version last;
    while (true) {
      const auto page = first_page(place, "versions", "max-keys");
      if (!page) return std::unexpected(page.error());
      std::vector<Version> versions;
      for (const XmlElement& child : page->children) {
        if (child.name != "Version" && child.name != "DeleteMarker") continue;
        auto key = key_of(*page, child, place);
        if (!key) return std::unexpected("the upstream lists a key that was not asked for");
        versions.push_back({*std::move(key), child.child_text("VersionId").value_or("")});
      }
      if (versions.empty()) return {};
      if (versions.front() == last)
        return std::unexpected(fmt::format("'{}' is there after it was deleted", last.key));
      last = versions.front();
      if (auto deleted = delete_all(place, versions); !deleted) return deleted;
    }
  }

  Done<void> delete_all(const UpstreamPlace& place, const std::vector<Version>& versions) {
    protocol::XmlWriter list("Delete");
    for (const Version& version : versions) {
      list.open("Object").element("Key", version.key);
      if (!version.id.empty()) list.element("VersionId", version.id);
      list.close();
    }
    UpstreamRequest request{.method = "POST", .bucket = place.bucket, .query = "delete"};
    request.body = list.element("Quiet", true).finish();
    request.headers.add("Content-MD5", to_base64(md5(as_bytes(*request.body))));
    const auto told = document(std::move(request));
    if (!told) return std::unexpected(told.error());
    for (const XmlElement& child : told->children) {
      if (child.name != "Error") continue;
      return std::unexpected(fmt::format("'{}' in {}: {} {}", child.child_text("Key").value_or(""),
                                         place.bucket, child.child_text("Code").value_or(""),
                                         child.child_text("Message").value_or("")));
    }
    return {};
  }

  Upstream& upstream_;
  const std::function<bool()>& stopped_;
};

}  // namespace

std::expected<void, std::string> empty_world_at(Upstream& upstream, const NameMap& names,
                                                const std::string& access_key,
                                                const std::function<bool()>& stopped) {
  Emptying emptying(upstream, stopped);
  const auto buckets = emptying.buckets();
  if (!buckets) return std::unexpected(buckets.error());
  for (const std::string& bucket : *buckets) {
    for (const std::string& name : names.names_of(access_key, bucket)) {
      const auto place = names.place(access_key, name);
      if (!place || place->bucket != bucket) continue;
      if (auto done = emptying.empty(*place); !done) return done;
    }
  }
  return {};
}

}  // namespace partsmith::server
