// The one translation of C++ exceptions into JavaScript errors. lib/native/native-error.ts makes CdlmErrors
// of them.
#pragma once

#include <napi.h>

#include <exception>

namespace cdlm {

// An Error with the properties code, expected and received. Unknown exceptions become INTERNAL.
Napi::Value js_error(Napi::Env env, const std::exception_ptr& exception);

}  // namespace cdlm
