#include "operations/copy_source.h"

#include <algorithm>

#include <partsmith/protocol/path.h>

#include "operations/answers.h"
#include "operations/archive.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// The argument's value is the header's name, as Amazon S3 has it (recorded: copy-object-malformed-source).
std::unexpected<S3Error> malformed_source() {
  return invalid_argument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
}

}  // namespace

S3Result<void> refuse_body_of_copy(const Visit& visit) {
  if (visit.request.body->length().value_or(0) == 0) return {};
  return invalid_request(
      "The request included a body. Requests of this type must not include a non-empty body.");
}

S3Result<CopySource> copy_source(const Visit& visit) {
  std::string_view header = visit.headers().value("x-amz-copy-source");
  constexpr std::string_view parameter = "?versionId=";
  std::optional<VersionId> version;
  if (const std::size_t at = header.rfind(parameter); at != std::string_view::npos) {
    auto named = version_from(header.substr(at + parameter.size()), "x-amz-copy-source");
    if (!named) return std::unexpected(std::move(named.error()));
    version = *std::move(named);
    header = header.substr(0, at);
  }
  const auto decoded = protocol::decode_path(header);
  if (!decoded) {  // reported (versitygw, after Amazon S3); the argument's value: unsettled
    return invalid_argument("Invalid copy source encoding", "x-amz-copy-source", "x-amz-copy-source");
  }
  std::string_view name = *decoded;
  // A URL of the object is taken for its path (recorded: raw-xml-structure, timestamp-formats).
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!name.starts_with(scheme)) continue;
    name.remove_prefix(std::min(name.find('/', scheme.size()), name.size()));
    break;
  }
  if (name.starts_with('/')) name.remove_prefix(1);
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash + 1 == name.size()) return malformed_source();

  auto bucket = BucketName::parse(name.substr(0, slash));
  auto key = ObjectKey::parse(name.substr(slash + 1));
  if (!bucket) {
    return invalid_argument("Invalid copy source bucket name", "x-amz-copy-source", "x-amz-copy-source");
  }
  if (!key) return malformed_source();
  return CopySource{*std::move(bucket), *std::move(key), std::move(version)};
}

S3Result<ContentReader> open_copy_source(const Visit& visit, const CopySource& source) {
  const std::string_view action = source.version ? "s3:GetObjectVersion" : "s3:GetObject";
  if (auto ok = visit.authorise(action, ObjectTarget{source.bucket, source.key}); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  const auto key = customer_key(visit, KeyPurpose::read_copy_source);
  if (!key) return std::unexpected(key.error());
  auto lease = visit.store().open_object(source.bucket, source.key, source.version);
  if (!lease) {
    switch (lease.error().code) {
      case storage::StoreErrorCode::no_such_bucket:
        return std::unexpected(S3Error(ErrorCode::NoSuchBucket).with("BucketName", source.bucket.text()));
      case storage::StoreErrorCode::no_such_key:
        return std::unexpected(S3Error(ErrorCode::NoSuchKey).with("Key", source.key.text()));
      case storage::StoreErrorCode::no_such_version:
        return std::unexpected(S3Error(ErrorCode::NoSuchVersion)
                                   .with("Key", source.key.text())
                                   .with("VersionId", source.version->text()));
      case storage::StoreErrorCode::is_delete_marker:
        return invalid_request(
            "The source of a copy request may not specifically refer to a delete marker by version id.");
      default:
        return refused(lease.error(), visit);
    }
  }
  const storage::ObjectInfo& object = (*lease)->info();
  if (auto ok = check_key_of_object(object.attributes.encryption, *key); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (auto ok = check_copy_conditions(visit, object); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_can_be_read(visit, object); !ok) {
    ok.error().message = "Operation is not valid for the source object's storage class";  // s3cmd#193
    return std::unexpected(std::move(ok.error()));
  }
  return ContentReader(std::move(*lease), *key);
}

void add_source_version(protocol::Headers& headers, const storage::ObjectInfo& source) {
  if (!source.version.is_null()) headers.add("x-amz-copy-source-version-id", source.version.text());
}

S3Result<Copy> copy_of(const Visit& visit, ContentReader& source, ByteRange range,
                       ChecksumAlgorithm algorithm, const storage::Encryption& encryption,
                       const std::optional<CustomerKey>& key) {
  std::optional<ContentWriter> writer;
  if (key || source.encrypted()) {
    auto opened = ContentWriter::open(visit, range.length, key);
    if (!opened) return std::unexpected(std::move(opened.error()));
    writer.emplace(std::move(*opened));
  }
  Digest md5(DigestKind::md5);
  Checksummer checksummer(algorithm);
  Bytes buffer(256 * limits::kib);
  for (std::uint64_t done = 0; done < range.length;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - done));
    const auto got = source.read(range.first + done, std::span(buffer).first(wanted));
    if (!got) return refused(got.error(), visit);
    const ByteView bytes = ByteView(buffer).first(*got);
    md5.update(bytes);
    checksummer.update(bytes);
    if (writer) {
      if (auto ok = writer->write(bytes); !ok) return std::unexpected(std::move(ok.error()));
    }
    done += *got;
  }
  const Bytes digest = md5.finish();
  if (!writer) {
    return Copy{storage::Content::shared(source.lease(), range.first, range.length),
                content_etag(encryption, digest), checksummer.finish()};
  }
  const ETag etag = writer->etag(encryption, digest);
  return Copy{std::move(*writer).content(), etag, checksummer.finish()};
}

}  // namespace partsmith::server
