// The precision of matrix products, and which kernels give it on this processor.
#pragma once

#include <string>
#include <vector>

#include "cpu/level.h"

namespace cdlm {

struct GemmKernels;

// The operands of matrix products are rounded to bf16, or scaled by row and rounded to int8; everything else
// is fp32. int8 is for prediction.
enum class Precision { fp32, bf16, int8 };

const char* precision_name(Precision precision);

// Throws Error INVALID_OPTION for an unknown name.
Precision parse_precision(const std::string& name);

// The fastest kernels of that precision on this processor; `level` is available.
const GemmKernels& choose_products(Level level, Precision precision);

// The precision whose products are faster on this processor, known by its maker and features.
Precision fastest_precision(Level level);

// Every set of kernels that this processor can run with the level, portable twins of others among them.
std::vector<const GemmKernels*> all_products(Level level);

}  // namespace cdlm
