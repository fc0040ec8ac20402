/// partsmith: a local S3 server made for the multipart protocol, and the harness that proves how an S3 server behaves.

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "conform.h"
#include "conform_options.h"
#include "serve.h"
#include "serve_options.h"

namespace {

int fail(const std::string& message, int code = EXIT_FAILURE) {
  fmt::print(stderr, "partsmith: {}\n", message);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("A local S3 server made for the multipart protocol", "partsmith");
  program.set_version_flag("--version", PARTSMITH_VERSION);
  program.require_subcommand(1);
  partsmith::cli::ServeOptions serve_options;
  CLI::App* serve = partsmith::cli::add_serve(program, serve_options);
  partsmith::cli::ConformOptions conform_options;
  CLI::App* conform = partsmith::cli::add_conform(program, conform_options);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    // 1 means that a check failed: CI jobs tell that from a mistyped flag.
    const int code = program.got_subcommand(conform) ? partsmith::cli::conform_trouble : EXIT_FAILURE;
    return fail(fmt::format("{} (partsmith --help tells more)", error.what()), code);
  }
  if (*serve) {
    if (const auto served = partsmith::cli::serve(serve_options); !served) return fail(served.error());
  }
  if (*conform) {
    const auto failed = partsmith::cli::conform(conform_options);
    return failed ? *failed : fail(failed.error(), partsmith::cli::conform_trouble);
  }
  return EXIT_SUCCESS;
}
