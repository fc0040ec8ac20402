#include "forms/posted_form.h"

#include <algorithm>

#include <partsmith/protocol/xml.h>

#include "authenticator.h"
#include "forms/form_reader.h"
#include "forms/post_policy.h"
#include "object_names.h"
#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

class PostedForm {
 public:
  PostedForm(Visit& visit, FormStore& store) : visit_(visit), store_(store) {}

  void take_field(const std::string& name, const std::string& value) { fields_.emplace_back(name, value); }
  /// The fields are there, the file follows.
  S3Result<void> begin_file(const std::optional<std::string>& filename,
                            std::optional<std::uint64_t> expected_bytes);
  S3Result<void> take_bytes(ByteView bytes);
  Outcome finish();

 private:
  std::uint64_t most() const {
    const auto of_policy = policy_ ? policy_->max_size : std::nullopt;
    return std::min(of_policy.value_or(limits::max_put_size), limits::max_put_size);
  }
  std::uint64_t least() const { return policy_ ? policy_->min_size : 0; }
  S3Result<void> check_size() const;
  Response answer(Response stored);

  Visit& visit_;
  FormStore& store_;
  FormFields fields_;
  std::optional<PostPolicy> policy_;  ///< nothing: nobody signed the form
  std::uint64_t size_ = 0;
};

S3Result<ObjectKey> key_of(const FormFields& fields) {
  return object_key(*form_field(fields, "key"), [] {
    return invalid_argument("User key must have a length greater than 0.", "key", "").error();
  });
}

S3Result<void> PostedForm::begin_file(const std::optional<std::string>& filename,
                                      std::optional<std::uint64_t> expected_bytes) {
  if (auto ok = check_each_field_once(fields_); !ok) return ok;
  if (!form_field(fields_, "key")) return std::unexpected(missing_form_field("key"));
  auto principal = visit_.authenticator().verify_form(fields_);
  if (!principal) return std::unexpected(std::move(principal.error()));
  if (!principal->is_anonymous()) {
    auto policy = parse_post_policy(*form_field(fields_, "policy"));
    if (!policy) return std::unexpected(std::move(policy.error()));
    policy_ = std::move(*policy);
  }
  if (filename && !filename->empty()) {
    if (auto ok = insert_file_name(fields_, *filename); !ok) return ok;
  }
  if (policy_) {
    if (auto ok = check_post_policy(*policy_, fields_, visit_.bucket(), visit_.clock().now()); !ok) return ok;
  }

  auto key = key_of(fields_);
  if (!key) return std::unexpected(std::move(key.error()));
  auto headers = headers_of(fields_);
  if (!headers) return std::unexpected(std::move(headers.error()));
  visit_.take_form(*std::move(principal), *std::move(key), *std::move(headers));
  if (auto ok = visit_.authorise(visit_.operation().action, visit_.target()); !ok) return ok;
  return store_.begin(fields_, {.most = most(), .least = least(), .expected_bytes = expected_bytes});
}

S3Result<void> PostedForm::take_bytes(ByteView bytes) {
  size_ += bytes.size();
  if (size_ > most()) return {};  // read past, for the error tells the whole size
  return store_.take(bytes);
}

S3Result<void> PostedForm::check_size() const {
  if (size_ > most()) {
    return std::unexpected(S3Error(ErrorCode::EntityTooLarge)
                               .with("ProposedSize", std::to_string(size_))
                               .with("MaxSizeAllowed", std::to_string(most())));
  }
  if (size_ < least()) {
    return std::unexpected(S3Error(ErrorCode::EntityTooSmall)
                               .with("ProposedSize", std::to_string(size_))
                               .with("MinSizeAllowed", std::to_string(least())));
  }
  return {};
}

Outcome PostedForm::finish() {
  if (auto ok = check_size(); !ok) return std::unexpected(std::move(ok.error()));
  auto stored = store_.end();
  if (!stored || stored->status != 200) return stored;
  return answer(*std::move(stored));
}

/// Nothing where the form names none, or what is no URL of the web: Amazon S3 then acts as if the field
/// weren't there. A byte that no URL has could end the header, or the attribute that a page puts the URL
/// into.
std::optional<std::string_view> redirect_target(const FormFields& fields) {
  auto target = form_field(fields, "success_action_redirect");
  if (!target) target = form_field(fields, "redirect");
  if (!target) return std::nullopt;
  const std::size_t scheme = target->starts_with("http://") ? 7 : target->starts_with("https://") ? 8 : 0;
  const auto fits = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
           std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  };
  if (scheme == 0 || target->size() == scheme || !std::ranges::all_of(*target, fits)) return std::nullopt;
  return target;
}

Response PostedForm::answer(Response stored) {
  const std::string etag(stored.headers.value("ETag"));
  const std::string& bucket = visit_.bucket().text();
  Response response = empty_answer(204);
  const auto redirect = redirect_target(fields_);
  const std::string_view status = form_field(fields_, "success_action_status").value_or("");
  if (redirect) {
    const auto encoded = [](std::string_view text) {
      return protocol::uri_encode(text, protocol::Slash::encode);
    };
    response.status = 303;
    response.headers.add("Location", std::string(*redirect) +
                                         (redirect->find('?') == std::string_view::npos ? '?' : '&') +
                                         "bucket=" + encoded(bucket) +
                                         "&key=" + encoded(visit_.key().text()) + "&etag=" + encoded(etag));
  } else if (status == "201") {
    protocol::XmlWriter document("PostResponse", "");
    document.element("Location", object_url(visit_, visit_.key()))
        .element("Bucket", bucket)
        .element("Key", visit_.key().text())
        .element("ETag", etag);
    response = xml_answer(document);
    response.status = 201;
    response.headers.add("Location", object_url(visit_, visit_.key()));
  } else {
    if (status == "200") response.status = 200;
    response.headers.add("Location", object_url(visit_, visit_.key()));
  }
  for (const auto& [name, value] : stored.headers) {
    if (!response.headers.has(name)) response.headers.add(name, value);
  }
  return response;
}

}  // namespace

Outcome receive_form(Visit& visit, FormStore& store) {
  const auto boundary = form_boundary(visit.headers().value("content-type"));
  if (!boundary) {
    return std::unexpected(
        S3Error(ErrorCode::PreconditionFailed)
            .with("Condition", "Bucket POST must be of the enclosure-type multipart/form-data"));
  }
  const auto whole = visit.request.body->length();
  if (!whole) return std::unexpected(S3Error(ErrorCode::MissingContentLength));
  if (auto ok = store.prepare(); !ok) return std::unexpected(std::move(ok.error()));

  // What stands before the file: as it came, as fields, with the file's name in it, and what small texts
  // cost.
  constexpr std::size_t form_memory = 8 * limits::max_form_bytes_before_file;
  auto held = visit.memory().reserve(form_memory);
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));

  PostedForm posted(visit, store);
  std::optional<S3Error> failure;
  const auto took = [&](S3Result<void> result) {
    if (!result) failure = std::move(result.error());
    return !failure.has_value();
  };
  const FormReader* form = nullptr;
  const auto expected_bytes = [&]() -> std::optional<std::uint64_t> {
    const std::uint64_t around =
        form->bytes_before_file() + std::string("\r\n--" + *boundary + "--\r\n").size();
    return around <= *whole ? std::optional(*whole - around) : std::nullopt;
  };
  FormReader reader(*boundary, {.field =
                                    [&](const std::string& name, const std::string& value) {
                                      posted.take_field(name, value);
                                      return true;
                                    },
                                .file =
                                    [&](const auto& filename) {
                                      held->shrink_to(form_memory / 2);
                                      return took(posted.begin_file(filename, expected_bytes()));
                                    },
                                .bytes = [&](ByteView bytes) { return took(posted.take_bytes(bytes)); }});
  form = &reader;
  auto state = FormReader::State::reading;
  const auto read = visit.request.body->read([&](ByteView bytes) {
    state = reader.feed(bytes);
    return state == FormReader::State::reading || state == FormReader::State::ended;
  });
  if (failure) return std::unexpected(std::move(*failure));
  if (state == FormReader::State::too_large) return std::unexpected(too_much_before_file());
  if (state == FormReader::State::malformed) return std::unexpected(S3Error(ErrorCode::MalformedPOSTRequest));
  if (!read) {
    return std::unexpected(
        S3Error(read.error() == BodyError::timeout ? ErrorCode::RequestTimeout : ErrorCode::IncompleteBody));
  }
  if (state != FormReader::State::ended) return std::unexpected(S3Error(ErrorCode::MalformedPOSTRequest));
  if (!reader.has_file()) {
    return invalid_argument("POST requires exactly one file upload per request.", "file", "0");
  }
  return posted.finish();
}

}  // namespace partsmith::server
