// A view of a dense, row-major tensor: memory that somebody else owns, with a type and a shape.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace cdlm {

enum class DataType : int { f32 = 0, i32 = 1 };

constexpr int kMaxRank = 4;

struct Tensor {
  void* data = nullptr;
  DataType type = DataType::f32;
  int rank = 0;
  std::array<int64_t, kMaxRank> extents{};
  // The same contents in host memory, of a program's input that lies on a device; else null.
  const void* host = nullptr;

  float* f32() const { return static_cast<float*>(data); }
  int32_t* i32() const { return static_cast<int32_t*>(data); }

  int64_t extent(int axis) const { return extents[static_cast<size_t>(axis)]; }
  int64_t rows() const { return extents[0]; }
  int64_t columns() const { return extents[1]; }
  int64_t elements() const {
    int64_t product = 1;
    for (int axis = 0; axis < rank; axis++) product *= extent(axis);
    return product;
  }
};

// "f32 [12, 384]", as error messages show it.
std::string describe(const Tensor& tensor);

}  // namespace cdlm
