#include <fmt/format.h>

#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/values/checksum.h>

#include "generator.h"
#include "generator_tables.h"

namespace partsmith::explore {

void Generator::put_object() {
  Step one = step("PutObject", "PUT", some_key());
  describe(one);
  write_conditions(one);
  body(one, random_.one_of(small_sizes));
  checksum(one);
  writes_.emplace_back(one.key, one.number);
  const std::string key = one.key;
  add(std::move(one));
  if (random_.once_in(4)) read_all(key);
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
  if (random_.once_in(3)) write_conditions(one);
  writes_.emplace_back(one.key, one.number);
  const std::string key = one.key;
  add(std::move(one));
  if (random_.once_in(3)) read_all(key);
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
  static constexpr auto named = std::to_array<Texts>(
      {"ETag,Checksum,ObjectParts,StorageClass,ObjectSize", "ObjectSize", "ETag,StorageClass"});
  one.headers.emplace_back("x-amz-object-attributes", random_.one_of(named));
  if (versioned_ && random_.once_in(4)) one.query.emplace_back("versionId", some_version());
  if (random_.once_in(3)) one.headers.emplace_back("x-amz-max-parts", "1");
  add(std::move(one));
}

void Generator::delete_object() {
  const std::string key = writes_.empty() || random_.once_in(4) ? some_key() : random_.one_of(writes_).first;
  Step one = step("DeleteObject", "DELETE", key);
  if (versioned_ && random_.once_in(3)) one.query.emplace_back("versionId", some_version());
  add(std::move(one));
}

Step Generator::deletion(std::string_view elements) const {
  Step one = step("DeleteObjects", "POST");
  one.query = {{"delete", ""}};
  one.text = fmt::format("<Delete>{}</Delete>", elements);
  one.headers.push_back(checksum_header(ChecksumAlgorithm::crc32, one.text));
  return one;
}

void Generator::delete_objects() {
  std::string objects;
  for (std::uint64_t left = 1 + random_.below(4); left > 0; --left) {
    const bool former = versioned_ && random_.once_in(4);
    objects += fmt::format("<Object><Key>{}</Key>{}</Object>", protocol::xml_escaped(some_key()),
                           former ? fmt::format("<VersionId>{}</VersionId>", some_version()) : "");
  }
  add(deletion((random_.once_in(3) ? "<Quiet>true</Quiet>" : "") + objects));
}

void Generator::list_objects() {
  Step one = step("ListObjectsV2", "GET");
  one.query = {{"list-type", "2"}};
  list_parameters(one, "start-after");
  if (random_.once_in(4)) one.query.emplace_back("fetch-owner", random_.once_in(3) ? "false" : "true");
  if (random_.once_in(2)) one.query.emplace_back("max-keys", random_.one_of(limits_of_pages));
  const std::uint64_t number = one.number;
  auto next = one.query;
  add(std::move(one));
  if (random_.once_in(4)) return;
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
  const std::uint64_t number = one.number;
  auto next = one.query;
  add(std::move(one));
  if (!random_.once_in(2)) return;
  Step more = step("ListObjectVersions", "GET");
  std::erase_if(next, [](const auto& parameter) { return parameter.first == "key-marker"; });
  more.query = std::move(next);
  more.query.emplace_back("key-marker", placeholder("key_marker", number));
  more.query.emplace_back("version-id-marker", placeholder("version_marker", number));
  add(std::move(more));
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
  if (versioned_ && random_.once_in(4)) one.query.emplace_back("versionId", some_version());
  if (method == "PUT") {
    one.text = random_.once_in(2)
                   ? "<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value>1</Value></Tag><Tag><Key>c</"
                     "Key><Value></Value></Tag>"
                     "</TagSet></Tagging>"
                   : "<Tagging><TagSet><Tag><Key>K</Key><Value>V  v</Value></Tag></TagSet></Tagging>";
  }
  add(std::move(one));
  if (method != "GET" && random_.once_in(2)) read_all(key);
}

void Generator::acl() {
  Step one = step("GetObjectAcl", "GET", some_key());
  one.query = {{"acl", ""}};
  if (versioned_ && random_.once_in(4)) one.query.emplace_back("versionId", some_version());
  add(std::move(one));
}

/// Each way to read an object.
void Generator::read_all(const std::string& key) {
  plainly(step("HeadObject", "HEAD", key));
  plainly(step("GetObject", "GET", key));
  Step tags = step("GetObjectTagging", "GET", key);
  tags.query = {{"tagging", ""}};
  plainly(std::move(tags));
  Step attributes = step("GetObjectAttributes", "GET", key);
  attributes.query = {{"attributes", ""}};
  attributes.headers.emplace_back("x-amz-object-attributes", "ETag,StorageClass,ObjectSize");
  plainly(std::move(attributes));
  Step list = step("ListObjectsV2", "GET");
  list.query = {{"list-type", "2"}, {"prefix", key.substr(0, 1)}, {"max-keys", "2"}};
  Step next = list;
  next.query.emplace_back("continuation-token", placeholder("token", list.number));
  plainly(std::move(list));
  next.number = steps_.size() + 1;
  plainly(std::move(next));
  Step uploads = step("ListMultipartUploads", "GET");
  uploads.query = {{"uploads", ""}, {"prefix", key}};
  plainly(std::move(uploads));
}

/// A server that keeps answers has to be told of each change, whichever operation makes it.
void Generator::change_what_was_read() {
  const std::string key = writes_.empty() || random_.once_in(3) ? some_key() : random_.one_of(writes_).first;
  const std::string source = some_key();
  // Mostly there is something, and something else to copy.
  for (const auto& name : {key, source}) {
    if (random_.once_in(5)) continue;
    Step put = step("PutObject", "PUT", name);
    describe(put);
    put.size = random_.one_of(small_sizes);
    put.seed = put.number;
    writes_.emplace_back(name, put.number);
    plainly(std::move(put));
  }
  read_all(key);
  switch (random_.below(5)) {
    case 0: {
      Step put = step("PutObject", "PUT", key);
      put.size = random_.one_of(small_sizes);
      put.seed = put.number;
      writes_.emplace_back(key, put.number);
      plainly(std::move(put));
      break;
    }
    case 1: {
      Step copy = step("CopyObject", "PUT", key);
      copy.headers.emplace_back("x-amz-copy-source",
                                "{bucket}/" + protocol::uri_encode(source, protocol::Slash::keep));
      writes_.emplace_back(key, copy.number);
      plainly(std::move(copy));
      break;
    }
    case 2: {
      Step begin = step("CreateMultipartUpload", "POST", key);
      begin.query = {{"uploads", ""}};
      Upload upload{.step = begin.number, .key = key, .ended = true};
      plainly(std::move(begin));
      Step part = step("UploadPart", "PUT", key);
      part.query = {{"partNumber", "1"}, {"uploadId", placeholder("upload", upload.step)}};
      part.size = random_.one_of(small_sizes);
      part.seed = part.number;
      const std::uint64_t number = part.number;
      plainly(std::move(part));
      Step complete = step("CompleteMultipartUpload", "POST", key);
      complete.query = {{"uploadId", placeholder("upload", upload.step)}};
      complete.text = fmt::format(
          "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part></"
          "CompleteMultipartUpload>",
          placeholder("etag", number));
      writes_.emplace_back(key, complete.number);
      uploads_.push_back(std::move(upload));
      plainly(std::move(complete));
      break;
    }
    case 3:
      plainly(step("DeleteObject", "DELETE", key));
      break;
    default:
      plainly(deletion(fmt::format("<Object><Key>{}</Key></Object>", protocol::xml_escaped(key))));
  }
  read_all(key);
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
  steps_.push_back(deletion(objects));
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
