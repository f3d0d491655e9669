// Registers what lib/native/contract.ts declares, in its order.
#include <napi.h>

#include "addon/arguments.h"
#include "addon/engine_object.h"
#include "addon/environment.h"
#include "addon/js_error.h"
#include "cpu/level.h"
#include "cpu/precision.h"

namespace {

Napi::Value available_levels(const Napi::CallbackInfo& info) {
  Napi::Array levels = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (cdlm::Level level : {cdlm::Level::plain, cdlm::Level::avx2, cdlm::Level::avx512, cdlm::Level::neon})
    if (cdlm::level_available(level))
      levels.Set(count++, Napi::String::New(info.Env(), cdlm::level_name(level)));
  return levels;
}

Napi::Value best_level(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), cdlm::level_name(cdlm::best_level()));
}

Napi::Value fastest_precision(const Napi::CallbackInfo& info) {
  try {
    const cdlm::Level level = cdlm::parse_level(cdlm::read_string(info[0], "level"));
    return Napi::String::New(info.Env(), cdlm::precision_name(cdlm::fastest_precision(level)));
  } catch (...) {
    throw Napi::Error(info.Env(), cdlm::js_error(info.Env(), std::current_exception()));
  }
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  new cdlm::Environment(env);  // owned by the environment's instance data
  exports.Set("availableLevels", Napi::Function::New<available_levels>(env));
  exports.Set("bestLevel", Napi::Function::New<best_level>(env));
  exports.Set("fastestPrecision", Napi::Function::New<fastest_precision>(env));
  exports.Set("NativeEngine", cdlm::EngineObject::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(cdlm, initialize)
