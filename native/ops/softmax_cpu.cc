#include "ops/exponentials.h"
#include "ops/loops.h"
#include "ops/softmax.h"

namespace cdlm {
namespace CDLM_LEVEL {

void softmax(const Device& device, const float* x, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* from = x + row * d;
      float* to = y + row * d;
      multiply_by(to, 1.0f / exponentials(from, largest_of(from, d), to, d), d);
    }
  });
}

void softmax_gradient(const Device& device, const float* y, const float* dy, float* dx, int64_t rows,
                      int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin * d; at < end * d; at += d) {
      const Vec dot = broadcast(sum_columns(
          d, [&](int64_t j, auto lanes) { return load(dy + at + j, lanes) * load(y + at + j, lanes); }));
      each_column(d, [&](int64_t j, auto lanes) {
        store(dx + at + j, load(y + at + j, lanes) * (load(dy + at + j, lanes) - dot), lanes);
      });
    }
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
