#include "addon/js_error.h"

#include <new>

#include "core/error.h"

namespace cdlm {
namespace {

Napi::Value build(Napi::Env env, const std::string& code, const std::string& message,
                  const std::string& expected, const std::string& received) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  if (!expected.empty()) error.Set("expected", expected);
  if (!received.empty()) error.Set("received", received);
  return error.Value();
}

}  // namespace

Napi::Value js_error(Napi::Env env, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return build(env, error.code(), error.what(), error.expected(), error.received());
  } catch (const std::bad_alloc&) {
    return build(env, "OUT_OF_MEMORY", "not enough memory", "", "");
  } catch (const Napi::Error& error) {
    return error.Value();
  } catch (const std::exception& error) {
    return build(env, "INTERNAL", error.what(), "", "");
  } catch (...) {
    return build(env, "INTERNAL", "an unknown native failure", "", "");
  }
}

}  // namespace cdlm
