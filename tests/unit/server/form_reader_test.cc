#include "forms/form_reader.h"

#include <vector>

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

TEST_CASE("The boundary is told by the content type") {
  CHECK(server::form_boundary("multipart/form-data; boundary=x") == "x");
  CHECK(server::form_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\"") == "a b");
  for (const char* type :
       {"", "text/plain; boundary=x", "multipart/form-data", "multipart/form-data; boundary="}) {
    CHECK(server::form_boundary(type) == std::nullopt);
  }
}
