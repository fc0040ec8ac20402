#include "forms/form_reader.h"

#include <vector>

#include <partsmith/values/limits.h>

#include "catch.h"

using namespace partsmith;
using server::FormReader;

namespace {

struct Read {
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::optional<std::string> filename = {};
  std::string file = {};
  FormReader::State state = FormReader::State::reading;
  bool has_file = false;
  bool operator==(const Read&) const = default;
};

/// The form as it is read when it comes in pieces of this size.
Read read_in_pieces(const std::string& form, std::size_t size) {
  Read read;
  FormReader reader("b-1", {.field =
                                [&](const std::string& name, const std::string& value) {
                                  read.fields.emplace_back(name, value);
                                  return true;
                                },
                            .file =
                                [&](const std::optional<std::string>& filename) {
                                  read.filename = filename;
                                  return true;
                                },
                            .bytes =
                                [&](ByteView bytes) {
                                  read.file += as_text(bytes);
                                  return true;
                                }});
  for (std::size_t at = 0; at < form.size(); at += size) {
    read.state = reader.feed(as_bytes(std::string_view(form).substr(at, size)));
  }
  read.has_file = reader.has_file();
  return read;
}

const std::string form =
    "preamble\r\n--b-1\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--not a "
    "boundary\r\n--b-1\r\n"
    "content-type: text/plain\r\ncontent-disposition: form-data; name=empty\r\n\r\n\r\n--b-1\r\n"
    "Content-Disposition: form-data; name=\"file\"; filename=\"/a/b;c \\\"d\\\".txt\"\r\nContent-Type: "
    "x/y\r\n\r\n"
    "bytes\r\n--b-\r\n\r\n--b\r\n--b-1\r\nContent-Disposition: form-data; "
    "name=\"after\"\r\n\r\nignored\r\n--b-1--\r\nepilogue";

}  // namespace

TEST_CASE("A form is read the same in pieces of any size") {
  const Read expected{.fields = {{"key", "k\r\n--not a boundary"}, {"empty", ""}},
                      .filename = "b;c \"d\".txt",
                      .file = "bytes\r\n--b-\r\n\r\n--b",
                      .state = FormReader::State::ended,
                      .has_file = true};
  for (std::size_t size = 1; size <= form.size(); ++size) {
    INFO(size);
    CHECK(read_in_pieces(form, size) == expected);
  }
}

TEST_CASE("A form that ends early is not whole") {
  const std::size_t file_ends = form.find("\r\n--b-1\r\nContent-Disposition: form-data; name=\"after\"") + 7;
  for (std::size_t size = 0; size < file_ends; ++size) {
    INFO(size);
    CHECK(read_in_pieces(form.substr(0, size), 1024).state != FormReader::State::ended);
  }
}

TEST_CASE("An empty file is a file") {
  const Read read =
      read_in_pieces("--b-1\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\r\n--b-1--\r\n", 3);
  CHECK(read.state == FormReader::State::ended);
  CHECK(read.has_file);
  CHECK(read.file.empty());
  CHECK(read.filename == std::nullopt);
}

namespace {

std::string part(const std::string& head, const std::string& value) {
  return "--b-1\r\n" + head + "\r\n\r\n" + value + "\r\n";
}

std::string field(const std::string& name, const std::string& value) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", value);
}

const std::string file = field("file", "bytes") + "--b-1--\r\n";

std::string repeated(const std::string& text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  return all;
}

}  // namespace

TEST_CASE("What stands before a file is bounded, whatever it is") {
  struct Case {
    const char* what;
    std::string form;
  };
  constexpr std::size_t most = limits::max_form_bytes_before_file;
  const auto c = GENERATE_REF(values<Case>({
      {"a preamble that doesn't end", std::string(most + 1, 'x')},
      {"a preamble of line ends", repeated("\r\n", most + 1)},
      {"a preamble of almost delimiters", repeated("\r\n--b-", most + 1)},
      {"a head that doesn't end", "--b-1\r\n" + std::string(most, 'h')},
      {"a head of many lines", "--b-1\r\n" + repeated("a: b\r\n", most)},
      {"a name that doesn't end",
       "--b-1\r\nContent-Disposition: form-data; name=\"" + std::string(most, 'n')},
      {"a long name", field(std::string(most, 'n'), "v")},
      {"a value that doesn't end", field("a", std::string(most, 'v'))},
      {"a value of almost delimiters", field("a", repeated("\r\n--b-", most))},
      {"many fields", repeated(field("a", ""), most + 1)},
      {"many fields of long names", repeated(field(std::string(500, 'n'), ""), most + 1)},
      {"a long head of the file",
       part("Content-Disposition: form-data; name=\"file\"; filename=\"" + std::string(most, 'f') + '"', "")},
  }));
  INFO(c.what);
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, c.form.size()}) {
    CHECK(read_in_pieces(c.form, size).state == FormReader::State::too_large);
  }
}

TEST_CASE("As many bytes as allowed may stand before a file, and not one more") {
  constexpr std::size_t most = limits::max_form_bytes_before_file;
  const std::size_t around = field("a", "").size() + file.find("bytes");
  const auto form_of = [&](std::size_t bytes) { return field("a", std::string(bytes, 'v')) + file; };
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, most * 2}) {
    INFO(size);
    CHECK(read_in_pieces(form_of(most - around), size).has_file);
    CHECK(read_in_pieces(form_of(most - around + 1), size).state == FormReader::State::too_large);
  }
}

TEST_CASE("A file may hold what looks almost like the end of it") {
  for (const char* almost :
       {"\r", "\r\n", "\r\n--", "\r\n--b-", "\r\r\n--b", "\r\n\r\n--b-2", "\r\n--b\r\n--b-"}) {
    const std::string bytes = repeated(almost, 100) + "end";
    const std::string form = field("key", "k") + field("file", bytes) + "--b-1--";
    for (std::size_t size = 1; size < 40; ++size) {
      INFO(almost << " in pieces of " << size);
      const Read read = read_in_pieces(form, size);
      CHECK(read.file == bytes);
      CHECK(read.has_file);
    }
  }
}

TEST_CASE("A part's head that two readers could read differently is malformed") {
  const std::string disposition = "Content-Disposition: form-data; name=";
  for (const std::string& head : {
           disposition + "\"a\nset-cookie: b\"",                        // a line feed in a name
           disposition + "\"a\rb\"",                                    // a carriage return
           disposition + std::string("\"a\0b\"", 5),                    // NUL
           disposition + "\"a\x1b[2J\"",                                // a terminal's escape
           disposition + "a\r\n" + disposition + "b",                   // two dispositions
           disposition + "a; name=b",                                   // two names
           disposition + "\"a",                                         // a quotation that doesn't end
           disposition + "file; filename=a; filename=b",                // two names of the file
           std::string("Content-Disposition: form-data"),               // none
           std::string("Content-Type: text/plain"),                     // no disposition
           std::string("Content-Disposition: attachment; name=a"),      // another one
           std::string("nonsense"),
       }) {
    INFO(head);
    CHECK(read_in_pieces(part(head, "v") + file, 1024).state == FormReader::State::malformed);
  }
}

TEST_CASE("The boundary is told by the content type") {
  CHECK(server::form_boundary("multipart/form-data; boundary=x") == "x");
  CHECK(server::form_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\"") == "a b");
  for (const char* type :
       {"", "text/plain; boundary=x", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a\rb\"",
        "multipart/form-data; "
        "boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"}) {
    CHECK(server::form_boundary(type) == std::nullopt);
  }
}
