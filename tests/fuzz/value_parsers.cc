// Single values: ranges, dates, encoded words, names; and listings of names, against a plain model.

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include <partsmith/protocol/dates.h>
#include <partsmith/storage/local_store.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/md5_stream.h>
#include <partsmith/values/version_id.h>

#include "harness.h"
#include "operations/encoded_words.h"
#include "operations/ranges.h"
#include "temporary_folder.h"

namespace partsmith::fuzz {
namespace {

void range(std::string_view input) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{960}, most / 2}) {
    const auto inside = [&](const server::ByteRange& found) {
      must(found.length > 0 && found.first < size && found.length <= size - found.first, "a range is inside");
    };
    const auto read = server::range_of(input, size);
    if (read && *read) inside(**read);
    const auto copied = server::copy_range_of(input, size);
    if (copied) inside(*copied);
  }
}

std::vector<std::string> range_seeds() {
  return {"bytes=0-16",    "bytes=-5",  "bytes=9-", "bytes=0-18446744073709551615",
          "bytes=0-1,3-4", "octets=0-1"};
}

void date(std::string_view input) {
  const auto same = [&](const auto& parsed, auto write, auto parse) {
    if (!parsed) return;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*parsed);
    const auto again = parse(write(*parsed));
    must(again && std::chrono::floor<std::chrono::seconds>(*again) == seconds, "a date is written as it is");
  };
  same(protocol::parse_iso8601(input), protocol::iso8601, protocol::parse_iso8601);
  same(protocol::parse_http_date(input), protocol::http_date, protocol::parse_http_date);
  same(protocol::parse_amz_date(input), protocol::amz_date, protocol::parse_amz_date);
}

std::vector<std::string> date_seeds() {
  return {"2026-02-21T00:18:10.000Z",
          "Sat, 21 Feb 2026 00:18:10 GMT",
          "Saturday, 21-Feb-26 00:18:10 GMT",
          "Sat Feb 21 00:18:10 2026",
          "20260221T001810Z",
          "2024-02-29T23:59:59Z",
          "9999-12-31T23:59:59.999999999Z"};
}

void encoded_word(std::string_view input) {
  const std::string text = server::metadata_from_header(input);
  must(is_utf8(text), "metadata is text");
  must(text.size() <= 3 * input.size(), "decoding makes little longer");
  const std::string header = server::metadata_to_header(text);
  must(std::ranges::all_of(header, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); }),
       "a header is plain ASCII");
}

std::vector<std::string> encoded_word_seeds() {
  return {"plain", "=?UTF-8?Q?caf=C3=A9_au_lait?=", "=?utf-8?b?w6Q=?= =?ISO-8859-1?Q?=E4?=", "caf\xC3\xA9",
          "=?x?y?z?="};
}

void name(std::string_view input) {
  const auto bucket = BucketName::parse(input);
  if (bucket) must(bucket->text() == input, "a bucket's name is what it was");
  const auto key = ObjectKey::parse(input);
  must(key.has_value() == (!input.empty() && input.size() <= limits::max_key_bytes && is_utf8(input)),
       "a key is up to 1,024 bytes of UTF-8");
  const auto number = PartNumber::parse(input);
  if (number)
    must(number->value() >= 1 && number->value() <= limits::max_part_number, "a part's number is one");
  const auto version = VersionId::parse(input);
  if (version) must(version->text() == input, "a version's id is what it was");
  if (const auto bytes = from_base64(input))
    must(from_base64(to_base64(*bytes)) == *bytes, "base64 is itself");
  if (const auto bytes = from_hex(input)) must(from_hex(to_hex(*bytes)) == *bytes, "hex is itself");
}

std::vector<std::string> name_seeds() {
  return {"films", "192.168.0.1", "a.b-c", "xn--a", "10000", "null", VersionId::of(7, {1, 2, 3}).text(),
          "w6Q=",  "c3a4"};
}

// ---- MD5s of several streams at once, against one after the other

/// Numbers say which bytes of the input make a run, and of which stream. A stream that comes again begins
/// anew.
void md5_together(std::string_view input) {
  constexpr std::size_t most_streams = 17;
  Input in(input);
  const ByteView bytes = as_bytes(input);
  const std::size_t count = 1 + in.number(most_streams - 1);
  std::vector<Digest> plain;
  for (std::size_t i = 0; i < count; ++i) plain.emplace_back(DigestKind::md5);
  std::vector<std::vector<Md5Stream>> streams(md5_widths().size());
  for (auto& of_width : streams) of_width = std::vector<Md5Stream>(count);
  while (!in.at_end()) {
    std::map<std::size_t, ByteView> runs;
    while (!in.at_end() && runs.size() < count) {
      const std::size_t stream = in.number(count - 1);
      const std::size_t from = std::min(in.number(255), bytes.size());
      const std::size_t length = 3 * in.number(255);
      if (!runs.emplace(stream, bytes.subspan(from, std::min(length, bytes.size() - from))).second) break;
    }
    for (const auto& [stream, run] : runs) plain[stream].update(run);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      std::vector<Md5Stream::Run> together;
      for (const auto& [stream, run] : runs) together.push_back({&streams[i][stream], run});
      Md5Stream::update_together(together, md5_widths()[i]);
    }
  }
  for (std::size_t stream = 0; stream < count; ++stream) {
    const Bytes expected = plain[stream].finish();
    for (auto& of_width : streams) {
      must(std::ranges::equal(of_width[stream].finish(), expected), "together gives what alone gives");
    }
  }
}

std::vector<std::string> md5_together_seeds() {
  std::vector<std::string> seeds;
  for (const std::size_t size : {64UL, 300UL, 1'500UL}) {
    std::string seed;
    for (std::size_t i = 0; i < size; ++i) seed += static_cast<char>(i * 37 + i / 11);
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

// ---- listings

/// A store that lives as long as the process, for making one takes longer than using it.
storage::Store& shared_store() {
  struct Kept {
    test::TemporaryFolder folder;
    SystemClock clock;
    std::unique_ptr<storage::Store> store = [this] {
      auto opened = storage::open_local_store({.folder = folder.path() / "store", .clock = &clock});
      if (!opened) throw std::runtime_error(opened.error());
      return std::move(*opened);
    }();
  };
  static Kept kept;
  return *kept.store;
}

struct Listing {
  std::vector<std::string> entries;  ///< keys and groups, in order
  bool operator==(const Listing&) const = default;
};

/// Every key and group, in byte order, after `after`.
Listing list_plainly(const std::set<std::string>& keys, const storage::ObjectQuery& query) {
  std::set<std::string> entries;
  for (const std::string& key : keys) {
    if (!key.starts_with(query.prefix)) continue;
    std::string entry = key;
    if (!query.delimiter.empty()) {
      const std::size_t found = key.find(query.delimiter, query.prefix.size());
      if (found != std::string::npos) entry = key.substr(0, found + query.delimiter.size());
    }
    if (query.start_after.empty() || entry > query.start_after) entries.insert(entry);
  }
  return {{entries.begin(), entries.end()}};
}

Listing list_by_pages(storage::Store& store, const BucketName& bucket, storage::ObjectQuery query) {
  Listing listing;
  for (int pages = 0;; ++pages) {
    must(pages < 100, "a listing ends");
    const auto page = store.list_objects(bucket, query);
    must(page.has_value(), "a bucket can be listed");
    std::vector<std::string> entries(page->common_prefixes);
    for (const auto& object : page->objects) entries.push_back(object.key.text());
    must(entries.size() <= query.limit, "a page has no more entries than it may have");
    must(entries.size() == query.limit || !page->truncated, "a page that isn't the last is full");
    std::ranges::sort(entries);
    listing.entries.insert(listing.entries.end(), entries.begin(), entries.end());
    if (!page->truncated) return listing;
    query.start_after = page->next;
  }
}

void listing(std::string_view input) {
  const BucketName bucket = BucketName::parse("listed").value();
  storage::Store& store = shared_store();
  Input in(input);
  storage::ObjectQuery query;
  query.limit = static_cast<std::uint32_t>(1 + in.number(4));
  query.prefix = in.line();
  query.delimiter = in.line();
  query.start_after = in.line();
  if (!is_utf8(query.prefix) || !is_utf8(query.delimiter) || !is_utf8(query.start_after)) return;
  must(store.create_bucket(bucket, "us-east-1").has_value(), "the bucket is new");
  std::set<std::string> keys;
  constexpr std::size_t most = 12;
  while (!in.at_end() && keys.size() < most) {
    const auto key = ObjectKey::parse(in.line());
    if (!key) continue;
    auto writer = store.new_blob(0);
    must(writer.has_value(), "there is room");
    must(store.put_object(bucket, *key, storage::Content::written(std::move(*writer)), {}).has_value(),
         "a key is put");
    keys.insert(key->text());
  }
  const Listing paged = list_by_pages(store, bucket, query);
  for (const std::string& key : keys) {
    must(store.delete_object(bucket, ObjectKey::parse(key).value(), {}).has_value(), "a key is deleted");
  }
  must(store.delete_bucket(bucket).has_value(), "an empty bucket is deleted");
  must(paged == list_plainly(keys, query), "a listing by pages is the plain one");
}

std::vector<std::string> listing_seeds() {
  return {"\2a/\n/\n\na/b\na/b/c\na/b/d\na/c\nb\n", "\1\n/\na/b\na\na/a\na/b\na/c\nb/a\nc\n",
          "\4\n\n\na\nb\n\xC3\xA4\n", "\1\nab\n\nab\naab\naabab\nb\n", "\3a\n\na\na\nab\nb\n"};
}

}  // namespace

const std::vector<Harness> value_parsers{{"range", 256, range, range_seeds},
                                         {"date", 128, date, date_seeds},
                                         {"encoded-word", 1'024, encoded_word, encoded_word_seeds},
                                         {"name", 1'100, name, name_seeds},
                                         {"md5-together", 2'000, md5_together, md5_together_seeds},
                                         {"listing", 512, listing, listing_seeds}};

}  // namespace partsmith::fuzz
