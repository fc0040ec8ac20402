#pragma once
/// Changes to requests and answers in passing.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/headers.h>

#include "http/message.h"

namespace partsmith::test {

/// Streamed bodies are read into a text, up to 64 MiB.
std::string& text_body(server::Response& response);

bool has_element(const std::string& xml, std::string_view name);
/// Every element of that name, with its content.
void drop_elements(std::string& xml, std::string_view name);
/// Another text in every such element that has no children: true and false change places, numbers grow by
/// one.
void change_elements(std::string& xml, std::string_view name);
/// The first such element stands where the last did, and so on.
void reverse_elements(std::string& xml, std::string_view name);
/// The last of them only.
void drop_last_element(std::string& xml, std::string_view name);
void replace_all(std::string& text, std::string_view from, std::string_view to);

std::string changed_text(std::string_view text);

/// The request signed anew for what it has become, with the keys of the tests. One that isn't signed in its
/// header, or whose body's chunks are signed, stays as it is.
void sign_again(server::Request& request);
void drop_parameter(server::Request& request, std::string_view name);
void set_parameter(server::Request& request, std::string_view name, std::string_view value);

}  // namespace partsmith::test
