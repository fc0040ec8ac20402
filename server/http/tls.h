#pragma once
/// TLS of the edge: who the server is (TlsIdentity), and the encrypted side of one connection (TlsSession).
/// The only files of the server that include OpenSSL's TLS.

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace partsmith::server {

/// A certificate with its key, shared by all connections. Safe from any thread.
class TlsIdentity {
 public:
  /// PEM files: the certificate, followed by those that vouch for it, and its key. The error is one line fit
  /// for a person.
  static std::expected<std::shared_ptr<const TlsIdentity>, std::string> from_files(
      const std::filesystem::path& certificate, const std::filesystem::path& key);

  /// Vouched for by an authority made for this start, whose certificate is written to `ca_file` for clients
  /// to trust and whose key never leaves memory. Valid for localhost, *.s3.localhost, 127.0.0.1, ::1 and
  /// `host`; and for every name under localhost, for which a certificate is made when a client asks for it:
  /// OpenSSL takes no *.localhost, and no wildcard covers a bucket with dots.
  static std::expected<std::shared_ptr<const TlsIdentity>, std::string> self_signed(
      const std::string& host, const std::filesystem::path& ca_file,
      std::chrono::system_clock::time_point now);

  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

 private:
  friend class TlsSession;
  struct State;
  explicit TlsIdentity(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What came of a step that doesn't wait.
enum class TlsStep {
  done,
  wants_input,   ///< from the client, before it can go on
  wants_output,  ///< the client must first take what was sent
  ended,         ///< the client said goodbye, or the connection or its encryption broke
};

/// Over a socket that doesn't block. One thread at a time. Hands are shaken by the first receive.
class TlsSession {
 public:
  /// Throws std::bad_alloc.
  TlsSession(const TlsIdentity& identity, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  bool shaking_hands() const;
  /// Whether a byte of the client's has been looked at.
  bool has_begun() const;
  /// Whether bytes are there that came with others already.
  bool has_pending() const;

  TlsStep receive(std::span<char> into, std::size_t& count);
  TlsStep send(std::string_view bytes, std::size_t& count);
  /// Tells the client that nothing more will be sent, if that can be told without waiting.
  void say_goodbye();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace partsmith::server
