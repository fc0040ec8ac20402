#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

#include "control/answers.h"
#include "control/endpoints.h"
#include "journal/entry_text.h"
#include "journal/expectation.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_entries = 1'000;  ///< of one answer, unless `limit` says fewer or more

/// The query as a filter: everything but `world`, `limit` and `format`.
std::expected<JournalFilter, std::string> filter_of(const protocol::Query& query) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& one : query.parameters()) {
    if (one.name != "world" && one.name != "limit" && one.name != "format") object[one.name] = one.value;
  }
  return parse_filter(object);
}

}  // namespace

Response read_journal(const Asked& asked) {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto filter = filter_of(asked.query);
  if (!filter) return error_answer(400, filter.error());
  std::size_t limit = most_entries;
  if (const auto text = asked.query.get("limit")) {
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), limit);
    const bool more_than_all = parsed.ec == std::errc::result_out_of_range;
    if (more_than_all) limit = std::numeric_limits<std::size_t>::max();
    if ((parsed.ec != std::errc() && !more_than_all) || parsed.ptr != text->data() + text->size())
      return error_answer(400, "\"limit\" must be a whole number");
  }
  const std::string_view format = asked.query.get("format").value_or("json");
  if (format != "json" && format != "har") return error_answer(400, "\"format\" is json or har");
  const auto entries = asked.world->journal->entries(*filter, limit);
  if (format == "har") {
    return json_text_answer(to_har(entries, asked.server.version));
  }
  Json list = Json::array();
  for (const auto& entry : entries) list.push_back(to_json(entry));
  return json_answer({{"last_id", asked.world->journal->last_id()}, {"entries", std::move(list)}});
}

Response clear_journal(const Asked& asked) {
  if (asked.world->journal) asked.world->journal->clear();
  return empty_answer();
}

/// A line of JSON for each entry as it comes, and an empty line every ten seconds.
Response stream_journal(const Asked& asked) {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto filter = filter_of(asked.query);
  if (!filter) return error_answer(400, filter.error());
  struct Stream {
    std::shared_ptr<Journal> journal;
    std::shared_ptr<Visit> visit;
    JournalFilter filter;
    std::stop_token stopping;
    std::string lines = {};

    std::string_view next() {
      constexpr std::size_t most = 1'000;
      constexpr std::chrono::seconds heartbeat{10};
      while (!stopping.stop_requested()) {
        lines.clear();
        std::uint64_t seen = journal->last_id();
        const auto entries = journal->entries(filter, most);
        for (const auto& entry : entries) {
          lines += to_json(entry).dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
        }
        // Entries that came while these were read are among them.
        if (!entries.empty() && (entries.size() == most || entries.back().id > seen))
          seen = entries.back().id;
        filter.after = seen;
        if (!lines.empty()) return lines;
        const Away away(visit->request.place);
        if (!journal->wait_for(filter.after, heartbeat, stopping))
          return stopping.stop_requested() ? "" : "\n";
      }
      return {};
    }
  };
  auto stream =
      std::make_shared<Stream>(asked.world->journal, asked.visit.shared_from_this(), *filter, asked.stopping);
  if (!asked.query.has("after")) stream->filter.after = stream->journal->last_id();
  Response response;
  response.headers.add("Content-Type", "application/x-ndjson");
  response.body = ChunkedBody{[stream] { return stream->next(); }};
  return response;
}

Response expect_in_journal(const Asked& asked) {
  if (!asked.world->journal) return error_answer(404, "this world keeps no journal");
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  const auto expectation = parse_expectation(document);
  if (!expectation) return error_answer(400, expectation.error());
  const Verdict verdict = judge(*asked.world->journal, *expectation);
  Json json = {{"holds", verdict.holds}, {"found", verdict.found}};
  if (!verdict.holds) json["text"] = verdict.text;
  return json_answer(json);
}

}  // namespace partsmith::server
