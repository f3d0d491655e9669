// A library with those functions of cuBLAS that are called (native/cuda/cublas.cu), on the emulated device:
// plain loops over matrices that are stored by columns. It refuses what cuBLAS refuses.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "streams.h"

#define CDLM_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum Status : int { kDone = 0, kInvalidValue = 7, kNotSupported = 15 };
constexpr int kFloat = 0, kBf16 = 14, kSumsInFloat = 68;

struct Handle {
  emulated::Queue* stream = nullptr;
  void* workspace = nullptr;
};

// A matrix by columns, or its transpose.
struct Matrix {
  const void* data;
  int type, leading;
  bool transposed;

  float at(int64_t row, int64_t column) const {
    const int64_t k = transposed ? column + row * leading : row + column * leading;
    float value;
    if (type == kFloat) {
      std::memcpy(&value, static_cast<const float*>(data) + k, sizeof value);
    } else {
      const uint32_t bits = uint32_t{static_cast<const uint16_t*>(data)[k]} << 16;
      std::memcpy(&value, &bits, sizeof value);
    }
    return value;
  }
};

}  // namespace

CDLM_EXPORT int cublasCreate_v2(Handle** handle) {
  *handle = new Handle();
  return kDone;
}

CDLM_EXPORT int cublasDestroy_v2(Handle* handle) {
  delete handle;
  return kDone;
}

CDLM_EXPORT int cublasSetStream_v2(Handle* handle, void* stream) {
  handle->stream = static_cast<emulated::Queue*>(stream);
  return kDone;
}

CDLM_EXPORT int cublasGetVersion_v2(Handle*, int* version) {
  *version = 130002;
  return kDone;
}

CDLM_EXPORT int cublasSetWorkspace_v2(Handle* handle, void* memory, size_t) {
  handle->workspace = memory;
  return kDone;
}

// Without a workspace it refuses, where cuBLAS would take memory in the middle of a capture.
CDLM_EXPORT int cublasGemmEx(Handle* handle, int transpose_a, int transpose_b, int m, int n, int k,
                             const void* alpha, const void* a, int type_a, int lda, const void* b, int type_b,
                             int ldb, const void* beta, void* c, int type_c, int ldc, int compute, int) {
  if (m < 0 || n < 0 || k < 0) return kInvalidValue;
  if (lda < (transpose_a ? k : m) || ldb < (transpose_b ? n : k) || ldc < m) return kInvalidValue;
  if (handle->workspace == nullptr || lda < 1 || ldb < 1 || ldc < 1) return kInvalidValue;
  if (type_a != type_b || (type_a != kFloat && type_a != kBf16) || type_c != kFloat ||
      compute != kSumsInFloat)
    return kNotSupported;
  const Matrix left{a, type_a, lda, transpose_a != 0}, right{b, type_b, ldb, transpose_b != 0};
  const float scale = *static_cast<const float*>(alpha), kept = *static_cast<const float*>(beta);
  handle->stream->push(emulated::Work::kernel, [=] {
    for (int64_t column = 0; column < n; column++)
      for (int64_t row = 0; row < m; row++) {
        float sum = 0;
        for (int64_t step = 0; step < k; step++) sum += left.at(row, step) * right.at(step, column);
        float& to = static_cast<float*>(c)[row + column * ldc];
        to = scale * sum + (kept == 0 ? 0 : kept * to);
      }
  });
  return kDone;
}
