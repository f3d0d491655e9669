#include <cstring>

#include "ops/copy.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {

void copy(const Device& device, const void* from, void* to, int64_t words) {
  constexpr int64_t kBlock = 65536;
  if (from == to) return;
  for_blocks(device, words, kBlock, [=](int64_t begin, int64_t end, int) {
    std::memcpy(static_cast<float*>(to) + begin, static_cast<const float*>(from) + begin,
                static_cast<size_t>(end - begin) * sizeof(float));
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
