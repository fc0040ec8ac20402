#include "visit.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace partsmith::server {

std::string_view to_string(Stage stage) {
  static constexpr std::array<std::string_view, stage_count> names = {
      "address", "route",   "claim",     "world",  "verify", "authorise",
      "before",  "perform", "committed", "answer", "sent"};
  return names[static_cast<std::size_t>(stage)];
}

void Visit::unknown(const char* name) {
  throw std::logic_error(std::string("a visit's ") + name + " was asked for before it was known");
}

const protocol::OperationRow& Visit::operation() const {
  if (operation_ == nullptr) unknown("operation");
  return *operation_;
}

World& Visit::world() const {
  if (!world_) unknown("world");
  return *world_;
}

const BucketName& Visit::bucket() const {
  if (const auto* object = std::get_if<ObjectTarget>(&target())) return object->bucket;
  if (const auto* bucket = std::get_if<BucketTarget>(&target())) return bucket->bucket;
  unknown("bucket");
}

const ObjectKey& Visit::key() const {
  if (const auto* object = std::get_if<ObjectTarget>(&target())) return object->key;
  unknown("key");
}

S3Result<void> Visit::authorise(std::string_view action, const Target& resource) const {
  const Circumstances circumstances{.headers = headers(),
                                    .query = query(),
                                    .peer_address = request.peer_address,
                                    .secure = request.secure,
                                    .by_form = is(protocol::OperationId::PostObject)};
  return world().policy->check(principal(), action, resource, circumstances);
}

std::string_view Visit::operation_name() const {
  if (operation_ != nullptr) return operation_->name;
  return is_preflight_ ? "Preflight" : "";
}

const Authenticator& Visit::authenticator() const {
  if (authenticator_ == nullptr) unknown("authenticator");
  return *authenticator_;
}

void Visit::take_form(Principal principal, ObjectKey key, protocol::Headers fields) {
  principal_ = std::move(principal);
  target_ = ObjectTarget{bucket(), std::move(key)};
  view_ = std::move(fields);
}

void Visit::wrap_body(std::unique_ptr<RequestBody> body) {
  bodies_.push_back(std::move(body));
  request.body = bodies_.back().get();
}

std::shared_ptr<Visit> Visit::again_with(std::unique_ptr<RequestBody> body) const {
  Request same = request;
  same.place = nullptr;
  auto other = std::make_shared<Visit>(std::move(same), ids, stopping_);
  // An address looks into its own target.
  other->address_ = *address_of(other->request.headers.value("host"), other->request.target);
  other->operation_ = operation_;
  other->world_ = world_;
  other->principal_ = principal_;
  other->payload_ = payload_;
  other->authenticator_ = authenticator_;
  other->view_ = view_;
  other->target_ = target_;
  other->wrap_body(std::move(body));
  return other;
}

void Visit::note_error(const protocol::S3Error& error) {
  end_.error = traits(error.code).name;
  end_.message = error.message;
  note_cause(error.log_detail);
}

bool Visit::wait(Duration time) const {
  const Away away(request.place);
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stopping_, time, [] { return false; });
  return !stopping_.stop_requested();
}

}  // namespace partsmith::server
