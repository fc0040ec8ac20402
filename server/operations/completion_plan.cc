#include "operations/completion_plan.h"

#include <algorithm>

#include "operations/answers.h"
#include "operations/uploads.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

S3Result<void> check_order(const storage::UploadInfo& upload, std::span<const ListedPart> listed) {
  const auto not_ascending = [](const ListedPart& a, const ListedPart& b) { return a.number >= b.number; };
  if (std::ranges::adjacent_find(listed, not_ascending) == listed.end()) return {};
  return std::unexpected(S3Error(ErrorCode::InvalidPartOrder).with("UploadId", upload.id.text()));
}

S3Result<void> check_type(const storage::UploadInfo& upload, const std::optional<ChecksumType>& asked) {
  const ChecksumType type = upload.checksum_type.value_or(ChecksumType::full_object);
  if (!asked || *asked == type) return {};
  return invalid_request("The upload was created using the " + std::string(to_string(type)) +
                         " checksum mode. The complete request must use the same checksum mode.");
}

std::unexpected<S3Error> invalid_part(const storage::UploadInfo& upload, const ListedPart& listed) {
  return std::unexpected(S3Error(ErrorCode::InvalidPart)
                             .with("UploadId", upload.id.text())
                             .with("PartNumber", std::to_string(listed.number))
                             .with("ETag", listed.etag.text()));
}

S3Result<void> check_part_checksum(const storage::UploadInfo& upload, const storage::PartInfo& part,
                                   const ListedPart& listed) {
  if (!upload.checksum_algorithm) {
    // Of such an upload S3 keeps its own CRC64NVME alone; what came with the part it has verified and
    // forgotten (reported: aws-sdk-go-v2#3005, aws-sdk-java-v2#6518).
    const bool known =
        std::ranges::all_of(listed.checksums, [&](const Checksum& one) { return one == part.checksum; });
    if (!known) return invalid_part(upload, listed);
    return {};
  }
  const ChecksumTraits& row = traits(*upload.checksum_algorithm);
  for (const Checksum& checksum : listed.checksums) {
    if (checksum.algorithm != row.algorithm) {
      return std::unexpected(
          S3Error(ErrorCode::BadDigest, "The " + std::string(traits(checksum.algorithm).lower) +
                                            " you specified for part " + std::to_string(listed.number) +
                                            " did not match what we received."));
    }
    if (checksum != part.checksum) return invalid_part(upload, listed);
  }
  if (listed.checksums.empty() && upload.checksum_type == ChecksumType::composite) {
    return invalid_request(
        "The upload was created using a " + std::string(row.lower) +
        " checksum. The complete request must include the checksum for each part. It was missing "
        "for part " +
        std::to_string(listed.number) + " in the request.");
  }
  return {};
}

/// The uploaded parts that the client lists, in order. Both lists ascend.
S3Result<std::vector<const storage::PartInfo*>> matched_parts(const storage::UploadInfo& upload,
                                                              std::span<const storage::PartInfo> parts,
                                                              std::span<const ListedPart> listed) {
  std::vector<const storage::PartInfo*> matched;
  matched.reserve(listed.size());
  for (const ListedPart& wanted : listed) {
    const auto number = [](const storage::PartInfo& info) { return std::int64_t{info.number.value()}; };
    const auto part = std::ranges::lower_bound(parts, wanted.number, {}, number);
    if (part == parts.end() || number(*part) != wanted.number || part->etag != wanted.etag) {
      return invalid_part(upload, wanted);
    }
    if (auto ok = check_part_checksum(upload, *part, wanted); !ok)
      return std::unexpected(std::move(ok.error()));
    matched.push_back(&*part);
  }
  return matched;
}

/// The parts of a COMPOSITE checksum begin with 1 and leave none out. Source: S3 API, CompletedPart.
S3Result<void> check_numbers(const storage::UploadInfo& upload,
                             std::span<const storage::PartInfo* const> matched) {
  if (upload.checksum_type != ChecksumType::composite || matched.empty() ||
      matched.back()->number.value() == matched.size()) {
    return {};
  }
  return std::unexpected(S3Error(ErrorCode::InvalidPartOrder).with("UploadId", upload.id.text()));
}

/// Cloudflare R2's rule and words.
S3Result<void> check_equal_sizes(std::span<const storage::PartInfo* const> matched) {
  const std::uint64_t size = matched.front()->size;
  const auto others = matched.first(matched.size() - 1);
  const bool equal =
      std::ranges::all_of(others, [&](const storage::PartInfo* part) { return part->size == size; });
  if (equal && matched.back()->size <= size) return {};
  return std::unexpected(
      S3Error(ErrorCode::InvalidPart, "All non-trailing parts must have the same length."));
}

S3Result<void> check_sizes(std::span<const storage::PartInfo* const> matched, const VendorRules& rules) {
  for (const storage::PartInfo* part : matched.first(matched.size() - 1)) {
    if (part->size >= rules.minimum_part_bytes) continue;
    return std::unexpected(S3Error(ErrorCode::EntityTooSmall)
                               .with("ProposedSize", std::to_string(part->size))
                               .with("MinSizeAllowed", std::to_string(rules.minimum_part_bytes))
                               .with("PartNumber", std::to_string(part->number.value()))
                               .with("ETag", part->etag.text()));
  }
  if (rules.equal_parts) return check_equal_sizes(matched);
  return {};
}

S3Result<void> check_total(const CompletionRequest& request, std::uint64_t size) {
  if (request.object_size && *request.object_size != size) {
    return invalid_request("The provided 'x-amz-mp-object-size' header value " +
                           std::to_string(*request.object_size) +
                           " does not match what was computed: " + std::to_string(size));
  }
  if (size > limits::max_object_size) {
    return std::unexpected(S3Error(ErrorCode::EntityTooLarge)
                               .with("ProposedSize", std::to_string(size))
                               .with("MaxSizeAllowed", std::to_string(limits::max_object_size)));
  }
  return {};
}

ObjectChecksum object_checksum(const storage::UploadInfo& upload,
                               std::span<const storage::PartInfo* const> matched) {
  const ChecksumAlgorithm algorithm = part_algorithm(upload);
  std::vector<SizedChecksum> sized;
  sized.reserve(matched.size());
  for (const storage::PartInfo* part : matched) sized.push_back({part->checksum.value(), part->size});
  if (upload.checksum_type == ChecksumType::composite) {
    return {composite_checksum(algorithm, sized), ChecksumType::composite,
            static_cast<std::uint32_t>(sized.size())};
  }
  return {combined_checksum(algorithm, sized), ChecksumType::full_object, 0};
}

/// A checksum of the full object counts only beside its type, and has no "-N"; the error names the upload's
/// algorithm, whatever came (recorded: multipart-checksum-errors-full-object).
/// Of an upload without an algorithm it isn't even looked at (openstack/swift's and versitygw's tests).
S3Result<void> check_object_checksum(const storage::UploadInfo& upload, const CompletionRequest& request,
                                     const ObjectChecksum& computed) {
  if (!request.checksum || (!upload.checksum_algorithm && !request.checksum_type)) return {};
  const bool is_said_right =
      computed.type == ChecksumType::composite || (request.checksum_type && !request.counts_parts);
  if (is_said_right && *request.checksum == computed.checksum) return {};
  return std::unexpected(
      S3Error(ErrorCode::BadDigest, "The " + std::string(traits(computed.checksum.algorithm).lower) +
                                        " you specified did not match the calculated checksum."));
}

}  // namespace

S3Result<CompletionPlan> plan_completion(const storage::UploadInfo& upload,
                                         std::span<const storage::PartInfo> parts,
                                         const CompletionRequest& request, const VendorRules& rules) {
  if (auto ok = check_order(upload, request.parts); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_type(upload, request.checksum_type); !ok) return std::unexpected(std::move(ok.error()));
  const auto matched = matched_parts(upload, parts, request.parts);
  if (!matched) return std::unexpected(matched.error());
  if (auto ok = check_numbers(upload, *matched); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_sizes(*matched, rules); !ok) return std::unexpected(std::move(ok.error()));

  CompletionPlan plan;
  std::vector<ETag> etags;
  for (const storage::PartInfo* part : *matched) {
    plan.parts.push_back({part->number, part->revision});
    if (part != matched->back()) plan.smallest = std::min(plan.smallest, part->size);
    plan.size += part->size;
    etags.push_back(part->etag);
  }
  if (auto ok = check_total(request, plan.size); !ok) return std::unexpected(std::move(ok.error()));
  plan.etag = ETag::of_parts(etags);
  const ObjectChecksum checksum = object_checksum(upload, *matched);
  if (auto ok = check_object_checksum(upload, request, checksum); !ok)
    return std::unexpected(std::move(ok.error()));
  // Under a customer key S3 adds no checksum of its own (recorded: multipart-upload-sse-c).
  if (upload.checksum_algorithm || !is_under_customer_key(upload.attributes.encryption))
    plan.checksum = checksum;
  return plan;
}

}  // namespace partsmith::server
