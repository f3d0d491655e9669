// Registers what lib/native/contract.ts declares, in its order.
#include <napi.h>

#include "addon/arguments.h"
#include "addon/engine_object.h"
#include "addon/environment.h"
#include "addon/js_error.h"
#include "cpu/level.h"
#include "cpu/precision.h"
#include "cuda/devices.h"

namespace {

Napi::Value available_levels(const Napi::CallbackInfo& info) {
  Napi::Array levels = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (cdlm::Level level :
       {cdlm::Level::plain, cdlm::Level::avx2, cdlm::Level::avx512, cdlm::Level::neon, cdlm::Level::cuda})
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

Napi::Value cuda_devices(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const cdlm::cuda::Devices found = cdlm::cuda::find_devices();
  Napi::Array devices = Napi::Array::New(env);
  for (const cdlm::cuda::DeviceDescription& each : found.devices) {
    Napi::Object device = Napi::Object::New(env);
    device.Set("name", each.name);
    device.Set("bytesFree", static_cast<double>(each.bytes_free));
    device.Set("bytesTotal", static_cast<double>(each.bytes_total));
    device.Set("capability", std::to_string(each.major) + "." + std::to_string(each.minor));
    devices.Set(devices.Length(), device);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("driver", found.driver);
  result.Set("problem", found.problem);
  result.Set("devices", devices);
  return result;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  new cdlm::Environment(env);  // owned by the environment's instance data
  exports.Set("availableLevels", Napi::Function::New<available_levels>(env));
  exports.Set("bestLevel", Napi::Function::New<best_level>(env));
  exports.Set("fastestPrecision", Napi::Function::New<fastest_precision>(env));
  exports.Set("cudaDevices", Napi::Function::New<cuda_devices>(env));
  exports.Set("NativeEngine", cdlm::EngineObject::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(cdlm, initialize)
