#include "ops/broadcast.h"
#include "ops/columns.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

void fill(const Device& device, float value, float* y, int64_t n) {
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) { store(y + begin + j, broadcast(value), lanes); });
  });
}

void expand(const Device& device, const float* s, float* y, int64_t n) { fill(device, *s, y, n); }

void expand_rows(const Device& device, const float* b, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++)
      std::memcpy(y + row * d, b, static_cast<size_t>(d) * sizeof(float));
  });
}

void add_bias(const Device& device, const float* x, const float* b, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++)
      each_column(d, [&](int64_t j, auto lanes) {
        store(y + row * d + j, load(x + row * d + j, lanes) + load(b + j, lanes), lanes);
      });
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
