// The smaller pieces: upload ids, attributes as JSON, text bounds, leases by themselves.

#include "attributes_json.h"
#include "leases.h"
#include "listing.h"
#include "store_fixture.h"
#include "upload_ids.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("an upload id is 128 URL-safe characters, differs every time, and carries its number") {
  const FillRandom random = system_seams().random;
  std::set<std::string> seen;
  for (const std::int64_t number :
       {std::int64_t{1}, std::int64_t{2}, std::int64_t{255}, std::int64_t{1} << 40, INT64_MAX}) {
    for (int time = 0; time < 20; ++time) {
      const std::string id = make_upload_id(static_cast<ManifestId>(number), random).text();
      CHECK(id.size() == 128);
      CHECK(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
            std::string::npos);
      CHECK(manifest_of(id) == static_cast<ManifestId>(number));
      seen.insert(id.substr(0, 11));  // the number itself is masked
    }
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("what is no upload id is known as such") {
  std::string id = make_upload_id(ManifestId{7}, system_seams().random).text();
  CHECK_FALSE(manifest_of(""));
  CHECK_FALSE(manifest_of("abc"));
  CHECK_FALSE(manifest_of(std::string(128, 'A')));
  CHECK_FALSE(manifest_of(id + "A"));
  for (std::size_t at = 0; at < id.size(); at += 9) {
    std::string changed = id;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(manifest_of(changed));
  }
}

TEST_CASE("attributes come back from JSON byte by byte") {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  ObjectAttributes attributes;
  attributes.headers = {{"content-type", "text/plain"}, {"latin", "caf\xE9"}, {"utf-8", "caf\xC3\xA9"}};
  attributes.user_metadata = {
      {every_byte, every_byte}, {"", ""}, {"base64", "{\"base64\":\"eA==\"}"}, {"", "again"}};
  attributes.tags = {{"tag", "\xF0\x9F\x98\x80"}};
  attributes.storage_class = "DEEP_ARCHIVE";
  attributes.encryption = KmsEncryption{"aws:kms:dsse", "key", "context", true};
  attributes.acl = "public-read";
  attributes.restored_until = TimePoint(std::chrono::days(20'000));
  attributes.retention =
      Retention{Retention::Mode::compliance, TimePoint(std::chrono::milliseconds(1'790'000'000'123))};
  attributes.legal_hold = false;
  const auto back = attributes_from_json(to_json(attributes));
  REQUIRE(back);
  CHECK(back->acl == "public-read");
  CHECK(back->restored_until == attributes.restored_until);
  CHECK((back->retention == attributes.retention));
  CHECK(back->legal_hold == false);
  CHECK(back->headers == attributes.headers);
  CHECK(back->user_metadata == attributes.user_metadata);
  CHECK(back->tags == attributes.tags);
  CHECK(back->storage_class == attributes.storage_class);
  CHECK((back->encryption == attributes.encryption));
}

TEST_CASE("attributes keep how an object is encrypted") {
  const Encryption encryption =
      GENERATE(as<Encryption>{}, S3Encryption{}, KmsEncryption{},
               KmsEncryption{"aws:kms:dsse", "k", "c", true}, CustomerKeyEncryption{"md5"});
  ObjectAttributes attributes;
  attributes.encryption = encryption;
  const auto back = attributes_from_json(to_json(attributes));
  REQUIRE(back);
  CHECK((back->encryption == encryption));
}

TEST_CASE("text that is not the JSON of attributes is refused") {
  const std::string good = to_json(ObjectAttributes{});
  REQUIRE(attributes_from_json(good));
  CHECK_FALSE(attributes_from_json(good)->restored_until);
  for (const std::string& bad : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                                 std::string("{}"), good.substr(0, good.size() - 1), good + "x"}) {
    CHECK_FALSE(attributes_from_json(bad));
  }
}

TEST_CASE("the bound behind a prefix is the next text that does not begin with it") {
  CHECK(behind_prefix("a") == "b");
  CHECK(behind_prefix("a/") == "a0");
  CHECK(behind_prefix("a\x7F") == "a\x80");
  CHECK(behind_prefix("a\xFF") == "b");
  CHECK(behind_prefix("") == "\xFF");
  CHECK(behind_prefix("\xFF\xFF") == "\xFF");
  CHECK(behind_key("a") == std::string("a\0", 2));
}

TEST_CASE("a manifest that is held does not end, and is told to who lets go of it last") {
  Leases leases;
  const ManifestId manifest{1};
  const Leases::Opening opening(leases);
  REQUIRE(leases.hold(opening, manifest));
  REQUIRE(leases.hold(opening, manifest));
  CHECK_FALSE(leases.end(manifest));
  CHECK_FALSE(leases.mark_released(manifest));
  CHECK_FALSE(leases.drop(opening.number(), manifest));
  CHECK(leases.drop(opening.number(), manifest));
}

TEST_CASE("a manifest that was let go of before it was set aside is the writer's to reclaim") {
  Leases leases;
  const ManifestId manifest{1};
  const Leases::Opening opening(leases);
  REQUIRE(leases.hold(opening, manifest));
  CHECK_FALSE(leases.end(manifest));
  CHECK_FALSE(leases.drop(opening.number(), manifest));
  CHECK(leases.mark_released(manifest));
}

TEST_CASE("an opening that is older than a manifest's end is refused, and a younger one never asks") {
  Leases leases;
  const std::vector<ManifestId> manifest{ManifestId{1}};
  const Leases::Opening older(leases);
  REQUIRE(leases.end(manifest[0]));
  leases.resolve(manifest, true);
  CHECK_FALSE(leases.hold(older, manifest[0]));
  {
    const Leases::Opening younger(leases);
    CHECK_FALSE(leases.hold(older, manifest[0]));
  }
}

TEST_CASE("what was held before a store began anew is stale, and nobody's to reclaim") {
  Leases leases;
  const ManifestId manifest{1};
  const Leases::Opening older(leases);
  REQUIRE(leases.hold(older, manifest));
  CHECK_FALSE(leases.is_stale(older.number()));
  leases.start_anew();
  CHECK(leases.is_stale(older.number()));
  CHECK_FALSE(leases.hold(older, manifest));
  const Leases::Opening younger(leases);
  REQUIRE(leases.hold(younger, manifest));
  CHECK_FALSE(leases.drop(older.number(), manifest));
  CHECK_FALSE(leases.end(manifest));  // the younger one holds it
}

TEST_CASE("a manifest whose end was undone can be held again") {
  Leases leases;
  const std::vector<ManifestId> manifest{ManifestId{1}};
  const Leases::Opening opening(leases);
  REQUIRE(leases.end(manifest[0]));
  leases.resolve(manifest, false);
  CHECK(leases.hold(opening, manifest[0]));
}
