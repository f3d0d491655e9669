// Checks of the contents of i32 tensors: nothing is read or written through an id before it passed one of
// these.
#pragma once

#include "ops/op.h"

namespace cdlm {

// ids: [n]; each must lie in low … limit - 1. Throws SHAPE_MISMATCH.
void check_ids(const OpCall& call, const Tensor& ids, const char* name, int64_t low, int64_t limit);

enum class Gaps { allowed, forbidden };

// ranges: [S, 2], each a first row and a number of rows of a tensor with `rows` rows. They must follow one
// another without overlap, and without gaps where those are forbidden. Throws SHAPE_MISMATCH.
void check_ranges(const OpCall& call, const Tensor& ranges, const char* name, int64_t rows, Gaps gaps);

// The largest number of rows of a range.
int64_t longest_range(const OpCall& call, const Tensor& ranges);

}  // namespace cdlm
