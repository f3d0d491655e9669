// The JavaScript class NativeEngine (lib/native/contract.ts): every method submits one job to the engine's
// thread.
#pragma once

#include <napi.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>

#include "runtime/engine.h"

namespace cdlm {

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit EngineObject(const Napi::CallbackInfo& info);
  ~EngineObject() override;

  // Cancels what runs, joins the thread and frees the engine. Safe to call twice.
  void stop();

 private:
  // `work` runs on the engine's thread; what it returns is called on the JavaScript thread and makes the
  // result.
  using Deliver = std::function<Napi::Value(Napi::Env)>;
  struct Outcome {
    Deliver deliver;
    std::exception_ptr failure;
  };
  // Throws once the engine was disposed.
  Engine& running();
  Napi::Value submit(const Napi::CallbackInfo& info, std::function<Deliver(Engine&)> work);

  Napi::Value define_parameter(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value compile(const Napi::CallbackInfo& info);
  Napi::Value release(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value configure_optimizer(const Napi::CallbackInfo& info);
  Napi::Value step(const Napi::CallbackInfo& info);
  Napi::Value clear(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);
  Napi::Value level(const Napi::CallbackInfo& info);
  Napi::Value threads(const Napi::CallbackInfo& info);
  Napi::Value precision(const Napi::CallbackInfo& info);
  Napi::Value products(const Napi::CallbackInfo& info);

  std::shared_ptr<Engine> engine_;
  std::atomic<bool> stopping_{false};
};

}  // namespace cdlm
