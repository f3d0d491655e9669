// Reads JavaScript values into native ones. Everything throws Error INTERNAL on a value of the wrong kind:
// user input was validated in TypeScript.
#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "runtime/optimizer.h"
#include "runtime/program.h"

namespace cdlm {

std::string read_string(const Napi::Value& value, const char* what);
double read_number(const Napi::Value& value, const char* what);
int64_t read_integer(const Napi::Value& value, const char* what);
Napi::Object read_object(const Napi::Value& value, const char* what);
std::vector<double> read_numbers(const Napi::Value& value, const char* what);
std::vector<int64_t> read_integers(const Napi::Value& value, const char* what);

// lib/native/contract.ts: NativeProgramSpec.
ProgramSpec read_program(const Napi::Value& value);

// lib/native/contract.ts: NativeOptimizerOptions.
OptimizerOptions read_optimizer(const Napi::Value& value);

// {name: Int32Array | Float32Array}; the contents are copied.
std::vector<HostTensor> read_tensors(const Napi::Value& value);

// {name: Int32Array | Float32Array}
Napi::Object write_tensors(Napi::Env env, const std::vector<HostTensor>& tensors);

}  // namespace cdlm
