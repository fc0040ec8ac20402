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

/// How a body gets into curl: a command before it, and options. From a file, since curl adds a Content-Type
/// to what is said otherwise.
struct Feed {
  std::string before;
  std::string options;
};

Feed feed_of(const client::S3Request& request) {
  const std::string options = " -T \"$BODY\"";
  if (request.body.length() == 0) {
    const bool has_body = request.method == "PUT" || request.method == "POST";
    return has_body ? Feed{": >\"$BODY\"; ", options} : Feed{};
  }
  const std::string& text = *request.body.text();
  if (text.size() <= longest_literal && is_utf8(text) && text.find('\0') == std::string::npos)
    return {fmt::format("printf %s {} >\"$BODY\"; ", single_quoted(text)), options};
  if (const auto piece = period_of(text); !piece.empty() && is_plain_text(piece)) {
    return {fmt::format("yes {} | tr -d '\\n' | head -c {} >\"$BODY\"; ", single_quoted(piece), text.size()),
            options};
  }
  return {fmt::format("base64 -d <<<{} >\"$BODY\"; ", to_base64(as_bytes(text))), options};
}

/// curl 7.88 takes "x-amz-copy-source:" to come after "x-amz-copy-source-range:", and signs what no server
/// expects; nor does it join fields of one name.
bool are_signed_wrongly(const protocol::Headers& headers) {
  std::vector<std::string> names{"host", "x-amz-content-sha256", "x-amz-date"};
  for (const auto& [name, value] : headers) {
    if (!protocol::equal_ignoring_case(name, "x-amz-content-sha256"))
      names.push_back(protocol::lower_case(name));
  }
  for (auto one = names.begin(); one != names.end(); ++one) {
    for (auto other = names.begin(); other != names.end(); ++other) {
      if (one != other && other->starts_with(*one)) return true;
    }
  }
  return false;
}

bool is_plain_value(std::string_view value) {
  return !value.empty() && value.find("  ") == std::string_view::npos && !value.starts_with(' ') &&
         !value.ends_with(' ') && std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Whether curl 7.88 sends it, and signs it rightly.
bool fits_curl(const SentStep& step) {
  const auto& request = step.request;
  if (step.by_other || step.changed || step.together || step.around > 0 ||
      request.signing == client::Signing::presigned)
    return false;
  if (request.payload != client::Payload::signed_whole && request.payload != client::Payload::unsigned_whole)
    return false;
  if (request.headers.value("content-type").starts_with("multipart/form-data")) return false;
  if (request.body.text() == nullptr || are_signed_wrongly(request.headers)) return false;
  // curl appends the name of the file to a folder.
  const bool to_folder = request.key.ends_with('/') || (request.key.empty() && request.bucket.empty());
  if (to_folder && (request.method == "PUT" || request.method == "POST")) return false;
  return std::ranges::all_of(request.headers, [](const auto& field) { return is_plain_value(field.second); });
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
  const auto place = endpoint_.place(request.bucket, request.key);
  const auto url =
      (place.origin.tls ? "https://" : "http://") + place.origin.authority() + place.path + query_of(request);
  const auto [before, body] = feed_of(request);
  const bool anonymous = request.signing == client::Signing::anonymous;
  const auto stated_hash = request.headers.get("x-amz-content-sha256");
  auto text = before + (stated_hash ? fmt::format("SHA={} ", *stated_hash) : "") +
              (anonymous ? "curl -sS -i" : "s3") +
              (request.method == "HEAD" ? " --head" : " -X " + request.method);
  for (const auto& [name, value] : request.headers) {
    if (protocol::equal_ignoring_case(name, "x-amz-content-sha256")) continue;
    text += " -H " + quoted(name + ": " + value);
  }
  return text + body + ' ' + quoted(url);
}

std::string Reproduction::step_text(std::size_t index) const {
  const SentStep& step = steps_[index];
  const auto text = (step.after.count() > 0
                         ? fmt::format("sleep {:.1f}; ", std::chrono::duration<double>(step.after).count())
                         : "") +
                    request_text(step.request);
  for (std::size_t i = 0; i < uploads_.size(); ++i) {
    if (uploads_[i].step == index) {
      return fmt::format("UPLOAD{}=$({} | sed -n 's:.*<UploadId>\\(.*\\)</UploadId>.*:\\1:p')\n", i + 1,
                         text);
    }
  }
  return text + '\n';
}

std::string Reproduction::script() const {
  if (!std::ranges::all_of(steps_, fits_curl)) return {};
  auto text = fmt::format(
      "BUCKET={}  # any that exists\n"
      "BODY=$(mktemp)\n"
      "s3() {{ curl -sS -i --path-as-is --aws-sigv4 aws:amz:{}:s3 --user "
      "\"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\\n"
      "  -H \"x-amz-content-sha256: ${{SHA:-UNSIGNED-PAYLOAD}}\" \"$@\"; }}\n",
      bucket_, options_.region);
  for (std::size_t i = 0; i < steps_.size(); ++i) text += step_text(i);
  return text + "rm -f \"$BODY\"\n";
}

void Reproduction::prepared(const client::S3Request& request, const client::HttpRequest& as) {
  prepared_.push_back({request, as});
}

SentStep& Reproduction::add(const client::S3Request& request) {
  steps_.push_back({.request = request, .at = SystemClock().now(), .after = std::exchange(wait_, {})});
  return steps_.back();
}

SentStep& Reproduction::add(const client::HttpRequest& request) {
  SentStep step{
      .request = {}, .changed = request, .at = SystemClock().now(), .after = std::exchange(wait_, {})};
  const auto signature = request.headers.value("authorization");
  // A signature is of one request; without one it is the request that was prepared last.
  auto found = std::ranges::find_if(prepared_.rbegin(), prepared_.rend(), [&](const Prepared& prepared) {
    return !signature.empty() && prepared.as.headers.value("authorization") == signature;
  });
  if (found == prepared_.rend()) found = prepared_.rbegin();
  if (found != prepared_.rend()) {
    step.request = found->request;
    step.prepared = found->as;
  } else {
    step.request.method = request.method;
  }
  steps_.push_back(std::move(step));
  return steps_.back();
}

}  // namespace partsmith::conformance
