// Matrix product of fp32 tensors: C[M,N] = f(op(A)[M,K] · op(B)[K,N]), any transposition, any row strides.
//
// Both operands are packed into panels (Goto and van de Geijn 2008) and multiplied by a register tile; every
// element of C is one chain of multiply-adds over K in an order that depends on K alone, so the result has
// the same bits for any number of threads. With precision bf16 the operands are rounded to bf16 as they are
// packed; sums and everything after them stay fp32.
#pragma once

#include <cstdint>

namespace cdlm {

struct Device;
enum class Precision;

enum class Activation : uint8_t {
  none,
  gelu,           // C = gelu(x), x = the sum below
  gelu_gradient,  // C = x · gelu'(gelu_input)
};

// What happens to a sum before it is stored: x = (C if accumulate) + op(A)·op(B) + bias, then the activation.
struct Epilogue {
  const float* bias = nullptr;  // [N] or null
  Activation activation = Activation::none;
  float* pre_activation = nullptr;    // [M,N], row stride ldc: x, written when activation is gelu; or null
  const float* gelu_input = nullptr;  // [M,N], row stride ldc: read when activation is gelu_gradient
  bool accumulate = false;
};

// Strides are in floats, from one stored row to the next. C overlaps no input.
struct Gemm {
  int64_t m = 0, n = 0, k = 0;
  const float* a = nullptr;  // stored [M,K], or [K,M] if transpose_a
  int64_t lda = 0;
  bool transpose_a = false;
  const float* b = nullptr;  // stored [K,N], or [N,K] if transpose_b
  int64_t ldb = 0;
  bool transpose_b = false;
  float* c = nullptr;  // [M,N]
  int64_t ldc = 0;
  Epilogue epilogue;
};

// Runs on all threads of device.pool and uses device.shared_scratch; or on the device, where all pointers
// lie.
void gemm(const Device& device, const Gemm& g);

class Cuda;
namespace cuda {
void gemm(const Cuda& cuda, const Gemm& g, Precision precision);
}

// Floats of scratch that gemm_small needs for these extents (an upper bound for every level).
int64_t gemm_small_scratch(int64_t m, int64_t n, int64_t k);

// The same product on the calling worker alone, for small extents (an attention head). `scratch` is 64-byte
// aligned and holds gemm_small_scratch(m, n, k) floats.
void gemm_small(const Device& device, const Gemm& g, float* scratch);

}  // namespace cdlm
