#pragma once
/// What must hold of an answer, in a form that a program can look at.

#include <string>

namespace partsmith::scripts {

/// By `about`:
/// "status": the status is `value`; "answer": status and code are, as "404 NoSuchKey"
/// "header is": `name` has that value; "header": it has, or is missing where `value` is empty; "has header";
/// "no header" "body"; "root": the document's root; "element": at the path `name` there is that text; "has
/// element"; "no element" "elements": `value` children of the root are called `name` "no excess": nothing
/// follows the answer to HEAD; "some answer": one came "then": the answer isn't the one that was found when
/// the claim was written, but for what each run makes anew "shown": a person has to look
struct Claim {
  std::string about;
  std::string name = {};
  std::string value = {};
};

}  // namespace partsmith::scripts
