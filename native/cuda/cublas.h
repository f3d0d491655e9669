// NVIDIA's matrix products, where the machine has them: the library is opened at run time, not linked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "cpu/gemm.h"

namespace cdlm {

class Cublas {
 public:
  // Of the library that the environment variable CDLM_CUBLAS names, else of the newest that the system finds;
  // null where it finds none, or CDLM_CUBLAS is "off". Work is queued on the stream. Throws Error
  // DEVICE_UNAVAILABLE for a library that was named and cannot be used.
  static std::unique_ptr<Cublas> open(void* stream);
  ~Cublas();
  Cublas(const Cublas&) = delete;
  Cublas& operator=(const Cublas&) = delete;

  // With the version, which decides the bits of a product.
  const std::string& name() const { return name_; }

  // Device memory to work with, aligned to 256 bytes. Without it a product that is captured takes memory of
  // its own, which the graph would then own.
  void set_workspace(void* memory, size_t bytes);

  // Whether the extents are such as it counts.
  bool takes(const Gemm& g) const;

  enum class Type { f32, bf16 };
  // C = op(A) op(B), or C + op(A) op(B) to accumulate; nothing else of the epilogue. `a` and `b` take the
  // places of g.a and g.b, with the same strides in their type; C and the sums are fp32, without TF32.
  void multiply(const Gemm& g, Type type, const void* a, const void* b) const;

 private:
  struct Functions;
  explicit Cublas(std::unique_ptr<Functions> functions);
  // Null if there is no such library, or it does not start.
  static std::unique_ptr<Cublas> start(const std::string& name, void* stream);

  std::unique_ptr<Functions> functions_;
  void* handle_ = nullptr;
  std::string name_;
};

}  // namespace cdlm
