#include "changed_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/encoding.h>

namespace partsmith::conformance {
namespace {

using protocol::equal_ignoring_case;

/// What signing adds: it is made anew.
bool is_of_signature(std::string_view header) {
  constexpr std::string_view names[] = {"authorization", "x-amz-date", "x-amz-content-sha256",
                                        "x-amz-security-token"};
  return std::ranges::any_of(names, [&](auto name) { return equal_ignoring_case(name, header); });
}

std::string_view query_value(std::string_view target, std::string_view name) {
  auto query = protocol::split_target(target).query;
  while (!query.empty()) {
    const auto piece = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), piece.size() + 1));
    const auto equals = piece.find('=');
    if (equals != std::string_view::npos && piece.substr(0, equals) == name) return piece.substr(equals + 1);
  }
  return {};
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::chrono::seconds age_of(std::string_view amz_date, TimePoint at) {
  const auto time = protocol::parse_amz_date(amz_date);
  return time ? std::chrono::round<std::chrono::seconds>(at - *time) : std::chrono::seconds(0);
}

/// As long as one is: others are made up, and nothing that a script could make.
bool is_signature_v4(std::string_view text) {
  return text.size() == 64 && from_hex(text).has_value();
}
bool is_signature_v2(std::string_view text) {
  constexpr std::size_t sha1_bytes = 20;
  const auto decoded = from_base64(protocol::percent_decode(text).value_or(""));
  return decoded && decoded->size() == sha1_bytes;
}
bool has_signature(std::string_view authorization) {
  constexpr std::string_view name = "Signature=";
  const auto at = authorization.find(name);
  return at != std::string_view::npos && is_signature_v4(authorization.substr(at + name.size()));
}

/// Signed by the check itself, from a request that was prepared unsigned. Whether it was.
bool describe_own_signature(const SentStep& sent, scripts::Step& script) {
  if (sent.request.signing != client::Signing::anonymous) return false;
  const auto& target = sent.changed->target;
  if (is_signature_v4(query_value(target, "X-Amz-Signature"))) {
    script.signing = client::Signing::presigned;
    script.age = age_of(query_value(target, "X-Amz-Date"), sent.at);
    script.expires = number_of(query_value(target, "X-Amz-Expires"));
    return true;
  }
  if (!query_value(target, "AWSAccessKeyId").empty() && is_signature_v2(query_value(target, "Signature"))) {
    script.signed_v2 = true;
    const auto now = std::chrono::floor<std::chrono::seconds>(sent.at).time_since_epoch().count();
    script.expires = number_of(query_value(target, "Expires")) - now;
    return true;
  }
  if (has_signature(sent.changed->headers.value("authorization"))) {
    script.signing = client::Signing::header;
    script.age = age_of(sent.changed->headers.value("x-amz-date"), sent.at);
    return true;
  }
  return false;
}

std::string all_replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// What a made-up claim has of the key, the region and the day of the run.
std::string told_claim(std::string text, const SentStep& sent, const client::S3ClientOptions& options) {
  const auto& key = options.credentials.access_key;
  text = all_replaced(std::move(text), "Credential=" + key + '/', "Credential={access_key}/");
  text = all_replaced(std::move(text), "AWSAccessKeyId=" + key, "AWSAccessKeyId={access_key}");
  text = all_replaced(std::move(text), "AWS " + key + ':', "AWS {access_key}:");
  text = all_replaced(std::move(text), '/' + options.region + '/', "/{region}/");
  return all_replaced(std::move(text), '/' + protocol::amz_date(sent.at).substr(0, 8) + '/', "/{date:0}/");
}

void describe_authorization(const client::HttpRequest& before, const client::HttpRequest& after,
                            scripts::Step& script) {
  const auto was = before.headers.value("authorization");
  const auto is = after.headers.value("authorization");
  if (was == is) return;
  constexpr std::string_view credential = "Credential=";
  const auto key_of = [&](std::string_view text) {
    const auto begin = text.find(credential);
    return begin == std::string_view::npos
               ? std::string_view()
               : text.substr(begin + credential.size(), text.find('/', begin) - begin - credential.size());
  };
  if (is.empty()) {
    script.changes.push_back({"no header", "Authorization", ""});
  } else if (was.empty()) {
    script.changes.push_back({"header", "Authorization", std::string(is)});
  } else if (is.size() == was.size() && is.substr(0, is.size() - 1) == was.substr(0, was.size() - 1)) {
    script.changes.push_back({"signature", "", ""});
  } else if (key_of(is) != key_of(was)) {
    script.changes.push_back({"access key", "", std::string(key_of(is))});
  } else {
    script.changes.push_back({"header", "Authorization", std::string(is)});
  }
}

/// The piece between delimiters in which the two differ.
void describe_target(const std::string& before, const std::string& after, ToldText& texts,
                     scripts::Step& script) {
  if (before == after) return;
  if (all_replaced(before, "%2F", "%252F") == after) {
    script.changes.push_back({"target", "%2F", "%252F"});
    return;
  }
  constexpr std::string_view delimiters = "/?&";
  std::size_t begin = 0;
  const auto shorter = std::min(before.size(), after.size());
  while (begin < shorter && before[begin] == after[begin]) ++begin;
  std::size_t tail = 0;
  while (tail < shorter - begin && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  while (begin > 0 && delimiters.find(before[begin]) == std::string_view::npos) --begin;
  while (tail > 0 && delimiters.find(before[before.size() - tail]) == std::string_view::npos) --tail;
  if (tail > 0) --tail;
  script.changes.push_back({"target", texts.told(before.substr(begin, before.size() - tail - begin)),
                            texts.told(after.substr(begin, after.size() - tail - begin))});
}

void describe_headers(const client::HttpRequest& before, const client::HttpRequest& after,
                      bool signed_by_check, ToldText& texts, scripts::Step& script) {
  for (const auto& [name, value] : after.headers) {
    if (equal_ignoring_case(name, "authorization")) continue;
    if (signed_by_check && is_of_signature(name)) continue;
    if (before.headers.get(name) == std::string_view(value)) continue;
    script.changes.push_back({"header", name, texts.told(value)});
  }
  for (const auto& [name, value] : before.headers) {
    if (!after.headers.has(name) && !equal_ignoring_case(name, "authorization"))
      script.changes.push_back({"no header", name, ""});
  }
}

/// A body of another length, as pieces of the one that was signed and texts between them: what is signed anew
/// has other signatures at the same places.
void describe_pieces(std::string_view was, std::string_view is, ToldText& texts, scripts::Step& script) {
  constexpr std::size_t shortest = 16;
  std::string between;
  const auto tell_between = [&] {
    if (!between.empty()) script.body_pieces.emplace_back(texts.told(std::exchange(between, {})));
  };
  while (!is.empty()) {
    auto at = was.find(is.substr(0, shortest));
    if (is.size() < shortest || at == std::string_view::npos) {
      between += is.front();
      is.remove_prefix(1);
      continue;
    }
    tell_between();
    const auto begin = was.substr(at);
    const auto end = std::ranges::mismatch(is, begin).in1;
    const auto length = static_cast<std::size_t>(end - is.begin());
    script.body_pieces.emplace_back(std::pair(at, length));
    is.remove_prefix(length);
  }
  tell_between();
}

/// Another digit of a signature, data that was changed in some places or is of another length, or data where
/// there was none: a URL is signed without.
bool describe_body(const client::HttpRequest& before, const client::HttpRequest& after, ToldText& texts,
                   scripts::Step& script) {
  constexpr std::size_t most = 64;
  constexpr std::size_t longest = 64 * 1024;
  if (before.body.text() == nullptr && after.body.text() == nullptr) return true;
  const auto was = text_of(before.body);
  const auto is = text_of(after.body);
  if (!was || !is) return false;
  if (*was == *is) return true;
  if (was->empty() && script.signing == client::Signing::presigned) {
    script.body = texts.told(*is);
    return true;
  }
  if (was->size() != is->size()) {
    if (std::max(was->size(), is->size()) > longest) return false;
    describe_pieces(*was, *is, texts, script);
    return true;
  }
  for (std::size_t i = 0; i < was->size(); ++i) {
    const char now = (*is)[i];
    if ((*was)[i] == now) continue;
    const bool other_digit = now == ((*was)[i] == '0' ? '1' : '0');
    script.changed_bytes.emplace_back(i, other_digit ? std::string() : std::string(1, now));
    if (script.changed_bytes.size() > most) return false;
  }
  return true;
}

/// The value of a field of multipart/form-data.
std::string_view field_of(std::string_view form, std::string_view name) {
  const auto at = form.find(fmt::format("name=\"{}\"\r\n\r\n", name));
  if (at == std::string_view::npos) return {};
  const auto begin = form.find("\r\n\r\n", at) + 4;
  return form.substr(begin, form.find("\r\n--", begin) - begin);
}

/// In the form's body the value of a field becomes this.
void tell_field(std::string& form, std::string_view name, std::string_view value) {
  const auto found = field_of(form, name);
  if (found.empty()) return;
  form.replace(static_cast<std::size_t>(found.data() - form.data()), found.size(), value);
}

}  // namespace

std::optional<std::string> text_of(const client::Body& body) {
  if (const auto* text = body.text()) return *text;
  if (!body.repeatable()) return std::nullopt;
  std::string text;
  const auto read = client::read_whole(body, [&](ByteView bytes) { text += as_text(bytes); });
  return read ? std::optional(std::move(text)) : std::nullopt;
}

bool describe_changes(const SentStep& sent, const client::S3ClientOptions& options, ToldText& texts,
                      scripts::Step& script) {
  if (!sent.changed) return true;
  if (!sent.prepared) return false;
  const auto& before = *sent.prepared;
  const auto& after = *sent.changed;
  const bool signed_by_check = describe_own_signature(sent, script);
  if (before.method != after.method) script.changes.push_back({"method", "", after.method});
  if (!signed_by_check) {
    describe_authorization(before, after, script);
    describe_target(before.target, after.target, texts, script);
  }
  describe_headers(before, after, signed_by_check, texts, script);
  for (auto& change : script.changes)
    change.to = texts.with_amz_dates_told(told_claim(std::move(change.to), sent, options));
  if (sent.without_length) script.changes.push_back({"no header", "Content-Length", ""});
  return describe_body(before, after, texts, script);
}

void describe_form(const SentStep& sent, const protocol::sigv4::Credentials& credentials,
                   const std::string& region, ToldText& texts, scripts::Step& script) {
  const auto* form = sent.request.body.text();
  if (form == nullptr) return;
  const std::string policy(field_of(*form, "policy"));
  const auto decoded = from_base64(policy);
  if (policy.empty() || !decoded) return;
  const std::string date(field_of(*form, "x-amz-date"));
  const std::string given(field_of(*form, "x-amz-credential"));
  const protocol::sigv4::Scope scope{date.substr(0, 8), region, "s3"};
  const auto v4 =
      protocol::sigv4::signature(protocol::sigv4::signing_key(credentials.secret_key, scope), policy);
  const auto v2 = to_base64(hmac_sha1(as_bytes(credentials.secret_key), as_bytes(policy)));
  const bool is_v4 = field_of(*form, "x-amz-signature") == v4;
  const bool is_v2 = field_of(*form, "signature") == v2;
  // Another signature is wrong on purpose: then the policy may stay as it is.
  if (!is_v4 && !is_v2) return;
  std::string text(as_text(*decoded));
  std::string body = *form;
  if (is_v4) {
    text = all_replaced(all_replaced(text, given, "{credential}"), date, "{amz_date}");
    tell_field(body, "x-amz-credential", "{credential}");
    tell_field(body, "x-amz-date", "{amz_date}");
    tell_field(body, "x-amz-signature", "{policy_v4}");
  } else {
    tell_field(body, "AWSAccessKeyId", "{access_key}");
    tell_field(body, "signature", "{policy_v2}");
  }
  tell_field(body, "policy", "{policy}");
  script.policy = texts.told(text);
  script.body = texts.told(body);
}

}  // namespace partsmith::conformance
