/// Mutations by rule: for each element, header, status and code of an answer, and each header and parameter
/// of a request.

#include <functional>
#include <map>
#include <stdexcept>

#include "edits.h"
#include "mutation.h"

namespace partsmith::test {
namespace {

using server::Request;
using server::Response;
using EditAnswer = void (*)(Response&, const std::string& item);
using EditRequest = void (*)(Request&, const std::string& item);

bool has_code(Response& response, const std::string& code) {
  return response.status >= 300 && text_body(response).find("<Code>" + code + "</Code>") != std::string::npos;
}

const std::map<std::string, EditAnswer, std::less<>>& answer_edits() {
  static const std::map<std::string, EditAnswer, std::less<>> edits{
      {"element-dropped", [](Response& r, const std::string& item) { drop_elements(text_body(r), item); }},
      {"element-changed", [](Response& r, const std::string& item) { change_elements(text_body(r), item); }},
      {"elements-reversed",
       [](Response& r, const std::string& item) { reverse_elements(text_body(r), item); }},
      {"last-element-dropped",
       [](Response& r, const std::string& item) { drop_last_element(text_body(r), item); }},
      {"header-dropped", [](Response& r, const std::string& item) { r.headers.remove(item); }},
      {"header-changed",
       [](Response& r, const std::string& item) {
         if (r.headers.has(item)) r.headers.set(item, changed_text(r.headers.value(item)));
       }},
      {"header-added",
       [](Response& r, const std::string& item) {
         if (r.status < 300 && !r.headers.has(item)) r.headers.add(item, "1");
       }},
      {"status-changed",
       [](Response& r, const std::string& item) {
         if (std::to_string(r.status) == item) r.status = r.status == 200 ? 202 : r.status == 404 ? 400 : 200;
       }},
      {"body-changed",
       [](Response& r, const std::string&) {
         auto& body = text_body(r);
         if (r.status < 300 && !body.empty()) body[body.size() / 2] ^= 1;
       }},
      {"body-cut",
       [](Response& r, const std::string&) {
         auto& body = text_body(r);
         if (r.status < 300 && !body.empty()) body.pop_back();
       }},
      {"code-changed",
       [](Response& r, const std::string& item) {
         if (has_code(r, item)) replace_all(text_body(r), "<Code>" + item + "<", "<Code>InternalError<");
       }},
      {"message-changed",
       [](Response& r, const std::string& item) {
         if (has_code(r, item)) change_elements(text_body(r), "Message");
       }},
      {"refusal-taken",
       [](Response& r, const std::string& item) {
         if (!has_code(r, item)) return;
         r.status = 200;
         text_body(r).clear();
       }},
  };
  return edits;
}

const std::map<std::string, EditRequest, std::less<>>& request_edits() {
  static const std::map<std::string, EditRequest, std::less<>> edits{
      {"header-ignored",
       [](Request& r, const std::string& item) {
         if (!r.headers.has(item)) return;
         r.headers.remove(item);
         sign_again(r);
       }},
      {"parameter-ignored",
       [](Request& r, const std::string& item) {
         const auto before = r.target;
         drop_parameter(r, item);
         if (r.target != before) sign_again(r);
       }},
  };
  return edits;
}

}  // namespace

std::optional<Rule> rule_by_name(std::string_view name) {
  const auto colon = name.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  const auto space = name.find(' ', colon + 2);
  if (space == std::string_view::npos) return std::nullopt;
  Rule rule{std::string(name.substr(0, colon)), std::string(name.substr(colon + 2, space - colon - 2)),
            std::string(name.substr(space + 1))};
  if (!answer_edits().contains(rule.kind) && !request_edits().contains(rule.kind)) return std::nullopt;
  return rule;
}

Mutation mutation_of(const Rule& rule) {
  Mutation mutation{rule.name(), {}, {}};
  if (const auto edit = answer_edits().find(rule.kind); edit != answer_edits().end()) {
    mutation.handle = [rule, change = edit->second] {
      return [rule, change](const Asked& asked, Request& request, const Next& next) {
        auto response = next(request);
        if (asked.operation == rule.operation) change(response, rule.item);
        return response;
      };
    };
    return mutation;
  }
  const auto edit = request_edits().find(rule.kind);
  if (edit == request_edits().end()) throw std::invalid_argument("no such edit: " + rule.kind);
  mutation.handle = [rule, change = edit->second] {
    return [rule, change](const Asked& asked, Request& request, const Next& next) {
      if (asked.operation == rule.operation) change(request, rule.item);
      return next(request);
    };
  };
  return mutation;
}

std::optional<Mutation> mutation_by_name(std::string_view name) {
  if (const auto rule = rule_by_name(name)) return mutation_of(*rule);
  for (auto& mutation : mutations_by_hand()) {
    if (mutation.name == name) return std::move(mutation);
  }
  return std::nullopt;
}

}  // namespace partsmith::test
