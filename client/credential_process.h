#pragma once
/// Keys that a program prints. Source: AWS SDKs and Tools reference guide, "Process credential provider".

#include <expected>
#include <string>

#include <partsmith/protocol/sigv4.h>

namespace partsmith::client {

/// What `{"Version": 1, "AccessKeyId": …}` holds.
std::expected<protocol::sigv4::Credentials, std::string> read_process_credentials(const std::string& json);
/// Runs the command by the shell. The error is one line and shows nothing of what the program printed.
std::expected<protocol::sigv4::Credentials, std::string> credentials_of_process(const std::string& command);

}  // namespace partsmith::client
