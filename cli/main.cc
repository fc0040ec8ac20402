/// partsmith: a local S3 server made for the multipart protocol, and the harness that proves how an S3 server behaves.

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "serve.h"
#include "serve_options.h"

namespace {

int fail(const std::string& message) {
  fmt::print(stderr, "partsmith: {}\n", message);
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("A local S3 server made for the multipart protocol", "partsmith");
  program.set_version_flag("--version", PARTSMITH_VERSION);
  program.require_subcommand(1);
  partsmith::cli::ServeOptions serve_options;
  CLI::App* serve = partsmith::cli::add_serve(program, serve_options);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(fmt::format("{} (partsmith --help tells more)", error.what()));
  }
  if (*serve) {
    if (const auto served = partsmith::cli::serve(serve_options); !served) return fail(served.error());
  }
  return EXIT_SUCCESS;
}
