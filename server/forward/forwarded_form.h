#pragma once
/// A browser's form through a gateway: its policy and signature are verified here, and its file goes on as a
/// PutObject that the gateway signs. Forms up to ForwardedPayload::small_body are held whole, and sent when
/// all has come. Of larger ones the file must be the end, as browsers and SDKs send it: how long it is must
/// be known before it has come. The last byte is held back until the form has ended.

#include "forms/posted_form.h"
#include "forward/forwarded_answer.h"
#include "forward/name_map.h"

namespace partsmith::server {

/// NotImplemented for a larger form with fields behind its file.
class ForwardedForm final : public FormStore {
 public:
  using NamesFor = std::function<std::optional<XmlNames>(const std::optional<UpstreamPlace>&)>;
  /// All outlive it. `names_for`: what the answer's document calls things.
  ForwardedForm(Visit& visit, Upstream& upstream, const NameMap& names, NamesFor names_for)
      : visit_(visit), upstream_(upstream), names_(names), names_for_(std::move(names_for)) {}

  S3Result<void> begin(const FormFields& fields, const File& file) override;
  S3Result<void> take(ByteView bytes) override;
  Outcome end() override;

 private:
  S3Result<void> begin_exchange();
  S3Result<void> send(ByteView bytes);

  Visit& visit_;
  Upstream& upstream_;
  const NameMap& names_;
  const NamesFor names_for_;
  std::optional<UpstreamPlace> place_;
  UpstreamRequest request_;
  MemoryBudget::Reservation held_;
  std::unique_ptr<UpstreamExchange> exchange_;  ///< none: the form is held whole, or too large or small
  std::string last_;                            ///< the byte that is held back
  std::uint64_t taken_ = 0;
  bool is_whole_ = false;  ///< held whole
  bool answered_ = false;  ///< the upstream wants no more
};

}  // namespace partsmith::server
