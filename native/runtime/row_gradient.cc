#include "runtime/row_gradient.h"

#include <algorithm>
#include <cstring>

#include "ops/update.h"

namespace cdlm {
namespace {

constexpr int64_t kColumns = 128;  // of one task

}  // namespace

void RowGradient::clear() {
  for (int32_t row : rows_) slot_of_row_[static_cast<size_t>(row)] = -1;
  rows_.clear();
}

// Grows keeping the contents, which AlignedBuffer does not.
void RowGradient::grow(size_t bytes) {
  if (bytes <= values_.bytes()) return;
  AlignedBuffer larger(std::max(bytes, values_.bytes() * 2));
  if (values_.bytes() > 0) std::memcpy(larger.data(), values_.data(), values_.bytes());
  values_ = std::move(larger);
}

void RowGradient::scatter(const Device& device, const float* x, const int32_t* ids, int64_t n, int64_t d,
                          int64_t table_rows, bool accumulate_to_last) {
  slot_of_row_.resize(static_cast<size_t>(table_rows), -1);
  if (!accumulate_to_last) clear();
  const size_t known = rows_.size();
  slot_of_input_.resize(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; i++) {
    int32_t& slot = slot_of_row_[static_cast<size_t>(ids[i])];
    if (slot < 0) {
      slot = static_cast<int32_t>(rows_.size());
      rows_.push_back(ids[i]);
    }
    slot_of_input_[static_cast<size_t>(i)] = slot;
  }
  try {
    grow(rows_.size() * static_cast<size_t>(d) * sizeof(float));
  } catch (...) {
    clear();  // no row without its values
    throw;
  }
  float* values = static_cast<float*>(values_.data());
  std::fill_n(values + known * static_cast<size_t>(d), (rows_.size() - known) * static_cast<size_t>(d), 0.0f);
  device.pool.run((d + kColumns - 1) / kColumns, [&](int64_t task, int) {
    const int64_t column = task * kColumns, columns = std::min(kColumns, d - column);
    for (int64_t i = 0; i < n; i++) {
      float* target = values + slot_of_input_[static_cast<size_t>(i)] * d + column;
      CDLM_CALL_ON_CPU(device.level, accumulate(x + i * d + column, target, columns));
    }
  });
}

}  // namespace cdlm
