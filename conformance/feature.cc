#include "feature.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

namespace partsmith::conformance {
namespace {

constexpr auto table = std::to_array<Feature>({
    {"URLs past their time", "*.expired.*", "object.expired.get"},
    {"signatures",
     "*.unsigned.* *.signed-wrongly.* *.expired.* signing.* *.signature.* *.presigned.other-* "
     "*.presigned.signed-header-changed *.presigned.unsigned-* *.presigned.expired "
     "*.presigned*valid-too-long object.get.anonymous "
     "*.presigned-for-another *.part.*-signature-wrong *.wire.chunks-signature-* *.wire.chunks-out-of-order "
     "*.part.anonymous *.missing-bucket-anonymous multipart.signed-for-another.* "
     "object.presigned.get-is-no-* "
     "object.presigned-v2.metadata object.presigned-v2.expired object.presigned-v2.content-type "
     "object.form*.no-signature object.form*.policy-cut",
     "object.signature.wrong"},
    {"bucket policies", "bucket.policy.*", "bucket.policy.kept", "bucket.*.policy"},
    {"versions", "versions.* multipart.versions.* bucket.delete-with-marker", "versions.put",
     "object.lock.* bucket.lock.default* bucket.lock.own-* bucket.lock.held-* bucket.lock.without-rule "
     "bucket.lock.former-* bucket.lock.digest-* bucket.lock.not-suspended"},
    {"Signature Version 2", "object.presigned-v2.* object.form-v2.*", "object.presigned-v2.get"},
    {"checksum CRC32", "*.crc32 *-crc32", "object.checksum.good.crc32", "*.refused-leaves.checksum"},
    {"checksum CRC32C", "*.crc32c *-crc32c", "object.checksum.good.crc32c"},
    {"checksum CRC64NVME", "*.crc64nvme *-crc64nvme", "object.checksum.good.crc64nvme"},
    {"checksum SHA1", "*.sha1 *-sha1", "object.checksum.good.sha1"},
    {"checksum SHA256", "*.sha256 *-sha256", "object.checksum.good.sha256"},
    {"checksum SHA512", "*.sha512 *-sha512", "object.checksum.good.sha512"},
    {"checksum MD5", "*.checksum*.md5 *.checksum*-md5 *.trailer*.md5", "object.checksum.good.md5"},
    {"checksum XXHASH64", "*.xxhash64 *-xxhash64", "object.checksum.good.xxhash64"},
    {"checksum XXHASH3", "*.xxhash3 *-xxhash3", "object.checksum.good.xxhash3"},
    {"checksum XXHASH128", "*.xxhash128 *-xxhash128", "object.checksum.good.xxhash128"},
    {"checksums by default",
     "object.checksum.none object.checksum.algorithm-alone object.checksum.algorithm-unknown "
     "object.checksum.computed-and-copied multipart.complete.computed-checksum",
     "object.checksum.none"},
    {"checksums of uploads",
     "multipart.create.checksum-* multipart.part.checksum-* "
     "multipart.complete.checksum-* multipart.copy.checksum-* multipart.list-uploads.checksum",
     "multipart.complete.checksum-of-object-right", "multipart.list-parts.checksum-*"},
    {"bodies in chunks with trailers",
     "object.chunks.[!s]* *.chunks*unsigned* object.put.coding-in-unsigned-chunks "
     "object.announced.no-decoded-length object.announced.decoded-length-of-a-word "
     "object.announced.trailer-of-a-plain-body multipart.part.payload.unsigned-trailer "
     "multipart.part.payload.signed-chunks-trailer *.trailer-wrong* "
     "multipart.part.trailer-of-another-algorithm object.metadata.aws-chunked",
     "multipart.part.chunks-unsigned-64-kib"},
    {"bodies in signed chunks",
     "object.chunks.signed.* *.chunks-length-signed-* multipart.part.chunks-* object.put.chunks-of-nothing.* "
     "*.coding-in-chunks multipart.part.payload.signed-chunks",
     "multipart.part.chunks-64-kib"},
    {"archive classes", "*.glacier *.deep-archive *.archived object.restore*",
     "object.storage-class.glacier"},
    {"storage classes", "*storage-class* object.copy.class-*", "object.storage-class.standard-ia"},
    {"customer keys", "customer-key.*", "customer-key.object"},
    {"bucket encryption", "bucket.encryption.* multipart.encryption.* object.encryption.*",
     "bucket.encryption.kept"},
    {"encryption by KMS", "object.kms.* multipart.kms *.kms-key-*", "object.kms.default-key"},
    {"expected bucket owner", "*.expected-owner.*", "object.expected-owner.get"},
    {"tags", "*.tags* headers.x-amz-tagging*", "object.tags.put",
     "object.key.only-this.tagged object.copy.over-tags bucket.*.tags"},
    {"policies of forms",
     "object.form.policy-*fails object.form.policy-*-letter-case object.form.policy-expired "
     "object.form.policy-eq-without-dollar object.form.policy-two-properties "
     "object.form.policy-extra-field object.form.too-*",
     "object.form.policy-eq-fails"},
    {"POST forms", "object.form.*", "object.form.taken", "*.form"},
    {"dates of lifecycle rules", "multipart.lifecycle.abort-* *.lifecycle.expiration*",
     "multipart.lifecycle.abort-date"},
    {"lifecycle", "*.lifecycle.*", "bucket.lifecycle.kept", "bucket.*.lifecycle"},
    {"CORS", "*.cors.*", "bucket.cors.kept", "bucket.*.cors"},
    {"ACLs", "*.acl.* headers.x-amz-acl*", "object.acl.owner"},
    {"slashes in a row",
     "*.slashes *.two-slashes *.key-two-slashes object.key.dot-segment object.key.slash-before",
     "object.key.two.slashes"},
    {"keys that end with a slash",
     "object.key.trailing-slash multipart.key.trailing-slash *.slash-at-the-end *.folder-object "
     "*.delimiter-at-the-end *.key-space *.key-two-slashes object.key.space *.key.two-slashes "
     "object.delete.leaves-others",
     "object.key.trailing-slash", "object.kept.folder object.key.no-other.* object.key.only-this.*"},
    {"a key below another",
     "*.object-and-folder *.order-folders object.list.order object.key.only-this.tagged "
     "object.key.only-this.uploaded "
     "*.pages-of-a-name-and-its-group object.delete-many.spares-what-is-below "
     "multipart.create.outlives.others-completed",
     "object.key.two.object-and-folder",
     "object.key.no-other.* object.key.only-this.* *.pages-of-a-name-and-its-group "
     "object.delete-many.spares-what-is-below multipart.create.outlives.others-completed"},
    {"other accounts", "*.other-account.*", {}},
    {"refusal of other operations' headers", "headers.*", "headers.x-amz-copy-source.delete-object"},
    {"ranges of HEAD", "object.range.head*", "object.range.head", "object.range.last-byte"},
    {"overrides of headers", "object.get.override* object.presigned.override*",
     "object.get.override.content-type"},
    {"conditional reads",
     "object.conditions.get.*fails* object.conditions.head.*fails* object.conditions.get.if-none-match "
     "object.conditions.head.if-none-match object.conditions.*.if-none-match-unquoted "
     "object.conditions.*.if-none-match-several-* object.conditions.*.if-modified-since-in-a-minute "
     "object.conditions.get.if-match-words object.conditions.get.not-modified-headers "
     "object.conditions.range-* object.conditions.part-* object.range.if-range-*-fails",
     "object.conditions.get.if-none-match",
     "object.conditions.unquoted object.conditions.weak object.conditions.own-date"},
    {"conditional copies", "object.copy.condition.*-fails object.copy.condition.*-beats-*",
     "object.copy.condition.if-match-fails",
     "object.refused-leaves.copy-condition multipart.part.refused-leaves.copy-condition "
     "object.conditions.own-date"},
    {"Content-MD5",
     "multipart.part.md5-* multipart.part.second.md5-* object.put.md5-* object.delete-many.md5-*",
     "object.put.md5-wrong", "*.refused-leaves.md5 object.digests.*"},
    {"encoding of listings", "*encoding-type* *.encoded-* *.all-encoded", "object.list.encoding-type"},
    {"hashes of payloads",
     "*.sha256-wrong* object.hash.small-letters.* object.hash.word.* object.hash.digest-of-another.* "
     "object.hash.before-digests",
     "object.put.sha256-wrong"},
    {copies_of_parts, "multipart.copy.*", "multipart.copy.whole",
     "multipart.part.refused-leaves.copy-* multipart.other-key.copy multipart.list-parts.seen-before"},
    {"reading of parts", "multipart.get-part.* multipart.metadata.of-three-parts.*", "multipart.get-part.get",
     "object.conditions.part-* versions.told.reads versions.former.part"},
    {"settings of buckets",
     "bucket.unset.* bucket.from-the-start.* bucket.no-* bucket.of-a-missing-one.* "
     "bucket.public-access* bucket.ownership*",
     "bucket.unset.policy"},
    {"methods of sub-resources", "routing.methods-of-* routing.head-*", "routing.methods-of-bucket.acl"},
    {"object attributes", "*.attributes.*", "multipart.attributes.unquoted-etag"},
    {"conditional completions", "multipart.complete.if-*", "multipart.complete.if-none-match-fails",
     "object.conditions.complete.*"},
    {"conditional writes", "object.conditions.put.*", "object.conditions.put.if-none-match-fails"},
    {"conditional writes by copies", "object.conditions.copy.*", "object.conditions.copy.of-plain"},
    {"conditional deletes", "object.conditions.delete.*", "object.conditions.delete.if-match-fails"},
    {"object lock", "object.lock.* bucket.lock.*", "bucket.lock.kept"},
    {"refusals of object lock",
     "object.legal-hold.* object.retention.* *.lock-headers.* bucket.object-lock-put.* "
     "object.delete.bypass-* "
     "headers.x-amz-bucket-object-lock-enabled.*",
     "object.lock-headers.mode-alone"},
    {"pages of buckets",
     "bucket.list.pages bucket.list.both bucket.list.no-such-prefix bucket.list.prefix-empty "
     "bucket.list.region-in-capitals bucket.list.empty-token bucket.list.refused-* "
     "bucket.list.pages-below-a-prefix",
     "bucket.list.pages"},
    {"other bucket settings", "bucket.accelerate* bucket.request-payment*", "bucket.accelerate.kept"},
});

bool fits(std::string_view patterns, const std::string& id) {
  while (!patterns.empty()) {
    const auto end = patterns.find(' ');
    const std::string pattern(patterns.substr(0, end));
    if (::fnmatch(pattern.c_str(), id.c_str(), 0) == 0) return true;
    patterns = end == std::string_view::npos ? std::string_view() : patterns.substr(end + 1);
  }
  return false;
}

}  // namespace

std::span<const Feature> features() {
  return table;
}

std::string_view feature_of(std::string_view id) {
  const auto found = std::ranges::find_if(
      table, [text = std::string(id)](const Feature& feature) { return fits(feature.checks, text); });
  return found == table.end() ? core_feature : found->name;
}

bool needs(std::string_view id, std::string_view feature) {
  const auto row = std::ranges::find(table, feature, &Feature::name);
  return row != table.end() && fits(row->needed_by, std::string(id));
}

}  // namespace partsmith::conformance
