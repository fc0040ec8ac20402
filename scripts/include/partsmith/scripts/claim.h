#pragma once
/// What must hold of an answer, in a form that a program can look at.

#include <string>

namespace partsmith::scripts {

/// By `about`:
/// - "status": the status is `value`; "answer": status and code are, as "404 NoSuchKey"; "answer among": they
///   are one of those in the lines of `value`
/// - "header is": `name` has that value; "header": it has, or is missing where `value` is empty; "header
///   fits": its value has the form of `value`, where * stands for any text and # for a digit; "header isn't":
///   it is there and has another value; "header or none"; "header lacks": no `value` is in it; "header
///   lists": `value` is in it, among commas and in any letter case; "header midnight": it tells the first
///   midnight GMT that is `value` days ahead or more; "header named": one's name has the form of `value`,
///   letter case included; "has header"; "no header"
/// - "body"; "body fits", as above; "body at most": it has no more than `value` bytes; "body lacks": no
///   `value` is in it; "root": the document's root; "root text": its text;
///   "namespace": the root's namespace
/// - "element": at the path `name` there is that text; "element fits", "element isn't", "element or none", as
///   above; "element lacks": its text has no `value` in it; "element among": it is one of the lines of
///   `value`; "has element"; "no element"; "elements": there are `value` elements at the path `name`
/// - "texts": the elements at the paths `name`, between blanks, have the texts in the lines of `value`, in
///   their order (those of its children, joined by =, where it has some); "texts sorted": in any; "texts of
///   pages", "texts of pages sorted": those of all pages of a listing, of which this is the last
/// - "together": of the answers to the requests at the same time, `value` have a status among `name`, as "409
///   412"; "together at least": so many or more
/// - "no excess": nothing follows the answer to HEAD; "some answer": one came
/// - "then": the answer that was found when the claim was written is wrong; a person has to look at any
///   other, but for what each run makes anew
/// - "shown": a person has to look
struct Claim {
  std::string about;
  std::string name = {};
  std::string value = {};
};

}  // namespace partsmith::scripts
