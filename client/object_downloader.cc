#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <partsmith/client/object_downloader.h>
#include <partsmith/values/limits.h>

#include "parallel.h"
#include "temporary_file.h"

namespace partsmith::client {
namespace {

std::unexpected<ClientError> sink_failed(std::string detail) {
  return std::unexpected(ClientError(ErrorKind::sink, std::move(detail)));
}

/// The ranges on their way into the file.
class Download {
 public:
  Download(S3Client& client, const S3Request& get, const ObjectFacts& facts, const TemporaryFile& file,
           const DownloadOptions& options)
      : client_(client),
        get_(get),
        facts_(facts),
        file_(file),
        options_(options),
        range_(std::max({options.part_size, std::uint64_t{1}, facts.size / limits::max_part_number})) {}

  Result<Proof> run() {
    const auto count = (facts_.size + range_ - 1) / range_;
    checksums_.resize(static_cast<std::size_t>(count));
    const auto fetched =
        for_each_index(count, options_.workers, options_.slots, options_.call_policy.stop,
                       [this](std::uint64_t index) { return fetch(static_cast<std::size_t>(index)); });
    if (!fetched) return std::unexpected(fetched.error());
    return prove();
  }

 private:
  /// A checksum of the whole that can be put together from those of the ranges.
  std::optional<ChecksumAlgorithm> combinable() const {
    if (!facts_.full_checksum || !traits(facts_.full_checksum->algorithm).full_object_allowed ||
        facts_.size == 0)
      return std::nullopt;
    return facts_.full_checksum->algorithm;
  }

  Result<void> fetch(std::size_t index) {
    const ByteSpan span{index * range_, std::min(range_, facts_.size - index * range_)};
    std::optional<Checksummer> checksummer;
    if (const auto algorithm = combinable()) checksummer.emplace(*algorithm);
    std::uint64_t offset = span.first;
    std::string trouble;
    const auto read = read_span(
        client_, get_, facts_, span,
        [&](ByteView bytes) {
          if (checksummer) checksummer->update(bytes);
          const auto written = file_.write(bytes, offset);
          if (!written) trouble = written.error();
          offset += bytes.size();
          tell(bytes.size());
          return written.has_value();
        },
        options_.call_policy);
    if (!trouble.empty()) return sink_failed(trouble);
    if (read && checksummer) checksums_[index] = {checksummer->finish(), span.length};
    return read;
  }

  void tell(std::uint64_t more) {
    const std::scoped_lock lock(mutex_);
    done_ += more;
    if (options_.progress) options_.progress(done_);
  }

  Result<Proof> prove() {
    if (const auto algorithm = combinable()) {
      const auto computed = combined_checksum(*algorithm, checksums_);
      if (computed == *facts_.full_checksum) return Proof::checksum;
      return std::unexpected(
          ClientError(ErrorKind::damaged,
                      fmt::format("the {} of what came is {}, the object's is {}", traits(*algorithm).name,
                                  computed.base64(), facts_.full_checksum->base64())));
    }
    ContentCheck check(facts_);
    if (const auto read = read_back(0, facts_.size, [&](ByteView bytes) { check.update(bytes); }); !read)
      return std::unexpected(read.error());
    const auto verdict = check.verdict();
    if (!verdict || *verdict != Proof::size) return verdict;
    return prove_by_parts();
  }

  Result<void> read_back(std::uint64_t first, std::uint64_t length,
                         const std::function<void(ByteView)>& each) {
    Bytes buffer(256 * 1024);
    for (const auto end = first + length; first < end;) {
      const auto wanted = std::min<std::uint64_t>(buffer.size(), end - first);
      const auto got = file_.read(std::span(buffer).first(static_cast<std::size_t>(wanted)), first);
      if (!got) return sink_failed(got.error());
      if (*got == 0) return sink_failed("the file became shorter while it was written");
      each(ByteView(buffer).first(*got));
      first += *got;
    }
    return {};
  }

  /// An ETag "…-N" is of the parts' MD5s. Uploads have parts of one size but the last, so part 1 tells where
  /// the others begin. Where that isn't so nothing is shown, and nothing wrong either.
  Result<Proof> prove_by_parts() {
    if (!facts_.etag_is_md5() || facts_.etag.text().find('-') == std::string::npos) return Proof::size;
    auto head = get_;
    head.method = "HEAD";
    head.parameter("partNumber", "1");  // without If-Match: moto takes it for the part's ETag
    const auto first = object_facts(client_, head, options_.call_policy);
    if (!first || first->size == 0 || first->size > facts_.size) return Proof::size;
    std::vector<ETag> etags;
    for (std::uint64_t begin = 0; begin < facts_.size; begin += first->size) {
      if (etags.size() == limits::max_part_number) return Proof::size;
      Digest digest(DigestKind::md5);
      const auto read = read_back(begin, std::min(first->size, facts_.size - begin),
                                  [&](ByteView bytes) { digest.update(bytes); });
      if (!read) return std::unexpected(read.error());
      Md5 value{};
      std::ranges::copy(digest.finish(), value.begin());
      etags.push_back(ETag::of(value));
    }
    return ETag::of_parts(etags) == facts_.etag ? Proof::etag : Proof::size;
  }

  S3Client& client_;
  const S3Request& get_;
  const ObjectFacts& facts_;
  const TemporaryFile& file_;
  const DownloadOptions& options_;
  std::uint64_t range_;
  std::vector<SizedChecksum> checksums_;  ///< of the ranges, each written by the worker that has it
  std::mutex mutex_;
  std::uint64_t done_ = 0;  ///< guarded by mutex_
};

/// To something that has a name and is no file.
Result<Proof> write_through(S3Client& client, const S3Request& get, const ObjectFacts& facts,
                            const std::filesystem::path& path, const DownloadOptions& options) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const auto reason = [&] {
    return fmt::format("{}: {}", path.string(), std::generic_category().message(errno));
  };
  if (fd < 0) return sink_failed(reason());
  std::string trouble;
  std::uint64_t done = 0;
  auto proof = stream_object(
      client, get, facts,
      [&](ByteView bytes) {
        done += bytes.size();
        while (!bytes.empty()) {
          const auto count = ::write(fd, bytes.data(), bytes.size());
          if (count < 0 && errno == EINTR) continue;
          if (count < 0) {
            trouble = reason();
            return false;
          }
          bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        if (options.progress) options.progress(done);
        return true;
      },
      options.call_policy);
  if (::close(fd) != 0 && trouble.empty()) trouble = reason();
  if (!trouble.empty()) return sink_failed(trouble);
  return proof;
}

}  // namespace

Result<Proof> stream_object(S3Client& client, const S3Request& get, const ObjectFacts& facts,
                            const HttpClient::Sink& sink, const CallPolicy& call_policy) {
  ContentCheck check(facts);
  if (facts.size > 0) {
    const auto read = read_span(
        client, get, facts, {0, facts.size},
        [&](ByteView bytes) {
          check.update(bytes);
          return sink(bytes);
        },
        call_policy);
    if (!read) return std::unexpected(read.error());
  }
  return check.verdict();
}

Result<Proof> download_object(S3Client& client, const S3Request& get, const ObjectFacts& facts,
                              const std::filesystem::path& path, const DownloadOptions& options) {
  std::error_code error;
  auto wanted = path;
  if (std::filesystem::exists(path, error)) {
    if (!options.replace) return sink_failed(fmt::format("{}: File exists", path.string()));
    if (!std::filesystem::is_regular_file(path, error))
      return write_through(client, get, facts, path, options);
    wanted = std::filesystem::canonical(path, error);  // what a link stands for, not the link
    if (error) return sink_failed(fmt::format("{}: {}", path.string(), error.message()));
  }
  auto file = TemporaryFile::create(std::move(wanted));
  if (!file) return sink_failed(file.error());
  auto proof = Download(client, get, facts, *file, options).run();
  if (!proof) return proof;
  if (const auto committed = file->commit(options.replace); !committed) return sink_failed(committed.error());
  return proof;
}

}  // namespace partsmith::client
