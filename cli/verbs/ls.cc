#include <fmt/format.h>

#include <cstdio>

#include <partsmith/client/objects.h>

#include "verbs/text.h"
#include "verbs/verbs.h"

namespace partsmith::cli {
namespace {

using client::ObjectInList;

VerbResult list_all_buckets(const LsOptions& options, Session& session) {
  const auto buckets = client::all_buckets(session.client, session.call_policy);
  if (!buckets) return failed("", buckets.error());
  for (const auto& bucket : *buckets) {
    if (options.json) {
      nlohmann::ordered_json line{{"bucket", bucket.name}, {"created", bucket.created}};
      if (!bucket.region.empty()) line["region"] = bucket.region;
      print_json(line);
    } else {
      say("{}  s3://{}\n", plain_time(bucket.created), bucket.name);
    }
  }
  return {};
}

class Listing {
 public:
  Listing(const LsOptions& options, const client::S3Url& url) : options_(options), url_(url) {}

  void print(const client::ObjectsPage& page) {
    for (const auto& prefix : page.common_prefixes) {
      if (options_.json) {
        print_json({{"prefix", prefix}});
      } else {
        say("{:>19}  {:>12}  {}\n", "", "PRE", printable(shown(prefix)));
      }
    }
    for (const auto& object : page.objects) print(object);
  }

  void print_summary() const {
    if (options_.json) {
      print_json({{"objects", count_}, {"bytes", bytes_}});
    } else {
      say("{} objects, {}\n", count_, options_.human ? human_size(bytes_) : fmt::format("{} bytes", bytes_));
    }
  }

 private:
  void print(const ObjectInList& object) {
    ++count_;
    bytes_ += object.size;
    if (options_.json) {
      print_json({{"key", object.key},
                  {"size", object.size},
                  {"etag", object.etag},
                  {"last_modified", object.last_modified},
                  {"storage_class", object.storage_class}});
      return;
    }
    say("{}  {:>12}  {}\n", plain_time(object.last_modified),
        options_.human ? human_size(object.size) : std::to_string(object.size), printable(shown(object.key)));
  }

  /// In a folder its name; with everything below it, the key.
  std::string shown(const std::string& key) const {
    if (options_.recursive) return key;
    const auto folder = url_.key.rfind('/');
    return folder == std::string::npos ? key : key.substr(folder + 1);
  }

  const LsOptions& options_;
  const client::S3Url& url_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

VerbResult ls(const LsOptions& options, Session& session) {
  if (options.url.empty() || options.url == "s3://") return list_all_buckets(options, session);
  const auto url = any_url(options.url);
  if (!url) return std::unexpected(url.error());
  Listing listing(options, *url);
  const auto request = client::list_objects(url->bucket, url->key, options.recursive ? "" : "/");
  const auto listed = client::each_objects_page(session.client, request, session.call_policy,
                                                [&](const client::ObjectsPage& page) {
                                                  listing.print(page);
                                                  return std::ferror(stdout) == 0;
                                                });
  if (!listed) return failed(url->text(), listed.error());
  if (options.summary) listing.print_summary();
  return {};
}

}  // namespace partsmith::cli
