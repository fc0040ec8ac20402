/// POST forms: what their policies demand.

#include "checks/making.h"
#include "checks/post_form.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view api = "S3 API: Browser-Based Uploads Using POST: POST Policy";
constexpr std::string_view url = "http://localhost.test/random";
constexpr std::string_view wrong_url = "http://wrong.location/test";

void expect_denied(Answer answer, std::string_view why) {
  answer.error(403, "AccessDenied").message("Invalid according to Policy: " + std::string(why));
}

void expired(CheckContext& c) {
  auto form = abcdef(c);
  form.valid = -std::chrono::hours(1);
  expect_denied(post(c, form), "Policy expired.");
  c.send(c.get()).error(404, "NoSuchKey");
}

void wrong_redirect(CheckContext& c, std::string_view sent, const std::string& condition) {
  expect_denied(post(c, redirected(c, sent, condition)), "Policy Condition failed: " + condition);
  c.send(c.get()).error(404, "NoSuchKey");
}

void two_properties(CheckContext& c) {
  const auto condition =
      "{\"bucket\": \"" + c.bucket() + "\", \"success_action_redirect\": \"" + std::string(url) + "\"}";
  post(c, redirected(c, url, condition))
      .error(400, "InvalidPolicyDocument")
      .message(
          "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property "
          "specified.");
  c.send(c.get()).error(404, "NoSuchKey");
}

void right_redirect(CheckContext& c, std::string_view sent, const std::string& condition) {
  auto answer = post(c, redirected(c, sent, condition));
  const auto location = answer.header_value("Location");
  answer.status(303).expect(location.starts_with(sent), "a Location that begins with " + std::string(sent),
                            location.empty() ? "no Location" : location,
                            {"header fits", "Location", std::string(sent) + '*'});
  expect_abcdef(c);
}

/// Conditions on fields whose letter case is theirs, in the one form or the other.
void equal_fields(CheckContext& c, bool simple) {
  auto form = with_metadata(c);
  const std::string_view names[] = {"x-amz-meta-test-1", "x-amz-meta-test-2", "content-type", "Expires"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const auto& value = form.fields.at(i).second;
    const std::string name(names[i]);
    form.conditions.push_back(simple ? "{\"" + name + "\": \"" + value + "\"}"
                                     : condition("eq", '$' + name, value));
  }
  post(c, form).status(204);
  expect_metadata(c, form);
}

void extra_field(CheckContext& c) {
  auto form = abcdef(c);
  form.fields = {{"x-amz-meta-colour", "blue"}};
  post(c, form).error(403, "AccessDenied");
  c.send(c.get()).error(404, "NoSuchKey");
}

void length(CheckContext& c, std::string range, const std::string& code) {
  auto form = abcdef(c);
  form.conditions = {"[\"content-length-range\", " + std::move(range) + "]"};
  if (code.empty()) {
    post(c, form).status(204);
    expect_abcdef(c);
  } else {
    post(c, form).error(400, code);
    c.send(c.get()).error(404, "NoSuchKey");
  }
}

}  // namespace

void add_form_policy(std::vector<Check>& checks) {
  const std::string policy = std::string(api) + " (Condition Matching)";
  const std::string eq = "recording: post-policy-eq";
  const std::string starts = "recording: post-policy-starts-with";
  const std::vector<Need> needs{Need::post_forms};
  const auto wrong = [&](std::string name, std::string title, std::string source, std::string_view sent,
                         std::string condition) {
    return must(
        "object.form.policy-" + std::move(name), std::move(title), std::move(source), {2, 6},
        [=](CheckContext& c) { wrong_redirect(c, sent, condition); }, needs);
  };
  const auto right = [&](std::string name, std::string title, std::string source, std::string_view sent,
                         std::string condition) {
    return must(
        "object.form.policy-" + std::move(name), std::move(title), std::move(source), {2, 12},
        [=](CheckContext& c) { right_redirect(c, sent, condition); }, needs);
  };
  add_all(
      checks,
      {
          must("object.form.policy-expired", "A policy that has expired is AccessDenied",
               "recording: post-policy-expired", {2, 6}, expired, needs),
          wrong("eq-fails",
                "A field that isn't equal to what the policy says is AccessDenied, with the condition",
                eq + " (invalid-condition-eq)", wrong_url, condition("eq", "$success_action_redirect", url)),
          wrong("eq-without-dollar", "A condition whose field has no $ before it fails",
                eq + " (invalid-condition-missing-prefix)", url,
                condition("eq", "success_action_redirect", url)),
          wrong("eq-letter-case", "The letter case of values counts",
                eq + " (invalid-condition-wrong-value-casing)", url,
                condition("eq", "$success_action_redirect", "HTTP://localhost.test/random")),
          should("object.form.policy-two-properties",
                 "A simple condition with two properties is InvalidPolicyDocument",
                 eq + " (invalid-condition-wrong-condition)", {2, 6}, two_properties, needs),
          right("eq-names-in-any-case", "The letter case of a field's name in a condition doesn't count",
                eq + " (post-key-casing)", url, condition("eq", "$success_Action_REDIRECT", url)),
          must(
              "object.form.policy-eq-metadata", "Conditions name metadata in any letter case",
              eq + " (post-metadata)", {2, 6}, [](CheckContext& c) { equal_fields(c, false); }, needs),
          must(
              "object.form.policy-simple", "So they do as simple conditions",
              eq + " (post-simple-conditions)", {2, 6}, [](CheckContext& c) { equal_fields(c, true); },
              needs),
          wrong("starts-with-fails", "A field that doesn't start as the policy says is AccessDenied",
                starts + " (invalid-condition-starts-with)", wrong_url,
                condition("starts-with", "$success_action_redirect", "http://localhost")),
          wrong("starts-with-letter-case", "The letter case of a start counts",
                starts + " (invalid-condition-starts-with-casing)", "HTTP://localhost.test/random",
                condition("starts-with", "$success_action_redirect", "http://localhost")),
          right("starts-with", "A field that starts so is taken, and the answer leads to it",
                starts + " (post-ok)", url,
                condition("starts-with", "$success_action_redirect", "http://localhost")),
          right("starts-with-anything", "An empty start allows any value", starts + " (post-any)", wrong_url,
                condition("starts-with", "$success_action_redirect", "")),
          must("object.form.policy-extra-field", "A field that the policy doesn't name is AccessDenied",
               std::string(api) + " (Conditions)", {2, 6}, extra_field, needs),
          must(
              "object.form.length-fits", "A length within content-length-range is taken", policy, {2, 12},
              [](CheckContext& c) { length(c, "6, 6", ""); }, needs),
          must(
              "object.form.too-long", "A longer file is EntityTooLarge",
              "recording: post-policy-content-length-range (too-big)", {2, 6},
              [](CheckContext& c) { length(c, "0, 5", "EntityTooLarge"); }, needs),
          must(
              "object.form.too-short", "A shorter file is EntityTooSmall",
              "recording: post-policy-content-length-range (too-small)", {2, 6},
              [](CheckContext& c) { length(c, "7, 10", "EntityTooSmall"); }, needs),
      });
}

}  // namespace partsmith::conformance::checks
