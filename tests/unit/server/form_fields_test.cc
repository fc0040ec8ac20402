#include "forms/form_fields.h"

#include <partsmith/values/limits.h>

#include "catch.h"

using namespace partsmith;
using protocol::ErrorCode;
using server::FormFields;

TEST_CASE("A field that counts may be there once, in whatever letter case and under whatever name") {
  for (const FormFields& fields :
       {FormFields{{"key", "a"}, {"key", "b"}}, FormFields{{"key", "a"}, {"Key", "a"}},
        FormFields{{"policy", "a"}, {"file-name", ""}, {"POLICY", "b"}},
        FormFields{{"x-amz-meta-a", "1"}, {"X-Amz-Meta-A", "2"}},
        FormFields{{"acl", "private"}, {"x-amz-acl", "public-read"}}}) {
    const auto checked = server::check_each_field_once(fields);
    INFO(fields.front().first);
    REQUIRE(!checked);
    CHECK(checked.error().code == ErrorCode::InvalidArgument);
  }
  CHECK(server::check_each_field_once({{"key", "a"}, {"redirect", "b"}, {"success_action_redirect", "c"}}));
  CHECK(server::check_each_field_once({{"x-ignore-a", "1"}, {"x-ignore-a", "2"}}));
}

TEST_CASE("The file's name takes the place of its variable, but in the policy") {
  FormFields fields{
      {"key", "${filename}/${filename}"}, {"policy", "${filename}"}, {"x-amz-meta-a", "a-${filename}-b"}};
  REQUIRE(server::insert_file_name(fields, "${filename}.txt"));
  CHECK(fields[0].second == "${filename}.txt/${filename}.txt");
  CHECK(fields[1].second == "${filename}");
  CHECK(fields[2].second == "a-${filename}.txt-b");
}

TEST_CASE("What the file's name makes of a form is bounded like the form") {
  std::string variables;
  while (variables.size() < limits::max_form_bytes_before_file / 2) variables += "${filename}";
  FormFields fields{{"x-amz-meta-a", variables}};
  const auto inserted =
      server::insert_file_name(fields, std::string(limits::max_form_bytes_before_file / 2, 'f'));
  REQUIRE(!inserted);
  CHECK(inserted.error().code == ErrorCode::MaxPostPreDataLengthExceeded);
}

TEST_CASE("Fields become headers only where a head can carry them") {
  const auto headers = server::headers_of({{"Content-Type", "a/b"},
                                           {"acl", "private"},
                                           {"key", "k"},
                                           {"x-ignore-a", "\r\n"},
                                           {"x-amz-meta-A", "\r\n"},
                                           {"Cache-Control", "\u2014 \u00e9"}});
  REQUIRE(headers);
  CHECK(headers->size() == 4);
  CHECK(headers->value("content-type") == "a/b");
  CHECK(headers->value("x-amz-acl") == "private");
  CHECK(headers->value("x-amz-meta-a") == "\r\n");  // sent as an encoded word
  CHECK(headers->value("cache-control") == "  \xe9");
  for (const FormFields& fields :
       {FormFields{{"x-amz-meta-a\r\nb", "v"}}, FormFields{{"x-amz-meta-a b", "v"}}, FormFields{{"", "v"}},
        FormFields{{"x-amz-meta-\u00e9", "v"}}, FormFields{{"Content-Type", "a/b\r\nSet-Cookie: c"}},
        FormFields{{"Expires", "\x1b[2J"}}, FormFields{{"Content-Disposition", std::string("a\0b", 3)}}}) {
    INFO(fields.front().first);
    const auto refused = server::headers_of(fields);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::InvalidArgument);
  }
}
