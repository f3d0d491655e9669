#include "addon/engine_object.h"

#include <cstring>

#include "addon/arguments.h"
#include "addon/environment.h"
#include "addon/js_error.h"
#include "core/error.h"

namespace cdlm {
namespace {

Slot read_slot(const Napi::Value& value) {
  const int64_t slot = read_integer(value, "slot");
  if (slot < 0 || slot > 3) throw Error("INTERNAL", "unknown slot");
  return static_cast<Slot>(slot);
}

Napi::Value undefined(Napi::Env env) { return env.Undefined(); }

// Runs the body of a method and turns what it throws into a JavaScript exception.
template <typename F>
Napi::Value guarded(const Napi::CallbackInfo& info, F body) {
  try {
    return body();
  } catch (...) {
    Napi::Env env = info.Env();
    napi_throw(env, js_error(env, std::current_exception()));
    return env.Undefined();
  }
}

}  // namespace

Napi::Function EngineObject::define(Napi::Env env) {
  return DefineClass(
      env, "NativeEngine",
      {InstanceMethod<&EngineObject::define_parameter>("define"),
       InstanceMethod<&EngineObject::write>("write"), InstanceMethod<&EngineObject::read>("read"),
       InstanceMethod<&EngineObject::compile>("compile"), InstanceMethod<&EngineObject::release>("release"),
       InstanceMethod<&EngineObject::run>("run"),
       InstanceMethod<&EngineObject::configure_optimizer>("configureOptimizer"),
       InstanceMethod<&EngineObject::step>("step"), InstanceMethod<&EngineObject::clear>("clear"),
       InstanceMethod<&EngineObject::dispose>("dispose"), InstanceMethod<&EngineObject::level>("level"),
       InstanceMethod<&EngineObject::threads>("threads"),
       InstanceMethod<&EngineObject::precision>("precision"),
       InstanceMethod<&EngineObject::products>("products")});
}

EngineObject::EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info) {
  try {
    const Level level = parse_level(read_string(info[0], "level"));
    const int64_t threads = read_integer(info[1], "threads");
    if (threads < 1 || threads > 1024)
      throw Error("INVALID_OPTION", "impossible number of threads", "1 to 1024", std::to_string(threads));
    const Precision precision = parse_precision(read_string(info[2], "precision"));
    const int64_t device = read_integer(info[3], "device");
    if (device < 0 || device > 1024)
      throw Error("INVALID_OPTION", "impossible index of a device", "0 to 1024", std::to_string(device));
    engine_ = std::make_shared<Engine>(level, static_cast<int>(threads), precision, static_cast<int>(device));
    Environment::of(info.Env())->add(this);
  } catch (...) {
    Napi::Env env = info.Env();
    throw Napi::Error(env, js_error(env, std::current_exception()));
  }
}

EngineObject::~EngineObject() {
  Environment::of(Env())->remove(this);
  stop();
}

void EngineObject::stop() {
  stopping_ = true;
  if (engine_) engine_->stop();
  engine_.reset();
}

Engine& EngineObject::running() {
  if (!engine_) throw Error("INVALID_STATE", "the engine was disposed");
  return *engine_;
}

Napi::Value EngineObject::submit(const Napi::CallbackInfo& info, std::function<Deliver(Engine&)> work) {
  Napi::Env env = info.Env();
  Engine* engine = &running();  // outlives its jobs: it joins its thread before it is destroyed
  const auto environment = Environment::of(env);
  const auto deferred = std::make_shared<Napi::Promise::Deferred>(env);
  // Everything that needs memory is made here, where an exception is one of JavaScript's.
  const auto outcome = std::make_shared<Outcome>();
  const auto message = std::make_shared<std::unique_ptr<Environment::Message>>(
      new Environment::Message([deferred, outcome](Napi::Env js) {
        try {
          if (outcome->failure) std::rethrow_exception(outcome->failure);
          deferred->Resolve(outcome->deliver(js));
        } catch (...) {  // also of `deliver`, which may find no memory for the result
          deferred->Reject(js_error(js, std::current_exception()));
        }
      }));
  engine->submit([this, environment, outcome, message, engine, work = std::move(work)] {
    try {
      if (stopping_) throw Error("CANCELLED", "the engine was disposed");
      outcome->deliver = work(*engine);
    } catch (...) {
      outcome->failure = std::current_exception();
    }
    environment->post(std::move(*message));
  });
  environment->job_started(env);
  return deferred->Promise();
}

Napi::Value EngineObject::clear(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    return submit(info, [](Engine& engine) -> Deliver {
      engine.clear();
      return undefined;
    });
  });
}

Napi::Value EngineObject::define_parameter(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const std::string name = read_string(info[0], "name");
    const std::vector<int64_t> shape = read_integers(info[1], "shape");
    return submit(info, [=](Engine& engine) -> Deliver {
      engine.define(name, shape);
      return undefined;
    });
  });
}

Napi::Value EngineObject::write(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const std::string name = read_string(info[0], "name");
    const Slot slot = read_slot(info[1]);
    const int64_t offset = read_integer(info[2], "offset"), type = read_integer(info[3], "type");
    if (type < 0 || type > 2 || !info[4].IsTypedArray())
      throw Error("INTERNAL", "unknown type of tensor data");
    const auto array = info[4].As<Napi::TypedArray>();
    const auto* first = static_cast<const unsigned char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
    const auto bytes = std::make_shared<std::vector<unsigned char>>(first, first + array.ByteLength());
    return submit(info, [=](Engine& engine) -> Deliver {
      const auto file_type = static_cast<FileType>(type);
      const size_t size = file_type == FileType::f32 ? 4 : 2;
      engine.write(name, slot, offset, file_type, bytes->data(), static_cast<int64_t>(bytes->size() / size));
      return undefined;
    });
  });
}

Napi::Value EngineObject::read(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const std::string name = read_string(info[0], "name");
    const Slot slot = read_slot(info[1]);
    const int64_t offset = read_integer(info[2], "offset"), count = read_integer(info[3], "count");
    return submit(info, [=](Engine& engine) -> Deliver {
      const auto values = std::make_shared<std::vector<float>>(engine.read(name, slot, offset, count));
      return [values](Napi::Env env) {
        auto array = Napi::Float32Array::New(env, values->size());
        if (!values->empty()) std::memcpy(array.Data(), values->data(), values->size() * sizeof(float));
        return array;
      };
    });
  });
}

Napi::Value EngineObject::compile(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const auto spec = std::make_shared<ProgramSpec>(read_program(info[0]));
    return submit(info, [=](Engine& engine) -> Deliver {
      const int program = engine.compile(std::move(*spec));
      return [program](Napi::Env env) { return Napi::Number::New(env, program); };
    });
  });
}

Napi::Value EngineObject::release(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const auto program = static_cast<int>(read_integer(info[0], "program"));
    return submit(info, [=](Engine& engine) -> Deliver {
      engine.release(program);
      return undefined;
    });
  });
}

Napi::Value EngineObject::run(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const auto program = static_cast<int>(read_integer(info[0], "program"));
    const std::vector<int64_t> symbols = read_integers(info[1], "symbols");
    const auto inputs = std::make_shared<std::vector<HostTensor>>(read_tensors(info[2]));
    const auto cancelled = std::make_shared<std::atomic<bool>>(false);
    const Napi::Value promise = submit(info, [=, stopping = &stopping_](Engine& engine) -> Deliver {
      const auto outputs = std::make_shared<std::vector<HostTensor>>(
          engine.run(program, symbols, *inputs, [=] { return cancelled->load() || stopping->load(); }));
      return [outputs](Napi::Env env) { return write_tensors(env, *outputs); };
    });
    Napi::Object job = Napi::Object::New(info.Env());
    job.Set("result", promise);
    job.Set("cancel",
            Napi::Function::New(info.Env(), [cancelled](const Napi::CallbackInfo&) { *cancelled = true; }));
    return static_cast<Napi::Value>(job);
  });
}

Napi::Value EngineObject::configure_optimizer(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const OptimizerOptions options = read_optimizer(info[0]);
    const int64_t steps_done = read_integer(info[1], "stepsDone");
    return submit(info, [=](Engine& engine) -> Deliver {
      engine.configure_optimizer(options, steps_done);
      return undefined;
    });
  });
}

Napi::Value EngineObject::step(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    const std::vector<double> rates = read_numbers(info[0], "learningRates");
    const double scale = read_number(info[1], "scale"), clip_norm = read_number(info[2], "clipNorm");
    return submit(info, [=](Engine& engine) -> Deliver {
      const double norm = engine.step(rates, scale, clip_norm);
      return [norm](Napi::Env env) { return Napi::Number::New(env, norm); };
    });
  });
}

Napi::Value EngineObject::dispose(const Napi::CallbackInfo& info) {
  stop();
  return info.Env().Undefined();
}

Napi::Value EngineObject::level(const Napi::CallbackInfo& info) {
  return guarded(info, [&] { return Napi::String::New(info.Env(), level_name(running().level())); });
}

Napi::Value EngineObject::threads(const Napi::CallbackInfo& info) {
  return guarded(info, [&] { return Napi::Number::New(info.Env(), running().threads()); });
}

Napi::Value EngineObject::precision(const Napi::CallbackInfo& info) {
  return guarded(info, [&] { return Napi::String::New(info.Env(), precision_name(running().precision())); });
}

Napi::Value EngineObject::products(const Napi::CallbackInfo& info) {
  return guarded(info, [&] { return Napi::String::New(info.Env(), running().products()); });
}

}  // namespace cdlm
