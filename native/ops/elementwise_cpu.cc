#include "ops/columns.h"
#include "ops/elementwise.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

void add(const Device& device, const float* a, const float* b, float* y, int64_t n) {
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      const int64_t i = begin + j;
      store(y + i, load(a + i, lanes) + load(b + i, lanes), lanes);
    });
  });
}

void multiply(const Device& device, const float* a, const float* b, float* y, int64_t n) {
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      const int64_t i = begin + j;
      store(y + i, load(a + i, lanes) * load(b + i, lanes), lanes);
    });
  });
}

void scale(const Device& device, const float* x, const float* s, float* y, int64_t n) {
  const Vec factor = broadcast(*s);
  for_blocks(device, n, kTaskElements, [&](int64_t begin, int64_t end, int) {
    each_column(end - begin, [&](int64_t j, auto lanes) {
      store(y + begin + j, load(x + begin + j, lanes) * factor, lanes);
    });
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
