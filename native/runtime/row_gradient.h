// The gradient of an embedding table, kept only for the rows that the batch touched.
#pragma once

#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "cpu/device.h"

namespace cdlm {

class RowGradient {
 public:
  // Sums the rows of x [n, d] by their ids [n] (0 … table_rows - 1, checked by the caller) in the order of
  // the batch. Without `accumulate` the previous gradient is dropped first.
  void scatter(const Device& device, const float* x, const int32_t* ids, int64_t n, int64_t d,
               int64_t table_rows, bool accumulate);

  const std::vector<int32_t>& rows() const {
    return rows_;
  }  // touched rows, in the order of their first touch
  const float* values() const { return static_cast<const float*>(values_.data()); }  // [rows, d]

 private:
  void clear();
  void grow(size_t bytes);

  std::vector<int32_t> rows_;
  std::vector<int32_t> slot_of_row_;  // -1: not touched
  std::vector<int32_t> slot_of_input_;
  AlignedBuffer values_;
};

}  // namespace cdlm
