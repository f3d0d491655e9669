#include <cuda_runtime.h>

#include "cuda/device.h"

namespace cdlm {
namespace cuda {

int device_count() {
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess) return count;
  cudaGetLastError();  // forget the failure: a later check must not find it
  return 0;
}

}  // namespace cuda
}  // namespace cdlm
