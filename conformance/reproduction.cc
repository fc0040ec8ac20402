#include <fmt/format.h>

#include <algorithm>

#include <partsmith/conformance/reproduction.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/names.h>

namespace partsmith::conformance {
namespace {

constexpr std::size_t longest_literal = 2000;
constexpr std::size_t longest_period = 64;

std::string single_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + '\'';
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The shortest text whose repetition gives this one; empty when there is none that is short.
std::string_view period_of(std::string_view text) {
  for (std::size_t length = 1; length <= std::min(longest_period, text.size()); ++length) {
    const auto tail = text.substr(length);
    if (tail == text.substr(0, tail.size())) return text.substr(0, length);
  }
  return {};
}

bool is_plain_text(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos &&
         text.find('\n') == std::string_view::npos;
}

/// How a body gets into curl: a command before it, and options.
struct Feed {
  std::string before;
  std::string options;
};

Feed feed_of(const client::S3Request& request) {
  if (request.body.length() == 0) {
    const bool has_body = request.method == "PUT" || request.method == "POST";
    return {{}, has_body ? " --data-raw ''" : ""};
  }
  const std::string* text = request.body.text();
  if (text == nullptr) return {"# the body is a stream that isn't kept: see what was sent\n", ""};
  if (text->size() <= longest_literal && is_utf8(*text) && text->find('\0') == std::string::npos) {
    return {{}, " --data-raw " + single_quoted(*text)};
  }
  if (const auto piece = period_of(*text); !piece.empty() && is_plain_text(piece)) {
    return {fmt::format("yes {} | tr -d '\\n' | head -c {} | ", single_quoted(piece), text->size()),
            " --data-binary @-"};
  }
  return {fmt::format("base64 -d <<<{} | ", to_base64(as_bytes(*text))), " --data-binary @-"};
}

/// What curl can't do; empty when it can.
std::string beyond_curl(const client::S3Request& request) {
  if (request.signing == client::Signing::presigned) return "to a presigned URL";
  if (request.headers.value("content-type").starts_with("multipart/form-data"))
    return "as a form whose policy was signed (boto3: generate_presigned_post)";
  switch (request.payload) {
    case client::Payload::unsigned_trailer:
      return "as aws-chunked body with a trailer";
    case client::Payload::signed_chunks:
      return "as aws-chunked body with signed chunks";
    case client::Payload::signed_chunks_trailer:
      return "as aws-chunked body with signed chunks and a trailer";
    case client::Payload::signed_whole:
    case client::Payload::unsigned_whole:
      return {};
  }
  return {};
}

/// In the order in which the signature has them: not every curl sorts.
std::string query_of(const client::S3Request& request) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : request.query) {
    pairs.push_back(protocol::uri_encode(name, protocol::Slash::encode) + '=' +
                    protocol::uri_encode(value.value_or(""), protocol::Slash::encode));
  }
  std::ranges::sort(pairs);
  std::string query;
  for (const auto& pair : pairs) query += (query.empty() ? '?' : '&') + pair;
  return query;
}

}  // namespace

std::string Reproduction::quoted(std::string text) const {
  for (const std::string_view special : {"\\", "\"", "$", "`"})
    replace_all(text, special, '\\' + std::string(special));
  if (!bucket_.empty()) replace_all(text, bucket_, "${BUCKET}");
  for (std::size_t i = 0; i < uploads_.size(); ++i) {
    // An endpoint may hand out any text, even one that stands everywhere.
    if (uploads_[i].id.size() > 6) {
      replace_all(text, protocol::uri_encode(uploads_[i].id, protocol::Slash::encode),
                  fmt::format("${{UPLOAD{}}}", i + 1));
    }
  }
  return '"' + text + '"';
}

std::string Reproduction::request_text(const client::S3Request& request) const {
  if (const auto how = beyond_curl(request); !how.empty()) {
    return fmt::format("# {} {}/{}{}: sent {}, which curl can't do\n", request.method, request.bucket,
                       request.key, query_of(request), how);
  }
  const auto place = endpoint_.place(request.bucket, request.key);
  const auto url =
      (place.origin.tls ? "https://" : "http://") + place.origin.authority() + place.path + query_of(request);
  const auto [before, body] = feed_of(request);
  const bool anonymous = request.signing == client::Signing::anonymous;
  const auto stated_hash = request.headers.get("x-amz-content-sha256");
  auto text = before + (stated_hash ? fmt::format("SHA={} ", *stated_hash) : "") +
              (anonymous ? "curl -sS -i" : "s3") +
              (request.method == "HEAD" ? " --head" : " -X " + request.method);
  // curl's own Content-Type of a body would be stored.
  if (!body.empty() && !request.headers.has("content-type")) text += " -H 'Content-Type:'";
  for (const auto& [name, value] : request.headers) {
    if (protocol::equal_ignoring_case(name, "x-amz-content-sha256")) continue;
    text += " -H " + quoted(value.empty() ? name + ';' : name + ": " + value);
  }
  return text + body + ' ' + quoted(url);
}

std::string Reproduction::step_text(std::size_t index) const {
  const auto* request = std::get_if<client::S3Request>(&steps_[index]);
  if (request == nullptr) {
    return fmt::format("# {}: sent with bytes that curl can't send: see there\n",
                       std::get<std::string>(steps_[index]));
  }
  auto text = request_text(*request);
  if (text.starts_with('#') && text.ends_with('\n')) return text;
  for (std::size_t i = 0; i < uploads_.size(); ++i) {
    if (uploads_[i].step == index) {
      return fmt::format("UPLOAD{}=$({} | sed -n 's:.*<UploadId>\\(.*\\)</UploadId>.*:\\1:p')\n", i + 1,
                         text);
    }
  }
  return text + '\n';
}

std::string Reproduction::script() const {
  auto text = fmt::format(
      "BUCKET={}  # any that exists\n"
      "s3() {{ curl -sS -i --aws-sigv4 aws:amz:{}:s3 --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" "
      "\\\n"
      "  -H \"x-amz-content-sha256: ${{SHA:-UNSIGNED-PAYLOAD}}\" \"$@\"; }}\n",
      bucket_, region_);
  for (std::size_t i = 0; i < steps_.size(); ++i) text += step_text(i);
  return text;
}

}  // namespace partsmith::conformance
