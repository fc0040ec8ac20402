// What a request is made of before anybody knows who sent it: its head, its target, its query, a form's body,
// the chunks of an aws-chunked one.

#include <algorithm>
#include <array>

#include <partsmith/protocol/uri.h>

#include "addressing.h"
#include "aws_chunked_twin.h"
#include "forms/form_reader.h"
#include "harness.h"
#include "http/head.h"

namespace partsmith::fuzz {
namespace {

void head(std::string_view input) {
  server::HeadScanner at_once;
  const auto whole = at_once.scan(input);
  // However it arrives, the head ends at the same byte, and is refused at the same one.
  server::HeadScanner by_pieces;
  for (std::size_t size = 0; size <= input.size(); size += 1 + size % 7) {
    const auto part = by_pieces.scan(input.substr(0, size));
    if (!part) return must(!whole, "a head that is refused in pieces is refused at once");
    if (*part) return must(whole && *whole == *part, "a head ends where it ends in pieces");
  }
  if (!whole || !*whole) return;
  must(**whole <= input.size(), "a head ends in what has come");
  const auto parsed = server::parse_head(input.substr(0, **whole));
  if (!parsed) return;
  must(!parsed->method.empty() && !parsed->target.empty(), "a head has a method and a target");
  for (const auto& [name, value] : parsed->headers) {
    must(!name.empty() && name.find_first_of(" \t\r\n:") == std::string::npos, "a header's name is one");
    must(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a value is one line");
  }
}

std::vector<std::string> head_seeds() {
  return {"GET /films/gopher.mp4?partNumber=3 HTTP/1.1\r\nHost: localhost:9000\r\nRange: bytes=0-9\r\n\r\n",
          "PUT /films/k HTTP/1.1\r\nHost: films.s3.localhost\r\nContent-Length: 12\r\nExpect: "
          "100-continue\r\n\r\n",
          "PUT /films/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, "
          "close\r\n\r\n",
          "GET http://localhost:9000/films?uploads HTTP/1.0\r\nx-amz-meta-a:\tb \r\nx-amz-meta-a: c\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: [::1]:9000\r\n\r\n"};
}

void target(std::string_view input) {
  Input in(input);
  const std::string_view host = in.line();
  const std::string_view text = in.line();
  static_cast<void>(server::bucket_of_host(host));
  const auto address = server::address_of(host, text);
  if (!address) return;
  must(address->raw_path.size() + address->raw_query.size() <= text.size(),
       "path and query are the target's");
  must(address->bucket.size() + address->key.size() <= host.size() + text.size(), "names don't grow");
}

std::vector<std::string> target_seeds() {
  return {"localhost:9000\n/films/gopher%20one.mp4?versionId=null&partNumber=1",
          "films.s3.localhost\n/a/../b//c%2Fd?uploads", "films.s3.eu-west-1.amazonaws.com\n/",
          "127.0.0.1\n/films?acl", "[::1]:9000\n/films/%C3%A4?X-Amz-Expires=10"};
}

void query(std::string_view input) {
  const auto decoded = protocol::percent_decode(input);
  if (decoded) must(decoded->size() <= input.size(), "decoding makes nothing longer");
  for (const auto slash : {protocol::Slash::keep, protocol::Slash::encode}) {
    must(protocol::percent_decode(protocol::uri_encode(input, slash)) == input, "what is encoded is decoded");
  }
  const auto parsed = protocol::Query::parse(input);
  if (!parsed) return;
  std::string again;
  for (const auto& parameter : parsed->parameters()) {
    if (!again.empty()) again += '&';
    again += protocol::uri_encode(parameter.name, protocol::Slash::encode);
    if (parameter.has_value) again += '=' + protocol::uri_encode(parameter.value, protocol::Slash::encode);
    must(parsed->has(parameter.name), "a parameter that is there is found");
  }
  const auto second = protocol::Query::parse(again);
  must(second.has_value(), "what was parsed can be written and parsed again");
  must(second->parameters().size() <= parsed->parameters().size(), "and has no more parameters then");
}

std::vector<std::string> query_seeds() {
  return {"uploads", "list-type=2&prefix=a%2Fb&delimiter=/&max-keys=10&start-after=", "a=b&a=c&&=d&e",
          "response-content-disposition=attachment%3B%20filename%3D%22a+b%22", "%C3%A4=%00"};
}

/// What reading a form came to.
struct Form {
  server::FormReader::State state = server::FormReader::State::reading;
  bool has_file = false;
  server::FormReader::State ended_with{};
  std::string seen;

  bool operator==(const Form&) const = default;
};

Form read_form(const std::string& boundary, std::string_view body, std::size_t piece) {
  Form form;
  server::FormReader reader(boundary, {.field =
                                           [&](const std::string& name, const std::string& value) {
                                             form.seen += "field " + name + "=" + value + "\n";
                                             return name != "stop";
                                           },
                                       .file =
                                           [&](const std::optional<std::string>& name) {
                                             form.seen += "file " + name.value_or("(none)") + "\n";
                                             return true;
                                           },
                                       .bytes =
                                           [&](ByteView bytes) {
                                             form.seen += as_text(bytes);
                                             return true;
                                           }});
  while (!body.empty() && form.state == server::FormReader::State::reading) {
    form.state = reader.feed(as_bytes(body.substr(0, piece)));
    body.remove_prefix(std::min(piece, body.size()));
  }
  form.has_file = reader.has_file();
  return form;
}

void form(std::string_view input) {
  Input in(input);
  const std::size_t piece = 1 + in.number(50);
  const auto boundary = server::form_boundary(in.line());
  if (!boundary) return;
  const Form whole = read_form(*boundary, in.rest(), in.rest().size() + 1);
  must(whole.seen.size() <= 2 * input.size() + 64, "a form gives no more than it has");
  const Form pieces = read_form(*boundary, in.rest(), piece);
  must(pieces.has_file == whole.has_file, "a form has a file, whatever pieces it comes in");
  must((pieces.state == server::FormReader::State::malformed) ==
           (whole.state == server::FormReader::State::malformed),
       "a form is malformed, whatever pieces it comes in");
  if (whole.state != server::FormReader::State::malformed &&
      whole.state != server::FormReader::State::too_large) {
    must(pieces.seen == whole.seen, "a form has the same fields, whatever pieces it comes in");
  }
}

std::vector<std::string> form_seeds() {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nfilms/${filename}\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"policy\"\r\nContent-Type: text/plain\r\n\r\ne30=\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a "
      "\\\"b\\\".txt\"\r\n\r\nbytes\r\n--b--\r\n";
  return {"\x01multipart/form-data; boundary=b\n" + body, "\x07multipart/form-data; boundary=\"b\"\n" + body,
          "\x30multipart/form-data; charset=utf-8; boundary=b\npreamble\r\n" + body + "epilogue"};
}

void aws_chunked(std::string_view input) {
  namespace chunked = protocol::chunked;
  Input in(input);
  const auto form =
      std::array{chunked::unsigned_trailer, chunked::signed_plain, chunked::signed_trailer}[in.number(2)];
  std::vector<std::size_t> cuts;
  for (auto count = in.number(7); count > 0; --count) cuts.push_back(1 + in.number(255));
  const std::string_view body = in.rest();
  const auto whole = chunked::decode(form, chunked::signing_for(form), body);
  must(whole.data.size() <= body.size(), "a body has no more data than bytes");
  must(chunked::decode(form, chunked::signing_for(form), body, cuts) == whole, "pieces make no difference");
  if (form.signed_chunks) return;
  const auto plain = chunked::decode_plainly(body);
  must(plain.has_value() == !whole.error, "the decoder takes what its plain twin takes");
  if (plain) must(whole == *plain, "the decoder says what its plain twin says");
}

std::vector<std::string> aws_chunked_seeds() {
  namespace chunked = protocol::chunked;
  std::vector<std::string> seeds;
  char number = 0;
  for (const auto form : {chunked::unsigned_trailer, chunked::signed_plain, chunked::signed_trailer}) {
    protocol::AwsChunkedEncoder encoder(form, chunked::signing_for(form));
    protocol::Headers trailers;
    if (form.trailer) trailers.add("x-amz-checksum-crc32", "NhCmhg==");
    std::string seed{number++, 2, 5, 90};
    seed += encoder.chunk(as_bytes("123456789"));
    seeds.push_back(seed + encoder.last(trailers));
  }
  seeds.emplace_back(
      "\0\0"
      "9;ext=1\r\n123456789\r\n0\r\n\r\n",
      28);
  return seeds;
}

}  // namespace

const std::vector<Harness> request_parsers{{"head", 4'096, head, head_seeds},
                                           {"target", 1'024, target, target_seeds},
                                           {"query", 1'024, query, query_seeds},
                                           {"form", 4'096, form, form_seeds},
                                           {"aws-chunked", 4'096, aws_chunked, aws_chunked_seeds}};

}  // namespace partsmith::fuzz
