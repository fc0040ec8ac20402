/// Puts whose bodies come in chunks: docs/kinds/payloads.md, cell by cell.

#include <optional>

#include "checks/framing.h"

namespace partsmith::conformance::checks {
namespace {

using client::Payload;

// Bodies in chunks that nobody signed.

struct Stream {
  std::string id;
  std::string title;
  std::string body;
  std::optional<Refusal> refusal = {};
  HeaderPairs headers = {};
  std::string encoding = {};
  std::size_t length = framed_content.size();
};

std::string chunk(const std::string& text, const std::string& end = "\r\n") {
  constexpr const char* digits = "0123456789abcdef";
  std::string size;
  for (auto rest = text.size(); rest > 0; rest /= 16) size.insert(size.begin(), digits[rest % 16]);
  return (size.empty() ? "0" : size) + end + text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

const std::string crlf = "\r\n";

std::vector<Stream> streams() {
  const auto open = chunk(framed_content) + crlf + chunk("");
  const auto whole = open + crlf;
  const auto glued = chunk(framed_content) + chunk("");
  const auto bare = "x-amz-checksum-crc32: " + crc32_of(framed_content);
  const auto line = bare + crlf;
  const auto wrong = "x-amz-checksum-crc32: " + crc32_of(other_content) + crlf;
  const HeaderPairs crc32{{"x-amz-trailer", "x-amz-checksum-crc32"}};
  return {
      {"raw", "A body without chunks", framed_content, incomplete},
      {"whole", "A body in chunks without a trailer", whole},
      {"nothing-behind", "A last chunk's line and nothing behind it", open},
      {"cr-behind", "A last chunk's line and a CR", whole.substr(0, whole.size() - 1), incomplete},
      {"no-last-chunk", "A body without a last chunk", chunk(framed_content) + crlf, incomplete},
      {"empty-chunk-within", "An empty chunk that isn't the last",
       chunk(framed_content.substr(0, 4)) + crlf + whole.substr(whole.size() - 5) +
           chunk(framed_content.substr(4)) + crlf + whole.substr(whole.size() - 5),
       wrong_length("4")},
      {"too-many-bytes", "Chunks of more bytes than stated",
       chunk(framed_content + framed_content) + crlf + chunk("") + crlf, wrong_length("64")},
      {"lf", "Lines that end with LF", replaced(whole, crlf, "\n"), incomplete},
      {"cr", "Lines that end with CR", replaced(whole, crlf, "\r"), incomplete},
      {"glued", "Chunks without their CRLF", glued, incomplete, {}, {}, glued.size()},
      {"header",
       "A body in chunks whose checksum is in a header",
       whole,
       {},
       {{"x-amz-checksum-crc32", crc32_of(framed_content)}}},
      {"wrong-header",
       "A body in chunks that isn't that of the checksum in a header",
       whole,
       bad_crc32,
       {{"x-amz-checksum-crc32", crc32_of(other_content)}}},
      {"no-trailer", "An announced trailer that doesn't come", whole, bad_trailer, crc32},
      {"trailer", "A trailer", open + line + crlf, {}, crc32},
      {"trailer-alone", "A trailer without an empty line behind it", open + line, {}, crc32},
      {"trailer-and-bytes",
       "A trailer with anything behind the empty line",
       open + line + crlf + "\xff\xde\xad",
       {},
       crc32},
      {"trailer-and-another-behind",
       "A trailer with another behind the empty line",
       open + line + crlf + "bonus: trailer" + crlf,
       {},
       crc32},
      {"empty-line-first", "An empty line before the trailer", whole + line, bad_trailer, crc32},
      {"trailer-lf", "A trailer that ends with LF", open + bare + "\n", incomplete, crc32},
      {"trailer-cr", "A trailer that ends with CR", open + bare + "\r", incomplete, crc32},
      {"trailer-open", "A trailer that doesn't end", open + bare, incomplete, crc32},
      {"trailer-and-another", "A trailer beside the announced one", open + line + "bonus: trailer" + crlf,
       bad_trailer, crc32},
      {"trailer-of-another-name",
       "Another trailer than announced",
       open + line,
       bad_trailer,
       {{"x-amz-trailer", "x-amz-checksum-crc32c"}}},
      {"wrong-then-right", "A wrong trailer and then the right one", open + wrong + line, {}, crc32},
      {"right-then-wrong", "The right trailer and then a wrong one", open + line + wrong, bad_crc32, crc32},
      {"trailer-of-a-word", "A trailer that is no checksum", open + "x-amz-checksum-crc32: none" + crlf,
       Refusal{400, "InvalidRequest", "Value for x-amz-checksum-crc32 trailing header is invalid."}, crc32},
      {"announced-comma",
       "A trailer announced with a comma behind it",
       open + line,
       {},
       {{"x-amz-trailer", "x-amz-checksum-crc32,"}}},
      {"announced-commas",
       "A trailer announced with two commas behind it",
       open + line,
       {},
       {{"x-amz-trailer", "x-amz-checksum-crc32,,"}}},
      {"announced-space",
       "A trailer announced beside a space",
       open + line,
       no_such_trailer,
       {{"x-amz-trailer", "x-amz-checksum-crc32, ,"}}},
      {"announced-comma-first",
       "A trailer announced behind a comma",
       open + line,
       no_such_trailer,
       {{"x-amz-trailer", ",x-amz-checksum-crc32"}}},
      {"announced-unknown",
       "An unknown trailer beside a checksum",
       open + line,
       no_such_trailer,
       {{"x-amz-trailer", "x-amz-checksum-crc32, x-amz-foo"}}},
      {"announced-two",
       "Two trailers",
       open + line,
       several,
       {{"x-amz-trailer", "x-amz-checksum-crc32, x-amz-checksum-sha256"}}},
      {"announced-md5",
       "Content-MD5 as a trailer",
       open + line,
       no_such_trailer,
       {{"x-amz-trailer", "content-md5"}}},
      {"encodings",
       "aws-chunked among other encodings, which are kept",
       whole,
       {},
       {{"Content-Encoding", "foo, aws-chunked, bar"}},
       "foo, bar"},
      {"encoding",
       "Another encoding alone, which is kept",
       whole,
       {},
       {{"Content-Encoding", "gzip"}},
       "gzip"},
  };
}

void add_stream(std::vector<Check>& checks, const Stream& row) {
  checks.push_back(quirk("object.chunks." + row.id,
                         row.title + (row.refusal ? " is " + row.refusal->code : " is taken"), tests_of_swift,
                         {row.refusal ? 1U : 2U, row.body.size() + framed_content.size()},
                         [row](CheckContext& c) {
                           auto request = putting(c, "object", row.body);
                           request.header(sha256_header, unsigned_stream)
                               .header("x-amz-decoded-content-length", std::to_string(row.length));
                           for (const auto& [name, value] : row.headers) request.header(name, value);
                           if (!request.headers.has("Content-Encoding"))
                             request.header("Content-Encoding", "aws-chunked");
                           auto answer = c.send(request);
                           if (row.refusal) {
                             expect(answer, *row.refusal);
                           } else {
                             expect_taken(c, answer, row.encoding);
                           }
                         }));
}

// Bodies in chunks that are signed, and then spoilt.

using Spoil = std::function<std::string(std::string)>;

struct Signed {
  std::string id;
  std::string title;
  Spoil spoil;
  std::optional<Refusal> refusal = {};
  Payload payload = Payload::signed_chunks;
};

std::vector<Signed> signed_streams() {
  const auto with = [](std::string from, std::string to) {
    return [=](std::string text) { return replaced(std::move(text), from, to); };
  };
  const auto without_from = [](std::string piece) {
    return [=](std::string text) { return text.substr(0, text.rfind(piece)); };
  };
  // What differs is in the signature, and told with what was to be signed.
  const Refusal missigned{403, "SignatureDoesNotMatch",
                          "The request signature we calculated does not match the signature you provided. "
                          "Check your key and signing method."};
  return {
      {"blanks", "Signed chunks with blanks around the parameter",
       with(";chunk-signature=", " ; chunk-signature = ")},
      {"no-last-chunk", "Signed chunks without the last one", without_from("0;chunk-signature="), incomplete},
      {"no-signatures", "Chunks that should be signed and aren't",
       [](const std::string&) { return chunk(framed_content) + crlf + chunk("") + crlf; }, incomplete},
      {"empty-signatures", "Chunks whose signatures are empty",
       [](const std::string&) {
         const std::string parameter = ";chunk-signature=\r\n";
         return chunk(framed_content, parameter) + crlf + chunk("", parameter) + crlf;
       },
       incomplete},
      {"wrong-signature", "A chunk's signature that is none",
       with(";chunk-signature=", ";chunk-signature=invalid"), missigned},
      {"other-parameter", "Another parameter before a chunk's signature",
       with(";chunk-signature=", ";extra=param;chunk-signature="), missigned},
      {"no-trailer-signature", "A trailer whose signature is missing",
       without_from("x-amz-trailer-signature"), incomplete, Payload::signed_chunks_trailer},
  };
}

void add_signed_stream(std::vector<Check>& checks, const Signed& row) {
  constexpr std::uint64_t framed = 500;
  checks.push_back(quirk("object.chunks.signed." + row.id,
                         row.title + (row.refusal ? " is " + row.refusal->code : " is taken"), tests_of_swift,
                         {row.refusal ? 1U : 2U, framed + framed_content.size()}, [row](CheckContext& c) {
                           auto request = putting(c, "object", framed_content);
                           request.payload = row.payload;
                           if (row.payload == Payload::signed_chunks_trailer)
                             request.trailer = ChecksumAlgorithm::crc32;
                           auto prepared = c.client().prepare(request);
                           prepared.body = row.spoil(whole_body(prepared.body));
                           auto answer = c.send(prepared, request.key);
                           if (row.refusal) {
                             expect(answer, *row.refusal);
                           } else {
                             expect_taken(c, answer);
                           }
                         }));
}

void small_chunks(CheckContext& c) {
  auto request = putting(c, "object", repeated("x", 2048));
  request.payload = Payload::signed_chunks;
  request.chunk_bytes = 1024;
  expect(c.send(request), {403,
                           "InvalidChunkSizeError",
                           "Only the last chunk is allowed to have a size less than 8192 bytes",
                           {{"Chunk", "2"}, {"BadChunkSize", "1024"}}});
}

}  // namespace

void add_object_chunks(std::vector<Check>& checks) {
  for (const auto& row : streams()) add_stream(checks, row);
  for (const auto& row : signed_streams()) add_signed_stream(checks, row);
  checks.push_back(quirk("object.chunks.signed.small", "Signed chunks of 1 KiB are InvalidChunkSizeError",
                         tests_of_swift, {1, 2600}, small_chunks));
}

}  // namespace partsmith::conformance::checks
