// Stands in for the device in builds without CUDA. Kernels need no stand-in: only CDLM_CALL names them.
#include "core/error.h"
#include "cuda/captured_run.h"
#include "cuda/cuda.h"
#include "cuda/devices.h"

namespace cdlm {
namespace {

constexpr const char* kProblem = "this binary was built without CUDA";

[[noreturn]] void fail() {
  throw Error("DEVICE_UNAVAILABLE", kProblem, "device \"cpu\" or \"auto\"", "device \"cuda\"");
}

}  // namespace

Cuda::Cuda(int index) : index_(index), workspace_(*this), scratch_(*this) { fail(); }
Cuda::~Cuda() = default;
void* Cuda::allocate(size_t) { fail(); }
void Cuda::release(void*) noexcept {}
void Cuda::keep_released(bool) noexcept {}
void Cuda::upload(void*, const void*, size_t) const { fail(); }
void Cuda::download(void*, const void*, size_t) const { fail(); }
void Cuda::clear(void*, size_t) const { fail(); }
void Cuda::queue_upload(void*, const void*, size_t) const { fail(); }
void Cuda::queue_download(void*, const void*, size_t) const { fail(); }
void Cuda::wait() const { fail(); }
void* PinnedMemory::allocate(size_t) { fail(); }
void PinnedMemory::release(void*) noexcept {}
CapturedRun::~CapturedRun() = default;
void CapturedRun::run(Cuda&, const std::function<void()>&) { fail(); }

namespace cuda {

Devices find_devices() { return {"", kProblem, {}}; }
int device_count() { return 0; }
void require_device(int) { fail(); }

}  // namespace cuda
}  // namespace cdlm
