#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <stdexcept>
#include <utility>

#include <partsmith/conformance/source.h>

namespace partsmith::conformance {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::string_view recordings =
    "https://github.com/localstack/localstack/tree/v4.13.1/tests/aws/services/s3";
constexpr std::string_view reference = "https://docs.aws.amazon.com/AmazonS3/latest/API/";
constexpr std::string_view guide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/";

/// Pages of the API reference that aren't operations or types, longest title first where one begins another.
constexpr auto reference_pages = std::to_array<Row>({
    {"Error responses", "ErrorResponses"},
    {"Authenticating requests: Using query parameters", "sigv4-query-string-auth"},
    {"Authenticating requests", "sigv4-auth-using-authorization-header"},
    {"Authorization header", "sigv4-auth-using-authorization-header"},
    {"UNSIGNED-PAYLOAD", "sigv4-auth-using-authorization-header"},
    {"Signature calculations: Transferring payload in multiple chunks", "sigv4-streaming"},
    {"Signature calculations: Including trailing headers", "sigv4-streaming-trailers"},
    {"Transferring payload with trailing headers", "sigv4-streaming-trailers"},
    {"Browser-Based Uploads Using POST: HTML Form Fields", "sigv4-HTTPPOSTForms"},
    {"Browser-Based Uploads Using POST: POST Policy", "sigv4-HTTPPOSTConstructPolicy"},
    {"Browser-Based Uploads Using POST: POST Object", "RESTObjectPOST"},
    {"Browser-Based Uploads Using POST", "sigv4-UsingHTTPPOST"},
    {"OPTIONS object", "RESTOPTIONSobject"},
});

constexpr auto guide_pages = std::to_array<Row>({
    {"Access control list (ACL) overview", "acl-overview"},
    {"Amazon S3 multipart upload limits", "qfacts"},
    {"Blocking public access to your Amazon S3 storage", "access-control-block-public-access"},
    {"Bucket policies for Amazon S3", "bucket-policies"},
    {"Bucket policy examples using condition keys", "amazon-s3-policy-keys"},
    {"Categorizing your objects using tags", "object-tagging"},
    {"Checking object integrity for data uploads", "checking-object-integrity-upload"},
    {"Configuring a bucket lifecycle configuration to delete incomplete multipart uploads",
     "mpu-abort-incomplete-mpu-lifecycle-config"},
    {"Controlling ownership of objects and disabling ACLs for your bucket", "about-object-ownership"},
    {"Copying an object using multipart upload", "CopyingObjectsMPUapi"},
    {"How Amazon S3 authorizes a request", "how-s3-evaluates-access-control"},
    {"How to perform conditional deletes", "conditional-deletes"},
    {"How to prevent object overwrites with conditional writes", "conditional-writes"},
    {"Identity and Access Management for Amazon S3", "security-iam"},
    {"Locking objects with Object Lock", "object-lock"},
    {"Naming Amazon S3 objects", "object-keys"},
    {"Object Lock considerations", "object-lock-managing"},
    {"Removing delete markers to make an older version current", "ManagingDelMarkers"},
    {"Retaining multiple versions of objects with S3 Versioning", "Versioning"},
    {"Setting default server-side encryption behavior for Amazon S3 buckets", "bucket-encryption"},
    {"Setting up object lifecycle rules", "how-to-set-lifecycle-configuration-intro"},
    {"Uploading and copying objects using multipart upload", "mpuoverview"},
    {"Using cross-origin resource sharing", "cors"},
    {"Verifying bucket ownership with bucket owner condition", "bucket-owner-condition"},
    {"What is Amazon S3?", "Welcome"},
    {"Working with object metadata", "UsingMetadata"},
});

/// Repositories by the names under which issues are cited.
constexpr auto repositories = std::to_array<Row>({
    {"AWS.jl", "JuliaCloud/AWS.jl"},
    {"ClickHouse", "ClickHouse/ClickHouse"},
    {"arrow-rs-object-store", "apache/arrow-rs-object-store"},
    {"aws-cli", "aws/aws-cli"},
    {"aws-sdk-cpp", "aws/aws-sdk-cpp"},
    {"aws-sdk-go", "aws/aws-sdk-go"},
    {"aws-sdk-go-v2", "aws/aws-sdk-go-v2"},
    {"aws-sdk-java", "aws/aws-sdk-java"},
    {"aws-sdk-java-v2", "aws/aws-sdk-java-v2"},
    {"aws-sdk-js-v3", "aws/aws-sdk-js-v3"},
    {"aws-sdk-kotlin", "awslabs/aws-sdk-kotlin"},
    {"aws-sdk-ruby", "aws/aws-sdk-ruby"},
    {"aws4fetch", "mhart/aws4fetch"},
    {"boto3", "boto/boto3"},
    {"cloudserver", "scality/cloudserver"},
    {"floci", "floci-io/floci"},
    {"fog-aws", "fog/fog-aws"},
    {"go-cloud", "google/go-cloud"},
    {"go-storage", "beyondstorage/go-storage"},
    {"irods_resource_plugin_s3", "irods/irods_resource_plugin_s3"},
    {"libs3", "bji/libs3"},
    {"localstack", "localstack/localstack"},
    {"minio", "minio/minio"},
    {"minio-py", "minio/minio-py"},
    {"ministack", "ministackorg/ministack"},
    {"moto", "getmoto/moto"},
    {"rust-s3", "durch/rust-s3"},
    {"s3cmd", "s3tools/s3cmd"},
    {"versitygw", "versity/versitygw"},
    {"zio-s3", "zio/zio-s3"},
});

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// At separators outside of parentheses.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != separator || depth > 0)) continue;
    pieces.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return pieces;
}

std::optional<std::string_view> page_of(const auto& pages, std::string_view text) {
  for (const auto& [title, page] : pages) {
    if (text.starts_with(title)) return page;
  }
  return std::nullopt;
}

/// "UploadPart (partNumber)": the name of an operation or a type, in one word.
std::string_view operation_name(std::string_view text) {
  const auto end =
      std::ranges::find_if_not(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
  const auto name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const bool whole = name.size() == text.size() || text.substr(name.size()).starts_with(" (");
  const bool capital = !name.empty() && std::isupper(static_cast<unsigned char>(name.front())) != 0;
  return whole && capital ? name : std::string_view();
}

[[noreturn]] void refuse(std::string_view piece) {
  throw std::invalid_argument(fmt::format("'{}' names no case, page or issue", piece));
}

std::string reference_url(std::string_view piece) {
  if (const auto page = page_of(reference_pages, piece)) return fmt::format("{}{}.html", reference, *page);
  const auto name = operation_name(piece);
  if (name.empty()) refuse(piece);
  return fmt::format("{}API_{}.html", reference, name);
}

/// "minio-py#675", "#276" of the repository before, "moto pull request 4670", "brekkylab/backlot (…)".
std::string report_url(std::string_view piece, std::string_view& repository) {
  const auto numbered = piece.find('#');
  const auto pull = piece.find(" pull request ");
  const auto name = piece.substr(0, std::min({numbered, pull, piece.find(" ("), piece.size()}));
  if (!name.empty()) {
    const auto row = std::ranges::find(repositories, name, &Row::first);
    repository = row == repositories.end() ? name : row->second;
  }
  if (repository.find('/') == std::string_view::npos) refuse(piece);
  const auto url = fmt::format("https://github.com/{}", repository);
  const auto number = [](std::string_view text) {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  };
  if (numbered < piece.size()) return fmt::format("{}/issues/{}", url, number(piece.substr(numbered + 1)));
  if (pull < piece.size()) return fmt::format("{}/pull/{}", url, number(piece.substr(pull + 14)));
  return url;
}

/// "RFC 9110, 14.1.2".
std::string rfc_url(std::string_view piece) {
  const auto comma = piece.find(", ");
  const auto number = piece.substr(4, comma - 4);
  const auto section = comma == std::string_view::npos ? std::string_view() : piece.substr(comma + 2);
  return section.empty() ? fmt::format("https://www.rfc-editor.org/rfc/rfc{}", number)
                         : fmt::format("https://www.rfc-editor.org/rfc/rfc{}#section-{}", number, section);
}

class Reader {
 public:
  Source read(std::string_view text) {
    const bool inferred = text.starts_with("inferred: ");
    if (inferred) text.remove_prefix(std::string_view("inferred: ").size());
    for (const auto piece : split(text, ';')) read_piece(piece);
    if (source_.links.empty()) refuse(text);
    if (inferred) source_.grade = Grade::inferred;
    return std::move(source_);
  }

 private:
  void add(Grade grade, std::string_view text, std::string url) {
    source_.grade = std::min(source_.grade, grade);
    source_.links.push_back({std::string(text), std::move(url)});
  }

  void read_piece(std::string_view piece) {
    for (const std::string_view kind : {"recording: ", "S3 API: ", "user guide: ", "reported: "}) {
      if (!piece.starts_with(kind)) continue;
      kind_ = kind;
      piece.remove_prefix(kind.size());
    }
    if (piece.starts_with("RFC ")) {
      add(Grade::documented, piece, rfc_url(piece));
    } else if (kind_ == "recording: ") {
      for (const auto one : split(piece, ',')) add(Grade::recorded, one, std::string(recordings));
    } else if (kind_ == "S3 API: ") {
      for (const auto one : split(piece, ',')) add(Grade::documented, one, reference_url(one));
    } else if (kind_ == "user guide: ") {
      // A section of the page may follow behind a comma.
      const auto page = page_of(guide_pages, piece);
      if (!page) refuse(piece);
      add(Grade::documented, piece, fmt::format("{}{}.html", guide, *page));
    } else if (kind_ == "reported: ") {
      std::string_view repository;
      for (const auto one : split(piece, ',')) add(Grade::reported, one, report_url(one, repository));
    } else {
      refuse(piece);
    }
  }

  std::string_view kind_;
  Source source_;
};

}  // namespace

std::string_view to_string(Grade grade) {
  switch (grade) {
    case Grade::recorded:
      return "recorded";
    case Grade::documented:
      return "documented";
    case Grade::reported:
      return "reported";
    case Grade::inferred:
      return "inferred";
  }
  return "unknown";
}

Source read_source(std::string_view text) {
  return Reader().read(text);
}

}  // namespace partsmith::conformance
