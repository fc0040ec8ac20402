#include "generator.h"

#include <fmt/format.h>

#include <array>

#include <partsmith/protocol/xml.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/limits.h>

namespace partsmith::explore {
namespace {

using Texts = std::string_view;

constexpr auto keys =
    std::to_array<Texts>({"a", "A", "a/b", "a/c", "a/b/c", "b&<>\"'", "\xc3\xbc", "a b+c", "z"});
constexpr auto prefixes = std::to_array<Texts>({"", "a", "A", "a/", "a/b", "b&", "\xc3", "z", "none"});
constexpr auto part_numbers =
    std::to_array<std::uint64_t>({1, 1, 1, 2, 2, 2, 3, 3, 5, 9'999, 10'000, 0, 10'001});
constexpr auto limits_of_pages = std::to_array<Texts>({"1", "2", "3", "1000", "1001", "0", "-1", "x", ""});
constexpr auto ranges = std::to_array<Texts>({"bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=1-2",
                                              "bytes=5-3", "bytes=99999999-", "bytes=0-99999999",
                                              "bytes=0-0,2-3", "bytes=x", "bytes=-99999999"});
constexpr auto small_sizes = std::to_array<std::uint64_t>({0, 1, 5, 100, 8'192, 8'193, 70'000, 200'000});
constexpr std::uint64_t large = limits::min_part_size;
constexpr std::uint64_t most_large_bodies = 8;
constexpr std::string_view missing_etag = "\"0123456789abcdef0123456789abcdef\"";

std::string placeholder(std::string_view kind, std::uint64_t step) {
  return fmt::format("{{{}:{}}}", kind, step);
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

std::vector<Step> Generator::sequence(std::size_t steps) {
  steps_.clear();
  uploads_.clear();
  writes_.clear();
  large_bodies_ = 0;
  versioned_ = random_.once_in(2);
  if (versioned_) versioning();
  if (random_.once_in(40)) many_keys();
  if (random_.once_in(40)) many_parts();
  while (steps_.size() < steps) add_random();
  return std::move(steps_);
}

void Generator::add_random() {
  struct Row {
    std::uint64_t weight;
    void (Generator::*make)();
  };
  static constexpr auto rows = std::to_array<Row>({{10, &Generator::create_upload},
                                                   {20, &Generator::upload_part},
                                                   {4, &Generator::upload_part_copy},
                                                   {10, &Generator::complete},
                                                   {3, &Generator::abort},
                                                   {7, &Generator::list_parts},
                                                   {6, &Generator::list_uploads},
                                                   {10, &Generator::put_object},
                                                   {6, &Generator::copy_object},
                                                   {16, &Generator::read_object},
                                                   {3, &Generator::attributes},
                                                   {5, &Generator::delete_object},
                                                   {2, &Generator::delete_objects},
                                                   {5, &Generator::list_objects},
                                                   {2, &Generator::list_objects_v1},
                                                   {4, &Generator::list_versions},
                                                   {3, &Generator::tagging},
                                                   {1, &Generator::versioning}});
  static constexpr std::uint64_t sum = [] {
    std::uint64_t all = 0;
    for (const Row& row : rows) all += row.weight;
    return all;
  }();
  std::uint64_t at = random_.below(sum);
  for (const Row& row : rows) {
    if (at < row.weight) return (this->*row.make)();
    at -= row.weight;
  }
}

Step Generator::step(std::string_view operation, std::string method, std::string key) const {
  Step one;
  one.number = steps_.size() + 1;
  one.operation = operation;
  one.method = std::move(method);
  one.key = std::move(key);
  return one;
}

void Generator::add(Step one) {
  if (random_.once_in(40)) one.by_stranger = true;
  if (random_.once_in(60)) one.signing = client::Signing::anonymous;
  if (one.method == "GET" && random_.once_in(15)) one.signing = client::Signing::presigned;
  steps_.push_back(std::move(one));
}

std::string Generator::some_key() {
  return std::string(random_.one_of(keys));
}

Generator::Upload* Generator::some_upload() {
  if (uploads_.empty()) create_upload();
  // Mostly one that is open.
  for (int tries = 0; tries < 4; ++tries) {
    Upload& one = uploads_[static_cast<std::size_t>(random_.below(uploads_.size()))];
    if (!one.ended || random_.once_in(8)) return &one;
  }
  create_upload();
  return &uploads_.back();
}

std::string Generator::some_version() {
  if (writes_.empty() || random_.once_in(6)) return "null";
  return placeholder("version", random_.one_of(writes_).second);
}

void Generator::describe(Step& one) {
  if (random_.once_in(2)) one.headers.emplace_back("x-amz-meta-of", random_.once_in(2) ? "a b" : "x");
  if (random_.once_in(3)) one.headers.emplace_back("content-type", "text/x-test");
  if (random_.once_in(3)) one.headers.emplace_back("cache-control", "max-age=60");
  if (random_.once_in(6)) one.headers.emplace_back("content-disposition", "attachment; filename=\"f\"");
  if (random_.once_in(8)) one.headers.emplace_back("content-language", "de");
  if (random_.once_in(8)) one.headers.emplace_back("x-amz-website-redirect-location", "/other");
  if (random_.once_in(5)) one.headers.emplace_back("x-amz-tagging", "k=v&other=1");
}

void Generator::body(Step& one, std::uint64_t size) {
  one.size = size;
  one.seed = one.number;
  if (random_.once_in(4)) one.payload = client::Payload::signed_chunks;
  if (random_.once_in(6)) one.payload = client::Payload::unsigned_whole;
}

void Generator::write_conditions(Step& one) {
  if (random_.once_in(5)) {
    one.headers.emplace_back("if-none-match", "*");
  } else if (random_.once_in(8)) {
    const bool known = !writes_.empty() && random_.once_in(2);
    one.headers.emplace_back(
        "if-match", known ? placeholder("etag", random_.one_of(writes_).second) : std::string(missing_etag));
  }
}

void Generator::read_conditions(Step& one) {
  if (writes_.empty() || !random_.once_in(4)) return;
  static constexpr auto names = std::to_array<Texts>({"if-match", "if-none-match"});
  const std::string etag =
      random_.once_in(3) ? std::string(missing_etag) : placeholder("etag", random_.one_of(writes_).second);
  one.headers.emplace_back(random_.one_of(names), etag);
}

void Generator::checksum(Step& one) {
  static constexpr auto algorithms =
      std::to_array<ChecksumAlgorithm>({ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c,
                                        ChecksumAlgorithm::sha256, ChecksumAlgorithm::crc64nvme});
  if (!random_.once_in(3) || one.payload == client::Payload::signed_chunks) return;
  Checksummer summer(random_.one_of(algorithms));
  // Now and then of other bytes.
  const std::string bytes = filler(one.seed, random_.once_in(6) ? one.size + 1 : one.size);
  summer.update(as_bytes(bytes));
  const Checksum sum = summer.finish();
  one.headers.emplace_back(traits(sum.algorithm).header, sum.base64());
}

// ---- uploads

void Generator::create_upload() {
  Step one = step("CreateMultipartUpload", "POST", some_key());
  one.query = {{"uploads", ""}};
  describe(one);
  Upload upload{.step = one.number, .key = one.key, .checksum = {}};
  if (random_.once_in(3)) {
    static constexpr auto names = std::to_array<Texts>({"CRC32", "SHA256", "CRC64NVME"});
    const Texts name = random_.one_of(names);
    one.headers.emplace_back("x-amz-checksum-algorithm", name);
    upload.checksum = traits(*checksum_algorithm_by_name(name)).header;
    if (random_.once_in(3))
      one.headers.emplace_back("x-amz-checksum-type", random_.once_in(2) ? "FULL_OBJECT" : "COMPOSITE");
  }
  uploads_.push_back(std::move(upload));
  add(std::move(one));
}

void Generator::upload_part() {
  Upload& upload = *some_upload();
  const std::uint64_t number = random_.one_of(part_numbers);
  Step one = step("UploadPart", "PUT", upload.key);
  one.query = {{"partNumber", std::to_string(number)}, {"uploadId", placeholder("upload", upload.step)}};
  const bool is_large = large_bodies_ < most_large_bodies && random_.once_in(3);
  if (is_large) ++large_bodies_;
  body(one, is_large ? large + random_.below(2) : random_.one_of(small_sizes));
  if (!upload.checksum.empty() && one.payload != client::Payload::signed_chunks) {
    for (const ChecksumTraits& row : checksum_table()) {
      if (row.header != upload.checksum) continue;
      Checksummer summer(row.algorithm);
      const std::string bytes = filler(one.seed, one.size);
      summer.update(as_bytes(bytes));
      one.headers.emplace_back(row.header, summer.finish().base64());
    }
  } else {
    checksum(one);
  }
  upload.parts.insert_or_assign(number, one);
  add(std::move(one));
}

std::string Generator::copy_source() {
  const std::string key = writes_.empty() || random_.once_in(6) ? some_key() : random_.one_of(writes_).first;
  std::string source = "{bucket}/";
  for (const char c : key) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
    source += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (versioned_ && random_.once_in(3)) source += "?versionId=" + some_version();
  return source;
}

void Generator::upload_part_copy() {
  Upload& upload = *some_upload();
  const std::uint64_t number = random_.one_of(part_numbers);
  Step one = step("UploadPartCopy", "PUT", upload.key);
  one.query = {{"partNumber", std::to_string(number)}, {"uploadId", placeholder("upload", upload.step)}};
  one.headers.emplace_back("x-amz-copy-source", copy_source());
  static constexpr auto copied =
      std::to_array<Texts>({"bytes=0-0", "bytes=0-4", "bytes=1-99999999", "bytes=-1", "bytes=0-"});
  if (random_.once_in(2)) one.headers.emplace_back("x-amz-copy-source-range", random_.one_of(copied));
  upload.parts.insert_or_assign(number, one);
  add(std::move(one));
}

void Generator::complete() {
  Upload& upload = *some_upload();
  Step one = step("CompleteMultipartUpload", "POST", upload.key);
  one.query = {{"uploadId", placeholder("upload", upload.step)}};
  std::vector<std::pair<std::uint64_t, const Step*>> listed;
  const bool whole = !random_.once_in(4);
  for (const auto& [number, part] : upload.parts) {
    if (number >= 1 && number <= limits::max_part_number && (whole || random_.once_in(2)))
      listed.emplace_back(number, &part);
  }
  if (random_.once_in(10)) std::ranges::reverse(listed);
  if (!listed.empty() && random_.once_in(12)) listed.push_back(listed.back());
  const std::size_t wrong =
      random_.once_in(8) && !listed.empty() ? random_.below(listed.size()) : listed.size();
  std::string parts;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto& [number, part] = listed[i];
    const std::string etag = i == wrong ? std::string(missing_etag) : placeholder("etag", part->number);
    parts += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag>", number, etag);
    for (const auto& [name, value] : part->headers) {
      if (name != upload.checksum) continue;
      for (const ChecksumTraits& row : checksum_table()) {
        if (row.header == name) parts += fmt::format("<{}>{}</{}>", row.element, value, row.element);
      }
    }
    parts += "</Part>";
  }
  if (random_.once_in(20)) parts += "<Part><PartNumber>4</PartNumber><ETag>x</ETag></Part>";
  one.text = fmt::format("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts);
  write_conditions(one);
  upload.ended = true;
  writes_.emplace_back(one.key, one.number);
  const std::string key = one.key;
  add(std::move(one));
  Step read = step("GetObject", "GET", key);
  read.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
  add(std::move(read));
}

void Generator::abort() {
  Upload& upload = *some_upload();
  Step one = step("AbortMultipartUpload", "DELETE", upload.key);
  one.query = {{"uploadId", placeholder("upload", upload.step)}};
  upload.ended = true;
  add(std::move(one));
}

void Generator::list_parts() {
  const Upload& upload = *some_upload();
  Step one = step("ListParts", "GET", upload.key);
  one.query = {{"uploadId", placeholder("upload", upload.step)}};
  if (random_.once_in(2)) one.query.emplace_back("max-parts", random_.one_of(limits_of_pages));
  if (random_.once_in(3))
    one.query.emplace_back("part-number-marker", std::to_string(random_.one_of(part_numbers)));
  add(std::move(one));
}

void Generator::list_parameters(Step& one, std::string_view marker) {
  if (random_.once_in(2)) one.query.emplace_back("prefix", random_.one_of(prefixes));
  if (random_.once_in(3)) one.query.emplace_back("delimiter", random_.once_in(5) ? "b" : "/");
  if (random_.once_in(4)) one.query.emplace_back("encoding-type", "url");
  if (random_.once_in(3)) one.query.emplace_back(marker, some_key());
}

void Generator::list_uploads() {
  Step one = step("ListMultipartUploads", "GET");
  one.query = {{"uploads", ""}};
  list_parameters(one, "key-marker");
  if (random_.once_in(2)) one.query.emplace_back("max-uploads", random_.one_of(limits_of_pages));
  const std::uint64_t number = one.number;
  auto next = one.query;
  add(std::move(one));
  if (!random_.once_in(2)) return;
  Step more = step("ListMultipartUploads", "GET");
  std::erase_if(next, [](const auto& parameter) { return parameter.first == "key-marker"; });
  more.query = std::move(next);
  more.query.emplace_back("key-marker", placeholder("key_marker", number));
  more.query.emplace_back("upload-id-marker", placeholder("upload_marker", number));
  add(std::move(more));
}

// ---- objects

void Generator::put_object() {
  Step one = step("PutObject", "PUT", some_key());
  describe(one);
  write_conditions(one);
  body(one, random_.one_of(small_sizes));
  checksum(one);
  writes_.emplace_back(one.key, one.number);
  add(std::move(one));
}

void Generator::copy_object() {
  Step one = step("CopyObject", "PUT", some_key());
  one.headers.emplace_back("x-amz-copy-source", copy_source());
  if (random_.once_in(3)) {
    one.headers.emplace_back("x-amz-metadata-directive", random_.once_in(3) ? "COPY" : "REPLACE");
    describe(one);
  }
  if (random_.once_in(6)) one.headers.emplace_back("x-amz-tagging-directive", "REPLACE");
  if (random_.once_in(6) && !writes_.empty())
    one.headers.emplace_back("x-amz-copy-source-if-match",
                             placeholder("etag", random_.one_of(writes_).second));
  writes_.emplace_back(one.key, one.number);
  add(std::move(one));
}

void Generator::read_object() {
  const bool head = random_.once_in(3);
  const std::string key = writes_.empty() || random_.once_in(6) ? some_key() : random_.one_of(writes_).first;
  Step one = step(head ? "HeadObject" : "GetObject", head ? "HEAD" : "GET", key);
  if (random_.once_in(3)) one.headers.emplace_back("range", random_.one_of(ranges));
  if (random_.once_in(6)) one.query.emplace_back("partNumber", std::to_string(random_.one_of(part_numbers)));
  if (versioned_ && random_.once_in(4)) one.query.emplace_back("versionId", some_version());
  if (random_.once_in(10)) one.query.emplace_back("response-content-type", "text/other");
  if (random_.once_in(3)) one.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
  read_conditions(one);
  add(std::move(one));
}

void Generator::attributes() {
  const std::string key = writes_.empty() ? some_key() : random_.one_of(writes_).first;
  Step one = step("GetObjectAttributes", "GET", key);
  one.query = {{"attributes", ""}};
  one.headers.emplace_back("x-amz-object-attributes", "ETag,Checksum,ObjectParts,StorageClass,ObjectSize");
  if (random_.once_in(3)) one.headers.emplace_back("x-amz-max-parts", "1");
  add(std::move(one));
}

void Generator::delete_object() {
  const std::string key = writes_.empty() || random_.once_in(4) ? some_key() : random_.one_of(writes_).first;
  Step one = step("DeleteObject", "DELETE", key);
  if (versioned_ && random_.once_in(3)) one.query.emplace_back("versionId", some_version());
  add(std::move(one));
}

void Generator::delete_objects() {
  Step one = step("DeleteObjects", "POST");
  one.query = {{"delete", ""}};
  std::string objects;
  for (std::uint64_t left = 1 + random_.below(4); left > 0; --left)
    objects += fmt::format("<Object><Key>{}</Key></Object>", protocol::xml_escaped(some_key()));
  one.text = fmt::format("<Delete>{}{}</Delete>", random_.once_in(3) ? "<Quiet>true</Quiet>" : "", objects);
  Checksummer summer(ChecksumAlgorithm::crc32);
  summer.update(as_bytes(one.text));
  one.headers.emplace_back("x-amz-checksum-crc32", summer.finish().base64());
  add(std::move(one));
}

void Generator::list_objects() {
  Step one = step("ListObjectsV2", "GET");
  one.query = {{"list-type", "2"}};
  list_parameters(one, "start-after");
  if (random_.once_in(2)) one.query.emplace_back("max-keys", random_.one_of(limits_of_pages));
  const std::uint64_t number = one.number;
  auto next = one.query;
  add(std::move(one));
  if (!random_.once_in(2)) return;
  Step more = step("ListObjectsV2", "GET");
  more.query = std::move(next);
  more.query.emplace_back("continuation-token", placeholder("token", number));
  add(std::move(more));
}

void Generator::list_objects_v1() {
  Step one = step("ListObjects", "GET");
  list_parameters(one, "marker");
  if (random_.once_in(2)) one.query.emplace_back("max-keys", random_.one_of(limits_of_pages));
  add(std::move(one));
}

void Generator::list_versions() {
  Step one = step("ListObjectVersions", "GET");
  one.query = {{"versions", ""}};
  list_parameters(one, "key-marker");
  if (random_.once_in(2)) one.query.emplace_back("max-keys", random_.one_of(limits_of_pages));
  add(std::move(one));
}

void Generator::tagging() {
  const std::string key = writes_.empty() ? some_key() : random_.one_of(writes_).first;
  static constexpr auto methods = std::to_array<Texts>({"GET", "PUT", "DELETE"});
  const Texts method = random_.one_of(methods);
  Step one = step(method == "GET"   ? "GetObjectTagging"
                  : method == "PUT" ? "PutObjectTagging"
                                    : "DeleteObjectTagging",
                  std::string(method), key);
  one.query = {{"tagging", ""}};
  if (method == "PUT") {
    one.text =
        "<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value>1</Value></Tag><Tag><Key>c</Key><Value></Value></Tag>"
        "</TagSet></Tagging>";
  }
  add(std::move(one));
}

void Generator::versioning() {
  Step one = step("PutBucketVersioning", "PUT");
  one.query = {{"versioning", ""}};
  const bool on = steps_.empty() || random_.once_in(2);
  one.text = fmt::format("<VersioningConfiguration><Status>{}</Status></VersioningConfiguration>",
                         on ? "Enabled" : "Suspended");
  versioned_ = true;
  steps_.push_back(std::move(one));
}

/// What only shows beyond a page or a hundred keys.
void Generator::many_keys() {
  constexpr int many = 105;
  std::string objects;
  for (int i = 0; i < many; ++i) {
    Step one = step("PutObject", "PUT", fmt::format("many/{:03}", i));
    body(one, 1);
    one.payload = client::Payload::signed_whole;
    steps_.push_back(std::move(one));
    objects += fmt::format("<Object><Key>many/{:03}</Key></Object>", i);
  }
  Step gone = step("DeleteObjects", "POST");
  gone.query = {{"delete", ""}};
  gone.text = fmt::format("<Delete>{}</Delete>", objects);
  Checksummer summer(ChecksumAlgorithm::crc32);
  summer.update(as_bytes(gone.text));
  gone.headers.emplace_back("x-amz-checksum-crc32", summer.finish().base64());
  steps_.push_back(std::move(gone));
  Step list = step("ListObjectsV2", "GET");
  list.query = {{"list-type", "2"}};
  steps_.push_back(std::move(list));
}

/// More parts than a page has.
void Generator::many_parts() {
  constexpr std::uint64_t many = 1'002;
  Step begin = step("CreateMultipartUpload", "POST", "many");
  begin.query = {{"uploads", ""}};
  const std::uint64_t upload = begin.number;
  steps_.push_back(std::move(begin));
  for (std::uint64_t number = 1; number <= many; ++number) {
    Step one = step("UploadPart", "PUT", "many");
    one.query = {{"partNumber", std::to_string(number)}, {"uploadId", placeholder("upload", upload)}};
    one.size = 1;
    one.seed = 1;
    steps_.push_back(std::move(one));
  }
  for (const auto& marker : {"", "1000", "1001"}) {
    Step list = step("ListParts", "GET", "many");
    list.query = {{"uploadId", placeholder("upload", upload)}};
    if (*marker != '\0') list.query.emplace_back("part-number-marker", marker);
    steps_.push_back(std::move(list));
  }
}

}  // namespace partsmith::explore
