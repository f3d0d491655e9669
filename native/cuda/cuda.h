// What a CUDA kernel needs besides its tensors. Free of CUDA's own headers, so that every build can include
// it; what includes those is a .cu file or a header that only .cu files include.
#pragma once

#include <cstddef>
#include <cstdint>

// The namespace of CUDA launchers, as CDLM_LEVEL is that of CPU kernels: the emulated build of the tests has
// its own.
#ifndef CDLM_CUDA
#define CDLM_CUDA cuda
#endif

namespace cdlm {

struct Cuda {
  void* stream;           // a cudaStream_t: what is launched on one runs in order
  float* scratch;         // device memory, contents undefined
  size_t scratch_floats;  // its size
};

// The number of rows of a packed batch. A captured program is launched for `capacity` rows again and again;
// how many of them count this time is read on the device. Results never depend on the capacity.
struct RowCount {
  int64_t capacity;
  const int32_t* actual = nullptr;  // on the device, 0 … capacity; null: all rows
};

}  // namespace cdlm
