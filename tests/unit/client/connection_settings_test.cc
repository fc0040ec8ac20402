#include <partsmith/client/connection_settings.h>

#include "catch.h"
#include "temporary_config.h"
#include "temporary_folder.h"

using namespace partsmith;
using namespace partsmith::client;
using test::TemporaryConfig;

namespace {

constexpr const char* config = R"(
# comment
[default]
region = eu-west-1
s3 =
  addressing_style = virtual

[profile local]
services = here
region = eu-west-2

[services here]
s3 =
    endpoint_url = http://127.0.0.1:9000
dynamodb =
    endpoint_url = http://127.0.0.1:8000

[profile process]
credential_process = printf '{"Version": 1, "AccessKeyId": "PK", "SecretAccessKey": "PS", "SessionToken": "PT"}'

[profile broken-process]
credential_process = echo secret-stuff; false

[profile role]
role_arn = arn:aws:iam::1:role/r
)";
constexpr const char* credentials = R"(
[default]
aws_access_key_id = DK
aws_secret_access_key = DS=with=equals

[local]
aws_access_key_id = LK
aws_secret_access_key = LS
aws_session_token = LT
)";

std::string keys_of(const std::expected<S3Connection, std::string>& connection) {
  if (!connection) return connection.error();
  const auto& keys = connection->options.credentials;
  return keys.access_key + '/' + keys.secret_key + '/' + keys.session_token;
}

}  // namespace

TEST_CASE("Keys come from the first place that has them, and from one place") {
  const TemporaryConfig files(config, credentials);
  using Variables = std::map<std::string, std::string>;
  const Variables aws{
      {"AWS_ACCESS_KEY_ID", "EK"}, {"AWS_SECRET_ACCESS_KEY", "ES"}, {"AWS_SESSION_TOKEN", "ET"}};
  const auto with = [&](std::string name, std::string value) {
    auto more = aws;
    more[name] = value;
    return more;
  };
  struct Case {
    ConnectionSettings said;
    Variables variables;
    std::string keys;
  };
  const Case cases[] = {
      {{}, {}, "DK/DS=with=equals/"},
      {{}, aws, "EK/ES/ET"},
      {{.access_key = "FK", .secret_key = "FS"}, aws, "FK/FS/"},
      {{.session_token = "FT"}, aws, "EK/ES/FT"},
      {{.profile = "local"}, aws, "LK/LS/LT"},
      {{}, with("AWS_PROFILE", "local"), "EK/ES/ET"},
      {{}, {{"AWS_PROFILE", "local"}}, "LK/LS/LT"},
      {{.profile = "process"}, {}, "PK/PS/PT"},
      {{.profile = "broken-process"}, {}, "credential_process of the profile: it failed"},
      {{.profile = "none"}, {}, "there is no profile 'none' in"},
      {{.profile = "role"}, {}, "role_arn, which is not supported"},
      {{.access_key = "FK"}, aws, "go together"},
      {{}, {{"AWS_ACCESS_KEY_ID", "EK"}}, "go together"},
      {{.anonymous = true}, aws, "//"},
      {{}, {{"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"}}, "no keys: give"},
  };
  for (const auto& one : cases) {
    const auto keys = keys_of(resolve_connection(one.said, files.environment(one.variables)));
    INFO(keys << " for " << one.keys);
    CHECK(keys.find(one.keys) != std::string::npos);
    CHECK(keys.find("secret-stuff") == std::string::npos);
  }
}

TEST_CASE("Endpoint, region and addressing come from the first place that has them") {
  const TemporaryConfig files(config, credentials);
  struct Case {
    ConnectionSettings said;
    std::map<std::string, std::string> variables;
    std::string url;
    std::string region;
    Addressing addressing;
  };
  const Case cases[] = {
      {{}, {}, "https://s3.eu-west-1.amazonaws.com", "eu-west-1", Addressing::virtual_hosted},
      {{.profile = "local"}, {}, "http://127.0.0.1:9000", "eu-west-2", Addressing::automatic},
      {{.profile = "local"},
       {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_REGION", "r1"}},
       "http://a",
       "r1",
       Addressing::automatic},
      {{.profile = "local"},
       {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_ENDPOINT_URL_S3", "http://b"}, {"AWS_DEFAULT_REGION", "r2"}},
       "http://b",
       "r2",
       Addressing::automatic},
      {{.endpoint = "https://c:1/", .region = "r3", .addressing = "path"},
       {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_REGION", "r1"}},
       "https://c:1",
       "r3",
       Addressing::path},
      {{.profile = "local"},
       {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
       "https://s3.eu-west-2.amazonaws.com",
       "eu-west-2",
       Addressing::automatic},
      {{.region = "cn-north-1"},
       {},
       "https://s3.cn-north-1.amazonaws.com.cn",
       "cn-north-1",
       Addressing::virtual_hosted},
  };
  for (const auto& one : cases) {
    const auto connection = resolve_connection(one.said, files.environment(one.variables));
    if (!connection) FAIL(connection.error());
    CHECK(connection->endpoint.url() == one.url);
    CHECK(connection->options.region == one.region);
    CHECK(connection->endpoint.addressing() == one.addressing);
  }
}

TEST_CASE("Amazon S3 is only meant without an endpoint where that is wanted") {
  const TemporaryConfig files("", credentials);
  const auto connection = resolve_connection({.needs_endpoint = true}, files.environment());
  REQUIRE_FALSE(connection);
  CHECK(connection.error().find("no endpoint") != std::string::npos);
}

TEST_CASE("Certificates that aren't there are told before anything is sent") {
  const TemporaryConfig files("", credentials);
  const auto connection = resolve_connection({.ca_file = "/none.pem"}, files.environment());
  REQUIRE_FALSE(connection);
  CHECK(connection.error().starts_with("cannot read /none.pem, the certificates to trust: "));
}

TEST_CASE("Certificates are trusted as told") {
  const test::TemporaryFolder folder;
  const auto certificates = [&](const std::string& name) {
    const auto file = folder.path() / name;
    test::write_file(file, "");
    return file.string();
  };
  const std::string of_config = certificates("config.pem");
  const std::string of_variable = certificates("variable.pem");
  const std::string of_flag = certificates("flag.pem");
  const TemporaryConfig files("[default]\nca_bundle = " + of_config + "\n", credentials);
  const auto with = [&](ConnectionSettings said, std::map<std::string, std::string> variables) {
    return resolve_connection(said, files.environment(std::move(variables))).value().options.http;
  };
  CHECK(with({}, {}).ca_file == of_config);
  CHECK(with({}, {{"AWS_CA_BUNDLE", of_variable}}).ca_file == of_variable);
  CHECK(with({.ca_file = of_flag}, {{"AWS_CA_BUNDLE", of_variable}}).ca_file == of_flag);
  CHECK(with({}, {}).verify_tls);
  CHECK_FALSE(with({.insecure = true}, {}).verify_tls);
}

TEST_CASE("A file of the AWS tools that is broken is told with its line") {
  struct Case {
    std::string config;
    std::string told;
  };
  const Case cases[] = {
      {"region = eu\n", "line 1: before the first"},
      {"[default\n", "line 1: a section without an end"},
      {"[default]\n\nnonsense\n", "line 3: neither"},
      {"[default]\n= value\n", "line 2: neither"},
  };
  for (const auto& one : cases) {
    const TemporaryConfig files(one.config, credentials);
    const auto connection = resolve_connection({}, files.environment());
    REQUIRE_FALSE(connection);
    INFO(connection.error());
    CHECK(connection.error().find(one.told) != std::string::npos);
    CHECK(connection.error().find(".aws/config") != std::string::npos);
  }
}
