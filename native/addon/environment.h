// What one JavaScript environment (main thread or worker) owns. No static JavaScript references anywhere.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>

namespace cdlm {

class EngineObject;

class Environment {
 public:
  explicit Environment(Napi::Env env);

  static std::shared_ptr<Environment> of(Napi::Env env);

  // Called on the JavaScript thread around every background job: the process stays alive while one is
  // pending.
  void job_started(Napi::Env env);

  using Message = std::function<void(Napi::Env)>;
  // From any thread: runs the message on the JavaScript thread, or drops it if the environment is gone.
  void post(std::unique_ptr<Message> message);

  void add(EngineObject* engine) { engines_.insert(engine); }
  void remove(EngineObject* engine) { engines_.erase(engine); }

 private:
  void close();

  std::mutex mutex_;
  bool closed_ = false;
  int pending_ = 0;  // JavaScript thread only
  Napi::ThreadSafeFunction deliveries_;
  std::set<EngineObject*> engines_;
};

}  // namespace cdlm
