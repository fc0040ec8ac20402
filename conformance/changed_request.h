#pragma once
/// Requests that a check changed after they were signed, or signed in an unusual way.

#include <partsmith/conformance/reproduction.h>
#include <partsmith/scripts/python_script.h>

#include "told_text.h"

namespace partsmith::conformance {

/// All of it; nothing for a stream, which is read once.
std::optional<std::string> text_of(const client::Body& body);

/// Adds to `script`, which is made of the request before it was changed, what was done to it. False where
/// that can't be said.
bool describe_changes(const SentStep& sent, const client::S3ClientOptions& options, ToldText& texts,
                      scripts::Step& script);

/// Of a form whose policy is signed: says in `script` how it is signed anew.
void describe_form(const SentStep& sent, const protocol::sigv4::Credentials& credentials,
                   const std::string& region, ToldText& texts, scripts::Step& script);

}  // namespace partsmith::conformance
