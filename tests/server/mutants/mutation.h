#pragma once
/// One thing that a server does wrong: a function around the service that answers requests. Nothing in the
/// server knows of it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/uri.h>

#include "http/message.h"

namespace partsmith::test {

/// What is known of a request before it is answered.
struct Asked {
  std::string operation;  ///< as in the table of operations; "none" when there is none
  protocol::Query query;
};

using Next = std::function<server::Response(server::Request&)>;
/// Answers a request, with or without the help of the right server.
using Handle = std::function<server::Response(const Asked&, server::Request&, const Next&)>;

struct Mutation {
  /// "UploadPart: header-dropped ETag" or, of those written by hand, a sentence.
  std::string name;
  /// Made anew for each server: it may remember things.
  std::function<Handle()> handle;
  /// Checks that could notice; empty: those that the survey finds.
  std::vector<std::string> only = {};
};

/// What an edit by rule changes of an operation.
struct Rule {
  std::string operation;
  std::string kind;  ///< one of edit_kinds()
  std::string item;  ///< name of a header, element or parameter; a status or an error code
  std::string name() const { return operation + ": " + kind + ' ' + item; }
};

std::optional<Rule> rule_by_name(std::string_view name);
/// Applied whenever the rule's operation is asked for. Throws std::invalid_argument for an unknown kind.
Mutation mutation_of(const Rule& rule);

/// Those that can't be said as a rule: servers that forget, mix up, or take what they must refuse.
std::vector<Mutation> mutations_by_hand();
/// Of these, servers that are right once, and not the second time; mutations_by_hand() has them, too.
std::vector<Mutation> mutations_of_second_instances();

/// By its name, of either sort.
std::optional<Mutation> mutation_by_name(std::string_view name);

}  // namespace partsmith::test
