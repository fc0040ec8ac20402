#include "generator.h"

#include <fmt/format.h>

#include <partsmith/protocol/uri.h>
#include <partsmith/values/checksum.h>

#include "generator_tables.h"

namespace partsmith::explore {

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
  // Few, so that requests meet.
  chosen_.clear();
  while (chosen_.size() < keys_of_a_sequence) {
    const std::string key(random_.one_of(keys));
    if (std::ranges::find(chosen_, key) == chosen_.end()) chosen_.push_back(key);
  }
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
                                                   {2, &Generator::acl},
                                                   {8, &Generator::change_what_was_read},
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
  if (random_.once_in(60)) one.late = true;
  if (random_.once_in(60)) one.signing = client::Signing::anonymous;
  const bool whole = one.payload != client::Payload::signed_chunks;
  if (whole && random_.once_in(one.method == "GET" ? 15 : 30)) one.signing = client::Signing::presigned;
  steps_.push_back(std::move(one));
}

std::string Generator::some_key() {
  return random_.one_of(chosen_);
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
  for (const auto& [name, values] : given_headers)
    if (random_.once_in(4)) one.headers.emplace_back(name, random_.one_of(values));
}

void Generator::body(Step& one, std::uint64_t size) {
  one.size = size;
  one.seed = one.number;
  if (random_.once_in(4)) one.payload = client::Payload::signed_chunks;
  if (random_.once_in(6)) one.payload = client::Payload::unsigned_whole;
}

void Generator::write_conditions(Step& one) {
  if (random_.once_in(8)) {
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
  one.headers.emplace_back(random_.one_of(names), (random_.once_in(6) ? "W/" : "") + etag);
}

void Generator::checksum(Step& one) {
  static constexpr auto algorithms =
      std::to_array<ChecksumAlgorithm>({ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c,
                                        ChecksumAlgorithm::sha256, ChecksumAlgorithm::crc64nvme});
  if (!random_.once_in(3) || one.payload == client::Payload::signed_chunks) return;
  const ChecksumAlgorithm algorithm = random_.one_of(algorithms);
  if (random_.once_in(8)) {
    one.headers.emplace_back(
        "content-md5",
        checksum_of(ChecksumAlgorithm::md5, as_bytes(filler(one.seed, one.size + random_.below(2))))
            .base64());
    return;
  }
  // Now and then of other bytes.
  const std::uint64_t size = random_.once_in(6) ? one.size + 1 : one.size;
  one.headers.push_back(checksum_header(algorithm, filler(one.seed, size)));
}

// ---- uploads

void Generator::create_upload() {
  Step one = step("CreateMultipartUpload", "POST", some_key());
  one.query = {{"uploads", ""}};
  describe(one);
  Upload upload{.step = one.number, .key = one.key};
  if (random_.once_in(3)) {
    static constexpr auto names = std::to_array<Texts>({"CRC32", "SHA256", "CRC64NVME"});
    const Texts name = random_.one_of(names);
    one.headers.emplace_back("x-amz-checksum-algorithm", name);
    upload.checksum = checksum_algorithm_by_name(name);
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
  if (upload.checksum && one.payload != client::Payload::signed_chunks) {
    const std::uint64_t size = random_.once_in(12) ? one.size + 1 : one.size;
    one.headers.push_back(checksum_header(*upload.checksum, filler(one.seed, size)));
  } else {
    checksum(one);
  }
  upload.parts.insert_or_assign(number, one);
  const std::string key = upload.key;
  const std::uint64_t begun = upload.step;
  add(std::move(one));
  if (random_.once_in(3)) list_of(key, begun);
}

void Generator::list_of(const std::string& key, std::uint64_t upload) {
  Step one = step("ListParts", "GET", key);
  one.query = {{"uploadId", placeholder("upload", upload)}};
  add(std::move(one));
}

std::string Generator::copy_source() {
  const std::string key = writes_.empty() || random_.once_in(6) ? some_key() : random_.one_of(writes_).first;
  std::string source = "{bucket}/" + protocol::uri_encode(key, protocol::Slash::keep);
  if (versioned_ && random_.once_in(3)) source += "?versionId=" + some_version();
  return source;
}

void Generator::upload_part_copy() {
  Upload& upload = *some_upload();
  const std::uint64_t number = random_.one_of(part_numbers);
  Step one = step("UploadPartCopy", "PUT", upload.key);
  one.query = {{"partNumber", std::to_string(number)}, {"uploadId", placeholder("upload", upload.step)}};
  one.headers.emplace_back("x-amz-copy-source", copy_source());
  static constexpr auto copied = std::to_array<Texts>(
      {"bytes=0-0", "bytes=0-4", "bytes=4-4", "bytes=1-99999999", "bytes=-1", "bytes=0-"});
  if (random_.once_in(2)) one.headers.emplace_back("x-amz-copy-source-range", random_.one_of(copied));
  if (random_.once_in(8)) one.headers.emplace_back("x-amz-copy-source-if-match", missing_etag);
  upload.parts.insert_or_assign(number, one);
  const std::string key = upload.key;
  const std::uint64_t begun = upload.step;
  add(std::move(one));
  if (random_.once_in(2)) list_of(key, begun);
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
      if (!upload.checksum || name != traits(*upload.checksum).header) continue;
      const std::string_view element = traits(*upload.checksum).element;
      parts += fmt::format("<{}>{}</{}>", element, value, element);
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
  if (random_.once_in(3))
    one.query.emplace_back("delimiter", random_.once_in(3) ? random_.one_of(delimiters) : "/");
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

}  // namespace partsmith::explore
