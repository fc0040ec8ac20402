#include "http/certificates.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace partsmith::server {
namespace {

using namespace std::chrono_literals;

/// Clients refuse certificates of servers that are valid for longer (398 days with most, 825 with some).
constexpr auto valid_for = 397 * 24h;
/// Clocks differ.
constexpr auto valid_since = 24h;

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("cannot make a certificate: ") + what);
}

void set_serial(X509& certificate) {
  std::array<unsigned char, 16> random{};
  check(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1, "no randomness");
  random[0] &= 0x7f;  // a serial number is positive
  const std::unique_ptr<BIGNUM, decltype([](BIGNUM* number) { BN_free(number); })> number(
      BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
  check(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr,
        "serial number");
}

void set_time(ASN1_TIME* field, std::chrono::system_clock::time_point time) {
  check(ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr, "time");
}

void set_name(X509_NAME* name, const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  check(
      X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, bytes, static_cast<int>(text.size()), -1, 0) == 1,
      "name");
}

void add_extension(X509& certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, &certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype([](X509_EXTENSION* e) { X509_EXTENSION_free(e); })>
      extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, value.c_str());
}

Certificate begin(EVP_PKEY& key, const std::string& name, std::chrono::system_clock::time_point now) {
  Certificate certificate(X509_new());
  check(certificate && X509_set_version(certificate.get(), 2) == 1, "version");
  set_serial(*certificate);
  set_time(X509_getm_notBefore(certificate.get()), now - valid_since);
  set_time(X509_getm_notAfter(certificate.get()), now + valid_for);
  check(X509_set_pubkey(certificate.get(), &key) == 1, "public key");
  set_name(X509_get_subject_name(certificate.get()), name);
  return certificate;
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_name(std::string_view host) {
  const auto fits = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= 253 && host.front() != '.' && std::ranges::all_of(host, fits);
}

}  // namespace

PrivateKey make_private_key() {
  PrivateKey key(EVP_EC_gen("P-256"));
  check(key != nullptr, "no key");
  return key;
}

std::optional<std::string> subject_name(const std::string& host) {
  if (is_address(host)) {
    const std::unique_ptr<ASN1_OCTET_STRING,
                          decltype([](ASN1_OCTET_STRING* a) { ASN1_OCTET_STRING_free(a); })>
        address(a2i_IPADDRESS(host.c_str()));
    if (!address) return std::nullopt;
    return "IP:" + host;
  }
  if (!is_name(host)) return std::nullopt;
  return "DNS:" + host;
}

Certificate make_authority(EVP_PKEY& key, std::chrono::system_clock::time_point now) {
  Certificate certificate = begin(key, "partsmith, made for one start of a test server", now);
  X509* const self = certificate.get();
  check(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1, "issuer");
  add_extension(*self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*self, self, NID_subject_key_identifier, "hash");
  check(X509_sign(self, &key, EVP_sha256()) > 0, "signature");
  return certificate;
}

Certificate make_certificate(EVP_PKEY& key, const std::string& subject_names, const Issuer& issuer,
                             std::chrono::system_clock::time_point now) {
  Certificate certificate = begin(key, "partsmith", now);
  X509* const self = certificate.get();
  check(X509_set_issuer_name(self, X509_get_subject_name(issuer.certificate)) == 1, "issuer");
  add_extension(*self, issuer.certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*self, issuer.certificate, NID_key_usage, "critical,digitalSignature");
  add_extension(*self, issuer.certificate, NID_ext_key_usage, "serverAuth");
  add_extension(*self, issuer.certificate, NID_subject_key_identifier, "hash");
  add_extension(*self, issuer.certificate, NID_authority_key_identifier, "keyid");
  add_extension(*self, issuer.certificate, NID_subject_alt_name, subject_names);
  check(X509_sign(self, issuer.key, EVP_sha256()) > 0, "signature");
  return certificate;
}

}  // namespace partsmith::server
