/// Keys are names, not paths: what holds of a put's key holds of an upload's, of a copy's, and of one that a
/// file system would take for another.

#include <partsmith/protocol/xml.h>

#include "checks/again.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view naming = "user guide: Naming Amazon S3 objects";

struct Name {
  std::string id;
  std::string title;
  std::string key;
  std::string source;
};

/// Of NFC and NFD only the bytes differ.
constexpr std::string_view composed = "caf\xC3\xA9";
constexpr std::string_view decomposed = "cafe\xCC\x81";

/// Made in parts, completed, read, listed, under exactly that key.
Check of_upload(const Name& name) {
  return must("multipart.key." + name.id, name.title, name.source, {6, 8}, [name](CheckContext& c) {
    const auto upload = c.create(name.key);
    const auto part = c.part(upload, 1, "data");
    c.send(client::list_parts(upload)).status(200).element("Key", upload.key);
    c.complete(upload, {part}).element("Key", upload.key);
    c.send(c.get(name.key)).status(200).body("data");
    c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Key", upload.key);
  });
}

/// Two keys that are two, whatever else takes them for one.
struct Pair {
  std::string id;
  std::string title;
  std::string one;
  std::string other;
  std::string source;
};

void expect_both(CheckContext& c, const Pair& pair) {
  c.send(c.get(pair.one)).status(200).body("one");
  c.send(c.get(pair.other)).status(200).body("other");
  c.send(listing(c)).status(200).elements("Contents", 2);
}

Check two_puts(const Pair& pair) {
  return must("object.key.two." + pair.id, pair.title, pair.source, {5, 16}, [pair](CheckContext& c) {
    c.put(pair.one, "one");
    c.put(pair.other, "other");
    expect_both(c, pair);
  });
}

Check two_uploads(const Pair& pair) {
  return must("multipart.key.two." + pair.id, pair.title + " (of uploads)", pair.source, {9, 16},
              [pair](CheckContext& c) {
                const auto one = c.create(pair.one);
                const auto other = c.create(pair.other);
                const auto part_of_one = c.part(one, 1, "one");
                const auto part_of_other = c.part(other, 1, "other");
                c.complete(one, {part_of_one});
                c.complete(other, {part_of_other});
                expect_both(c, pair);
              });
}

Check two_copies(const Pair& pair) {
  return must("object.key.two-copies." + pair.id, pair.title + " (of copies)", pair.source, {7, 24},
              [pair](CheckContext& c) {
                c.put("sources-one", "one");
                c.put("sources-other", "other");
                c.send(copying(c, pair.one, source_of(c, "sources-one"))).status(200).required();
                c.send(copying(c, pair.other, source_of(c, "sources-other"))).status(200).required();
                c.send(c.get(pair.one)).status(200).body("one");
                c.send(c.get(pair.other)).status(200).body("other");
                c.send(listing(c)).status(200).elements("Contents", 4);
              });
}

client::S3Request deleting_many(const CheckContext& c, const std::string& name) {
  const auto document =
      "<Delete><Object><Key>" + protocol::xml_escaped(c.key(name)) + "</Key></Object></Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

/// A delete of the one leaves the other.
Check delete_one(const std::string& how, const Pair& pair, const std::string& deleted,
                 const std::string& left, int status,
                 std::function<client::S3Request(const CheckContext&, const std::string&)> ask) {
  return must("object.key.delete-" + how + '.' + pair.id,
              pair.title + " (when " +
                  (how == "many" ? "one is deleted as one of many" : "the " + how + " is deleted") + ')',
              pair.source, {5, 12}, [=](CheckContext& c) {
                c.put(pair.one, "one");
                c.put(pair.other, "other");
                c.send(ask(c, deleted)).status(status);
                c.send(c.get(deleted)).error(404, "NoSuchKey");
                c.send(c.get(left)).status(200).body(left == pair.one ? "one" : "other");
              });
}

std::vector<Name> names() {
  const std::string guide(naming);
  return {
      {"space", "A key with a space, through an upload", "a key", guide},
      {"plus", "A key with a plus sign", "a+b", guide},
      {"percent", "A key with a percent sign", "100%25", guide},
      {"trailing-slash", "A key that ends in a slash", "folder/", guide},
      {"two-slashes", "A key with two slashes", "a//b", guide},
      {"emoji", "A key beyond the basic plane", "\xF0\x9F\x98\x80.txt", guide},
      {"decomposed", "A key whose accent is a character of its own", std::string(decomposed), guide},
      {"question-mark", "A key with ?, # and =", "a?b#c=d", guide},
      {"segment-of-300", "A key with 300 characters between slashes", "a/" + repeated("x", 300) + "/b",
       guide},
      {"sub-resource", "A key like a sub-resource", "uploads&uploadId", guide},
  };
}

std::vector<Pair> pairs() {
  const std::string guide(naming);
  return {
      {"letter-case", "Keys that differ by letter case are two", "Photo", "photo",
       "recording: keys-are-case-sensitive; " + guide},
      {"object-and-folder", "A key and one below it are two", "a", "a/b", guide},
      {"slash-at-the-end", "A key with and without a slash at its end are two", "a", "a/", guide},
      {"slashes", "One slash and two make two keys", "a/b", "a//b", guide},
      {"composition", "An accented letter and a letter with an accent make two keys", std::string(composed),
       std::string(decomposed), guide},
      {"plus-and-space", "A plus sign and a space make two keys", "a+b", "a b", guide},
      {"percent", "A percent sequence and what it stands for make two keys", "a%20b", "a b", guide},
      {"space-at-the-end", "A key with and without a space at its end are two", "a", "a ", guide},
      {"dot-at-the-end", "A key with and without a dot at its end are two", "a", "a.", guide},
      {"backslash", "A slash and a backslash make two keys", "a/b", "a\\b", guide},
  };
}

}  // namespace

void add_again_keys(std::vector<Check>& checks) {
  for (const auto& name : names()) checks.push_back(of_upload(name));
  for (const auto& pair : pairs()) {
    checks.push_back(two_puts(pair));
    checks.push_back(two_uploads(pair));
    checks.push_back(two_copies(pair));
    const auto one = [](const CheckContext& c, const std::string& name) { return deleting(c, name); };
    checks.push_back(delete_one("one", pair, pair.other, pair.one, 204, one));
    checks.push_back(delete_one("other", pair, pair.one, pair.other, 204, one));
    checks.push_back(delete_one("many", pair, pair.other, pair.one, 200, deleting_many));
  }
  checks.push_back(should("object.key.segment-of-300", "A key with 300 characters between slashes",
                          std::string(naming), {2, 8}, [](CheckContext& c) {
                            const auto name = "a/" + repeated("x", 300) + "/b";
                            c.put(name, "data");
                            c.send(c.get(name)).status(200).body("data");
                          }));
  checks.push_back(should("object.key.dot-segment", "a/./b is a key of its own beside a/b",
                          "inferred: " + std::string(naming), {4, 16}, [](CheckContext& c) {
                            c.put("a/b", "one");
                            c.put("a/./b", "other");
                            c.send(c.get("a/b")).status(200).body("one");
                            c.send(c.get("a/./b")).status(200).body("other");
                          }));
}

}  // namespace partsmith::conformance::checks
