#include <cstdlib>
#include <limits>

#include "core/error.h"
#include "cuda/cublas.h"
#include "cuda/library.h"

namespace cdlm {
namespace {

// Of cuBLAS's header, which builds do without.
using Status = int;
using Handle = void*;
constexpr Status kAllocationFailed = 3, kExecutionFailed = 13;
constexpr int kNotTransposed = 0, kTransposed = 1;
constexpr int kFloat = 0, kBf16 = 14;  // cudaDataType_t
constexpr int kSumsInFloat = 68;       // CUBLAS_COMPUTE_32F: no TF32 unless the handle's mode asks for it
constexpr int kDefaultAlgorithm = -1;

void check(Status status, const char* what) {
  if (status == 0) return;
  const char* code = status == kAllocationFailed  ? "OUT_OF_MEMORY"
                     : status == kExecutionFailed ? "DEVICE_UNAVAILABLE"
                                                  : "INTERNAL";
  throw Error(code, std::string("cuBLAS, ") + what, "", "status " + std::to_string(status));
}

std::string version_of(int number) {
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." +
         std::to_string(number % 100);
}

}  // namespace

struct Cublas::Functions {
  Status (*create)(Handle*);
  Status (*destroy)(Handle);
  Status (*set_stream)(Handle, void*);
  Status (*get_version)(Handle, int*);
  Status (*set_workspace)(Handle, void*, size_t);
  Status (*gemm)(Handle, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int,
                 const void*, void*, int, int, int, int);

  // Null if the library cannot be opened or is none of cuBLAS.
  static std::unique_ptr<Functions> find(const std::string& name) {
    const Library library(name);
    auto found = std::make_unique<Functions>();
    const bool complete = library.is_open() && library.find("cublasCreate_v2", found->create) &&
                          library.find("cublasDestroy_v2", found->destroy) &&
                          library.find("cublasSetStream_v2", found->set_stream) &&
                          library.find("cublasGetVersion_v2", found->get_version) &&
                          library.find("cublasSetWorkspace_v2", found->set_workspace) &&
                          library.find("cublasGemmEx", found->gemm);
    return complete ? std::move(found) : nullptr;
  }
};

std::unique_ptr<Cublas> Cublas::open(void* stream) {
  const char* named = std::getenv("CDLM_CUBLAS");
  if (named != nullptr && std::string(named) == "off") return nullptr;
  if (named != nullptr) {
    std::unique_ptr<Cublas> found = start(named, stream);
    if (found == nullptr)
      throw Error("DEVICE_UNAVAILABLE", "CDLM_CUBLAS names no cuBLAS that can be used", "a path, or off",
                  named);
    return found;
  }
  for (const char* name : {"libcublas.so.13", "libcublas.so.12", "cublas64_13.dll", "cublas64_12.dll"}) {
    std::unique_ptr<Cublas> found = start(name, stream);
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::unique_ptr<Cublas> Cublas::start(const std::string& name, void* stream) {
  std::unique_ptr<Functions> functions = Functions::find(name);
  if (functions == nullptr) return nullptr;
  std::unique_ptr<Cublas> found(new Cublas(std::move(functions)));
  const Status status = found->functions_->create(&found->handle_);
  if (status == kAllocationFailed) check(status, "opening it");
  int version = 0;
  if (status != 0 || found->functions_->set_stream(found->handle_, stream) != 0 ||
      found->functions_->get_version(found->handle_, &version) != 0)
    return nullptr;
  found->name_ = "cuBLAS " + version_of(version);
  return found;
}

Cublas::Cublas(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}

Cublas::~Cublas() {
  if (handle_ != nullptr) functions_->destroy(handle_);
}

void Cublas::set_workspace(void* memory, size_t bytes) {
  check(functions_->set_workspace(handle_, memory, bytes), "its workspace");
}

bool Cublas::takes(const Gemm& g) const {
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  for (int64_t extent : {g.m, g.n, g.k, g.lda, g.ldb, g.ldc})
    if (extent < 1 || extent > kMost) return false;
  return true;
}

// By columns, as cuBLAS sees our rows, every matrix is its transpose: it computes Cᵀ = op(B)ᵀ op(A)ᵀ.
void Cublas::multiply(const Gemm& g, Type type, const void* a, const void* b) const {
  const float one = 1, kept = g.epilogue.accumulate ? 1.0f : 0.0f;
  const int kind = type == Type::f32 ? kFloat : kBf16;
  const auto narrow = [](int64_t extent) { return static_cast<int>(extent); };
  check(functions_->gemm(handle_, g.transpose_b ? kTransposed : kNotTransposed,
                         g.transpose_a ? kTransposed : kNotTransposed, narrow(g.n), narrow(g.m), narrow(g.k),
                         &one, b, kind, narrow(g.ldb), a, kind, narrow(g.lda), &kept, g.c, kFloat,
                         narrow(g.ldc), kSumsInFloat, kDefaultAlgorithm),
        "a product");
}

}  // namespace cdlm
