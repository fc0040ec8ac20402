/// What values of a listing's parameters mean: how a number is read, what is refused and with which words.

#include <algorithm>
#include <optional>

#include <partsmith/client/object_requests.h>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Listing {
  std::string family;
  Parameters parameters;
  std::string number;
  std::string told;                      ///< the element that tells the number
  std::string argument;                  ///< what Amazon S3 calls a number out of range
  std::string negative;                  ///< the message then
  std::string most = "2147483647";       ///< what is told of the largest number
  std::vector<std::string> elsewhere{};  ///< values that other checks have
};

const std::vector<Listing>& listings() {
  static const std::string range = " must be an integer between 0 and 2147483647";
  static const std::vector<Listing> all{
      {.family = "object.list.",
       .parameters = {{"list-type", "2"}},
       .number = "max-keys",
       .told = "MaxKeys",
       .argument = "maxKeys",
       .negative = "Argument maxKeys" + range,
       .elsewhere = {"negative", "word", "huge", "1001"}},
      {.family = "object.list-v1.",
       .parameters = {},
       .number = "max-keys",
       .told = "MaxKeys",
       .argument = "maxKeys",
       .negative = "Argument maxKeys" + range},
      {.family = "versions.list.",
       .parameters = {{"versions", ""}},
       .number = "max-keys",
       .told = "MaxKeys",
       .argument = "max-keys",
       .negative = "max-keys cannot be negative",
       .elsewhere = {"negative"}},
      {.family = "multipart.list-uploads.",
       .parameters = {{"uploads", ""}},
       .number = "max-uploads",
       .told = "MaxUploads",
       .argument = "max-uploads",
       .negative = "Argument max-uploads" + range,
       .most = "1000",
       .elsewhere = {"negative", "word", "huge", "1001"}},
  };
  return all;
}

client::S3Request list(const CheckContext& c, const Parameters& parameters) {
  auto request = of_bucket("GET", c.bucket());
  for (const auto& [name, value] : parameters) request.parameter(name, value);
  request.parameter("prefix", c.prefix());
  return request;
}

Parameters with(Parameters parameters, const Parameters& more) {
  parameters.insert(parameters.end(), more.begin(), more.end());
  return parameters;
}

struct Number {
  std::string name;
  std::string value;
  std::string means;  ///< what is told; of a refused one its ArgumentValue
  enum { read, out_of_range, none } kind = read;
};

const std::vector<Number>& numbers() {
  static const std::vector<Number> all{
      {"empty", "", "1000"},
      {"minus-zero", "-0", "0"},
      {"many-zeros", "00000000000000000000000000000000000000007", "7"},
      {"1001", "1001", "1001"},
      {"largest", "2147483647", "2147483647"},
      {"negative", "-1", "-1", Number::out_of_range},
      {"smallest", "-2147483648", "-2147483648", Number::out_of_range},
      {"minus-and-zero", "-01", "-1", Number::out_of_range},
      {"too-large", "2147483648", "2147483648", Number::none},
      {"huge", "99999999999", "99999999999", Number::none},
      {"too-small", "-2147483649", "-2147483649", Number::none},
      {"word", "many", "many", Number::none},
      {"plus", "+5", "+5", Number::none},
      {"space-before", " 5", " 5", Number::none},
      {"space-behind", "5 ", "5 ", Number::none},
      {"fraction", "1.0", "1.0", Number::none},
      {"hexadecimal", "0x5", "0x5", Number::none},
  };
  return all;
}

Check number(const Listing& listing, const Number& row) {
  const auto id = listing.family + listing.number + '-' + row.name;
  const auto asked = listing.number + "=" + row.value;
  if (row.kind == Number::read) {
    const auto told = std::min(row.means, listing.most, [](const auto& one, const auto& other) {
      return std::stoul(one) < std::stoul(other);
    });
    return quirk(id, asked + " is " + told, measured_by_backlot, {1}, [=](CheckContext& c) {
      c.send(list(c, with(listing.parameters, {{listing.number, row.value}})))
          .status(200)
          .element(listing.told, told);
    });
  }
  return quirk(id, asked + " is InvalidArgument", measured_by_backlot, {1}, [=](CheckContext& c) {
    auto answer = c.send(list(c, with(listing.parameters, {{listing.number, row.value}})));
    answer.error(400, "InvalidArgument");
    if (row.kind == Number::none) {
      answer.message("Provided " + listing.number + " not an integer or within integer range")
          .field("ArgumentName", listing.number)
          .field("ArgumentValue", row.means);
      return;
    }
    answer.message(listing.negative).field("ArgumentName", listing.argument);
    if (listing.family != "versions.list.") answer.field("ArgumentValue", row.means);
  });
}

/// The first of two is the one that is read.
Check first_of_two(const Listing& listing, const std::string& name, const std::string& good,
                   const std::string& bad, const std::string& told) {
  return quirk(listing.family + name + "-twice", "Of two of " + name + " the first one counts",
               measured_by_backlot, {1}, [=](CheckContext& c) {
                 c.send(list(c, with(listing.parameters, {{name, good}, {name, bad}})))
                     .status(200)
                     .element(told, good);
               });
}

/// A list of this bucket that is refused for one of its parameters.
struct Refused {
  std::string id;
  std::string title;
  Parameters parameters;
  std::string message;
  std::string argument;
  std::optional<std::string> value{};
};

std::vector<Refused> refused() {
  const std::string only_v2 = " only supported in REST.GET.BUCKET with list-type=2";
  return {
      {"object.list-v1.token-empty",
       "A continuation-token, though empty, is refused: it belongs to the new listing",
       {{"continuation-token", ""}},
       "continuation-token" + only_v2,
       "continuation-token"},
      {"object.list-v1.token",
       "A continuation-token is refused: it belongs to the new listing",
       {{"continuation-token", "x"}},
       "continuation-token" + only_v2,
       "continuation-token"},
      {"object.list-v1.start-after-empty",
       "start-after, though empty, is refused: it belongs to the new listing",
       {{"start-after", ""}},
       "startAfter" + only_v2,
       "start-after"},
      {"object.list-v1.start-after",
       "start-after is refused: it belongs to the new listing",
       {{"start-after", "b"}},
       "startAfter" + only_v2,
       "start-after"},
      {"object.list-v1.start-after-and-token",
       "Of both the token is named",
       {{"start-after", "b"}, {"continuation-token", "x"}},
       "continuation-token" + only_v2,
       "continuation-token"},
      {"object.list.marker-of-a-key",
       "A marker is refused: it belongs to the old listing",
       {{"list-type", "2"}, {"marker", "b"}},
       "Marker unsupported with REST.GET.BUCKET in list-type=2",
       "marker"},
      {"object.list.token-of-none",
       "A token that no page gave is InvalidArgument",
       {{"list-type", "2"}, {"continuation-token", "garbage"}},
       "The continuation token provided is incorrect",
       "continuation-token"},
      {"versions.list.empty-marker-alone",
       "An empty version-id-marker without a key-marker is InvalidArgument",
       {{"versions", ""}, {"version-id-marker", ""}},
       "A version-id marker cannot be specified without a key marker.",
       "version-id-marker",
       ""},
      {"versions.list.empty-marker",
       "An empty version-id-marker is InvalidArgument beside a key-marker too",
       {{"versions", ""}, {"key-marker", "b"}, {"version-id-marker", ""}},
       "A version-id marker cannot be empty.",
       "version-id-marker",
       ""},
      {"versions.list.marker-in-capitals",
       "A version-id-marker of NULL is no version's",
       {{"versions", ""}, {"key-marker", "b"}, {"version-id-marker", "NULL"}},
       "Invalid version id specified",
       "version-id-marker",
       "NULL"},
      {"versions.list.marker-of-a-word",
       "A version-id-marker that is no version's is InvalidArgument",
       {{"versions", ""}, {"key-marker", "b"}, {"version-id-marker", "x"}},
       "Invalid version id specified",
       "version-id-marker",
       "x"},
      {"multipart.list-uploads.marker-of-a-word",
       "An upload-id-marker that is no upload's is InvalidArgument",
       {{"uploads", ""}, {"key-marker", "v"}, {"upload-id-marker", "x"}},
       "Invalid uploadId marker",
       "upload-id-marker",
       "x"},
  };
}

Check refusal(const Refused& row) {
  return quirk(row.id, row.title, measured_by_backlot, {1}, [row](CheckContext& c) {
    auto answer = c.send(list(c, row.parameters));
    answer.error(400, "InvalidArgument").message(row.message).field("ArgumentName", row.argument);
    if (row.value) answer.field("ArgumentValue", *row.value);
  });
}

/// Which of the two listings it is: by list-type, which is 2 or counts as absent.
Check listing_of_type(const std::string& name, const Parameters& types, bool v2) {
  return quirk("object.list-type." + name,
               std::string("list-type ") + name + (v2 ? " is the new listing" : " is the old listing"),
               measured_by_backlot, {1}, [=](CheckContext& c) {
                 auto answer = c.send(list(c, types));
                 answer.status(200).document("ListBucketResult");
                 if (v2) {
                   answer.element("KeyCount", "0").no_element("Marker");
                 } else {
                   answer.element("Name", c.bucket()).no_element("KeyCount");
                 }
               });
}

Check owner_where_asked(const std::string& value, bool told) {
  return quirk("object.list.fetch-owner-" + (value.empty()     ? "empty"
                                             : value == "TRUE" ? "capitals"
                                                               : value),
               "fetch-owner=" + value + (told ? " asks" : " doesn't ask") + " for the owner",
               measured_by_backlot, {2, 1}, [=](CheckContext& c) {
                 c.put("a", "1");
                 auto answer = c.send(list(c, {{"list-type", "2"}, {"fetch-owner", value}}));
                 answer.status(200).element("Contents/Key", c.key("a"));
                 if (told) {
                   answer.has_element("Contents/Owner");
                 } else {
                   answer.no_element("Contents/Owner");
                 }
               });
}

/// A list of a/1, a/2, b and c: an @ in a value stands for where the check's keys are.
struct Page {
  std::string id;
  std::string title;
  Parameters parameters;
  std::vector<std::string> keys;
  std::vector<std::string> groups{};
  Parameters told{};
  std::string untold{};
};

std::vector<Page> pages() {
  const std::vector<std::string> all{"a/1", "a/2", "b", "c"};
  std::vector<Page> table;
  for (const auto& listing : listings()) {
    if (listing.family == "multipart.list-uploads.") continue;
    const bool versions = listing.family == "versions.list.";
    table.push_back({listing.family + "prefix-twice",
                     "Of two prefixes the first one counts",
                     with(listing.parameters, {{"prefix", "@a/"}, {"prefix", "@zz"}}),
                     {"a/1", "a/2"},
                     {},
                     {{"Prefix", "@a/"}}});
    table.push_back(
        {listing.family + "delimiter-empty",
         std::string("An empty delimiter groups nothing, and is ") + (versions ? "" : "not ") + "told",
         with(listing.parameters, {{"prefix", "@"}, {"delimiter", ""}}),
         all,
         {},
         versions ? Parameters{{"Delimiter", ""}} : Parameters{},
         versions ? "" : "Delimiter"});
    if (listing.family == "object.list.") continue;
    const std::string marker = versions ? "key-marker" : "marker";
    table.push_back({listing.family + "marker-within-a-group",
                     "A marker within a common prefix passes the whole prefix over",
                     with(listing.parameters, {{"prefix", "@"}, {"delimiter", "/"}, {marker, "@a/1"}}),
                     {"b", "c"}});
    table.push_back({listing.family + "marker-of-nothing", "An empty marker passes nothing over",
                     with(listing.parameters, {{"prefix", "@"}, {marker, ""}}), all});
    table.push_back({listing.family + "next-behind-a-group",
                     "A page that ends in a common prefix is gone on behind it",
                     with(listing.parameters, {{"prefix", "@"}, {"delimiter", "/"}, {"max-keys", "1"}}),
                     {},
                     {"a/"},
                     {{"IsTruncated", "true"}, {versions ? "NextKeyMarker" : "NextMarker", "@a/"}},
                     versions ? "NextVersionIdMarker" : ""});
  }
  table.push_back({"object.list-v1.marker-twice",
                   "Of two markers the first one counts",
                   {{"prefix", "@"}, {"marker", "@b"}, {"marker", "@zz"}},
                   {"c"}});
  table.push_back({"object.list.start-after-empty",
                   "An empty start-after passes nothing over, and is told",
                   {{"list-type", "2"}, {"prefix", "@"}, {"start-after", ""}},
                   all,
                   {},
                   {{"StartAfter", ""}}});
  table.push_back({"versions.list.null-marker",
                   "A version-id-marker of null goes on behind the key's null version",
                   {{"versions", ""}, {"prefix", "@"}, {"key-marker", "@b"}, {"version-id-marker", "null"}},
                   {"c"}});
  return table;
}

Check page(const Page& row) {
  const auto level = row.id.ends_with("-twice") ? Level::quirk : Level::should;
  return of_level(level, row.id, row.title, measured_by_backlot, {5, 4}, [row](CheckContext& c) {
    const auto ours = [&](const std::string& text) {
      return text.starts_with('@') ? c.key(text.substr(1)) : text;
    };
    for (const auto* name : {"a/1", "a/2", "b", "c"}) c.put(name, "1");
    auto request = of_bucket("GET", c.bucket());
    for (const auto& [name, value] : row.parameters) request.parameter(name, ours(value));
    auto answer = c.send(request);
    const std::string entry = row.id.starts_with("versions.") ? "Version" : "Contents";
    answer.status(200).elements(entry, row.keys.size()).elements("CommonPrefixes", row.groups.size());
    const auto listed = [&](const std::string& element, const std::string& name,
                            const std::vector<std::string>& texts) {
      for (std::size_t i = 0; i < texts.size(); ++i)
        answer.element(element + '[' + std::to_string(i + 1) + "]/" + name, c.key(texts[i]));
    };
    listed(entry, "Key", row.keys);
    listed("CommonPrefixes", "Prefix", row.groups);
    for (const auto& [path, text] : row.told) answer.element(path, ours(text));
    if (!row.untold.empty()) answer.no_element(row.untold);
  });
}

/// Of buckets no number is told, and the range begins with 1.
std::vector<Check> of_buckets() {
  struct Row {
    std::string name;
    Parameters parameters;
    std::string message;
    std::string argument;
    std::optional<std::string> value{};
  };
  const std::string range = "Argument max-buckets must be an integer between 1 and 10000";
  const std::string none = "Provided max-buckets not an integer or within integer range";
  const std::vector<Row> table{
      {"zero", {{"max-buckets", "0"}}, range, "max-buckets", "0"},
      {"10001", {{"max-buckets", "2147483647"}}, range, "max-buckets", "2147483647"},
      {"negative", {{"max-buckets", "-1"}}, range, "max-buckets", "-1"},
      {"minus-zero", {{"max-buckets", "-0"}}, range, "max-buckets", "0"},
      {"minus-and-zero", {{"max-buckets", "-01"}}, range, "max-buckets", "-1"},
      {"too-large", {{"max-buckets", "2147483648"}}, none, "max-buckets", "2147483648"},
      {"word", {{"max-buckets", "many"}}, none, "max-buckets", "many"},
      {"plus", {{"max-buckets", "+5"}}, none, "max-buckets", "+5"},
      {"space-before", {{"max-buckets", " 5"}}, none, "max-buckets", " 5"},
      {"fraction", {{"max-buckets", "1.0"}}, none, "max-buckets", "1.0"},
      {"hexadecimal", {{"max-buckets", "0x5"}}, none, "max-buckets", "0x5"},
      {"token",
       {{"max-buckets", "1"}, {"continuation-token", "garbage"}},
       "The continuation token provided is incorrect",
       "continuation-token"},
      {"region-of-none",
       {{"max-buckets", "1"}, {"bucket-region", "us-east-9"}},
       "Argument value us-east-9 is not a valid AWS Region",
       "bucket-region"},
      {"region-of-nothing",
       {{"max-buckets", "1"}, {"bucket-region", ""}},
       "Argument value  is not a valid AWS Region",
       "bucket-region"},
  };
  std::vector<Check> checks;
  for (const auto& row : table) {
    checks.push_back(
        quirk("bucket.list.refused-" + row.name,
              "A list of buckets is refused for " + row.parameters.back().first + "=" +
                  row.parameters.back().second,
              measured_by_backlot, {1, longest_list / 15}, [row](CheckContext& c) {
                auto request = client::list_buckets();
                for (const auto& [name, value] : row.parameters) request.parameter(name, value);
                auto answer = c.send(request);
                answer.error(400, "InvalidArgument").message(row.message).field("ArgumentName", row.argument);
                if (row.value) answer.field("ArgumentValue", *row.value);
              }));
  }
  return checks;
}

}  // namespace

void add_listing_values(std::vector<Check>& checks) {
  for (const auto& listing : listings()) {
    for (const auto& row : numbers())
      if (std::ranges::find(listing.elsewhere, row.name) == listing.elsewhere.end())
        checks.push_back(number(listing, row));
    checks.push_back(first_of_two(listing, listing.number, "1", "many", listing.told));
    checks.push_back(first_of_two(listing, "encoding-type", "url", "value", "EncodingType"));
    checks.push_back(quirk(listing.family + "encoding-type-capitals",
                           "encoding-type=URL is url, and told as asked", measured_by_backlot, {1},
                           [listing](CheckContext& c) {
                             c.send(list(c, with(listing.parameters, {{"encoding-type", "URL"}})))
                                 .status(200)
                                 .element("EncodingType", "URL");
                           }));
  }
  for (const auto& row : refused()) checks.push_back(refusal(row));
  checks.push_back(listing_of_type("1", {{"list-type", "1"}}, false));
  checks.push_back(listing_of_type("0", {{"list-type", "0"}}, false));
  checks.push_back(listing_of_type("word", {{"list-type", "bogus"}}, false));
  checks.push_back(listing_of_type("1-and-2", {{"list-type", "1"}, {"list-type", "2"}}, false));
  checks.push_back(listing_of_type("2-and-1", {{"list-type", "2"}, {"list-type", "1"}}, true));
  for (const std::string value : {"", "false", "1", "bogus"})
    checks.push_back(owner_where_asked(value, false));
  checks.push_back(owner_where_asked("TRUE", true));
  for (const auto& row : pages()) checks.push_back(page(row));
  add_all(checks, of_buckets());
}

}  // namespace partsmith::conformance::checks
