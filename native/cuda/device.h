// The CUDA devices of this machine.
#pragma once

namespace cdlm {
namespace cuda {

// 0 without a device, without a driver, or in a build without CUDA.
int device_count();

}  // namespace cuda
}  // namespace cdlm
