// Whether dropout keeps an element. For .cu files only.
#pragma once

#include "core/random.h"
#include "cuda/launch.h"
#include "ops/dropout.h"

namespace cdlm {
namespace cuda {

__device__ inline bool keeps(const Dropout& dropping, int64_t row, int64_t column) {
  return dropping.threshold == 0 ||
         random_at(dropping.key0, dropping.key1, dropping.stream, static_cast<uint32_t>(row),
                   static_cast<uint32_t>(column)) >= dropping.threshold;
}

}  // namespace cuda
}  // namespace cdlm
