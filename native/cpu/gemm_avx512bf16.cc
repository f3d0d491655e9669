// Compiled with AVX-512 BF16, in a namespace of its own: products in pairs, and a twin of AMX's that packs as
// AMX's do.
#include "cpu/gemm_pairs.h"
#include "cpu/gemm_tiles.h"
