// Compiled with AVX-512 BF16, in a namespace of its own.
#include "cpu/gemm_pairs.h"
