#include "addon/environment.h"

#include "addon/engine_object.h"

namespace cdlm {
namespace {

using Holder = std::shared_ptr<Environment>;

}  // namespace

Environment::Environment(Napi::Env env) {
  deliveries_ = Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}),
                                              "cdlm", 0, 1);
  deliveries_.Unref(env);
  // Registered after the thread-safe function's own hook, so it runs before it: our threads are joined while
  // the function still exists.
  env.AddCleanupHook([this] { close(); });
  env.SetInstanceData<Holder>(new Holder(this));
}

std::shared_ptr<Environment> Environment::of(Napi::Env env) { return *env.GetInstanceData<Holder>(); }

void Environment::job_started(Napi::Env env) {
  if (pending_++ == 0) deliveries_.Ref(env);
}

void Environment::post(std::unique_ptr<Message> message) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  const auto status =
      deliveries_.NonBlockingCall(message.get(), [this](Napi::Env env, Napi::Function, Message* owned) {
        const std::unique_ptr<Message> call(owned);
        if (static_cast<napi_env>(env) == nullptr) return;  // the environment is being torn down
        if (--pending_ == 0) deliveries_.Unref(env);
        (*call)(env);
      });
  if (status == napi_ok) message.release();
}

void Environment::close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  for (EngineObject* engine : engines_) engine->stop();
}

}  // namespace cdlm
